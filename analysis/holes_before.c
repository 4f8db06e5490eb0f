/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a station had, and had told, before the stretch a ledger of gaps is asked for. */
#include "analysis/holes_inside.h"

#include <string.h>

#include "archive/proof.h"
#include "base/legal_time.h"

#define TOLD           (1u << RECORD_STATE | 1u << RECORD_GAP | 1u << RECORD_CLOCK)
#define LOOK_BACK_DAYS 8 /* for what was told before and still holds */

static int told_before(void *with, const struct reader_event *event)
{
	struct feeding *feeding = with;
	if (gaps_before(feeding->gaps, event->record, event->time_us) != OK)
		feeding->failed = true;
	return feeding->failed;
}

static bool any_rows(struct feeding *feeding, const char *instrument, int64_t day_us)
{
	struct rows *rows = NULL;
	size_t n = 0;
	const struct query query = { .station = feeding->query->station,
		.instrument = instrument,
		.from_us = day_us - US_PER_DAY,
		.to_us = day_us,
		.as_of_us = feeding->query->as_of_us };
	reader_rows(feeding->reader, &query, &rows, &n, NULL);
	rows_free(rows, n);
	return n > 0;
}

/* Looks back a day at a time from `end_us` until there are readings, of an instrument or
 * of any (NULL); the end of that day, INT64_MIN: there are none. */
static int64_t look_back(
        struct feeding *feeding, const char *instrument, int64_t end_us, int days)
{
	for (int i = 0; i < days; i++)
		if (any_rows(feeding, instrument, end_us - i * US_PER_DAY))
			return end_us - i * US_PER_DAY;
	return INT64_MIN;
}

/* The end of the last sealed day before a time that still has readings. */
static int64_t sealed_before(struct feeding *feeding, int64_t before_us)
{
	int offset_min = reader_identity(feeding->reader)->utc_offset_min;
	for (size_t i = reader_files(feeding->reader); i > 0; i--) {
		const struct seal *seal = reader_seal(feeding->reader, i - 1);
		int64_t from_us, to_us;
		if (strcmp(seal->station, feeding->query->station) == 0 &&
		        strcmp(seal->kind, "day") == 0 &&
		        interval_parse(seal->date, offset_min, 0, &from_us, &to_us) ==
		                OK &&
		        to_us <= before_us && any_rows(feeding, NULL, to_us))
			return to_us;
	}
	return INT64_MIN;
}

/* The end of the last day with readings before what is fed: nearly always the day
 * before, but a station may have been silent for months, and be heard again since. */
static int64_t heard_until(struct feeding *feeding)
{
	int64_t from_us = feeding->from_us, first_us, last_us;
	int64_t end_us = look_back(feeding, NULL, from_us, LOOK_BACK_DAYS);
	if (end_us == INT64_MIN)
		end_us = sealed_before(feeding, from_us);
	if (end_us != INT64_MIN || reader_span(feeding->reader, feeding->query->station,
	                                   &first_us, &last_us) != OK)
		return end_us;
	int64_t days = (from_us - first_us) / US_PER_DAY + 1; /* all in the journal */
	return look_back(feeding, NULL, from_us, days < 400 ? (int)days : 400);
}

static bool is_listed(const struct describe *station, const char *instrument)
{
	for (size_t i = 0; station != NULL && i < station->n_instruments; i++)
		if (strcmp(station->part[i].instrument, instrument) == 0)
			return true;
	return station == NULL || station->n_instruments == 0;
}

/* Was it read in the days before the station was last heard?  *until_us: when that was;
 * INT64_MAX: not yet looked for. */
static bool was_read(struct feeding *feeding, const char *instrument, int64_t *until_us)
{
	if (*until_us == INT64_MAX)
		*until_us = heard_until(feeding);
	return *until_us != INT64_MIN &&
	       look_back(feeding, instrument, *until_us, LOOK_BACK_DAYS) != INT64_MIN;
}

/* Instruments the station had when what is fed begins. */
static int know_instruments(struct feeding *feeding)
{
	const char *id = feeding->query->station;
	const struct describe *const *instrument;
	const struct describe *station = reader_station_describe(feeding->reader, id);
	size_t n = reader_instruments(feeding->reader, id, &instrument);
	int64_t until_us = INT64_MAX;
	int status = OK;
	for (size_t i = 0; i < n && status == OK; i++) {
		int64_t used_us =
		        reader_used(feeding->reader, id, instrument[i]->instrument);
		bool unused = used_us < feeding->from_us &&
		              is_listed(station, instrument[i]->instrument);
		if (unused || was_read(feeding, instrument[i]->instrument, &until_us))
			status = gaps_known(feeding->gaps, instrument[i]);
	}
	return status;
}

int holes_before(struct feeding *feeding, struct problem *why)
{
	const struct query query = { .station = feeding->query->station,
		.from_us = feeding->from_us - LOOK_BACK_DAYS * US_PER_DAY,
		.to_us = feeding->from_us,
		.as_of_us = feeding->query->as_of_us };
	int status =
	        reader_events(feeding->reader, &query, TOLD, told_before, feeding, why);
	if (status >= 0)
		status = feeding->failed ? FAILED : know_instruments(feeding);
	return status < 0 ? status : OK;
}
