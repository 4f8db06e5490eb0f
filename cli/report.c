/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac report: the data sheet of one station and legal day, in Vietnamese and
 * English. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analysis/holes.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "cli/commands.h"
#include "cli/view.h"
#include "reports/sheet.h"

enum { OPTION_DAY = 0x200, OPTION_AS_OF, OPTION_OUT };

struct arguments {
	const char *station, *day, *as_of, *out;
};

static const struct argp_option options[] = {
	{ "day", OPTION_DAY, "2026-11-15", 0, "the legal day", 1 },
	{ "as-of", OPTION_AS_OF, "TIME", 0, "only what had been stored by then", 1 },
	{ "output", 'o', "DIR", 0, "folder for the files (default: here)", 1 },
	{ 0 },
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct arguments *a = state->input;
	switch (key) {
	case OPTION_DAY:
		a->day = word;
		return 0;
	case OPTION_AS_OF:
		a->as_of = word;
		return 0;
	case 'o':
		a->out = word;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int write_forms(const struct sheet *sheet, const struct common *common,
        enum language language, const char *out, struct problem *why)
{
	char path[4096], date[TIME_TEXT];
	snprintf(path, sizeof path, "%s/%s_%s_%s.pdf", out, sheet->station,
	        date_print(sheet->start_us, sheet->utc_offset_min, date),
	        language == VIETNAMESE ? "vi" : "en");
	int status = sheet_write(sheet, language, path, why);
	if (status == OK && !common->quiet)
		printf("%s\n", path);
	return status;
}

static int write_sheet(const struct sheet *sheet, const struct common *common,
        const struct arguments *a, struct problem *why)
{
	if (common->format == TABLE_JSON)
		return sheet_json(sheet,
		        common_vietnamese(common) ? VIETNAMESE : ENGLISH, stdout);
	if (folder_make(a->out) != OK)
		return problem_set(why, FAILED, EXIT_NO_FILE,
		        "%s: cannot make the folder: %s", a->out,
		        file_write_reason(errno));
	int status = OK;
	if (common_wants(common, "vi"))
		status = write_forms(sheet, common, VIETNAMESE, a->out, why);
	if (status == OK && common_wants(common, "en"))
		status = write_forms(sheet, common, ENGLISH, a->out, why);
	return status;
}

static int report(
        const struct common *common, const struct arguments *a, struct problem *why)
{
	struct view view;
	struct sheet sheet = { 0 };
	struct sheet_query query = { .station = a->station, .now_us = common_now() };
	int64_t to_us, ignored;
	int status = view_open(&view, common->archive, true, why);
	if (status != OK)
		return status;
	common_interval("--day", a->day, view.offset_min, &query.day_us, &to_us);
	if (a->as_of != NULL)
		common_interval("--as-of", a->as_of, view.offset_min, &query.as_of_us,
		        &ignored);
	status = view_permits(&view, why);
	if (status != OK)
		return status;
	if (!holes_expected(view.reader, &view.permits, a->station))
		status = view_no_station(&view, a->station, why);
	if (status == OK && to_us - query.day_us > US_PER_DAY)
		status = problem_set(why, REFUSED, EXIT_USAGE,
		        "--day: '%s' is more than a day; write 2026-11-15", a->day);
	if (status == OK) {
		status = sheet_collect(&sheet, view.reader, &view.rules, &query, why);
		if (status == OK)
			status = write_sheet(&sheet, common, a, why);
		sheet_free(&sheet);
	}
	view_close(&view);
	return status < 0 ? status : view_exit(&view);
}

int command_report(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "STATION --day DAY",
		.doc = "Write the data sheet of one station and legal day as PDF "
		       "(--json: the "
		       "figures on stdout).",
	};
	struct common common;
	struct problem why = { 0 };
	struct arguments a = { .out = "." };
	int first = common_parse(&common, &argp, &a, argc, argv);
	if (first + 1 != argc || a.day == NULL) {
		common_tell("quantrac report: give one station and --day 2026-11-15");
		return EXIT_USAGE;
	}
	a.station = argv[first];
	int status = report(&common, &a, &why);
	return status >= 0 ? status : common_fail("report", &why);
}
