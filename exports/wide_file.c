/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exports/wide_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int cannot_write(const char *path, struct problem *why)
{
	return problem_set(why, FAILED, EXIT_NO_FILE, "%s: cannot be written: %s", path,
	        strerror(errno));
}

/* The header: time, each channel and its status, the mark of simulated data. */
static int make_columns(struct wide_file *file)
{
	struct table_column *to = file->column;
	*to++ = (struct table_column){ .name = "time" };
	for (size_t k = 0; k < file->n; k++) {
		const char *name = file->describe->channel[file->channel[k]].name;
		char *status;
		if (asprintf(&status, "%s_status", name) < 0)
			return FAILED;
		*to++ = (struct table_column){ .name = name };
		*to++ = (struct table_column){ .name = status };
	}
	if (file->simulated)
		*to++ = (struct table_column){ .name = "simulation" };
	*to = (struct table_column){ 0 };
	return OK;
}

static void file_free(struct wide_file *file)
{
	for (size_t k = 0; k < file->n; k++)
		free((char *)file->column[2 + 2 * k].name);
	free(file);
}

/* "nt-01_2026-11_quality.csv", "..._quality__2.csv", "..._quality_1h.csv". */
static void name_file(struct wide_file *file, const struct wide *wide)
{
	const struct wide_export *export = wide->export;
	const char *instrument = file->describe->instrument;
	int before = 0;
	char again[16] = "";
	for (size_t i = 0; i < wide->n; i++)
		before += strcmp(wide->file[i]->describe->instrument, instrument) == 0;
	if (before > 0)
		snprintf(again, sizeof again, "__%d", before + 1);
	snprintf(file->path, sizeof file->path, "%s/%s_%s_%s%s%s%s.csv", export->folder,
	        export->station, export->stem, instrument, again,
	        export->period_us > 0 ? "_" : "",
	        export->period_us > 0 ? export->period : "");
}

int wide_open(struct wide *wide, const struct describe *describe, const size_t *channel,
        size_t n, struct problem *why)
{
	if (wide->n == WIDE_FILES || n > WIDE_CHANNELS)
		return problem_set(why, FULL, EXIT_DAMAGED,
		        "%s was described anew too often for one export: ask for a "
		        "shorter time",
		        wide->export->station);
	struct wide_file *file = calloc(1, sizeof *file);
	if (file == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	file->describe = describe;
	file->n = n;
	memcpy(file->channel, channel, n * sizeof *channel);
	file->simulated = describe_simulated(describe);
	name_file(file, wide);
	file->stream = make_columns(file) == OK ? fopen(file->path, "w") : NULL;
	if (file->stream == NULL) {
		cannot_write(file->path, why);
		file_free(file);
		return FAILED;
	}
	file->table =
	        table_new(file->stream, TABLE_CSV, file->column, wide->utc_offset_min);
	wide->file[wide->n++] = file;
	return OK;
}

void wide_put(struct wide_file *file, double value, const char *status)
{
	if (isnan(value))
		table_empty(file->table);
	else
		table_number(file->table, value, -1);
	if (status == NULL)
		table_empty(file->table);
	else
		table_text(file->table, status);
}

void wide_row(struct wide_file *file)
{
	if (file->simulated)
		table_text(file->table, SIMULATED_TEXT);
	table_row(file->table);
}

/* ---- the units ---- */

static const struct table_column unit_columns[] = {
	{ .name = "file" },
	{ .name = "column" },
	{ .name = "unit" },
	{ .name = "expressed_as" },
	{ .name = "basis" },
	{ .name = "gas_state" },
	{ .name = "reference_temperature_C" },
	{ .name = "reference_pressure_kPa" },
	{ .name = "label_vi" },
	{ .name = "label_en" },
	{ 0 },
};

static void put_number(struct table *table, double value)
{
	if (isnan(value))
		table_empty(table);
	else
		table_number(table, value, -1);
}

static void put_units(struct table *table, const struct wide_file *file)
{
	for (size_t k = 0; k < file->n; k++) {
		const struct channel *about =
		        &file->describe->channel[file->channel[k]];
		table_text(table, strrchr(file->path, '/') + 1);
		table_text(table, about->name);
		table_text(table, about->unit);
		table_text(table, about->expressed_as);
		table_text(table, about->basis);
		table_text(table, about->gas_state);
		put_number(table, about->reference_temperature_C);
		put_number(table, about->reference_pressure_kPa);
		table_text(table, about->label_vi);
		table_text(table, about->label_en);
		table_row(table);
	}
}

static int write_units(const struct wide *wide, struct problem *why)
{
	char path[4096];
	const struct wide_export *export = wide->export;
	snprintf(path, sizeof path, "%s/%s_%s_units%s%s.csv", export->folder,
	        export->station, export->stem, export->period_us > 0 ? "_" : "",
	        export->period_us > 0 ? export->period : "");
	FILE *stream = fopen(path, "w");
	if (stream == NULL)
		return cannot_write(path, why);
	struct table *table =
	        table_new(stream, TABLE_CSV, unit_columns, wide->utc_offset_min);
	for (size_t i = 0; i < wide->n; i++)
		put_units(table, wide->file[i]);
	size_t rows = table_rows(table);
	int status = table_end(table);
	if (fclose(stream) != 0 || status != OK)
		return cannot_write(path, why);
	export->wrote(export->with, path, rows);
	return OK;
}

int wide_close(struct wide *wide, int status, struct problem *why)
{
	for (size_t i = 0; i < wide->n; i++) {
		struct wide_file *file = wide->file[i];
		size_t rows = table_rows(file->table);
		int ended = table_end(file->table);
		if (fclose(file->stream) != 0)
			ended = FAILED;
		if (status == OK && ended != OK)
			status = cannot_write(file->path, why);
		if (status == OK)
			wide->export->wrote(wide->export->with, file->path, rows);
	}
	if (status == OK && wide->n > 0)
		status = write_units(wide, why);
	for (size_t i = 0; i < wide->n; i++)
		file_free(wide->file[i]);
	return status == OK ? (int)wide->n : status;
}
