/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/assess_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"

/* Sums of many doubles end some bits beside the truth; a difference so small is
 * arithmetic and not measurement, and equality is within the limit. */
#define EQUAL 1e-12

const char *result_text(uint8_t result)
{
	static const char *const text[] = { "within limit", "over limit",
		"not decidable", "not applicable" };
	return result <= RESULT_NOT_APPLICABLE ? text[result] : "?";
}

const char *strength_text(uint8_t strength)
{
	static const char *const text[] = { "", "within uncertainty",
		"beyond uncertainty" };
	return strength <= STRENGTH_BEYOND ? text[strength] : "?";
}

void assess_refuse(struct assessment *out, const char *note)
{
	out->result = RESULT_NOT_APPLICABLE;
	out->by = BY_REFUSAL;
	snprintf(out->note, sizeof out->note, "%s", note);
}

/* ---- uncertainty ---- */

/* What the readings scatter: values less the mean of their hour, for the course of the
 * day itself is no uncertainty of its mean.  Few results (slow analysers) are taken as
 * they are. */
static size_t scatter(double *x, const struct period *period)
{
	const struct inputs *in = period->in;
	size_t n = 0, per_hour = (size_t)(US_PER_HOUR / in->period_us);
	if (per_hour < 3 || in->cycle_s > 0)
		per_hour = period->n;
	for (size_t k = 0; k < period->n; k += per_hour) {
		size_t first = n;
		double sum = 0;
		for (size_t i = k; i < period->n && i < k + per_hour; i++) {
			double value = input_value(&in->input[period->from + i]);
			if (isnan(value))
				continue;
			sum += value;
			x[n++] = value;
		}
		for (size_t i = first; i < n; i++)
			x[i] -= sum / (double)(n - first);
	}
	return n;
}

/* u of `value`, the statistic that decides, in the unit of the limit. */
static void find_uncertainty(struct assessment *out, double value,
        const struct period *period, struct work *work)
{
	double factor = period->measure->factor, offset = period->measure->offset;
	double indicated = (value - offset) / factor;
	out->u_sys = fabs(factor) * uncertainty_class(&out->about, indicated);
	out->u_ran = uncertainty_random(work->x, scatter(work->x, period));
	out->u = hypot(out->u_sys, out->u_ran);
	out->guard = ONE_SIDED_95 * out->u;
}

/* ---- the comparison ---- */

static bool over(const struct limit_applied *limit, double value)
{
	return value > limit->high + EQUAL * fabs(limit->high) ||
	       value < limit->low - EQUAL * fabs(limit->low);
}

/* Distance to the nearest end of the limit. */
static double distance(const struct limit_applied *limit, double value)
{
	return fmin(fabs(value - limit->high), fabs(value - limit->low));
}

/* Taken off in the direction of the limit before comparing: nothing in Vietnam and the
 * United States, a fixed share of the limit in the EU (2010/75/EU annex V part 3),
 * 1.645 u for a guard band. */
static double allowance(const struct assessment *a)
{
	switch (a->rule->decision) {
	case DECISION_SUBTRACT:
		return a->parameter->subtract_percent / 100 * a->limit.high;
	case DECISION_GUARD:
		return isnan(a->guard) ? 0 : a->guard;
	default:
		return 0;
	}
}

static bool is_over(const struct assessment *a, double value)
{
	double off = allowance(a);
	struct limit_applied limit = a->limit;
	limit.high += off;
	limit.low -= off;
	return over(&limit, value);
}

/* A range that ends at or under the limit cannot tell a value over it. */
static bool range_hides_limit(const struct assessment *a)
{
	return a->range_top <= a->limit.high;
}

static void note_hidden(struct assessment *a)
{
	snprintf(a->note, sizeof a->note,
	        "the measuring range ends at %g %s, not above the limit %g: %u values "
	        "at range top "
	        "may be over it",
	        a->range_top, a->parameter->unit, a->limit.high, a->censored);
}

static void by_values(struct assessment *a)
{
	a->by = BY_VALUES;
	a->result = is_over(a, a->value) ? RESULT_OVER : RESULT_WITHIN;
	if (a->result == RESULT_OVER)
		return;
	if (a->censored > 0 && range_hides_limit(a)) {
		a->result = RESULT_NOT_DECIDABLE;
		a->by = BY_NOTHING;
		note_hidden(a);
	} else if (a->valid < a->expected && is_over(a, a->upper_bound)) {
		snprintf(a->note, sizeof a->note,
		        "%u values that do not count could matter: with them the mean "
		        "lies between "
		        "%.*f and %.*f %s",
		        a->expected - a->valid, a->limit.decimals + 1, a->lower_bound,
		        a->limit.decimals + 1, a->upper_bound, a->parameter->unit);
	}
}

/* Why a share below the minimum still decides, or does not. */
static void note_bounds(struct assessment *a)
{
	int decimals = a->limit.decimals + 1;
	const char *unit = a->parameter->unit;
	if (a->by == BY_LOWER_BOUND)
		snprintf(a->note, sizeof a->note,
		        "too few values, yet with what is missing counted as 0 it is "
		        "%.*f %s",
		        decimals, a->lower_bound, unit);
	else if (a->by == BY_UPPER_BOUND)
		snprintf(a->note, sizeof a->note,
		        "too few values, yet with what is missing at range top it is "
		        "%.*f %s",
		        decimals, a->upper_bound, unit);
	else if (!isnan(a->lower_bound) && !isnan(a->upper_bound))
		snprintf(a->note, sizeof a->note,
		        "too few values: with what is missing it lies between %.*f and "
		        "%.*f %s",
		        decimals, a->lower_bound, decimals, a->upper_bound, unit);
	else
		snprintf(a->note, sizeof a->note, "too few values");
}

/* Too few inputs: only what holds whatever the missing ones were. */
static double by_bounds(struct assessment *a)
{
	a->result = RESULT_NOT_DECIDABLE;
	a->by = BY_NOTHING;
	if (a->stage->below != BELOW_BOUNDS)
		return a->value;
	if (!isnan(a->lower_bound) && is_over(a, a->lower_bound)) {
		a->result = RESULT_OVER;
		a->by = BY_LOWER_BOUND;
		return a->lower_bound;
	}
	if (a->valid > 0 && !isnan(a->upper_bound) && !range_hides_limit(a) &&
	        !is_over(a, a->upper_bound)) {
		a->result = RESULT_WITHIN;
		a->by = BY_UPPER_BOUND;
		return a->upper_bound;
	}
	return a->value;
}

static bool ran_enough(struct assessment *a)
{
	if (a->expected > 0 && (isnan(a->stage->min_operating_s) ||
	                               a->operating_s >= a->stage->min_operating_s))
		return true;
	a->result = RESULT_NOT_APPLICABLE;
	a->by = a->operating_s > 0 ? BY_SHORT_OPERATION : BY_NO_OPERATION;
	if (a->operating_s > 0)
		snprintf(a->note, sizeof a->note,
		        "operated %.0f min, less than %.0f min", a->operating_s / 60,
		        a->stage->min_operating_s / 60);
	else
		snprintf(a->note, sizeof a->note, "measured as stopped all the time");
	return false;
}

static void decide(struct assessment *a, bool enough, const struct period *period,
        struct work *work)
{
	find_uncertainty(a, a->value, period, work);
	if (!ran_enough(a))
		return;
	double deciding = a->value;
	if (enough) {
		by_values(a);
	} else {
		deciding = by_bounds(a);
		note_bounds(a);
	}
	if (a->by != BY_VALUES && a->by != BY_NOTHING)
		find_uncertainty(a, deciding, period, work);
	a->difference = distance(&a->limit, deciding);
	if (a->by == BY_NOTHING || isnan(a->u))
		return;
	a->strength = a->difference > a->guard ? STRENGTH_BEYOND : STRENGTH_WITHIN;
}

static void take_tally(struct assessment *out, const struct tally *tally)
{
	out->value = tally->value;
	out->expected = tally->expected;
	out->received = tally->received;
	out->valid = tally->valid;
	memcpy(out->of, tally->of, sizeof out->of);
	out->censored = tally->censored;
	out->suspect = tally->suspect;
	out->lower_bound = tally->lower_bound;
	out->upper_bound = tally->upper_bound;
	out->mean_of_hours = tally->mean_of_hours;
	out->low = tally->low;
	out->high = tally->high;
	out->operating_s = tally->operating_s;
	out->stopped_s = tally->stopped_s;
}

/* Stages that lead to the judged one have a value and no limit. */
static bool has_value(const struct assessment *a)
{
	const struct rule *rule = a->rule;
	bool last = rule->n_stages > 0 && a->stage == &rule->stage[rule->n_stages - 1];
	for (size_t i = 0; i < a->parameter->n_columns; i++) {
		const char *stage = a->parameter->value[i].stage;
		if (stage[0] == '\0' ? last : strcmp(stage, a->stage->name) == 0)
			return true;
	}
	return false;
}

void assess_period(
        struct assessment *out, const struct period *period, struct work *work)
{
	struct tally tally;
	tally_make(&tally, period->in, period->from, period->n, out->stage,
	        period->measure);
	take_tally(out, &tally);
	out->range_top = period->measure->range_top;
	out->ratio = out->difference = out->u_sys = out->u_ran = out->u = out->guard =
	        NAN;
	out->limit = (struct limit_applied){ .low = NAN,
		.high = NAN,
		.table_value = NAN,
		.factor = 1,
		.decimals = out->parameter->decimals };
	find_spans(out, period, work);
	struct problem why;
	if (!has_value(out)) {
		assess_refuse(out, "a stage on the way: not judged by itself");
		return;
	}
	if (limit_apply(&out->limit, out->rule, out->parameter, out->permit,
	            out->stage->name, out->start_us, &why) != OK) {
		assess_refuse(out, why.text);
		out->refusal = REFUSAL_LIMIT;
		return;
	}
	find_excursions(out, period, work);
	if (isnan(out->limit.low))
		out->ratio = out->value / out->limit.high;
	decide(out, tally.enough, period, work);
}
