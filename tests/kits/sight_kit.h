/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an inspector sees of a station in an archive: means, gaps and span, as a text to
 * compare and in figures. */
#ifndef TESTS_SIGHT_KIT_H
#define TESTS_SIGHT_KIT_H

#include <stddef.h>
#include <stdint.h>

struct sight {
	char *text; /* freed by whoever asked */
	size_t size;
	unsigned valid, most; /* readings in all means, and in the fullest */
	uint64_t unplaced;    /* records */
	size_t gaps;
	int64_t used_us; /* when the instrument was last in use */
};

/* Means of channel `cod` of instrument `cod` over the period in [from, to); gaps until
 * now, and once more for one who asks from `later_us` only.  Failures fail the test. */
struct sight_query {
	const char *station;
	int64_t from_us, to_us, period_us, now_us, later_us;
};
struct sight sight_of(const char *dir, const struct sight_query *asked);

#endif
