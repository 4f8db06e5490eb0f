/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/html.h"

#include <math.h>
#include <string.h>

#include "base/legal_time.h"

static const char *const class_of[] = { "within", "over", "undecided", "calm" };
static const char *const sign_of[] = { "✓", "▲", "?", "–" };
static const enum word word_of[] = { WORD_WITHIN_SHORT, WORD_OVER_SHORT,
	WORD_NOT_DECIDABLE_SHORT, WORD_NOT_APPLICABLE_SHORT };

static uint8_t known(uint8_t result)
{
	return result <= RESULT_NOT_APPLICABLE ? result : RESULT_NOT_DECIDABLE;
}

static const char *station_name(const struct html *html, const char *id)
{
	for (size_t i = 0; i < html->view->n_stations; i++)
		if (strcmp(html->view->station[i].id, id) == 0 &&
		        html->view->station[i].name[0] != '\0')
			return html->view->station[i].name;
	return id;
}

static const char *bounded(
        const struct html *html, const struct view_result *r, const char *text)
{
	if (!isfinite(r->value))
		return "–";
	const char *sign = r->by == BY_LOWER_BOUND   ? "≥\xc2\xa0"
	                   : r->by == BY_UPPER_BOUND ? "≤\xc2\xa0"
	                                             : "";
	return texts_add(html->to.texts, "%s%s", sign, text);
}

static void result_row(struct html *html, const struct view_result *r)
{
	const struct writer *to = &html->to;
	int decimals = decimals_apart(r->value, r->high, r->decimals + 1);
	uint8_t result = known(r->result);
	fputs("<tr><th scope=\"row\">", html->out);
	html_text(html->out, r->label[to->language]);
	fputs(" <span class=\"id\">", html->out);
	html_text(html->out, station_name(html, r->station));
	fputs("</span></th>", html->out);
	html_cell(html, "number", WORD_DAILY_MEAN,
	        bounded(html, r, people_quantity(to, r->value, decimals, r->unit)));
	fputs("</td>", html->out);
	html_cell(html, "number", WORD_WEB_LIMIT,
	        html_limit(html, r->low, r->high, r->decimals, r->unit));
	fputs("</td>", html->out);
	html_cell(html, "number", WORD_RATIO,
	        isfinite(r->low) ? "–"
	                         : bounded(html, r,
	                                   people_number(to, r->ratio,
	                                           decimals_apart(r->ratio, 1, 2))));
	fputs("</td>", html->out);
	html_cell(html, "number", WORD_VALID_OF_EXPECTED,
	        texts_add(to->texts, "%s/%s", people_count(to, r->valid),
	                people_count(to, r->expected)));
	fputs("</td>", html->out);
	html_cell(html, class_of[result], WORD_RESULT,
	        texts_add(to->texts, "%s\xc2\xa0%s", sign_of[result],
	                html_word(html, word_of[result])));
	fputs("</td></tr>\n", html->out);
}

static int64_t last_day(const struct view_results *results)
{
	int64_t last_us = 0;
	for (size_t i = 0; i < results->n; i++)
		if (results->result[i].start_us > last_us)
			last_us = results->result[i].start_us;
	return last_us;
}

static void day_table(struct html *html, int64_t day_us)
{
	static const enum word head[] = { WORD_PARAMETER, WORD_DAILY_MEAN,
		WORD_WEB_LIMIT, WORD_RATIO, WORD_VALID_OF_EXPECTED, WORD_RESULT };
	const struct view_results *results = html->view->results;
	fputs("<h2>", html->out);
	html_text(html->out,
	        texts_fill(html->to.texts, html->to.language, WORD_WEB_YESTERDAY,
	                (struct slot[]){
	                        { "date", people_date(&html->to, day_us) }, { 0 } }));
	fputs("</h2>\n<section class=\"card\"><table>\n<thead><tr>", html->out);
	for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
		fprintf(html->out, "<th scope=\"col\" class=\"%s\">",
		        i > 0 && i < 5 ? "number" : "");
		html_text(html->out, html_word(html, head[i]));
		fputs("</th>", html->out);
	}
	fputs("</tr></thead>\n<tbody>\n", html->out);
	for (size_t i = 0; i < results->n; i++)
		if (results->result[i].start_us == day_us)
			result_row(html, &results->result[i]);
	fputs("</tbody>\n</table></section>\n", html->out);
}

/* ---- thirty days, a cell each ---- */

static bool same_strip(const struct view_result *a, const struct view_result *b)
{
	return strcmp(a->station, b->station) == 0 &&
	       strcmp(a->channel, b->channel) == 0 && a->start_us < b->start_us;
}

static void strip_cell(struct html *html, int64_t day_us, const struct view_result *r)
{
	const struct writer *to = &html->to;
	uint8_t result = r != NULL ? known(r->result) : RESULT_NOT_APPLICABLE;
	const char *text = texts_add(to->texts, "%s: %s", people_date(to, day_us),
	        r != NULL ? html_word(html, word_of[result])
	                  : html_word(html, WORD_WEB_NEVER));
	fprintf(html->out, "<li class=\"%s\" title=\"",
	        r != NULL ? class_of[result] : "none");
	html_text(html->out, text);
	fputs("\"><span aria-hidden=\"true\">", html->out);
	fputs(r != NULL ? sign_of[result] : "·", html->out);
	fputs("</span><span class=\"hidden\">", html->out);
	html_text(html->out, text);
	fputs("</span></li>", html->out);
}

/* The results of one channel from `at` on; the index behind its last one. */
static size_t strip(struct html *html, size_t at)
{
	const struct view_results *results = html->view->results;
	const struct view_result *first = &results->result[at];
	fputs("<tr><th scope=\"row\">", html->out);
	html_text(html->out, first->label[html->to.language]);
	fputs(" <span class=\"id\">", html->out);
	html_text(html->out, station_name(html, first->station));
	fputs("</span></th><td><ol class=\"strip\">", html->out);
	size_t next = at;
	for (int64_t day = results->from_us; day < results->to_us; day += US_PER_DAY) {
		const struct view_result *r = NULL;
		if (next < results->n && results->result[next].start_us == day &&
		        (next == at || same_strip(&results->result[next - 1],
		                               &results->result[next])))
			r = &results->result[next++];
		strip_cell(html, day, r);
	}
	fputs("</ol></td></tr>\n", html->out);
	return next > at ? next : at + 1;
}

static void thirty_days(struct html *html)
{
	const struct view_results *results = html->view->results;
	fputs("<h2>", html->out);
	html_text(html->out, html_word(html, WORD_WEB_THIRTY));
	fputs("</h2>\n<section class=\"card\"><table class=\"strips\">\n<tbody>\n",
	        html->out);
	for (size_t i = 0; i < results->n;)
		i = strip(html, i);
	fputs("</tbody>\n</table>\n<p class=\"small\">", html->out);
	html_text(html->out, html_word(html, WORD_WEB_LEGEND));
	for (uint8_t r = 0; r <= RESULT_NOT_APPLICABLE; r++) {
		fprintf(html->out, " <span class=\"key\"><span class=\"%s\">%s</span> ",
		        class_of[r], sign_of[r]);
		html_text(html->out, html_word(html, word_of[r]));
		fputs("</span>", html->out);
	}
	fputs("</p></section>\n", html->out);
}

void html_results(struct html *html)
{
	const struct view_results *results = html->view->results;
	if (results == NULL || results->n == 0) {
		if (html->view->n_stations > 0) {
			fputs("<p class=\"status\">", html->out);
			html_text(html->out, html_word(html, WORD_WEB_NO_RESULTS));
			fputs("</p>\n", html->out);
		}
		return;
	}
	day_table(html, last_day(results));
	thirty_days(html);
}
