/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/stage.h"

#include <stdlib.h>

#include "base/legal_time.h"
#include "base/status.h"

void inputs_free(struct inputs *inputs)
{
	free(inputs->input);
	*inputs = (struct inputs){ 0 };
}

/* What an interval without a valid reading counts as: the kind most of its readings
 * are; of equals the one that says most. */
static uint8_t main_kind(const struct base_sum *sum, bool slow)
{
	static const uint8_t order[] = { COUNTS_FAULT, COUNTS_CALIBRATING,
		COUNTS_INVALID, COUNTS_MISSING };
	uint8_t kind = COUNTS_MISSING;
	uint32_t most = 0;
	for (size_t i = 0; i < sizeof order; i++)
		if (sum->of[order[i]] > most) {
			most = sum->of[order[i]];
			kind = order[i];
		}
	/* Between two results of a slow analyser nothing is missing. */
	return slow && sum->of[COUNTS_REPEATED] > most ? COUNTS_REPEATED : kind;
}

static struct input input_of(const struct base_sum *sum, uint8_t running, bool slow,
        const struct measure *measure)
{
	struct input input = { .running = running, .low = NAN, .high = NAN };
	if (running == RUNNING_STOPPED) {
		input.what = COUNTS_STOPPED;
		return input;
	}
	if (sum->valid == 0) {
		input.what = main_kind(sum, slow);
		return input;
	}
	input.what = sum->censored > 0 ? COUNTS_CENSORED : COUNTS_VALID;
	input.censored = sum->censored > 0;
	input.suspect = sum->suspect > 0;
	input.n = slow ? sum->valid : 1;
	double mean = sum->sum / sum->valid;
	input.sum = (mean * measure->factor + measure->offset) * input.n;
	input.low = sum->low * measure->factor + measure->offset;
	input.high = sum->high * measure->factor + measure->offset;
	return input;
}

static int inputs_new(struct inputs *out, size_t n)
{
	out->n = n;
	out->input = malloc((n > 0 ? n : 1) * sizeof *out->input);
	return out->input != NULL ? OK : FAILED;
}

/* An imported table or a silent-in-between logger has nothing between two results of a
 * slow analyser: less than a cycle after a result (at the beginning of the stretch:
 * before the first) nothing is missing. */
static void excuse_between(struct inputs *out, const struct base_sums *sums)
{
	int64_t cycle_us = (int64_t)(out->cycle_s * 1e6), result_us = 0;
	bool seen = false;
	for (size_t k = 0; k < out->n && !seen; k++)
		if (out->input[k].n > 0) {
			result_us = (int64_t)k * out->period_us - cycle_us;
			seen = true;
		}
	for (size_t k = 0; seen && k < out->n; k++) {
		struct input *input = &out->input[k];
		int64_t at_us = (int64_t)k * out->period_us;
		if (input->n > 0)
			result_us = at_us;
		else if (input->what == COUNTS_MISSING &&
		         sums->sum[k].of[COUNTS_MISSING] == 0 && at_us > result_us &&
		         at_us - result_us < cycle_us)
			input->what = COUNTS_REPEATED;
	}
}

int inputs_of_base(struct inputs *out, const struct base_sums *sums,
        const uint8_t *running, const struct measure *measure)
{
	static const struct base_sum nothing = { .low = NAN, .high = NAN };
	double period_s = (double)sums->period_us / (double)US_PER_S;
	bool slow = measure->cycle_s > period_s * 1.001;
	*out = (struct inputs){ .start_us = sums->from_us,
		.period_us = sums->period_us,
		.cycle_s = slow ? measure->cycle_s : 0 };
	if (inputs_new(out, sums->n) != OK)
		return FAILED;
	for (size_t k = 0; k < sums->n; k++)
		out->input[k] = input_of(sums->sum != NULL ? &sums->sum[k] : &nothing,
		        running != NULL ? running[k] : RUNNING_UNKNOWN, slow, measure);
	if (slow && sums->sum != NULL)
		excuse_between(out, sums);
	return OK;
}

/* ---- counting ---- */

/* Results a slow analyser owed while it gave none, by the kind of its silence. */
static void share_out(struct tally *out, const uint32_t *intervals, double per_interval)
{
	uint32_t left = out->expected > out->valid ? out->expected - out->valid : 0;
	static const uint8_t kinds[] = { COUNTS_FAULT, COUNTS_CALIBRATING,
		COUNTS_INVALID };
	for (size_t i = 0; i < sizeof kinds; i++) {
		uint32_t n = (uint32_t)lround(intervals[kinds[i]] * per_interval);
		out->of[kinds[i]] = n < left ? n : left;
		left -= out->of[kinds[i]];
	}
	out->of[COUNTS_MISSING] = left;
}

static void count_inputs(
        struct tally *out, const struct inputs *in, const struct input *input, size_t n)
{
	uint32_t intervals[COUNTS_AS] = { 0 };
	double period_s = (double)in->period_us / (double)US_PER_S;
	for (size_t k = 0; k < n; k++) {
		intervals[input[k].what]++;
		out->valid += input[k].n;
		out->censored += input[k].censored ? input[k].n : 0;
		out->suspect += input[k].suspect ? input[k].n : 0;
	}
	uint32_t stopped = intervals[COUNTS_STOPPED];
	out->stopped_s = stopped * period_s;
	out->operating_s = ((double)n - stopped) * period_s;
	out->expected = (uint32_t)n - stopped;
	for (int kind = 0; kind < COUNTS_AS; kind++)
		out->of[kind] = intervals[kind];
	if (in->cycle_s > 0) {
		double due = floor(out->operating_s / in->cycle_s + 1e-9);
		out->expected = out->operating_s > 0 && due < 1 ? 1 : (uint32_t)due;
		out->of[COUNTS_CENSORED] = out->censored;
		out->of[COUNTS_VALID] = out->valid - out->censored;
		share_out(out, intervals, period_s / in->cycle_s);
	}
	out->received = out->valid + out->of[COUNTS_INVALID] +
	                out->of[COUNTS_CALIBRATING] + out->of[COUNTS_FAULT];
}

/* ---- the statistic ---- */

static double sum_up(struct tally *out, const struct input *input, size_t n)
{
	double total = 0;
	out->low = out->high = NAN;
	for (size_t k = 0; k < n; k++) {
		if (input[k].n == 0)
			continue;
		double value = input_value(&input[k]);
		total += input[k].sum;
		out->low = fmin(out->low, value);
		out->high = fmax(out->high, value);
	}
	return total;
}

/* Mean of the means of the clock hours that have a value. */
static double mean_of_hours(
        const struct inputs *in, const struct input *input, size_t n)
{
	size_t per_hour = (size_t)(US_PER_HOUR / in->period_us);
	if (per_hour == 0)
		per_hour = 1;
	double total = 0;
	uint32_t hours = 0;
	for (size_t k = 0; k < n; k += per_hour) {
		double sum = 0;
		uint32_t count = 0;
		for (size_t i = k; i < n && i < k + per_hour; i++) {
			sum += input[i].n > 0 ? input[i].sum : 0;
			count += input[i].n;
		}
		if (count == 0)
			continue;
		total += sum / count;
		hours++;
	}
	return hours > 0 ? total / hours : NAN;
}

/* Missing as 0, missing at range top; a censored value stands at range top already. */
static void find_bounds(struct tally *out, double total, const struct measure *measure,
        const struct stage *stage)
{
	out->lower_bound = out->upper_bound = NAN;
	if (!measure->bounded || out->expected == 0)
		return;
	uint32_t missing = out->expected > out->valid ? out->expected - out->valid : 0;
	double expected = out->valid + missing;
	bool max = stage->statistic == STATISTIC_MAX;
	if (max)
		out->lower_bound = out->valid > 0 ? out->high : 0;
	else
		out->lower_bound = total / expected;
	if (isnan(measure->range_top))
		return;
	if (max)
		out->upper_bound = missing > 0 ? measure->range_top : out->high;
	else
		out->upper_bound = (total + missing * measure->range_top) / expected;
}

static bool is_enough(const struct tally *tally, const struct stage *stage)
{
	if (tally->valid == 0 || tally->valid < stage->min_valid_count)
		return false;
	return isnan(stage->min_valid_percent) ||
	       100.0 * tally->valid >= stage->min_valid_percent * tally->expected;
}

void tally_make(struct tally *out, const struct inputs *in, size_t from, size_t n,
        const struct stage *stage, const struct measure *measure)
{
	const struct input *input = in->input + from;
	*out = (struct tally){ .value = NAN };
	count_inputs(out, in, input, n);
	double total = sum_up(out, input, n);
	if (out->valid > 0)
		out->value = stage->statistic == STATISTIC_MAX ? out->high
		                                               : total / out->valid;
	out->mean_of_hours = mean_of_hours(in, input, n);
	find_bounds(out, total, measure, stage);
	out->enough = is_enough(out, stage);
}

int inputs_of_stage(struct inputs *out, const struct inputs *in,
        const struct stage *stage, const struct measure *measure)
{
	int64_t period_us = (int64_t)(stage->period_s * 1e6);
	size_t each = (size_t)(period_us / in->period_us);
	*out = (struct inputs){ .start_us = in->start_us, .period_us = period_us };
	if (inputs_new(out, in->n / each) != OK)
		return FAILED;
	for (size_t k = 0; k < out->n; k++) {
		struct tally tally;
		tally_make(&tally, in, k * each, each, stage, measure);
		struct input input = { .low = tally.low,
			.high = tally.high,
			.running =
			        tally.operating_s > 0 ? RUNNING_YES : RUNNING_STOPPED,
			.what = tally.operating_s > 0 ? COUNTS_MISSING
			                              : COUNTS_STOPPED };
		if (tally.enough) {
			input.sum = tally.value;
			input.n = 1;
			input.censored = tally.censored > 0;
			input.suspect = tally.suspect > 0;
			input.what =
			        tally.censored > 0 ? COUNTS_CENSORED : COUNTS_VALID;
		}
		out->input[k] = input;
	}
	return OK;
}
