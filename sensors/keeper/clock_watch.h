/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decides when a CLOCK record is due.  The reader of an archive puts a stamp of a clock that was
 * never synchronised right by the next CLOCK record that reports sync (base/correction.h): that one
 * tells the whole way since the start, steps on the way included.
 */
#ifndef SENSORS_CLOCK_WATCH_H
#define SENSORS_CLOCK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/event.h"

struct clock_watch {
	bool looked, stepped;
	uint8_t state;
	int64_t start_us; /* time_us - mono_us at the start, or at the last sync told */
	int64_t last_us;  /* the same at the last look of a clock that stood */
};

/* Look at the clocks: 1 and *event when a CLOCK record is due, else 0. */
int clock_watch_look(
        struct clock_watch *watch, const struct moment *now, struct clock_event *event);

#endif
