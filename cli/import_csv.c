/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A wide CSV: one time column, one column per channel.  Two passes: the first checks
 * every row and finds the usual step, so that a bad row stops the import before
 * anything was written. */
#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/digest.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "cli/import.h"
#include "cli/import_map.h"

#define BAD_SHOWN 20

struct check { /* what the first pass found */
	size_t rows, bad;
	int64_t *time_us;
	size_t room;
	int64_t first_us;
};

static bool is_missing(const char *cell, const char *missing)
{
	static const char *const words[] = { "", "NA", "N/A", "NaN", "nan", "NULL",
		"null", "-" };
	double value, absent;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(cell, words[i]) == 0)
			return true;
	if (missing == NULL)
		return false;
	if (strcmp(cell, missing) == 0)
		return true;
	return number_parse(cell, &value) == OK &&
	       number_parse(missing, &absent) == OK && value == absent;
}

/* 00 01 02, or words; MALFORMED for anything else. */
static int state_of_status(const char *cell)
{
	static const struct {
		const char *word;
		int state;
	} known[] = {
		{ "00", STATE_OK },
		{ "0", STATE_OK },
		{ "", STATE_OK },
		{ "measuring", STATE_OK },
		{ "01", STATE_CALIBRATING },
		{ "1", STATE_CALIBRATING },
		{ "calibrating", STATE_CALIBRATING },
		{ "02", STATE_FAULT },
		{ "2", STATE_FAULT },
		{ "fault", STATE_FAULT },
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(cell, known[i].word) == 0)
			return known[i].state;
	return MALFORMED;
}

/* "15/11/2026 08:48", day first, as Vietnamese tables have it: put in the order of ISO 8601. */
static void day_first(char *text, size_t room)
{
	int day, month, year, rest = 0;
	char clock[64];
	if (sscanf(text, "%2d/%2d/%4d%n", &day, &month, &year, &rest) != 3 ||
	        year < 1970 || (text[rest] != ' ' && text[rest] != 'T'))
		return;
	snprintf(clock, sizeof clock, "%s", text + rest);
	snprintf(text, room, "%04d-%02d-%02d%s", year, month, day, clock);
}

static int row_time(const struct csv *csv, const struct table_map *map,
        const struct import_options *options, int64_t *time_us, struct problem *why)
{
	char text[128];
	snprintf(text, sizeof text, "%s%s%s", csv_cell(csv, map->time[0]),
	        map->n_times == 2 ? " " : "",
	        map->n_times == 2 ? csv_cell(csv, map->time[1]) : "");
	day_first(text, sizeof text);
	if (time_parse(text, options->offset_min, time_us) == OK && *time_us >= 0 &&
	        *time_us < TIME_US_END)
		return OK;
	return problem_set(why, MALFORMED, EXIT_DAMAGED,
	        "'%s' is no time; 2026-11-15 08:48, 2026-11-15T08:48+07:00 and "
	        "15/11/2026 08:48 are",
	        text);
}

/* One cell: its value and state.  Where nothing stands but the status says why, that is
 * the state. */
static int cell_value(const struct csv *csv, const struct column *column,
        const char *missing, double *value, uint8_t *state, struct problem *why)
{
	const char *cell = csv_cell(csv, column->cell);
	int said = column->status != NO_COLUMN
	                   ? state_of_status(csv_cell(csv, column->status))
	                   : STATE_OK;
	if (said < 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "column '%s_status': '%s' is none of 00, 01, 02", column->name,
		        csv_cell(csv, column->status));
	*state = (uint8_t)said;
	if (is_missing(cell, missing)) {
		*value = NAN;
		*state = said == STATE_OK ? STATE_SILENT : *state;
		return OK;
	}
	if (number_parse(cell, value) == OK)
		return OK;
	return problem_set(why, MALFORMED, EXIT_DAMAGED,
	        "column '%s': '%s' is no number", column->name, cell);
}

struct row {
	int64_t time_us;
	double value[64];
	uint8_t state[64];
};

static int read_row(const struct csv *csv, const struct table_map *map,
        const struct import_options *options, struct row *row, struct problem *why)
{
	int status = row_time(csv, map, options, &row->time_us, why);
	for (size_t i = 0; status == OK && i < map->n; i++)
		status = cell_value(csv, &map->column[i], options->missing,
		        &row->value[i], &row->state[i], why);
	return status;
}

/* The next row that is whole: 1, 0 at the end, MALFORMED with a problem that names file
 * and line. */
static int next_row(struct csv *csv, const struct table_map *map,
        const struct import_options *options, struct row *row, struct problem *why)
{
	struct problem cause;
	int status = csv_next(csv, why);
	if (status != 1)
		return status;
	if (read_row(csv, map, options, row, &cause) == OK)
		return 1;
	return problem_set(why, MALFORMED, EXIT_DAMAGED, "line %zu: %s", csv_line(csv),
	        cause.text);
}

static int remember_time(struct check *check, int64_t time_us)
{
	if (check->rows == 0 || time_us < check->first_us)
		check->first_us = time_us;
	if (check->rows < check->room)
		check->time_us[check->rows] = time_us;
	check->rows++;
	return OK;
}

/* First pass: every row, every bad one told (the first twenty). */
static int check_rows(struct csv *csv, const struct table_map *map,
        const struct import_options *options, struct check *check)
{
	struct row row;
	struct problem why;
	for (;;) {
		int status = next_row(csv, map, options, &row, &why);
		if (status == 0)
			return OK;
		if (status == 1) {
			remember_time(check, row.time_us);
			continue;
		}
		if (check->bad++ < BAD_SHOWN)
			fprintf(stderr, "%s\n", why.text);
	}
}

/* What stood in the file, the mapped cells: kept as the reading's raw bytes. */
static size_t raw_text(
        const struct csv *csv, const struct table_map *map, char *out, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; i < map->n_times + map->n; i++) {
		size_t cell = i < map->n_times ? map->time[i]
		                               : map->column[i - map->n_times].cell;
		int put = snprintf(out + n, room - n, "%s%s", i > 0 ? "," : "",
		        csv_cell(csv, cell));
		if (put < 0 || (size_t)put >= room - n)
			return n;
		n += (size_t)put;
	}
	return n;
}

static int write_rows(struct csv *csv, const struct table_map *map,
        const struct import_options *options, struct import_writer *writer,
        struct problem *why)
{
	struct row row;
	struct problem cause;
	char raw[8192];
	for (;;) {
		int status = next_row(csv, map, options, &row, &cause);
		if (status == 0)
			return OK;
		if (status < 0)
			continue; /* told in the first pass, and allowed by --skip-bad
			           */
		struct import_row reading = {
			.time_us = row.time_us,
			.value = row.value,
			.state = row.state,
			.raw = raw,
			.raw_size = raw_text(csv, map, raw, sizeof raw),
		};
		status = import_row(writer, &reading, why);
		if (status != OK)
			return status;
		common_progress(&options->common, "import", csv_progress(csv));
	}
}

static struct describe *describe_table(const struct table_map *map,
        const struct import_options *options, const char *path, double every_s,
        const char *sha256)
{
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	if (describe == NULL || describe_channels(describe, map->n) != OK) {
		describe_free(describe);
		return NULL;
	}
	char *copy = strdup(path);
	snprintf(describe->instrument, sizeof describe->instrument, "%s",
	        options->instrument);
	describe->summary = "imported table";
	describe->driver = "import";
	describe->poll_every_s = every_s;
	describe->utc_offset_min = OFFSET_VIETNAM;
	describe->import_file =
	        describe_text(describe, copy != NULL ? basename(copy) : path);
	describe->import_sha256 = describe_text(describe, sha256);
	describe->import_who = describe_text(describe, options->who);
	for (size_t i = 0; i < map->n; i++) {
		struct channel *channel = &describe->channel[i];
		channel->name = describe_text(describe, map->column[i].channel);
		channel->label_en = describe_text(describe, map->column[i].name);
		channel->label_vi = channel->label_en;
		channel->unit = describe_text(describe, map->column[i].unit);
		channel->kind = "measurement";
		channel->result_every_s = every_s;
		channel->decimals = 2;
	}
	free(copy);
	return describe;
}

/* What the epoch is made from: the file, the station and how it is read. */
static uint64_t epoch_of(const struct import_options *options,
        const struct table_map *map, const char *sha256)
{
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	fprintf(out, "%s %s %s %d %s", sha256, options->station, options->instrument,
	        options->offset_min, options->missing != NULL ? options->missing : "");
	for (size_t i = 0; i < map->n; i++)
		fprintf(out, " %s=%s:%s", map->column[i].name, map->column[i].channel,
		        map->column[i].unit);
	for (size_t i = 0; i < options->n_declared; i++)
		fprintf(out, " %s", options->declared[i]);
	fclose(out);
	uint64_t epoch = import_epoch(text);
	free(text);
	return epoch;
}

static int import_table(struct csv *csv, const char *path, const struct table_map *map,
        const struct import_options *options, const struct check *check,
        struct problem *why)
{
	uint8_t digest[DIGEST_SIZE];
	char sha256[DIGEST_HEX];
	struct import_writer *writer;
	if (digest_of_file(path, digest) != OK)
		return problem_set(
		        why, FAILED, EXIT_NO_FILE, "%s: cannot be read", path);
	digest_print(digest, sha256);
	size_t known = check->rows < check->room ? check->rows : check->room;
	double every_s = isnan(options->every_s) ? import_step(check->time_us, known)
	                                         : options->every_s;
	struct describe *describe = describe_table(map, options, path, every_s, sha256);
	if (describe == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	int status = import_declare(describe, options, why);
	struct import_source source = {
		.archive = options->common.archive,
		.zone = options->zone,
		.station = options->station,
		.station_name = options->station_name,
		.kind = options->kind,
		.describe = describe,
		.epoch = epoch_of(options, map, sha256),
		.first_us = check->first_us,
	};
	if (status == OK)
		status = import_begin(&writer, &source, why);
	if (status == OK) {
		status = write_rows(csv, map, options, writer, why);
		if (status == OK)
			status = import_end(writer, &options->common, why);
		else
			import_drop(writer);
	}
	describe_free(describe);
	return status;
}

static int judge_check(const struct check *check, const struct import_options *options,
        const char *path, struct problem *why)
{
	if (check->bad > BAD_SHOWN)
		fprintf(stderr, "... and %zu more\n", check->bad - BAD_SHOWN);
	if (check->bad > 0 && !options->skip_bad)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "%s: %zu of %zu rows cannot be read; nothing was imported. "
		        "Mend them, or "
		        "leave them out with --skip-bad",
		        path, check->bad, check->bad + check->rows);
	if (check->rows == 0)
		return problem_set(
		        why, MALFORMED, EXIT_DAMAGED, "%s: no row with data", path);
	return OK;
}

int import_csv(const struct import_options *options, const char *path)
{
	static int64_t times[65536];
	struct problem why = { 0 };
	struct table_map map = { 0 };
	struct check check = { .time_us = times,
		.room = sizeof times / sizeof times[0] };
	struct csv *csv = NULL;
	int status = csv_open(&csv, path, &why);
	if (status == OK)
		status = map_all(csv, options, &map, &why);
	if (status == OK)
		status = check_rows(csv, &map, options, &check);
	if (status == OK)
		status = judge_check(&check, options, path, &why);
	csv_close(csv);
	csv = NULL;
	if (status == OK)
		status = csv_open(&csv, path, &why);
	if (status == OK)
		status = import_table(csv, path, &map, options, &check, &why);
	csv_close(csv);
	return status == OK ? 0 : common_fail("import", &why);
}
