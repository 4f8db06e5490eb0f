/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/vt.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static void erase(struct vt *vt)
{
	for (int r = 0; r < vt->rows; r++)
		for (int c = 0; c < vt->cols; c++)
			vt->cell[r][c] = (struct vt_cell){ .text = " " };
}

void vt_begin(struct vt *vt, int rows, int cols)
{
	memset(vt, 0, sizeof *vt);
	vt->rows = rows;
	vt->cols = cols;
	erase(vt);
}

static void set_style(struct vt *vt, int code)
{
	struct vt_cell *style = &vt->style;
	if (code == 0)
		*style = (struct vt_cell){ .text = "" };
	else if (code == 1)
		style->bold = true;
	else if (code == 2)
		style->dim = true;
	else if (code == 7)
		style->reverse = true;
	else if (code >= 31 && code <= 37)
		style->colour = code - 30;
	else
		vt->strange++;
}

/* "ESC [ 1 ; 2 H", whole. */
static void obey(struct vt *vt, const char *sequence, char last)
{
	int number[8] = { 0 }, n = 0;
	bool private = sequence[2] == '?';
	for (const char *at = sequence + 2 + private; n < 8; at++) {
		number[n++] = (int)strtol(at, (char **)&at, 10);
		if (*at != ';')
			break;
	}
	if (private) {
		vt->strange += number[0] != 25 && number[0] != 1049;
		if (number[0] == 25)
			vt->cursor_hidden = last == 'l';
	} else if (last == 'H') {
		vt->row = number[0] > 0 ? number[0] - 1 : 0;
		vt->col = number[1] > 0 ? number[1] - 1 : 0;
	} else if (last == 'J' && number[0] == 2) {
		erase(vt);
	} else if (last == 'm') {
		for (int i = 0; i < n; i++)
			set_style(vt, number[i]);
	} else if (last != ']') { /* of the Linux console: blanking */
		vt->strange++;
	}
}

static void put(struct vt *vt, const char *text, uint32_t code)
{
	int width = utf8_width(code);
	if (width == 0 && vt->col > 0) {
		char *before = vt->cell[vt->row][vt->col - 1].text;
		if (strlen(before) + strlen(text) < 8)
			strcat(before, text);
		return;
	}
	if (vt->row >= vt->rows || vt->col >= vt->cols) {
		vt->strange++;
		return;
	}
	struct vt_cell *cell = &vt->cell[vt->row][vt->col];
	*cell = vt->style;
	snprintf(cell->text, sizeof cell->text, "%s", text);
	vt->col += width;
}

/* One escape or character, if it is whole; bytes used. */
static size_t take(struct vt *vt, const char *in, size_t n)
{
	uint32_t code;
	char one[8] = "";
	if (in[0] == '\033') {
		if (n < 2)
			return 0;
		if (in[1] == '%')
			return n < 3 ? 0 : 3;
		if (in[1] != '[') {
			vt->strange++;
			return 1;
		}
		for (size_t i = 2; i < n; i++)
			if ((in[i] >= 'A' && in[i] <= 'z')) {
				obey(vt, in, in[i]);
				return i + 1;
			}
		return 0;
	}
	size_t size = utf8_next(in, n, &code);
	if (size == 0)
		return n < 4 ? 0 : 1;
	memcpy(one, in, size);
	if (code < 0x20)
		vt->strange++;
	else
		put(vt, one, code);
	return size;
}

void vt_feed(struct vt *vt, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (vt->n_pending == sizeof vt->pending - 1) {
			vt->strange++;
			vt->n_pending = 0;
		}
		vt->pending[vt->n_pending++] = bytes[i];
		vt->pending[vt->n_pending] = '\0';
		size_t used = take(vt, vt->pending, vt->n_pending);
		if (used > 0)
			vt->n_pending = 0;
	}
}

const char *vt_row(const struct vt *vt, int row)
{
	static char ring[8][VT_COLS * 8];
	static unsigned next;
	char *out = ring[next++ % 8];
	size_t n = 0;
	for (int col = 0; col < vt->cols; col++) {
		const struct vt_cell *cell = &vt->cell[row][col];
		bool block = cell->reverse && strcmp(cell->text, " ") == 0;
		n += (size_t)snprintf(out + n, 9, "%s", block ? "#" : cell->text);
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return out;
}

const char *vt_text(const struct vt *vt)
{
	static char all[VT_ROWS * VT_COLS * 8];
	size_t n = 0;
	for (int row = 0; row < vt->rows; row++)
		n += (size_t)snprintf(all + n, sizeof all - n, "%s\n", vt_row(vt, row));
	return all;
}

int vt_find(const struct vt *vt, const char *text, int *col)
{
	for (int row = 0; row < vt->rows; row++) {
		const char *line = vt_row(vt, row), *at = strstr(line, text);
		if (at == NULL)
			continue;
		*col = 0;
		for (const char *c = line; c < at; c++)
			*col += ((unsigned char)*c & 0xc0) != 0x80;
		return row;
	}
	return -1;
}

bool vt_has_colour(const struct vt *vt, int colour)
{
	for (int r = 0; r < vt->rows; r++)
		for (int c = 0; c < vt->cols; c++)
			if (vt->cell[r][c].colour == colour)
				return true;
	return false;
}
