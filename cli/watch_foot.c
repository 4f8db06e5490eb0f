/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Below the values: maintenance, contacts, the sampler, what was sent, and what none of this is. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/contacts.h"
#include "cli/watch.h"
#include "sensors/station/inputs.h"

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

static void add_until(
        struct row_text *line, const struct watch *watch, int64_t until_us)
{
	char until[48];
	struct civil end = civil_from_us(until_us, watch->offset_min);
	snprintf(until, sizeof until,
	        watch->vietnamese ? "(đến %02d:%02d)" : "(until %02d:%02d)", end.hour,
	        end.minute);
	add(line, " ", until);
}

static void draw_maintenance(struct screen *screen, const struct watch *watch, int row)
{
	struct row_text line = { .n = 0 };
	int style = STYLE_CYAN | STYLE_REVERSE;
	for (size_t i = 0; i < watch->view->n_maintenance; i++) {
		const struct live_maintenance *one = &watch->view->maintenance[i];
		add(&line, "; ",
		        contact_holder(one, watch->station, watch->vietnamese));
		add_until(&line, watch, one->until_us);
	}
	if (line.n == 0)
		return;
	screen_fill(screen, (struct place){ row, 0, screen->cols }, style);
	int n = screen_put(screen, (struct place){ row, 1, 0 }, style | STYLE_BOLD,
	        watch->vietnamese ? "BẢO TRÌ: " : "MAINTENANCE: ");
	screen_put(screen, (struct place){ row, 1 + n, 0 }, style, line.text);
}

/* ---- contacts ---- */

#define COUNT_WIDTH 6 /* "   +12" */

/* Rows that are filled from the left; what does not fit in the last one is counted. */
struct flow {
	struct screen *screen; /* NULL: only counted */
	int row, most, cols;   /* the first; so many at most */
	int at, used;          /* row being filled, columns used of it */
	size_t left, hidden;   /* items to come; items there was no room for */
};

static void flow_put(struct flow *flow, const char *text, int style)
{
	int width = screen_width(text) + (flow->used > 0 ? 3 : 1);
	bool last = flow->at + 1 >= flow->most;
	flow->left--;
	int most = flow->cols - (last && flow->left > 0 ? COUNT_WIDTH : 0);
	if (flow->hidden > 0 || (last && flow->used > 0 && flow->used + width > most)) {
		flow->hidden++;
		return;
	}
	if (flow->used > 0 && flow->used + width > most) {
		flow->at++;
		flow->used = 0;
		width -= 2;
	}
	int before = flow->used > 0 ? 3 : 1;
	if (flow->screen != NULL)
		screen_put(flow->screen,
		        (struct place){ flow->row + flow->at, flow->used + before, 0 },
		        style, text);
	flow->used += width;
}

static int kind_of(const struct watch *watch, const char *id)
{
	const struct station *station = watch->station;
	for (size_t i = 0; station != NULL && i < station->cabinet.n_inputs; i++)
		if (strcmp(station->cabinet.input[i].id, id) == 0)
			return station->cabinet.input[i].kind;
	return INPUT_OTHER;
}

/* What somebody should look at comes first. */
static bool is_abnormal(const struct watch *watch, const struct live_state *told)
{
	static const char *const always[] = { "unknown", "alarm", "open", "not ready" };
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
		if (strcmp(told->state, always[i]) == 0)
			return true;
	int kind = kind_of(watch, told->subject + 6);
	return (kind == INPUT_MAINS && strcmp(told->state, "off") == 0) ||
	       (kind == INPUT_MAINTENANCE && strcmp(told->state, "on") == 0);
}

/* Rows used, one at least. */
static int flow_inputs(struct flow *flow, const struct watch *watch)
{
	for (size_t i = 0; i < watch->view->n_states; i++)
		flow->left += contact_is_input(&watch->view->told[i]);
	for (int abnormal = 1; abnormal >= 0; abnormal--)
		for (size_t i = 0; i < watch->view->n_states; i++) {
			const struct live_state *told = &watch->view->told[i];
			struct row_text item = { .n = 0 };
			if (!contact_is_input(told) ||
			        is_abnormal(watch, told) != abnormal)
				continue;
			const struct word *word = watch_input(told->state);
			add(&item, "",
			        contact_name(watch->station, told->subject + 6,
			                watch->vietnamese));
			add(&item, ": ", watch->vietnamese ? word->vi : word->en);
			flow_put(flow, item.text,
			        abnormal ? STYLE_YELLOW | STYLE_BOLD : STYLE_PLAIN);
		}
	if (flow->hidden > 0 && flow->screen != NULL) {
		char rest[24];
		snprintf(rest, sizeof rest, "+%zu", flow->hidden);
		screen_put(flow->screen,
		        (struct place){ flow->row + flow->at, flow->used + 3, 0 },
		        STYLE_BOLD, rest);
	}
	return flow->at + 1;
}

/* A small screen is for the values: contacts have an eighth of it. */
static int inputs_most(const struct watch *watch, int rows)
{
	return watch->whole ? INT_MAX : rows < 16 ? 1 : rows / 8;
}

/* ---- the sampler ---- */

/* "00:54", with the day where it is not today. */
static void moment_of(const struct watch *watch, int64_t time_us, char out[32])
{
	struct civil at = civil_from_us(time_us, watch->offset_min);
	struct civil now = civil_from_us(watch->now.time_us, watch->offset_min);
	if (at.day == now.day && at.month == now.month && at.year == now.year)
		snprintf(out, 32, "%02d:%02d", at.hour, at.minute);
	else
		snprintf(out, 32,
		        watch->vietnamese ? "%02d:%02d %d/%d" : "%02d:%02d %d/%d",
		        at.hour, at.minute, watch->vietnamese ? at.day : at.month,
		        watch->vietnamese ? at.month : at.day);
}

static int draw_sampler(struct screen *screen, const struct watch *watch, int row)
{
	static const int styles[] = { [TONE_OVER] = STYLE_RED | STYLE_BOLD,
		[TONE_BAD] = STYLE_YELLOW | STYLE_BOLD };
	const struct live_state *told = sampler_told(watch->view);
	struct row_text line = { .n = 0 };
	char part[64];
	const struct live_sampler *bottles = watch->view->sampler;
	enum tone tone;
	if (told == NULL)
		return 0;
	const struct word *word = watch_sampler(told->state, &tone);
	add(&line, "", watch->vietnamese ? "Lấy mẫu tự động" : "Automatic sampler");
	if (watch->view->n_samplers > 0) {
		snprintf(part, sizeof part,
		        watch->vietnamese ? "%lld/%lld chai" : "%lld/%lld bottles",
		        (long long)bottles->used, (long long)bottles->bottles);
		add(&line, ": ", part);
	}
	add(&line, strchr(line.text, ':') != NULL ? ", " : ": ",
	        watch->vietnamese ? word->vi : word->en);
	if (watch_sampler_happened(told->state)) {
		moment_of(watch, told->time_us, part);
		add(&line, " ", part);
	}
	screen_put(screen, (struct place){ row, 1, 0 },
	        tone == TONE_OVER || tone == TONE_BAD ? styles[tone] : STYLE_PLAIN,
	        line.text);
	return 1;
}

/* ---- the collector ---- */

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

int watch_foot_lines(const struct watch *watch, int rows, int cols)
{
	struct flow flow = { .most = inputs_most(watch, rows), .cols = cols };
	return 3 + flow_inputs(&flow, watch) + (sampler_told(watch->view) != NULL);
}

void watch_foot(struct screen *screen, const struct watch *watch)
{
	int row = screen->rows - watch_foot_lines(watch, screen->rows, screen->cols);
	bool memory = strcmp(watch->view->journal, "memory") == 0;
	struct flow flow = { .screen = screen,
		.row = row + 1,
		.most = inputs_most(watch, screen->rows),
		.cols = screen->cols };
	draw_maintenance(screen, watch, row++);
	row += flow_inputs(&flow, watch);
	row += draw_sampler(screen, watch, row);
	draw_sent(screen, watch, row++);
	if (draw_age(screen, watch, row))
		return;
	if (memory)
		screen_put(screen, (struct place){ row, 1, 0 }, STYLE_RED | STYLE_BOLD,
		        watch->vietnamese
		                ? "KHÔNG GHI ĐƯỢC VÀO ĐĨA: số liệu chỉ ở trong bộ nhớ"
		                : "THE DISK CANNOT BE WRITTEN: data are in memory "
		                  "only");
	else
		screen_put(screen, (struct place){ row, 1, 0 }, STYLE_DIM,
		        watch->vietnamese
		                ? "Giá trị tức thời, chưa phải là kết quả đánh giá."
		                : "Momentary values, not assessment results.");
}
