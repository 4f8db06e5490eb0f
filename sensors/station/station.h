/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cabinet's one configuration file: who and where it is, its ports, its
 * instruments, its journal and its collector.
 *
 *     zone: {id: kcn-mau, name: KCN Mau}
 *     station: {id: nt-01, name: Nuoc thai, role: A, simulation: yes}
 *     facility: {id: co-so-a, name: Co so Mau A}
 *     outlets:
 *       - {id: cong-xa, name: Cong xa, kind: water}
 *     journal: {folder: /var/lib/quantrac/journal, keep: 90d}
 *     collector: {endpoint: "tcp://192.0.2.7:5710", server_key: collector.pub,
 * secret_key: nt-01.key} ports:
 *       - {id: bus, path: /dev/serial/by-id/usb-..., line: 9600 8N1, mode: rtu}
 *       - {id: stack, tcp: "192.0.2.9:502", mode: tcp}
 *     instruments:
 *       - {id: cod, profile: sim-water-quality, port: bus, slave: 3, poll_every: 60s}
 */
#ifndef SENSORS_STATION_H
#define SENSORS_STATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/config.h"
#include "base/describe.h"
#include "sensors/ports/port.h"
#include "sensors/station/cabinet_setting.h"
#include "sensors/tables/driver.h"
#include "sensors/tables/profile.h"

struct station_outlet {
	const char *id, *name;
	int kind; /* index into station_kinds */
};
extern const char *const station_kinds[]; /* "water", "stack", "ambient" */
extern const char *const station_roles[]; /* "A", "B", "C" */
enum { MASTER_US, MASTER_OTHER };
extern const char *const station_masters[]; /* "us", "other" */
enum { COMMANDS_REFUSED, COMMANDS_ALLOWED };
extern const char *const station_commands[]; /* "refused", "allowed" */

struct station_port {
	const char *id, *path, *line_text, *tcp, *mode_text;
	const char *listen_on, *only; /* others connect to us: address:port; who may */
	int mode;                     /* enum modbus_framing */
	bool dtr, rts, mode_set;
	int master;  /* index into station_masters */
	bool listen; /* another master asks here: nothing is ever sent */
	char host[256], service[16]; /* taken from `tcp` */
	struct port_setting setting; /* made from the above */
};

struct station_channel { /* what the station changes on one channel of a profile */
	const char *name, *label_vi, *label_en, *range, *method;
	const char *id; /* what the channel is called here, "": as in the profile */
	int signal;     /* enum analog_signal */
	const char *limit, *limit_source; /* shown, not judged */
	double limit_low, limit_high;     /* in the channel's unit, NAN: none */
	double accuracy_reading_percent, accuracy_span_percent, accuracy_absolute;
	double result_every_s;
	bool off;
};

struct station_instrument {
	const char *id, *profile_name, *port_id, *outlet, *serial;
	const char *address; /* of a line that is not Modbus; "": none */
	int64_t slave;
	bool slave_set;
	double poll_every_s, timeout_s; /* as in effect */
	int64_t retries;
	int commands; /* index into station_commands */
	int line;     /* of its section in the file */
	size_t n_overrides;
	struct station_channel *override;
	struct profile *profile; /* of all that name it; the first of them owns it */
	size_t port_index, outlet_index; /* port_index SIZE_MAX: there is none */
	struct channel_setting *channel_setting; /* [profile->n_channels], owned */
	struct instrument instrument;            /* what the driver sees */
};

struct station {
	const char *zone, *zone_name;
	const char *id, *name, *coordinates;
	int role;        /* index into station_roles */
	bool simulation; /* every record says so */
	bool simulation_set;
	int utc_offset_min;
	double latitude, longitude, altitude_m;
	const char *facility, *facility_name;
	const char *journal_folder;
	double keep_s;   /* how long records are kept in the cabinet */
	double commit_s; /* records wait at most so long for their commit */
	const char *room, *memory;
	uint64_t room_bytes;   /* as written, 0: reckoned from the instruments */
	uint64_t memory_bytes; /* kept in memory while the disk cannot be written */
	const char *collector; /* endpoint, "" : none, journal only */
	const char *server_key, *secret_key,
	        *public_key;  /* files, as written in the configuration */
	const char *profiles; /* folder of own profiles, "": none */
	size_t n_outlets, n_ports, n_instruments;
	struct station_outlet *outlet;
	struct station_port *port;
	struct station_instrument *instrument;
	struct cabinet_setting cabinet;
	const char *path; /* of the file */
	struct config *config;
};

/* Read a configuration with all its profiles; all errors go to `report`.  OK, NOT_FOUND
 * or MALFORMED; *out is NULL then. */
int station_read(
        struct station **out, const char *path, FILE *report, struct problem *why);
int station_parse(struct station **out, const char *text, size_t n, const char *name,
        FILE *report, struct problem *why);
void station_free(struct station *station);
/* It is as it will be: what was only needed to check it, and its profiles, is given back. */
void station_settle(struct station *station);

/* A path of the configuration: as it is if absolute, else beside the file. */
void station_path(
        const struct station *station, const char *path, char *out, size_t room);

/* Which instrument at which port this is, so that an order that was shown of one is not given to another:
 * port, address, profile. */
void station_place(const struct station *station, size_t i, uint8_t out[COMMAND_PLACE]);

/* What is read at instrument i, where and how; `hash` of its DESCRIBE.  Who has the same reads the same. */
#define READ_AS_SIZE (2 * COMMAND_PLACE + 1)
void station_read_as(const struct station *station, size_t i, const uint8_t hash[32],
        char out[READ_AS_SIZE]);

/* What to do about an address that its driver or profile cannot use; NULL: it can. */
const char *station_address_hint(const struct instrument *instrument);

/* Number of a command of instrument i that an operator may order: read only is the default.  NOT_FOUND:
 * its profile has none of this name; REFUSED: its line is only listened to, or the configuration does not
 * allow commands; *why says file, line and cure. */
int station_command(
        const struct station *station, size_t i, const char *name, struct problem *why);

/* What channel i of its profile is called in records. */
const char *station_channel_name(const struct station_instrument *instrument, size_t i);

/* Channel i of its profile as the station has it: what DESCRIBE says of it, and people read.  Its texts
 * are the profile's and the station's. */
struct channel station_channel_about(
        const struct station_instrument *instrument, size_t i);

/* DESCRIBE of instrument i; NULL without memory.  The caller frees.  Encode them all
 * first (that makes their hashes), then the station's, which lists them. */
struct describe *station_describe_instrument(const struct station *station, size_t i);
struct describe *station_describe(
        const struct station *station, struct describe *const *instrument);

/* Settings of one instrument as its DESCRIBE holds them (JSON), and back: what redecode needs. */
struct instrument_settings {
	const char *port; /* "" in what was recorded before ports were named */
	int framing;
	int64_t slave;
	const char *address;
	bool listen;
	int utc_offset_min;
	size_t n_channels;
	struct instrument_channel {
		const char *name;
		double low, high; /* NAN: none */
		bool off;
		int signal; /* enum analog_signal */
	} * channel;
};
extern const struct section settings_section;

/* What station_parse does after reading: checks what tables cannot, reads profiles, resolves names.
 * What the tables have refused stands empty, and nothing more is said of it.  The errors in a profile
 * go to `report` (NULL: the first stands for all) at once, with the lines of its own file. */
void station_check(struct station *station, FILE *report);

/* The journal's part of station_check, after all others. */
void station_check_journal(struct station *station);

/* What the instruments write into the journal, at most, in a day: station_room.c has the
 * formula.  After station_check, without errors. */
double station_bytes_a_day(const struct station *station);
/* The room that takes for `keep`. */
uint64_t station_room_needed(const struct station *station);
/* The room to set aside for the journal: as written, or as needed. */
uint64_t station_room(const struct station *station);
/* Has the disk of the journal's folder that room?  OK, FULL (in the words sensord would
 * end with) or FAILED. */
int station_room_check(const struct station *station, struct problem *why);
/* "12 GiB", "500 MB"; OK or MALFORMED. */
int size_parse(const char *text, uint64_t *bytes);

/* The unit of a range: "mg/L" of "0..225 mg/L"; "" if it has none. */
const char *range_unit(const char *text);

/* "0..225 mg/L" in `unit`; OK, MALFORMED, or REFUSED (a unit of something else). */
int range_parse(const char *text, const char *unit, double *low, double *high);

extern const struct section station_section;

#endif
