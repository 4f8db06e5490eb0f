/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Part 2: one sentence for each parameter, and what qualifies it. */
#include "reports/form.h"

#include <math.h>
#include <string.h>

#define MOST_SLOTS 16

/* The slots nearly every sentence draws on. */
static const char *say(const struct form *form, const struct assessment *a,
        enum word word, double value)
{
	const struct writer *to = &form->to;
	bool vietnamese = to->language == VIETNAMESE;
	const char *basis = vietnamese && a->limit.basis_vi[0] != '\0'
	                            ? a->limit.basis_vi
	                            : a->limit.basis;
	double ratio = value / a->limit.high;
	const struct slot slots[] = {
		{ "parameter", texts_capital(to->texts, form_parameter(form, a)) },
		{ "date", people_date(to, a->start_us) },
		{ "value", form_value(form, a, value) },
		{ "term", form_term(form, a->rule) },
		{ "limit", form_limit(form, a) },
		{ "basis", texts_clean(to->texts, basis) },
		{ "ratio", people_number(to, ratio, decimals_apart(ratio, 1, 2)) },
		{ "share", people_share(to, a->valid, a->expected,
		                   a->stage->min_valid_percent) },
		{ "valid", people_count(to, a->valid) },
		{ "expected", people_count(to, a->expected) },
		{ 0 },
	};
	return texts_fill(to->texts, to->language, word, slots);
}

/* Values at the top of a range that ends below the limit may be over it. */
static const char *say_range(const struct form *form, const struct assessment *a)
{
	const struct writer *to = &form->to;
	const struct slot slots[] = {
		{ "parameter", texts_capital(to->texts, form_parameter(form, a)) },
		{ "top", form_value(form, a, a->range_top) },
		{ "limit", form_limit(form, a) },
		{ "n", people_count(to, a->censored) },
		{ 0 },
	};
	return texts_fill(to->texts, to->language, WORD_S5_RANGE, slots);
}

static const char *say_undecided(const struct form *form, const struct assessment *a)
{
	const struct writer *to = &form->to;
	double minimum = a->stage->min_valid_percent;
	bool enough = 100.0 * a->valid >= minimum * a->expected;
	if (a->censored > 0 && enough)
		return say_range(form, a);
	if (!isfinite(minimum) || a->expected == 0)
		return say(form, a, WORD_S5_NO_MINIMUM, a->value);
	const char *least = people_number(to, minimum, 0);
	const struct slot slots[] = {
		{ "parameter", texts_capital(to->texts, form_parameter(form, a)) },
		{ "valid", people_count(to, a->valid) },
		{ "expected", people_count(to, a->expected) },
		{ "share", people_share(to, a->valid, a->expected, minimum) },
		{ "minimum", texts_add(to->texts, "%s\xc2\xa0%%", least) },
		{ "source", word_text(to->language, WORD_MINIMUM_POLICY) },
		{ 0 },
	};
	return texts_fill(to->texts, to->language, WORD_S5, slots);
}

/* pH: an interval has no ratio; how far and how long it was left tells more. */
static const char *say_interval(
        const struct form *form, const struct assessment *a, enum word word)
{
	const struct writer *to = &form->to;
	bool below = a->value < a->limit.low;
	double by = below ? a->limit.low - a->value : a->value - a->limit.high;
	const char *side = texts_fill(to->texts, to->language,
	        below ? WORD_S8_BELOW : WORD_S8_ABOVE,
	        (struct slot[]){
	                { "by", people_number(to, by, form_decimals(a)) }, { 0 } });
	bool vietnamese = to->language == VIETNAMESE;
	const struct slot slots[] = {
		{ "parameter", texts_capital(to->texts, form_parameter(form, a)) },
		{ "date", people_date(to, a->start_us) },
		{ "value", form_value(form, a, a->value) },
		{ "limit", form_limit(form, a) },
		{ "basis", texts_clean(to->texts,
		                   vietnamese ? a->limit.basis_vi : a->limit.basis) },
		{ "side", side },
		{ "outside", people_duration(to, a->outside_s) },
		{ "n", people_count(to, a->n_excursions) },
		{ "low", form_value(form, a, a->low) },
		{ "high", form_value(form, a, a->high) },
		{ 0 },
	};
	return texts_fill(to->texts, to->language, word, slots);
}

static const char *main_sentence(const struct form *form, const struct assessment *a)
{
	if (a->result == RESULT_NOT_DECIDABLE)
		return say_undecided(form, a);
	if (a->result == RESULT_OVER && form_interval(a))
		return say_interval(form, a, WORD_S8);
	if (a->result == RESULT_OVER && a->by == BY_LOWER_BOUND)
		return say(form, a, WORD_S6, a->lower_bound);
	if (a->result == RESULT_OVER)
		return say(form, a, WORD_S1, a->value);
	if (a->by == BY_UPPER_BOUND)
		return say(form, a, WORD_S7, a->upper_bound);
	if (form_interval(a) && a->n_excursions > 0)
		return say_interval(form, a, WORD_S9);
	return say(form, a, form_interval(a) ? WORD_S2_INTERVAL : WORD_S2, a->value);
}

/* ---- what qualifies a result ---- */

static const char *strength_sentence(
        const struct form *form, const struct assessment *a)
{
	const struct writer *to = &form->to;
	if (a->strength == STRENGTH_NONE || a->by == BY_UPPER_BOUND ||
	        !isfinite(a->guard))
		return "";
	if (a->result == RESULT_WITHIN && a->strength == STRENGTH_BEYOND)
		return "";
	int decimals = decimals_apart(fabs(a->difference), a->guard, form_decimals(a));
	const struct slot slots[] = {
		{ "difference", people_quantity(to, fabs(a->difference), decimals,
		                        a->parameter->unit) },
		{ "guard",
		        people_quantity(to, a->guard, decimals, a->parameter->unit) },
		{ 0 },
	};
	return texts_fill(to->texts, to->language,
	        a->strength == STRENGTH_BEYOND ? WORD_S3 : WORD_S4, slots);
}

static const char *fault_sentence(const struct form *form, const struct assessment *a)
{
	struct form_spans spans;
	if (!form_spans_of(form, a, COUNTS_FAULT, &spans))
		return "";
	return texts_fill(form->to.texts, form->to.language, WORD_S15,
	        (struct slot[]){ { "duration", spans.duration }, { "when", spans.when },
	                { 0 } });
}

static const char *qualified(const struct form *form, const struct assessment *a)
{
	const struct writer *to = &form->to;
	struct texts *texts = to->texts;
	const char *text = "";
	if (a->censored > 0 && a->result != RESULT_NOT_DECIDABLE)
		text = texts_fill(texts, to->language, WORD_S13,
		        (struct slot[]){ { "n", people_count(to, a->censored) },
		                { "top", people_quantity(to, a->range_top,
		                                 a->limit.decimals,
		                                 a->parameter->unit) },
		                { 0 } });
	text = texts_join(texts, text, " ", strength_sentence(form, a));
	if (a->result == RESULT_OVER || a->result == RESULT_NOT_DECIDABLE)
		text = texts_join(texts, text, " ", fault_sentence(form, a));
	if (a->suspect > 0)
		text = texts_join(texts, text, " ",
		        texts_fill(texts, to->language, WORD_S16,
		                (struct slot[]){ { "n", people_count(to, a->suspect) },
		                        { 0 } }));
	return text;
}

/* ---- not applicable: one sentence for all parameters it is true of ---- */

static const struct rule_operating *flow_condition(const struct rule *rule)
{
	for (size_t i = 0; i < rule->n_operating; i++)
		if (strncmp(rule->operating[i].channel, "flow", 4) == 0 &&
		        isfinite(rule->operating[i].above))
			return &rule->operating[i];
	return NULL;
}

static const char *no_operation(
        const struct form *form, const struct assessment *a, const char *names)
{
	const struct writer *to = &form->to;
	const struct rule_operating *flow =
	        form->stack ? NULL : flow_condition(a->rule);
	enum word word = form->stack    ? WORD_S10_STACK
	                 : flow != NULL ? WORD_S10_FLOW
	                                : WORD_S10;
	const char *least = "";
	if (flow != NULL)
		least = people_quantity(to, flow->above,
		        flow->above == floor(flow->above) ? 0 : 1, flow->unit);
	return texts_fill(to->texts, to->language, word,
	        (struct slot[]){ { "parameters", names }, { "flow", least }, { 0 } });
}

static const char *not_applicable(
        const struct form *form, const struct assessment *a, const char *names)
{
	const struct writer *to = &form->to;
	if (a->by == BY_NO_OPERATION)
		return no_operation(form, a, names);
	if (a->by != BY_SHORT_OPERATION)
		return texts_fill(to->texts, to->language, WORD_REFUSED,
		        (struct slot[]){ { "parameters", names },
		                { "note", form_refusal(form, a) }, { 0 } });
	double minimum = a->stage->min_operating_s;
	return texts_fill(to->texts, to->language, WORD_S11,
	        (struct slot[]){ { "parameters", names },
	                { "operated", people_duration(to, a->operating_s) },
	                { "minimum", people_duration(to, minimum) }, { 0 } });
}

static bool same_reason(const struct assessment *a, const struct assessment *b)
{
	return a->by == b->by && a->rule == b->rule &&
	       a->operating_s == b->operating_s && strcmp(a->note, b->note) == 0;
}

static void all_not_applicable(struct form *form, const struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->n; i++) {
		const struct assessment *a = &sheet->assessment[i];
		const char *names = "";
		bool told = false;
		if (a->result != RESULT_NOT_APPLICABLE)
			continue;
		for (size_t k = 0; k < sheet->n; k++) {
			const struct assessment *b = &sheet->assessment[k];
			if (b->result != RESULT_NOT_APPLICABLE || !same_reason(a, b))
				continue;
			told = told || k < i;
			names = texts_join(
			        form->to.texts, names, ", ", form_parameter(form, b));
		}
		if (!told)
			form_add_result(&form->results, a->result,
			        not_applicable(
			                form, a, texts_capital(form->to.texts, names)));
	}
}

/* ---- a day without any data ---- */

static bool is_dark(const struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->n; i++)
		if (sheet->assessment[i].result != RESULT_NOT_DECIDABLE ||
		        sheet->assessment[i].received > 0)
			return false;
	for (size_t i = 0; i < sheet->n_shorter; i++)
		if (sheet->shorter[i].undecided < sheet->shorter[i].n ||
		        isfinite(sheet->shorter[i].highest.value))
			return false;
	return true;
}

/* One sentence for all, else a long list says the same of each. */
static void say_dark(struct form *form, const struct sheet *sheet)
{
	const char *names = "";
	for (size_t i = 0; i < sheet->n; i++)
		names = texts_join(form->to.texts, names, ", ",
		        form_parameter(form, &sheet->assessment[i]));
	form_add_result(&form->results, RESULT_NOT_DECIDABLE,
	        texts_fill(form->to.texts, form->to.language,
	                form->damaged ? WORD_S5_UNREAD : WORD_S5_NO_DATA,
	                (struct slot[]){
	                        { "parameters", texts_capital(form->to.texts, names) },
	                        { 0 } }));
}

/* ---- the box ---- */

static const char *headline(const struct form *form, const struct sheet *sheet)
{
	const struct writer *to = &form->to;
	struct form_tally tally = form_tally(sheet);
	size_t over = tally.of[RESULT_OVER], undecided = tally.of[RESULT_NOT_DECIDABLE],
	       within = tally.of[RESULT_WITHIN];
	enum word word = over > 0                          ? WORD_OVER_OF
	                 : is_dark(sheet) && form->damaged ? WORD_UNREAD_OF
	                 : is_dark(sheet)                  ? WORD_NO_DATA_OF
	                 : undecided > 0                   ? WORD_UNDECIDED_OF
	                 : within > 0 && tally.refused > 0 ? WORD_SOME_WITHIN
	                 : within > 0                      ? WORD_ALL_WITHIN
	                                                   : WORD_NONE_APPLIES;
	size_t n = over > 0 ? over : undecided > 0 ? undecided : within;
	const char *text = texts_fill(to->texts, to->language, word,
	        (struct slot[]){ { "n", people_count(to, n) },
	                { "all", people_count(to, tally.n) },
	                { "refused", people_count(to, tally.refused) },
	                { "term", form_term(form, sheet->assessment[0].rule) },
	                { 0 } });
	return texts_add(to->texts, "%s  %s", result_sign(tally.worst), text);
}

static void more_over(struct form *form, const struct sheet *sheet)
{
	const struct writer *to = &form->to;
	const char *names = "";
	for (size_t i = FORM_RESULTS; i < sheet->n; i++)
		if (sheet->assessment[i].result == RESULT_OVER)
			names = texts_join(to->texts, names, ", ",
			        form_parameter(form, &sheet->assessment[i]));
	if (names[0] != '\0')
		form_add_result(&form->results, RESULT_OVER,
		        texts_fill(to->texts, to->language, WORD_MORE_OVER,
		                (struct slot[]){ { "parameters", names },
		                        { "term", form_term(form,
		                                          sheet->assessment[0].rule) },
		                        { 0 } }));
}

/* Each parameter's own sentences; was any compared with its uncertainty? */
static bool each_result(struct form *form, const struct sheet *sheet)
{
	bool compared = false;
	for (size_t i = 0; i < sheet->n; i++) {
		const struct assessment *a = &sheet->assessment[i];
		if (i == FORM_RESULTS)
			more_over(form, sheet);
		if (a->result == RESULT_NOT_APPLICABLE ||
		        (a->result == RESULT_OVER && i >= FORM_RESULTS))
			continue;
		form_add_result(&form->results, a->result, main_sentence(form, a));
		form_add(&form->results, "", qualified(form, a));
		compared = compared || strength_sentence(form, a)[0] != '\0';
	}
	return compared;
}

void form_results(struct form *form, const struct sheet *sheet)
{
	form->result = form_tally(sheet).worst;
	form->headline = headline(form, sheet);
	bool compared = false;
	form_shorter_over(form, sheet);
	if (is_dark(sheet))
		say_dark(form, sheet);
	else
		compared = each_result(form, sheet);
	form_shorter_rest(form, sheet);
	all_not_applicable(form, sheet);
	if (compared)
		form_add(&form->results, "", word_text(form->to.language, WORD_S24));
	if (sheet->ambient)
		form_add_result(&form->results, RESULT_NOT_APPLICABLE,
		        texts_fill(form->to.texts, form->to.language, WORD_S14, NULL));
}
