/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Contacts of a cabinet: a key-switch, a door, the mains.  Pure: levels and times in, settled changes
 * out.
 *
 *   level   off  on off on on on on ...     a contact bounces
 *   time     0    1  2  3  4 ...  3 + settle
 *   told    off  .................. on, since 1: the first edge away from what was told
 *
 * What cannot be read is unknown, never off.  A contact that does not come to rest for a minute is
 * unknown too.
 */
#ifndef SENSORS_INPUTS_H
#define SENSORS_INPUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define INPUT_RESTLESS_US INT64_C(60000000)

enum input_kind {
	INPUT_MAINTENANCE,
	INPUT_DOOR,
	INPUT_MAINS,
	INPUT_UPS,
	INPUT_SAMPLER_READY,
	INPUT_OTHER
};
extern const char *const input_kinds[]; /* "maintenance", "door", ... as configured */

enum input_level {
	LEVEL_NONE, /* nobody has looked yet */
	LEVEL_OFF,
	LEVEL_ON,
	LEVEL_UNKNOWN
};

/* "open", "closed", "on", "off", "unknown", ...: fixed words of the STATE records. */
const char *input_word(enum input_kind kind, enum input_level level);

struct input {
	int64_t settle_us;
	enum input_level told;  /* what was told last */
	enum input_level level; /* as seen last */
	struct moment first;    /* the first edge away from `told` */
	int64_t edge_us;        /* the last edge, monotonic */
	bool moving;            /* not settled since `first` */
	bool restless;          /* told to be unknown because it does not settle */
};

/* Somebody looked at the contact at this moment. */
void input_see(struct input *input, enum input_level level, const struct moment *when);

/* True once for each settled change: `told` is it, `first` when it began. */
bool input_settle(struct input *input, const struct moment *now);

/* When input_settle has something to do, monotonic; INT64_MAX: not before a change. */
int64_t input_due_us(const struct input *input);

#endif
