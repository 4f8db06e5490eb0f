/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of reading a scenario: scenario.c, scenario_channels.c and scenario_scenes.c only. */
#ifndef SENSORS_SCENARIO_PARTS_H
#define SENSORS_SCENARIO_PARTS_H

#include "sensors/simulator/scenario.h"

/* A scenario while it is read. */
struct reading_of {
	struct scenario *scenario;
	FILE *report;
	struct problem *why;
};

/* A place of the file: "scenes[3].from", or "scenario.slot" when single. */
struct place {
	const char *section, *key;
	size_t i;
	bool single;
};
struct place place(const char *section, size_t i, const char *key);

/* An error there, with a hint what to write. */
void complain(const struct reading_of *of, const char *hint, struct place at,
        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* "15:00" to microseconds after midnight ("24:00" is the end of the day); OK or
 * MALFORMED. */
int clock_parse(const char *text, int64_t *us);

/* Room for all channels of its profile: they read 0 until something is written of them, and a scene may be
 * of any.  OK or FAILED. */
int channels_fill(const struct scenario *scenario, struct scenario_instrument *one);
/* What is written of them, of instrument i; errors are told. */
void channels_check(struct reading_of *of, size_t i);
void channels_free(const struct scenario_instrument *instrument);

/* Times, states and names of all scenes; errors are told. */
void scenes_check(struct reading_of *of);

/* Give every instrument and channel the scenes that concern it; OK or FAILED (memory).
 */
int scenes_gather(struct scenario *scenario);

#endif
