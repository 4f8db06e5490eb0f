/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who measures what: DESCRIBEs by hash, and the newest of each instrument. */
#include <stdlib.h>
#include <string.h>

#include "archive/reader_inside.h"
#include "base/digest.h"
#include "base/legal_time.h"

const struct describe *stock_describe(const struct stock *stock, const uint8_t *hash)
{
	for (size_t i = 0; i < stock->n_describes; i++) {
		if (memcmp(stock->describe[i]->hash, hash, DIGEST_SIZE) == 0)
			return stock->describe[i];
	}
	return NULL;
}

const struct describe *stock_keep(struct stock *stock, struct describe *describe)
{
	const struct describe *known = stock_describe(stock, describe->hash);
	if (known != NULL) {
		describe_free(describe);
		return known;
	}
	void *more = realloc(
	        stock->describe, (stock->n_describes + 1) * sizeof *stock->describe);
	if (more == NULL) {
		describe_free(describe);
		return NULL;
	}
	stock->describe = more;
	stock->describe[stock->n_describes++] = describe;
	return describe;
}

static void newer(struct known *known, const struct describe *describe, int64_t time_us)
{
	if (known->describe != NULL && known->time_us > time_us)
		return;
	known->describe = describe;
	known->time_us = time_us;
}

int station_note(
        struct station *station, const struct describe *describe, int64_t time_us)
{
	if (describe->kind == DESCRIBE_STATION) {
		newer(&station->own, describe, time_us);
		return OK;
	}
	for (size_t i = 0; i < station->n_known; i++) {
		const struct describe *known = station->known[i].describe;
		if (strcmp(known->instrument, describe->instrument) == 0) {
			newer(&station->known[i], describe, time_us);
			return OK;
		}
	}
	void *more = realloc(
	        station->known, (station->n_known + 1) * sizeof *station->known);
	if (more == NULL)
		return FAILED;
	station->known = more;
	station->known[station->n_known++] =
	        (struct known){ .describe = describe, .time_us = time_us };
	return OK;
}

const struct describe *stock_group(struct stock *stock, struct day *day, size_t group)
{
	struct day_group *of = &day->group[group];
	const struct describe *known = stock_describe(stock, of->hash);
	if (known == NULL) {
		if (day_group_load(day, group) != OK) {
			remarks_add(&stock->problems, "%s", day_problem(day)->text);
			return NULL;
		}
		if (of->own == NULL)
			return NULL;
		known = stock_keep(stock, of->own); /* the reader's from now on */
		of->own = NULL;
	}
	of->describe = known;
	return known;
}

/* ---- taking stock of sealed files ---- */

/* When a DESCRIBE was in use, by the last row of its group: in the day, whatever its
 * clock said. */
static int64_t used_at(int64_t time_us, const struct day *day)
{
	int64_t day_us = day->header.day_us;
	if (time_us < day_us)
		return day_us;
	return time_us < day_us + US_PER_DAY ? time_us : day_us + US_PER_DAY - 1;
}

static bool in_day(int64_t time_us, const struct day *day)
{
	int64_t day_us = day->header.day_us;
	return time_us >= day_us && time_us < day_us + US_PER_DAY;
}

/* Stamps of a clock that was wrong lie outside the day and say nothing but that they are
 * of it. */
static void span_widen(struct station *station, const int64_t *time_us, size_t n,
        const struct day *day)
{
	bool any = false;
	for (size_t row = 0; row < n; row++) {
		if (in_day(time_us[row], day))
			station_widen(station, time_us[row], time_us[row]);
		any = any || in_day(time_us[row], day);
	}
	if (!any)
		station_widen(station, used_at(time_us[0], day),
		        used_at(time_us[n - 1], day));
}

/* When rows last used their DESCRIBE.  Those that nobody can place count from when they
 * came, and say nothing of the station's span. */
static int64_t rows_look(struct station *station, const struct day *day,
        const int64_t *time_us, size_t n)
{
	if (day->header.day_us == INT64_MIN)
		return time_us[n - 1];
	span_widen(station, time_us, n, day);
	return used_at(time_us[n - 1], day);
}

static int group_look(
        struct stock *stock, struct station *station, struct day *day, size_t i)
{
	size_t n = day_group_rows(day, i);
	bool placed = day->header.day_us != INT64_MIN;
	const struct describe *describe = stock_group(stock, day, i);
	if (describe == NULL || n == 0)
		return OK;
	int64_t *time_us = malloc(n * sizeof *time_us);
	if (time_us == NULL)
		return FAILED;
	int status = OK;
	if ((placed ? day_times(day, i, time_us) : day_stored(day, i, time_us)) == OK)
		status = station_note(
		        station, describe, rows_look(station, day, time_us, n));
	else
		remarks_add(&stock->problems, "%s", day_problem(day)->text);
	free(time_us);
	return status;
}

static int file_look(struct stock *stock, struct station *station, size_t i)
{
	struct describe *own;
	struct problem why;
	struct day *day = stock_open(stock, i);
	int status = OK;
	if (day == NULL)
		return OK;
	for (size_t k = 0; k < day_groups(day) && status == OK; k++)
		status = group_look(stock, station, day, k);
	if (status == OK && day_station_describe(day, &own, &why) == OK) {
		const struct describe *kept = stock_keep(stock, own);
		status = kept != NULL ? station_note(station, kept, day->header.day_us)
		                      : FAILED;
	}
	day_close(day);
	return status;
}

/* Is every instrument that the station's DESCRIBE lists known? */
static bool all_known(const struct station *station)
{
	const struct describe *own = station->own.describe;
	if (own == NULL || own->n_instruments == 0)
		return false;
	for (size_t i = 0; i < own->n_instruments; i++) {
		bool found = false;
		for (size_t k = 0; k < station->n_known && !found; k++)
			found = strcmp(station->known[k].describe->instrument,
			                own->part[i].instrument) == 0;
		if (!found)
			return false;
	}
	return true;
}

/* Sealed files of the station by day, oldest first; count. */
static size_t files_by_day(
        const struct stock *stock, const struct station *station, size_t *out)
{
	size_t n = 0;
	for (size_t i = 0; i < stock->seals.n; i++) {
		if (strcmp(stock->seals.seal[i].station, station->id) != 0)
			continue;
		size_t at = n++;
		for (; at > 0 && strcmp(stock->seals.seal[out[at - 1]].date,
		                         stock->seals.seal[i].date) > 0;
		        at--)
			out[at] = out[at - 1];
		out[at] = i;
	}
	return n;
}

/* The newest file and the oldest, and as many before the newest as it takes to know
 * every instrument. */
int station_look(struct stock *stock, struct station *station)
{
	if (station->looked)
		return OK;
	station->looked = true;
	size_t *file = calloc(stock->seals.n + 1, sizeof *file);
	if (file == NULL)
		return FAILED;
	size_t n = files_by_day(stock, station, file);
	int status = OK;
	if (n > 0)
		status = file_look(stock, station, file[n - 1]);
	if (n > 1 && status == OK)
		status = file_look(stock, station, file[0]);
	for (size_t i = n; i > 2 && status == OK && !all_known(station); i--)
		status = file_look(stock, station, file[i - 2]);
	free(file);
	return status;
}

const struct describe *reader_describe(struct reader *reader, const uint8_t hash[32])
{
	struct stock *stock = reader->stock;
	const struct describe *found = stock_describe(stock, hash);
	if (found == NULL && memcmp(stock->missing, hash, DIGEST_SIZE) == 0)
		return NULL;
	for (size_t i = stock->seals.n; i > 0 && found == NULL; i--) {
		struct day *day = stock_open(stock, i - 1);
		if (day == NULL)
			continue;
		for (size_t k = 0; k < day_groups(day) && found == NULL; k++) {
			if (memcmp(day_group_hash(day, k), hash, DIGEST_SIZE) == 0)
				found = stock_group(stock, day, k);
		}
		day_close(day);
	}
	if (found == NULL)
		memcpy(stock->missing, hash, DIGEST_SIZE);
	return found;
}
