/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac means: plain means of a channel with the counts behind them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/base_sums.h"
#include "analysis/series.h"
#include "base/describe.h"
#include "base/legal_time.h"
#include "base/units.h"
#include "cli/commands.h"
#include "cli/view.h"

enum {
	OPTION_STATION = 0x200,
	OPTION_CHANNEL,
	OPTION_PERIOD,
	OPTION_VALID,
	OPTION_SINCE,
	OPTION_UNTIL
};

struct arguments {
	const char *station, *channel, *since, *until;
	double period_s, min_valid;
};

static const struct argp_option options[] = {
	{ "station", OPTION_STATION, "ID", 0, "station", 1 },
	{ "channel", OPTION_CHANNEL, "ID", 0, "channel", 1 },
	{ "period", OPTION_PERIOD, "1h", 0, "5min, 1h, 24h ... (a legal day is 24h)",
	        1 },
	{ "min-valid", OPTION_VALID, "75%", 0, "least share of valid values", 1 },
	{ "since", OPTION_SINCE, "TIME", 0, "from", 1 },
	{ "until", OPTION_UNTIL, "TIME", 0, "to", 1 },
	{ 0 },
};

static error_t parse_percent(
        const char *word, double *percent, struct argp_state *state)
{
	char *end;
	*percent = strtod(word, &end);
	if (end == word || strcmp(end, "%") != 0 || !(*percent >= 0 && *percent <= 100))
		argp_error(state, "--min-valid: '%s' is not like 75%%", word);
	return 0;
}

static error_t parse_period(const char *word, double *seconds, struct argp_state *state)
{
	if (strcmp(word, "day") == 0)
		word = "24h";
	if (duration_parse(word, seconds) != OK || *seconds < 1 || *seconds > 86400 ||
	        fmod(86400, *seconds) != 0)
		argp_error(state,
		        "--period: '%s' does not divide a day; 5min, 1h, 8h, 24h do",
		        word);
	return 0;
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct arguments *a = state->input;
	switch (key) {
	case OPTION_STATION:
		a->station = word;
		return 0;
	case OPTION_CHANNEL:
		a->channel = word;
		return 0;
	case OPTION_PERIOD:
		return parse_period(word, &a->period_s, state);
	case OPTION_VALID:
		return parse_percent(word, &a->min_valid, state);
	case OPTION_SINCE:
		a->since = word;
		return 0;
	case OPTION_UNTIL:
		a->until = word;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct table_column columns[] = {
	{ .name = "station" },
	{ .name = "channel" },
	{ .name = "start" },
	{ .name = "end" },
	{ .name = "value", .right = true },
	{ .name = "unit" },
	{ .name = "expected", .right = true },
	{ .name = "received", .right = true },
	{ .name = "valid", .right = true },
	{ .name = "quality", .right = true },
	{ .name = "simulated", .wide = true },
	{ 0 },
};

static int print(
        const struct series *series, const struct mean_row *row, int n, int format)
{
	struct table *table =
	        table_new(stdout, format, columns, series->utc_offset_min);
	int decimals = format == TABLE_TEXT ? series->about.decimals + 1 : -1;
	for (int i = 0; i < n; i++) {
		table_text(table, series->station);
		table_text(table, series->channel);
		table_time(table, row[i].start_us);
		table_time(table, row[i].end_us);
		if (isnan(row[i].value))
			table_empty(table);
		else
			table_number(table, row[i].value, decimals);
		table_text(table, format == TABLE_TEXT ? units_named(series->about.unit)
		                                       : series->about.unit);
		table_integer(table, row[i].expected);
		table_integer(table, row[i].received);
		table_integer(table, row[i].valid);
		table_integer(table, row[i].quality);
		table_text(table, series->simulated ? "yes" : "no");
		table_row(table);
	}
	int status = table_end(table);
	if (series->simulated && format == TABLE_TEXT)
		puts(SIMULATED_TEXT);
	return status;
}

/* The stretch: as asked, else all there is, out to whole periods. */
static int find_stretch(const struct view *view, const struct arguments *a,
        struct query *query, struct problem *why)
{
	int64_t first = 0, last = 0, period_us = (int64_t)(a->period_s * 1e6);
	bool any = reader_span(view->reader, a->station, &first, &last) == OK;
	query->from_us = 0;
	query->to_us = TIME_US_END;
	int status = common_stretch(a->since, a->until, view->offset_min,
	        &query->from_us, &query->to_us, why);
	if (a->since == NULL)
		query->from_us = first;
	query->from_us = period_start(query->from_us, period_us, view->offset_min);
	if (a->until == NULL)
		query->to_us =
		        period_start(last, period_us, view->offset_min) + period_us;
	if (!any && (a->since == NULL || a->until == NULL)) {
		fprintf(stderr,
		        "quantrac means: no reading of %s has a time; quantrac status "
		        "--gaps tells what came\n",
		        a->station);
		query->to_us = query->from_us;
	}
	return status;
}

static int means(
        const struct common *common, const struct arguments *a, struct problem *why)
{
	struct view view;
	struct series series;
	struct mean_row *row = NULL;
	int status = view_open(&view, common->archive, false, why);
	if (status != OK)
		return status;
	struct query query = { .station = a->station, .channel = a->channel };
	status = view_has_station(&view, a->station)
	                 ? OK
	                 : view_no_station(&view, a->station, why);
	if (status == OK)
		status = find_stretch(&view, a, &query, why);
	if (status == OK)
		status = series_load(&series, view.reader, &query, why);
	if (status != OK)
		goto close_view;
	int n = means_make(&row, &series, (int64_t)(a->period_s * 1e6), query.from_us,
	        query.to_us, a->min_valid);
	status = n >= 0 ? print(&series, row, n, common->format)
	                : problem_set(why, n, EXIT_INTERNAL, "no memory");
	free(row);
	series_free(&series);
close_view:
	view_close(&view);
	return status < 0 ? status : view_exit(&view);
}

int command_means(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Means of all valid readings of a channel, with expected, "
		       "received and "
		       "valid counts.",
	};
	struct common common;
	struct problem why = { 0 };
	struct arguments a = { .period_s = 3600, .min_valid = 75 };
	int first = common_parse(&common, &argp, &a, argc, argv);
	if (first != argc || a.station == NULL || a.channel == NULL) {
		fputs("quantrac means: --station and --channel are needed\n", stderr);
		return EXIT_USAGE;
	}
	int status = means(&common, &a, &why);
	return status >= 0 ? status : common_fail("means", &why);
}
