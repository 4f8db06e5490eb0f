/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/status_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/event.h"
#include "base/table.h"
#include "cli/status.h"
#include "cli/translate.h"

struct event {
	int64_t time_us;
	size_t number; /* in the order they came */
	char station[SOURCE_SIZE + 1];
	char *subject, *state, *who, *why, *details; /* "": nothing */
};

struct events {
	size_t n, room;
	struct event *event;
};

struct told { /* payload of a STATE record */
	const char *subject, *state, *text;
};

#define AT(member) offsetof(struct told, member)
static const struct field fields[] = {
	{ .key = "subject", .type = FIELD_TEXT, .at = AT(subject), .required = true },
	{ .key = "state", .type = FIELD_TEXT, .at = AT(state), .required = true },
	{ .key = "text", .type = FIELD_TEXT, .at = AT(text) },
	{ 0 },
};
static const struct section section = { "STATE", sizeof(struct told), fields, NULL };

struct events *events_new(void)
{
	return calloc(1, sizeof(struct events));
}

static void event_free(struct event *event)
{
	free(event->subject);
	free(event->state);
	free(event->who);
	free(event->why);
	free(event->details);
}

void events_free(struct events *events)
{
	for (size_t i = 0; events != NULL && i < events->n; i++)
		event_free(&events->event[i]);
	if (events != NULL)
		free(events->event);
	free(events);
}

/* ---- one event ---- */

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Whether lines and instruments answer is told by --lines and --gaps. */
static bool is_asked(const struct told *told)
{
	static const char *const subjects[] = { "maintenance ", "input ", "cabinet",
		"sampler", "probe", "setting " };
	if (begins(told->subject, "instrument "))
		return begins(told->state, "command ");
	for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
		if (begins(told->subject, subjects[i]))
			return true;
	return false;
}

/* "zero; changes gas; request 05; by minh (uid 1001): new gas" into its parts. */
static void split(struct event *out, const char *text)
{
	const char *by = begins(text, "by ") ? text : strstr(text, "; by ");
	const char *who = by == NULL ? NULL : by == text ? text + 3 : by + 5;
	const char *colon = who != NULL ? strstr(who, ": ") : NULL;
	if (colon == NULL) {
		out->who = strdup("");
		out->why = strdup("");
		out->details = strdup(text);
		return;
	}
	const char *why = colon + 2;
	size_t n = maintenance_why_size(why);
	out->who = strndup(who, (size_t)(colon - who));
	out->why = strndup(why, n);
	out->details = by != text      ? strndup(text, (size_t)(by - text))
	               : why[n] == ':' ? strdup(why + n + 2)
	                               : strdup("");
}

static int add(struct events *events, const struct event *event)
{
	if (events->n == events->room) {
		size_t room = events->room > 0 ? 2 * events->room : 64;
		void *more = realloc(events->event, room * sizeof *event);
		if (more == NULL)
			return FAILED;
		events->event = more;
		events->room = room;
	}
	events->event[events->n++] = *event;
	return OK;
}

int events_note(struct events *events, const struct record *record, int64_t time_us)
{
	struct told told = { 0 };
	struct config *config;
	struct event event = { .time_us = time_us, .number = events->n };
	int status = OK;
	if (record->type != RECORD_STATE ||
	        state_is_counts(record->payload, record->payload_size))
		return OK;
	if (config_read_text(&config, (const char *)record->payload,
	            record->payload_size, "STATE", &section, &told, NULL) == OK &&
	        is_asked(&told)) {
		snprintf(event.station, sizeof event.station, "%s", record->source);
		event.subject = strdup(told.subject);
		event.state = strdup(told.state);
		split(&event, told.text != NULL ? told.text : "");
		status = event.subject != NULL && event.state != NULL &&
		                         event.who != NULL && event.why != NULL &&
		                         event.details != NULL
		                 ? add(events, &event)
		                 : FAILED;
		if (status != OK)
			event_free(&event);
	}
	config_free(config);
	return status;
}

/* ---- the table ---- */

static const struct table_column columns[] = {
	{ .name = "time" },
	{ .name = "station" },
	{ .name = "subject", .title = "WHAT" },
	{ .name = "state", .title = "RESULT" },
	{ .name = "who" },
	{ .name = "reason" },
	{ .name = "details" },
	{ 0 },
};

static const char *const headings_vi[] = { "THỜI GIAN", "TRẠM", "ĐỐI TƯỢNG", "KẾT QUẢ",
	"AI", "LÝ DO", "CHI TIẾT" };

/* The record speaks English; people read these in Vietnamese. */
static const char *const words[][2] = {
	{ "maintenance", "bảo trì" },
	{ "input", "tiếp điểm" },
	{ "cabinet", "tủ" },
	{ "sampler", "thiết bị lấy mẫu" },
	{ "probe", "dò đường dây" },
	{ "setting", "thông số" },
	{ "instrument", "thiết bị" },
	{ "on", "bật" },
	{ "off", "tắt" },
	{ "unknown", "không rõ" },
	{ "open", "mở" },
	{ "closed", "đóng" },
	{ "ok", "tốt" },
	{ "alarm", "báo động" },
	{ "ready", "sẵn sàng" },
	{ "not ready", "chưa sẵn sàng" },
	{ "armed", "đã đặt chế độ lấy mẫu" },
	{ "not armed", "chưa đặt chế độ lấy mẫu" },
	{ "renewed", "gia hạn" },
	{ "ended", "tự kết thúc" },
	{ "command ordered", "ra lệnh" },
	{ "command done", "đã thực hiện" },
	{ "command refused", "thiết bị từ chối" },
	{ "command unknown", "không rõ đã thực hiện chưa" },
	{ "command not sent", "không gửi đi" },
	{ "settings changed", "đã thay đổi" },
	{ "boot", "máy khởi động" },
	{ "login", "đăng nhập" },
	{ "logout", "đăng xuất" },
	{ "usb in", "cắm USB" },
	{ "usb out", "rút USB" },
	{ "tty in", "có thêm cổng" },
	{ "tty out", "mất cổng" },
	{ "begun", "bắt đầu" },
	{ "emptied", "đã thay chai rỗng" },
	{ "bottle", "lấy một chai" },
	{ "doubtful", "không chắc đã lấy được chai" },
	{ "full", "hết chai" },
	{ "enough", "đủ số chai trong ngày" },
	{ "too soon", "chưa đủ thời gian từ chai trước" },
	{ "long", "quá lâu" },
	{ "not watched", "không theo dõi được" },
	{ "many", "quá nhiều, chỉ ghi một phần" },
	{ "failed", "không thực hiện được" },
};

static const char *vietnamese(const char *text, size_t n)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strlen(words[i][0]) == n && strncmp(text, words[i][0], n) == 0)
			return words[i][1];
	return NULL;
}

/* "maintenance cod" is "bảo trì cod", "maintenance by key" is "bảo trì bằng khóa key". */
static const char *subject_vi(const char *subject, char out[160])
{
	size_t n = strcspn(subject, " ");
	const char *word = vietnamese(subject, n), *rest = subject + n;
	static const char *const whose[][2] = { { " all instruments", " mọi thiết bị" },
		{ " of ", " trong ngày của " }, { " by ", " bằng khóa " } };
	const char *between = "";
	for (size_t i = 0; i < sizeof whose / sizeof whose[0] && *between == '\0'; i++)
		if (begins(rest, whose[i][0])) {
			between = whose[i][1];
			rest += strlen(whose[i][0]);
		}
	snprintf(out, 160, "%.*s%s%s", word != NULL ? 60 : (int)n,
	        word != NULL ? word : subject, between, rest);
	return out;
}

static int by_time(const void *a, const void *b)
{
	const struct event *one = a, *other = b;
	if (one->time_us != other->time_us)
		return one->time_us < other->time_us ? -1 : 1;
	return one->number < other->number ? -1 : 1;
}

static void row(struct table *table, const struct event *event, bool vi)
{
	char subject[160], details[1200];
	const char *state = vi ? vietnamese(event->state, strlen(event->state)) : NULL;
	table_time(table, event->time_us / 1000000 * 1000000);
	table_text(table, event->station);
	table_text(table, vi ? subject_vi(event->subject, subject) : event->subject);
	table_text(table, state != NULL ? state : event->state);
	table_text(table, event->who);
	table_text(table, event->why);
	if (vi)
		translate(NULL, event->details, details, sizeof details);
	table_text(table, vi ? details : event->details);
	table_row(table);
}

int events_print(struct events *events, const struct common *common, int offset_min)
{
	struct table_column shown[sizeof columns / sizeof columns[0]];
	bool vi = common_vietnamese(common) && common->format == TABLE_TEXT;
	if (events->n > 1)
		qsort(events->event, events->n, sizeof events->event[0], by_time);
	status_headings(columns, headings_vi, vi, shown);
	struct table *table =
	        table_new(stdout, (enum table_format)common->format, shown, offset_min);
	for (size_t i = 0; table != NULL && i < events->n; i++)
		row(table, &events->event[i], vi);
	return table != NULL ? table_end(table) : FAILED;
}
