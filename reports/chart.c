/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/chart.h"

#include <math.h>
#include <stdlib.h>

#include "base/legal_time.h"

#define GRID  0xe6e9ee
#define AXIS  0x8c95a3
#define CURVE 0x1f5fa8
#define LIMIT 0xb3261e
#define MEAN  0x0b2f57

struct plot { /* where values and times lie on the page */
	struct page *page;
	const struct form *form;
	const struct sheet *sheet;
	const struct assessment *first;
	struct box at;
	double top, step; /* of the scale */
	int decimals;
	double labels_x, labels_width; /* words to the right */
	double letter;                 /* size of all letters */
	size_t n_levels;
	struct level {
		double value, y;
		const char *text;
		uint32_t colour;
		double dash, width;
	} level[3]; /* limit and mean: lines across the plot */
};

static double x_of(const struct plot *plot, int64_t time_us)
{
	const struct sheet *sheet = plot->sheet;
	double part = (double)(time_us - sheet->start_us) /
	              (double)(sheet->end_us - sheet->start_us);
	return plot->at.x + plot->at.width * fmin(fmax(part, 0), 1);
}

static double y_of(const struct plot *plot, double value)
{
	double part = fmin(fmax(value / plot->top, 0), 1);
	return plot->at.y + plot->at.height * (1 - part);
}

static bool drawn(const struct day_curve *curve, size_t i)
{
	return (curve->what[i] == COUNTS_VALID || curve->what[i] == COUNTS_CENSORED) &&
	       isfinite(curve->value[i]);
}

/* From 0 to above everything that is drawn, in four to six steps of 1, 2, 2.5 or 5. */
static void scale(struct plot *plot)
{
	const struct assessment *a = plot->first;
	const struct day_curve *curve = &plot->sheet->curve;
	double most = isfinite(a->limit.high) ? a->limit.high : 0;
	if (isfinite(a->value))
		most = fmax(most, a->value);
	for (size_t i = 0; i < curve->n; i++)
		if (drawn(curve, i))
			most = fmax(most, curve->value[i]);
	most = most > 0 ? 1.06 * most : 1;
	double power = pow(10, floor(log10(most / 4)));
	double of = most / 4 / power;
	plot->step = power * (of <= 1            ? 1
	                             : of <= 2   ? 2
	                             : of <= 2.5 ? 2.5
	                             : of <= 5   ? 5
	                                         : 10);
	plot->top = plot->step * ceil(most / plot->step - 1e-9);
	plot->decimals = 0;
	for (double s = plot->step; plot->decimals < 5 && fabs(s - round(s)) > 1e-6;
	        s *= 10)
		plot->decimals++;
}

static void axes(const struct plot *plot)
{
	const struct box *at = &plot->at;
	struct ink ink = {
		.size = plot->letter, .colour = MUTED, .align = ALIGN_RIGHT
	};
	struct pen grid = { .width = 0.5, .colour = GRID },
	           axis = { .width = 0.6, .colour = AXIS };
	for (int k = 0; k * plot->step <= plot->top * 1.0001; k++) {
		double y = y_of(plot, k * plot->step);
		page_line(plot->page, (struct point){ at->x, y },
		        (struct point){ at->x + at->width, y }, k == 0 ? &axis : &grid);
		page_text(plot->page, at->x - 40, y - plot->letter * 0.62, 36, &ink,
		        people_number(&plot->form->to, k * plot->step, plot->decimals));
	}
	ink.align = ALIGN_CENTRE;
	for (int hour = 0; hour <= 24; hour += 3) {
		double x = at->x + at->width * hour / 24, y = at->y + at->height;
		page_line(plot->page, (struct point){ x, y },
		        (struct point){ x, y + 2.5 }, &axis);
		page_text(plot->page, x - 20, y + 3, 40, &ink,
		        texts_add(plot->form->to.texts, "%02d:00", hour));
	}
}

/* ---- bands ---- */

struct pattern {
	uint8_t what;
	uint32_t fill, hatch;
	double gap; /* 0: plain */
};

static const struct pattern *pattern_of(uint8_t what)
{
	static const struct pattern patterns[] = {
		{ COUNTS_CALIBRATING, 0xe8eef6, 0xa9bcd6, -4 },
		{ COUNTS_FAULT, 0xf6efe0, 0xcdb588, 4 },
		{ COUNTS_MISSING, 0xeef0f3, 0, 0 },
		{ COUNTS_STOPPED, 0xf3f5f2, 0xc9d2c5, 8 },
		{ COUNTS_INVALID, 0xf1ebf3, 0xbfa9c6, -2.5 },
	};
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
		if (patterns[i].what == what)
			return &patterns[i];
	return NULL;
}

static void band_fill(
        struct page *page, const struct pattern *pattern, const struct box *box)
{
	page_fill(page, box, pattern->fill);
	if (pattern->gap != 0)
		page_hatch(page, box,
		        &(struct pen){ .width = 0.4, .colour = pattern->hatch },
		        pattern->gap);
}

void chart_sample(struct page *page, uint8_t what, const struct box *box)
{
	const struct pattern *pattern = pattern_of(what);
	if (pattern == NULL)
		return;
	band_fill(page, pattern, box);
	page_frame(page, box, &(struct pen){ .width = 0.4, .colour = AXIS });
}

/* Where words in a band meet no line: at its top if that is free. */
static double free_height(const struct plot *plot)
{
	const double step = plot->letter * 1.35;
	for (double y = plot->at.y + 3; y + step < plot->at.y + plot->at.height;
	        y += step) {
		bool taken = false;
		for (size_t i = 0; i < plot->n_levels; i++)
			taken = taken || (plot->level[i].y > y - 2 &&
			                         plot->level[i].y < y + step + 2);
		if (!taken)
			return y;
	}
	return plot->at.y + 3;
}

/* The longest word that fits into the band, on a clear ground. */
static void band_label(
        const struct plot *plot, const struct form_band *band, const struct box *box)
{
	const struct ink ink = {
		.size = plot->letter, .colour = INK, .align = ALIGN_CENTRE
	};
	const char *text = band->label;
	if (page_text_width(plot->page, &ink, text) > box->width - 6)
		text = band->narrow;
	double width = page_text_width(plot->page, &ink, text);
	if (width > box->width - 2)
		return;
	double y = free_height(plot);
	page_fill(plot->page,
	        &(struct box){ box->x + (box->width - width) / 2 - 2, y, width + 4,
	                plot->letter * 1.35 },
	        pattern_of(band->what)->fill);
	page_text(plot->page, box->x, y, box->width, &ink, text);
}

static struct box band_box(const struct plot *plot, const struct span *span)
{
	double from = x_of(plot, span->from_us), to = x_of(plot, span->to_us);
	return (struct box){ from, plot->at.y, fmax(to - from, 0.6), plot->at.height };
}

static void bands(const struct plot *plot)
{
	const struct assessment *a = plot->first;
	for (size_t i = 0; i < a->n_spans; i++) {
		const struct pattern *pattern = pattern_of(a->span[i].what);
		struct box box = band_box(plot, &a->span[i]);
		if (pattern != NULL)
			band_fill(plot->page, pattern, &box);
	}
}

static void band_labels(const struct plot *plot)
{
	const struct assessment *a = plot->first;
	const struct form *form = plot->form;
	for (size_t i = 0; i < a->n_spans; i++)
		for (size_t k = 0; k < form->n_bands; k++) {
			struct box box = band_box(plot, &a->span[i]);
			if (form->band[k].what == a->span[i].what)
				band_label(plot, &form->band[k], &box);
		}
}

/* ---- curve ---- */

static void stroke(const struct plot *plot, const struct point *point, size_t n)
{
	if (n == 1)
		page_dot(plot->page, point[0], 0.9, CURVE);
	else
		page_curve(plot->page, point, n,
		        &(struct pen){ .width = 0.9, .colour = CURVE });
}

/* Base values joined where they follow one another; a repeated result of a slow analyser is no
 * value and no gap either. */
static void curve(const struct plot *plot)
{
	const struct day_curve *curve = &plot->sheet->curve;
	struct point *point = curve->n > 0 ? calloc(curve->n, sizeof *point) : NULL;
	size_t n = 0;
	for (size_t i = 0; point != NULL && i < curve->n; i++) {
		int64_t middle = curve->start_us + (int64_t)i * curve->period_us +
		                 curve->period_us / 2;
		if (drawn(curve, i)) {
			point[n++] = (struct point){ x_of(plot, middle),
				y_of(plot, curve->value[i]) };
		} else if (curve->what[i] != COUNTS_REPEATED) {
			stroke(plot, point, n);
			n = 0;
		}
	}
	stroke(plot, point, n);
	free(point);
}

/* ---- limit and mean, each with its words to the right ---- */

static int by_height(const void *a, const void *b)
{
	double ya = ((const struct level *)a)->y, yb = ((const struct level *)b)->y;
	return (ya > yb) - (ya < yb);
}

static void levels(struct plot *plot)
{
	const struct form *form = plot->form;
	const struct writer *to = &form->to;
	const struct assessment *a = plot->first;
	struct level *level = plot->level;
	size_t n = 0;
	if (form_interval(a)) {
		const enum word word[] = { WORD_CHART_HIGH, WORD_CHART_LOW };
		const double end[] = { a->limit.high, a->limit.low };
		for (int i = 0; i < 2; i++)
			level[n++] = (struct level){ end[i], 0,
				texts_fill(to->texts, to->language, word[i],
				        (struct slot[]){
				                { "value",
				                        people_number(to, end[i], 1) },
				                { 0 } }),
				LIMIT, 4, 1 };
	} else if (isfinite(a->limit.high)) {
		level[n++] = (struct level){ a->limit.high, 0,
			texts_add(to->texts, "%s\n%s",
			        texts_capital(to->texts, form_term(form, a->rule)),
			        form_limit(form, a)),
			LIMIT, 4, 1 };
	}
	bool legal = a->by == BY_VALUES &&
	             (a->result == RESULT_OVER || a->result == RESULT_WITHIN);
	if (isfinite(a->value))
		level[n++] = (struct level){ a->value, 0,
			texts_fill(to->texts, to->language,
			        legal ? WORD_CHART_MEAN : WORD_CHART_MEAN_VALID,
			        (struct slot[]){
			                { "value", form_value(form, a, a->value) },
			                { 0 } }),
			MEAN, 1.2, 0.9 };
	for (size_t i = 0; i < n; i++)
		level[i].y = y_of(plot, level[i].value);
	qsort(level, n, sizeof *level, by_height);
	plot->n_levels = n;
}

static void level_lines(const struct plot *plot)
{
	double free_from = plot->at.y - 6;
	for (size_t i = 0; i < plot->n_levels; i++) {
		const struct level *level = &plot->level[i];
		const struct ink ink = { plot->letter, level->colour, true,
			ALIGN_LEFT };
		double height = page_text_height(
		        plot->page, plot->labels_width, &ink, level->text);
		double y = fmax(level->y - height / 2, free_from);
		page_line(plot->page, (struct point){ plot->at.x, level->y },
		        (struct point){ plot->at.x + plot->at.width, level->y },
		        &(struct pen){ level->width, level->colour, level->dash });
		page_text(plot->page, plot->labels_x, y, plot->labels_width, &ink,
		        level->text);
		free_from = y + height + 1;
	}
}

/* A bar under the plot, filled while the source ran; only where it stopped at some time. */
static void operating(const struct plot *plot)
{
	const struct day_curve *curve = &plot->sheet->curve;
	const struct describe *station = plot->sheet->describe;
	bool stopped = false, stack = station != NULL && station->outlet_kind[0] == 's';
	for (size_t i = 0; curve->running != NULL && i < curve->n; i++)
		stopped = stopped || curve->running[i] == 0;
	if (!stopped)
		return;
	double y = plot->at.y + plot->at.height - 3.5;
	for (size_t i = 0; i < curve->n; i++) {
		int64_t from = curve->start_us + (int64_t)i * curve->period_us;
		double x = x_of(plot, from), to = x_of(plot, from + curve->period_us);
		if (curve->running[i] == 1)
			page_fill(plot->page, &(struct box){ x, y, to - x + 0.05, 3.5 },
			        MUTED);
	}
	page_frame(plot->page, &(struct box){ plot->at.x, y, plot->at.width, 3.5 },
	        &(struct pen){ .width = 0.4, .colour = AXIS });
	page_text(plot->page, plot->labels_x, y - 3, plot->labels_width,
	        &(struct ink){ .size = plot->letter, .colour = MUTED },
	        word_text(plot->form->to.language,
	                stack ? WORD_CHART_RUNNING_STACK : WORD_CHART_RUNNING));
}

static void no_curve(const struct plot *plot)
{
	page_text(plot->page, plot->at.x, plot->at.y + plot->at.height / 2 - 5,
	        plot->at.width,
	        &(struct ink){ plot->letter, MUTED, false, ALIGN_CENTRE },
	        word_text(plot->form->to.language, WORD_CHART_NO_CURVE));
}

void chart_draw(const struct canvas *canvas, const struct box *box)
{
	struct plot plot = {
		.page = canvas->page,
		.form = canvas->form,
		.sheet = canvas->sheet,
		.first = &canvas->sheet->assessment[0],
		.at = { box->x + 32, box->y + 4, box->width - 32 - 98,
		        box->height - 17 },
		.labels_x = box->x + box->width - 92,
		.labels_width = 92,
		.letter = 7.2 * canvas->scale,
	};
	scale(&plot);
	levels(&plot);
	page_tag(plot.page, "Figure");
	bands(&plot);
	axes(&plot);
	level_lines(&plot);
	curve(&plot);
	band_labels(&plot);
	operating(&plot);
	page_frame(plot.page, &plot.at, &(struct pen){ .width = 0.6, .colour = AXIS });
	if (plot.sheet->curve.n == 0)
		no_curve(&plot);
	page_tag_end(plot.page, "Figure");
}
