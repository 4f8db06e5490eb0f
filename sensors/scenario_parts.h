/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of reading a scenario: scenario.c and scenario_scenes.c only. */
#ifndef SENSORS_SCENARIO_PARTS_H
#define SENSORS_SCENARIO_PARTS_H

#include "sensors/scenario.h"

/* A scenario while it is read. */
struct reading_of {
	struct scenario *scenario;
	FILE *report;
	struct problem *why;
};

/* An error at a place of the file: `where` is a path with one %zu for `i`, `what` a
 * sentence with one %s for `word`. */
void complain(const struct reading_of *of, const char *hint, const char *what,
        const char *where, size_t i, const char *word);

/* "15:00" to microseconds after midnight ("24:00" is the end of the day); OK or
 * MALFORMED. */
int clock_parse(const char *text, int64_t *us);

/* Times, states and names of all scenes; errors are told. */
void scenes_check(struct reading_of *of);

/* Give every instrument and channel the scenes that concern it; OK or FAILED (memory).
 */
int scenes_gather(struct scenario *scenario);

#endif
