/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/operating.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "base/units.h"

/* One condition in one interval. */
static uint8_t holds(const struct rule_operating *condition, const struct base_sum *sum,
        double factor, double offset)
{
	if (sum->valid == 0)
		return RUNNING_UNKNOWN;
	double value = sum->sum / sum->valid * factor + offset;
	if (!isnan(condition->above) && !(value > condition->above))
		return RUNNING_STOPPED;
	if (!isnan(condition->below) && !(value < condition->below))
		return RUNNING_STOPPED;
	return RUNNING_YES;
}

/* All must hold: stopped beats unknown beats running. */
static uint8_t both(uint8_t a, uint8_t b)
{
	if (a == RUNNING_STOPPED || b == RUNNING_STOPPED)
		return RUNNING_STOPPED;
	return a == RUNNING_UNKNOWN || b == RUNNING_UNKNOWN ? RUNNING_UNKNOWN
	                                                    : RUNNING_YES;
}

/* The stretch all channels cover. */
struct stretch {
	int64_t from_us, period_us;
	size_t n;
	uint8_t *state;
};

static void apply_condition(struct stretch *stretch,
        const struct rule_operating *condition, const struct operating_channel *channel)
{
	double factor = 1, offset = 0;
	bool usable =
	        channel->sums != NULL && channel->sums->sum != NULL &&
	        units_convert(channel->unit, condition->unit, &factor, &offset) == OK;
	for (size_t k = 0; k < stretch->n; k++) {
		uint8_t state = RUNNING_UNKNOWN;
		int64_t time_us = stretch->from_us + (int64_t)k * stretch->period_us;
		if (usable && time_us >= channel->sums->from_us) {
			size_t at = (size_t)((time_us - channel->sums->from_us) /
			                     stretch->period_us);
			if (at < channel->sums->n)
				state = holds(condition, &channel->sums->sum[at],
				        factor, offset);
		}
		stretch->state[k] = both(stretch->state[k], state);
	}
}

/* A stop shorter than the dwell time is no stop. */
static void drop_short_stops(struct stretch *stretch, double dwell_s)
{
	size_t least = (size_t)ceil(dwell_s * 1e6 / (double)stretch->period_us - 1e-9);
	for (size_t k = 0; k < stretch->n;) {
		size_t end = k;
		while (end < stretch->n && stretch->state[end] == RUNNING_STOPPED)
			end++;
		if (end > k && end - k < least)
			memset(stretch->state + k, RUNNING_YES, end - k);
		k = end > k ? end : k + 1;
	}
}

/* The widest stretch any channel has; none: nothing is known. */
static struct stretch stretch_of(
        const struct rule *rule, const struct operating_channel *channel)
{
	struct stretch stretch = { 0 };
	for (size_t i = 0; i < rule->n_operating; i++)
		if (channel[i].sums != NULL && channel[i].sums->n > stretch.n)
			stretch = (struct stretch){ .from_us = channel[i].sums->from_us,
				.period_us = channel[i].sums->period_us,
				.n = channel[i].sums->n };
	return stretch;
}

int operating_make(uint8_t *running, size_t n, int64_t from_us, const struct rule *rule,
        const struct operating_channel *channel)
{
	memset(running, RUNNING_UNKNOWN, n);
	struct stretch stretch = stretch_of(rule, channel);
	if (stretch.n == 0)
		return OK;
	stretch.state = malloc(stretch.n);
	if (stretch.state == NULL)
		return FAILED;
	memset(stretch.state, RUNNING_YES, stretch.n);
	double dwell_s = 0;
	for (size_t i = 0; i < rule->n_operating; i++) {
		apply_condition(&stretch, &rule->operating[i], &channel[i]);
		dwell_s = fmax(dwell_s, rule->operating[i].dwell_s);
	}
	drop_short_stops(&stretch, dwell_s);
	for (size_t k = 0; k < stretch.n; k++) {
		int64_t time_us = stretch.from_us + (int64_t)k * stretch.period_us;
		size_t at = (size_t)((time_us - from_us) / stretch.period_us);
		if (time_us >= from_us && at < n)
			running[at] = stretch.state[k];
	}
	free(stretch.state);
	return OK;
}
