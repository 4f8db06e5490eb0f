/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/tt10_known.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/legal_time.h"

void tt10_known_open(struct tt10_known *known, const char *archive, const char *station)
{
	struct problem why;
	const struct query query = {
		.station = station,
		.instrument = "tt10",
		.to_us = TIME_US_END,
	};
	*known = (struct tt10_known){ .reader = NULL };
	if (reader_open(&known->reader, archive, &why) != OK) {
		known->reader = NULL;
		return;
	}
	if (reader_rows(known->reader, &query, &known->rows, &known->n_rows, &why) < 0)
		known->n_rows = 0;
}

void tt10_known_close(struct tt10_known *known)
{
	if (known->reader == NULL)
		return;
	rows_free(known->rows, known->n_rows);
	reader_close(known->reader);
	known->reader = NULL;
}

/* The row of a time, or rows->n. */
static size_t row_of(const struct rows *rows, int64_t time_us)
{
	size_t low = 0, high = rows->n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (rows->time_us[middle] < time_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rows->n && rows->time_us[low] == time_us ? low : rows->n;
}

static bool is_same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool row_agrees(
        const struct rows *rows, size_t row, const struct tt10_values *values)
{
	for (size_t c = 0; c < rows->n_channels; c++) {
		const char *name = rows->describe->channel[rows->channel[c]].name;
		for (size_t i = 0; i < values->n; i++)
			if (strcmp(values->channel[i].channel, name) == 0 &&
			        !is_same(rows->value[c][row], values->value[i]))
				return false;
	}
	return true;
}

int tt10_known_compare(const struct tt10_known *known, const struct tt10_values *values)
{
	for (size_t k = 0; k < known->n_rows; k++) {
		const struct rows *rows = &known->rows[k];
		size_t row = row_of(rows, values->time_us);
		if (row < rows->n)
			return row_agrees(rows, row, values) ? 1 : -1;
	}
	return 0;
}
