/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/rows_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/pages.h"

/* Memory of a table, one block behind the other.  Columns of a day are cut from large
 * ones; smaller ones are each their own, where a sanitizer sees what reaches past. */
struct owned {
	struct owned *next;
	size_t used, room;
	max_align_t memory[];
};

#define BLOCK  ((size_t)4 << 20)
#define COLUMN ((size_t)64 << 10) /* from here on a column is cut from a block */
#define LINE   ((size_t)64)

static struct owned *block_add(struct rows_table *table, size_t room)
{
	if (room >= COLUMN && room < BLOCK - sizeof(struct owned))
		room = BLOCK - sizeof(struct owned);
	struct owned *owned = pages_take(sizeof *owned + room);
	if (owned == NULL)
		return NULL;
	*owned = (struct owned){ .next = table->owned, .room = room };
	table->owned = owned;
	return owned;
}

static void *take(struct rows_table *table, struct day *day, size_t n, size_t size)
{
	size_t bytes = n * size + 1;
	struct owned *owned = table->owned;
	if (owned == NULL || owned->room - owned->used < bytes)
		owned = block_add(table, bytes);
	if (owned == NULL) {
		h5_damaged(day->h5, "out of memory");
		return NULL;
	}
	void *out = (uint8_t *)owned->memory + owned->used;
	size_t whole = (bytes + LINE - 1) / LINE * LINE;
	owned->used =
	        owned->room - owned->used < whole ? owned->room : owned->used + whole;
	return out;
}

void rows_table_free(struct rows_table *table)
{
	while (table->owned != NULL) {
		struct owned *next = table->owned->next;
		free(table->owned);
		table->owned = next;
	}
}

/* ---- loading ---- */

static int column_take(struct rows_table *table, struct day *day, const char *name,
        struct day_want *want)
{
	want->n = table->n;
	want->out = take(table, day, table->n, h5_size(want->kind));
	return want->out != NULL ? day_column(day, table->name, name, want) : MALFORMED;
}

static int common_load(struct rows_table *table, struct day *day)
{
	table->time_us = take(table, day, table->n, sizeof *table->time_us);
	if (table->time_us == NULL ||
	        day_times_of(day, table->name, table->n, table->time_us) != OK)
		return MALFORMED;
	size_t first = table->hash != NULL ? 0 : LAYOUT_COLUMNS_EVENTS;
	for (size_t i = first; i < LAYOUT_COLUMNS; i++) {
		struct day_want want = { .kind = layout_columns[i].kind };
		if (column_take(table, day, layout_columns[i].name, &want) != OK)
			return MALFORMED;
		table->common[i] = want.out;
	}
	return OK;
}

static int epochs_check(const struct rows_table *table, struct day *day)
{
	const uint16_t *epoch = table->common[COLUMN_EPOCH];
	for (size_t row = 0; row < table->n; row++) {
		if (epoch[row] >= day->n_epochs)
			return h5_damaged(day->h5,
			        "/%s/epoch row %zu: there is no epoch %u", table->name,
			        row, epoch[row]);
	}
	return OK;
}

/* Lengths to offsets; the sum must be what is there. */
static int offsets_make(
        struct rows_table *table, struct day *day, size_t part, const uint16_t *length)
{
	size_t total = 0, *at = take(table, day, table->n + 1, sizeof *at);
	if (at == NULL)
		return MALFORMED;
	for (size_t row = 0; row < table->n; row++) {
		at[row] = total;
		total += length[row];
	}
	at[table->n] = total;
	table->part[part].at = at;
	table->part[part].bytes = take(table, day, total, 1);
	if (table->part[part].bytes == NULL)
		return MALFORMED;
	struct day_want want = {
		.kind = H5_U8, .n = total, .out = table->part[part].bytes
	};
	return day_column(day, table->name, layout_bytes[part].name, &want);
}

static int part_load(struct rows_table *table, struct day *day, size_t part)
{
	char name[H5_NAME];
	struct day_want want = { .kind = H5_U16, .may_lack = part != BYTES_RECORD };
	layout_beside(layout_bytes[part].name, LAYOUT_LENGTH, name);
	int status = column_take(table, day, name, &want);
	if (status == NOT_FOUND) {
		if (h5_has(day->h5, table->name, layout_bytes[part].name))
			return h5_damaged(
			        day->h5, "/%s/%s: is not there", table->name, name);
		return OK;
	}
	return status == OK ? offsets_make(table, day, part, want.out) : MALFORMED;
}

static int channel_load(
        struct rows_table *table, struct day *day, size_t channel, const char *name)
{
	char beside[H5_NAME];
	struct day_want value = { .kind = H5_F64 }, state = { .kind = H5_U8 };
	struct day_want sample = { .kind = H5_F64, .may_lack = true };
	if (column_take(table, day, name, &value) != OK)
		return MALFORMED;
	layout_beside(name, LAYOUT_STATE, beside);
	if (column_take(table, day, beside, &state) != OK)
		return MALFORMED;
	layout_beside(name, LAYOUT_SAMPLE, beside);
	int status = column_take(table, day, beside, &sample);
	if (status != OK && status != NOT_FOUND)
		return MALFORMED;
	table->value[channel] = value.out;
	table->state[channel] = state.out;
	table->sample[channel] = status == OK ? sample.out : NULL;
	return OK;
}

int rows_table_load(struct rows_table *table, struct day *day, size_t group)
{
	const struct day_group *of = &day->group[group];
	*table = (struct rows_table){
		.day = day, .name = of->name, .hash = of->hash, .n = of->rows
	};
	if (day_group_load(day, group) != OK || common_load(table, day) != OK ||
	        epochs_check(table, day) != OK)
		return MALFORMED;
	table->n_channels = of->n_channels;
	table->value = take(table, day, of->n_channels, sizeof *table->value);
	table->state = take(table, day, of->n_channels, sizeof *table->state);
	table->sample = take(table, day, of->n_channels, sizeof *table->sample);
	if (table->value == NULL || table->state == NULL || table->sample == NULL)
		return MALFORMED;
	for (size_t i = 0; i < of->n_channels; i++) {
		if (channel_load(table, day, i, of->channel[i]) != OK)
			return MALFORMED;
	}
	if (part_load(table, day, BYTES_VENDOR) != OK ||
	        part_load(table, day, BYTES_EXCHANGE) != OK ||
	        part_load(table, day, BYTES_VERBATIM) != OK)
		return MALFORMED;
	return OK;
}

/* Every event must be a record, of the time and type the columns say. */
static int events_check(const struct rows_table *table, struct day *day)
{
	const struct byte_column *part = &table->part[BYTES_RECORD];
	for (size_t row = 0; row < table->n; row++) {
		struct record record;
		size_t n = part->at[row + 1] - part->at[row];
		if (record_decode(&record, part->bytes + part->at[row], n) != (int)n ||
		        record.time_us != table->time_us[row])
			return h5_damaged(day->h5,
			        "/" LAYOUT_EVENTS
			        " row %zu: is not a record of its time",
			        row);
	}
	return OK;
}

int rows_table_load_events(struct rows_table *table, struct day *day)
{
	*table = (struct rows_table){ .day = day, .name = LAYOUT_EVENTS };
	if (h5_rows(day->h5, LAYOUT_EVENTS, "time", H5_F64, &table->n) != OK)
		return h5_damaged(day->h5, "/" LAYOUT_EVENTS "/time: is not there");
	if (common_load(table, day) != OK || part_load(table, day, BYTES_RECORD) != OK)
		return MALFORMED;
	return events_check(table, day);
}

/* ---- rows ---- */

/* The record of an event, as it lies there. */
static const uint8_t *event_bytes(const struct rows_table *table, size_t row)
{
	const struct byte_column *part = &table->part[BYTES_RECORD];
	return part->bytes + part->at[row];
}

uint64_t rows_table_epoch(const struct rows_table *table, size_t row)
{
	if (table->hash == NULL)
		return get_le64(event_bytes(table, row) + RECORD_AT_EPOCH);
	return table->day->epoch[((const uint16_t *)table->common[COLUMN_EPOCH])[row]];
}

uint64_t rows_table_seq(const struct rows_table *table, size_t row)
{
	if (table->hash == NULL)
		return get_le64(event_bytes(table, row) + RECORD_AT_SEQ);
	return ((const uint64_t *)table->common[COLUMN_SEQ])[row];
}

int64_t rows_table_stored(const struct rows_table *table, size_t row)
{
	return ((const int64_t *)table->common[COLUMN_STORED])[row];
}

uint8_t rows_table_transport(const struct rows_table *table, size_t row)
{
	return ((const uint8_t *)table->common[COLUMN_TRANSPORT])[row];
}

static size_t part_size(const struct rows_table *table, size_t part, size_t row)
{
	const size_t *at = table->part[part].at;
	return at != NULL ? at[row + 1] - at[row] : 0;
}

static void part_copy(
        const struct rows_table *table, size_t part, size_t row, uint8_t *out)
{
	size_t n = part_size(table, part, row);
	if (n > 0)
		memcpy(out, table->part[part].bytes + table->part[part].at[row], n);
}

/* A record kept whole: its place in the columns must be its own. */
static int whole_record(
        const struct rows_table *table, size_t part, size_t row, uint8_t *out)
{
	struct record record;
	size_t n = part_size(table, part, row);
	if (n > RECORD_MOST)
		return MALFORMED;
	part_copy(table, part, row, out);
	if (record_decode(&record, out, n) != (int)n ||
	        record.epoch != rows_table_epoch(table, row) ||
	        record.seq != rows_table_seq(table, row))
		return MALFORMED;
	return (int)n;
}

static void header_put(
        const struct rows_table *table, size_t row, size_t size, uint8_t *out)
{
	memset(out, 0, RECORD_HEADER);
	put_le16(out, (uint16_t)size);
	out[RECORD_AT_VERSION] = ((const uint8_t *)table->common[COLUMN_VERSION])[row];
	out[RECORD_AT_TYPE] = RECORD_READING;
	out[RECORD_AT_CLOCK] = ((const uint8_t *)table->common[COLUMN_CLOCK])[row];
	memcpy(out + RECORD_AT_SOURCE, table->day->station,
	        strlen(table->day->station));
	put_le64(out + RECORD_AT_EPOCH, rows_table_epoch(table, row));
	put_le64(out + RECORD_AT_SEQ, rows_table_seq(table, row));
	put_le64(out + RECORD_AT_TIME, (uint64_t)table->time_us[row]);
	put_le64(out + RECORD_AT_MONO,
	        ((const uint64_t *)table->common[COLUMN_MONO])[row]);
	put_le64(out + RECORD_AT_BOOT,
	        ((const uint64_t *)table->common[COLUMN_BOOT])[row]);
}

/* How many exchanges the bytes hold; their sizes are their own. */
static size_t exchanges_count(const uint8_t *in, size_t n)
{
	size_t count = 0;
	for (size_t at = 0; at + 8 <= n; count++)
		at += 8 + (size_t)get_le16(in + at + 6);
	return count;
}

/* Sample times of the row, by channel; bytes written. */
static size_t samples_put(const struct rows_table *table, size_t row, uint8_t *out)
{
	size_t n = 0;
	for (size_t i = 0; i < table->n_channels; i++) {
		if (table->sample[i] == NULL || table->sample[i][row] == READING_FILL)
			continue;
		int64_t time_us =
		        day_microseconds(double_of_bits(table->sample[i][row]));
		put_le16(out + n, (uint16_t)i);
		put_le64(out + n + 2, (uint64_t)time_us);
		n += 10;
	}
	return n;
}

static int reading_record(const struct rows_table *table, size_t row, uint8_t *out)
{
	size_t channels = table->n_channels;
	size_t vendor = part_size(table, BYTES_VENDOR, row);
	size_t exchange = part_size(table, BYTES_EXCHANGE, row);
	size_t fixed = RECORD_HEADER + READING_HEADER + (9 + 10) * channels;
	if (fixed + vendor + exchange > RECORD_MOST + 10 * channels)
		return MALFORMED;
	uint8_t *payload = out + RECORD_HEADER, *at = payload + READING_HEADER;
	for (size_t i = 0; i < channels; i++)
		*at++ = table->state[i][row];
	for (size_t i = 0; i < channels; i++, at += 8)
		put_le64(at, table->value[i][row]);
	size_t sampled = samples_put(table, row, at);
	at += sampled;
	part_copy(table, BYTES_VENDOR, row, at);
	at += vendor;
	part_copy(table, BYTES_EXCHANGE, row, at);
	memcpy(payload, table->hash, 32);
	put_le16(payload + 32, (uint16_t)channels);
	put_le16(payload + 34, (uint16_t)(sampled / 10));
	put_le16(payload + 36, (uint16_t)vendor);
	put_le16(payload + 38, (uint16_t)exchanges_count(at, exchange));
	at += exchange;
	if (at - out > RECORD_MOST)
		return MALFORMED;
	header_put(table, row, (size_t)(at - out), out);
	return (int)(at - out);
}

int rows_table_record(const struct rows_table *table, size_t row, uint8_t *out)
{
	if (table->hash == NULL)
		return whole_record(table, BYTES_RECORD, row, out);
	if (part_size(table, BYTES_VERBATIM, row) > 0)
		return whole_record(table, BYTES_VERBATIM, row, out);
	return reading_record(table, row, out);
}
