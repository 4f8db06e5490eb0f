/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac calibrate fit | record | list: the relation of indication to reference. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/legal_time.h"
#include "calibration/ledger.h"
#include "cli/commands.h"
#include "cli/document.h"
#include "cli/view.h"

#define POINTS 1000

enum {
	OPTION_CSV = 0x200,
	OPTION_STATION,
	OPTION_CHANNEL,
	OPTION_FROM,
	OPTION_UNTIL,
	OPTION_WHO,
	OPTION_NOTE,
	OPTION_CERTIFICATE,
	OPTION_OFFSET
};

struct arguments {
	const char *csv, *station, *channel, *from, *until, *who, *note, *certificate;
};

static const struct argp_option options[] = {
	{ "csv", OPTION_CSV, "FILE", 0,
	        "points: columns x (indication), y (reference), u", 1 },
	{ "station", OPTION_STATION, "ID", 0, "station", 1 },
	{ "channel", OPTION_CHANNEL, "ID", 0, "channel", 1 },
	{ "from", OPTION_FROM, "TIME", 0, "valid from", 1 },
	{ "until", OPTION_UNTIL, "TIME", 0, "valid until (default: the next one)", 1 },
	{ "who", OPTION_WHO, "NAME", 0, "who calibrated (default: the login name)", 1 },
	{ "note", OPTION_NOTE, "TEXT", 0, "standard, lot, circumstances", 1 },
	{ "certificate", OPTION_CERTIFICATE, "TEXT", 0, "certificate number", 1 },
	{ 0 },
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct arguments *a = state->input;
	const char **const place[] = { &a->csv, &a->station, &a->channel, &a->from,
		&a->until, &a->who, &a->note, &a->certificate };
	if (key < OPTION_CSV || key > OPTION_CERTIFICATE)
		return ARGP_ERR_UNKNOWN;
	*place[key - OPTION_CSV] = word;
	return 0;
}

struct points {
	size_t n;
	double x[POINTS], y[POINTS], u[POINTS], residual[POINTS];
	bool has_u;
};

static int read_cell(const struct csv *csv, int column, const char *name, double *out,
        struct problem *why)
{
	const char *cell = csv_cell(csv, (size_t)column);
	if (number_parse(cell, out) == OK)
		return OK;
	return problem_set(why, MALFORMED, EXIT_DAMAGED,
	        "line %zu, column %s: '%s' is no number", csv_line(csv), name, cell);
}

static int read_rows(struct csv *csv, struct points *points, struct problem *why)
{
	int x = csv_find(csv, "x"), y = csv_find(csv, "y"), u = csv_find(csv, "u");
	if (x < 0 || y < 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "the file needs the columns x (indication) and y (reference), "
		        "and may have "
		        "u (standard uncertainty of y)");
	points->has_u = u >= 0;
	for (;;) {
		int status = csv_next(csv, why);
		if (status <= 0)
			return status;
		if (points->n == POINTS)
			return problem_set(
			        why, FULL, EXIT_DAMAGED, "more than %d points", POINTS);
		size_t i = points->n++;
		status = read_cell(csv, x, "x", &points->x[i], why);
		if (status == OK)
			status = read_cell(csv, y, "y", &points->y[i], why);
		if (status == OK && u >= 0)
			status = read_cell(csv, u, "u", &points->u[i], why);
		if (status != OK)
			return status;
	}
}

static int fit(const char *path, struct points *points, struct relation *relation,
        struct problem *why)
{
	struct csv *csv;
	if (path == NULL)
		return problem_set(why, REFUSED, EXIT_USAGE, "--csv FILE is needed");
	int status = csv_open(&csv, path, why);
	if (status != OK)
		return status;
	status = read_rows(csv, points, why);
	csv_close(csv);
	if (status != OK)
		return status;
	return relation_fit(relation, points->x, points->y,
	        points->has_u ? points->u : NULL, points->n, points->residual, why);
}

static const struct table_column point_columns[] = {
	{ .name = "x", .title = "INDICATION", .right = true },
	{ .name = "y", .title = "REFERENCE", .right = true },
	{ .name = "calibrated", .right = true },
	{ .name = "residual", .right = true },
	{ .name = "u", .right = true },
	{ 0 },
};

static int print_fit(const struct common *common, const struct points *points,
        const struct relation *relation)
{
	int decimals = common->format == TABLE_TEXT ? 4 : -1;
	fprintf(stderr,
	        "y = %.6g + %.6g x   (%zu points, x from %g to %g)\n"
	        "u(a) %.4g   u(b) %.4g   cov(a,b) %.4g   residual s %.4g   chi2 %.4g   "
	        "R2 %.6f\n",
	        relation->a, relation->b, relation->n, relation->x_low,
	        relation->x_high, sqrt(relation->var_a), sqrt(relation->var_b),
	        relation->cov_ab, relation->s, relation->chi2, relation->r2);
	struct table *table =
	        table_new(stdout, common->format, point_columns, OFFSET_VIETNAM);
	for (size_t i = 0; i < points->n; i++) {
		double y, u;
		relation_apply(relation, points->x[i], &y, &u);
		table_number(table, points->x[i], decimals);
		table_number(table, points->y[i], decimals);
		table_number(table, y, decimals);
		table_number(table, points->residual[i], decimals);
		table_number(table, u, decimals);
		table_row(table);
	}
	return table_end(table);
}

/* What is stored stays for ever: a calibration of nothing, or of no time, is not
 * stored. */
static int check_record(const struct view *view, const struct arguments *a,
        const struct calibration *calibration, struct problem *why)
{
	if (!view_has_station(view, a->station))
		return view_no_station(view, a->station, why);
	if (calibration->to_us != 0 && calibration->to_us <= calibration->from_us)
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "--until %s is not after --from %s", a->until, a->from);
	return view_channel(view, a->station, a->channel, why);
}

/* Store the fit as a dated document; the station and channel must be there. */
/* Since when it holds, and until when; 0: until the next. */
static void set_interval(
        const struct arguments *a, int offset_min, struct calibration *calibration)
{
	int64_t until_us = 0, ignored;
	common_interval("--from", a->from, offset_min, &calibration->from_us, &ignored);
	if (a->until != NULL)
		common_interval("--until", a->until, offset_min, &until_us, &ignored);
	calibration->to_us = until_us;
}

static int store(const struct common *common, const struct calibration *calibration,
        struct problem *why)
{
	char *json;
	if (calibration_json(calibration, &json) != OK)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	int status = document_put(common->archive, json, why);
	free(json);
	if (status == OK && !common->quiet)
		fprintf(stderr, "calibration %s stored in %s\n", calibration->id,
		        common->archive);
	return status;
}

static int record(const struct common *common, const struct arguments *a,
        const struct points *points, const struct relation *relation,
        struct problem *why)
{
	struct view view;
	char id[96], stamp[TIME_TEXT];
	if (a->station == NULL || a->channel == NULL || a->from == NULL)
		return problem_set(why, REFUSED, EXIT_USAGE,
		        "record needs --station, --channel, --from and --csv");
	int status = view_open(&view, common->archive, false, why);
	if (status != OK)
		return status;
	struct calibration calibration = {
		.id = id,
		.station = a->station,
		.instrument = "",
		.channel = a->channel,
		.who = a->who != NULL ? a->who : common_login(),
		.note = a->note != NULL ? a->note : "",
		.certificate = a->certificate != NULL ? a->certificate : "",
		.done_us = common_now(),
		.relation = *relation,
		.n_points = points->n,
		.x = (double *)points->x,
		.y = (double *)points->y,
		.u = points->has_u ? (double *)points->u : NULL,
	};
	set_interval(a, view.offset_min, &calibration);
	snprintf(id, sizeof id, "%s-%s-%s", a->station, a->channel,
	        stamp_print(calibration.from_us, view.offset_min, stamp));
	status = check_record(&view, a, &calibration, why);
	view_close(&view);
	return status == OK ? store(common, &calibration, why) : status;
}

static const struct table_column list_columns[] = {
	{ .name = "id", .wide = true },
	{ .name = "station" },
	{ .name = "channel" },
	{ .name = "from" },
	{ .name = "until" },
	{ .name = "a", .right = true },
	{ .name = "b", .right = true },
	{ .name = "s", .right = true },
	{ .name = "points", .right = true },
	{ .name = "who" },
	{ .name = "certificate" },
	{ .name = "note" },
	{ 0 },
};

static void print_calibration(
        struct table *table, const struct calibration *c, int decimals)
{
	table_text(table, c->id);
	table_text(table, c->station);
	table_text(table, c->channel);
	table_time(table, c->from_us);
	if (c->to_us != 0)
		table_time(table, c->to_us);
	else
		table_empty(table);
	table_number(table, c->relation.a, decimals);
	table_number(table, c->relation.b, decimals);
	table_number(table, c->relation.s, decimals);
	table_integer(table, (int64_t)c->n_points);
	table_text(table, c->who);
	table_text(table, c->certificate);
	table_text(table, c->note);
	table_row(table);
}

static int list(
        const struct common *common, const struct arguments *a, struct problem *why)
{
	struct view view;
	struct ledger ledger;
	int status = view_open(&view, common->archive, false, why);
	if (status != OK)
		return status;
	status = ledger_load(&ledger, view.reader, 0, why);
	if (status >= 0) {
		struct table *table = table_new(
		        stdout, common->format, list_columns, view.offset_min);
		for (size_t i = 0; i < ledger.n; i++) {
			const struct calibration *c = &ledger.calibration[i];
			if ((a->station == NULL ||
			            strcmp(a->station, c->station) == 0) &&
			        (a->channel == NULL ||
			                strcmp(a->channel, c->channel) == 0))
				print_calibration(table, c,
				        common->format == TABLE_TEXT ? 5 : -1);
		}
		status = table_end(table);
		ledger_free(&ledger);
	}
	view_close(&view);
	return status;
}

int command_calibrate(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "fit | record | list",
		.doc = "Linear relation of indication to reference by weighted least "
		       "squares; "
		       "recorded ones are applied when readings are read, never to "
		       "what is stored.",
	};
	static struct points points;
	struct common common;
	struct problem why = { 0 };
	struct arguments a = { 0 };
	struct relation relation = { 0 };
	int first = common_parse(&common, &argp, &a, argc, argv);
	const char *what = first + 1 == argc ? argv[first] : "";
	int status;
	if (strcmp(what, "list") == 0) {
		status = list(&common, &a, &why);
	} else if (strcmp(what, "fit") == 0 || strcmp(what, "record") == 0) {
		status = fit(a.csv, &points, &relation, &why);
		if (status == OK)
			status = what[0] == 'f' ? print_fit(&common, &points, &relation)
			                        : record(&common, &a, &points,
			                                  &relation, &why);
	} else {
		fputs("quantrac calibrate: fit, record or list\n", stderr);
		return EXIT_USAGE;
	}
	return status == OK ? 0 : common_fail("calibrate", &why);
}
