/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answering side of the instruments of a scenario: what their drivers say (driver->say) of
 * what the scenario has them measure, and the servers that offer them on pseudo-terminals and TCP
 * ports.
 */
#ifndef SENSORS_SIMULATE_H
#define SENSORS_SIMULATE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sensors/ports/port.h"
#include "sensors/simulator/scenario.h"

struct simulated { /* what comes back for one request */
	const struct scenario_instrument *instrument;
	struct scenario_condition
	        condition; /* what else is the matter: sensors/simulator/simulate_way.h */
	size_t size;       /* 0: silence */
	int64_t delay_us; /* between the request's last byte and the answer's first */
	bool hang_up;     /* the connection is closed instead */
	uint8_t bytes[FRAME_MOST];
};

/* Answer the request that starts at in[0] of a port: its length, FRAME_SHORT, or FRAME_NONE.
 * The same bytes at the same time give the same answer, but for what commands have written before. */
int simulate_answer(const struct scenario *scenario, size_t port, const uint8_t *in,
        size_t n, int64_t time_us, struct simulated *out);

/* Whether somebody on a port babbles at a time; then these are n bytes of it. */
bool simulate_babbles(const struct scenario *scenario, size_t port, int64_t time_us,
        uint8_t *out, size_t n);

/* Whether an instrument speaks by itself, and what it says at a time when it does. */
bool simulate_speaks(const struct scenario_instrument *instrument);
/* The next time, after time_us, at which it does. */
int64_t simulate_speaks_next(
        const struct scenario_instrument *instrument, int64_t time_us);
void simulate_unasked(const struct scenario *scenario,
        const struct scenario_instrument *instrument, int64_t time_us,
        struct simulated *out);

/* ---- a port without a wire: for rehearsals and tests ---- */

/* A port of the scenario as the poller sees one; its time is handed in.  NULL without memory. */
struct port *simulate_port_new(const struct scenario *scenario, size_t port);
void simulate_port_time(struct port *port, int64_t time_us);
/* When the next answer comes, INT64_MAX: none is on its way. */
int64_t simulate_port_due(const struct port *port);

/* ---- servers ---- */

struct simulate_options {
	const char *
	        dir; /* pseudo-terminals are linked as <dir>/<port id>; made if need be */
	double speed;    /* scenario seconds per second */
	int64_t from_us; /* scenario time at which it begins */
	double for_s;    /* of the wall; INFINITY: until *stop */
	const volatile sig_atomic_t *stop;
	FILE *sent; /* CSV of every answer sent, NULL: none */
	FILE *say;  /* "bus is /run/x/bus", NULL: nothing */
};

/* Serve until the time is up or *stop; links are removed.  OK, or a problem (EXIT_CONFIG: a port
 * that cannot be opened). */
int simulate_serve(const struct scenario *scenario,
        const struct simulate_options *options, struct problem *why);

#endif
