/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exports/wide_csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/base_sums.h"
#include "analysis/series.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "exports/wide_parts.h"

/* From the instrument alone (Circular 10/2021); NULL where no number was received. */
static const char *status_code(uint8_t state, double value)
{
	switch (state) {
	case STATE_CALIBRATING:
	case STATE_MAINTENANCE:
		return "01";
	case STATE_FAULT:
		return "02";
	default:
		return isnan(value) ? NULL : "00";
	}
}

/* ---- raw: reading by reading ---- */

static bool same_columns(const struct wide_file *file, const struct rows *rows)
{
	if (strcmp(file->describe->instrument, rows->describe->instrument) != 0 ||
	        file->n != rows->n_channels ||
	        file->simulated != describe_simulated(rows->describe))
		return false;
	for (size_t k = 0; k < file->n; k++) {
		const struct channel *a = &file->describe->channel[file->channel[k]];
		const struct channel *b = &rows->describe->channel[rows->channel[k]];
		if (strcmp(a->name, b->name) != 0 || strcmp(a->unit, b->unit) != 0 ||
		        strcmp(a->expressed_as, b->expressed_as) != 0 ||
		        strcmp(a->basis, b->basis) != 0 ||
		        strcmp(a->gas_state, b->gas_state) != 0)
			return false;
	}
	return true;
}

static struct wide_file *find_file(const struct wide *wide, const struct rows *rows)
{
	for (size_t i = 0; i < wide->n; i++)
		if (same_columns(wide->file[i], rows))
			return wide->file[i];
	return NULL;
}

static void put_reading(struct wide_file *file, const struct rows *rows, size_t i)
{
	table_time(file->table, rows->time_us[i]);
	for (size_t k = 0; k < rows->n_channels; k++)
		wide_put(file, rows->value[k][i],
		        status_code(rows->state[k][i], rows->value[k][i]));
	wide_row(file);
}

/* Sets of rows that share a file become one sequence in order of time. */
static void put_file(struct wide *wide, struct wide_file *file, const struct rows *rows,
        size_t n, size_t *next)
{
	for (;;) {
		const struct rows *first = NULL;
		for (size_t s = 0; s < n; s++)
			if (next[s] < rows[s].n && find_file(wide, &rows[s]) == file &&
			        (first == NULL ||
			                rows[s].time_us[next[s]] <
			                        first->time_us[next[first - rows]]))
				first = &rows[s];
		if (first == NULL)
			return;
		put_reading(file, first, next[first - rows]++);
	}
}

static int put_day(
        struct wide *wide, const struct rows *rows, size_t n, struct problem *why)
{
	for (size_t s = 0; s < n; s++) {
		if (rows[s].n == 0 || find_file(wide, &rows[s]) != NULL)
			continue;
		int status = wide_open(wide, rows[s].describe, rows[s].channel,
		        rows[s].n_channels, why);
		if (status != OK)
			return status;
	}
	size_t *next = calloc(n + 1, sizeof *next);
	if (next == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	for (size_t i = 0; i < wide->n; i++)
		put_file(wide, wide->file[i], rows, n, next);
	free(next);
	return OK;
}

/* Day by day, so that a month at 1 Hz needs the room of a day. */
static int put_readings(struct wide *wide, struct reader *reader, struct problem *why)
{
	const struct wide_export *export = wide->export;
	for (int64_t from_us = export->from_us; from_us < export->to_us;
	        from_us += US_PER_DAY) {
		int64_t to_us = from_us + US_PER_DAY;
		const struct query query = { .station = export->station,
			.from_us = from_us,
			.to_us = to_us < export->to_us ? to_us : export->to_us };
		struct rows *rows;
		size_t n;
		int status = reader_rows(reader, &query, &rows, &n, why);
		if (status < 0)
			return status;
		status = put_day(wide, rows, n, why);
		rows_free(rows, n);
		if (status != OK)
			return status;
	}
	return OK;
}

/* ---- means ---- */

struct mean_columns {
	size_t n, rows, received;
	size_t channel[WIDE_CHANNELS];
	struct mean_row *row[WIDE_CHANNELS];
};

static int make_column(struct mean_columns *columns, struct reader *reader,
        const struct wide_export *export, const struct describe *describe, size_t c,
        struct problem *why)
{
	const struct query query = { .station = export->station,
		.instrument = describe->instrument,
		.channel = describe->channel[c].name,
		.from_us = export->from_us,
		.to_us = export->to_us };
	struct series series;
	int status = series_load(&series, reader, &query, why);
	if (status != OK)
		return status;
	columns->received += series.n;
	int n = means_make(&columns->row[columns->n], &series, export->period_us,
	        export->from_us, export->to_us, export->min_valid_percent);
	series_free(&series);
	if (n < 0)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	columns->rows = (size_t)n;
	columns->channel[columns->n++] = c;
	return OK;
}

static int make_columns(struct mean_columns *columns, struct reader *reader,
        const struct wide_export *export, const struct describe *describe,
        struct problem *why)
{
	int status = OK;
	for (size_t c = 0;
	        c < describe->n_channels && columns->n < WIDE_CHANNELS && status == OK;
	        c++)
		if (strcmp(describe->channel[c].kind, "measurement") == 0)
			status = make_column(columns, reader, export, describe, c, why);
	return status;
}

static void put_means(struct wide_file *file, const struct mean_columns *columns)
{
	for (size_t i = 0; i < columns->rows; i++) {
		table_time(file->table, columns->row[0][i].start_us);
		for (size_t k = 0; k < columns->n; k++) {
			double value = columns->row[k][i].value;
			wide_put(file, value, isnan(value) ? NULL : "00");
		}
		wide_row(file);
	}
}

static int put_instrument(struct wide *wide, struct reader *reader,
        const struct describe *describe, struct problem *why)
{
	struct mean_columns *columns = calloc(1, sizeof *columns);
	if (columns == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	int status = make_columns(columns, reader, wide->export, describe, why);
	if (status == OK && columns->received > 0) {
		status = wide_open(wide, describe, columns->channel, columns->n, why);
		if (status == OK)
			put_means(wide->file[wide->n - 1], columns);
	}
	for (size_t k = 0; k < columns->n; k++)
		free(columns->row[k]);
	free(columns);
	return status;
}

static int put_all_means(struct wide *wide, struct reader *reader, struct problem *why)
{
	const struct describe *const *borrowed;
	const struct describe *instrument[WIDE_FILES];
	size_t n = reader_instruments(reader, wide->export->station, &borrowed);
	n = n < WIDE_FILES ? n : WIDE_FILES;
	memcpy(instrument, borrowed, n * sizeof *instrument);
	int status = OK;
	for (size_t i = 0; i < n && status == OK; i++)
		status = put_instrument(wide, reader, instrument[i], why);
	return status;
}

int wide_csv_export(
        struct reader *reader, const struct wide_export *export, struct problem *why)
{
	struct wide *wide = calloc(1, sizeof *wide);
	if (wide == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	wide->export = export;
	wide->utc_offset_min = reader_identity(reader)->utc_offset_min;
	int status = export->period_us > 0 ? put_all_means(wide, reader, why)
	                                   : put_readings(wide, reader, why);
	status = wide_close(wide, status, why);
	free(wide);
	return status;
}
