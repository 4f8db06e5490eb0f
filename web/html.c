/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/html.h"

#include <math.h>
#include <string.h>

#include "base/legal_time.h"

void html_text(FILE *out, const char *text)
{
	for (const char *in = text; *in != '\0'; in++)
		switch (*in) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		case BOLD_ON:
		case BOLD_OFF:
			break;
		default:
			putc(*in, out);
		}
}

const char *html_word(const struct html *html, enum word word)
{
	return word_text(html->to.language, word);
}

void html_cell(struct html *html, const char *class, enum word label, const char *text)
{
	bool none = strcmp(text, "–") == 0;
	fprintf(html->out, "<td class=\"%s%s\" data-label=\"", class,
	        none ? " none" : "");
	html_text(html->out, html_word(html, label));
	fputs("\">", html->out);
	html_text(html->out, text);
}

/* As many decimals as a limit has, at least `least`. */
static const char *in_full(const struct html *html, double value, int least)
{
	int decimals = least;
	for (double s = pow(10, least);
	        decimals < 4 && fabs(value * s - round(value * s)) > 1e-6 * s; s *= 10)
		decimals++;
	return people_number(&html->to, value, decimals);
}

const char *html_limit(const struct html *html, double low, double high, int decimals,
        const char *unit)
{
	struct texts *texts = html->to.texts;
	if (!isfinite(high) && !isfinite(low))
		return "–";
	const char *of = people_unit(&html->to, unit);
	const char *text = in_full(html, high, isfinite(low) ? 0 : decimals);
	if (isfinite(low))
		text = texts_add(texts, "%s–%s", in_full(html, low, 0), text);
	return of[0] != '\0' ? texts_add(texts, "%s\xc2\xa0%s", text, of) : text;
}

/* ---- the frame ---- */

static void head(struct html *html)
{
	const char *code = language_code(html->to.language);
	const char *other = html->to.language == VIETNAMESE ? "en" : "vi";
	FILE *out = html->out;
	fprintf(out,
	        "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta "
	        "charset=\"utf-8\">\n",
	        code);
	fputs("<meta name=\"viewport\" content=\"width=device-width, "
	      "initial-scale=1\">\n<title>",
	        out);
	html_text(out, html->view->zone);
	fputs(" – ", out);
	html_text(out, html_word(html, WORD_WEB_TITLE));
	fputs("</title>\n<link rel=\"stylesheet\" href=\"/page.css\">\n"
	      "<link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">\n"
	      "<script src=\"/page.js\" defer></script>\n"
	      "<noscript><meta http-equiv=\"refresh\" "
	      "content=\"60\"></noscript>\n</head>\n<body>\n"
	      "<header><div><p class=\"kicker\">",
	        out);
	html_text(out, html_word(html, WORD_WEB_TITLE));
	fputs("</p>\n<h1>", out);
	html_text(out, html->view->zone);
	fprintf(out,
	        "</h1></div>\n<nav><a href=\"/?lang=%s\" hreflang=\"%s\" lang=\"%s\">",
	        other, other, other);
	html_text(out, html_word(html, WORD_WEB_OTHER_LANGUAGE));
	fputs("</a></nav></header>\n<main id=\"main\">\n", out);
}

static void line(struct html *html, const char *class, const char *text)
{
	fprintf(html->out, "<p class=\"%s\">", class);
	html_text(html->out, text);
	fputs("</p>\n", html->out);
}

/* Are data coming in?  One line, before everything else. */
static void status(struct html *html)
{
	const struct view *view = html->view;
	const struct writer *to = &html->to;
	bool silent = view->made_us - view->newest_us > VIEW_SILENT_US;
	enum collector_state collector = view_collector(view);
	bool well = !silent && collector == COLLECTOR_RUNS;
	const char *since = view->newest_us > 0 ? people_moment(to, view->newest_us)
	                                        : html_word(html, WORD_WEB_NEVER);
	const char *text = html_word(html, WORD_WEB_RECEIVING);
	if (silent)
		text = texts_fill(to->texts, to->language, WORD_WEB_SILENT,
		        (struct slot[]){ { "since", since }, { 0 } });
	if (collector != COLLECTOR_RUNS)
		text = texts_fill(to->texts, to->language,
		        collector == COLLECTOR_MUTE ? WORD_WEB_MUTE : WORD_WEB_ENDED,
		        (struct slot[]){
		                { "since", people_moment(to, view->collector_us) },
		                { 0 } });
	const char *made = texts_fill(to->texts, to->language, WORD_WEB_UPDATED,
	        (struct slot[]){ { "time", people_moment(to, view->made_us) }, { 0 } });
	line(html, well ? "status" : "status silent",
	        texts_add(to->texts, "%s %s · %s (%s)", well ? "●" : "○", text, made,
	                people_zone(to)));
}

static void body(struct html *html)
{
	const struct view *view = html->view;
	if (view->simulated)
		line(html, "banner", SIMULATED_TEXT);
	if (view->results != NULL && view->results->unconfirmed)
		line(html, "banner", html_word(html, WORD_RULE_NOT_CONFIRMED));
	if (view->results != NULL && view->results->problems > 0)
		line(html, "banner trouble", html_word(html, WORD_WEB_DAMAGED));
	if (view->trouble != NULL)
		line(html, "banner trouble", html_word(html, WORD_WEB_UNREADABLE));
	status(html);
	if (view->n_stations == 0)
		line(html, "status", html_word(html, WORD_WEB_NO_STATIONS));
	html_stations(html);
	html_results(html);
}

int html_page(FILE *out, const struct view *view, enum language language)
{
	struct html html = { .out = out, .view = view };
	html.to = (struct writer){ .texts = &html.texts,
		.language = language,
		.utc_offset_min = view->utc_offset_min };
	head(&html);
	body(&html);
	fputs("</main>\n<footer><p>", out);
	html_text(out, html_word(&html, WORD_WEB_FOOT));
	fputs("</p>\n<p class=\"state\">", out);
	html_text(out, html_word(&html, WORD_ARCHIVE_STATE));
	fputs(": ", out);
	html_text(out, view->archive_state != NULL
	                       ? people_archive_state(&html.to, view->archive_state)
	                       : "–");
	fprintf(out, "<br>quantrac %s</p></footer>\n</body>\n</html>\n",
	        QUANTRAC_VERSION);
	int status = html.texts.failed || ferror(out) ? FAILED : OK;
	texts_free(&html.texts);
	return status;
}
