/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What time it is, and how far that may be believed. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

enum clock_state {
	CLOCK_UNSYNCED, /* never synchronised since boot */
	CLOCK_SYNCED,   /* the kernel says so (adjtimex) */
	CLOCK_HOLDOVER, /* was synchronised, no longer is */
	CLOCK_STEPPED,  /* jumped since the reading before */
};

/* One look at the clocks, taken together. */
struct moment {
	int64_t time_us; /* UTC, microseconds since 1970 */
	int64_t mono_us; /* CLOCK_BOOTTIME: never steps, counts from boot */
	uint64_t
	        boot; /* first eight bytes of the kernel's boot id: which boot mono_us counts from */
	uint8_t state; /* enum clock_state */
};

/* Remembers what is needed to tell holdover and step. */
struct clock {
	uint64_t boot;
	int64_t offset_us; /* time_us - mono_us at the last look */
	int was_synced, looked;
	int beyond; /* the wall clock says no time of a record */
};

/* Reads the boot id; a machine without one gets a number of its own for this
 * process. */
void clock_init(struct clock *clock);

/* The moment now.  A wall clock that moved by more than 1 s against the monotonic one
 * since the last look is CLOCK_STEPPED for this one moment. */
struct moment clock_now(struct clock *clock);

/* The pure part of the above, for tests: `synced` is what the kernel says.  A wall
 * clock before 1970 or from 2100 on, of which no record can be, is one that was
 * never set: it says how long the machine has run. */
struct moment clock_moment(
        struct clock *clock, int64_t wall_us, int64_t mono_us, int synced);
uint8_t clock_judge(struct clock *clock, int64_t time_us, int64_t mono_us, int synced);

const char *clock_state_text(uint8_t state); /* "synced" */

#endif
