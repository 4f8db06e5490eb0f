/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac status --lines: what went well and wrong with every instrument since the start. */
#include "cli/status.h"

#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/translate.h"

static const struct table_column columns[] = {
	{ .name = "station", .wide = true },
	{ .name = "instrument" },
	{ .name = "requests", .title = "ASKED", .right = true },
	{ .name = "answers", .title = "ANSWERED", .right = true },
	{ .name = "timeouts", .title = "SILENT", .right = true },
	{ .name = "checksum", .title = "BAD CHECK", .right = true },
	{ .name = "malformed", .title = "BAD FRAME", .right = true },
	{ .name = "exceptions", .title = "REFUSED", .right = true },
	{ .name = "late", .title = "LATE", .right = true },
	{ .name = "echoes", .title = "ECHOES", .right = true },
	{ .name = "noise", .title = "NOISE", .right = true },
	{ .name = "overruns", .title = "LEFT OUT", .right = true },
	{ .name = "reconnects", .title = "REOPENED", .right = true },
	{ .name = "readings", .title = "READINGS", .right = true },
	{ 0 },
};

static const char *const headings_vi[] = { "TRẠM", "THIẾT BỊ", "ĐÃ HỎI", "ĐÃ TRẢ LỜI",
	"IM LẶNG", "SAI MÃ KIỂM", "SAI KHUNG", "TỪ CHỐI", "TRỄ", "DỘI LẠI", "NHIỄU",
	"BỎ LỠ", "MỞ LẠI", "SỐ LẦN ĐỌC" };

static void row(struct table *table, const struct live_view *view,
        const struct live_counts *counts)
{
	const int64_t value[] = { counts->requests, counts->answers, counts->timeouts,
		counts->checksum, counts->malformed, counts->exceptions, counts->late,
		counts->echoes, counts->noise, counts->overruns, counts->reconnects,
		counts->readings };
	table_text(table, view->station);
	table_text(table, counts->instrument);
	for (size_t i = 0; i < sizeof value / sizeof value[0]; i++)
		table_integer(table, value[i]);
	table_row(table);
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* What can be down, by the beginning of its subject. */
static const struct kind {
	const char *begins, *vietnamese;
} kinds[] = { { "port ", "cổng" }, { "instrument ", "thiết bị" },
	{ "loop ", "mạch dòng" }, { 0 } };

static const struct kind *kind_of(const struct live_state *told)
{
	const struct kind *kind = kinds;
	while (kind->begins != NULL && !begins(told->subject, kind->begins))
		kind++;
	return kind->begins != NULL && strcmp(told->state, "down") == 0 ? kind : NULL;
}

/* A port that has gone asks nobody, so that no count shows it. */
static void print_down(const struct live_view *view, bool vi)
{
	for (size_t i = 0; i < view->n_states; i++) {
		const struct live_state *told = &view->told[i];
		const struct kind *kind = kind_of(told);
		char time[TIME_TEXT], text[1024];
		if (kind == NULL)
			continue;
		snprintf(text, sizeof text, "%s", told->text);
		if (vi)
			translate(NULL, told->text, text, sizeof text);
		time_print(told->time_us - told->time_us % US_PER_S,
		        (int)view->offset_min, time);
		if (vi)
			printf("%s %s: mất từ %s: %s\n", kind->vietnamese,
			        told->subject + strlen(kind->begins), time, text);
		else
			printf("%s: down since %s: %s\n", told->subject, time, text);
	}
}

/* The port of an instrument; "": sensord does not say. */
static const char *port_of(const struct live_view *view, const char *instrument)
{
	for (size_t i = 0; i < view->n_instruments; i++)
		if (strcmp(view->counts[i].instrument, instrument) == 0)
			return view->counts[i].port;
	return "";
}

const struct live_state *status_port_down(
        const struct live_view *view, const struct live_channel *channel)
{
	const char *port = port_of(view, channel->instrument);
	if (strcmp(channel->state, "silent") != 0)
		return NULL;
	for (size_t i = 0; i < view->n_states; i++) {
		const struct live_state *told = &view->told[i];
		if (kind_of(told) == &kinds[0] &&
		        strcmp(told->subject + strlen(kinds[0].begins), port) == 0)
			return told;
	}
	return NULL;
}

static void foot(bool vi)
{
	fputs(vi ? "Tính từ khi quantrac-sensord khởi động. Mỗi câu hỏi kết thúc là: "
	           "đã trả "
	           "lời (kể cả từ chối), im lặng, sai mã kiểm hoặc sai khung.\n"
	           "Trễ: câu trả lời đến sau khi hết hạn, không được dùng; nhiễu: số "
	           "byte "
	           "không thuộc câu trả lời nào; bỏ lỡ: lượt đọc đến hạn mà không đọc "
	           "được; mở lại: số lần cổng được mở lại sau khi mất.\n"
	         : "Since quantrac-sensord was started. A request ends as answered (a "
	           "refusal too), silent, bad check or bad frame (bytes that are no "
	           "whole answer).\n"
	           "Late: answers after their time, never used; noise: bytes of no "
	           "answer; left out: polls that were due and could not begin; "
	           "reopened: times its "
	           "port was opened again after it had gone.\n",
	        stdout);
}

void status_headings(const struct table_column *from, const char *const *vietnamese,
        bool vi, struct table_column *out)
{
	size_t i = 0;
	for (; from[i].name != NULL; i++) {
		out[i] = from[i];
		if (vi)
			out[i].title = vietnamese[i];
	}
	out[i] = from[i];
}

void status_lines(const struct live_view *view, const struct common *common)
{
	struct table_column shown[sizeof columns / sizeof columns[0]];
	bool vi = common_vietnamese(common);
	status_headings(columns, headings_vi, vi, shown);
	struct table *table = table_new(stdout, (enum table_format)common->format,
	        shown, (int)view->offset_min);
	for (size_t i = 0; i < view->n_instruments; i++)
		row(table, view, &view->counts[i]);
	table_end(table);
	if (common->format == TABLE_TEXT)
		print_down(view, vi);
	if (common->format == TABLE_TEXT && !common->quiet)
		foot(vi);
}
