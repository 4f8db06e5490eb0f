/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/html.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/reading.h"

struct state_look { /* a sign and a word for every state; the class only adds colour */
	const char *sign, *class;
	enum word word;
};

static const struct state_look *look_of(const struct view_channel *channel)
{
	static const struct state_look looks[CHANNEL_STATES] = {
		[STATE_OK] = { "●", "good", WORD_STATE_OK },
		[STATE_UNCHANGED] = { "●", "good", WORD_STATE_UNCHANGED },
		[STATE_SILENT] = { "○", "lost", WORD_STATE_NOT_RECEIVED },
		[STATE_GARBLED] = { "○", "lost", WORD_STATE_NOT_RECEIVED },
		[STATE_REFUSED] = { "○", "lost", WORD_STATE_NOT_RECEIVED },
		[STATE_NO_VALUE] = { "○", "lost", WORD_STATE_NO_VALUE },
		[STATE_BELOW_RANGE] = { "◐", "note", WORD_STATE_BELOW_RANGE },
		[STATE_ABOVE_RANGE] = { "◐", "note", WORD_STATE_ABOVE_RANGE },
		[STATE_CALIBRATING] = { "◐", "note", WORD_STATE_CALIBRATING },
		[STATE_MAINTENANCE] = { "◐", "note", WORD_STATE_MAINTENANCE },
		[STATE_FAULT] = { "✕", "lost", WORD_STATE_FAULT },
		[STATE_STOPPED] = { "–", "calm", WORD_STATE_STOPPED },
		[STATE_OFF] = { "–", "calm", WORD_STATE_OFF },
	};
	static const struct state_look stale = { "○", "lost", WORD_STATE_STALE };
	if (channel->silent || channel->state >= CHANNEL_STATES)
		return &stale;
	return &looks[channel->state];
}

/* "10:31:20, 12 s ago"; with the date where it was not today. */
static const char *measured_at(struct html *html, int64_t time_us)
{
	const struct writer *to = &html->to;
	int64_t age_s = (html->view->made_us - time_us) / US_PER_S;
	struct civil at = civil_from_us(time_us, to->utc_offset_min);
	const char *clock =
	        texts_add(to->texts, "%02d:%02d:%02d", at.hour, at.minute, at.second);
	if (time_us == 0)
		return html_word(html, WORD_WEB_NEVER);
	if (day_start(time_us, to->utc_offset_min) !=
	        day_start(html->view->made_us, to->utc_offset_min))
		return people_moment(to, time_us);
	const char *age = age_s < 60 ? texts_add(to->texts, "%" PRId64 "\xc2\xa0s",
	                                       age_s > 0 ? age_s : 0)
	                             : people_duration(to, (double)age_s);
	return texts_add(to->texts, "%s, %s", clock,
	        texts_fill(to->texts, to->language, WORD_WEB_AGO,
	                (struct slot[]){ { "age", age }, { 0 } }));
}

static bool higher(const struct view_channel *c)
{
	return c->mean > c->high || (isfinite(c->low) && c->mean < c->low);
}

/* A bar of the mean against its limit: full is the limit. */
static void bar(struct html *html, const struct view_channel *c)
{
	double share = 100 * c->mean / c->high;
	if (!isfinite(share) || isfinite(c->low) || c->high <= 0)
		return;
	share = share < 0 ? 0 : share > 100 ? 100 : share;
	fprintf(html->out,
	        "<svg class=\"bar %s\" aria-hidden=\"true\" width=\"72\" height=\"5\">"
	        "<rect class=\"whole\" width=\"72\" height=\"5\"/>"
	        "<rect class=\"part\" width=\"%.1f\" height=\"5\"/></svg>",
	        higher(c) ? "high" : "low", 0.72 * share);
}

static void mean_cell(struct html *html, const struct view_channel *c)
{
	const struct writer *to = &html->to;
	const char *text = "–";
	if (c->limited && isfinite(c->mean)) {
		int decimals = decimals_apart(c->mean, c->high, c->limit_decimals + 1);
		text = people_quantity(to, c->mean, decimals, c->limit_unit);
	}
	html_cell(html, "number", WORD_WEB_MEAN_TODAY, text);
	if (c->limited && isfinite(c->mean) && higher(c)) {
		fputs(" <span class=\"over\">▲\xc2\xa0", html->out);
		html_text(html->out,
		        html_word(html,
		                isfinite(c->low) ? WORD_WEB_OUTSIDE : WORD_WEB_HIGHER));
		fputs("</span>", html->out);
	}
	if (c->limited)
		bar(html, c);
	fputs("</td>", html->out);
}

static void channel_row(struct html *html, const struct view_channel *c)
{
	const struct writer *to = &html->to;
	const struct state_look *look = look_of(c);
	fputs("<tr><th scope=\"row\">", html->out);
	html_text(html->out, c->label[to->language]);
	fputs("</th>", html->out);
	html_cell(html, "number value", WORD_WEB_NEWEST,
	        people_quantity(
	                to, c->value, c->decimals, isfinite(c->value) ? c->unit : ""));
	fputs("</td>", html->out);
	html_cell(html, "time", WORD_WEB_TIME, measured_at(html, c->value_us));
	fputs("</td>", html->out);
	html_cell(html, look->class, WORD_WEB_STATE,
	        texts_add(to->texts, "%s\xc2\xa0%s", look->sign,
	                html_word(html, look->word)));
	fputs("</td>", html->out);
	html_cell(html, "number", WORD_WEB_LIMIT,
	        c->limited ? html_limit(html, c->low, c->high, c->limit_decimals,
	                             c->limit_unit)
	                   : "–");
	fputs("</td>", html->out);
	mean_cell(html, c);
	html_cell(html, "number", WORD_WEB_CAPTURE,
	        people_share(to, c->valid, c->expected, NAN));
	fputs("</td></tr>\n", html->out);
}

/* "Gaps today: 2, 35 min": minutes begun. */
static void gaps_line(struct html *html, const struct view_station *s)
{
	const struct writer *to = &html->to;
	const char *text = html_word(
	        html, s->gaps_unread ? WORD_WEB_GAPS_UNREAD : WORD_WEB_GAPS_NONE);
	if (!s->gaps_known && !s->gaps_unread)
		return;
	int64_t minutes = (s->gaps_us + US_PER_MIN - 1) / US_PER_MIN;
	if (s->n_gaps > 0)
		text = texts_fill(to->texts, to->language, WORD_WEB_GAPS,
		        (struct slot[]){ { "n", people_count(to, s->n_gaps) },
		                { "duration",
		                        people_duration(to, (double)minutes * 60) },
		                { 0 } });
	fputs("<p class=\"small gaps\">", html->out);
	html_text(html->out, text);
	fputs("</p>", html->out);
}

static void station(struct html *html, const struct view_station *s)
{
	static const struct {
		const char *class;
		enum word word;
	} head[] = { { "", WORD_PARAMETER }, { "number", WORD_WEB_NEWEST },
		{ "", WORD_WEB_TIME }, { "", WORD_WEB_STATE },
		{ "number", WORD_WEB_LIMIT }, { "number", WORD_WEB_MEAN_TODAY },
		{ "number", WORD_WEB_CAPTURE } };
	fputs("<section class=\"card\"><h3>", html->out);
	html_text(html->out, s->name[0] != '\0' ? s->name : s->id);
	fputs(" <span class=\"id\">", html->out);
	html_text(html->out, s->id);
	fputs("</span></h3>\n<table class=\"now\">\n<thead><tr>", html->out);
	for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
		fprintf(html->out, "<th scope=\"col\" class=\"%s\">", head[i].class);
		html_text(html->out, html_word(html, head[i].word));
		fputs("</th>", html->out);
	}
	fputs("</tr></thead>\n<tbody>\n", html->out);
	for (size_t i = 0; i < s->n_channels; i++)
		channel_row(html, &s->channel[i]);
	fputs("</tbody>\n</table>", html->out);
	gaps_line(html, s);
	if (strcmp(s->kind, "ambient") == 0) {
		fputs("<p class=\"small\">", html->out);
		html_text(html->out,
		        texts_fill(html->to.texts, html->to.language, WORD_S14, NULL));
		fputs("</p>", html->out);
	}
	fputs("</section>\n", html->out);
}

void html_stations(struct html *html)
{
	if (html->view->n_stations == 0)
		return;
	fputs("<h2>", html->out);
	html_text(html->out, html_word(html, WORD_WEB_NOW));
	fputs("</h2>\n", html->out);
	for (size_t i = 0; i < html->view->n_stations; i++)
		station(html, &html->view->station[i]);
}
