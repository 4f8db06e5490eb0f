/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture when there is nothing current to show: that, why, and the cure. */
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/translate.h"
#include "cli/watch.h"

#define TOP 2 /* lines of the header */

/* Bytes of a text that fill a line of so many columns and end with a word; all of a word that is longer
 * than a line. */
static size_t line_of(const char *text, int cols, char *out, size_t room)
{
	size_t kept = 0;
	for (size_t n = 0; text[n] != '\0';) {
		n += strspn(text + n, " ");
		n += strcspn(text + n, " ");
		if (n >= room)
			break;
		snprintf(out, room, "%.*s", (int)n, text);
		if (kept > 0 && screen_width(out) > cols)
			break;
		kept = n;
	}
	if (kept == 0)
		kept = strlen(text);
	snprintf(out, room, "%.*s", (int)kept, text);
	return kept;
}

/* On the last lines of the screen, as many as it takes below `least`. */
static void put_wrapped(struct screen *screen, int least, const char *text)
{
	char line[512];
	int lines = 0, cols = screen->cols - 3;
	for (const char *at = text; *at != '\0'; lines++) {
		at += line_of(at, cols, line, sizeof line);
		at += strspn(at, " ");
	}
	int row = screen->rows - lines > least ? screen->rows - lines : least;
	for (const char *at = text; *at != '\0' && row < screen->rows; row++) {
		at += line_of(at, cols, line, sizeof line);
		at += strspn(at, " ");
		screen_put(screen, (struct place){ row, 2, 0 }, STYLE_DIM, line);
	}
}

/* Whoever found it speaks English. */
static void put_problem(struct screen *screen, const struct watch *watch, int least)
{
	char text[2048];
	if (watch->vietnamese)
		translate(NULL, watch->problem, text, sizeof text);
	put_wrapped(screen, least, watch->vietnamese ? text : watch->problem);
}

static void put_title(struct screen *screen, const struct watch *watch, int row)
{
	static const struct word title = { "KHÔNG CÓ SỐ LIỆU HIỆN TẠI",
		"NO CURRENT DATA" };
	const int red = STYLE_RED | STYLE_BOLD | STYLE_REVERSE;
	char text[256];
	watch_both(watch, &title, text, sizeof text);
	for (int i = row - 1; i <= row + 1; i++)
		screen_fill(screen, (struct place){ i, 0, screen->cols }, red);
	screen_put(screen, (struct place){ row, 2, 0 }, red, text);
}

void watch_nothing(struct screen *screen, const struct watch *watch)
{
	static const struct word why = {
		"Chương trình quantrac-sensord không chạy, hoặc đã ngừng ghi số liệu.",
		"quantrac-sensord is not running, or has stopped writing."
	};
	static const struct word bad = { "Không đọc được cấu hình của tủ.",
		"The configuration of the cabinet cannot be read." };
	static const struct word start = {
		"Để chạy lại: sudo systemctl start quantrac-sensord",
		"To start it: sudo systemctl start quantrac-sensord"
	};
	static const struct word check = { "Xem lỗi: quantrac config check",
		"What is wrong tells: quantrac config check" };
	static const struct word last = { "Số liệu cuối cùng lúc", "Last data at" };
	char text[256], time[TIME_TEXT];
	int row = screen->rows / 3 > TOP ? screen->rows / 3 : TOP + 1;
	put_title(screen, watch, row);
	const struct word *reason = watch->station == NULL ? &bad : &why;
	screen_put(screen, (struct place){ row + 3, 2, 0 }, STYLE_BOLD,
	        watch->vietnamese ? reason->vi : reason->en);
	if (watch->both)
		screen_put(screen, (struct place){ row + 4, 2, 0 }, STYLE_PLAIN,
		        watch->vietnamese ? reason->en : reason->vi);
	const struct word *cure = watch->station == NULL ? &check : &start;
	screen_put(screen, (struct place){ row + 5, 2, 0 }, STYLE_PLAIN,
	        watch->vietnamese ? cure->vi : cure->en);
	if (watch->last_us != 0) {
		snprintf(text, sizeof text, "%s %s",
		        watch->vietnamese ? last.vi : last.en,
		        time_print(watch->last_us - watch->last_us % US_PER_S,
		                watch->offset_min, time));
		screen_put(screen, (struct place){ row + 7, 2, 0 }, STYLE_BOLD, text);
	}
	if (watch->problem != NULL)
		put_problem(screen, watch, row + 8);
}
