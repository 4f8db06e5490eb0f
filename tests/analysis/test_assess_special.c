/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pH, a plant that stands still, slow analysers, other stages and decisions. */
#include "tests/kits/assess_kit.h"

#include <math.h>
#include <string.h>

#include "base/legal_time.h"

/* ---- pH ---- */

static void make_ph(struct series *series)
{
	the_rule.limit.unit = series->about.unit = "pH";
	the_rule.limit.bounded = false;
	the_rule.limit.decimals = 1;
	the_rule.value[0].low = 5.5;
	the_rule.value[0].high = 9;
	series->about.high = 14;
	series->about.accuracy_reading_percent = NAN;
	series->about.accuracy_absolute = 0.2;
}

static void an_interval_has_two_sides_and_no_ratio(void **state)
{
	const struct {
		double value;
		uint8_t result;
	} table[] = { { 5.5, RESULT_WITHIN }, { 5.499, RESULT_OVER },
		{ 9, RESULT_WITHIN }, { 9.001, RESULT_OVER }, { 7, RESULT_WITHIN } };
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct series series = day_of(DAY, table[i].value, STATE_OK);
		make_ph(&series);
		struct assessment a = assess(&series);
		assert_result(&a, table[i].result, BY_VALUES);
		assert_true(isnan(a.ratio));
		assert_close(a.difference,
		        fmin(fabs(table[i].value - 5.5), fabs(table[i].value - 9)),
		        1e-9);
		series_free(&series);
	}
	struct series series = day_of(DAY, 5.4, STATE_OK);
	make_ph(&series);
	struct assessment a = assess(&series);
	assert_int_equal(a.strength, STRENGTH_WITHIN); /* 0.1 beside 1.645 x 0.115 */
	series_free(&series);
}

/* 12 h at 4.0 and 12 h at 10.0: the mean 7.0 is within, and both excursions are
 * told. */
static void a_mean_that_hides_swings_tells_them(void **state)
{
	struct series series = day_of(DAY, 4, STATE_OK);
	make_ph(&series);
	made_values(&series, 144, DAY, 10);
	made_values(&series, 143, 145, 7);
	struct assessment a = assess(&series);
	assert_result(&a, RESULT_WITHIN, BY_VALUES);
	assert_int_equal(a.n_excursions, 2);
	assert_true(a.excursion[0].from_us == MADE_DAY);
	assert_true(a.excursion[0].to_us == MADE_DAY + 143 * 300 * US_PER_S);
	assert_close(a.excursion[0].extreme, 4, 0);
	assert_int_equal(a.excursion[1].n, 143);
	assert_close(a.excursion[1].mean, 10, 1e-12);
	assert_close(a.outside_s, 286 * 300, 0);
	assert_close(a.low, 4, 0);
	assert_close(a.high, 10, 0);
	series_free(&series);
}

static void nothing_bounds_ph(void **state)
{
	struct series series = day_of(200, 7, STATE_SILENT);
	make_ph(&series);
	struct assessment a = assess(&series);
	assert_result(&a, RESULT_NOT_DECIDABLE, BY_NOTHING);
	assert_true(isnan(a.lower_bound) && isnan(a.upper_bound));
	series_free(&series);
}

/* ---- the plant stands still ---- */

static void no_operation_is_not_assessed(void **state)
{
	struct series series = day_of(DAY, 90, STATE_OK);
	uint8_t running[DAY] = { 0 };
	struct assessment a = made_assessment(&the_rule, &series, running, &the_work);
	assert_result(&a, RESULT_NOT_APPLICABLE, BY_NO_OPERATION);
	assert_int_equal(a.expected, 0);
	assert_close(a.stopped_s, 86400, 0);
	/* 6 h are 72 base values. */
	memset(running, RUNNING_YES, 71);
	a = made_assessment(&the_rule, &series, running, &the_work);
	assert_result(&a, RESULT_NOT_APPLICABLE, BY_SHORT_OPERATION);
	running[71] = RUNNING_UNKNOWN;
	a = made_assessment(&the_rule, &series, running, &the_work);
	assert_result(&a, RESULT_OVER, BY_VALUES);
	assert_int_equal(a.expected, 72);
	assert_int_equal(a.of[COUNTS_STOPPED], 216);
	series_free(&series);
}

static void a_stop_nobody_measured_is_missing(void **state)
{
	struct series series = day_of(150, 20, STATE_STOPPED);
	struct assessment a = assess(&series);
	assert_int_equal(a.expected, 288);
	assert_int_equal(a.of[COUNTS_MISSING], 138);
	assert_result(&a, RESULT_NOT_DECIDABLE, BY_NOTHING);
	series_free(&series);
}

/* ---- slow analysers, other stages, other decisions ---- */

/* A result each 45 min, asked for each minute; four hours of fault. */
static void results_of_a_slow_analyser_are_counted(void **state)
{
	struct series series = made_series(1440, 60, MADE_DAY);
	made_rule(&the_rule);
	series.about.result_every_s = 2700;
	made_states(&series, 0, 1440, STATE_UNCHANGED);
	for (size_t i = 0; i < 1440; i += 45) {
		made_states(&series, i, i + 1, STATE_OK);
		made_values(&series, i, i + 1, 80);
	}
	struct assessment a = assess(&series);
	assert_int_equal(a.expected, 32);
	assert_int_equal(a.valid, 32);
	assert_int_equal(a.received, 32);
	assert_int_equal(a.n_spans, 0);
	assert_result(&a, RESULT_OVER, BY_VALUES);
	assert_int_equal(a.n_excursions, 1);
	assert_close(a.outside_s, 86400, 1e-6);

	made_states(&series, 600, 840, STATE_FAULT);
	a = assess(&series);
	assert_int_equal(a.expected, 32);
	assert_int_equal(a.valid, 27);
	assert_int_equal(a.of[COUNTS_FAULT], 5);
	assert_int_equal(a.of[COUNTS_MISSING], 0);
	assert_int_equal(a.n_spans, 1);
	assert_true(a.span[0].from_us == MADE_DAY + 10 * US_PER_HOUR);
	series_free(&series);
}

/* A table of hourly values, nothing in between: an hour without is missing from its
 * beginning on, and nothing else is. */
static void between_results_nothing_is_missing(void **state)
{
	struct series series = made_series(24, 3600, MADE_DAY + 30 * US_PER_MIN);
	made_rule(&the_rule);
	made_values(&series, 0, 24, 60);
	struct assessment a = assess(&series);
	assert_int_equal(a.expected, 24);
	assert_int_equal(a.valid, 24);
	assert_int_equal(a.n_spans, 0);

	made_states(&series, 10, 11, STATE_SILENT);
	a = assess(&series);
	assert_int_equal(a.valid, 23);
	assert_int_equal(a.of[COUNTS_MISSING], 1);
	assert_int_equal(a.n_spans, 1);
	assert_true(a.span[0].what == COUNTS_MISSING);
	assert_true(a.span[0].from_us == MADE_DAY + 10 * US_PER_HOUR + 30 * US_PER_MIN);
	assert_true(a.span[0].to_us == MADE_DAY + 11 * US_PER_HOUR + 30 * US_PER_MIN);
	series_free(&series);
}

/* The day as mean of hours that must have 75 % each: one hour too thin is no input. */
static void a_stage_can_be_made_of_another(void **state)
{
	struct series series = day_of(DAY, 50, STATE_OK);
	the_rule.stage[2] = the_rule.stage[1];
	the_rule.stage[2].of = "hour";
	the_rule.stage[1].name = "hour";
	the_rule.stage[1].period_s = 3600;
	the_rule.rule.n_stages = 3;
	made_values(&series, 0, 12, 200);
	struct assessment a = assess(&series);
	assert_int_equal(a.expected, 24);
	assert_int_equal(a.valid, 24);
	assert_close(a.value, (23 * 50 + 200) / 24.0, 1e-12);
	made_states(&series, 0, 4, STATE_SILENT); /* 8 of 12: 67 % */
	a = assess(&series);
	assert_int_equal(a.valid, 23);
	assert_close(a.value, 50, 0);
	the_rule.stage[2].statistic = STATISTIC_MAX;
	made_states(&series, 0, 4, STATE_OK);
	made_values(&series, 0, 4, 200);
	a = assess(&series);
	assert_close(a.value, 200, 0);
	assert_result(&a, RESULT_OVER, BY_VALUES);
	series_free(&series);
}

/* EU: 20 % of the limit is taken off first; guard band: over only beyond 1.645 u. */
static void the_decision_rule_is_the_documents(void **state)
{
	struct series series = day_of(DAY, 90, STATE_OK);
	the_rule.rule.decision = DECISION_SUBTRACT;
	the_rule.limit.subtract_percent = 20;
	struct assessment a = assess(&series);
	assert_result(&a, RESULT_WITHIN, BY_VALUES);
	made_values(&series, 0, DAY, 90.01);
	a = assess(&series);
	assert_result(&a, RESULT_OVER, BY_VALUES);
	the_rule.rule.decision = DECISION_GUARD;
	made_values(&series, 0, DAY, 78.7);
	a = assess(&series);
	assert_result(&a, RESULT_WITHIN, BY_VALUES);
	made_values(&series, 0, DAY, 78.8);
	a = assess(&series);
	assert_result(&a, RESULT_OVER, BY_VALUES);
	series_free(&series);
}

/* The course of a day is no uncertainty of its mean; what the readings scatter is. */
static void the_course_of_the_day_is_no_scatter(void **state)
{
	struct series series = day_of(DAY, 0, STATE_OK);
	uint64_t seed = 3;
	for (size_t i = 0; i < DAY; i++)
		made_values(&series, i, i + 1,
		        80 + 30 * sin((double)i / DAY * 2 * M_PI) +
		                (double)(chance(&seed) % 1000) / 250 - 2);
	struct assessment a = assess(&series);
	assert_true(a.u_ran > 0.03 && a.u_ran < 0.3);
	series_free(&series);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interval_has_two_sides_and_no_ratio),
		cmocka_unit_test(a_mean_that_hides_swings_tells_them),
		cmocka_unit_test(nothing_bounds_ph),
		cmocka_unit_test(no_operation_is_not_assessed),
		cmocka_unit_test(a_stop_nobody_measured_is_missing),
		cmocka_unit_test(results_of_a_slow_analyser_are_counted),
		cmocka_unit_test(between_results_nothing_is_missing),
		cmocka_unit_test(a_stage_can_be_made_of_another),
		cmocka_unit_test(the_decision_rule_is_the_documents),
		cmocka_unit_test(the_course_of_the_day_is_no_scatter),
	};
	return cmocka_run_group_tests_name(
	        "assess: pH, stops, slow analysers", tests, NULL, free_work);
}
