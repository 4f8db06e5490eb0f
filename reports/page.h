/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One A4 page of PDF: text measured before it is placed, lines, boxes, curves.  The only file that
 * speaks to pango and cairo.  Lengths are points (1/72 inch) from the upper left corner.
 */
#ifndef REPORTS_PAGE_H
#define REPORTS_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define PAGE_WIDTH  595.276
#define PAGE_HEIGHT 841.890

struct page;

struct page_about { /* of the document; created_us makes equal sheets equal bytes */
	const char *title, *author, *subject;
	int64_t created_us;
	int utc_offset_min;
};

/* OK or FAILED. */
int page_new(struct page **out, const struct page_about *about);
void page_free(struct page *page);

/* Finish the page and put the file in its place.  OK or FAILED with the reason. */
int page_write(struct page *page, const char *path, struct problem *why);

/* While measuring nothing is drawn, but heights are told as if it were. */
void page_measure(struct page *page, bool measuring);

enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

struct ink {
	double size;     /* of the letters */
	uint32_t colour; /* 0xRRGGBB */
	bool bold;
	enum align align;
};

/* Text wrapped to `width` (0: one line) with its upper left corner at x, y; its height.  Bold runs
 * are marked as in reports/texts.h. */
double page_text(struct page *page, double x, double y, double width,
        const struct ink *ink, const char *text);
double page_text_height(
        struct page *page, double width, const struct ink *ink, const char *text);
double page_text_width(struct page *page, const struct ink *ink, const char *text);

struct box {
	double x, y, width, height;
};
struct point {
	double x, y;
};
struct pen {
	double width;
	uint32_t colour;
	double dash; /* 0: solid */
};

void page_fill(struct page *page, const struct box *box, uint32_t colour);
void page_frame(struct page *page, const struct box *box, const struct pen *pen);
/* Slanted lines `gap` apart; a negative gap slants the other way. */
void page_hatch(
        struct page *page, const struct box *box, const struct pen *pen, double gap);
void page_line(
        struct page *page, struct point from, struct point to, const struct pen *pen);
void page_curve(
        struct page *page, const struct point *point, size_t n, const struct pen *pen);
void page_dot(struct page *page, struct point at, double radius, uint32_t colour);

/* What follows is a part of the document's structure (PDF 1.7, 14.8.4): "H1", "P", "Table", "TR",
 * "TH", "TD", "Figure"; ended in reverse order. */
void page_tag(struct page *page, const char *name);
void page_tag_end(struct page *page, const char *name);

#endif
