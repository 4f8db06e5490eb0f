/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/base_sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/reading.h"
#include "base/status.h"

/* What the range of a channel says about a number. */
struct bounds {
	double floor; /* below it no working instrument reads; -INFINITY unknown */
	double top;   /* at it the truth may be more; INFINITY unknown */
};

/* A small negative is noise about zero: 3 % of the range or twice the resolution, whichever is
 * more, below the lower of 0 and the range's low end. */
static struct bounds bounds_of(const struct channel *about)
{
	struct bounds bounds = { .floor = -INFINITY, .top = INFINITY };
	if (isfinite(about->high))
		bounds.top = about->high;
	if (!isfinite(about->low))
		return bounds;
	double tolerance = 0;
	if (isfinite(about->high))
		tolerance = 0.03 * (about->high - about->low);
	if (isfinite(about->resolution))
		tolerance = fmax(tolerance, 2 * about->resolution);
	bounds.floor = fmin(about->low, 0) - tolerance;
	return bounds;
}

static uint8_t judge_number(struct bounds bounds, uint8_t state, double value)
{
	if (isnan(value) || value < bounds.floor)
		return COUNTS_INVALID;
	if (value >= bounds.top || state == STATE_ABOVE_RANGE)
		return COUNTS_CENSORED;
	return COUNTS_VALID;
}

static uint8_t classify(struct bounds bounds, uint8_t state, double value)
{
	switch (state) {
	case STATE_OK:
	case STATE_BELOW_RANGE:
	case STATE_ABOVE_RANGE:
		return judge_number(bounds, state, value);
	case STATE_NO_VALUE:
		return COUNTS_INVALID;
	case STATE_FAULT:
		return COUNTS_FAULT;
	case STATE_CALIBRATING:
	case STATE_MAINTENANCE:
		return COUNTS_CALIBRATING;
	case STATE_STOPPED:
		return COUNTS_STOPPED;
	case STATE_UNCHANGED:
		return COUNTS_REPEATED;
	default: /* silent, garbled, refused, switched off */
		return COUNTS_MISSING;
	}
}

uint8_t counts_as(const struct channel *about, uint8_t state, double value)
{
	return classify(bounds_of(about), state, value);
}

static void sum_add(struct base_sum *sum, double value)
{
	sum->valid++;
	sum->sum += value;
	sum->sum2 += value * value;
	if (!(value >= sum->low))
		sum->low = value;
	if (!(value <= sum->high))
		sum->high = value;
}

/* One pass in time order; a reading is looked at once. */
static void sum_up(struct base_sums *out, const struct series *series, size_t i)
{
	const struct bounds bounds = bounds_of(&series->about);
	const int64_t to_us = out->from_us + (int64_t)out->n * out->period_us;
	struct base_sum *sum = out->sum;
	int64_t end_us = out->from_us + out->period_us;
	for (; i < series->n && series->time_us[i] < to_us; i++) {
		while (series->time_us[i] >= end_us) {
			sum++;
			end_us += out->period_us;
		}
		uint8_t counts = classify(bounds, series->state[i], series->raw[i]);
		double value = series->value[i];
		if (counts <= COUNTS_CENSORED && !isfinite(value))
			counts = COUNTS_INVALID;
		sum->of[counts]++;
		sum->received += counts != COUNTS_MISSING;
		if (series->stored_us[i] > sum->stored_us)
			sum->stored_us = series->stored_us[i];
		if (counts > COUNTS_CENSORED)
			continue;
		if (counts == COUNTS_CENSORED && value > bounds.top)
			value = bounds.top;
		sum->censored += counts == COUNTS_CENSORED;
		sum_add(sum, value);
	}
}

/* Index of the first reading at or after a time. */
static size_t first_at(const struct series *series, int64_t time_us)
{
	size_t low = 0, high = series->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (series->time_us[middle] < time_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int base_sums_make(struct base_sums *out, const struct series *series,
        int64_t period_us, int64_t from_us, int64_t to_us)
{
	from_us = period_start(from_us, period_us, series->utc_offset_min);
	size_t n = to_us > from_us
	                   ? (size_t)((to_us - from_us + period_us - 1) / period_us)
	                   : 0;
	*out = (struct base_sums){
		.period_us = period_us,
		.from_us = from_us,
		.utc_offset_min = series->utc_offset_min,
		.n = n,
		.sum = calloc(n > 0 ? n : 1, sizeof *out->sum),
	};
	if (out->sum == NULL)
		return FAILED;
	for (size_t k = 0; k < n; k++) {
		out->sum[k].start_us = from_us + (int64_t)k * period_us;
		out->sum[k].low = out->sum[k].high = NAN;
	}
	if (n > 0)
		sum_up(out, series, first_at(series, from_us));
	return OK;
}

void base_sums_free(struct base_sums *sums)
{
	free(sums->sum);
	*sums = (struct base_sums){ 0 };
}
