/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>

#include "analysis/base_sums.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "base/status.h"
#include "tests/kits/made.h"

#define FIVE (5 * US_PER_MIN)

/* facts of the table "what counts": each state once, with the number it comes with. */
static void every_state_counts_as_the_table_says(void **state)
{
	struct series series = made_series(0, 60, MADE_DAY);
	const struct channel *cod = &series.about;
	const struct {
		uint8_t state;
		double value;
		uint8_t counts;
	} table[] = {
		{ STATE_OK, 80, COUNTS_VALID },
		{ STATE_OK, 0, COUNTS_VALID },
		{ STATE_OK, NAN, COUNTS_INVALID },
		{ STATE_UNCHANGED, NAN, COUNTS_REPEATED },
		{ STATE_SILENT, NAN, COUNTS_MISSING },
		{ STATE_GARBLED, NAN, COUNTS_MISSING },
		{ STATE_REFUSED, NAN, COUNTS_MISSING },
		{ STATE_NO_VALUE, NAN, COUNTS_INVALID },
		{ STATE_BELOW_RANGE, -1, COUNTS_VALID },
		{ STATE_ABOVE_RANGE, 230, COUNTS_CENSORED },
		{ STATE_CALIBRATING, 80, COUNTS_CALIBRATING },
		{ STATE_MAINTENANCE, 80, COUNTS_CALIBRATING },
		{ STATE_FAULT, 80, COUNTS_FAULT },
		{ STATE_FAULT, NAN, COUNTS_FAULT },
		{ STATE_STOPPED, NAN, COUNTS_STOPPED },
		{ STATE_OFF, NAN, COUNTS_MISSING },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		assert_int_equal(counts_as(cod, table[i].state, table[i].value),
		        table[i].counts);
	series_free(&series);
}

/* 3 % of 0..225 is 6.75; twice a resolution of 5 is 10. */
static void small_negatives_count_and_impossible_ones_do_not(void **state)
{
	struct series series = made_series(0, 60, MADE_DAY);
	struct channel cod = series.about;
	assert_int_equal(counts_as(&cod, STATE_OK, -6.75), COUNTS_VALID);
	assert_int_equal(counts_as(&cod, STATE_OK, -6.76), COUNTS_INVALID);
	assert_int_equal(counts_as(&cod, STATE_BELOW_RANGE, -6.76), COUNTS_INVALID);
	cod.resolution = 5;
	assert_int_equal(counts_as(&cod, STATE_OK, -10), COUNTS_VALID);
	assert_int_equal(counts_as(&cod, STATE_OK, -10.1), COUNTS_INVALID);
	/* A range that begins above zero does not make a small number impossible. */
	cod.low = 10;
	assert_int_equal(counts_as(&cod, STATE_BELOW_RANGE, 5), COUNTS_VALID);
	/* Nor does one that begins below it make a negative one so. */
	cod.low = -50;
	assert_int_equal(counts_as(&cod, STATE_OK, -50), COUNTS_VALID);
	/* Without a range nothing is impossible. */
	cod.low = cod.high = NAN;
	assert_int_equal(counts_as(&cod, STATE_OK, -1000), COUNTS_VALID);
	series_free(&series);
}

static void range_top_counts_at_range_top(void **state)
{
	struct series series = made_series(5, 60, MADE_DAY);
	made_values(&series, 0, 5, 100);
	made_values(&series, 1, 2, 225);
	made_values(&series, 2, 3, 900);
	made_states(&series, 2, 3, STATE_ABOVE_RANGE);
	struct base_sums sums;
	assert_int_equal(
	        base_sums_make(&sums, &series, FIVE, MADE_DAY, MADE_DAY + FIVE), OK);
	assert_int_equal(sums.n, 1);
	assert_int_equal(sums.sum[0].valid, 5);
	assert_int_equal(sums.sum[0].censored, 2);
	assert_close(sums.sum[0].sum, 300 + 225 + 225, 0);
	assert_close(sums.sum[0].sum2, 3 * 1e4 + 2 * 225.0 * 225.0, 0);
	assert_close(sums.sum[0].low, 100, 0);
	assert_close(sums.sum[0].high, 225, 0);
	base_sums_free(&sums);
	series_free(&series);
}

/* [start, end): a reading on the edge belongs to the interval it begins. */
static void intervals_are_half_open_and_in_legal_time(void **state)
{
	struct series series = made_series(3, 300, MADE_DAY - FIVE);
	made_values(&series, 0, 1, 1);
	made_values(&series, 1, 2, 2);
	made_values(&series, 2, 3, 4);
	struct base_sums sums;
	assert_int_equal(base_sums_make(&sums, &series, US_PER_DAY,
	                         MADE_DAY - US_PER_DAY, MADE_DAY + US_PER_DAY),
	        OK);
	assert_int_equal(sums.n, 2);
	assert_true(sums.sum[1].start_us == MADE_DAY);
	assert_close(sums.sum[0].sum, 1, 0);
	assert_close(sums.sum[1].sum, 6, 0);
	base_sums_free(&sums);

	/* Asked from the middle of an interval, the whole interval is there. */
	assert_int_equal(
	        base_sums_make(&sums, &series, FIVE, MADE_DAY + 1, MADE_DAY + FIVE),
	        OK);
	assert_true(sums.from_us == MADE_DAY);
	assert_int_equal(sums.n, 1);
	assert_close(sums.sum[0].sum, 2, 0);
	base_sums_free(&sums);
	series_free(&series);
}

static void empty_intervals_are_there_and_empty(void **state)
{
	struct series series = made_series(2, 3600, MADE_DAY);
	struct base_sums sums;
	assert_int_equal(base_sums_make(&sums, &series, FIVE, MADE_DAY,
	                         MADE_DAY + US_PER_HOUR * 2),
	        OK);
	assert_int_equal(sums.n, 24);
	assert_int_equal(sums.sum[0].received, 1);
	assert_int_equal(sums.sum[1].received, 0);
	assert_true(isnan(sums.sum[1].low));
	assert_int_equal(sums.sum[12].valid, 1);
	assert_true(sums.sum[12].stored_us == MADE_DAY + US_PER_HOUR + US_PER_S);
	base_sums_free(&sums);

	series.n = 0;
	assert_int_equal(
	        base_sums_make(&sums, &series, FIVE, MADE_DAY, MADE_DAY + FIVE), OK);
	assert_int_equal(sums.sum[0].received, 0);
	base_sums_free(&sums);
	series.n = 2;
	series_free(&series);
}

/* Sums of a stretch are those of its parts: shards agree bit for bit. */
static void parts_agree_with_the_whole(void **state)
{
	uint64_t seed = 7;
	struct series series = made_series(2880, 30, MADE_DAY);
	for (size_t i = 0; i < series.n; i++)
		made_values(&series, i, i + 1, (double)(chance(&seed) % 100000) / 997);
	struct base_sums whole, part;
	base_sums_make(&whole, &series, FIVE, MADE_DAY, MADE_DAY + US_PER_DAY);
	for (int h = 0; h < 24; h++) {
		int64_t from_us = MADE_DAY + h * US_PER_HOUR;
		base_sums_make(&part, &series, FIVE, from_us, from_us + US_PER_HOUR);
		assert_int_equal(part.n, 12);
		assert_memory_equal(
		        part.sum, whole.sum + 12 * h, 12 * sizeof *part.sum);
		base_sums_free(&part);
	}
	base_sums_free(&whole);
	series_free(&series);
}

static void recovery_follows_calibrating_and_only_that(void **state)
{
	struct series series = made_series(60, 60, MADE_DAY);
	made_values(&series, 0, 60, 50);
	made_states(&series, 10, 12, STATE_CALIBRATING);
	made_states(&series, 40, 42, STATE_MAINTENANCE);
	made_states(&series, 15, 16, STATE_FAULT);
	series_recover(&series, 600);
	assert_int_equal(series.state[9], STATE_OK);
	assert_int_equal(series.state[12], STATE_CALIBRATING);
	assert_int_equal(series.state[15], STATE_FAULT);
	assert_int_equal(
	        series.state[20], STATE_CALIBRATING); /* 9 min after the last */
	assert_int_equal(series.state[21], STATE_OK); /* 10 min after it */
	assert_int_equal(series.state[42], STATE_OK);
	series_free(&series);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_counts_as_the_table_says),
		cmocka_unit_test(small_negatives_count_and_impossible_ones_do_not),
		cmocka_unit_test(range_top_counts_at_range_top),
		cmocka_unit_test(intervals_are_half_open_and_in_legal_time),
		cmocka_unit_test(empty_intervals_are_there_and_empty),
		cmocka_unit_test(parts_agree_with_the_whole),
		cmocka_unit_test(recovery_follows_calibrating_and_only_that),
	};
	return cmocka_run_group_tests_name("base_sums", tests, NULL, NULL);
}
