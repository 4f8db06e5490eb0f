/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/keeper/clock_watch.h"

#define STEP_US INT64_C(1000000) /* as in base/clock.c */

int clock_watch_look(
        struct clock_watch *watch, const struct moment *now, struct clock_event *event)
{
	int64_t offset_us = now->time_us - now->mono_us;
	if (!watch->looked) {
		watch->looked = true;
		watch->state = now->state;
		watch->start_us = watch->last_us = offset_us;
		return 0;
	}
	/* somebody else may have had the one look that says "stepped" */
	int64_t moved_us = offset_us - watch->last_us;
	watch->stepped |= now->state == CLOCK_STEPPED || moved_us > STEP_US ||
	                  moved_us < -STEP_US;
	/* what it stepped to, and whether it is believed, is told by the next look */
	if (now->state == CLOCK_STEPPED)
		return 0;
	bool synced = now->state == CLOCK_SYNCED &&
	              (watch->state != CLOCK_SYNCED || watch->stepped);
	bool due = synced || watch->stepped;
	int64_t before_us = synced ? watch->start_us : watch->last_us;
	if (now->state == CLOCK_SYNCED)
		watch->start_us = offset_us;
	watch->last_us = offset_us;
	watch->state = now->state;
	watch->stepped = false;
	if (due)
		*event = (struct clock_event){ .before_us = now->mono_us + before_us,
			.after_us = now->time_us,
			.state = now->state };
	return due;
}
