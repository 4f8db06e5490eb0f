/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Part 3: one row for each parameter, and the words of part 4. */
#include "reports/form.h"

#include <math.h>

#include "base/legal_time.h"

/* The statistic with "at least" or "at most" where a bound decided; nothing while undecided. */
static const char *statistic(const struct form *form, const struct assessment *a,
        double value, const char *text)
{
	if (a->result == RESULT_NOT_DECIDABLE || a->result == RESULT_NOT_APPLICABLE ||
	        !isfinite(value))
		return "–";
	if (a->by == BY_LOWER_BOUND || (a->by == BY_VALUES && a->censored > 0))
		return texts_add(form->to.texts, "≥\xc2\xa0%s", text);
	if (a->by == BY_UPPER_BOUND)
		return texts_add(form->to.texts, "≤\xc2\xa0%s", text);
	return text;
}

static double judged_value(const struct assessment *a)
{
	return a->by == BY_LOWER_BOUND   ? a->lower_bound
	       : a->by == BY_UPPER_BOUND ? a->upper_bound
	                                 : a->value;
}

static void row(struct form *form, const struct assessment *a)
{
	const struct writer *to = &form->to;
	struct form_row *row = &form->row[form->n_rows++];
	double value = judged_value(a), ratio = value / a->limit.high;
	int decimals = decimals_apart(value, a->limit.high, form_decimals(a));
	const char *unit = people_unit(to, a->parameter->unit);
	const char *as = a->parameter->expressed_as;
	row->result = a->result;
	row->cell[0] = form_parameter(form, a);
	row->cell[1] = statistic(form, a, value, people_number(to, value, decimals));
	row->cell[2] = as != NULL && as[0] != '\0'
	                       ? texts_add(to->texts, "%s (%s)", unit,
	                                 texts_clean(to->texts, as))
	                       : unit;
	if (unit[0] == '\0')
		row->cell[2] = "–";
	struct assessment bare = *a;
	struct rule_limit no_unit = *a->parameter;
	no_unit.unit = "";
	bare.parameter = &no_unit;
	row->cell[3] = form_limit(form, &bare);
	row->cell[4] = form_interval(a) ? "–"
	                                : statistic(form, a, value,
	                                          people_number(to, ratio,
	                                                  decimals_apart(ratio, 1, 2)));
	row->cell[5] = texts_add(to->texts, "%s/%s", people_count(to, a->valid),
	        people_count(to, a->expected));
	row->cell[6] = texts_add(to->texts, "%s\xc2\xa0%s", result_sign(a->result),
	        word_text(to->language, result_word(a->result)));
}

const char *form_period(const struct writer *to, double period_s)
{
	double minutes = period_s / 60;
	enum word word = minutes >= 60 ? WORD_HOURS : WORD_MINUTES;
	return texts_fill(to->texts, to->language, word,
	        (struct slot[]){
	                { "n", people_number(
	                               to, minutes >= 60 ? minutes / 60 : minutes, 0) },
	                { 0 } });
}

static enum word band_word(const struct form *form, enum word word)
{
	if (form->stack && word == WORD_BAND_STOPPED)
		return WORD_BAND_STOPPED_STACK;
	if (form->damaged && word == WORD_BAND_MISSING)
		return WORD_BAND_UNREAD;
	return word;
}

/* What the marked stretches under the curve are, and when. */
static void bands(struct form *form, const struct assessment *a)
{
	static const struct {
		uint8_t what;
		enum word word, narrow;
	} kinds[FORM_BANDS] = {
		{ COUNTS_CALIBRATING, WORD_BAND_CALIBRATING,
		        WORD_BAND_NARROW_CALIBRATING },
		{ COUNTS_FAULT, WORD_BAND_FAULT, WORD_BAND_NARROW_FAULT },
		{ COUNTS_MISSING, WORD_BAND_MISSING, WORD_BAND_NARROW_MISSING },
		{ COUNTS_STOPPED, WORD_BAND_STOPPED, WORD_BAND_NARROW_STOPPED },
		{ COUNTS_INVALID, WORD_BAND_INVALID, WORD_BAND_NARROW_INVALID },
	};
	enum language language = form->to.language;
	for (size_t i = 0; i < FORM_BANDS; i++) {
		struct form_spans spans;
		if (form_spans_of(form, a, kinds[i].what, &spans))
			form->band[form->n_bands++] = (struct form_band){
				.what = kinds[i].what,
				.label = word_text(
				        language, band_word(form, kinds[i].word)),
				.narrow = word_text(language, kinds[i].narrow),
				.text = spans.duration,
			};
	}
}

void form_table(struct form *form, const struct sheet *sheet)
{
	static const enum word heading[FORM_COLUMNS] = { WORD_PARAMETER,
		WORD_DAILY_MEAN, WORD_UNIT, WORD_LIMIT_TERM, WORD_RATIO,
		WORD_VALID_OF_EXPECTED, WORD_RESULT };
	const struct writer *to = &form->to;
	const struct assessment *first = &sheet->assessment[0];
	for (int i = 0; i < FORM_COLUMNS; i++)
		form->heading[i] = word_text(to->language, heading[i]);
	form->heading[3] = texts_capital(to->texts, form_term(form, first->rule));
	for (size_t i = 0; i < sheet->n; i++)
		row(form, &sheet->assessment[i]);
	bool results = sheet->curve.cycle_s > 0;
	double period_s = results ? sheet->curve.cycle_s
	                          : (double)sheet->curve.period_us / US_PER_S;
	form->chart_unit = people_unit(to, first->parameter->unit);
	form->chart_title = texts_fill(to->texts, to->language,
	        sheet->curve.n == 0 ? WORD_CHART_TITLE_NONE
	        : results           ? WORD_CHART_TITLE_RESULTS
	                            : WORD_CHART_TITLE,
	        (struct slot[]){ { "parameter", form_parameter(form, first) },
	                { "period", form_period(to, period_s) }, { 0 } });
	bands(form, first);
}
