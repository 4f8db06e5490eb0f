/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When the automatic sampler takes a bottle: a raw episode of one channel, judged on its indications.
 *
 *   value     .  .  x  x  x  x  x  x  .  x  x  x  x        x beyond the level
 *   run             |------- for ------|                   and at least so many readings
 *                                  bottle 3                one an episode
 *                                        |  the episode ends with a reading that is not beyond
 *                                           |-- for --|
 *                                                 bottle 4, if the last was `spacing` ago
 *
 * A reading that is no usable measurement (silent, fault, maintenance, ...) is never beyond the level:
 * it begins the run anew, and does not end an episode that has its bottle.  Pure; what must
 * survive a restart is in struct sampler_kept.
 */
#ifndef SENSORS_SAMPLER_H
#define SENSORS_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct sampler_rule {
	bool below;   /* beyond is under the level */
	double level; /* in the channel's unit */
	int64_t for_us;
	int64_t readings; /* at least so many */
	int64_t bottles;  /* of the carousel */
	int64_t most_a_day;
	int64_t spacing_us;
	int utc_offset_min; /* of the legal day */
};

struct sampler_kept {
	int64_t day;   /* number of the legal day `today` counts */
	int64_t today; /* bottles of that day */
	uint64_t boot; /* of the last of these, and when it was taken, monotonic */
	int64_t taken_us;
	int64_t used;       /* bottles of the carousel */
	bool spent;         /* the episode has its bottle */
	bool doubtful;      /* a pulse was begun, and nobody has seen its end */
	bool doubt_told;    /* and that was told */
	struct moment last; /* bottle; time_us 0: none yet */
};

enum sampler_answer {
	SAMPLER_QUIET,
	SAMPLER_TAKE, /* bottle number kept.used, now; already counted */
	/* it would, but: told once an episode for each reason */
	SAMPLER_FULL,      /* no bottle is left */
	SAMPLER_ENOUGH,    /* the day has its bottles */
	SAMPLER_TOO_SOON,  /* after the last bottle */
	SAMPLER_NOT_READY, /* as its contact says, or nobody knows */
};

struct sampler {
	const struct sampler_rule *rule;
	struct sampler_kept kept;
	int64_t run;          /* readings beyond the level in a row */
	int64_t run_us;       /* since when, monotonic */
	int64_t retry_us;     /* after a failure, monotonic */
	int failures;         /* of this episode */
	unsigned told;        /* bits of enum sampler_answer, of this episode */
	struct moment before; /* the bottle before the last one */
};

/* After kept was filled (zeroed: nothing is remembered). */
void sampler_begin(struct sampler *sampler, const struct sampler_rule *rule);

/* A reading of the channel.  `state` is enum channel_state as it is recorded. */
struct sampler_reading {
	uint8_t state;
	double value; /* NAN: none */
	struct moment when;
};
enum sampler_answer sampler_note(
        struct sampler *sampler, const struct sampler_reading *reading, bool ready);

/* The pulse surely did not happen: the bottle is still there.  It is tried again after a minute, three times
 * an episode at most; false: that was the last time. */
bool sampler_undo(struct sampler *sampler, const struct moment *now);

/* Bottles taken on the legal day that is now: `today` counts those of the day of the
 * last reading. */
int64_t sampler_today(
        const struct sampler_kept *kept, int utc_offset_min, const struct moment *now);

/* Somebody has put empty bottles in. */
void sampler_emptied(struct sampler *sampler);

#endif
