/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/gaps.h"
#include "cli/status.h"

enum {
	OPTION_GAPS = 0x200,
	OPTION_EVENTS,
	OPTION_STATION,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_EXIT
};

const struct argp_option gaps_argp_options[] = {
	{ "gaps", OPTION_GAPS, NULL, 0,
	        "what should be there and is not: from when to when, and why", 1 },
	{ "events", OPTION_EVENTS, NULL, 0,
	        "commands, maintenance, contacts, starts and logins: who, what, why",
	        1 },
	{ "station", OPTION_STATION, "ID", 0, "with --gaps or --events: one station",
	        1 },
	{ "since", OPTION_SINCE, "TIME", 0, "with --gaps or --events: from", 1 },
	{ "until", OPTION_UNTIL, "TIME", 0, "with --gaps or --events: to", 1 },
	{ "exit-code", OPTION_EXIT, NULL, 0, "with --gaps: exit 1 if something is lost",
	        1 },
	{ 0 },
};

error_t gaps_argp_parse(int key, char *word, struct argp_state *state)
{
	struct gaps_arguments *a = state->input;
	switch (key) {
	case OPTION_GAPS:
		a->gaps = true;
		return 0;
	case OPTION_EVENTS:
		a->events = true;
		return 0;
	case OPTION_STATION:
		a->station = word;
		return 0;
	case OPTION_SINCE:
		a->since = word;
		return 0;
	case OPTION_UNTIL:
		a->until = word;
		return 0;
	case OPTION_EXIT:
		a->exit_code = true;
		return 0;
	case ARGP_KEY_END:
		if (a->gaps && a->events)
			argp_error(state, "--gaps and --events are tables of their "
			                  "own: ask for one");
		if (!a->gaps && !a->events &&
		        (a->station != NULL || a->since != NULL || a->until != NULL))
			argp_error(state, "--station, --since and --until go with "
			                  "--gaps or --events");
		if (!a->gaps && a->exit_code)
			argp_error(state, "--exit-code goes with --gaps");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int gaps_stretch(struct gaps_arguments *a, int offset_min, struct problem *why)
{
	a->now_us = common_now();
	a->from_us = 0;
	a->to_us = a->now_us;
	return common_stretch(
	        a->since, a->until, offset_min, &a->from_us, &a->to_us, why);
}

const char *lasted_print(int64_t length_us, bool vi, char out[48])
{
	int64_t s = (length_us + US_PER_S / 2) / US_PER_S;
	if (s >= 3600) /* 23:59:59.8 is 24 h 0 min, not 23 h 59 min */
		s = (s + 30) / 60 * 60;
	if (s < 60)
		snprintf(out, 48, "%d s", (int)s);
	else if (s < 3600)
		snprintf(out, 48, vi ? "%d phút %d s" : "%d min %d s", (int)(s / 60),
		        (int)(s % 60));
	else if (s < 86400)
		snprintf(out, 48, vi ? "%d giờ %d phút" : "%d h %d min",
		        (int)(s / 3600), (int)(s % 3600 / 60));
	else
		snprintf(out, 48, vi ? "%d ngày %d giờ" : "%d d %d h", (int)(s / 86400),
		        (int)(s % 86400 / 3600));
	return out;
}

/* ---- the table ---- */

static const struct table_column columns[] = {
	{ .name = "station" },
	{ .name = "instrument" },
	{ .name = "channel" },
	{ .name = "from" },
	{ .name = "to" },
	{ .name = "open", .wide = true },
	{ .name = "seconds", .title = "LASTED", .right = true },
	{ .name = "cause" },
	{ .name = "loss", .wide = true },
	{ .name = "expected", .right = true },
	{ .name = "valid", .right = true },
	{ .name = "records", .title = "RECORDS LOST", .right = true },
	{ .name = "reason" },
	{ 0 },
};

static const char *const headings_vi[] = { "TRẠM", "THIẾT BỊ", "KÊNH", "TỪ", "ĐẾN",
	"CHƯA KẾT THÚC", "KÉO DÀI", "NGUYÊN NHÂN", "MẤT SỐ LIỆU", "PHẢI CÓ", "HỢP LỆ",
	"BẢN GHI MẤT", "LÝ DO" };

struct gaps_sum {
	size_t n;
	int64_t length_us;
	uint64_t missing, records;
};

struct gaps_table {
	struct table *table;
	struct table_column shown[sizeof columns / sizeof columns[0]];
	bool people, quiet, vi; /* vi: for people only */
	struct gaps_sum sum[GAP_CAUSES];
};

struct gaps_table *gaps_table_new(const struct common *common, int offset_min)
{
	struct gaps_table *table = calloc(1, sizeof *table);
	if (table == NULL)
		return NULL;
	table->people = common->format == TABLE_TEXT;
	table->quiet = common->quiet;
	table->vi = table->people && common_vietnamese(common);
	status_headings(columns, headings_vi, table->vi, table->shown);
	table->table = table_new(
	        stdout, (enum table_format)common->format, table->shown, offset_min);
	return table;
}

static void row(struct gaps_table *out, const char *station, const struct gap *gap)
{
	char lasted[48], reason[1200];
	struct table *table = out->table;
	table_text(table, station);
	table_text(table, gap->instrument);
	table_text(table, gap->channel);
	int64_t unit_us = out->people ? US_PER_S : 1; /* people read no microseconds */
	table_time(table, gap->from_us / unit_us * unit_us);
	if (out->people && gap->open)
		table_text(table, out->vi ? "nay" : "now");
	else
		table_time(table, gap->to_us / unit_us * unit_us);
	table_text(table, gap->open ? "yes" : "no");
	if (out->people)
		table_text(table,
		        lasted_print(gap->to_us - gap->from_us, out->vi, lasted));
	else
		table_integer(table, (gap->to_us - gap->from_us) / US_PER_S);
	table_text(
	        table, out->vi ? gap_cause_vi(gap->cause) : gap_cause_text(gap->cause));
	table_text(table, gap_is_loss(gap) ? "yes" : "no");
	table_integer(table, (int64_t)gap->expected);
	table_integer(table, (int64_t)gap->valid);
	if (gap->records > 0)
		table_integer(table, (int64_t)gap->records);
	else
		table_empty(table);
	table_text(table, out->vi ? gap_reason_vi(gap, reason, sizeof reason)
	                          : gap_reason(gap, reason, sizeof reason));
	table_row(table);
}

void gaps_table_add(
        struct gaps_table *table, const char *station, const struct gap *gap, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct gaps_sum *sum = &table->sum[gap[i].cause];
		/* people who read on are told how many; a module of eight inputs has few that are wired */
		if (!table->people || gap[i].cause != GAP_OFF)
			row(table, station, &gap[i]);
		sum->n++;
		sum->length_us += gap[i].to_us - gap[i].from_us;
		sum->missing += gap[i].expected - gap[i].valid;
		sum->records += gap[i].records;
	}
}

/* `text` and blanks up to `width` letters; of UTF-8 only the first byte of each counts. */
static void padded_print(const char *text, int width)
{
	int n = 0;
	for (const char *at = text; *at != '\0'; at++)
		n += ((unsigned char)*at & 0xc0) != 0x80;
	printf("%s%*s", text, n < width ? width - n : 0, "");
}

static void sum_print(const char *what, const struct gaps_sum *sum, bool vi)
{
	char lasted[48];
	lasted_print(sum->length_us, vi, lasted);
	padded_print(what, vi ? 20 : 12);
	if (vi) {
		printf(" %5zu khoảng  ", sum->n);
		padded_print(lasted, 16);
		printf("thiếu %" PRIu64 " giá trị đo", sum->missing);
	} else {
		printf(" %5zu gap%s  %14s  %" PRIu64 " results", sum->n,
		        sum->n == 1 ? " " : "s", lasted, sum->missing);
	}
	if (sum->records > 0)
		printf(vi ? ", %" PRIu64 " bản ghi" : ", %" PRIu64 " records",
		        sum->records);
	putchar('\n');
}

/* Sums per cause, then of all that is lost. */
static size_t sums_print(const struct gaps_table *table)
{
	struct gaps_sum lost = { 0 };
	if (table->people && !table->quiet)
		putchar('\n');
	for (uint8_t cause = 0; cause < GAP_CAUSES; cause++) {
		const struct gaps_sum *sum = &table->sum[cause];
		const struct gap gap = { .cause = cause };
		if (gap_is_loss(&gap)) {
			lost.n += sum->n;
			lost.length_us += sum->length_us;
			lost.missing += sum->missing;
			lost.records += sum->records;
		}
		if (table->people && !table->quiet && sum->n > 0)
			sum_print(
			        table->vi ? gap_cause_vi(cause) : gap_cause_text(cause),
			        sum, table->vi);
	}
	if (table->people && !table->quiet)
		sum_print(
		        table->vi ? "tổng số bị mất" : "lost in all", &lost, table->vi);
	return lost.n;
}

size_t gaps_table_end(struct gaps_table *table, bool whole)
{
	table_end(table->table);
	size_t lost = whole ? sums_print(table) : 0;
	if (!whole && table->people && !table->quiet) {
		putchar('\n');
		common_put("no sums: not all of the archive may be read by this user");
	}
	free(table);
	return lost;
}
