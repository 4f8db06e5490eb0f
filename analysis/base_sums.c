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

/* A small negative is noise about zero: 3 % of the range or twice the resolution,
 * whichever is more, below the lower of 0 and the range's low end. */
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

static inline uint8_t classify(struct bounds bounds, uint8_t state, double value)
{
	if (state == STATE_OK && value >= bounds.floor && value < bounds.top)
		return COUNTS_VALID; /* nearly every reading */
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

/* The readings of one interval, from i on; the first one behind it.  A reading is
 * looked at once; the sums stay in registers until the interval ends. */
static size_t sum_interval(struct base_sum *out, const struct series *series, size_t i,
        struct bounds bounds, int64_t end_us)
{
	uint32_t of[COUNTS_AS] = { 0 };
	double sum = 0, sum2 = 0, low = INFINITY, high = -INFINITY;
	int64_t stored_us = 0;
	for (; i < series->n && series->time_us[i] < end_us; i++) {
		uint8_t counts = classify(bounds, series->state[i], series->raw[i]);
		double value = series->value[i];
		if (series->stored_us[i] > stored_us)
			stored_us = series->stored_us[i];
		if (counts <= COUNTS_CENSORED && !isfinite(value))
			counts = COUNTS_INVALID;
		of[counts]++;
		if (counts > COUNTS_CENSORED)
			continue;
		if (counts == COUNTS_CENSORED && value > bounds.top)
			value = bounds.top;
		sum += value;
		sum2 += value * value;
		low = value < low ? value : low;
		high = value > high ? value : high;
	}
	memcpy(out->of, of, sizeof of);
	out->censored = of[COUNTS_CENSORED];
	out->valid = of[COUNTS_VALID] + out->censored;
	for (int kind = 0; kind < COUNTS_AS; kind++)
		out->received += kind != COUNTS_MISSING ? of[kind] : 0;
	out->sum = sum;
	out->sum2 = sum2;
	out->low = out->valid > 0 ? low : NAN;
	out->high = out->valid > 0 ? high : NAN;
	out->stored_us = stored_us;
	return i;
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
	const struct bounds bounds = bounds_of(&series->about);
	size_t i = first_at(series, from_us);
	for (size_t k = 0; k < n; k++) {
		out->sum[k].start_us = from_us + (int64_t)k * period_us;
		i = sum_interval(&out->sum[k], series, i, bounds,
		        out->sum[k].start_us + period_us);
	}
	return OK;
}

void base_sums_free(struct base_sums *sums)
{
	free(sums->sum);
	*sums = (struct base_sums){ 0 };
}
