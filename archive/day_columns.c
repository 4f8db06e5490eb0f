/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of a sealed file, one at a time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "archive/day.h"
#include "archive/day_inside.h"
#include "archive/stored_text.h"
#include "base/bytes.h"

int day_column(struct day *day, const char *group, const char *name,
        const struct day_want *want)
{
	struct h5_want column = {
		.group = group, .name = name, .kind = want->kind, .n = want->n
	};
	int status = h5_load(day->h5, &column, want->out);
	if (status == NOT_FOUND && !want->may_lack)
		h5_damaged(day->h5, "/%s/%s: is not there", group, name);
	return status;
}

static int common(struct day *day, size_t group, enum layout_column which, void *out)
{
	const struct day_group *of = &day->group[group];
	struct day_want want = {
		.kind = layout_columns[which].kind, .n = of->rows, .out = out
	};
	int status = day_column(day, of->name, layout_columns[which].name, &want);
	return status == OK ? OK : FAILED;
}

int64_t day_microseconds(double seconds)
{
	if (!(seconds >= 0 && seconds < 4102444800.0))
		return -1;
	return llround(seconds * 1e6);
}

/* Turn seconds into microseconds in place; both are eight bytes. */
static int times_turn(struct day *day, const char *group, int64_t *time_us, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		time_us[i] = day_microseconds(double_of_bits((uint64_t)time_us[i]));
		if (time_us[i] < 0)
			return h5_damaged(
			        day->h5, "/%s/time row %zu: is no time", group, i);
	}
	return OK;
}

int day_times_of(struct day *day, const char *group, size_t n, int64_t *time_us)
{
	struct day_want want = { .kind = H5_F64, .n = n, .out = time_us };
	int status = day_column(day, group, "time", &want);
	if (status == OK)
		status = times_turn(day, group, time_us, n);
	return status == OK ? OK : FAILED;
}

int day_times(struct day *day, size_t group, int64_t *time_us)
{
	return day_times_of(
	        day, day->group[group].name, day->group[group].rows, time_us);
}

int day_stored(struct day *day, size_t group, int64_t *stored_us)
{
	return common(day, group, COLUMN_STORED, stored_us);
}

int day_clock(struct day *day, size_t group, uint8_t *clock)
{
	return common(day, group, COLUMN_CLOCK, clock);
}

int day_transport(struct day *day, size_t group, uint8_t *transport)
{
	return common(day, group, COLUMN_TRANSPORT, transport);
}

int day_mono(struct day *day, size_t group, int64_t *mono_us, uint64_t *boot)
{
	if (common(day, group, COLUMN_MONO, mono_us) != OK)
		return FAILED;
	return common(day, group, COLUMN_BOOT, boot);
}

int day_seq(struct day *day, size_t group, uint64_t *epoch, uint64_t *seq)
{
	size_t rows = day->group[group].rows;
	uint16_t *index = malloc(rows * sizeof *index + 1);
	if (index == NULL)
		return FAILED;
	int status = common(day, group, COLUMN_EPOCH, index);
	for (size_t i = 0; i < rows && status == OK; i++) {
		if (index[i] >= day->n_epochs)
			status = h5_damaged(day->h5,
			        "/%s/epoch row %zu: there is no epoch %u",
			        day->group[group].name, i, index[i]);
		else
			epoch[i] = day->epoch[index[i]];
	}
	free(index);
	return status == OK ? common(day, group, COLUMN_SEQ, seq) : FAILED;
}

int day_channel(
        struct day *day, size_t group, size_t channel, double *value, uint8_t *state)
{
	char beside[H5_NAME];
	const struct day_group *of = &day->group[group];
	if (day_group_load(day, group) != OK || channel >= of->n_channels)
		return FAILED;
	layout_beside(of->channel[channel], LAYOUT_STATE, beside);
	struct day_want values = { .kind = H5_F64, .n = of->rows, .out = value };
	struct day_want states = { .kind = H5_U8, .n = of->rows, .out = state };
	if (day_column(day, of->name, of->channel[channel], &values) != OK ||
	        day_column(day, of->name, beside, &states) != OK)
		return FAILED;
	for (size_t i = 0; i < of->rows; i++) {
		if (bits_of_double(value[i]) == READING_FILL)
			value[i] = NAN;
	}
	return OK;
}

int day_sampled(struct day *day, size_t group, size_t channel, int64_t *sampled_us)
{
	char beside[H5_NAME];
	const struct day_group *of = &day->group[group];
	if (day_group_load(day, group) != OK || channel >= of->n_channels)
		return FAILED;
	layout_beside(of->channel[channel], LAYOUT_SAMPLE, beside);
	struct day_want want = {
		.kind = H5_F64, .n = of->rows, .out = sampled_us, .may_lack = true
	};
	int status = day_column(day, of->name, beside, &want);
	if (status == NOT_FOUND)
		memset(sampled_us, 0, of->rows * sizeof *sampled_us);
	else if (status != OK)
		return FAILED;
	for (size_t i = 0; i < of->rows && status == OK; i++) {
		int64_t time_us =
		        day_microseconds(double_of_bits((uint64_t)sampled_us[i]));
		sampled_us[i] = time_us < 0 ? 0 : time_us;
	}
	return OK;
}
