/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What went well and wrong with each instrument: the counters of the poller (sensors/poller/poller.h),
 * as they are recorded once an hour and at the end, and shown by `quantrac status --lines`.
 *
 * A STATE record of them: subject "instrument cod", state "counts", text
 *   {"since_us":1794188880000000,"requests":3600,"answers":3599,...}
 * all counted since `since_us` (UTC), the start of the program.  It is no change of state.
 */
#ifndef SENSORS_COUNTS_H
#define SENSORS_COUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/event.h"
#include "sensors/poller/poller.h"

#define COUNTS_EVERY_US INT64_C(3600000000)
#define COUNTS_SHOW_US  INT64_C(1000000) /* how old what is shown may be */
#define COUNTS          12               /* of one instrument */
#define COUNTS_TEXT     512

/* Names of the counters, ended by NULL: "requests", "answers", ... */
extern const char *const counts_name[COUNTS + 1];
/* The i-th of them. */
uint64_t counts_of(const struct poller_counts *counts, size_t i);

/* The text of the record; its length, or FULL. */
int counts_print(
        const struct poller_counts *counts, int64_t since_us, char *out, size_t room);

/* Where the poller's thread lays its counters for whoever shows them; n instruments.  NULL
 * without memory. */
struct counts_board *counts_board_new(size_t n);
void counts_board_free(struct counts_board *board);
/* Never waits: while another looks, what is there stays. */
void counts_board_put(struct counts_board *board, const struct poller *poller);
void counts_board_get(
        struct counts_board *board, size_t instrument, struct poller_counts *out);

/* When they are recorded and laid out. */
struct counting {
	const struct station *station;
	const struct poller *poller;
	struct counts_board *board;
	int64_t since_us,
	        mono_us; /* the start: UTC, by the clock as it is now; monotonic */
	int64_t record_us, show_us; /* next, monotonic */
	/* called for each record */
	void *context;
	void (*state)(void *context, const struct moment *when,
	        const struct state_event *event);
};

void counting_begin(struct counting *counting, const struct moment *now);
/* Do what is due. */
void counting_step(struct counting *counting, const struct moment *now);
/* The last record of each: the program ends. */
void counting_end(struct counting *counting, const struct moment *now);

#endif
