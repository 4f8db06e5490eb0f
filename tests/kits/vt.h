/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A terminal as far as our screens use one: UTF-8, cursor, erasing, colours.  What it shows is text again. */
#ifndef TESTS_VT_H
#define TESTS_VT_H

#include <stdbool.h>
#include <stddef.h>

enum { VT_ROWS = 64, VT_COLS = 220 };

struct vt_cell {
	char text[8];
	int colour; /* 0, or 1..7 */
	bool bold, dim, reverse;
};

struct vt {
	int rows, cols, row, col;
	struct vt_cell style, cell[VT_ROWS][VT_COLS];
	char pending[64]; /* an escape or character not yet whole */
	size_t n_pending;
	size_t strange; /* sequences it did not know */
	bool cursor_hidden;
};

void vt_begin(struct vt *vt, int rows, int cols);
void vt_feed(struct vt *vt, const char *bytes, size_t n);

/* A row as text without trailing blanks; reversed blanks are '#'.  One of eight buffers. */
const char *vt_row(const struct vt *vt, int row);
/* All rows, one a line, one buffer. */
const char *vt_text(const struct vt *vt);
/* The row a text stands in, -1: none; *col where it begins. */
int vt_find(const struct vt *vt, const char *text, int *col);
/* Is anything in this colour? */
bool vt_has_colour(const struct vt *vt, int colour);

#endif
