/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts 5 and 6: by which rule, and in what condition the data were. */
#include "reports/form.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"

static const char *word(const struct form *form, enum word which)
{
	return word_text(form->to.language, which);
}

static bool given(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* A factor with as many decimals as it has, at least one. */
static const char *short_number(const struct writer *to, double value)
{
	int decimals = 1;
	for (double s = 10; decimals < 5 && fabs(value * s - round(value * s)) > 1e-6;
	        s *= 10)
		decimals++;
	return people_number(to, value, decimals);
}

static const char *regulation(const struct form *form, const struct rule *rule)
{
	struct texts *texts = form->to.texts;
	const char *title =
	        form->to.language == VIETNAMESE ? rule->title_vi : rule->title_en;
	const char *text = texts_clean(texts, rule->regulation);
	if (given(title))
		text = texts_join(texts, text, ", ", texts_clean(texts, title));
	if (rule->from_us != 0)
		text = texts_join(texts, text, "; ",
		        texts_fill(texts, form->to.language, WORD_IN_FORCE_TEXT,
		                (struct slot[]){ { "date", people_date(&form->to,
		                                                   rule->from_us) },
		                        { 0 } }));
	return text;
}

/* Rule records cite "table 1, row 5"; anything else they say of a source is in English. */
static const char *table_row(const struct form *form, const char *source)
{
	struct texts *texts = form->to.texts;
	unsigned table, row;
	if (source == NULL || sscanf(source, "table %u, row %u", &table, &row) != 2)
		return form->to.language == ENGLISH ? source : "";
	return texts_fill(texts, form->to.language, WORD_TABLE_ROW,
	        (struct slot[]){ { "table", texts_add(texts, "%u", table) },
	                { "row", texts_add(texts, "%u", row) }, { 0 } });
}

static const char *applied(const struct form *form, const struct assessment *a)
{
	const struct writer *to = &form->to;
	bool vietnamese = to->language == VIETNAMESE;
	const char *table = table_row(form, a->parameter->source);
	const char *basis = vietnamese ? a->limit.basis_vi : a->limit.basis;
	enum word which = a->limit.stricter                           ? WORD_STRICTER
	                  : form_interval(a) || !a->parameter->scaled ? WORD_NOT_SCALED
	                                                              : WORD_PRODUCT;
	if (given(table))
		basis = texts_join(to->texts, texts_clean(to->texts, basis), "; ",
		        texts_clean(to->texts, table));
	return texts_fill(to->texts, to->language, which,
	        (struct slot[]){ { "parameter", form_parameter(form, a) },
	                { "table", people_number(to, a->limit.table_value,
	                                   a->limit.decimals) },
	                { "factor", short_number(to, a->limit.factor) },
	                { "limit", form_limit(form, a) },
	                { "basis", texts_clean(to->texts, basis) }, { 0 } });
}

static const char *coefficients(const struct form *form, const struct permit *permit)
{
	const struct writer *to = &form->to;
	const char *text = "";
	for (size_t i = 0; permit != NULL && i < permit->n_coefficients; i++) {
		const struct permit_coefficient *c = &permit->coefficient[i];
		const char *name =
		        texts_capital(to->texts, texts_clean(to->texts, c->name));
		const char *one = texts_add(
		        to->texts, "%s = %s", name, short_number(to, c->value));
		if (given(c->document))
			one = texts_add(to->texts, "%s (%s)", one,
			        texts_clean(to->texts, c->document));
		text = texts_join(to->texts, text, "; ", one);
	}
	return text;
}

static const char *rule_record(const struct form *form, const struct assessment *a)
{
	static const enum word status[] = { WORD_RULE_DRAFT, WORD_RULE_SOURCED,
		WORD_RULE_COUNTERSIGNED, WORD_RULE_SUPERSEDED };
	int weaker = rule_standing(a->rule, a->parameter);
	if (weaker < 0 || weaker > RULE_SUPERSEDED)
		weaker = RULE_DRAFT;
	const char *hash = texts_add(form->to.texts, "%.12s", a->rule->hash);
	return texts_fill(form->to.texts, form->to.language, WORD_RULE_TEXT,
	        (struct slot[]){ { "id", a->rule->id }, { "hash", hash },
	                { "status", word(form, status[weaker]) }, { 0 } });
}

static bool rule_told(const struct sheet *sheet, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (sheet->assessment[k].rule == sheet->assessment[i].rule)
			return true;
	return false;
}

void form_basis(struct form *form, const struct sheet *sheet)
{
	const struct writer *to = &form->to;
	const struct assessment *first = &sheet->assessment[0];
	for (size_t i = 0; i < sheet->n; i++)
		if (!rule_told(sheet, i))
			form_add(&form->basis, word(form, WORD_REGULATION),
			        regulation(form, sheet->assessment[i].rule));
	for (size_t i = 0; i < sheet->n && i < FORM_RESULTS; i++)
		if (i == 0 || sheet->assessment[i].result == RESULT_OVER)
			form_add(&form->basis, i == 0 ? word(form, WORD_APPLIED) : "",
			        applied(form, &sheet->assessment[i]));
	if (!sheet->ambient)
		form_add(&form->basis, word(form, WORD_COEFFICIENTS),
		        coefficients(form, sheet->permit));
	form_add(&form->basis, word(form, WORD_RULE_RECORD), rule_record(form, first));
	if (isfinite(first->stage->min_valid_percent))
		form_add(&form->basis, word(form, WORD_MINIMUM_SHARE),
		        texts_add(to->texts, "%s\xc2\xa0%% (%s)",
		                people_number(to, first->stage->min_valid_percent, 0),
		                word(form, WORD_MINIMUM_POLICY)));
}

/* ---- 6 ---- */

static const char *counted(
        const struct form *form, const char *text, enum word which, uint32_t n)
{
	if (n == 0)
		return text;
	return texts_join(form->to.texts, text, " · ",
	        texts_fill(form->to.texts, form->to.language, which,
	                (struct slot[]){ { "n", people_count(&form->to, n) }, { 0 } }));
}

static const char *counts(const struct form *form, const struct assessment *a)
{
	const struct writer *to = &form->to;
	const struct slot slots[] = {
		{ "expected", people_count(to, a->expected) },
		{ "came", word(form, form->damaged ? WORD_COUNTS_READ
		                                   : WORD_COUNTS_CAME) },
		{ "received", people_count(to, a->received) },
		{ "valid", people_count(to, a->valid) },
		{ "share", people_share(to, a->valid, a->expected,
		                   a->stage->min_valid_percent) },
		{ "calibrating", people_count(to, a->of[COUNTS_CALIBRATING]) },
		{ "fault", people_count(to, a->of[COUNTS_FAULT]) },
		{ "missing", people_count(to, a->of[COUNTS_MISSING]) },
		{ "absent", word(form, form->damaged ? WORD_COUNTS_UNREAD
		                                     : WORD_COUNTS_MISSING) },
		{ 0 },
	};
	const char *text = texts_fill(to->texts, to->language, WORD_COUNTS, slots);
	text = counted(form, text, WORD_COUNT_INVALID, a->of[COUNTS_INVALID]);
	text = counted(form, text, WORD_COUNT_RANGE_TOP, a->censored);
	return counted(form, text, WORD_COUNT_SUSPECT, a->suspect);
}

static const char *span_sentence(const struct form *form, const struct assessment *a,
        uint8_t what, enum word which)
{
	struct form_spans spans;
	if (!form_spans_of(form, a, what, &spans))
		return "";
	return texts_fill(form->to.texts, form->to.language, which,
	        (struct slot[]){ { "duration", spans.duration }, { "when", spans.when },
	                { 0 } });
}

/* An optical probe infers COD, BOD or TOC; without a correlation made on site that must be said. */
static const char *inferred(const struct form *form, const struct assessment *a)
{
	const char *method = a->about.method;
	bool oxygen = strcmp(a->channel, "cod") == 0 ||
	              strcmp(a->channel, "toc") == 0 ||
	              strncmp(a->channel, "bod", 3) == 0;
	if (!oxygen || !given(method) || strncmp(method, "UV", 2) != 0)
		return "";
	return texts_fill(form->to.texts, form->to.language, WORD_S19,
	        (struct slot[]){ { "parameter", form_parameter(form, a) },
	                { "method", texts_clean(form->to.texts, method) }, { 0 } });
}

static const char *outcome(
        const struct form *form, uint8_t result, uint32_t valid, uint32_t expected)
{
	return texts_add(form->to.texts, "%s (%s/%s)",
	        word_text(form->to.language, result_word(result)),
	        people_count(&form->to, valid), people_count(&form->to, expected));
}

static const char *change(const struct form *form, const char *names,
        const struct assessment *a, const struct sheet_before *before)
{
	const char *was = before->known ? outcome(form, before->result, before->valid,
	                                          before->expected)
	                                : word(form, WORD_CHANGE_NEW);
	return texts_fill(form->to.texts, form->to.language, WORD_CHANGE,
	        (struct slot[]){ { "parameter", names }, { "before", was },
	                { "now", outcome(form, a->result, a->valid, a->expected) },
	                { 0 } });
}

static bool changed(const struct assessment *a, const struct sheet_before *before)
{
	return !before->known || before->result != a->result ||
	       before->valid != a->valid || before->expected != a->expected ||
	       (before->value != a->value &&
	               !(isnan(before->value) && isnan(a->value)));
}

static bool same_change(const struct sheet *sheet, size_t i, size_t k)
{
	const struct assessment *a = &sheet->assessment[i], *b = &sheet->assessment[k];
	const struct sheet_before *x = &sheet->before[i], *y = &sheet->before[k];
	return changed(a, x) && changed(b, y) && a->result == b->result &&
	       a->valid == b->valid && a->expected == b->expected &&
	       x->known == y->known && x->result == y->result && x->valid == y->valid &&
	       x->expected == y->expected;
}

/* What changed, parameters with the same change named together. */
static const char *all_changes(const struct form *form, const struct sheet *sheet)
{
	struct texts *texts = form->to.texts;
	const char *changes = "";
	for (size_t i = 0; i < sheet->n; i++) {
		const char *names = "";
		bool told = !changed(&sheet->assessment[i], &sheet->before[i]);
		for (size_t k = 0; k < sheet->n; k++) {
			told = told || (k < i && same_change(sheet, i, k));
			if (same_change(sheet, i, k))
				names = texts_join(texts, names, ", ",
				        form_parameter(form, &sheet->assessment[k]));
		}
		if (!told)
			changes = texts_join(texts, changes, "; ",
			        change(form, names, &sheet->assessment[i],
			                &sheet->before[i]));
	}
	return changes;
}

static const char *version_sentence(const struct form *form, const struct sheet *sheet)
{
	const struct writer *to = &form->to;
	if (sheet->version < 2 || sheet->before == NULL)
		return "";
	bool late = sheet->late_us != 0;
	return texts_fill(to->texts, to->language, late ? WORD_S17 : WORD_S17_DOCUMENT,
	        (struct slot[]){
	                { "before", texts_add(to->texts, "%d", sheet->version - 1) },
	                { "date", late ? people_date(to, sheet->late_us) : "" },
	                { "changes", all_changes(form, sheet) }, { 0 } });
}

/* Sentences on the data of the parameter drawn. */
static const char *notices(const struct form *form, const struct assessment *a)
{
	struct texts *texts = form->to.texts;
	bool told = a->result == RESULT_OVER || a->result == RESULT_NOT_DECIDABLE;
	const char *text = told ? "" : span_sentence(form, a, COUNTS_FAULT, WORD_S15);
	text = texts_join(texts, text, " ",
	        span_sentence(form, a, COUNTS_CALIBRATING, WORD_S15_CALIBRATING));
	text = texts_join(texts, text, " ",
	        span_sentence(form, a, COUNTS_MISSING,
	                form->damaged ? WORD_S15_UNREAD : WORD_S15_MISSING));
	text = texts_join(texts, text, " ",
	        span_sentence(form, a, COUNTS_INVALID, WORD_S15_INVALID));
	text = texts_join(texts, text, " ",
	        span_sentence(form, a, COUNTS_STOPPED,
	                form->stack ? WORD_S15_STOPPED_STACK : WORD_S15_STOPPED));
	return texts_join(texts, text, " ", inferred(form, a));
}

void form_condition(struct form *form, const struct sheet *sheet)
{
	const struct assessment *first = &sheet->assessment[0];
	for (size_t i = 0; i < sheet->n && i < 3; i++) {
		const struct assessment *a = &sheet->assessment[i];
		bool bad =
		        a->result == RESULT_OVER || a->result == RESULT_NOT_DECIDABLE;
		if (i == 0 || (bad && a->valid != a->expected))
			form_add(&form->condition, form_parameter(form, a),
			        counts(form, a));
	}
	const char *version = version_sentence(form, sheet);
	const char *notice = notices(form, first);
	if (sheet->damaged)
		notice = texts_join(form->to.texts,
		        texts_fill(form->to.texts, form->to.language,
		                WORD_NOTICE_DAMAGED, NULL),
		        " ", notice);
	if (version[0] == '\0' && notice[0] == '\0')
		notice = word(form, WORD_NOTICE_NONE);
	form_add(&form->condition, word(form, WORD_NOTICE), version);
	form_add(&form->condition, version[0] == '\0' ? word(form, WORD_NOTICE) : "",
	        notice);
}
