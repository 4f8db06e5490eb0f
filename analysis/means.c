/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/base_sums.h"

#include <math.h>
#include <stdlib.h>

#include "base/legal_time.h"
#include "base/status.h"

#define BASE_US (5 * US_PER_MIN)

static uint32_t results_due(
        const struct series *series, int64_t period_us, uint32_t got)
{
	double cycle_s = series_cycle_s(series);
	if (isnan(cycle_s))
		return got; /* nobody says how often: what came is all there is */
	double due = (double)period_us / (double)US_PER_S / cycle_s;
	return due < 1 ? 1 : (uint32_t)(due + 1e-9);
}

/* Add the base sums that lie in the row; their order is time's. */
static double row_fill(struct mean_row *row, const struct base_sum *sum, size_t n)
{
	double total = 0;
	row->low = row->high = NAN;
	for (size_t k = 0; k < n; k++) {
		row->received += sum[k].received - sum[k].of[COUNTS_REPEATED];
		row->valid += sum[k].valid;
		if (sum[k].valid == 0)
			continue;
		total += sum[k].sum;
		row->low = fmin(row->low, sum[k].low);
		row->high = fmax(row->high, sum[k].high);
	}
	return total;
}

static void row_judge(struct mean_row *row, double total, double min_valid_percent)
{
	row->value = row->valid > 0 ? total / row->valid : NAN;
	row->quality = row->valid > 0 ? 1 : 9;
	bool enough = isnan(min_valid_percent) ||
	              100.0 * row->valid >= min_valid_percent * row->expected;
	if (row->valid > 0 && !enough) {
		row->quality = 4;
		row->value = NAN;
	}
}

int means_make(struct mean_row **out, const struct series *series, int64_t period_us,
        int64_t from_us, int64_t to_us, double min_valid_percent)
{
	int64_t base_us = period_us % BASE_US == 0 ? BASE_US : period_us;
	from_us = period_start(from_us, period_us, series->utc_offset_min);
	size_t n = to_us > from_us
	                   ? (size_t)((to_us - from_us + period_us - 1) / period_us)
	                   : 0;
	struct base_sums sums;
	if (base_sums_make(&sums, series, base_us, from_us,
	            from_us + (int64_t)n * period_us) != OK)
		return FAILED;
	struct mean_row *row = calloc(n > 0 ? n : 1, sizeof *row);
	if (row == NULL) {
		base_sums_free(&sums);
		return FAILED;
	}
	size_t each = (size_t)(period_us / base_us);
	for (size_t i = 0; i < n; i++) {
		row[i].start_us = from_us + (int64_t)i * period_us;
		row[i].end_us = row[i].start_us + period_us;
		double total = row_fill(&row[i], sums.sum + i * each, each);
		row[i].expected = results_due(series, period_us, row[i].received);
		row_judge(&row[i], total, min_valid_percent);
	}
	base_sums_free(&sums);
	*out = row;
	return (int)n;
}
