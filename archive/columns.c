/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/columns.h"

#include <stdlib.h>

#include "archive/channel_attributes.h"
#include "archive/strips.h"

static const double fill = LAYOUT_FILL;

/* A column along `time`. */
static void column_write(
        struct h5 *h5, const struct strips *strips, struct h5_column *column)
{
	column->n = strips->group->n;
	column->dimension = "time";
	column->unlimited = true;
	h5_column(h5, column);
}

static void time_write(struct h5 *h5, const struct strips *strips)
{
	struct h5_column column = {
		.name = "time", .kind = H5_F64, .data = strips->time
	};
	column_write(h5, strips, &column);
	h5_put_text(h5, "units", "seconds since 1970-01-01 00:00:00");
	h5_put_text(h5, "standard_name", "time");
	h5_put_text(h5, "long_name",
	        "time (UTC) of the first byte of the instrument's answer");
	h5_put_text(h5, "calendar", "standard");
	h5_put_text(h5, "axis", "T");
}

/* ---- channels ---- */

static void sample_write(
        struct h5 *h5, const struct strips *strips, size_t i, const char *channel)
{
	char name[H5_NAME];
	layout_beside(channel, LAYOUT_SAMPLE, name);
	struct h5_column column = {
		.name = name, .kind = H5_F64, .fill = &fill, .data = strips->sample[i]
	};
	column_write(h5, strips, &column);
	h5_put_text(h5, "units", "seconds since 1970-01-01 00:00:00");
	h5_put_text(h5, "calendar", "standard");
	h5_put_text(
	        h5, "long_name", "time (UTC) of the sample, as the instrument says");
}

/* Channel i of the tile. */
static void channel_write(
        struct h5 *h5, const struct strips *strips, size_t i, const char *name)
{
	char state[H5_NAME];
	const struct channel *channel =
	        &strips->group->describe->channel[strips->first + i];
	layout_beside(name, LAYOUT_STATE, state);
	struct h5_column values = {
		.name = name, .kind = H5_F64, .fill = &fill, .data = strips->value[i]
	};
	column_write(h5, strips, &values);
	channel_attributes(h5, channel, state);
	struct h5_column states = {
		.name = state, .kind = H5_U8, .data = strips->state[i]
	};
	column_write(h5, strips, &states);
	state_attributes(h5, channel);
	if (strips->sample[i] != NULL)
		sample_write(h5, strips, i, name);
}

static int channels_write(struct h5 *h5, struct strips *strips)
{
	char names[READING_CHANNELS][H5_NAME];
	const struct describe *describe = strips->group->describe;
	layout_channel_names(describe, names);
	for (size_t first = 0; first < describe->n_channels;) {
		int n = strips_tile(strips, first);
		if (n < 0)
			return FAILED;
		for (size_t i = 0; i < (size_t)n; i++)
			channel_write(h5, strips, i, names[first + i]);
		first += (size_t)n;
	}
	return OK;
}

/* ---- what every row has ---- */

static void types_write(struct h5 *h5, const struct strips *strips)
{
	struct h5_column column = {
		.name = "type", .kind = H5_U8, .data = strips->type
	};
	column_write(h5, strips, &column);
	type_attributes(h5);
}

static void common_write(struct h5 *h5, const struct strips *strips)
{
	size_t first = strips->group->describe != NULL ? 0 : LAYOUT_COLUMNS_EVENTS;
	for (size_t i = first; i < LAYOUT_COLUMNS; i++) {
		const struct layout_column_form *form = &layout_columns[i];
		struct h5_column column = { .name = form->name,
			.kind = form->kind,
			.data = strips->common[i] };
		column_write(h5, strips, &column);
		column_attributes(h5, (enum layout_column)i);
	}
}

/* ---- byte strings ---- */

static int bytes_write(struct h5 *h5, struct strips *strips, enum layout_bytes which)
{
	char length[H5_NAME], room[H5_NAME];
	const struct layout_bytes_form *form = &layout_bytes[which];
	size_t total = strips->total[which];
	if (total == 0)
		return OK;
	layout_beside(form->name, LAYOUT_LENGTH, length);
	layout_beside(form->name, LAYOUT_ROOM, room);
	struct h5_column lengths = {
		.name = length, .kind = H5_U16, .data = strips->length[which]
	};
	column_write(h5, strips, &lengths);
	h5_put_text(h5, "long_name", "bytes of each row's part");
	uint8_t *data = strips_bytes(strips, which);
	if (data == NULL)
		return FAILED;
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

static int strips_write(struct h5 *h5, struct strips *strips)
{
	time_write(h5, strips);
	if (strips->group->describe == NULL)
		types_write(h5, strips);
	else if (channels_write(h5, strips) != OK)
		return FAILED;
	common_write(h5, strips);
	for (size_t which = 0; which < LAYOUT_BYTES; which++) {
		if (bytes_write(h5, strips, (enum layout_bytes)which) != OK)
			return FAILED;
	}
	return OK;
}

int columns_write(
        struct h5 *h5, const struct plan *plan, const struct plan_group *group)
{
	struct strips strips;
	int status = strips_open(&strips, plan, group);
	if (status == OK)
		status = strips_write(h5, &strips);
	strips_free(&strips);
	return status;
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
