/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Maintenance of instruments: by a key-switch, or by an order of an operator.  It ends by itself; a
 * switch that is still on then must be put off before it can begin another.  Pure, and kept across
 * restarts: a restart gives nobody more time.
 */
#ifndef SENSORS_MAINTENANCE_H
#define SENSORS_MAINTENANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/reading.h"

#define MAINTENANCE_MOST_S 7200.0 /* domain: ends by itself after 2 h */

struct maintenance {
	int64_t most_us;     /* it lasts at most so long */
	bool on;             /* readings are marked */
	bool spent;          /* it ended by itself, and its switch is still on */
	struct moment began; /* while on or spent */
};

/* It begins, or begins again (an order given once more). */
void maintenance_begin(struct maintenance *maintenance, const struct moment *when);
void maintenance_end(struct maintenance *maintenance);

/* True once when its time is over: it has ended by itself. */
bool maintenance_over(struct maintenance *maintenance, const struct moment *now);

/* What a file remembers: `on` or `spent`, and when it began.  Under another boot the wall clock tells how
 * long ago that was; where it cannot (it went back), the time is over. */
void maintenance_resume(struct maintenance *maintenance, const struct moment *now);

/* When it ends: monotonic, INT64_MAX while off; and by the wall clock. */
int64_t maintenance_due_us(const struct maintenance *maintenance);
int64_t maintenance_until_us(
        const struct maintenance *maintenance, const struct moment *now);

/* The states of a reading made during maintenance: a number is kept and marked.  No number, a fault and
 * calibrating stay what they are: they say more (priority of what counts, and why, in docs). */
void maintenance_mark(const uint8_t *state, size_t n, uint8_t *out);

/* The one state that is `maintenance` then. */
uint8_t maintenance_state(uint8_t state);

#endif
