/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What explain asks, and the steps that need the record itself. */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/view.h"

struct question {
	struct view view;
	const char *station, *channel;
	int64_t time_us, as_of_us;
	FILE *out;
	bool vietnamese; /* for people; CSV and JSON are cut from the English */
};

/* The reading nearest to the time asked for. */
struct nearest {
	const struct describe *describe;
	size_t channel;
	int64_t time_us, stored_us;
	uint64_t epoch, seq;
	double value;
	uint8_t state, clock;
	bool found;
};

/* A part of the text whose numbers have the decimal mark of its language. */
void explain_say(const struct question *q, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Steps 1 to 3: the record, its bytes, how they were read. */
int explain_record(
        const struct question *q, const struct nearest *nearest, struct problem *why);

/* Step 5: the base interval it falls into. */
int explain_base(
        const struct question *q, const struct nearest *nearest, struct problem *why);

/* ", 3 calibrating (01), 2 maintenance (01)": what does not count, each kind by its name.  `maintenance`: how many
 * of those that count as calibrating are maintenance. */
struct base_sum;
void explain_uncounted(
        FILE *out, const struct base_sum *sum, uint32_t maintenance, bool vietnamese);

/* Step 6: what the periods say in which it lies; `simulated`: what it was asked about is. */
int explain_results(const struct question *q, bool simulated, struct problem *why);

#endif
