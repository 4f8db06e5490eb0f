/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One series across sealed days and the open journal. */
#include "archive/reader_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "archive/layout.h"
#include "base/bytes.h"
#include "base/legal_time.h"
#include "base/reading.h"

/* One question being answered. */
struct gathering {
	struct stock *stock;
	struct station *station;
	const struct query *query;
	struct stretch stretch;
	size_t n;
	struct heap *heap;
};

/* The rows of a describe, begun when first met; NULL: not asked for, or no memory (then
 * *failed). */
static struct heap *heap_of(
        struct gathering *gathering, const struct describe *describe, bool *failed)
{
	const struct query *query = gathering->query;
	for (size_t i = 0; i < gathering->n; i++) {
		if (gathering->heap[i].rows.describe == describe)
			return &gathering->heap[i];
	}
	if (query->instrument != NULL &&
	        strcmp(query->instrument, describe->instrument) != 0)
		return NULL;
	if (query->channel != NULL && describe_channel(describe, query->channel) < 0)
		return NULL;
	void *more =
	        realloc(gathering->heap, (gathering->n + 1) * sizeof *gathering->heap);
	*failed = more == NULL;
	if (more == NULL)
		return NULL;
	gathering->heap = more;
	struct heap *heap = &gathering->heap[gathering->n++];
	*failed = heap_start(heap, describe, query->channel) != OK;
	return *failed ? NULL : heap;
}

/* ---- sealed files ---- */

static int columns_append(struct heap *heap, struct day *day, size_t group)
{
	struct rows *rows = &heap->rows;
	size_t n = rows->n;
	if (day_times(day, group, rows->time_us + n) != OK ||
	        day_stored(day, group, rows->stored_us + n) != OK ||
	        day_clock(day, group, rows->clock + n) != OK ||
	        day_transport(day, group, rows->transport + n) != OK ||
	        day_seq(day, group, rows->epoch + n, rows->seq + n) != OK)
		return MALFORMED;
	for (size_t i = 0; i < rows->n_channels; i++) {
		size_t channel = rows->channel[i];
		if (day_channel(day, group, channel, rows->value[i] + n,
		            rows->state[i] + n) != OK ||
		        day_sampled(day, group, channel, rows->sampled_us[i] + n) != OK)
			return MALFORMED;
	}
	return OK;
}

/* Remember the rows whose clock was never set. */
static int doubts_append(struct heap *heap, struct day *day, size_t group)
{
	struct rows *rows = &heap->rows;
	size_t n = day_group_rows(day, group), first = 0;
	enum lies lies = day->header.day_us != INT64_MIN ? LIES_IN_DAY : LIES_UNPLACED;
	while (first < n && rows->clock[rows->n + first] != CLOCK_UNSYNCED)
		first++;
	if (first == n)
		return OK;
	int64_t *mono_us = malloc(n * sizeof *mono_us);
	uint64_t *boot = malloc(n * sizeof *boot);
	int status = mono_us != NULL && boot != NULL ? OK : FAILED;
	if (status == OK && day_mono(day, group, mono_us, boot) != OK)
		status = MALFORMED;
	for (size_t i = first; i < n && status == OK; i++) {
		const struct doubtful doubtful = { rows->n + i, mono_us[i], boot[i],
			lies };
		if (rows->clock[rows->n + i] == CLOCK_UNSYNCED)
			status = heap_doubt(heap, &doubtful);
	}
	free(mono_us);
	free(boot);
	return status;
}

static int group_append(struct gathering *gathering, struct day *day, size_t group)
{
	bool failed = false;
	const struct describe *describe = stock_group(gathering->stock, day, group);
	if (describe == NULL)
		return OK;
	struct heap *heap = heap_of(gathering, describe, &failed);
	if (heap == NULL)
		return failed ? FAILED : OK;
	if (heap_grow(heap, day_group_rows(day, group)) != OK)
		return FAILED;
	size_t doubtful = heap->n_doubtful;
	int status = columns_append(heap, day, group);
	if (status == OK)
		status = doubts_append(heap, day, group);
	if (status == OK) {
		heap->rows.n += day_group_rows(day, group);
	} else if (status == MALFORMED) { /* without the rows of this group */
		heap->n_doubtful = doubtful;
		remarks_add(&gathering->stock->problems, "%s", day_problem(day)->text);
	}
	return status == FAILED ? FAILED : OK;
}

static int file_append(struct gathering *gathering, size_t i)
{
	struct day *day = stock_open(gathering->stock, i);
	if (day == NULL)
		return OK;
	int status = stock_note_clocks(gathering->stock, gathering->station, i, day);
	for (size_t group = 0; group < day_groups(day) && status == OK; group++)
		status = group_append(gathering, day, group);
	day_close(day);
	return status;
}

/* ---- the open journal ---- */

static void values_put(struct heap *heap, const struct reading *reading)
{
	struct rows *rows = &heap->rows;
	for (size_t i = 0; i < rows->n_channels; i++) {
		size_t channel = rows->channel[i];
		rows->value[i][rows->n] = reading_value(reading, channel);
		rows->state[i][rows->n] = reading->state[channel];
		rows->sampled_us[i][rows->n] = 0;
		for (size_t k = 0; k < reading->n_sampled; k++) {
			uint16_t of;
			int64_t time_us = reading_sampled(reading, k, &of);
			if (of == channel && layout_time(time_us))
				rows->sampled_us[i][rows->n] = time_us;
		}
	}
}

static int row_append(struct heap *heap, const struct record *record,
        const struct reading *reading, int64_t stored_us)
{
	if (heap_grow(heap, 1) != OK)
		return FAILED;
	struct rows *rows = &heap->rows;
	size_t n = rows->n;
	rows->time_us[n] = record->time_us;
	rows->stored_us[n] = stored_us;
	rows->clock[n] = record->clock;
	rows->transport[n] = TRANSPORT_LIVE;
	rows->epoch[n] = record->epoch;
	rows->seq[n] = record->seq;
	values_put(heap, reading);
	const struct doubtful doubtful = { n, record->mono_us, record->boot,
		LIES_IN_JOURNAL };
	if (record->clock == CLOCK_UNSYNCED && heap_doubt(heap, &doubtful) != OK)
		return FAILED;
	rows->n++;
	return OK;
}

static int entry_append(void *with, const struct journal_found *found)
{
	struct gathering *gathering = with;
	const struct record *record = found->record;
	struct reading reading;
	bool failed = false;
	if (reading_decode(&reading, record->payload, record->payload_size) != OK) {
		remarks_add(&gathering->stock->problems,
		        "%s: journal seq %" PRIu64 " is no reading", record->source,
		        record->seq);
		return OK;
	}
	struct reader reader = { .stock = gathering->stock };
	const struct describe *describe = reader_describe(&reader, reading.describe);
	if (describe == NULL || describe->n_channels != reading.n_channels) {
		remarks_add(&gathering->stock->problems,
		        "%s: records of epoch %016" PRIx64
		        " name a DESCRIBE that is not here and cannot be read",
		        record->source, record->epoch);
		return OK;
	}
	struct heap *heap = heap_of(gathering, describe, &failed);
	if (heap == NULL)
		return failed ? FAILED : OK;
	return row_append(heap, record, &reading, found->stored_us);
}

/* ---- putting it together ---- */

static size_t correct_all(
        struct gathering *gathering, const struct corrections *corrections)
{
	size_t left = 0;
	for (size_t i = 0; i < gathering->n; i++)
		left += heap_correct(&gathering->heap[i], corrections);
	return left;
}

/* From when on a CLOCK record may lie in a sealed file that places what is left. */
static int64_t ahead_of(const struct gathering *gathering)
{
	int64_t first_us = INT64_MAX;
	if (gathering->query->unplaced != UNPLACED_ONLY)
		return gathering->query->from_us;
	for (size_t i = 0; i < gathering->n; i++) {
		int64_t one_us = heap_first_doubt(&gathering->heap[i]);
		first_us = one_us < first_us ? one_us : first_us;
	}
	return first_us - US_PER_DAY;
}

/* CLOCK records first, and those of later days too, since they say more than a stamp
 * that agrees; then by the rule what is left. */
static int correct(struct gathering *gathering)
{
	struct placing placing;
	int64_t as_of_us = gathering->query->as_of_us;
	size_t doubtful = 0;
	for (size_t i = 0; i < gathering->n; i++)
		doubtful += gathering->heap[i].n_doubtful;
	if (doubtful == 0)
		return OK;
	if (station_placing(gathering->station, as_of_us, &placing) != OK)
		return FAILED;
	int more = correct_all(gathering, &placing.corrections) == 0
	                   ? 0
	                   : stock_look_ahead(gathering->stock, gathering->station,
	                             ahead_of(gathering));
	if (more > 0) {
		placing_free(&placing);
		more = station_placing(gathering->station, as_of_us, &placing);
	}
	for (size_t i = 0; i < gathering->n && more == OK; i++)
		heap_place(&gathering->heap[i], &placing);
	placing_free(&placing);
	return more;
}

static int gather(struct gathering *gathering)
{
	struct stock *stock = gathering->stock;
	int status = OK;
	for (size_t i = 0; i < stock->seals.n && status == OK; i++) {
		if (stock_overlaps(
		            stock, i, gathering->station->id, &gathering->stretch))
			status = file_append(gathering, i);
	}
	struct journal_visitor visitor = { .each = entry_append, .with = gathering };
	if (status == OK)
		status = stock_journal_proved(
		        stock, gathering->station, &gathering->stretch, &visitor);
	if (status == OK)
		status = correct(gathering);
	for (size_t i = 0; i < gathering->n && status == OK; i++)
		status = heap_finish(&gathering->heap[i], gathering->query);
	return status;
}

/* Sets with rows go out, the others are freed. */
static int hand_out(struct gathering *gathering, struct rows **out, size_t *n)
{
	*out = calloc(gathering->n + 1, sizeof **out);
	if (*out == NULL)
		return FAILED;
	*n = 0;
	for (size_t i = 0; i < gathering->n; i++) {
		struct heap *heap = &gathering->heap[i];
		if (heap->rows.n == 0)
			continue;
		(*out)[(*n)++] = heap->rows;
		heap->rows = (struct rows){ 0 };
	}
	return OK;
}

/* Sets in order of their first row, then instrument: the same for every way the rows
 * came. */
static int by_first_row(const void *left, const void *right)
{
	const struct rows *a = left, *b = right;
	int order = strcmp(a->describe->instrument, b->describe->instrument);
	if (order != 0)
		return order;
	if (a->time_us[0] != b->time_us[0])
		return a->time_us[0] < b->time_us[0] ? -1 : 1;
	return memcmp(a->describe->hash, b->describe->hash, sizeof a->describe->hash);
}

int reader_rows(struct reader *reader, const struct query *query, struct rows **out,
        size_t *n, struct problem *why)
{
	*out = NULL;
	*n = 0;
	struct gathering gathering = {
		.stock = reader->stock,
		.station = stock_station(reader->stock, query->station),
		.query = query,
	};
	query_stretch(query, 1u << RECORD_READING, &gathering.stretch);
	if (gathering.station == NULL)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: no station '%s' in this archive; 'quantrac status' lists "
		        "them",
		        reader->stock->dir, query->station);
	int status = gather(&gathering);
	if (status == OK)
		status = hand_out(&gathering, out, n);
	for (size_t i = 0; i < gathering.n; i++)
		heap_free(&gathering.heap[i]);
	free(gathering.heap);
	if (status != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "%s: out of memory; ask for less", reader->stock->dir);
	if (*n > 1)
		qsort(*out, *n, sizeof **out, by_first_row);
	return (int)*n;
}
