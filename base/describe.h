/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A DESCRIBE record says what an instrument or a station is, whenever that changes.
 * Its payload:
 *
 *   0  1  encoding: 0 plain, 1 deflated (zlib stream)
 *   1  3  reserved, 0
 *   4  4  length of the plain text
 *   8     the text: one JSON object, keys in the order of the tables in describe.c, UTF-8
 *
 * The SHA-256 of the plain text is the hash a READING carries.
 */
#ifndef BASE_DESCRIBE_H
#define BASE_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "base/status.h"

#define DESCRIBE_MOST 48000 /* payload bytes, deflated if the text is longer */

enum describe_kind { DESCRIBE_INSTRUMENT, DESCRIBE_STATION };
enum describe_origin { ORIGIN_INSTRUMENT, ORIGIN_IMPORT, ORIGIN_SIMULATION };

#define CHANNEL_OFF                                                                    \
	"off" /* kind of a channel that the configuration has switched off */

/* One measured quantity of one instrument.  Text is never NULL, "" when unknown;
 * numbers are NAN. */
struct channel {
	const char *name; /* id: "cod", "pm2_5", "flow_out" */
	/* what a person reads: "COD", "Bụi (PM)" / "Dust (PM)" */
	const char *label_vi, *label_en;
	/* as people write it: "mg/L", "pH", "m3/h", "Cel" (base/units.h) */
	const char *unit;
	const char *standard_name; /* CF, "" if there is none */
	const char *expressed_as;  /* "N", "NO2", ... */
	const char *basis;         /* "dry", "wet" or "" */
	const char *gas_state;     /* "standard", "actual" or "" (water) */
	double reference_temperature_C, reference_pressure_kPa;
	const char *method; /* "UV-Vis", "ISE", ... */
	const char *
	        kind; /* "measurement", "setting", "counter"; CHANNEL_OFF: not used here */
	double low, high; /* measuring range as set; NAN unknown */
	double resolution;
	/* class; NAN */
	double accuracy_reading_percent, accuracy_span_percent, accuracy_absolute;
	double result_every_s; /* how often a fresh result is due */
	int decimals;          /* for people */
};

/* One instrument of a station and the hash of its text. */
struct describe_part {
	char instrument[ID_SIZE];
	char hash[65];
};

struct describe {
	uint8_t hash[32];
	enum describe_kind kind;
	enum describe_origin origin;
	char station[SOURCE_SIZE + 1];
	const char *zone, *zone_name; /* id and name */

	/* of an instrument */
	char instrument[ID_SIZE];
	const char *model, *maker, *serial, *summary, *driver, *line, *outlet;
	double poll_every_s;
	/* the profile verbatim, so that raw bytes can be decoded again */
	const char *profile;
	/* what the configuration adds: slave, byte order, ... (JSON) */
	const char *settings;
	const char *import_file, *import_sha256, *import_who;
	size_t n_channels;
	struct channel *channel; /* channel[n_channels] */

	/* of a station */
	/* "water" "stack" "ambient" */
	const char *station_name, *facility, *facility_name, *outlet_kind;
	const char *role;        /* "A", "B" or "C" */
	const char *coordinates; /* as the permit writes them */
	double latitude, longitude, altitude_m;
	int utc_offset_min;
	size_t n_instruments;
	struct describe_part *part; /* part[n_instruments] */

	void *arena; /* owns all of the above */
};

/* A describe with every text "" and every number NAN, ready to be filled by assignment;
 * texts assigned must live until it is freed, or be copied by describe_text. */
struct describe *describe_new(enum describe_kind kind);
const char *describe_text(struct describe *describe, const char *text);
/* OK; channel[] zeroed as above */
int describe_channels(struct describe *describe, size_t n);
int describe_parts(struct describe *describe, size_t n);
void describe_free(struct describe *describe); /* NULL is fine */

/* Write the payload and set describe->hash; its size, FULL, or REFUSED (over
 * DESCRIBE_MOST). */
int describe_encode(struct describe *describe, uint8_t *out, size_t room);

/* Read a payload into a new describe; OK, MALFORMED with the reason, or FAILED: no
 * memory, which says nothing about the payload. */
int describe_decode(
        struct describe **out, const uint8_t *payload, size_t n, struct problem *why);

/* Index of a channel that is in use, or NOT_FOUND. */
int describe_channel(const struct describe *describe, const char *name);

/* The id of the port of an instrument, *n letters of it, not ended by a NUL; NULL: it does not say. */
const char *describe_port(const struct describe *describe, size_t *n);

bool describe_simulated(const struct describe *describe);

/* Always printed with simulated data, both languages. */
#define SIMULATED_TEXT "DỮ LIỆU MÔ PHỎNG – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ / SIMULATED DATA"

#endif
