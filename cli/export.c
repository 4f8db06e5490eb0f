/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac export: the readings or means of a station's month as CSV for other
 * programs. */
#include "exports/wide_csv.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/config.h"
#include "base/counted.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "cli/commands.h"
#include "cli/view.h"

enum { OPTION_STATION = 0x200, OPTION_MONTH, OPTION_PERIOD };

struct arguments {
	const char *station, *month, *period, *out;
	double period_s; /* 0: raw */
};

static const struct argp_option options[] = {
	{ "station", OPTION_STATION, "ID", 0, "station", 1 },
	{ "month", OPTION_MONTH, "2026-11", 0, "the month (or one day: 2026-11-15)",
	        1 },
	{ "period", OPTION_PERIOD, "raw|1min|1h", 0,
	        "raw: every reading as stored; else means over so long", 1 },
	{ "output", 'o', "DIR", 0, "folder for the files (default: here)", 1 },
	{ 0 },
};

static error_t parse_period(
        const char *word, struct arguments *a, struct argp_state *state)
{
	a->period = word;
	if (strcmp(word, "raw") == 0)
		a->period_s = 0;
	else if (duration_parse(word, &a->period_s) != OK || a->period_s < 1 ||
	         a->period_s > 86400 || fmod(86400, a->period_s) != 0)
		argp_error(state, "--period: '%s' is none of raw, 1min, 1h", word);
	return 0;
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct arguments *a = state->input;
	switch (key) {
	case OPTION_STATION:
		a->station = word;
		return 0;
	case OPTION_MONTH:
		a->month = word;
		return 0;
	case OPTION_PERIOD:
		return parse_period(word, a, state);
	case 'o':
		a->out = word;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void wrote(void *with, const char *path, size_t rows)
{
	const struct common *common = with;
	char text[COUNTED];
	printf("%s\n", path);
	if (common->verbose)
		fprintf(stderr, "%s: %s\n", path, counted(rows, "row", text));
}

/* "2026-11", or the day where it is one. */
static int name_stem(char stem[TIME_TEXT], const struct wide_export *export,
        int offset_min, struct problem *why)
{
	date_print(export->from_us, offset_min, stem);
	if (export->to_us - export->from_us < US_PER_DAY)
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "--month: give a month (2026-11) or a day (2026-11-15)");
	if (export->to_us - export->from_us > US_PER_DAY)
		stem[strlen("2026-11")] = '\0';
	if (export->to_us - export->from_us > 31 * US_PER_DAY)
		stem[strlen("2026")] = '\0';
	return OK;
}

static int export_view(struct view *view, const struct common *common,
        const struct arguments *a, struct problem *why)
{
	char stem[TIME_TEXT];
	struct wide_export export = { .station = a->station,
		.folder = a->out,
		.stem = stem,
		.period = a->period,
		.period_us = (int64_t)(a->period_s * 1e6),
		.min_valid_percent = 75,
		.wrote = wrote,
		.with = (void *)common };
	common_interval(
	        "--month", a->month, view->offset_min, &export.from_us, &export.to_us);
	int status = name_stem(stem, &export, view->offset_min, why);
	if (status == OK && !view_has_station(view, a->station))
		status = view_no_station(view, a->station, why);
	if (status == OK && folder_make(a->out) != OK)
		status = problem_set(
		        why, FAILED, EXIT_NO_FILE, "%s: %s", a->out, strerror(errno));
	if (status != OK)
		return status;
	int n = wide_csv_export(view->reader, &export, why);
	if (n == 0)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s has no reading in %s: no file was written", a->station,
		        stem);
	return n < 0 ? n : OK;
}

int command_export(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Write a month of a station as wide CSV: one file for each "
		       "instrument, a column and a status (00, 01, 02) for each "
		       "channel, "
		       "units in a file beside them. quantrac import reads them back.",
	};
	struct common common;
	struct view view;
	struct problem why = { 0 };
	struct arguments a = { .out = ".", .period = "raw" };
	int first = common_parse(&common, &argp, &a, argc, argv);
	if (first != argc || a.station == NULL || a.month == NULL) {
		fputs("quantrac export: --station and --month are needed\n", stderr);
		return EXIT_USAGE;
	}
	if (common.format == TABLE_JSON) {
		fputs("quantrac export: --format: only csv is written\n", stderr);
		return EXIT_USAGE;
	}
	int status = view_open(&view, common.archive, false, &why);
	if (status == OK) {
		status = export_view(&view, &common, &a, &why);
		view_close(&view);
	}
	return status == OK ? view_exit(&view) : common_fail("export", &why);
}
