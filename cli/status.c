/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac status: what every channel of this cabinet shows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/units.h"
#include "cli/cabinet.h"
#include "cli/commands.h"
#include "cli/gaps.h"
#include "cli/status.h"
#include "cli/tool.h"
#include "cli/watch.h"

static const struct table_column columns[] = {
	{ .name = "station" },
	{ .name = "instrument" },
	{ .name = "channel" },
	{ .name = "value", .right = true },
	{ .name = "unit" },
	{ .name = "age", .right = true },
	{ .name = "state" },
	{ .name = "ok_last_hour", .title = "OK LAST HOUR", .right = true },
	{ .name = "time", .wide = true }, /* for programs: of the value */
	{ .name = "simulated", .wide = true },
	{ 0 },
};

static const char *const headings_vi[] = { "TRẠM", "THIẾT BỊ", "KÊNH", "GIÁ TRỊ",
	"ĐƠN VỊ", "CÁCH ĐÂY", "TRẠNG THÁI", "TỐT 1 GIỜ QUA", "THỜI GIAN", "MÔ PHỎNG" };

/* "10:25"; of another day "2026-11-28 10:25". */
static const char *clock_or_day(int64_t time_us, int offset_min, char out[TIME_TEXT])
{
	char now[TIME_TEXT], time[TIME_TEXT];
	time_print(common_now(), offset_min, now);
	time_print(time_us, offset_min, time);
	bool today = strncmp(now, time, 10) == 0;
	snprintf(out, TIME_TEXT, "%.*s%s%.5s", today ? 0 : 10, time, today ? "" : " ",
	        time + 11);
	return out;
}

/* Who is silent because his port is down was not asked. */
static void put_state(struct table *table, const struct live_view *view,
        const struct live_channel *channel, const struct common *common)
{
	char text[64], time[TIME_TEXT];
	enum tone tone;
	bool vi = common_vietnamese(common);
	const struct live_state *port = status_port_down(view, channel);
	if (common->format != TABLE_TEXT) {
		table_text(table, channel->state);
	} else if (port != NULL) {
		snprintf(text, sizeof text,
		        vi ? "mất cổng từ %s" : "port down since %s",
		        clock_or_day(port->time_us, (int)view->offset_min, time));
		table_text(table, text);
	} else {
		table_text(table,
		        vi ? watch_state(channel->state, &tone)->vi : channel->state);
	}
}

/* People read "4 s" and "99.2%", programs seconds and a number. */
static void row(struct table *table, const struct live_view *view,
        const struct live_channel *channel, const struct common *common)
{
	char age[32], ok[32];
	bool people = common->format == TABLE_TEXT, vi = common_vietnamese(common);
	int64_t now_us = common_now();
	table_text(table, view->station);
	table_text(table, channel->instrument);
	table_text(table, channel->channel);
	if (isnan(channel->value))
		table_empty(table);
	else
		table_number(
		        table, channel->value, people ? (int)channel->decimals : -1);
	table_text(table, people ? units_shown(channel->unit) : channel->unit);
	int64_t age_us = now_us > channel->value_us ? now_us - channel->value_us : 0;
	watch_age(age_us, vi, age);
	if (people)
		table_text(table, channel->value_us != 0 ? age : "-");
	else if (channel->value_us != 0)
		table_integer(table, (now_us - channel->value_us) / US_PER_S);
	else
		table_empty(table);
	put_state(table, view, channel, common);
	watch_number(channel->ok_percent, 1, vi, ok);
	if (isnan(channel->ok_percent))
		table_empty(table);
	else if (people)
		table_text(table, strcat(ok, "%"));
	else
		table_number(table, channel->ok_percent, 1);
	if (channel->value_us != 0)
		table_time(table, channel->value_us);
	else
		table_empty(table);
	table_text(table, view->simulated ? "yes" : "no");
	table_row(table);
}

static const char *link_text(const char *state, bool vi)
{
	if (strcmp(state, "open") == 0)
		return vi ? "đã kết nối" : "connected";
	if (strcmp(state, "none") == 0)
		return vi ? "không có trong cấu hình" : "none in the configuration";
	return vi ? "chưa kết nối, mọi số liệu được giữ tại đây (xem nhật ký chương "
	            "trình)"
	          : "not connected, everything is kept here (see the log)";
}

static void foot(const struct live_view *view, bool vi)
{
	if (view->simulated)
		printf("%s\n", SIMULATED_TEXT);
	printf(vi ? "máy chủ nhận: %s; %lld bản ghi đã giữ, %lld đã được xác nhận, "
	            "%lld bị mất\n"
	          : "collector: %s; %lld records kept, %lld acknowledged, %lld lost\n",
	        link_text(view->link, vi), (long long)view->committed,
	        (long long)view->acked, (long long)view->lost);
	if (view->waiting > 0)
		printf(vi ? "%lld bản ghi đang chờ gửi về máy chủ nhận\n"
		          : "%lld records wait for the collector\n",
		        (long long)view->waiting);
	if (view->unreadable > 0)
		printf(vi ? "MỘT PHẦN NHẬT KÝ KHÔNG ĐỌC ĐƯỢC (%lld đoạn): phần máy chủ "
		            "nhận "
		            "chưa có thì chưa gửi được (xem nhật ký chương trình)\n"
		          : "A PART OF THE JOURNAL CANNOT BE READ (%lld of its "
		            "epochs): "
		            "what the collector has not got of it is not sent (see the "
		            "log)\n",
		        (long long)view->unreadable);
	if (strcmp(view->journal, "memory") == 0)
		printf(vi ? "KHÔNG GHI ĐƯỢC VÀO ĐĨA: bản ghi chỉ nằm trong bộ nhớ, mất "
		            "điện là "
		            "mất (xem nhật ký chương trình)\n"
		          : "THE DISK CANNOT BE WRITTEN: records are kept in memory "
		            "only, "
		            "and lost with the power (see the log)\n");
}

static void tell_stale(
        const struct live_view *view, const struct station *station, bool vi)
{
	char whom[400];
	enum sensord_differs how = sensord_differs(view, station, whom, sizeof whom);
	if (how == SENSORD_OTHERS)
		printf(vi ? "quantrac-sensord (pid %lld) đang đọc các thiết bị khác "
		            "với %s "
		            "hiện nay"
		          : "quantrac-sensord (pid %lld) reads other instruments than "
		            "%s "
		            "names now",
		        (long long)view->pid, station->path);
	else if (how == SENSORD_CHANGED)
		printf(vi ? "quantrac-sensord (pid %lld) đang đọc %s khác với %s hiện "
		            "nay "
		            "(cổng, địa chỉ, hồ sơ hoặc thông số)"
		          : "quantrac-sensord (pid %lld) reads %s otherwise than %s "
		            "says "
		            "now (port, address, profile or settings)",
		        (long long)view->pid, whom, station->path);
	if (how != SENSORD_SAME)
		printf(vi ? ": nó chỉ đọc tệp lúc khởi động. Khởi động lại: sudo "
		            "systemctl "
		            "restart quantrac-sensord\n"
		          : ": it reads the file when it starts. Start it again: sudo "
		            "systemctl restart quantrac-sensord\n");
}

static void show_channels(const struct live_view *view, const struct common *common)
{
	struct table_column shown[sizeof columns / sizeof columns[0]];
	bool vi = common_vietnamese(common);
	status_headings(columns, headings_vi, vi, shown);
	struct table *table = table_new(stdout, (enum table_format)common->format,
	        shown, (int)view->offset_min);
	if (vi)
		table_comma(table);
	for (size_t i = 0; i < view->n_channels; i++)
		row(table, view, &view->channel[i], common);
	table_end(table);
}

struct status_arguments {
	struct gaps_arguments gaps;
	bool lines, contacts;
};

enum { OPTION_LINES = 700, OPTION_CONTACTS };

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct status_arguments *arguments = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->gaps;
		return 0;
	case OPTION_LINES:
		arguments->lines = true;
		return 0;
	case OPTION_CONTACTS:
		arguments->contacts = true;
		return 0;
	case ARGP_KEY_END:
		if (arguments->lines + arguments->contacts + arguments->gaps.gaps +
		                arguments->gaps.events >
		        1)
			argp_error(state,
			        "--lines, --contacts, --gaps and --events are tables "
			        "of their own: ask for one");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void show(const struct live_view *view, const struct station *station,
        const struct status_arguments *arguments, const struct common *common)
{
	bool people = common->format == TABLE_TEXT;
	if (arguments->lines) {
		status_lines(view, common);
		return;
	}
	if (arguments->contacts) {
		status_contacts(view, station, common);
		return;
	}
	show_channels(view, common);
	if (people && status_has_contacts(view, station)) {
		putchar('\n');
		status_contacts(view, station, common);
		putchar('\n');
	}
	if (people && !common->quiet) {
		foot(view, common_vietnamese(common));
		tell_stale(view, station, common_vietnamese(common));
	}
}

/* Only a cabinet has them; $QUANTRAC_ARCHIVE may be set for other commands. */
static void check_archive(
        const struct status_arguments *arguments, int argc, char **argv)
{
	for (int i = 1; (arguments->lines || arguments->contacts) && i < argc; i++) {
		if (strncmp(argv[i], "--archive", strlen("--archive")) != 0)
			continue;
		common_tell(
		        "quantrac status: %s is of a cabinet alone: leave --archive "
		        "out",
		        arguments->lines ? "--lines" : "--contacts");
		exit(EXIT_USAGE);
	}
}

int command_status(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "lines", OPTION_LINES, NULL, 0,
		        "requests and answers of every instrument since the start", 1 },
		{ "contacts", OPTION_CONTACTS, NULL, 0,
		        "contacts, maintenance and the sampler of the cabinet alone",
		        1 },
		{ 0 },
	};
	static const struct argp gaps = { .options = gaps_argp_options,
		.parser = gaps_argp_parse };
	static const struct argp_child children[] = { { .argp = &gaps }, { 0 } };
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = children,
		.doc = "Newest value, age and state of every channel of this cabinet, "
		       "and what its contacts say; with --contacts: these alone; "
		       "with --lines: what went well and wrong with its instruments; "
		       "with --gaps: what it should have read and kept, and has not; "
		       "with --events: who did what to it, and why.",
	};
	struct common common;
	struct status_arguments arguments = { .lines = false };
	struct live_view view;
	struct station *station;
	int first = common_parse(&common, &argp, &arguments, argc, argv);
	common_no_words("status", first, argc, argv);
	check_archive(&arguments, argc, argv);
	if (arguments.gaps.gaps)
		return cabinet_gaps(&common, &arguments.gaps);
	if (arguments.gaps.events)
		return cabinet_events(&common, &arguments.gaps);
	int code = cabinet_open_station(&view, &station, "status", &common);
	if (code != 0)
		return code;
	show(&view, station, &arguments, &common);
	live_view_free(&view);
	station_free(station);
	return 0;
}
