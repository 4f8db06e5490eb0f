/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac judge: every statistic against its limit. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "cli/commands.h"
#include "cli/judging.h"
#include "cli/judging_words.h"
#include "cli/marks.h"

static const struct table_column columns[] = {
	{ .name = "station" },
	{ .name = "channel" },
	{ .name = "rule" },
	{ .name = "stage" },
	{ .name = "start" },
	{ .name = "end", .wide = true },
	{ .name = "value", .right = true },
	{ .name = "unit" },
	JUDGING_LIMIT_COLUMNS,
	{ .name = "ratio", .right = true },
	{ .name = "result" },
	{ .name = "strength" },
	{ .name = "valid", .right = true },
	{ .name = "expected", .right = true },
	{ .name = "note" },
	MARKS_COLUMNS,
	{ 0 },
};

struct printing {
	const struct judging *judging;
	struct table *table;
	int format;
	bool vietnamese;
	struct marks marks;
	size_t judged, over;
};

static int print(void *with, const struct assessment *a)
{
	struct printing *printing = with;
	struct table *table = printing->table;
	bool vi = printing->vietnamese;
	char why[JUDGING_NOTE];
	if (!judging_wants(printing->judging, judging_kind(a)))
		return 0;
	table_text(table, a->station);
	table_text(table, a->channel);
	table_text(table, a->rule->id);
	table_text(table, judging_word(a->stage->name, vi));
	table_time(table, a->start_us);
	table_time(table, a->end_us);
	common_number(printing->table, printing->format, a->value, judging_decimals(a));
	table_text(table, printing->format == TABLE_TEXT
	                          ? units_named(a->parameter->unit)
	                          : a->parameter->unit);
	judging_limit_cells(table, &(struct judging_limit){ a->limit.low, a->limit.high,
	                                   a->limit.decimals, printing->format, vi });
	common_number(printing->table, printing->format, a->ratio, 3);
	table_text(table, judging_result(a, vi));
	table_text(table, judging_strength(a, vi));
	table_integer(table, a->valid);
	table_integer(table, a->expected);
	table_text(table, judging_note(a, vi, why));
	marks_cells(&printing->marks, table,
	        &(struct marked){ a->rule, a->parameter, a->simulated });
	table_row(table);
	printing->judged++;
	printing->over += a->result == RESULT_OVER;
	return 0;
}

/* The exit code of having judged, or a problem. */
static int run(const struct common *common, const struct judging *judging,
        struct printing *printing, struct problem *why)
{
	struct view view;
	struct judge_options options;
	struct table_column room[JUDGING_COLUMNS];
	bool vi = printing->vietnamese;
	int status = view_open(&view, common->archive, true, why);
	if (status != OK)
		return status;
	status = judging_options(judging, &view, &options, why);
	if (status == OK) {
		printing->table = table_new(stdout, common->format,
		        judging_headings(columns, vi, room), view.offset_min);
		if (vi)
			table_comma(printing->table);
		status =
		        judge(view.reader, &view.rules, &options, print, printing, why);
		table_end(printing->table);
		if (common->format == TABLE_TEXT)
			marks_print(stdout, &printing->marks, vi);
	}
	if (status >= 0 && printing->judged == 0)
		status = judging_nothing(judging, &view, vi, why);
	view_close(&view);
	return status < 0 ? status : view_exit(&view);
}

int command_judge(int argc, char **argv)
{
	struct common common;
	struct judging judging = { .otherwise = "all" };
	struct problem why = { 0 };
	if (common_parse(&common, &judging_argp, &judging, argc, argv) != argc) {
		common_tell("quantrac judge: takes options only; see quantrac judge "
		            "--help");
		return EXIT_USAGE;
	}
	if (judging.kind != NULL && strcmp(judging.kind, "episode") == 0) {
		common_tell("quantrac judge: episodes are not judged; they are listed "
		            "by quantrac exceedances --kind episode");
		return EXIT_USAGE;
	}
	struct printing printing = { .judging = &judging,
		.format = common.format,
		.vietnamese = judging_vietnamese(&common) };
	int status = run(&common, &judging, &printing, &why);
	if (status < 0)
		return common_fail("judge", &why);
	if (printing.judged == 0 && !common.quiet)
		fputs(judging_no_period(printing.vietnamese, status == 0), stderr);
	return judging.exit_code && printing.over > 0 ? EXIT_FOUND : status;
}
