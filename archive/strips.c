/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/strips.h"

#include <stdlib.h>
#include <string.h>

#include "archive/crew.h"
#include "base/bytes.h"
#include "base/pages.h"

#define SLICE ((size_t)2048) /* rows that one hand does at a time */

/* Rows [*first, *end) of slice i. */
static void slice_rows(
        const struct strips *strips, size_t i, size_t *first, size_t *end)
{
	size_t n = strips->group->n;
	*first = i * SLICE;
	*end = n - *first < SLICE ? n : *first + SLICE;
}

static size_t slices(const struct strips *strips)
{
	return (strips->group->n + SLICE - 1) / SLICE;
}

/* UTC microseconds as the seconds of CF; exact to the microsecond until 2106 by
 * rounding back. */
static uint64_t seconds(uint64_t time_us)
{
	return bits_of_double((double)(int64_t)time_us / 1e6);
}

/* Room for a column of n elements; the next begins in a line of the cache of its own. */
static uint8_t *cut(uint8_t **from, size_t n, size_t element)
{
	uint8_t *out = *from;
	*from += (n * element + 127) / 64 * 64;
	return out;
}

/* ---- what every row has ---- */

static int heads_cut(struct strips *strips)
{
	size_t n = strips->group->n, a_row = 8 + 1 + 2 * LAYOUT_BYTES;
	for (size_t i = 0; i < LAYOUT_COLUMNS; i++)
		a_row += h5_size(layout_columns[i].kind);
	uint8_t *at = pages_take(
	        n * a_row + (size_t)128 * (2 + LAYOUT_COLUMNS + LAYOUT_BYTES));
	strips->head_memory = at;
	if (at == NULL)
		return FAILED;
	strips->time = cut(&at, n, 8);
	strips->type = cut(&at, n, 1);
	for (size_t i = 0; i < LAYOUT_COLUMNS; i++)
		strips->common[i] = cut(&at, n, h5_size(layout_columns[i].kind));
	for (size_t i = 0; i < LAYOUT_BYTES; i++)
		strips->length[i] = cut(&at, n, 2);
	return OK;
}

static void head_put(const struct strips *strips, size_t row, size_t i)
{
	const struct day_record *record = &strips->plan->record[i];
	const uint8_t *bytes = record->bytes;
	uint8_t *const *common = strips->common;
	put_le64(strips->time + 8 * row, seconds(get_le64(bytes + RECORD_AT_TIME)));
	strips->type[row] = bytes[RECORD_AT_TYPE];
	memcpy(common[COLUMN_MONO] + 8 * row, bytes + RECORD_AT_MONO, 8);
	memcpy(common[COLUMN_BOOT] + 8 * row, bytes + RECORD_AT_BOOT, 8);
	common[COLUMN_CLOCK][row] = bytes[RECORD_AT_CLOCK];
	put_le16(common[COLUMN_EPOCH] + 2 * row, strips->plan->epoch_index[i]);
	memcpy(common[COLUMN_SEQ] + 8 * row, bytes + RECORD_AT_SEQ, 8);
	common[COLUMN_VERSION][row] = bytes[RECORD_AT_VERSION];
	common[COLUMN_TRANSPORT][row] = record->transport;
	put_le64(common[COLUMN_STORED] + 8 * row, (uint64_t)record->stored_us);
}

/* The bytes of a record that belong into this byte string; their count. */
static size_t bytes_find(const struct day_record *record, const struct layout_row *row,
        enum layout_bytes which, const uint8_t **out)
{
	switch (which) {
	case BYTES_VENDOR:
		*out = row->vendor;
		return row->vendor_size;
	case BYTES_EXCHANGE:
		*out = row->exchange;
		return row->exchange_size;
	case BYTES_VERBATIM:
		*out = record->bytes;
		return layout_exact(row) ? 0 : record->size;
	case BYTES_RECORD:
		break;
	}
	*out = record->bytes;
	return record->size;
}

/* Which byte strings the rows of a group have. */
static void parts_of(const struct plan_group *group, size_t *first, size_t *end)
{
	*first = group->describe != NULL ? BYTES_VENDOR : BYTES_RECORD;
	*end = group->describe != NULL ? BYTES_RECORD : LAYOUT_BYTES;
}

static void row_find(const struct strips *strips, size_t i, struct layout_row *row)
{
	*row = (struct layout_row){ 0 };
	if (strips->group->describe != NULL)
		layout_row_again(row, strips->plan->record[i].bytes,
		        strips->plan->record[i].size);
}

/* The sums are those of one hand: total[LAYOUT_BYTES]. */
static void lengths_put(const struct strips *strips, size_t at, size_t i, size_t *total)
{
	const uint8_t *bytes;
	struct layout_row row;
	size_t first, end;
	row_find(strips, i, &row);
	parts_of(strips->group, &first, &end);
	for (size_t which = first; which < end; which++) {
		size_t n = bytes_find(&strips->plan->record[i], &row,
		        (enum layout_bytes)which, &bytes);
		put_le16(strips->length[which] + 2 * at, (uint16_t)n);
		total[which] += n;
	}
}

struct opening {
	const struct strips *strips;
	size_t total[CREW_MOST][LAYOUT_BYTES];
};

static void slice_open(void *with, size_t i, size_t hand)
{
	struct opening *opening = with;
	const struct strips *strips = opening->strips;
	size_t row, end;
	for (slice_rows(strips, i, &row, &end); row < end; row++) {
		head_put(strips, row, strips->group->row[row]);
		lengths_put(strips, row, strips->group->row[row], opening->total[hand]);
	}
}

int strips_open(
        struct strips *strips, const struct plan *plan, const struct plan_group *group)
{
	*strips = (struct strips){ .plan = plan, .group = group };
	if (heads_cut(strips) != OK)
		return FAILED;
	struct opening opening = { .strips = strips };
	crew_share(slices(strips), slice_open, &opening);
	for (size_t hand = 0; hand < CREW_MOST; hand++)
		for (size_t which = 0; which < LAYOUT_BYTES; which++)
			strips->total[which] += opening.total[hand][which];
	return OK;
}

void strips_free(struct strips *strips)
{
	free(strips->head_memory);
	free(strips->tile_memory);
}

/* ---- channels ---- */

static int tile_cut(struct strips *strips)
{
	const struct plan_group *group = strips->group;
	if (strips->tile_memory == NULL)
		strips->tile_memory = pages_take(
		        STRIPS_TILE * ((size_t)17 * group->n + (size_t)3 * 128));
	uint8_t *at = strips->tile_memory;
	if (at == NULL)
		return FAILED;
	for (size_t i = 0; i < strips->channels; i++) {
		bool sampled = group->sampled[strips->first + i];
		strips->value[i] = cut(&at, group->n, 8);
		strips->state[i] = cut(&at, group->n, 1);
		strips->sample[i] = sampled ? cut(&at, group->n, 8) : NULL;
	}
	return OK;
}

/* States and values lie at the same place in every row of a group: the channels are as
 * many. */
static void values_put(const struct strips *strips, size_t at, const uint8_t *bytes)
{
	const uint8_t *state = bytes + RECORD_HEADER + READING_HEADER;
	const uint8_t *value = state + strips->group->describe->n_channels;
	state += strips->first;
	value += 8 * strips->first;
	for (size_t i = 0; i < strips->channels; i++) {
		strips->state[i][at] = state[i];
		memcpy(strips->value[i] + 8 * at, value + 8 * i, 8);
	}
}

/* The last sample time of each channel; what a row kept verbatim has out of range is
 * left out. */
static void samples_put(const struct strips *strips, size_t at, size_t i)
{
	struct layout_row row;
	for (size_t k = 0; k < strips->channels; k++) {
		if (strips->sample[k] != NULL)
			put_le64(strips->sample[k] + 8 * at, READING_FILL);
	}
	row_find(strips, i, &row);
	for (size_t k = 0; k < row.n_sampled; k++) {
		const uint8_t *sampled = row.sampled + 10 * k;
		size_t channel = get_le16(sampled) - strips->first;
		uint64_t time_us = get_le64(sampled + 2);
		if (channel < strips->channels && layout_time((int64_t)time_us))
			put_le64(strips->sample[channel] + 8 * at, seconds(time_us));
	}
}

static void slice_tile(void *with, size_t i, size_t hand)
{
	const struct strips *strips = with;
	const struct plan_group *group = strips->group;
	bool sampled = false;
	size_t row, end;
	for (size_t k = 0; k < strips->channels; k++)
		sampled |= strips->sample[k] != NULL;
	for (slice_rows(strips, i, &row, &end); row < end; row++) {
		values_put(strips, row, strips->plan->record[group->row[row]].bytes);
		if (sampled)
			samples_put(strips, row, group->row[row]);
	}
}

int strips_tile(struct strips *strips, size_t first)
{
	const struct plan_group *group = strips->group;
	size_t left = group->describe->n_channels - first;
	strips->first = first;
	strips->channels = left < STRIPS_TILE ? left : STRIPS_TILE;
	if (tile_cut(strips) != OK)
		return FAILED;
	crew_share(slices(strips), slice_tile, strips);
	return (int)strips->channels;
}

/* ---- byte strings ---- */

uint8_t *strips_bytes(struct strips *strips, enum layout_bytes which)
{
	const struct plan_group *group = strips->group;
	free(strips->tile_memory);
	strips->tile_memory = NULL;
	uint8_t *out = pages_take(strips->total[which]), *to = out;
	for (size_t at = 0; out != NULL && at < group->n; at++) {
		const uint8_t *from;
		struct layout_row row;
		row_find(strips, group->row[at], &row);
		size_t n = bytes_find(
		        &strips->plan->record[group->row[at]], &row, which, &from);
		if (n > 0)
			memcpy(to, from, n);
		to += n;
	}
	return out;
}
