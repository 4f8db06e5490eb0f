/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The picture: header, channels, foot.  As large as all of them fit at once: big digits, else medium ones,
 * else a table; a table that does not fit has pages.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/describe.h"
#include "base/legal_time.h"
#include "cli/watch.h"

#define TOP    2  /* lines of the header */
#define DETAIL 30 /* columns beside the digits */
#define NARROW 56 /* a band has at least so many columns */
#define DIGITS 12 /* what stands beside short numbers stands alike */

/* How channels are laid out: lines of each, side by side. */
struct layout {
	int lines, across;
};
static const struct layout table = { 1, 1 };

void watch_both(
        const struct watch *watch, const struct word *word, char *out, size_t room)
{
	const char *first = watch->vietnamese ? word->vi : word->en;
	const char *second = watch->vietnamese ? word->en : word->vi;
	if (watch->both && strcmp(first, second) != 0)
		snprintf(out, room, "%s / %s", first, second);
	else
		snprintf(out, room, "%s", first);
}

/* ---- header ---- */

static void draw_header(struct screen *screen, const struct watch *watch)
{
	char name[160], date[TIME_TEXT], clock[64];
	const struct live_view *view = watch->view;
	const struct station *station = watch->station;
	struct civil now = civil_from_us(watch->now.time_us, watch->offset_min);
	snprintf(name, sizeof name, " %s",
	        view != NULL      ? view->name
	        : station != NULL ? station->name
	                          : "quantrac");
	snprintf(clock, sizeof clock, "%s  %02d:%02d:%02d ",
	        watch->vietnamese
	                ? date_print_vi(watch->now.time_us, watch->offset_min, date)
	                : date_print(watch->now.time_us, watch->offset_min, date),
	        now.hour, now.minute, now.second);
	screen_fill(screen, (struct place){ 0, 0, screen->cols }, STYLE_REVERSE);
	screen_put(screen, (struct place){ 0, 0, screen->cols - screen_width(clock) },
	        STYLE_REVERSE | STYLE_BOLD, name);
	screen_put_right(
	        screen, (struct place){ 0, screen->cols, 0 }, STYLE_REVERSE, clock);
	if (view != NULL ? view->simulated : station != NULL && station->simulation)
		screen_put(screen, (struct place){ 1, 1, 0 }, STYLE_YELLOW | STYLE_BOLD,
		        SIMULATED_TEXT);
}

/* ---- bands ---- */

/* What stands in the place of a number that is not there. */
static void no_value(const struct watch *watch, const struct shown_channel *shown,
        char *out, size_t room)
{
	char value[32], age[32];
	if (shown->age_us < 0) {
		snprintf(out, room, "–");
		return;
	}
	watch_number(shown->live->value, (int)shown->live->decimals, watch->vietnamese,
	        value);
	watch_age(shown->age_us, watch->vietnamese, age);
	snprintf(out, room,
	        watch->vietnamese ? "lần cuối %s (%s trước)" : "last %s (%s ago)",
	        value, age);
}

static void time_of(const struct watch *watch, const struct shown_channel *shown,
        char *out, size_t room)
{
	char age[32];
	out[0] = '\0';
	if (shown->value[0] == '\0')
		return;
	struct civil at = civil_from_us(shown->live->value_us, watch->offset_min);
	watch_age(shown->age_us, watch->vietnamese, age);
	snprintf(out, room,
	        watch->vietnamese ? "%02d:%02d:%02d (%s trước)"
	                          : "%02d:%02d:%02d (%s ago)",
	        at.hour, at.minute, at.second, age);
}

struct band {
	struct place place;
	int width;
	enum digit_size size;
};

/* Beside the digits. */
static void draw_detail(struct screen *screen, const struct watch *watch,
        const struct shown_channel *shown, const int at[3])
{
	char text[200];
	int row = at[0], col = at[1], most = at[2] - at[1];
	screen_put(screen, (struct place){ row, col, most }, STYLE_BOLD, shown->unit);
	snprintf(text, sizeof text, "%s %s  %s",
	        watch->vietnamese ? "giới hạn" : "limit", shown->limit, shown->source);
	if (shown->limit[0] != '\0')
		screen_put(screen, (struct place){ row + 1, col, most }, STYLE_PLAIN,
		        text);
	time_of(watch, shown, text, sizeof text);
	screen_put(screen, (struct place){ row + 2, col, most }, STYLE_DIM, text);
}

/* Label, state; digits, unit, limit, time. */
static void draw_band(struct screen *screen, const struct watch *watch,
        const struct shown_channel *shown, const struct band *band)
{
	int width = band->width;
	int row = band->place.row, col = band->place.col + 1;
	int end = band->place.col + width - 1;
	int style = watch_style(shown->tone);
	struct word label = { shown->label_vi, shown->label_en };
	char text[200];
	watch_both(watch, &shown->state, text, sizeof text);
	if (screen_width(text) > width / 2)
		snprintf(text, sizeof text, "%s",
		        watch->vietnamese ? shown->state.vi : shown->state.en);
	screen_put_right(screen, (struct place){ row, end, 0 }, style, text);
	int most = width - screen_width(text) - 3;
	watch_both(watch, &label, text, sizeof text);
	screen_put(screen, (struct place){ row, col, most }, STYLE_BOLD, text);
	if (shown->value[0] == '\0') {
		no_value(watch, shown, text, sizeof text);
		screen_put(
		        screen, (struct place){ row + 2, col, width - 2 }, style, text);
		return;
	}
	int used = screen_digits(screen, (struct place){ row + 1, col, 0 },
	        &(struct pen){ band->size, style }, shown->value);
	col += (used > DIGITS ? used : DIGITS) + 2;
	draw_detail(screen, watch, shown, (const int[]){ row + 1, col, end });
}

/* ---- table ---- */

enum { LABEL, VALUE, UNIT, LIMIT, TIME, STATE, COLUMNS };

static const struct word headings[COLUMNS] = {
	{ "Thông số", "Parameter" },
	{ "Giá trị", "Value" },
	{ "Đơn vị", "Unit" },
	{ "Giới hạn", "Limit" },
	{ "Thời gian", "Time" },
	{ "Trạng thái", "State" },
};

struct row_cells {
	const char *cell[COLUMNS];
	int style[COLUMNS];
};

/* Where columns begin, the value's where it ends; the first is the label's width.  The longest state is
 * whole at 80 columns; a narrow terminal has no room for limit and time: the state must be there. */
static const int *columns_of(const struct screen *screen)
{
	static const int wide[COLUMNS] = { 32, 43, 45, 54, 66, 76 };
	static const int middle[COLUMNS] = { 19, 29, 30, 39, 48, 58 };
	static const int narrow[COLUMNS] = { 12, 22, 24, 32, 32, 32 };
	return screen->cols >= 100 ? wide : screen->cols >= 76 ? middle : narrow;
}

static void draw_row(struct screen *screen, int row, const struct row_cells *cells)
{
	const int *at = columns_of(screen);
	for (int i = 0; i < COLUMNS; i++) {
		int most = i == LABEL   ? at[LABEL]
		           : i == STATE ? screen->cols - at[STATE]
		                        : at[i + 1] - at[i] - 1;
		if (i == VALUE)
			screen_put_right(screen, (struct place){ row, at[VALUE], 0 },
			        cells->style[i], cells->cell[i]);
		else if (most > 0)
			screen_put(screen,
			        (struct place){ row, i == LABEL ? 1 : at[i], most },
			        cells->style[i], cells->cell[i]);
	}
}

static void draw_headings(struct screen *screen, const struct watch *watch, int row)
{
	struct row_cells cells;
	for (int i = 0; i < COLUMNS; i++) {
		cells.cell[i] = watch->vietnamese ? headings[i].vi : headings[i].en;
		cells.style[i] = STYLE_BOLD;
	}
	draw_row(screen, row, &cells);
}

static void draw_line(struct screen *screen, const struct watch *watch, int row,
        const struct shown_channel *shown)
{
	char time[32] = "", state[128];
	int tone = watch_style(shown->tone);
	struct civil at = civil_from_us(shown->live->value_us, watch->offset_min);
	if (shown->age_us >= 0)
		snprintf(time, sizeof time, "%02d:%02d:%02d", at.hour, at.minute,
		        at.second);
	watch_both(watch, &shown->state, state, sizeof state);
	const struct row_cells cells = {
		{ watch->vietnamese ? shown->label_vi : shown->label_en,
		        shown->value[0] != '\0' ? shown->value : "–", shown->unit,
		        shown->limit, time, state },
		{ STYLE_PLAIN, tone | STYLE_BOLD, STYLE_PLAIN, STYLE_PLAIN, STYLE_PLAIN,
		        tone },
	};
	draw_row(screen, row, &cells);
}

/* ---- all of it ---- */

static size_t count(const struct live_view *view)
{
	size_t n = 0;
	for (size_t i = 0; i < view->n_channels; i++)
		n += watch_wanted(&view->channel[i]);
	return n;
}

int watch_lines(const struct watch *watch, int cols)
{
	return TOP + 1 + (int)count(watch->view) +
	       watch_foot_lines(watch, INT_MAX, cols);
}

static int foot_of(const struct screen *screen, const struct watch *watch)
{
	return watch_foot_lines(watch, screen->rows, screen->cols);
}

/* Columns of the longest number as digits. */
static int digits_width(const struct watch *watch, enum digit_size size)
{
	int most = 0;
	for (size_t i = 0; i < watch->view->n_channels; i++) {
		struct shown_channel shown;
		watch_channel(watch, &watch->view->channel[i], &shown);
		int width = screen_digits_width(size, shown.value);
		if (watch_wanted(&watch->view->channel[i]) && width > most)
			most = width;
	}
	return most;
}

/* The largest that shows all of them at once. */
static struct layout choose(
        const struct screen *screen, const struct watch *watch, int n)
{
	static const struct layout from_large[] = { { 7, 1 }, { 7, 2 }, { 4, 1 },
		{ 4, 2 } };
	int room = screen->rows - TOP - foot_of(screen, watch);
	for (size_t i = 0; watch->kiosk && i < 4; i++) {
		struct layout one = from_large[i];
		enum digit_size size = one.lines == 7 ? SIZE_BIG : SIZE_MEDIUM;
		int bands = (n + one.across - 1) / one.across;
		int width = screen->cols / one.across;
		if (bands * one.lines <= room && width >= NARROW &&
		        digits_width(watch, size) + DETAIL <= width)
			return one;
	}
	return table;
}

static int draw_channels(struct screen *screen, const struct watch *watch)
{
	int n = (int)count(watch->view);
	struct layout layout = choose(screen, watch, n);
	int top = TOP + (layout.lines == 1);
	int room = screen->rows - top - foot_of(screen, watch);
	int a_page = layout.lines == 1 ? (room > 0 ? room : 1) : n;
	int pages = n > 0 ? (n + a_page - 1) / a_page : 1;
	int first = watch->page % pages * a_page, number = 0;
	if (layout.lines == 1)
		draw_headings(screen, watch, TOP);
	for (size_t i = 0; i < watch->view->n_channels; i++) {
		struct shown_channel shown;
		if (!watch_wanted(&watch->view->channel[i]))
			continue;
		int k = number++ - first;
		if (k < 0 || k >= a_page)
			continue;
		struct place place = { .row = top + k / layout.across * layout.lines,
			.col = k % layout.across * (screen->cols / layout.across) };
		watch_channel(watch, &watch->view->channel[i], &shown);
		if (layout.lines == 1)
			draw_line(screen, watch, place.row, &shown);
		else
			draw_band(screen, watch, &shown,
			        &(struct band){ place, screen->cols / layout.across,
			                layout.lines == 7 ? SIZE_BIG : SIZE_MEDIUM });
	}
	return pages;
}

int watch_draw(struct screen *screen, const struct watch *watch)
{
	int pages = 1;
	screen_clear(screen);
	draw_header(screen, watch);
	if (watch->view == NULL) {
		watch_nothing(screen, watch);
		return 1;
	}
	pages = draw_channels(screen, watch);
	watch_foot(screen, watch);
	return pages;
}
