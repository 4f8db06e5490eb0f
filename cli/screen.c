/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/screen.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

struct screen *screen_new(int rows, int cols, bool colour)
{
	struct screen *screen = calloc(1, sizeof *screen);
	if (screen == NULL)
		return NULL;
	size_t n = (size_t)rows * (size_t)cols;
	screen->rows = rows;
	screen->cols = cols;
	screen->colour = colour;
	screen->stale = true;
	screen->cell = calloc(n, sizeof *screen->cell);
	screen->shown = calloc(n, sizeof *screen->shown);
	if (screen->cell != NULL && screen->shown != NULL) {
		screen_clear(screen);
		return screen;
	}
	screen_free(screen);
	return NULL;
}

void screen_free(struct screen *screen)
{
	if (screen == NULL)
		return;
	free(screen->cell);
	free(screen->shown);
	free(screen);
}

static struct cell *cell_at(const struct screen *screen, int row, int col)
{
	return &screen->cell[row * screen->cols + col];
}

/* Columns that a place has. */
static int room_at(const struct screen *screen, const struct place *place)
{
	if (place->row < 0 || place->row >= screen->rows || place->col < 0)
		return 0;
	int room = screen->cols - place->col;
	return place->most > 0 && place->most < room ? place->most : room;
}

void screen_fill(struct screen *screen, struct place place, int style)
{
	for (int i = 0; i < room_at(screen, &place); i++)
		*cell_at(screen, place.row, place.col + i) =
		        (struct cell){ .text = " ", .style = (uint8_t)style };
}

void screen_clear(struct screen *screen)
{
	for (int row = 0; row < screen->rows; row++)
		screen_fill(screen, (struct place){ .row = row }, STYLE_PLAIN);
}

/* Controls, and marks that turn the order of what follows, are obeyed by a terminal and shown by none. */
static bool is_obeyed(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

/* The next character: its bytes in `out`, its columns (0 of a mark); what is none, a control, or wide, is a
 * question mark. */
static int next_character(const char **text, char out[5])
{
	uint32_t code;
	size_t n = utf8_next(*text, strlen(*text), &code);
	if (n == 0 || is_obeyed(code) || utf8_width(code) > 1) {
		*text += n == 0 ? 1 : n;
		strcpy(out, "?");
		return 1;
	}
	memcpy(out, *text, n);
	out[n] = '\0';
	*text += n;
	return utf8_width(code);
}

/* "SO2" where a font has no subscripts (U+2080 to U+2089, U+2093). */
static void fold(char one[5])
{
	if (strncmp(one, "\xe2\x82", 2) != 0)
		return;
	unsigned char last = (unsigned char)one[2];
	if (last <= 0x89 || last == 0x93) {
		one[0] = last == 0x93 ? 'x' : (char)('0' + (last - 0x80));
		one[1] = '\0';
	}
}

int screen_width(const char *text)
{
	char one[5];
	int width = 0;
	while (*text != '\0')
		width += next_character(&text, one);
	return width;
}

/* A mark goes to the character before it. */
static void add_mark(struct cell *cell, const char *mark)
{
	if (strlen(cell->text) + strlen(mark) < sizeof cell->text)
		strcat(cell->text, mark);
}

int screen_put(struct screen *screen, struct place place, int style, const char *text)
{
	char one[5];
	int used = 0, room = room_at(screen, &place);
	while (*text != '\0') {
		int width = next_character(&text, one);
		if (width == 0 && used > 0)
			add_mark(cell_at(screen, place.row, place.col + used - 1), one);
		if (width == 0)
			continue;
		if (used == room)
			break;
		struct cell *cell = cell_at(screen, place.row, place.col + used);
		if (screen->plain)
			fold(one);
		cell->style = (uint8_t)style;
		snprintf(cell->text, sizeof cell->text, "%s", one);
		used++;
	}
	return used;
}

void screen_put_right(
        struct screen *screen, struct place place, int style, const char *text)
{
	int width = screen_width(text);
	place.col = width < place.col ? place.col - width : 0;
	screen_put(screen, place, style, text);
}

/* ---- writing ---- */

static bool same(const struct cell *a, const struct cell *b)
{
	return a->style == b->style && strcmp(a->text, b->text) == 0;
}

static size_t write_style(const struct screen *screen, uint8_t style, FILE *out)
{
	int colour = (style & STYLE_COLOUR) >> 3;
	int n = fprintf(out, "\033[0%s%s%s", style & STYLE_BOLD ? ";1" : "",
	        style & STYLE_DIM ? ";2" : "", style & STYLE_REVERSE ? ";7" : "");
	if (colour != 0 && screen->colour)
		n += fprintf(out, ";3%d", colour);
	n += fprintf(out, "m");
	return n > 0 ? (size_t)n : 0;
}

static size_t write_row(struct screen *screen, int row, FILE *out)
{
	size_t n = 0;
	int at = -1, style = -1; /* where the cursor is, and how it writes */
	for (int col = 0; col < screen->cols; col++) {
		struct cell *cell = cell_at(screen, row, col);
		struct cell *shown = &screen->shown[row * screen->cols + col];
		if (!screen->stale && same(cell, shown))
			continue;
		if (at != col)
			n += (size_t)fprintf(out, "\033[%d;%dH", row + 1, col + 1);
		if (style != cell->style)
			n += write_style(screen, cell->style, out);
		style = cell->style;
		n += (size_t)fprintf(out, "%s", cell->text);
		at = col + 1;
	}
	if (style > 0)
		n += (size_t)fprintf(out, "\033[0m");
	return n;
}

size_t screen_write(struct screen *screen, FILE *out)
{
	size_t n = 0;
	for (int row = 0; row < screen->rows; row++)
		n += write_row(screen, row, out);
	memcpy(screen->shown, screen->cell,
	        (size_t)screen->rows * (size_t)screen->cols * sizeof *screen->cell);
	screen->stale = false;
	return n;
}

void screen_print(const struct screen *screen, FILE *out)
{
	for (int row = 0; row < screen->rows; row++) {
		int end = screen->cols;
		while (end > 0 && strcmp(cell_at(screen, row, end - 1)->text, " ") == 0)
			end--;
		for (int col = 0; col < end; col++)
			fputs(cell_at(screen, row, col)->text, out);
		fputc('\n', out);
	}
}
