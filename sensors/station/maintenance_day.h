/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long an instrument was in maintenance on the legal day: an end after 2 h bounds one maintenance, and not
 * those that are ordered again and again.  Pure, and kept across restarts.
 */
#ifndef SENSORS_MAINTENANCE_DAY_H
#define SENSORS_MAINTENANCE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/legal_time.h"

#define MAINTENANCE_DAY_MOST_US (4 * US_PER_HOUR) /* domain, alarm I2: > 4 h a day */

struct maintenance_day {
	int64_t day_us;   /* its start, UTC */
	int64_t total_us; /* in maintenance on it */
	uint64_t boot;    /* of the next */
	int64_t first_us; /* when the first of it began, monotonic */
	bool told;        /* that it is more than it should be */
};

/* It was in maintenance from `from_us` to `to_us` (monotonic, up to now): what lies on the day that is now.
 * A day that goes back is a clock that was wrong: nothing is forgotten.  One that goes on because the clock
 * was put right takes along what was of this day. */
void maintenance_day_add(struct maintenance_day *day, const int64_t span_us[2],
        const struct moment *now, int utc_offset_min);

/* True once a day: it is more than 4 h. */
bool maintenance_day_long(struct maintenance_day *day);

/* When it will be, if maintenance goes on from `from_us`: monotonic; INT64_MAX: it was told. */
int64_t maintenance_day_due_us(const struct maintenance_day *day, int64_t from_us);

/* Of the day of `time_us`. */
int64_t maintenance_day_today_us(
        const struct maintenance_day *day, int utc_offset_min, int64_t time_us);

#endif
