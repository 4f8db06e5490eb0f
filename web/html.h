/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page as HTML: everything that came from outside goes through html_text. */
#ifndef WEB_HTML_H
#define WEB_HTML_H

#include <stdio.h>

#include "reports/numbers.h"
#include "web/view.h"

/* A text as content or as a quoted attribute: & < > " ' are written as entities, bold
 * marks left out. */
void html_text(FILE *out, const char *text);

/* The whole page.  Texts needed on the way live in a struct of its own.  OK or
 * FAILED. */
int html_page(FILE *out, const struct view *view, enum language language);

/* ---- its parts ---- */
struct html {
	FILE *out;
	struct texts texts;
	struct writer to;
	const struct view *view;
};

void html_stations(struct html *html); /* the station tables */
void html_results(struct html *html);  /* yesterday, and the strip of thirty days */

const char *html_word(const struct html *html, enum word word);
/* <td class="..." data-label="..."> and the text; the label heads the value on narrow
 * screens. */
void html_cell(struct html *html, const char *class, enum word label, const char *text);
/* "75 mg/L", "5.5-9"; a dash without a limit. */
const char *html_limit(const struct html *html, double low, double high, int decimals,
        const char *unit);

#endif
