/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Below the values: maintenance, contacts, what was sent, and what none of this is. */
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/watch.h"
#include "sensors/inputs.h"

/* A line that grows, and stops at its end. */
struct row_text {
	char text[400];
	size_t n;
};

static void add(struct row_text *line, const char *before, const char *text)
{
	int n = snprintf(line->text + line->n, sizeof line->text - line->n, "%s%s",
	        line->n > 0 ? before : "", text);
	if (n > 0)
		line->n += (size_t)n;
	if (line->n >= sizeof line->text)
		line->n = sizeof line->text - 1;
}

static bool is_held(const struct live_state *told)
{
	return strncmp(told->subject, "maintenance ", 12) == 0 &&
	       (strcmp(told->state, "on") == 0 || strcmp(told->state, "renewed") == 0);
}

/* The name people gave to an input, else its kind. */
static const char *name_of(const struct watch *watch, const char *id)
{
	static const struct word kinds[] = {
		[INPUT_MAINTENANCE] = { "Khóa bảo trì", "Maintenance key" },
		[INPUT_DOOR] = { "Cửa tủ", "Door" },
		[INPUT_MAINS] = { "Điện lưới", "Mains" },
		[INPUT_UPS] = { "Bộ lưu điện", "UPS" },
		[INPUT_SAMPLER_READY] = { "Thiết bị lấy mẫu", "Sampler" },
		[INPUT_OTHER] = { "Tiếp điểm", "Contact" },
	};
	const struct station *station = watch->station;
	for (size_t i = 0; station != NULL && i < station->cabinet.n_inputs; i++) {
		const struct input_setting *input = &station->cabinet.input[i];
		if (strcmp(input->id, id) != 0)
			continue;
		if (input->name[0] != '\0')
			return input->name;
		return watch->vietnamese ? kinds[input->kind].vi
		                         : kinds[input->kind].en;
	}
	return id;
}

/* Whom, or by which key: what stands behind "maintenance ". */
static const char *whom(const struct watch *watch, const char *subject)
{
	if (strcmp(subject, "all instruments") == 0)
		return watch->vietnamese ? "tất cả thiết bị" : "all instruments";
	return strncmp(subject, "by ", 3) == 0 ? name_of(watch, subject + 3) : subject;
}

/* Its text ends with the time at which it ends by itself. */
static void add_until(
        struct row_text *line, const struct watch *watch, const char *text)
{
	char until[48];
	int64_t time_us;
	const char *at = strrchr(text, ' ');
	if (at == NULL || time_parse(at + 1, watch->offset_min, &time_us) != OK)
		return;
	struct civil end = civil_from_us(time_us, watch->offset_min);
	snprintf(until, sizeof until,
	        watch->vietnamese ? "(đến %02d:%02d)" : "(until %02d:%02d)", end.hour,
	        end.minute);
	add(line, " ", until);
}

static void draw_maintenance(struct screen *screen, const struct watch *watch, int row)
{
	struct row_text line = { .n = 0 };
	int style = STYLE_CYAN | STYLE_REVERSE;
	for (size_t i = 0; i < watch->view->n_states; i++) {
		const struct live_state *told = &watch->view->told[i];
		if (!is_held(told))
			continue;
		add(&line, "; ", whom(watch, told->subject + 12));
		add_until(&line, watch, told->text);
	}
	if (line.n == 0)
		return;
	screen_fill(screen, (struct place){ row, 0, screen->cols }, style);
	int n = screen_put(screen, (struct place){ row, 1, 0 }, style | STYLE_BOLD,
	        watch->vietnamese ? "BẢO TRÌ: " : "MAINTENANCE: ");
	screen_put(screen, (struct place){ row, 1 + n, 0 }, style, line.text);
}

static void draw_inputs(struct screen *screen, const struct watch *watch, int row)
{
	struct row_text line = { .n = 0 };
	for (size_t i = 0; i < watch->view->n_states; i++) {
		const struct live_state *told = &watch->view->told[i];
		if (strncmp(told->subject, "input ", 6) != 0)
			continue;
		const struct word *word = watch_input(told->state);
		add(&line, "   ", name_of(watch, told->subject + 6));
		add(&line, ": ", watch->vietnamese ? word->vi : word->en);
	}
	screen_put(screen, (struct place){ row, 1, 0 }, STYLE_PLAIN, line.text);
}

/* What went to the collector, and when it last took something. */
static void draw_sent(struct screen *screen, const struct watch *watch, int row)
{
	char text[200], age[32], waiting[64];
	const struct live_view *view = watch->view;
	bool vi = watch->vietnamese, open = strcmp(view->link, "open") == 0;
	if (strcmp(view->link, "none") == 0) {
		screen_put(screen, (struct place){ row, 1, 0 }, STYLE_PLAIN,
		        vi ? "Không gửi đi đâu: không có máy chủ nhận trong cấu hình"
		           : "Nothing is sent: no collector in the configuration");
		return;
	}
	snprintf(waiting, sizeof waiting,
	        vi ? "%lld bản ghi chờ gửi" : "%lld records wait",
	        (long long)view->waiting);
	if (view->acked_us != 0) {
		struct civil at = civil_from_us(view->acked_us, watch->offset_min);
		int64_t age_us = view->written_us - view->acked_us +
		                 watch->now.mono_us - view->mono_us;
		watch_age(age_us > 0 ? age_us : 0, vi, age);
		snprintf(text, sizeof text,
		        vi ? "Gửi lần cuối %02d:%02d:%02d (%s trước); %s%s"
		           : "Last sent %02d:%02d:%02d (%s ago); %s%s",
		        at.hour, at.minute, at.second, age, waiting,
		        open ? ""
		        : vi ? "; mất kết nối máy chủ"
		             : "; not connected");
	} else {
		snprintf(text, sizeof text,
		        vi ? "Chưa gửi được từ khi khởi động; %s"
		           : "Nothing sent since the start; %s",
		        waiting);
	}
	screen_put(screen, (struct place){ row, 1, 0 },
	        open ? STYLE_PLAIN : STYLE_YELLOW | STYLE_BOLD, text);
}

/* A view that grows old is told before it is refused. */
static bool draw_age(struct screen *screen, const struct watch *watch, int row)
{
	char text[120], age[32];
	int64_t age_us = watch->now.mono_us - watch->view->mono_us;
	if (age_us < WATCH_OLD_US)
		return false;
	watch_age(age_us, watch->vietnamese, age);
	snprintf(text, sizeof text,
	        watch->vietnamese ? "SỐ LIỆU CŨ %s: quantrac-sensord không ghi thêm"
	                          : "DATA ARE %s OLD: quantrac-sensord writes no more",
	        age);
	screen_put(screen, (struct place){ row, 1, 0 },
	        STYLE_RED | STYLE_BOLD | STYLE_REVERSE, text);
	return true;
}

void watch_foot(struct screen *screen, const struct watch *watch)
{
	int row = screen->rows - WATCH_FOOT;
	bool memory = strcmp(watch->view->journal, "memory") == 0;
	draw_maintenance(screen, watch, row);
	draw_inputs(screen, watch, row + 1);
	draw_sent(screen, watch, row + 2);
	if (draw_age(screen, watch, row + 3))
		return;
	if (memory)
		screen_put(screen, (struct place){ row + 3, 1, 0 },
		        STYLE_RED | STYLE_BOLD,
		        watch->vietnamese
		                ? "KHÔNG GHI ĐƯỢC VÀO ĐĨA: số liệu chỉ ở trong bộ nhớ"
		                : "THE DISK CANNOT BE WRITTEN: data are in memory "
		                  "only");
	else
		screen_put(screen, (struct place){ row + 3, 1, 0 }, STYLE_DIM,
		        watch->vietnamese
		                ? "Giá trị tức thời, chưa phải là kết quả đánh giá."
		                : "Momentary values, not assessment results.");
}
