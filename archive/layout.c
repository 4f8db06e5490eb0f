/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/layout.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/legal_time.h"
#include "base/record.h"

// clang-format off
const struct layout_column_form layout_columns[LAYOUT_COLUMNS] = {
	[COLUMN_MONO] = { "time_mono", H5_I64, "us", NULL,
		"monotonic time since boot" },
	[COLUMN_BOOT] = { "boot", H5_U64, NULL, NULL,
		"which boot time_mono counts from" },
	[COLUMN_CLOCK] = { "clock", H5_U8, NULL, "status_flag",
		"state of the clock that gave time" },
	[COLUMN_EPOCH] = { "epoch", H5_U16, NULL, NULL,
		"index in /epochs of the journal that numbered the record" },
	[COLUMN_SEQ] = { "seq", H5_U64, NULL, NULL,
		"number of the record within station and epoch" },
	[COLUMN_VERSION] = { "version", H5_U8, NULL, NULL,
		"version of the record's form" },
	[COLUMN_TRANSPORT] = { "transport", H5_U8, NULL, "status_flag",
		"how the record came to the archive" },
	[COLUMN_STORED] = { "time_stored", H5_I64, "microseconds since 1970-01-01 00:00:00", NULL,
		"time (UTC) at which the archive took the record in" },
};

const struct layout_bytes_form layout_bytes[LAYOUT_BYTES] = {
	[BYTES_VENDOR] = { "vendor", "status words of the instrument, verbatim" },
	[BYTES_EXCHANGE] = { "exchange", "answers of the instrument, as they came" },
	[BYTES_VERBATIM] = { "verbatim", "whole record, where the columns cannot give it back" },
	[BYTES_RECORD] = { "record", "whole record, verbatim" },
};

static const char *const other_names[] = {
	"time", "describe", "describe_bytes", "vendor_length", "vendor_bytes", "exchange_length",
	"exchange_bytes", "verbatim_length", "verbatim_bytes", "type", "record_length",
	"record_bytes",
};

static const char *const root_names[] = {
	LAYOUT_EVENTS, LAYOUT_EPOCHS, LAYOUT_TREE, "tree_bytes", "describe", "describe_bytes",
	"latitude", "longitude", "altitude",
};
// clang-format on

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool is_one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(name, list[i]) == 0)
			return true;
	}
	return false;
}

static bool is_ours(const char *name)
{
	for (size_t i = 0; i < LAYOUT_COLUMNS; i++) {
		if (strcmp(name, layout_columns[i].name) == 0)
			return true;
	}
	for (size_t i = 0; i < LAYOUT_BYTES; i++) {
		if (strcmp(name, layout_bytes[i].name) == 0)
			return true;
	}
	return is_one_of(name, other_names, COUNT(other_names));
}

void layout_beside(const char *column, const char *suffix, char out[H5_NAME])
{
	snprintf(out, H5_NAME, "%.50s%s", column, suffix);
}

/* Do two columns, each with its state and sample time, share a name? */
static bool collide(const char *a, const char *b)
{
	static const char *const suffix[] = { "", LAYOUT_STATE, LAYOUT_SAMPLE };
	char left[H5_NAME], right[H5_NAME];
	for (size_t i = 0; i < COUNT(suffix); i++) {
		for (size_t k = 0; k < COUNT(suffix); k++) {
			layout_beside(a, suffix[i], left);
			layout_beside(b, suffix[k], right);
			if (strcmp(left, right) == 0)
				return true;
		}
	}
	return false;
}

static bool channel_taken(const char *name, const char (*before)[H5_NAME], size_t n)
{
	char beside[H5_NAME];
	if (is_ours(name))
		return true;
	layout_beside(name, LAYOUT_STATE, beside);
	if (is_ours(beside))
		return true;
	for (size_t i = 0; i < n; i++) {
		if (collide(name, before[i]))
			return true;
	}
	return false;
}

void layout_channel_names(const struct describe *describe, char (*out)[H5_NAME])
{
	for (size_t i = 0; i < describe->n_channels; i++) {
		snprintf(out[i], H5_NAME, "%.32s", describe->channel[i].name);
		for (unsigned k = 2;
		        channel_taken(out[i], (const char(*)[H5_NAME])out, i); k++)
			snprintf(out[i], H5_NAME, "%.32s__%u",
			        describe->channel[i].name, k);
	}
}

static bool group_taken(const char *name, const char (*taken)[H5_NAME], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(name, taken[i]) == 0)
			return true;
	}
	return is_one_of(name, root_names, COUNT(root_names));
}

void layout_group_name(const char *instrument, const char (*taken)[H5_NAME], size_t n,
        char out[H5_NAME])
{
	snprintf(out, H5_NAME, "%.32s", instrument);
	for (unsigned k = 2; group_taken(out, taken, n); k++)
		snprintf(out, H5_NAME, "%.32s__%u", instrument, k);
}

static void row_of(struct layout_row *row, const struct reading *reading)
{
	*row = (struct layout_row){
		.describe = reading->describe,
		.state = reading->state,
		.value = reading->values,
		.sampled = reading->sampled,
		.vendor = reading->vendor,
		.exchange = reading->exchanges,
		.n_channels = reading->n_channels,
		.n_sampled = reading->n_sampled,
		.vendor_size = reading->vendor_size,
		.exchange_size = reading->exchanges_size,
		.n_exchanges = reading->n_exchanges,
	};
}

int layout_row(struct layout_row *row, const uint8_t *record, size_t size)
{
	struct reading reading;
	if (size < RECORD_HEADER || reading_decode(&reading, record + RECORD_HEADER,
	                                    size - RECORD_HEADER) != OK)
		return NOT_FOUND;
	row_of(row, &reading);
	return OK;
}

int layout_row_again(struct layout_row *row, const uint8_t *record, size_t size)
{
	struct reading reading;
	if (size < RECORD_HEADER || reading_parts_find(&reading, record + RECORD_HEADER,
	                                    size - RECORD_HEADER) != OK)
		return NOT_FOUND;
	row_of(row, &reading);
	return OK;
}

bool layout_time(int64_t time_us)
{
	return time_us >= 0 && time_us < TIME_US_END;
}

bool layout_exact(const struct layout_row *row)
{
	int before = -1;
	for (size_t k = 0; k < row->n_sampled; k++) {
		int channel = get_le16(row->sampled + 10 * k);
		int64_t time_us = (int64_t)get_le64(row->sampled + 10 * k + 2);
		if (channel <= before || (size_t)channel >= row->n_channels ||
		        !layout_time(time_us))
			return false;
		before = channel;
	}
	return true;
}
