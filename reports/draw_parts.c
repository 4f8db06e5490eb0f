/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/draw.h"

#include <math.h>

uint32_t result_ink(uint8_t result)
{
	static const uint32_t ink[] = { 0x1b6e3c, 0xa3211a, 0x7a4f00, MUTED };
	return ink[result <= RESULT_NOT_APPLICABLE ? result : RESULT_NOT_APPLICABLE];
}

uint32_t result_ground(uint8_t result)
{
	static const uint32_t ground[] = { 0xf0f7f2, 0xfbf0ef, 0xfaf4e8, GROUND };
	return ground[result <= RESULT_NOT_APPLICABLE ? result : RESULT_NOT_APPLICABLE];
}

double draw_banners(const struct canvas *canvas, double y)
{
	const struct form *form = canvas->form;
	const double s = canvas->scale, pad = 4 * s;
	const struct ink ink = { 7.6 * s, 0x5c3d00, true, ALIGN_CENTRE };
	if (form->n_banners == 0)
		return 0;
	double height = 2 * pad;
	for (size_t i = 0; i < form->n_banners; i++)
		height += page_text_height(
		        canvas->page, canvas->width - 12, &ink, form->banner[i]);
	struct box box = { canvas->x, y, canvas->width, height };
	page_fill(canvas->page, &box, 0xfdf6e3);
	page_frame(
	        canvas->page, &box, &(struct pen){ .width = 0.7, .colour = 0xc79a3a });
	double at = y + pad;
	for (size_t i = 0; i < form->n_banners; i++) {
		page_tag(canvas->page, "P");
		at += page_text(canvas->page, canvas->x + 6, at, canvas->width - 12,
		        &ink, form->banner[i]);
		page_tag_end(canvas->page, "P");
	}
	return height + 9 * s;
}

double draw_head(const struct canvas *canvas, double y)
{
	const struct form *form = canvas->form;
	struct page *page = canvas->page;
	const double s = canvas->scale, left = canvas->width * 0.64;
	const double right = canvas->width - left - 12,
	             x = canvas->x + canvas->width - right;
	const struct ink name = { 7.8 * s, MUTED, true, ALIGN_LEFT };
	const struct ink title = { 16.5 * s, INK, true, ALIGN_LEFT };
	const struct ink period = { 9.2 * s, INK, false, ALIGN_LEFT };
	const struct ink small = { 7.6 * s, MUTED, false, ALIGN_RIGHT };
	double at = y, beside = y;
	page_tag(page, "H1");
	at += page_text(page, canvas->x, at, left, &name, form->sheet) + 1.5 * s;
	at += page_text(page, canvas->x, at, left, &title, form->title) + 2 * s;
	page_tag_end(page, "H1");
	page_tag(page, "P");
	at += page_text(page, canvas->x, at, left, &period, form->period);
	beside += page_text(page, x, beside, right, &small, form->identity);
	beside += page_text(page, x, beside, right, &small, form->made);
	page_tag_end(page, "P");
	return fmax(at, beside) - y + 7 * s;
}

static double widest_label(
        const struct canvas *canvas, const struct ink *ink, size_t from, size_t to)
{
	const struct form_lines *about = &canvas->form->about;
	double width = 0;
	for (size_t i = from; i < to && i < about->n; i++)
		width = fmax(width,
		        page_text_width(canvas->page, ink, about->line[i].label));
	return width + 8;
}

/* Two columns of items; a row is as high as the higher of its two. */
double draw_about(const struct canvas *canvas, double y)
{
	const struct form_lines *about = &canvas->form->about;
	const double s = canvas->scale, column = (canvas->width - 16) / 2;
	const struct ink grey = { 7.8 * s, MUTED, false, ALIGN_LEFT };
	const struct ink ink = { 8.2 * s, INK, false, ALIGN_LEFT };
	const size_t rows = (about->n + 1) / 2;
	const double labels[] = { widest_label(canvas, &grey, 0, rows),
		widest_label(canvas, &grey, rows, about->n) };
	double at = y;
	for (size_t i = 0; i < rows; i++) {
		double height = 0;
		for (size_t k = i, c = 0; k < about->n && c < 2; k += rows, c++) {
			double x = canvas->x + (double)c * (column + 16),
			       label = labels[c];
			page_tag(canvas->page, "P");
			double h = page_text(canvas->page, x, at + 0.3 * s, label - 4,
			        &grey, about->line[k].label);
			h = fmax(h, page_text(canvas->page, x + label, at,
			                    column - label, &ink, about->line[k].text));
			page_tag_end(canvas->page, "P");
			height = fmax(height, h);
		}
		at += height + 1.4 * s;
	}
	return at - y;
}

static double result_lines(const struct canvas *canvas, double y)
{
	const struct form *form = canvas->form;
	const double s = canvas->scale, x = canvas->x + 12, width = canvas->width - 22;
	const struct ink head = { 11 * s, result_ink(form->result), true, ALIGN_LEFT };
	const struct ink ink = { 8.5 * s, INK, false, ALIGN_LEFT };
	const struct ink grey = { 7.8 * s, MUTED, false, ALIGN_LEFT };
	double at = y;
	page_tag(canvas->page, "P");
	at += page_text(canvas->page, x, at, width, &head, form->headline) + 3 * s;
	page_tag_end(canvas->page, "P");
	for (size_t i = 0; i < form->results.n; i++) {
		const struct form_line *line = &form->results.line[i];
		bool main = line->label[0] != '\0';
		page_tag(canvas->page, "P");
		page_text(canvas->page, x, at, 0,
		        &(struct ink){
		                8.5 * s, result_ink(line->result), true, ALIGN_LEFT },
		        line->label);
		at += page_text(canvas->page, x + 13 * s, at, width - 13 * s,
		              main ? &ink : &grey, line->text) +
		      1.6 * s;
		page_tag_end(canvas->page, "P");
	}
	return at - y;
}

double draw_results(const struct canvas *canvas, double y)
{
	const double s = canvas->scale, pad = 6 * s;
	page_measure(canvas->page, true);
	double height = result_lines(canvas, y) + 2 * pad - 1.6 * s;
	page_measure(canvas->page, canvas->measuring);
	struct box box = { canvas->x, y, canvas->width, height };
	page_fill(canvas->page, &box, result_ground(canvas->form->result));
	box.width = 3;
	page_fill(canvas->page, &box, result_ink(canvas->form->result));
	result_lines(canvas, y + pad);
	return height;
}

/* ---- table ---- */

static const double column[FORM_COLUMNS] = { 0.235, 0.145, 0.11, 0.14, 0.08, 0.11,
	0.18 };
static const enum align aligned[FORM_COLUMNS] = { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_LEFT,
	ALIGN_RIGHT, ALIGN_RIGHT, ALIGN_RIGHT, ALIGN_LEFT };

/* One row of cells, wrapped; its height. */
static double cells(const struct canvas *canvas, double y, const char *const *cell,
        const struct ink *inks, const char *tag)
{
	double x = canvas->x, height = 0;
	page_tag(canvas->page, "TR");
	for (int i = 0; i < FORM_COLUMNS; i++) {
		struct ink ink = inks[i];
		double width = column[i] * canvas->width;
		ink.align = aligned[i];
		page_tag(canvas->page, tag);
		height = fmax(height,
		        page_text(canvas->page, x + 5, y, width - 10, &ink, cell[i]));
		page_tag_end(canvas->page, tag);
		x += width;
	}
	page_tag_end(canvas->page, "TR");
	return height;
}

static double heading(const struct canvas *canvas, double y)
{
	const double s = canvas->scale;
	struct ink inks[FORM_COLUMNS];
	for (int i = 0; i < FORM_COLUMNS; i++)
		inks[i] = (struct ink){ 7.4 * s, MUTED, true, ALIGN_LEFT };
	page_measure(canvas->page, true);
	double height = cells(canvas, y, canvas->form->heading, inks, "TH") + 5 * s;
	page_measure(canvas->page, canvas->measuring);
	page_fill(canvas->page, &(struct box){ canvas->x, y, canvas->width, height },
	        GROUND);
	cells(canvas, y + 2.5 * s, canvas->form->heading, inks, "TH");
	return height;
}

double draw_table(const struct canvas *canvas, double y)
{
	const double s = canvas->scale;
	const struct pen pen = { .width = 0.5, .colour = RULE };
	double at = y;
	page_tag(canvas->page, "Table");
	at += heading(canvas, at);
	for (size_t r = 0; r < canvas->form->n_rows; r++) {
		const struct form_row *row = &canvas->form->row[r];
		struct ink inks[FORM_COLUMNS];
		bool over = row->result == RESULT_OVER;
		for (int i = 0; i < FORM_COLUMNS; i++)
			inks[i] =
			        (struct ink){ 8.2 * s, INK, over && i < 2, ALIGN_LEFT };
		inks[6].colour = result_ink(row->result);
		inks[6].bold = true;
		at += cells(canvas, at + 2 * s, row->cell, inks, "TD") + 4 * s;
		page_line(canvas->page, (struct point){ canvas->x, at },
		        (struct point){ canvas->x + canvas->width, at }, &pen);
	}
	page_tag_end(canvas->page, "Table");
	return at - y;
}

double draw_lines(const struct canvas *canvas, const struct form_lines *lines, double y)
{
	const double s = canvas->scale, label = 74 * s;
	const struct ink grey = { 7.6 * s, MUTED, false, ALIGN_LEFT };
	const struct ink ink = { 7.8 * s, INK, false, ALIGN_LEFT };
	double at = y;
	for (size_t i = 0; i < lines->n; i++) {
		page_tag(canvas->page, "P");
		double h = page_text(canvas->page, canvas->x, at + 0.2 * s, label - 4,
		        &grey, lines->line[i].label);
		h = fmax(h, page_text(canvas->page, canvas->x + label, at,
		                    canvas->width - label, &ink, lines->line[i].text));
		page_tag_end(canvas->page, "P");
		at += h + 1 * s;
	}
	return at - y;
}
