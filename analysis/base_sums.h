/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All sums are made over one base interval, in time order, by one function; every
 * longer statistic is made of base sums in order.  So live, batch and shards agree bit
 * for bit.
 */
#ifndef ANALYSIS_BASE_SUMS_H
#define ANALYSIS_BASE_SUMS_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/series.h"

/* What a reading counts as, by priority:
 * no number > fault > calibrating, maintenance > range > rest. */
enum counts_as {
	COUNTS_VALID,    /* measuring; also suspect */
	COUNTS_CENSORED, /* valid at range top: the mean is "at least" */
	COUNTS_INVALID, /* a number no working instrument gives, or none (NaN, sentinel) */
	COUNTS_CALIBRATING, /* 01: calibrating, incl. recovery; maintenance */
	COUNTS_FAULT,       /* 02 */
	COUNTS_MISSING,     /* silent, garbled, refused, or no record at all */
	COUNTS_STOPPED,     /* plant measured as stopped: not expected */
	COUNTS_REPEATED, /* unchanged result of a slow analyser: not a value, not expected */
};
enum { COUNTS_AS = 8 };

/* One reading: state, value and the channel's range decide. */
uint8_t counts_as(const struct channel *about, uint8_t state, double value);

struct base_sum { /* one base interval [start, start + period) */
	int64_t start_us;
	uint32_t received, valid, censored, suspect, of[COUNTS_AS];
	double sum, sum2, low, high; /* over valid values; low, high NAN without any */
	int64_t stored_us;           /* newest of its readings */
};

struct base_sums {
	int64_t period_us, from_us;
	int utc_offset_min;
	size_t n;             /* every interval of the stretch, also the empty ones */
	struct base_sum *sum; /* [n] */
};

/* Base sums of [from, to), aligned to legal time.  OK or FAILED (memory). */
int base_sums_make(struct base_sums *out, const struct series *series,
        int64_t period_us, int64_t from_us, int64_t to_us);
void base_sums_free(struct base_sums *sums);

/* ---- plain means with completeness (quantrac means) ---- */
struct mean_row {
	int64_t start_us, end_us;
	double value; /* NAN below the minimum share, or without a value */
	uint32_t expected, received, valid;
	uint8_t quality; /* 1 good, 4 below the minimum share, 9 nothing */
	double low, high;
};
/* Means over `period_us` (a multiple of the base period) of all valid readings: base
 * sums in order.  Expected counts are results due (result_every of the channel).  Rows
 * made (caller frees), or a negative status. */
int means_make(struct mean_row **out, const struct series *series, int64_t period_us,
        int64_t from_us, int64_t to_us, double min_valid_percent);

#endif
