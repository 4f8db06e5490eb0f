/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac exceedances: what is over its limit.  Kinds are never mixed in one list
 * unless asked: legal (the statistic the rule names), ambient (state of the air),
 * episode (raw run over a level). */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/units.h"
#include "cli/commands.h"
#include "cli/judging.h"
#include "cli/judging_words.h"
#include "cli/marks.h"

static const struct table_column columns[] = {
	{ .name = "id", .wide = true },
	{ .name = "kind" },
	{ .name = "station" },
	{ .name = "outlet" },
	{ .name = "channel" },
	{ .name = "rule" },
	{ .name = "start" },
	{ .name = "end", .wide = true },
	{ .name = "statistic" },
	{ .name = "value", .right = true },
	JUDGING_LIMIT_COLUMNS,
	{ .name = "unit" },
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
	struct table *table;
	int format, offset_min;
	bool vietnamese;
	struct marks marks;
	const struct judging *judging;
	size_t judged, found;
};

static bool wanted(const struct printing *printing, const char *kind)
{
	return judging_wants(printing->judging, kind);
}

static int print_assessment(void *with, const struct assessment *a)
{
	struct printing *printing = with;
	struct table *table = printing->table;
	const char *kind = judging_kind(a);
	char why[JUDGING_NOTE];
	bool vi = printing->vietnamese;
	if (!wanted(printing, kind))
		return 0;
	printing->judged++;
	if (a->result != RESULT_OVER)
		return 0;
	table_text(table, a->id);
	table_text(table, judging_word(kind, vi));
	table_text(table, a->station);
	table_text(table, a->outlet);
	table_text(table, a->channel);
	table_text(table, a->rule->id);
	table_time(table, a->start_us);
	table_time(table, a->end_us);
	table_text(table, judging_word(a->stage->name, vi));
	common_number(printing->table, printing->format, a->value, judging_decimals(a));
	judging_limit_cells(table, &(struct judging_limit){ a->limit.low, a->limit.high,
	                                   a->limit.decimals, printing->format, vi });
	table_text(table, printing->format == TABLE_TEXT
	                          ? units_named(a->parameter->unit)
	                          : a->parameter->unit);
	common_number(printing->table, printing->format, a->ratio, 2);
	table_text(table, judging_result(a, vi));
	table_text(table, judging_strength(a, vi));
	table_integer(table, a->valid);
	table_integer(table, a->expected);
	table_text(table, judging_note(a, vi, why));
	marks_cells(&printing->marks, table,
	        &(struct marked){ a->rule, a->parameter, a->simulated });
	table_row(table);
	printing->found++;
	return 0;
}

static int print_episode(void *with, const struct episode *e)
{
	struct printing *printing = with;
	struct table *table = printing->table;
	char id[128], start[TIME_TEXT];
	bool vi = printing->vietnamese;
	snprintf(id, sizeof id, "%s/%s/episode/%s", e->station, e->channel,
	        time_print(e->from_us, printing->offset_min, start));
	table_text(table, id);
	table_text(table, judging_word("episode", vi));
	table_text(table, e->station);
	table_text(table, e->outlet);
	table_text(table, e->channel);
	table_text(table, e->rule->id);
	table_time(table, e->from_us);
	table_time(table, e->to_us);
	table_text(table, judging_word("peak", vi));
	common_number(printing->table, printing->format, e->peak, 2);
	judging_limit_cells(
	        table, &(struct judging_limit){ e->below ? e->level : NAN,
	                       e->below ? NAN : e->level, 2, printing->format, vi });
	table_text(
	        table, printing->format == TABLE_TEXT ? units_named(e->unit) : e->unit);
	common_number(printing->table, printing->format,
	        e->below ? NAN : e->peak / e->level, 2);
	table_text(table, judging_word(e->below ? "under level" : "over level", vi));
	table_empty(table);
	table_integer(table, e->n);
	table_integer(table, e->n);
	table_text(table, "");
	marks_cells(&printing->marks, table,
	        &(struct marked){ e->rule, e->limit, e->simulated });
	table_row(table);
	printing->found++;
	return 0;
}

static int find(struct view *view, const struct judge_options *options,
        struct printing *printing, struct problem *why)
{
	int status = OK;
	if (wanted(printing, "legal") || wanted(printing, "ambient"))
		status = judge(view->reader, &view->rules, options, print_assessment,
		        printing, why);
	if (status >= 0 && wanted(printing, "episode"))
		status = episodes_find(view->reader, &view->rules, options,
		        print_episode, printing, why);
	return status;
}

/* The exit code of having looked, or a problem. */
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
		printing->offset_min = view.offset_min;
		printing->table = table_new(stdout, common->format,
		        judging_headings(columns, vi, room), view.offset_min);
		if (vi)
			table_comma(printing->table);
		status = find(&view, &options, printing, why);
		table_end(printing->table);
		if (common->format == TABLE_TEXT)
			marks_print(stdout, &printing->marks, vi);
	}
	if (status >= 0 && printing->judged + printing->found == 0)
		status = judging_nothing(judging, &view, vi, why);
	view_close(&view);
	return status < 0 ? status : view_exit(&view);
}

/* Episodes are looked for in what is not judged, too: in a day that has not ended. */
static bool looked(const struct printing *printing)
{
	return printing->judged > 0 ||
	       !(wanted(printing, "legal") || wanted(printing, "ambient"));
}

static const char *nothing(const struct printing *printing, bool all_read)
{
	static const char *const words[2][2] = {
		{ "nothing over a limit in what could be read\n",
		        "không có trường hợp nào vượt giá trị tối đa cho phép trong "
		        "phần số liệu đọc được\n" },
		{ "nothing over a limit\n",
		        "không có trường hợp nào vượt giá trị tối đa cho phép\n" },
	};
	return looked(printing) ? words[all_read][printing->vietnamese]
	                        : judging_no_period(printing->vietnamese, all_read);
}

int command_exceedances(int argc, char **argv)
{
	struct common common;
	struct judging judging = { .otherwise = "legal" };
	struct problem why = { 0 };
	if (common_parse(&common, &judging_argp, &judging, argc, argv) != argc) {
		common_tell("quantrac exceedances: takes options only; see quantrac "
		            "exceedances --help");
		return EXIT_USAGE;
	}
	struct printing printing = { .judging = &judging,
		.format = common.format,
		.vietnamese = judging_vietnamese(&common) };
	int status = run(&common, &judging, &printing, &why);
	if (status < 0)
		return common_fail("exceedances", &why);
	bool people = common.format == TABLE_TEXT || !looked(&printing);
	if (printing.found == 0 && people && !common.quiet)
		fputs(nothing(&printing, status == 0), stderr);
	return judging.exit_code && printing.found > 0 ? EXIT_FOUND : status;
}
