/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealed files: which, whether they are what was sealed, and the CLOCK records in
 * them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/acts.h"
#include "archive/reader_inside.h"
#include "archive/rows_table.h"
#include "base/legal_time.h"

#define AGAIN_MOST ((size_t)128 << 20) /* bytes kept of files made again */
#define DAYS_AHEAD 8 /* a day is sealed 7 days after its end at the latest */

int64_t stock_day(const struct stock *stock, size_t i)
{
	int64_t from_us, to_us;
	const struct seal *seal = &stock->seals.seal[i];
	if (interval_parse(seal->date, stock->identity.utc_offset_min, 0, &from_us,
	            &to_us) != OK)
		return INT64_MIN;
	return from_us;
}

bool stock_overlaps(const struct stock *stock, size_t i, const char *station,
        const struct stretch *stretch)
{
	if (strcmp(stock->seals.seal[i].station, station) != 0)
		return false;
	int64_t day_us = stock_day(stock, i);
	return day_us == INT64_MIN ||
	       (day_us < stretch->to_us && day_us + US_PER_DAY > stretch->from_us);
}

static bool path_of(const struct stock *stock, size_t i, char out[ARCHIVE_PATH])
{
	int n = snprintf(
	        out, ARCHIVE_PATH, "%s/%s", stock->dir, stock->seals.seal[i].path);
	return n > 0 && n < ARCHIVE_PATH;
}

/* A file that a tool rewrote (h5repack) and that says what was sealed: its bytes are not
 * opened, but those that were sealed, made again from it. */
static bool is_rewritten(struct stock *stock, size_t i, const char *path)
{
	struct problem why;
	struct file_note *note = &stock->file[i];
	if (rewritten_take(&note->again, path, &stock->seals.seal[i], &stock->identity,
	            &why) != OK) {
		remarks_add(&stock->problems,
		        "%s: is not the file that was sealed and is left out: %s", path,
		        why.text + strlen(path) + 2);
		return false;
	}
	if (stock->again_bytes + note->again.n > AGAIN_MOST)
		rewritten_free(&note->again);
	stock->again_bytes += note->again.n;
	return true;
}

/* A file taken away by a signed order is no damage. */
static bool is_gone(struct stock *stock, size_t i, const char *path)
{
	char order[96];
	int saved = errno;
	const char *name = stock->seals.seal[i].path;
	stock->file[i].missing = saved == ENOENT;
	stock->file[i].shut = saved == EACCES || saved == EPERM;
	stock->file[i].ordered =
	        saved == ENOENT && acts_order_of(stock->dir, name, order, sizeof order);
	if (stock->file[i].ordered)
		remarks_add(&stock->taken,
		        "%s: was taken away by order %s; what it held is not here",
		        name, order);
	else
		remarks_of(&stock->problems, path, "%s: cannot be read: %s; %s", path,
		        strerror(saved),
		        stock->file[i].shut ? "run this as its owner, or in its group"
		                            : "look for a copy");
	return false;
}

/* Once per reader: a file that is neither to the bit what was sealed, nor says all of it,
 * is not opened at all. */
static bool is_sound(struct stock *stock, size_t i, const char *path)
{
	uint8_t hash[DIGEST_SIZE];
	struct file_note *note = &stock->file[i];
	if (note->hashed)
		return note->sound;
	note->hashed = true;
	if (digest_of_file(path, hash) != OK) {
		return is_gone(stock, i, path);
	}
	note->rewritten = memcmp(hash, stock->seals.seal[i].file, DIGEST_SIZE) != 0;
	note->sound = !note->rewritten || is_rewritten(stock, i, path);
	return note->sound;
}

bool stock_sound(struct stock *stock, size_t i)
{
	char path[ARCHIVE_PATH];
	return path_of(stock, i, path) && is_sound(stock, i, path);
}

/* The file as it was sealed, from memory; made again where it was not kept. */
static int again_open(
        struct stock *stock, size_t i, struct day **out, struct problem *why)
{
	char path[ARCHIVE_PATH];
	struct file_note *note = &stock->file[i];
	path_of(stock, i, path);
	struct rewritten again = note->again;
	int status = OK;
	if (again.n == 0)
		status = rewritten_take(
		        &again, path, &stock->seals.seal[i], &stock->identity, why);
	if (status != OK)
		return status;
	struct h5_image image = { again.bytes, again.n, path };
	status = day_open_image(out, &image, why);
	if (note->again.n > 0)
		return status;
	if (status == OK)
		day_own_image(*out, again.bytes);
	else
		rewritten_free(&again);
	return status;
}

struct day *stock_open(struct stock *stock, size_t i)
{
	char path[ARCHIVE_PATH];
	struct day *day;
	struct problem why;
	if (!path_of(stock, i, path) || !is_sound(stock, i, path))
		return NULL;
	int status = stock->file[i].rewritten ? again_open(stock, i, &day, &why)
	                                      : day_open(&day, path, &why);
	if (status == OK)
		return day;
	remarks_add(&stock->problems, "%s", why.text);
	return NULL;
}

/* ---- CLOCK records ---- */

static int event_note(struct station *station, const struct rows_table *table,
        size_t row, uint8_t *bytes)
{
	struct record record;
	int size = rows_table_record(table, row, bytes);
	if (size < 0 || record_decode(&record, bytes, (size_t)size) != size)
		return OK;
	if (record.type != RECORD_CLOCK)
		return OK;
	return station_note_clock(station, &record, rows_table_stored(table, row));
}

int stock_note_clocks(
        struct stock *stock, struct station *station, size_t i, struct day *day)
{
	struct rows_table table = { 0 };
	int status = OK;
	if (stock->file[i].clocks || !day->has_events)
		return OK;
	stock->file[i].clocks = true;
	uint8_t *bytes = malloc(ROWS_TABLE_ROOM);
	if (bytes == NULL)
		return FAILED;
	if (rows_table_load_events(&table, day) != OK)
		remarks_add(&stock->problems, "%s", day_problem(day)->text);
	else
		for (size_t row = 0; row < table.n && status == OK; row++)
			status = event_note(station, &table, row, bytes);
	rows_table_free(&table);
	free(bytes);
	return status;
}

int stock_look_ahead(struct stock *stock, struct station *station, int64_t day_us)
{
	size_t before = station->n_clocks;
	struct stretch ahead = { .from_us = day_us,
		.to_us = day_us + DAYS_AHEAD * US_PER_DAY };
	for (size_t i = 0; i < stock->seals.n; i++) {
		if (stock->file[i].clocks ||
		        !stock_overlaps(stock, i, station->id, &ahead))
			continue;
		struct day *day = stock_open(stock, i);
		if (day == NULL)
			continue;
		int status = stock_note_clocks(stock, station, i, day);
		day_close(day);
		if (status != OK)
			return FAILED;
	}
	return station->n_clocks > before;
}
