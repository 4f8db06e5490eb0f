/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In what order a line is searched for Modbus slaves: which line settings, which
 * addresses, which function.  Pure: what to try next comes out, what came of it goes
 * in.
 *
 *   common addresses at each line setting, until something answers;
 *   then the other addresses, at that setting; or at each, if nothing did.
 *
 * Only requests that read (functions 3 and 4) are ever made.
 */
#ifndef SENSORS_PROBE_H
#define SENSORS_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/drivers/modbus.h"
#include "sensors/ports/port.h"

#define PROBE_SLAVES 247 /* addresses of one line: 1..247 */
#define PROBE_WAYS   32

/* How a port is spoken to. */
struct probe_way {
	int framing; /* enum modbus_framing */
	struct line line;
};

struct probe_options {
	size_t n_ways;
	const struct probe_way *way;
	size_t n_slaves;
	const uint8_t *slave; /* in the order to try them */
	size_t n_common;      /* so many of them are tried first, with both functions */
	uint16_t start;
	double timeout_s; /* for an answer */
};

struct probe_try {
	size_t way;
	struct modbus_request request;
};

enum probe_outcome { PROBE_SILENT, PROBE_GARBLED, PROBE_ANSWERED, PROBE_REFUSED };

struct probe_found {
	uint8_t slave;
	uint8_t functions; /* bit 3: function 3 answered, bit 4: function 4 */
	uint8_t exception; /* of the last one that was refused, 0: none */
};

struct probe {
	const struct probe_options *options;
	size_t pass, way, slave; /* the place in the search */
	bool second;             /* function 4 is next for this slave */
	bool at_end;
	int found_way; /* index, -1: nothing answered yet */
	size_t n_found;
	struct probe_found found[PROBE_SLAVES];
	size_t garbled[PROBE_WAYS]; /* tries that brought bytes, but no sound answer */
	size_t tried;
};

/* The settings to try for a serial line in RTU, or ASCII if `framing` says so,
 * likeliest first; or the one written in `line`; how many.  `timed` false (a
 * pseudo-terminal): speed has no effect, so one will do. MALFORMED: `line` is none. */
int probe_serial_ways(int framing, const char *line, bool timed, struct probe_way *out);

/* The same for host:port: port 502 is Modbus TCP, elsewhere a serial server is as
 * likely. `framing` -1: not said. */
size_t probe_tcp_ways(const char *service, int framing, struct probe_way *out);

/* Addresses 1..247, first 1..10 and those of `likely`, then the others; *n_common: how
 * many of the former. */
void probe_slaves(
        const uint8_t *likely, size_t n, uint8_t out[PROBE_SLAVES], size_t *n_common);

void probe_init(struct probe *probe, const struct probe_options *options);

/* What to try next; false at the end. */
bool probe_next(const struct probe *probe, struct probe_try *out);

/* What came of it: on to the next. */
void probe_note(struct probe *probe, enum probe_outcome outcome, uint8_t exception);

/* Somebody who was found outside the search, at a setting: he answered late. */
void probe_add(struct probe *probe, const struct probe_found *found, size_t way);

/* Share of the search that is done, 0..1; of the longest way it can take. */
double probe_share(const struct probe *probe);

/* Seconds the whole search takes at most, and its first part (common addresses). */
double probe_most_s(const struct probe_options *options);
double probe_first_s(const struct probe_options *options);

/* "9600 8N1"; "tcp", "rtu-over-tcp" */
const char *probe_way_text(const struct probe_way *way, char out[32]);

#endif
