/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac permit set FILE... | list */
#include "analysis/permit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/commands.h"
#include "cli/document.h"
#include "cli/view.h"

static const struct table_column columns[] = {
	{ .name = "id" },
	{ .name = "number" },
	{ .name = "station" },
	{ .name = "outlet" },
	{ .name = "facility", .wide = true },
	{ .name = "rule" },
	{ .name = "column" },
	{ .name = "coefficients" },
	{ .name = "from" },
	{ .name = "until" },
	{ 0 },
};

static void print_permit(struct table *table, const struct permit *permit)
{
	char coefficients[256] = "";
	size_t n = 0;
	for (size_t i = 0; i < permit->n_coefficients && n < sizeof coefficients; i++)
		n += (size_t)snprintf(coefficients + n, sizeof coefficients - n,
		        "%s%s = %g", i > 0 ? ", " : "", permit->coefficient[i].name,
		        permit->coefficient[i].value);
	table_text(table, permit->id);
	table_text(table, permit->number);
	table_text(table, permit->station);
	table_text(table, permit->outlet);
	table_text(table, permit->facility_name);
	table_text(table, permit->rule);
	table_text(table, permit->column);
	table_text(table, coefficients);
	table_time(table, permit->from_us);
	if (permit->to_us != 0)
		table_time(table, permit->to_us);
	else
		table_empty(table);
	table_row(table);
}

static int list(const struct common *common, struct problem *why)
{
	struct view view;
	struct permits permits;
	int status = view_open(&view, common->archive, false, why);
	if (status != OK)
		return status;
	status = permits_load(&permits, view.reader, 0, why);
	if (status >= 0) {
		struct table *table =
		        table_new(stdout, common->format, columns, view.offset_min);
		for (size_t i = 0; i < permits.n; i++)
			print_permit(table, &permits.permit[i]);
		status = table_end(table);
		permits_free(&permits);
	}
	if (status == OK)
		status = permits_whole(view.reader, why);
	view_close(&view);
	return status;
}

static int set(const struct common *common, const char *path, struct problem *why)
{
	char *json;
	int status = permit_from_file(path, &json, why);
	if (status != OK)
		return status;
	status = document_put(common->archive, json, why);
	free(json);
	if (status == OK && !common->quiet)
		fprintf(stderr, "%s: stored in %s\n", path, common->archive);
	return status;
}

int command_permit(int argc, char **argv)
{
	static const struct argp argp = {
		.args_doc = "set FILE... | list",
		.doc = "Permits say which rule an outlet answers to, with which column "
		       "and "
		       "coefficients. They are dated and never changed: a new one "
		       "follows.",
	};
	struct common common;
	struct problem why = { 0 };
	int first = common_parse(&common, &argp, NULL, argc, argv);
	int status = OK;
	if (first + 1 == argc && strcmp(argv[first], "list") == 0) {
		status = list(&common, &why);
	} else if (first + 1 < argc && strcmp(argv[first], "set") == 0) {
		for (int i = first + 1; status == OK && i < argc; i++)
			status = set(&common, argv[i], &why);
	} else {
		fputs("quantrac permit: set FILE... or list\n", stderr);
		return EXIT_USAGE;
	}
	return status == OK ? 0 : common_fail("permit", &why);
}
