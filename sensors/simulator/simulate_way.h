/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is on its way on one line or connection of a scenario, and what the line does to it:
 *
 *     [echo] [stray] [what another said last] answer [answer again] [stray]
 *
 * whole, in halves, in clumps, or byte by byte; at its time, late, or when the instrument is asked
 * the next time.  What two instruments say at once is mixed on a wire, and never on a TCP connection.
 * Time is handed in.
 */
#ifndef SENSORS_SIMULATE_WAY_H
#define SENSORS_SIMULATE_WAY_H

#include "sensors/simulator/simulate.h"

#define WAY_MESSAGES 8 /* on their way at a time */
#define WAY_BYTES    (4 * FRAME_MOST + 32)

struct way_message {
	const struct scenario_instrument *instrument;
	bool hang_up;
	size_t n, sent; /* n 0, and no hang-up: free */
	size_t piece;   /* bytes that come together */
	size_t first;   /* and so many at the beginning */
	int64_t piece_us, due_us, asked_us;
	uint8_t bytes[WAY_BYTES];
};

struct simulate_way {
	const struct scenario *scenario;
	struct way_message message[WAY_MESSAGES];
	struct way_said { /* what each instrument said last */
		size_t n;
		bool held; /* it was not given out yet */
		uint8_t bytes[FRAME_MOST];
	} * said; /* [scenario->n_instruments] */
};

/* ---- simulate.c ---- */

/* The instrument as it is on its line, at another address if it was renumbered. */
struct instrument simulate_renumbered(
        const struct scenario_instrument *instrument, const char *renumbered);
/* Garbage, or bits turned over. */
void simulate_spoil(const struct scenario_condition *now, uint8_t *bytes, size_t n);

/* ---- simulate_command.c ---- */

/* As simulate_answer, for the commands of the instruments: an instrument does it, refuses, or says
 * nothing. */
int simulate_command(const struct scenario *scenario, size_t port, const uint8_t *in,
        size_t n, int64_t time_us, struct simulated *out);

/* ---- simulate_way.c ---- */

/* NULL without memory. */
struct simulate_way *simulate_way_new(const struct scenario *scenario);
void simulate_way_free(struct simulate_way *way);
/* Nothing is on its way any more. */
void simulate_way_clear(struct simulate_way *way);

/* Put what an instrument says on its way; in[n]: the request, as it may come back. */
void simulate_way_put(struct simulate_way *way, const struct simulated *said,
        const uint8_t *in, size_t n, int64_t now_us);

/* When something comes, INT64_MAX: nothing is on its way. */
int64_t simulate_way_due(const struct simulate_way *way);

/* What has come by now, at most `room` bytes of one message, HUNG_UP, or 0.  *whole is the
 * message that ended with it (good until the next put), or NULL. */
int simulate_way_take(struct simulate_way *way, int64_t now_us, uint8_t *out,
        size_t room, const struct way_message **whole);

#endif
