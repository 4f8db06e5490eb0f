/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form on one A4 page: heights are measured first, the chart takes what is left, and the letters
 * become a little smaller where names are long. */
#ifndef REPORTS_DRAW_H
#define REPORTS_DRAW_H

#include "reports/form.h"
#include "reports/page.h"

/* Draw the whole page; the scale it was drawn at: 1, or less where there was much to say. */
double form_draw(struct page *page, const struct form *form, const struct sheet *sheet);

/* Parts 1 to 3 (draw_parts.c), each from `y` down; the height it took. */
struct canvas {
	struct page *page;
	const struct form *form;
	const struct sheet *sheet;
	double x, width, scale;
	bool measuring;
};
double draw_banners(const struct canvas *canvas, double y);
double draw_head(const struct canvas *canvas, double y);
double draw_about(const struct canvas *canvas, double y);
double draw_results(const struct canvas *canvas, double y);
double draw_table(const struct canvas *canvas, double y);
/* Labels in one column, texts in the other. */
double draw_lines(
        const struct canvas *canvas, const struct form_lines *lines, double y);

#define INK    0x14181f
#define MUTED  0x4a5361
#define RULE   0xd9dde3
#define GROUND 0xf4f6f8

/* Ink and ground of a result; the sign and the word say the same without colour. */
uint32_t result_ink(uint8_t result);
uint32_t result_ground(uint8_t result);

#endif
