/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long each instrument was in maintenance on the legal day, by key-switches and orders together; more than
 * 4 h is told once, and hinders nobody. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sensors/cabinet/cabinet_parts.h"

/* What was counted before a restart; under another boot the wall clock tells how long ago that was. */
static int64_t counted_until_us(
        const struct cabinet_memory *memory, const struct moment *now)
{
	const struct moment *counted = &memory->counted;
	int64_t ago_us = now->time_us - counted->time_us;
	if (counted->time_us == 0)
		return now->mono_us;
	if (counted->boot == now->boot)
		return counted->mono_us;
	return now->mono_us - (ago_us > 0 ? ago_us : 0);
}

static void resume(struct cabinet *cabinet, size_t instrument)
{
	const struct cabinet_memory *memory = cabinet->before;
	const char *id = cabinet->station->instrument[instrument].id;
	for (size_t i = 0; i < memory->n_days; i++)
		if (strcmp(memory->day[i].instrument, id) == 0)
			cabinet->day[instrument] = memory->day[i].day;
}

int maintenance_days_new(struct cabinet *cabinet, const struct moment *now)
{
	size_t n = cabinet->station->n_instruments;
	cabinet->day = calloc(n + 1, sizeof *cabinet->day);
	if (cabinet->day == NULL)
		return FAILED;
	for (size_t i = 0; i < n; i++)
		resume(cabinet, i);
	cabinet->counted = *now;
	cabinet->counted.mono_us = counted_until_us(cabinet->before, now);
	cabinet->counted.time_us -= now->mono_us - cabinet->counted.mono_us;
	return OK;
}

static void tell(struct cabinet *cabinet, size_t instrument, const struct moment *now)
{
	const struct station *station = cabinet->station;
	char subject[ID_SIZE + 32], text[160], date[TIME_TEXT];
	struct state_event event = {
		.subject = subject, .state = "long", .text = text
	};
	snprintf(subject, sizeof subject, "maintenance of %s",
	        station->instrument[instrument].id);
	snprintf(text, sizeof text, "more than %d h on %s, all together",
	        (int)(MAINTENANCE_DAY_MOST_US / US_PER_HOUR),
	        date_print(cabinet->counted.time_us, station->utc_offset_min, date));
	log_line(LOG_WARN, "%s: %s", subject, text);
	cabinet_tell(cabinet, now, &event);
	cabinet_remember(cabinet);
}

static void count(struct cabinet *cabinet, size_t instrument, const struct moment *to)
{
	int64_t until_us = maintainers_until_us(cabinet, instrument);
	const int64_t span_us[2] = { cabinet->counted.mono_us,
		until_us < to->mono_us ? until_us : to->mono_us };
	if (until_us != INT64_MIN)
		maintenance_day_add(&cabinet->day[instrument], span_us, to,
		        cabinet->station->utc_offset_min);
}

/* `to` is no later than `now`, and on the day of what is counted. */
static void count_all(
        struct cabinet *cabinet, const struct moment *to, const struct moment *now)
{
	size_t n = cabinet->station->n_instruments;
	for (size_t i = 0; i < n; i++)
		count(cabinet, i, to);
	cabinet->counted = *to;
	for (size_t i = 0; i < n; i++)
		if (maintenance_day_long(&cabinet->day[i]))
			tell(cabinet, i, now);
}

/* The end of the day up to which is counted, if it is over: its last microsecond, at midnight. */
static bool day_ended(
        const struct cabinet *cabinet, const struct moment *now, struct moment *end)
{
	int64_t start_us = day_start(now->time_us, cabinet->station->utc_offset_min);
	int64_t midnight_us = now->mono_us - (now->time_us - start_us);
	int64_t since_us = midnight_us - cabinet->counted.mono_us;
	if (since_us <= 0)
		return false;
	int64_t back_us = (since_us - 1) / US_PER_DAY * US_PER_DAY;
	*end = *now;
	end->time_us = start_us - back_us - 1;
	end->mono_us = midnight_us - back_us;
	return true;
}

/* Each day has its own, also those that ended while nobody counted. */
void maintenance_days_step(struct cabinet *cabinet, const struct moment *now)
{
	struct moment end;
	while (day_ended(cabinet, now, &end))
		count_all(cabinet, &end, now);
	count_all(cabinet, now, now);
}

int64_t maintenance_days_due_us(const struct cabinet *cabinet)
{
	int64_t due_us = INT64_MAX;
	for (size_t i = 0; i < cabinet->station->n_instruments; i++) {
		if (!maintainers_hold(cabinet, i))
			continue;
		int64_t one_us = maintenance_day_due_us(
		        &cabinet->day[i], cabinet->counted.mono_us);
		if (one_us < due_us)
			due_us = one_us;
	}
	return due_us;
}

void maintenance_days_remember(
        const struct cabinet *cabinet, struct cabinet_memory *memory)
{
	const struct station *station = cabinet->station;
	memory->n_days = 0;
	memory->counted = cabinet->counted;
	for (size_t i = 0; i < station->n_instruments; i++) {
		if (cabinet->day[i].total_us == 0)
			continue;
		struct remembered_day *to = &memory->day[memory->n_days++];
		snprintf(to->instrument, sizeof to->instrument, "%s",
		        station->instrument[i].id);
		to->day = cabinet->day[i];
	}
}

void maintenance_days_show(const struct cabinet *cabinet, struct cabinet_shown *shown)
{
	const struct station *station = cabinet->station;
	shown->n_days = 0;
	for (size_t i = 0; i < station->n_instruments; i++) {
		if (cabinet->day[i].total_us == 0 && !maintainers_hold(cabinet, i))
			continue;
		struct shown_day *to = &shown->day[shown->n_days++];
		snprintf(to->instrument, sizeof to->instrument, "%s",
		        station->instrument[i].id);
		to->day = cabinet->day[i];
		to->from_us = cabinet->counted.mono_us;
		to->until_us = maintainers_until_us(cabinet, i);
	}
}
