/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/page.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "base/legal_time.h"
#include "reports/texts.h"

#define FONT "Inter, DejaVu Sans"

#ifdef __SANITIZE_ADDRESS__
/* Fontconfig 2.14 keeps one pattern until the process ends (288 bytes, however many pages). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}
#endif

struct page {
	PangoFontMap *fonts;
	PangoContext *context;
	cairo_surface_t *surface;
	cairo_t *cairo;
	bool measuring;
	char *pdf; /* the document so far */
	size_t n, room;
};

static cairo_status_t gather(void *closure, const unsigned char *in, unsigned n)
{
	struct page *page = closure;
	if (page->n + n > page->room) {
		size_t room = 2 * (page->n + n) + 65536;
		char *pdf = realloc(page->pdf, room);
		if (pdf == NULL)
			return CAIRO_STATUS_NO_MEMORY;
		page->pdf = pdf;
		page->room = room;
	}
	memcpy(page->pdf + page->n, in, n);
	page->n += n;
	return CAIRO_STATUS_SUCCESS;
}

/* At 72 dots an inch a point is a point; hinting and whole-pixel glyph places are for screens and
 * would space the letters out on paper. */
static int fonts_open(struct page *page)
{
	page->fonts = pango_cairo_font_map_new();
	if (page->fonts == NULL)
		return FAILED;
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(page->fonts), 72);
	page->context = pango_font_map_create_context(page->fonts);
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	pango_cairo_context_set_font_options(page->context, options);
	cairo_font_options_destroy(options);
	pango_context_set_round_glyph_positions(page->context, FALSE);
	return OK;
}

static void metadata(cairo_surface_t *surface, const struct page_about *about)
{
	char created[TIME_TEXT];
	time_print(about->created_us - about->created_us % US_PER_S,
	        about->utc_offset_min, created);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, about->title);
	cairo_pdf_surface_set_metadata(
	        surface, CAIRO_PDF_METADATA_AUTHOR, about->author);
	cairo_pdf_surface_set_metadata(
	        surface, CAIRO_PDF_METADATA_SUBJECT, about->subject);
	cairo_pdf_surface_set_metadata(
	        surface, CAIRO_PDF_METADATA_CREATOR, "quantrac " QUANTRAC_VERSION);
	cairo_pdf_surface_set_metadata(
	        surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, created);
}

int page_new(struct page **out, const struct page_about *about)
{
	struct page *page = calloc(1, sizeof *page);
	*out = page;
	if (page == NULL || fonts_open(page) != OK)
		return FAILED;
	page->surface = cairo_pdf_surface_create_for_stream(
	        gather, page, PAGE_WIDTH, PAGE_HEIGHT);
	metadata(page->surface, about);
	page->cairo = cairo_create(page->surface);
	cairo_set_line_join(page->cairo, CAIRO_LINE_JOIN_ROUND);
	cairo_tag_begin(page->cairo, "Document", NULL);
	return cairo_status(page->cairo) == CAIRO_STATUS_SUCCESS ? OK : FAILED;
}

void page_free(struct page *page)
{
	if (page == NULL)
		return;
	if (page->cairo != NULL)
		cairo_destroy(page->cairo);
	if (page->surface != NULL)
		cairo_surface_destroy(page->surface);
	if (page->context != NULL)
		g_object_unref(page->context);
	if (page->fonts != NULL)
		g_object_unref(page->fonts);
	free(page->pdf);
	free(page);
}

int page_write(struct page *page, const char *path, struct problem *why)
{
	cairo_tag_end(page->cairo, "Document");
	cairo_show_page(page->cairo);
	cairo_surface_finish(page->surface);
	cairo_status_t status = cairo_status(page->cairo);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(page->surface);
	if (status != CAIRO_STATUS_SUCCESS)
		return problem_set(why, FAILED, EXIT_INTERNAL,
		        "%s: cannot draw the page: %s", path,
		        cairo_status_to_string(status));
	int result = file_replace(path, page->pdf, page->n, 0644);
	return result == OK ? OK
	                    : problem_set(why, result, EXIT_NO_FILE,
	                              "%s: cannot write the sheet: %s", path,
	                              file_write_reason(errno));
}

void page_measure(struct page *page, bool measuring)
{
	page->measuring = measuring;
}

/* ---- text ---- */

/* The text without its bold marks, and the attributes that say the same. */
static char *attributed(const char *text, PangoAttrList *list)
{
	char *valid = g_utf8_make_valid(text, -1);
	char *plain = g_utf8_normalize(valid, -1, G_NORMALIZE_NFC);
	g_free(valid);
	size_t n = 0, from = 0;
	for (const char *in = plain; *in != '\0'; in++) {
		if (*in == BOLD_ON) {
			from = n;
		} else if (*in == BOLD_OFF) {
			PangoAttribute *bold =
			        pango_attr_weight_new(PANGO_WEIGHT_SEMIBOLD);
			bold->start_index = (guint)from;
			bold->end_index = (guint)n;
			pango_attr_list_insert(list, bold);
		} else {
			plain[n++] = *in;
		}
	}
	plain[n] = '\0';
	return plain;
}

/* "mg/L", "40:2011/BTNMT", "bt-outlet" and "Kq = 1" stay on one line. */
static void keep_together(const char *plain, PangoAttrList *list)
{
	for (const char *in = strpbrk(plain, "/-="); in != NULL;
	        in = strpbrk(in + 1, "/-=")) {
		bool blank =
		        in == plain || in[-1] == ' ' || in[1] == ' ' || in[1] == '\0';
		const char *from = in, *to = in + 1;
		if (blank && *in != '=')
			continue;
		if (blank && in > plain)
			from--;
		if (blank && *to != '\0')
			to++;
		PangoAttribute *whole = pango_attr_allow_breaks_new(FALSE);
		whole->start_index = (guint)(from - plain);
		whole->end_index = (guint)(*to != '\0' ? g_utf8_next_char(to) - plain
		                                       : to - plain);
		pango_attr_list_insert(list, whole);
	}
}

static PangoLayout *layout_of(
        struct page *page, double width, const struct ink *ink, const char *text)
{
	PangoLayout *layout = pango_layout_new(page->context);
	PangoFontDescription *font = pango_font_description_from_string(FONT);
	pango_font_description_set_absolute_size(font, ink->size * PANGO_SCALE);
	pango_font_description_set_weight(
	        font, ink->bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	PangoAttrList *list = pango_attr_list_new();
	pango_attr_list_insert(list, pango_attr_font_features_new("tnum=1"));
	char *plain = attributed(text, list);
	keep_together(plain, list);
	pango_layout_set_text(layout, plain, -1);
	pango_layout_set_attributes(layout, list);
	pango_attr_list_unref(list);
	g_free(plain);
	static const PangoAlignment align[] = { PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER,
		PANGO_ALIGN_RIGHT };
	pango_layout_set_alignment(layout, align[ink->align]);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	if (width > 0)
		pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	return layout;
}

static void ink_set(struct page *page, uint32_t colour)
{
	cairo_set_source_rgb(page->cairo, (colour >> 16 & 255) / 255.0,
	        (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
}

double page_text(struct page *page, double x, double y, double width,
        const struct ink *ink, const char *text)
{
	int w, h;
	PangoLayout *layout = layout_of(page, width, ink, text);
	pango_layout_get_size(layout, &w, &h);
	if (!page->measuring) {
		ink_set(page, ink->colour);
		cairo_move_to(page->cairo, x, y);
		pango_cairo_show_layout(page->cairo, layout);
	}
	g_object_unref(layout);
	return (double)h / PANGO_SCALE;
}

double page_text_height(
        struct page *page, double width, const struct ink *ink, const char *text)
{
	bool measuring = page->measuring;
	page->measuring = true;
	double height = page_text(page, 0, 0, width, ink, text);
	page->measuring = measuring;
	return height;
}

double page_text_width(struct page *page, const struct ink *ink, const char *text)
{
	int w, h;
	PangoLayout *layout = layout_of(page, 0, ink, text);
	pango_layout_get_size(layout, &w, &h);
	g_object_unref(layout);
	return (double)w / PANGO_SCALE;
}

/* ---- shapes ---- */

static void pen_set(struct page *page, const struct pen *pen)
{
	double dash[] = { pen->dash, pen->dash * 0.7 };
	ink_set(page, pen->colour);
	cairo_set_line_width(page->cairo, pen->width);
	cairo_set_dash(page->cairo, dash, pen->dash > 0 ? 2 : 0, 0);
}

void page_fill(struct page *page, const struct box *box, uint32_t colour)
{
	if (page->measuring)
		return;
	ink_set(page, colour);
	cairo_rectangle(page->cairo, box->x, box->y, box->width, box->height);
	cairo_fill(page->cairo);
}

void page_frame(struct page *page, const struct box *box, const struct pen *pen)
{
	if (page->measuring)
		return;
	pen_set(page, pen);
	cairo_rectangle(page->cairo, box->x, box->y, box->width, box->height);
	cairo_stroke(page->cairo);
}

void page_hatch(
        struct page *page, const struct box *box, const struct pen *pen, double gap)
{
	if (page->measuring)
		return;
	double step = gap < 0 ? -gap : gap, h = box->height;
	cairo_save(page->cairo);
	cairo_rectangle(page->cairo, box->x, box->y, box->width, box->height);
	cairo_clip(page->cairo);
	pen_set(page, pen);
	for (double x = box->x - h; x < box->x + box->width; x += step) {
		cairo_move_to(page->cairo, x, gap < 0 ? box->y : box->y + h);
		cairo_line_to(page->cairo, x + h, gap < 0 ? box->y + h : box->y);
	}
	cairo_stroke(page->cairo);
	cairo_restore(page->cairo);
}

void page_line(
        struct page *page, struct point from, struct point to, const struct pen *pen)
{
	struct point both[] = { from, to };
	page_curve(page, both, 2, pen);
}

void page_curve(
        struct page *page, const struct point *point, size_t n, const struct pen *pen)
{
	if (page->measuring || n == 0)
		return;
	pen_set(page, pen);
	cairo_move_to(page->cairo, point[0].x, point[0].y);
	for (size_t i = 1; i < n; i++)
		cairo_line_to(page->cairo, point[i].x, point[i].y);
	cairo_stroke(page->cairo);
}

void page_dot(struct page *page, struct point at, double radius, uint32_t colour)
{
	if (page->measuring)
		return;
	ink_set(page, colour);
	cairo_arc(page->cairo, at.x, at.y, radius, 0, 2 * G_PI);
	cairo_fill(page->cairo);
}

void page_tag(struct page *page, const char *name)
{
	if (!page->measuring)
		cairo_tag_begin(page->cairo, name, NULL);
}

void page_tag_end(struct page *page, const char *name)
{
	if (!page->measuring)
		cairo_tag_end(page->cairo, name);
}
