/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs of inputs: stretches that do not count, and stretches outside the limit. */
#include "analysis/assess_parts.h"

#include <math.h>
#include <stdlib.h>

#include "base/legal_time.h"

int work_room(struct work *work, size_t n)
{
	if (n <= work->room)
		return OK;
	work_free(work);
	work->span = malloc(n * sizeof *work->span);
	work->excursion = malloc(n * sizeof *work->excursion);
	work->x = malloc(n * sizeof *work->x);
	if (work->span == NULL || work->excursion == NULL || work->x == NULL) {
		work_free(work);
		return FAILED;
	}
	work->room = n;
	return OK;
}

void work_free(struct work *work)
{
	free(work->span);
	free(work->excursion);
	free(work->x);
	*work = (struct work){ 0 };
}

static int64_t input_start(const struct inputs *in, size_t k)
{
	return in->start_us + (int64_t)k * in->period_us;
}

static bool is_span(uint8_t what)
{
	return what != COUNTS_VALID && what != COUNTS_CENSORED &&
	       what != COUNTS_REPEATED;
}

void find_spans(struct assessment *out, const struct period *period, struct work *work)
{
	const struct inputs *in = period->in;
	out->span = work->span;
	out->n_spans = 0;
	for (size_t k = period->from; k < period->from + period->n; k++) {
		uint8_t what = in->input[k].what;
		if (!is_span(what))
			continue;
		struct span *last =
		        out->n_spans > 0 ? &out->span[out->n_spans - 1] : NULL;
		int64_t start_us = input_start(in, k);
		if (last != NULL && last->what == what && last->to_us == start_us) {
			last->to_us += in->period_us;
			continue;
		}
		out->span[out->n_spans++] = (struct span){ .from_us = start_us,
			.to_us = start_us + in->period_us,
			.what = what };
	}
}

/* How far a value lies outside the limit; negative inside. */
static double outside(const struct limit_applied *limit, double value)
{
	double over = isnan(limit->high) ? -INFINITY : value - limit->high;
	double under = isnan(limit->low) ? -INFINITY : limit->low - value;
	return fmax(over, under);
}

static void extend(struct excursion *run, double value, int64_t to_us,
        const struct limit_applied *limit)
{
	run->to_us = to_us;
	run->mean += (value - run->mean) / ++run->n;
	if (outside(limit, value) > outside(limit, run->extreme))
		run->extreme = value;
}

void find_excursions(
        struct assessment *out, const struct period *period, struct work *work)
{
	const struct inputs *in = period->in;
	double each_s = in->cycle_s > 0 ? in->cycle_s
	                                : (double)in->period_us / (double)US_PER_S;
	struct excursion *run = NULL;
	out->excursion = work->excursion;
	out->n_excursions = 0;
	out->outside_s = 0;
	for (size_t k = period->from; k < period->from + period->n; k++) {
		const struct input *input = &in->input[k];
		if (input->what == COUNTS_REPEATED)
			continue;
		double value = input_value(input);
		if (isnan(value) || !(outside(&out->limit, value) > 0)) {
			run = NULL;
			continue;
		}
		int64_t start_us = input_start(in, k);
		if (run == NULL) {
			run = &out->excursion[out->n_excursions++];
			*run = (struct excursion){ .from_us = start_us,
				.extreme = value };
		}
		extend(run, value, start_us + (int64_t)(each_s * 1e6), &out->limit);
		out->outside_s += each_s * input->n;
	}
}
