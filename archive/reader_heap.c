/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "archive/reader_rows.h"

/* ---- room ---- */

static int grow(void *column, size_t room, size_t size)
{
	void *now, *more;
	memcpy(&now, column, sizeof now); /* column points to any kind of pointer */
	more = realloc(now, room * size);
	if (more == NULL)
		return FAILED;
	memcpy(column, &more, sizeof more);
	/* cppcheck-suppress memleak */
	return OK;
}

int heap_start(struct heap *heap, const struct describe *describe, const char *channel)
{
	*heap = (struct heap){ .rows = { .describe = describe } };
	int only = channel != NULL ? describe_channel(describe, channel) : 0;
	if (only < 0)
		return NOT_FOUND;
	size_t n = channel != NULL ? 1 : describe->n_channels;
	struct rows *rows = &heap->rows;
	rows->n_channels = n;
	rows->channel = calloc(n + 1, sizeof *rows->channel);
	rows->value = calloc(n + 1, sizeof *rows->value);
	rows->state = calloc(n + 1, sizeof *rows->state);
	rows->sampled_us = calloc(n + 1, sizeof *rows->sampled_us);
	if (rows->channel == NULL || rows->value == NULL || rows->state == NULL ||
	        rows->sampled_us == NULL)
		return FAILED;
	for (size_t i = 0; i < n; i++)
		rows->channel[i] = channel != NULL ? (size_t)only : i;
	return heap_grow(heap, 1);
}

static int common_grow(struct rows *rows, size_t room)
{
	if (grow(&rows->time_us, room, sizeof *rows->time_us) != OK ||
	        grow(&rows->stored_us, room, sizeof *rows->stored_us) != OK ||
	        grow(&rows->clock, room, sizeof *rows->clock) != OK ||
	        grow(&rows->transport, room, sizeof *rows->transport) != OK ||
	        grow(&rows->epoch, room, sizeof *rows->epoch) != OK ||
	        grow(&rows->seq, room, sizeof *rows->seq) != OK)
		return FAILED;
	return OK;
}

int heap_grow(struct heap *heap, size_t n)
{
	struct rows *rows = &heap->rows;
	if (rows->n + n <= heap->room)
		return OK;
	size_t room = rows->n + n + heap->room / 2;
	if (common_grow(rows, room) != OK)
		return FAILED;
	for (size_t i = 0; i < rows->n_channels; i++) {
		if (grow(&rows->value[i], room, sizeof **rows->value) != OK ||
		        grow(&rows->state[i], room, sizeof **rows->state) != OK ||
		        grow(&rows->sampled_us[i], room, sizeof **rows->sampled_us) !=
		                OK)
			return FAILED;
	}
	heap->room = room;
	return OK;
}

int heap_doubt(struct heap *heap, const struct doubtful *doubtful)
{
	if (heap->n_doubtful == heap->doubtful_room) {
		size_t room = heap->doubtful_room > 0 ? 2 * heap->doubtful_room : 64;
		if (grow(&heap->doubtful, room, sizeof *heap->doubtful) != OK)
			return FAILED;
		heap->doubtful_room = room;
	}
	heap->doubtful[heap->n_doubtful++] = *doubtful;
	return OK;
}

static void rows_release(struct rows *rows)
{
	for (size_t i = 0; i < rows->n_channels; i++) {
		if (rows->value != NULL)
			free(rows->value[i]);
		if (rows->state != NULL)
			free(rows->state[i]);
		if (rows->sampled_us != NULL)
			free(rows->sampled_us[i]);
	}
	free(rows->channel);
	free(rows->value);
	free(rows->state);
	free(rows->sampled_us);
	free(rows->time_us);
	free(rows->stored_us);
	free(rows->clock);
	free(rows->transport);
	free(rows->epoch);
	free(rows->seq);
}

void rows_free(struct rows *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rows_release(&rows[i]);
	free(rows);
}

void heap_free(struct heap *heap)
{
	rows_release(&heap->rows);
	free(heap->doubtful);
}

/* ---- time ---- */

static struct stamp stamp_at(const struct rows *rows, const struct doubtful *doubtful)
{
	return (struct stamp){ .time_us = rows->time_us[doubtful->row],
		.mono_us = doubtful->mono_us,
		.boot = doubtful->boot,
		.clock = rows->clock[doubtful->row] };
}

size_t heap_correct(struct heap *heap, const struct corrections *corrections)
{
	size_t left = 0;
	struct rows *rows = &heap->rows;
	for (size_t i = 0; i < heap->n_doubtful; i++) {
		struct doubtful doubtful = heap->doubtful[i];
		struct stamp stamp = stamp_at(rows, &doubtful);
		if (corrections_apply(
		            corrections, &stamp, &rows->time_us[doubtful.row]) != OK)
			heap->doubtful[left++] = doubtful;
	}
	heap->n_doubtful = left;
	return left;
}

void heap_place(struct heap *heap, const struct placing *placing)
{
	size_t left = 0;
	struct rows *rows = &heap->rows;
	for (size_t i = 0; i < heap->n_doubtful; i++) {
		struct doubtful doubtful = heap->doubtful[i];
		const struct arrived arrived = { .stamp = stamp_at(rows, &doubtful),
			.stored_us = rows->stored_us[doubtful.row],
			.origin = (uint8_t)rows->describe->origin };
		if (reader_place_lying(placing, doubtful.lies, &arrived,
		            &rows->time_us[doubtful.row]) != OK)
			heap->doubtful[left++] = doubtful;
	}
	heap->n_doubtful = left;
}

int64_t heap_first_doubt(const struct heap *heap)
{
	int64_t first_us = INT64_MAX;
	for (size_t i = 0; i < heap->n_doubtful; i++) {
		int64_t stored_us = heap->rows.stored_us[heap->doubtful[i].row];
		if (stored_us < first_us)
			first_us = stored_us;
	}
	return first_us;
}

/* ---- order ---- */

static int compare(const struct rows *rows, size_t a, size_t b)
{
	if (rows->time_us[a] != rows->time_us[b])
		return rows->time_us[a] < rows->time_us[b] ? -1 : 1;
	if (rows->epoch[a] != rows->epoch[b])
		return rows->epoch[a] < rows->epoch[b] ? -1 : 1;
	return rows->seq[a] < rows->seq[b] ? -1 : rows->seq[a] > rows->seq[b];
}

/* Merge order[low..middle) and order[middle..high), equal ones in the order they
 * came. */
static void merge(
        const struct rows *rows, size_t *order, size_t *spare, const size_t part[3])
{
	size_t left = part[0], right = part[1], to = 0;
	if (compare(rows, order[part[1] - 1], order[part[1]]) <= 0)
		return; /* in order already: nearly always */
	while (left < part[1] && right < part[2])
		spare[to++] = compare(rows, order[left], order[right]) <= 0
		                      ? order[left++]
		                      : order[right++];
	while (left < part[1])
		spare[to++] = order[left++];
	memcpy(order + part[0], spare, to * sizeof *order);
}

/* Bottom-up merge sort: what lies in order costs one comparison per piece. */
static void sort(const struct rows *rows, size_t *order, size_t *spare, size_t n)
{
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t low = 0; low + width < n; low += 2 * width) {
			size_t high = low + 2 * width < n ? low + 2 * width : n;
			merge(rows, order, spare, (size_t[]){ low, low + width, high });
		}
	}
}

/* Indices of the rows wanted, in order, each record once; count. */
static size_t choose(const struct heap *heap, const struct query *query, size_t *order,
        size_t *spare)
{
	const struct rows *rows = &heap->rows;
	size_t n = 0, kept = 0, doubt = 0; /* those left are in order of rows */
	for (size_t i = 0; i < rows->n; i++) {
		bool placed =
		        doubt == heap->n_doubtful || heap->doubtful[doubt].row != i;
		doubt += !placed;
		if (query_wants(query, rows->time_us[i], rows->stored_us[i], placed))
			order[n++] = i;
	}
	sort(rows, order, spare, n);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || compare(rows, order[kept - 1], order[i]) != 0)
			order[kept++] = order[i];
	}
	return kept;
}

/* column[i] = column[order[i]], through `spare` of the same size. */
static void rearrange(
        void *column, size_t size, const size_t *order, size_t n, void *spare)
{
	for (size_t i = 0; i < n; i++)
		memcpy((char *)spare + i * size, (char *)column + order[i] * size,
		        size);
	memcpy(column, spare, n * size);
}

static void apply_order(struct rows *rows, const size_t *order, size_t n, void *spare)
{
	rearrange(rows->time_us, sizeof *rows->time_us, order, n, spare);
	rearrange(rows->stored_us, sizeof *rows->stored_us, order, n, spare);
	rearrange(rows->clock, sizeof *rows->clock, order, n, spare);
	rearrange(rows->transport, sizeof *rows->transport, order, n, spare);
	rearrange(rows->epoch, sizeof *rows->epoch, order, n, spare);
	rearrange(rows->seq, sizeof *rows->seq, order, n, spare);
	for (size_t i = 0; i < rows->n_channels; i++) {
		rearrange(rows->value[i], sizeof **rows->value, order, n, spare);
		rearrange(rows->state[i], sizeof **rows->state, order, n, spare);
		rearrange(rows->sampled_us[i], sizeof **rows->sampled_us, order, n,
		        spare);
	}
}

int heap_finish(struct heap *heap, const struct query *query)
{
	struct rows *rows = &heap->rows;
	size_t *order = malloc(rows->n * sizeof *order + 1);
	size_t *spare = malloc(rows->n * sizeof *spare + 1);
	int status = FAILED;
	if (order != NULL && spare != NULL) {
		size_t n = choose(heap, query, order, spare);
		bool as_it_is = n == rows->n;
		for (size_t i = 0; i < n && as_it_is; i++)
			as_it_is = order[i] == i;
		if (!as_it_is)
			apply_order(rows, order, n, spare);
		rows->n = n;
		status = OK;
	}
	free(order);
	free(spare);
	return status;
}
