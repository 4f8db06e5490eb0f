/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The head and foot of the form, and the words all its parts share. */
#include "reports/form.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"

static const char *word(const struct form *form, enum word which)
{
	return word_text(form->to.language, which);
}

void form_add(struct form_lines *lines, const char *label, const char *text)
{
	if (text == NULL || text[0] == '\0' || lines->n == FORM_LINES)
		return;
	lines->line[lines->n++] = (struct form_line){ .label = label, .text = text };
}

void form_add_result(struct form_lines *lines, uint8_t result, const char *text)
{
	size_t n = lines->n;
	form_add(lines, result_sign(result), text);
	if (lines->n > n)
		lines->line[n].result = result;
}

/* ---- words every part uses ---- */

const char *form_parameter(const struct form *form, const struct assessment *a)
{
	bool vietnamese = form->to.language == VIETNAMESE;
	const char *of_rule =
	        vietnamese ? a->parameter->name_vi : a->parameter->name_en;
	const char *own = vietnamese ? a->about.label_vi : a->about.label_en;
	const char *name = of_rule != NULL && of_rule[0] != '\0' ? of_rule
	                   : own != NULL && own[0] != '\0'       ? own
	                                                         : a->channel;
	return texts_clean(form->to.texts, name);
}

bool form_interval(const struct assessment *a)
{
	return isfinite(a->limit.low);
}

const char *form_term(const struct form *form, const struct rule *rule)
{
	const char *term = form->to.language == VIETNAMESE ? rule->limit_term_vi
	                                                   : rule->limit_term_en;
	return term != NULL && term[0] != '\0' ? texts_clean(form->to.texts, term)
	                                       : word(form, WORD_LIMIT_TERM);
}

/* Decimals that show a limit in full: 75 x 0.9 x 1.1 is 74.25, never 74. */
static int limit_decimals(double limit, int least)
{
	int decimals = least;
	for (double scale = pow(10, least); isfinite(limit) && decimals < 4;
	        decimals++) {
		if (fabs(limit * scale - round(limit * scale)) <
		        1e-6 * scale * fabs(limit))
			break;
		scale *= 10;
	}
	return decimals;
}

int form_decimals(const struct assessment *a)
{
	return limit_decimals(a->limit.high, a->limit.decimals) + 1;
}

const char *form_limit(const struct form *form, const struct assessment *a)
{
	const struct writer *to = &form->to;
	const char *unit = a->parameter->unit;
	if (!form_interval(a))
		return people_quantity(to, a->limit.high,
		        limit_decimals(a->limit.high, a->limit.decimals), unit);
	const char *low =
	        people_number(to, a->limit.low, limit_decimals(a->limit.low, 0));
	return texts_add(to->texts, "%s–%s", low,
	        people_quantity(
	                to, a->limit.high, limit_decimals(a->limit.high, 0), unit));
}

const char *form_value(
        const struct form *form, const struct assessment *a, double value)
{
	int decimals = decimals_apart(value, a->limit.high, form_decimals(a));
	if (form_interval(a))
		decimals = decimals_apart(value, a->limit.low, decimals);
	return people_quantity(&form->to, value, decimals, a->parameter->unit);
}

const char *result_sign(uint8_t result)
{
	static const char *const sign[] = { "✓", "▲", "?", "–" };
	return result <= RESULT_NOT_APPLICABLE ? sign[result] : "?";
}

enum word result_word(uint8_t result)
{
	static const enum word of[] = { WORD_WITHIN_SHORT, WORD_OVER_SHORT,
		WORD_NOT_DECIDABLE_SHORT, WORD_NOT_APPLICABLE_SHORT };
	return result <= RESULT_NOT_APPLICABLE ? of[result] : WORD_NOT_DECIDABLE_SHORT;
}

bool form_spans_of(const struct form *form, const struct assessment *a, uint8_t what,
        struct form_spans *out)
{
	struct texts *texts = form->to.texts;
	size_t n = 0;
	*out = (struct form_spans){ .when = "" };
	for (size_t i = 0; i < a->n_spans; i++) {
		const struct span *span = &a->span[i];
		if (span->what != what)
			continue;
		out->seconds += (double)(span->to_us - span->from_us) / US_PER_S;
		if (n++ >= 3)
			continue;
		out->when = texts_join(texts, out->when, ", ",
		        texts_fill(texts, form->to.language, WORD_FROM_TO,
		                (struct slot[]){ { "from", people_clock(&form->to,
		                                                   span->from_us) },
		                        { "to", people_clock_end(
		                                        &form->to, span->to_us) },
		                        { 0 } }));
	}
	if (n > 3)
		out->when = texts_join(texts, out->when, " ",
		        texts_fill(texts, form->to.language, WORD_MORE_SPANS,
		                (struct slot[]){
		                        { "n", people_count(&form->to, n - 3) },
		                        { 0 } }));
	out->duration = people_duration(&form->to, out->seconds);
	return n > 0;
}

/* ---- head ---- */

static void banners(struct form *form, const struct sheet *sheet)
{
	bool confirmed = true, taken = false;
	for (size_t i = 0; i < sheet->n; i++) {
		const struct assessment *a = &sheet->assessment[i];
		confirmed = confirmed && rule_confirmed(a->rule, a->parameter);
	}
	if (sheet->simulated)
		form->banner[form->n_banners++] = SIMULATED_TEXT;
	if (!confirmed)
		form->banner[form->n_banners++] = word(form, WORD_RULE_NOT_CONFIRMED);
	if (sheet->damaged)
		form->banner[form->n_banners++] = word(form, WORD_DAMAGED);
	for (size_t i = 0; i < sheet->n_gaps; i++)
		taken = taken || sheet->gap[i].cause == GAP_PRUNED;
	if (taken)
		form->banner[form->n_banners++] = word(form, WORD_TAKEN);
	if (sheet->level != LEVEL_APPROVED)
		form->banner[form->n_banners++] = word(form, WORD_PRELIMINARY);
}

static const char *version_words(const struct form *form, const struct sheet *sheet)
{
	const struct writer *to = &form->to;
	const char *number = texts_add(to->texts, "%d", sheet->version);
	if (sheet->version < 2)
		return texts_fill(to->texts, to->language, WORD_VERSION,
		        (struct slot[]){ { "number", number }, { 0 } });
	return texts_fill(to->texts, to->language, WORD_VERSION_REPLACES,
	        (struct slot[]){ { "number", number },
	                { "before", texts_add(to->texts, "%d", sheet->version - 1) },
	                { "date", people_date(to, sheet->before_made_us) }, { 0 } });
}

static void head(struct form *form, const struct sheet *sheet)
{
	const struct writer *to = &form->to;
	const struct assessment *first = &sheet->assessment[0];
	form->sheet = word(form, WORD_SHEET);
	form->title = word(form, WORD_TITLE_DAY);
	if (sheet->ambient)
		form->title = word(form, WORD_TITLE_AMBIENT);
	else if (first->result == RESULT_OVER)
		form->title = texts_fill(to->texts, to->language, WORD_TITLE_OVER,
		        (struct slot[]){
		                { "term", form_term(form, first->rule) }, { 0 } });
	form->period = texts_add(to->texts, "%s: %s", word(form, WORD_PERIOD),
	        people_day_period(to, sheet->start_us));
	form->identity = texts_add(to->texts, "%s %s\n%s", word(form, WORD_SHEET_ID),
	        sheet->id, version_words(form, sheet));
	form->made = texts_fill(to->texts, to->language, WORD_MADE,
	        (struct slot[]){
	                { "time", people_moment(to, sheet->made_us) }, { 0 } });
}

static void parts(struct form *form, const struct sheet *sheet)
{
	const enum word part[FORM_PARTS] = {
		sheet->ambient ? WORD_PART_POINT : WORD_PART_FACILITY,
		WORD_PART_RESULT,
		WORD_PART_NUMBERS,
		WORD_PART_CHART,
		WORD_PART_BASIS,
		WORD_PART_CONDITION,
		WORD_PART_GAPS,
	};
	for (int i = 0; i < FORM_PARTS; i++)
		form->part[i] =
		        texts_add(form->to.texts, "%d. %s", i + 1, word(form, part[i]));
}

/* ---- 1: who and where ---- */

static void add_about(struct form *form, enum word label, const char *text)
{
	if (text != NULL && text[0] != '\0')
		form_add(&form->about, word(form, label),
		        texts_clean(form->to.texts, text));
}

static void about_permit(struct form *form, const struct permit *permit)
{
	const struct writer *to = &form->to;
	add_about(form, WORD_FACILITY, permit->facility_name);
	add_about(form, WORD_OWNER, permit->facility_owner);
	add_about(form, WORD_ADDRESS, permit->facility_address);
	form_add(&form->about, word(form, WORD_PERMIT),
	        texts_fill(to->texts, to->language, WORD_PERMIT_TEXT,
	                (struct slot[]){
	                        { "number", texts_clean(to->texts, permit->number) },
	                        { "date", people_date(to, permit->issued_us) },
	                        { "issuer", texts_clean(to->texts, permit->issuer) },
	                        { 0 } }));
	add_about(form, form->stack ? WORD_STACK : WORD_OUTFALL, permit->outlet_name);
	if (!form->stack)
		add_about(form, WORD_RECEIVING, permit->receiving_water);
}

static const char *station_words(const struct form *form, const struct sheet *sheet)
{
	const char *name = sheet->describe != NULL ? sheet->describe->station_name : "";
	if (name[0] == '\0')
		return sheet->station;
	return texts_fill(form->to.texts, form->to.language, WORD_STATION_TEXT,
	        (struct slot[]){ { "name", texts_clean(form->to.texts, name) },
	                { "id", sheet->station }, { 0 } });
}

static void about(struct form *form, const struct sheet *sheet)
{
	const struct describe *station = sheet->describe;
	const struct permit *permit = sheet->permit;
	const char *coordinates = station != NULL ? station->coordinates : "";
	if (permit != NULL && !sheet->ambient) {
		about_permit(form, permit);
		if (permit->coordinates != NULL && permit->coordinates[0] != '\0')
			coordinates = permit->coordinates;
	}
	add_about(form, WORD_COORDINATES, coordinates);
	form_add(&form->about, word(form, WORD_STATION), station_words(form, sheet));
	if (station == NULL)
		return;
	add_about(form, WORD_ZONE, station->zone_name);
	char role = (char)toupper((unsigned char)station->role[0]);
	if (role >= 'A' && role <= 'C')
		add_about(form, WORD_ROLE,
		        word(form, WORD_ROLE_A + (unsigned)(role - 'A')));
}

/* ---- foot ---- */

static void foot(struct form *form, const struct sheet *sheet)
{
	const struct writer *to = &form->to;
	char day[TIME_TEXT];
	form_add(&form->foot, word(form, WORD_ARCHIVE_STATE),
	        people_archive_state(to, sheet->archive_state));
	form_add(&form->foot, word(form, WORD_DIGEST), sheet->digest);
	if (sheet->mark[0] != '\0')
		form_add(&form->foot, word(form, WORD_MARK),
		        texts_fill(to->texts, to->language, WORD_MARK_TEXT,
		                (struct slot[]){ { "digits", sheet->mark },
		                        { "n", people_count(to, sheet->mark_size) },
		                        { "time", people_moment(to, sheet->mark_us) },
		                        { 0 } }));
	form_add(&form->foot, word(form, WORD_CHECK),
	        texts_fill(to->texts, to->language, WORD_CHECK_TEXT,
	                (struct slot[]){ { "station", sheet->station },
	                        { "day", date_print(sheet->start_us,
	                                         sheet->utc_offset_min, day) },
	                        { 0 } }));
	form->page = texts_add(to->texts, "%s · quantrac %s",
	        texts_fill(to->texts, to->language, WORD_PAGE,
	                (struct slot[]){ { "page", "1" }, { "pages", "1" }, { 0 } }),
	        QUANTRAC_VERSION);
	form->disclaimer = texts_fill(to->texts, to->language, WORD_S22, NULL);
}

int form_make(struct form *form, const struct sheet *sheet, enum language language)
{
	*form = (struct form){ 0 };
	form->to = (struct writer){ .texts = &form->texts,
		.language = language,
		.utc_offset_min = sheet->utc_offset_min };
	form->damaged = sheet->damaged;
	form->stack = sheet->describe != NULL &&
	              strcmp(sheet->describe->outlet_kind, "stack") == 0;
	if (sheet->n == 0)
		return NOT_FOUND;
	form->row = calloc(sheet->n, sizeof *form->row);
	if (form->row == NULL)
		return FAILED;
	banners(form, sheet);
	head(form, sheet);
	parts(form, sheet);
	about(form, sheet);
	form_results(form, sheet);
	form_table(form, sheet);
	form_basis(form, sheet);
	form_condition(form, sheet);
	if (form_gaps(form, sheet) != OK)
		return FAILED;
	foot(form, sheet);
	return form->texts.failed ? FAILED : OK;
}

void form_free(struct form *form)
{
	texts_free(&form->texts);
	free(form->row);
	*form = (struct form){ 0 };
}
