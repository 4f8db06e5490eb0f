/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A screen of character cells: filled anew for every look, written as the difference to what is shown.  Pure
 * but for the stream it is written to.
 */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum screen_style {
	STYLE_PLAIN = 0,
	STYLE_BOLD = 1,
	STYLE_DIM = 2,
	STYLE_REVERSE = 4,
	/* colours, left out where none are wanted */
	STYLE_RED = 1 << 3,
	STYLE_GREEN = 2 << 3,
	STYLE_YELLOW = 3 << 3,
	STYLE_BLUE = 4 << 3,
	STYLE_CYAN = 6 << 3,
	STYLE_COLOUR = 7 << 3
};

struct cell {
	char text
	        [8]; /* one character with its marks; "" the right half of a wide one */
	uint8_t style;
};

struct screen {
	int rows, cols;
	bool colour;        /* write colours */
	struct cell *cell;  /* [rows * cols] as it shall be */
	struct cell *shown; /* as it is */
	bool plain;         /* a console whose font has no subscripts */
	bool stale;         /* nobody knows what is shown: write all */
};

/* NULL without memory. */
struct screen *screen_new(int rows, int cols, bool colour);
void screen_free(struct screen *screen); /* NULL is fine */

void screen_clear(struct screen *screen);

/* Where: from this column on, at most so many; 0: up to the edge. */
struct place {
	int row, col, most;
};

/* Put a text there; columns used.  What a terminal would obey, and what is two columns wide, becomes a question
 * mark. */
int screen_put(struct screen *screen, struct place place, int style, const char *text);
int screen_width(const char *text); /* columns it would use */

/* Put it so that it ends before the place's column. */
void screen_put_right(
        struct screen *screen, struct place place, int style, const char *text);

/* Blanks in one style. */
void screen_fill(struct screen *screen, struct place place, int style);

/* Write what is different; bytes written. */
size_t screen_write(struct screen *screen, FILE *out);

/* Plain lines without any escape, for what is no terminal. */
void screen_print(const struct screen *screen, FILE *out);

/* Digits of a number.  SIZE_BIG: 5 rows of dots, each two blanks in reverse; SIZE_MEDIUM: 3 rows of lines.
 * Columns used. */
enum digit_size { SIZE_MEDIUM, SIZE_BIG };
struct pen {
	enum digit_size size;
	int style;
};
int screen_digits(struct screen *screen, struct place place, const struct pen *pen,
        const char *digits);
int screen_digits_width(enum digit_size size, const char *digits);

#endif
