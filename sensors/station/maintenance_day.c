/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/station/maintenance_day.h"

static void turn(struct maintenance_day *day, int64_t start_us, int64_t midnight_us,
        const struct moment *now)
{
	bool is_of_today = day->boot == now->boot && day->first_us >= midnight_us;
	if (start_us > day->day_us && !is_of_today) {
		day->total_us = 0;
		day->told = false;
	}
	if (start_us > day->day_us || now->state == CLOCK_SYNCED)
		day->day_us = start_us;
}

void maintenance_day_add(struct maintenance_day *day, const int64_t span_us[2],
        const struct moment *now, int utc_offset_min)
{
	int64_t start_us = day_start(now->time_us, utc_offset_min);
	int64_t midnight_us = now->mono_us - (now->time_us - start_us);
	int64_t from_us = span_us[0];
	turn(day, start_us, midnight_us, now);
	if (day->day_us == start_us && from_us < midnight_us)
		from_us = midnight_us;
	if (span_us[1] <= from_us)
		return;
	if (day->total_us == 0) {
		day->boot = now->boot;
		day->first_us = from_us;
	}
	day->total_us += span_us[1] - from_us;
}

bool maintenance_day_long(struct maintenance_day *day)
{
	if (day->told || day->total_us <= MAINTENANCE_DAY_MOST_US)
		return false;
	day->told = true;
	return true;
}

int64_t maintenance_day_due_us(const struct maintenance_day *day, int64_t from_us)
{
	if (day->told)
		return INT64_MAX;
	return from_us + MAINTENANCE_DAY_MOST_US + 1 - day->total_us;
}

int64_t maintenance_day_today_us(
        const struct maintenance_day *day, int utc_offset_min, int64_t time_us)
{
	return day_start(time_us, utc_offset_min) > day->day_us ? 0 : day->total_us;
}
