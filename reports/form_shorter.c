/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Part 2: means over less than a day, what could not be compared, and the sum of it all. */
#include "reports/form.h"

#include <math.h>
#include <string.h>

/* ---- the sum ---- */

static uint8_t shorter_result(const struct sheet_shorter *one)
{
	return one->over > 0           ? RESULT_OVER
	       : one->undecided > 0    ? RESULT_NOT_DECIDABLE
	       : one->refused < one->n ? RESULT_WITHIN
	                               : RESULT_NOT_APPLICABLE;
}

/* The worse of two results of one parameter: over, not decidable, within, not applicable. */
static uint8_t worse(uint8_t a, uint8_t b)
{
	static const uint8_t order[] = { RESULT_OVER, RESULT_NOT_DECIDABLE,
		RESULT_WITHIN };
	for (size_t i = 0; i < sizeof order; i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return RESULT_NOT_APPLICABLE;
}

/* Of the channel that assessment or shorter mean i is of; is it the first of that channel? */
static bool channel_result(
        const struct sheet *sheet, size_t i, uint8_t *result, bool *refused)
{
	const char *channel = i < sheet->n
	                              ? sheet->assessment[i].channel
	                              : sheet->shorter[i - sheet->n].highest.channel;
	bool first = true;
	*result = RESULT_NOT_APPLICABLE;
	*refused = false;
	for (size_t k = 0; k < sheet->n + sheet->n_shorter; k++) {
		bool day = k < sheet->n;
		const struct sheet_shorter *one =
		        day ? NULL : &sheet->shorter[k - sheet->n];
		const struct assessment *a =
		        day ? &sheet->assessment[k] : &one->highest;
		if (strcmp(a->channel, channel) != 0)
			continue;
		first = first && k >= i;
		*result = worse(*result, day ? a->result : shorter_result(one));
		*refused = *refused || a->by == BY_REFUSAL;
	}
	return first;
}

struct form_tally form_tally(const struct sheet *sheet)
{
	struct form_tally tally = { .worst = RESULT_NOT_APPLICABLE };
	for (size_t i = 0; i < sheet->n + sheet->n_shorter; i++) {
		uint8_t result;
		bool refused;
		if (!channel_result(sheet, i, &result, &refused))
			continue;
		tally.n++;
		tally.of[result]++;
		tally.refused += refused && result == RESULT_NOT_APPLICABLE;
	}
	tally.worst = tally.of[RESULT_OVER] > 0            ? RESULT_OVER
	              : tally.of[RESULT_NOT_DECIDABLE] > 0 ? RESULT_NOT_DECIDABLE
	              : tally.of[RESULT_WITHIN] > 0 && tally.refused == 0
	                      ? RESULT_WITHIN
	                      : RESULT_NOT_APPLICABLE;
	return tally;
}

/* ---- why nothing was compared ---- */

const char *form_refusal(const struct form *form, const struct assessment *a)
{
	const struct writer *to = &form->to;
	const char *limit = a->parameter->expressed_as,
	           *channel = a->about.expressed_as;
	limit = limit != NULL ? limit : "";
	channel = channel != NULL ? channel : "";
	switch (a->refusal) {
	case REFUSAL_RULE:
		return word_text(to->language, WORD_REFUSAL_RULE);
	case REFUSAL_LIMIT:
		return word_text(to->language, WORD_REFUSAL_LIMIT);
	case REFUSAL_CHANGED:
		return word_text(to->language, WORD_REFUSAL_CHANGED);
	case REFUSAL_BASIS:
		if (limit[0] == '\0' || strcmp(limit, channel) == 0)
			return word_text(to->language, WORD_REFUSAL_BASIS);
		return texts_fill(to->texts, to->language,
		        channel[0] != '\0' ? WORD_REFUSAL_AS_OTHER : WORD_REFUSAL_AS,
		        (struct slot[]){ { "limit", texts_clean(to->texts, limit) },
		                { "channel", texts_clean(to->texts, channel) },
		                { 0 } });
	default:
		return texts_clean(to->texts, a->note);
	}
}

/* ---- the sentences ---- */

static const char *say(const struct form *form, const struct sheet_shorter *one,
        enum word word, size_t n)
{
	const struct writer *to = &form->to;
	const struct assessment *a = &one->highest;
	double ratio = a->value / a->limit.high;
	const struct slot slots[] = {
		{ "parameter", texts_capital(to->texts, form_parameter(form, a)) },
		{ "period", form_period(to, a->stage->period_s) },
		{ "term", form_term(form, a->rule) },
		{ "limit", form_limit(form, a) },
		{ "n", people_count(to, n) },
		{ "all", people_count(to, one->n) },
		{ "value", form_value(form, a, a->value) },
		{ "from", people_clock(to, a->start_us) },
		{ "to", people_clock_end(to, a->end_us) },
		{ "ratio", people_number(to, ratio, decimals_apart(ratio, 1, 2)) },
		{ 0 },
	};
	return texts_fill(to->texts, to->language, word, slots);
}

void form_shorter_over(struct form *form, const struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->n_shorter; i++)
		if (sheet->shorter[i].over > 0)
			form_add_result(&form->results, RESULT_OVER,
			        say(form, &sheet->shorter[i], WORD_SHORTER_OVER,
			                sheet->shorter[i].over));
}

static void refused(struct form *form, const struct sheet *sheet)
{
	const struct writer *to = &form->to;
	const char *told = "";
	for (size_t i = 0; i < sheet->n_shorter; i++) {
		const struct sheet_shorter *one = &sheet->shorter[i];
		bool again = strcmp(told, one->highest.channel) == 0;
		if (one->refused < one->n || again)
			continue;
		told = one->highest.channel;
		form_add_result(&form->results, RESULT_NOT_APPLICABLE,
		        texts_fill(to->texts, to->language, WORD_REFUSED,
		                (struct slot[]){
		                        { "parameters",
		                                say(form, one, WORD_SHORTER_NAME, 0) },
		                        { "note", form_refusal(form, &one->highest) },
		                        { 0 } }));
	}
}

void form_shorter_rest(struct form *form, const struct sheet *sheet)
{
	const struct writer *to = &form->to;
	const char *within = "";
	for (size_t i = 0; i < sheet->n_shorter; i++) {
		const struct sheet_shorter *one = &sheet->shorter[i];
		uint8_t result = shorter_result(one);
		if (result == RESULT_NOT_DECIDABLE)
			form_add_result(&form->results, result,
			        say(form, one, WORD_SHORTER_UNDECIDED, one->undecided));
		if (result == RESULT_WITHIN)
			within = texts_join(to->texts, within, "; ",
			        say(form, one, WORD_SHORTER_NAME, 0));
	}
	if (within[0] != '\0')
		form_add_result(&form->results, RESULT_WITHIN,
		        texts_fill(to->texts, to->language, WORD_SHORTER_WITHIN,
		                (struct slot[]){ { "parameters", within },
		                        { "term", form_term(form,
		                                          sheet->assessment[0].rule) },
		                        { 0 } }));
	refused(form, sheet);
}
