/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values through base sums, beside a plain sum of the same array.  Lines: name value
 * unit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "analysis/base_sums.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "base/status.h"

#define VALUES (86400 * 30) /* a month at 1 Hz */
#define ROUNDS 5

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void fill(struct series *series)
{
	series->n = VALUES;
	series->utc_offset_min = OFFSET_VIETNAM;
	series->about.low = 0;
	series->about.high = 225;
	series->about.resolution = 0.1;
	series->time_us = malloc(VALUES * sizeof *series->time_us);
	series->value = malloc(VALUES * sizeof *series->value);
	series->state = malloc(VALUES * sizeof *series->state);
	series->stored_us = malloc(VALUES * sizeof *series->stored_us);
	if (series->time_us == NULL || series->value == NULL || series->state == NULL ||
	        series->stored_us == NULL)
		exit(70);
	for (size_t i = 0; i < VALUES; i++) {
		series->time_us[i] = (int64_t)i * US_PER_S - 7 * US_PER_HOUR;
		series->stored_us[i] = series->time_us[i] + US_PER_S;
		series->value[i] = 40 + 10 * sin(1e-4 * (double)i);
		series->state[i] = i % 97 == 0 ? STATE_SILENT : STATE_OK;
	}
	series->raw = series->value;
}

/* The best of some rounds: what the machine can do, not what else it was doing. */
static double best_of(const struct series *series, int sums, double *keep)
{
	double best = INFINITY;
	for (int round = 0; round < ROUNDS; round++) {
		double begun = seconds();
		if (sums) {
			struct base_sums out;
			if (base_sums_make(&out, series, 300 * US_PER_S,
			            series->time_us[0],
			            series->time_us[VALUES - 1] + 1) != OK)
				exit(70);
			*keep += out.sum[out.n / 2].sum;
			base_sums_free(&out);
		} else {
			double total = 0;
			for (size_t i = 0; i < series->n; i++)
				total += series->value[i];
			*keep += total;
		}
		best = fmin(best, seconds() - begun);
	}
	return best;
}

int main(void)
{
	struct series series = { 0 };
	double keep = 0;
	fill(&series);
	double plain = best_of(&series, 0, &keep), sums = best_of(&series, 1, &keep);
	printf("plain_sum %.1f Mvalue/s\n", VALUES / plain / 1e6);
	printf("base_sums %.1f Mvalue/s\n", VALUES / sums / 1e6);
	fprintf(stderr, "(%g)\n", keep);
	free(series.time_us);
	free(series.value);
	free(series.state);
	free(series.stored_us);
	return 0;
}
