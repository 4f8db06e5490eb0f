/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the source runs, from what is measured, never from what is declared.  A base
 * interval is stopped when a condition of the rule is measured as false, without a
 * break, for its dwell time; a shorter stop is running, and an interval without a valid
 * value is unknown, which counts as running.
 */
#ifndef ANALYSIS_OPERATING_H
#define ANALYSIS_OPERATING_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/base_sums.h"
#include "analysis/rule.h"

enum running { RUNNING_STOPPED, RUNNING_YES, RUNNING_UNKNOWN };

/* A channel that a condition names, over a stretch wider than the day by the dwell
 * time. */
struct operating_channel {
	const struct base_sums *sums; /* NULL: the station does not measure it */
	const char *unit;
};

/* running[n] of the base intervals from from_us on; channel[rule->n_operating]; the
 * sums share one period.  OK or FAILED (memory). */
int operating_make(uint8_t *running, size_t n, int64_t from_us, const struct rule *rule,
        const struct operating_channel *channel);

#endif
