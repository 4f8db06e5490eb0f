/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/draw.h"

#include <math.h>

#include "reports/chart.h"

#define MM (72 / 25.4)

static const double left = 18 * MM, top = 11 * MM, bottom = 9 * MM;

static double part(const struct canvas *canvas, int i, double y)
{
	const double s = canvas->scale;
	const struct ink ink = { 9.2 * s, INK, true, ALIGN_LEFT };
	page_tag(canvas->page, "H2");
	double height = page_text(canvas->page, canvas->x, y + 7 * s, canvas->width,
	        &ink, canvas->form->part[i]);
	page_tag_end(canvas->page, "H2");
	return height + 9.5 * s;
}

/* Squares, names and durations of the bands, in one line. */
static double band_words(const struct canvas *canvas, double y)
{
	const struct form *form = canvas->form;
	const double s = canvas->scale;
	const struct ink ink = { 7.2 * s, MUTED, false, ALIGN_LEFT };
	double x = canvas->x + 32;
	if (form->n_bands == 0)
		return 0;
	page_tag(canvas->page, "P");
	for (size_t i = 0; i < form->n_bands; i++) {
		const char *text = texts_add(form->to.texts, "%s: %s",
		        form->band[i].label, form->band[i].text);
		if (!canvas->measuring)
			chart_sample(canvas->page, form->band[i].what,
			        &(struct box){ x, y + 1.4 * s, 9 * s, 6 * s });
		page_text(canvas->page, x + 12 * s, y, 0, &ink, text);
		x += page_text_width(canvas->page, &ink, text) + 26 * s;
	}
	page_tag_end(canvas->page, "P");
	return page_text_height(canvas->page, 0, &ink, "0") + 1 * s;
}

static double chart(const struct canvas *canvas, double y, double height)
{
	const struct form *form = canvas->form;
	const double s = canvas->scale;
	const struct ink ink = { 7.8 * s, MUTED, false, ALIGN_LEFT };
	const char *unit =
	        form->chart_unit[0] != '\0'
	                ? texts_add(form->to.texts, " (%s)", form->chart_unit)
	                : "";
	double at = y;
	at += page_text(canvas->page, canvas->x, at, canvas->width, &ink,
	        texts_add(form->to.texts, "%s%s", form->chart_title, unit));
	if (!canvas->measuring)
		chart_draw(
		        canvas, &(struct box){ canvas->x, at, canvas->width, height });
	return at + height + band_words(canvas, at + height) - y;
}

/* Everything above the foot; the height it took. */
static double body(const struct canvas *canvas, double y, double chart_height)
{
	double at = y;
	at += draw_banners(canvas, at);
	at += draw_head(canvas, at);
	at += part(canvas, 0, at - 7 * canvas->scale) - 7 * canvas->scale;
	at += draw_about(canvas, at);
	at += part(canvas, 1, at);
	at += draw_results(canvas, at);
	at += part(canvas, 2, at);
	at += draw_table(canvas, at);
	at += part(canvas, 3, at);
	at += chart(canvas, at, chart_height);
	at += part(canvas, 4, at);
	at += draw_lines(canvas, &canvas->form->basis, at);
	at += part(canvas, 5, at);
	at += draw_lines(canvas, &canvas->form->condition, at);
	at += part(canvas, 6, at);
	at += draw_lines(canvas, &canvas->form->gaps, at);
	return at - y;
}

/* Archive state, digest, how to check; and S22, the last line of the page. */
static double foot(const struct canvas *canvas, double y)
{
	const struct form *form = canvas->form;
	const double s = canvas->scale;
	const struct ink grey = { 6.8 * s, MUTED, false, ALIGN_LEFT };
	const struct ink right = { 6.8 * s, MUTED, false, ALIGN_RIGHT };
	const struct ink ink = { 8 * s, INK, false, ALIGN_LEFT };
	const struct pen pen = { .width = 0.6, .colour = 0x8c95a3 };
	double at = y + 6 * s,
	       page_width = page_text_width(canvas->page, &right, form->page);
	page_line(canvas->page, (struct point){ canvas->x, at },
	        (struct point){ canvas->x + canvas->width, at }, &pen);
	at += 3.5 * s;
	page_tag(canvas->page, "P");
	page_text(canvas->page, canvas->x, at, canvas->width, &right, form->page);
	for (size_t i = 0; i < form->foot.n; i++)
		at += page_text(canvas->page, canvas->x, at,
		        canvas->width - (i == 0 ? page_width + 12 : 0), &grey,
		        texts_add(form->to.texts, "%s: %s", form->foot.line[i].label,
		                form->foot.line[i].text));
	page_tag_end(canvas->page, "P");
	at += 3.5 * s;
	page_tag(canvas->page, "P");
	at += page_text(
	        canvas->page, canvas->x, at, canvas->width, &ink, form->disclaimer);
	page_tag_end(canvas->page, "P");
	return at - y;
}

/* What the page would need without a chart. */
static double needed(struct canvas *canvas)
{
	canvas->measuring = true;
	page_measure(canvas->page, true);
	double height = body(canvas, top, 0) + foot(canvas, 0);
	canvas->measuring = false;
	page_measure(canvas->page, false);
	return height;
}

double form_draw(struct page *page, const struct form *form, const struct sheet *sheet)
{
	static const double most = 205;
	struct canvas canvas = { .page = page,
		.form = form,
		.sheet = sheet,
		.x = left,
		.width = PAGE_WIDTH - 2 * left,
		.scale = 1 };
	const double room = PAGE_HEIGHT - top - bottom;
	double height = needed(&canvas);
	while (room - height < CHART_LEAST && canvas.scale > 0.6) {
		canvas.scale -= 0.025;
		height = needed(&canvas);
	}
	body(&canvas, top, fmin(fmax(room - height, CHART_LEAST), most));
	canvas.measuring = true;
	page_measure(page, true);
	double foot_height = foot(&canvas, 0);
	canvas.measuring = false;
	page_measure(page, false);
	foot(&canvas, PAGE_HEIGHT - bottom - foot_height);
	return canvas.scale;
}
