/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that are read from the other side of a room. */
#include "cli/screen.h"

enum { DOTS_HIGH = 5, LINES_HIGH = 3 };

/* Rows of dots from above, the leftmost dot is the highest bit of `width`; and the same drawn with lines. */
// clang-format off
static const struct glyph {
	char letter;
	int width;
	uint8_t row[DOTS_HIGH];
	const char *line[LINES_HIGH];
} glyphs[] = {
	{ '0', 3, { 7, 5, 5, 5, 7 }, { " _ ", "| |", "|_|" } },
	{ '1', 3, { 2, 6, 2, 2, 7 }, { "   ", "  |", "  |" } },
	{ '2', 3, { 7, 1, 7, 4, 7 }, { " _ ", " _|", "|_ " } },
	{ '3', 3, { 7, 1, 3, 1, 7 }, { " _ ", " _|", " _|" } },
	{ '4', 3, { 5, 5, 7, 1, 1 }, { "   ", "|_|", "  |" } },
	{ '5', 3, { 7, 4, 7, 1, 7 }, { " _ ", "|_ ", " _|" } },
	{ '6', 3, { 7, 4, 7, 5, 7 }, { " _ ", "|_ ", "|_|" } },
	{ '7', 3, { 7, 1, 1, 2, 2 }, { " _ ", "  |", "  |" } },
	{ '8', 3, { 7, 5, 7, 5, 7 }, { " _ ", "|_|", "|_|" } },
	{ '9', 3, { 7, 5, 7, 1, 7 }, { " _ ", "|_|", " _|" } },
	{ '-', 2, { 0, 0, 3, 0, 0 }, { "  ", "__", "  " } },
	{ '.', 1, { 0, 0, 0, 0, 1 }, { " ", " ", "." } },
	{ ',', 1, { 0, 0, 0, 1, 1 }, { " ", " ", "," } },
};
// clang-format on

static const struct glyph *glyph_of(char letter)
{
	for (size_t i = 0; i < sizeof glyphs / sizeof glyphs[0]; i++)
		if (glyphs[i].letter == letter)
			return &glyphs[i];
	return NULL;
}

static int dot_width(enum digit_size size)
{
	return size == SIZE_BIG ? 2 : 1;
}

int screen_digits_width(enum digit_size size, const char *digits)
{
	int width = 0;
	for (; *digits != '\0'; digits++) {
		const struct glyph *glyph = glyph_of(*digits);
		width += glyph != NULL ? (glyph->width + 1) * dot_width(size) : 0;
	}
	return width;
}

static bool is_dot(const struct glyph *glyph, int row, int i)
{
	return row < DOTS_HIGH && (glyph->row[row] >> (glyph->width - 1 - i) & 1) != 0;
}

static void put_big(
        struct screen *screen, struct place at, int style, const struct glyph *glyph)
{
	for (int row = 0; row < DOTS_HIGH; row++)
		for (int i = 0; i < glyph->width; i++)
			if (is_dot(glyph, row, i))
				screen_fill(screen,
				        (struct place){
				                at.row + row, at.col + 2 * i, 2 },
				        style | STYLE_REVERSE);
}

/* Of lines that every font has: the console's for Vietnamese has no half blocks. */
static void put_medium(
        struct screen *screen, struct place at, int style, const struct glyph *glyph)
{
	for (int row = 0; row < LINES_HIGH; row++)
		screen_put(screen, (struct place){ at.row + row, at.col, 0 }, style,
		        glyph->line[row]);
}

int screen_digits(struct screen *screen, struct place place, const struct pen *pen,
        const char *digits)
{
	int begin = place.col;
	for (; *digits != '\0'; digits++) {
		const struct glyph *glyph = glyph_of(*digits);
		if (glyph == NULL)
			continue;
		if (pen->size == SIZE_BIG)
			put_big(screen, place, pen->style, glyph);
		else
			put_medium(screen, place, pen->style, glyph);
		place.col += (glyph->width + 1) * dot_width(pen->size);
	}
	return place.col - begin;
}
