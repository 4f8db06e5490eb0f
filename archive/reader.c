/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/reader_inside.h"

#define MOST_STATIONS 4096

/* ---- stations ---- */

static int by_id(const void *left, const void *right)
{
	const struct station *a = left, *b = right;
	return strcmp(a->id, b->id);
}

struct station *stock_station(struct stock *stock, const char *id)
{
	for (size_t i = 0; i < stock->n_stations; i++) {
		if (strcmp(stock->station[i].id, id) == 0)
			return &stock->station[i];
	}
	return NULL;
}

static int station_add(struct stock *stock, const char *id)
{
	if (stock_station(stock, id) != NULL)
		return OK;
	void *more = realloc(
	        stock->station, (stock->n_stations + 1) * sizeof *stock->station);
	if (more == NULL)
		return FAILED;
	stock->station = more;
	struct station *station = &stock->station[stock->n_stations++];
	*station = (struct station){ .first_us = INT64_MAX, .last_us = INT64_MIN };
	snprintf(station->id, sizeof station->id, "%s", id);
	return OK;
}

static int stations_from_journals(struct stock *stock)
{
	char folder[ARCHIVE_PATH];
	char(*source)[SOURCE_SIZE + 1] = calloc(MOST_STATIONS, sizeof *source);
	int status = OK;
	if (source == NULL)
		return FAILED;
	snprintf(folder, sizeof folder, "%.4000s/journal", stock->dir);
	stock_shut_journals(stock);
	int n = journal_sources(folder, source, MOST_STATIONS);
	for (int i = 0; i < n && status == OK; i++)
		status = station_add(stock, source[i]);
	free(source);
	return status;
}

static int stations_find(struct stock *stock)
{
	int status = stations_from_journals(stock);
	for (size_t i = 0; i < stock->seals.n && status == OK; i++)
		status = station_add(stock, stock->seals.seal[i].station);
	if (status != OK)
		return status;
	if (stock->n_stations > 0)
		qsort(stock->station, stock->n_stations, sizeof *stock->station, by_id);
	stock->listed = calloc(stock->n_stations + 1, sizeof *stock->listed);
	if (stock->listed == NULL)
		return FAILED;
	for (size_t i = 0; i < stock->n_stations; i++) {
		if (strcmp(stock->station[i].id, OFFICE) != 0)
			stock->listed[stock->n_listed++] = stock->station[i].id;
	}
	return OK;
}

/* ---- state ---- */

static char *state_make(const struct stock *stock)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	if (out == NULL)
		return NULL;
	fprintf(out, "%zu seals", stock->seals.n);
	for (size_t i = 0; i < stock->n_stations; i++) {
		const struct station *station = &stock->station[i];
		for (size_t k = 0; k < station->n_journals; k++) {
			const struct journal_stock *journal = &station->journal[k];
			fprintf(out, "; %s %016" PRIx64 "/%" PRIu64 " journal",
			        station->id, journal->epoch, journal->last_seq);
		}
	}
	fclose(out);
	return text;
}

/* ---- opening ---- */

static void station_free(struct station *station)
{
	for (size_t i = 0; i < station->n_journals; i++) {
		free(station->journal[i].block);
		free(station->journal[i].origin);
	}
	placing_free(&station->seen);
	free(station->journal);
	free(station->clock);
	free(station->known);
	free(station->instrument);
}

static void stock_free(struct stock *stock)
{
	for (size_t i = 0; i < stock->n_stations; i++)
		station_free(&stock->station[i]);
	for (size_t i = 0; i < stock->n_describes; i++)
		describe_free(stock->describe[i]);
	free(stock->station);
	free(stock->listed);
	free(stock->describe);
	remarks_free(&stock->problems);
	remarks_free(&stock->taken);
	for (size_t i = 0; stock->file != NULL && i < stock->seals.n; i++) {
		rewritten_free(&stock->file[i].again);
		free(stock->file[i].range);
	}
	free(stock->file);
	free(stock->state);
	seal_list_free(&stock->seals);
	free(stock);
}

/* A damaged seal list is no reason to show nothing: the lines before the damage
 * stand. */
static int seals_load(struct stock *stock)
{
	struct problem why;
	char path[ARCHIVE_PATH];
	snprintf(path, sizeof path, "%.4000s/seals", stock->dir);
	int status = seal_list_read(&stock->seals, stock->dir, &why);
	if (status != OK)
		remarks_of(&stock->problems, path, "%s", why.text);
	if (stock->seals.torn > 0)
		remarks_add(&stock->problems,
		        "%s/seals: the last line has no end (it is being written, or "
		        "the power failed then) and counts for nothing",
		        stock->dir);
	stock->file = calloc(stock->seals.n + 1, sizeof *stock->file);
	return stock->file != NULL ? OK : FAILED;
}

/* Seals before journals: what is sealed in between is then still seen in its
 * journal. */
static int stock_take(struct stock *stock)
{
	int status = seals_load(stock);
	if (status == OK)
		status = stations_find(stock);
	for (size_t i = 0; i < stock->n_stations && status == OK; i++)
		status = stock_journals(stock, &stock->station[i]);
	if (status == OK) {
		stock->state = state_make(stock);
		status = stock->state != NULL ? OK : FAILED;
	}
	return status;
}

int reader_open(struct reader **out, const char *dir, struct problem *why)
{
	*out = NULL;
	struct archive_identity identity;
	int status = archive_identify(dir, &identity, why);
	if (status != OK)
		return status;
	struct reader *reader = calloc(1, sizeof *reader);
	struct stock *stock = calloc(1, sizeof *stock);
	if (reader == NULL || stock == NULL) {
		free(reader);
		free(stock);
		return problem_set(
		        why, FAILED, EXIT_TRY_AGAIN, "%s: out of memory", dir);
	}
	reader->stock = stock;
	stock->identity = identity;
	snprintf(stock->dir, sizeof stock->dir, "%s", dir);
	if (stock_take(stock) != OK) {
		reader_close(reader);
		return problem_set(
		        why, FAILED, EXIT_TRY_AGAIN, "%s: out of memory", dir);
	}
	*out = reader;
	return OK;
}

void reader_close(struct reader *reader)
{
	if (reader == NULL)
		return;
	stock_free(reader->stock);
	free(reader);
}

/* ---- what is known ---- */

const struct archive_identity *reader_identity(const struct reader *reader)
{
	return &reader->stock->identity;
}

const char *reader_dir(const struct reader *reader)
{
	return reader->stock->dir;
}

const char *reader_state(const struct reader *reader)
{
	return reader->stock->state;
}

void reader_state_copy(const struct reader *reader, char out[READER_STATE])
{
	int n = snprintf(out, READER_STATE, "%s", reader->stock->state);
	if (n >= READER_STATE)
		memcpy(out + READER_STATE - 4, "...", 4);
}

size_t reader_problems(const struct reader *reader)
{
	return reader->stock->problems.n;
}

const char *reader_problem(const struct reader *reader, size_t i)
{
	return reader->stock->problems.remark[i].text;
}

const char *reader_shut(const struct reader *reader, size_t i)
{
	return reader->stock->problems.remark[i].shut;
}

size_t reader_taken(const struct reader *reader)
{
	return reader->stock->taken.n;
}

const char *reader_taken_text(const struct reader *reader, size_t i)
{
	return reader->stock->taken.remark[i].text;
}

size_t reader_stations(const struct reader *reader)
{
	return reader->stock->n_listed;
}

const char *reader_station(const struct reader *reader, size_t i)
{
	return reader->stock->listed[i];
}

/* A station whose sealed files were looked at; NULL if it is unknown. */
static struct station *looked_at(const struct reader *reader, const char *id)
{
	struct station *station = stock_station(reader->stock, id);
	if (station == NULL || station_look(reader->stock, station) != OK)
		return NULL;
	return station;
}

const struct describe *reader_station_describe(
        const struct reader *reader, const char *station)
{
	const struct station *known = looked_at(reader, station);
	return known != NULL ? known->own.describe : NULL;
}

int reader_span(const struct reader *reader, const char *station, int64_t *first_us,
        int64_t *last_us)
{
	const struct station *known = looked_at(reader, station);
	if (known == NULL || known->first_us > known->last_us)
		return NOT_FOUND;
	*first_us = known->first_us;
	*last_us = known->last_us;
	return OK;
}

size_t reader_instruments(const struct reader *reader, const char *station,
        const struct describe *const **out)
{
	struct station *known = looked_at(reader, station);
	*out = NULL;
	if (known == NULL)
		return 0;
	free(known->instrument);
	known->instrument = calloc(known->n_known + 1, sizeof *known->instrument);
	if (known->instrument == NULL)
		return 0;
	for (size_t i = 0; i < known->n_known; i++)
		known->instrument[i] = known->known[i].describe;
	*out = known->instrument;
	return known->n_known;
}
