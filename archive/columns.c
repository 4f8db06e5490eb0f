/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/columns.h"

#include <stdlib.h>
#include <string.h>

#include "archive/channel_attributes.h"
#include "base/bytes.h"
#include "base/clock.h"

/* A number of record i as its 64 bits; `which` tells channels or columns apart. */
struct gather {
	const struct plan *plan;
	const struct plan_group *group;
	size_t which;
	uint64_t (*number)(const struct gather *gather, size_t i);
};

static const uint8_t *bytes_of(const struct gather *gather, size_t i)
{
	return gather->plan->record[i].bytes;
}

/* UTC microseconds as the seconds of CF; exact to the microsecond until 2106 by
 * rounding back. */
static uint64_t seconds(uint64_t time_us)
{
	return bits_of_double((double)(int64_t)time_us / 1e6);
}

static uint64_t time_number(const struct gather *gather, size_t i)
{
	return seconds(get_le64(bytes_of(gather, i) + RECORD_AT_TIME));
}

static uint64_t type_number(const struct gather *gather, size_t i)
{
	return bytes_of(gather, i)[RECORD_AT_TYPE];
}

static uint64_t common_number(const struct gather *gather, size_t i)
{
	const uint8_t *bytes = bytes_of(gather, i);
	switch ((enum layout_column)gather->which) {
	case COLUMN_MONO:
		return get_le64(bytes + RECORD_AT_MONO);
	case COLUMN_BOOT:
		return get_le64(bytes + RECORD_AT_BOOT);
	case COLUMN_CLOCK:
		return bytes[RECORD_AT_CLOCK];
	case COLUMN_EPOCH:
		return gather->plan->epoch_index[i];
	case COLUMN_SEQ:
		return get_le64(bytes + RECORD_AT_SEQ);
	case COLUMN_VERSION:
		return bytes[RECORD_AT_VERSION];
	case COLUMN_TRANSPORT:
		return gather->plan->record[i].transport;
	case COLUMN_STORED:
		return (uint64_t)gather->plan->record[i].stored_us;
	}
	return 0;
}

/* States and values lie at the same place in every row of a group: the channels are as
 * many. */
static uint64_t state_number(const struct gather *gather, size_t i)
{
	return bytes_of(gather, i)[RECORD_HEADER + READING_HEADER + gather->which];
}

static uint64_t value_number(const struct gather *gather, size_t i)
{
	size_t n = gather->group->describe->n_channels;
	return get_le64(bytes_of(gather, i) + RECORD_HEADER + READING_HEADER + n +
	                8 * gather->which);
}

static void row_of(const struct gather *gather, size_t i, struct layout_row *row)
{
	const struct day_record *record = &gather->plan->record[i];
	if (layout_row(row, record->bytes, record->size) != OK)
		*row = (struct layout_row){ 0 };
}

/* The last sample time of the channel; what a row kept verbatim has out of range is
 * left out. */
static uint64_t sample_number(const struct gather *gather, size_t i)
{
	struct layout_row row;
	uint64_t found = READING_FILL;
	row_of(gather, i, &row);
	for (size_t k = 0; k < row.n_sampled; k++) {
		const uint8_t *sampled = row.sampled + 10 * k;
		int64_t time_us = (int64_t)get_le64(sampled + 2);
		if (get_le16(sampled) == gather->which && layout_time(time_us))
			found = seconds((uint64_t)time_us);
	}
	return found;
}

static void put_number(uint8_t *out, size_t size, uint64_t number)
{
	switch (size) {
	case 1:
		out[0] = (uint8_t)number;
		break;
	case 2:
		put_le16(out, (uint16_t)number);
		break;
	case 4:
		put_le32(out, (uint32_t)number);
		break;
	default:
		put_le64(out, number);
	}
}

/* Gather a column and write it along `time`. */
static int column_write(
        struct h5 *h5, const struct gather *gather, struct h5_column *column)
{
	size_t size = h5_size(column->kind), n = gather->group->n;
	uint8_t *data = malloc(n * size + 1);
	if (data == NULL)
		return FAILED;
	for (size_t row = 0; row < n; row++)
		put_number(data + row * size, size,
		        gather->number(gather, gather->group->row[row]));
	column->n = n;
	column->data = data;
	column->dimension = "time";
	column->unlimited = true;
	h5_column(h5, column);
	free(data);
	return OK;
}

int columns_time(struct h5 *h5, const struct plan *plan, const struct plan_group *group)
{
	struct gather gather = { .plan = plan, .group = group, .number = time_number };
	struct h5_column column = { .name = "time", .kind = H5_F64 };
	int status = column_write(h5, &gather, &column);
	h5_put_text(h5, "units", "seconds since 1970-01-01 00:00:00");
	h5_put_text(h5, "standard_name", "time");
	h5_put_text(h5, "long_name",
	        "time (UTC) of the first byte of the instrument's answer");
	h5_put_text(h5, "calendar", "standard");
	h5_put_text(h5, "axis", "T");
	return status;
}

static const double fill = LAYOUT_FILL;

static int sample_write(struct h5 *h5, struct gather *gather, const char *channel)
{
	char name[H5_NAME];
	layout_beside(channel, LAYOUT_SAMPLE, name);
	gather->number = sample_number;
	struct h5_column column = { .name = name, .kind = H5_F64, .fill = &fill };
	int status = column_write(h5, gather, &column);
	h5_put_text(h5, "units", "seconds since 1970-01-01 00:00:00");
	h5_put_text(h5, "calendar", "standard");
	h5_put_text(
	        h5, "long_name", "time (UTC) of the sample, as the instrument says");
	return status;
}

static int channel_write(struct h5 *h5, struct gather *gather, const char *name)
{
	char state[H5_NAME];
	const struct channel *channel =
	        &gather->group->describe->channel[gather->which];
	layout_beside(name, LAYOUT_STATE, state);
	gather->number = value_number;
	struct h5_column values = { .name = name, .kind = H5_F64, .fill = &fill };
	if (column_write(h5, gather, &values) != OK)
		return FAILED;
	channel_attributes(h5, channel, state);
	gather->number = state_number;
	struct h5_column states = { .name = state, .kind = H5_U8 };
	if (column_write(h5, gather, &states) != OK)
		return FAILED;
	state_attributes(h5, channel);
	if (gather->group->sampled[gather->which])
		return sample_write(h5, gather, name);
	return OK;
}

int columns_channels(
        struct h5 *h5, const struct plan *plan, const struct plan_group *group)
{
	char names[READING_CHANNELS][H5_NAME];
	layout_channel_names(group->describe, names);
	for (size_t i = 0; i < group->describe->n_channels; i++) {
		struct gather gather = { .plan = plan, .group = group, .which = i };
		if (channel_write(h5, &gather, names[i]) != OK)
			return FAILED;
	}
	return OK;
}

int columns_common(
        struct h5 *h5, const struct plan *plan, const struct plan_group *group)
{
	size_t first = group->describe != NULL ? 0 : LAYOUT_COLUMNS_EVENTS;
	for (size_t i = first; i < LAYOUT_COLUMNS; i++) {
		const struct layout_column_form *form = &layout_columns[i];
		struct gather gather = { .plan = plan,
			.group = group,
			.which = i,
			.number = common_number };
		struct h5_column column = { .name = form->name, .kind = form->kind };
		if (column_write(h5, &gather, &column) != OK)
			return FAILED;
		column_attributes(h5, i);
	}
	return OK;
}

int columns_types(
        struct h5 *h5, const struct plan *plan, const struct plan_group *group)
{
	struct gather gather = { .plan = plan, .group = group, .number = type_number };
	struct h5_column column = { .name = "type", .kind = H5_U8 };
	int status = column_write(h5, &gather, &column);
	type_attributes(h5);
	return status;
}

/* ---- byte strings ---- */

/* The bytes of record i that belong into this byte string; their count. */
static size_t bytes_find(const struct gather *gather, size_t i, const uint8_t **out)
{
	struct layout_row row;
	const struct day_record *record = &gather->plan->record[i];
	*out = record->bytes;
	if (gather->which == BYTES_RECORD)
		return record->size;
	row_of(gather, i, &row);
	if (gather->which == BYTES_VERBATIM)
		return layout_exact(&row) ? 0 : record->size;
	*out = gather->which == BYTES_VENDOR ? row.vendor : row.exchange;
	return gather->which == BYTES_VENDOR ? row.vendor_size : row.exchange_size;
}

static uint64_t length_number(const struct gather *gather, size_t i)
{
	const uint8_t *bytes;
	return bytes_find(gather, i, &bytes);
}

static int bytes_write(struct h5 *h5, const struct gather *gather, size_t total)
{
	char length[H5_NAME], room[H5_NAME];
	const struct layout_bytes_form *form = &layout_bytes[gather->which];
	layout_beside(form->name, LAYOUT_LENGTH, length);
	layout_beside(form->name, LAYOUT_ROOM, room);
	struct h5_column lengths = { .name = length, .kind = H5_U16 };
	if (column_write(h5, gather, &lengths) != OK)
		return FAILED;
	h5_put_text(h5, "long_name", "bytes of each row's part");
	uint8_t *data = malloc(total), *to = data;
	if (data == NULL)
		return FAILED;
	for (size_t row = 0; row < gather->group->n; row++) {
		const uint8_t *from = NULL;
		size_t n = bytes_find(gather, gather->group->row[row], &from);
		if (n > 0 && from != NULL)
			memcpy(to, from, n);
		to += n;
	}
	h5_dimension(h5, room, total);
	struct h5_column column = { .name = form->name,
		.dimension = room,
		.kind = H5_U8,
		.n = total,
		.data = data };
	h5_column(h5, &column);
	h5_put_text(h5, "long_name", form->long_name);
	free(data);
	return OK;
}

int columns_bytes(struct h5 *h5, const struct plan *plan,
        const struct plan_group *group, enum layout_bytes which)
{
	struct gather gather = {
		.plan = plan, .group = group, .which = which, .number = length_number
	};
	size_t total = 0;
	for (size_t row = 0; row < group->n; row++)
		total += length_number(&gather, group->row[row]);
	return total > 0 ? bytes_write(h5, &gather, total) : OK;
}

void columns_text(struct h5 *h5, const char *name, const char *text, size_t n)
{
	char room[H5_NAME];
	if (n == 0)
		return;
	layout_beside(name, LAYOUT_ROOM, room);
	h5_dimension(h5, room, n);
	struct h5_column column = {
		.name = name, .dimension = room, .kind = H5_CHAR, .n = n, .data = text
	};
	h5_column(h5, &column);
}
