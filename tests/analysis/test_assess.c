/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A day of values against a limit: enough of them, too few, none; and what can be
 * declared away. */
#include "tests/kits/assess_kit.h"

#include <math.h>

#include "analysis/basis.h"
#include "base/legal_time.h"

/* Limit 75, class 5 % of reading: 80 is over and beyond, 76 over and within, 78.74 the
 * edge. */
static void result_and_strength_are_never_mixed(void **state)
{
	const struct {
		double value;
		uint8_t result, strength;
	} table[] = {
		{ 80, RESULT_OVER, STRENGTH_BEYOND },
		{ 78.75, RESULT_OVER, STRENGTH_BEYOND },
		{ 78.73, RESULT_OVER, STRENGTH_WITHIN },
		{ 76, RESULT_OVER, STRENGTH_WITHIN },
		{ 74.2, RESULT_WITHIN, STRENGTH_WITHIN },
		{ 40, RESULT_WITHIN, STRENGTH_BEYOND },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct series series = day_of(DAY, table[i].value, STATE_OK);
		struct assessment a = assess(&series);
		assert_result(&a, table[i].result, BY_VALUES);
		assert_int_equal(a.strength, table[i].strength);
		assert_close(a.difference, fabs(table[i].value - 75), 1e-9);
		series_free(&series);
	}
	struct series series = day_of(DAY, 80, STATE_OK);
	struct assessment a = assess(&series);
	assert_close(a.u_sys, 2.309, 5e-4);
	assert_close(a.u_ran, 0, 1e-12);
	assert_close(a.guard, 3.80, 5e-3);
	assert_close(a.ratio, 80.0 / 75, 1e-12);
	series_free(&series);
}

static void equality_is_within_and_nothing_is_rounded(void **state)
{
	struct series series = day_of(DAY, 75, STATE_OK);
	struct assessment a = assess(&series);
	assert_result(&a, RESULT_WITHIN, BY_VALUES);
	made_values(&series, 0, 1, 75.001);
	a = assess(&series);
	assert_result(&a, RESULT_OVER, BY_VALUES);
	assert_close(a.value, 75 + 0.001 / DAY, 1e-12);
	/* 288 times 0.1 added up is not 28.8 in doubles; that is no exceedance. */
	made_values(&series, 0, DAY, 0.1);
	the_rule.value[0].high = 0.1;
	a = assess(&series);
	assert_result(&a, RESULT_WITHIN, BY_VALUES);
	series_free(&series);
}

/* 240 of 288 valid at 80: 83 % is enough, the values decide; 66.7 and 104.2 are the
 * bounds. */
static void enough_valid_values_decide(void **state)
{
	struct series series = day_of(240, 80, STATE_FAULT);
	struct assessment a = assess(&series);
	assert_result(&a, RESULT_OVER, BY_VALUES);
	assert_close(a.value, 80, 0);
	assert_close(a.lower_bound, 66.7, 1e-3);
	assert_close(a.upper_bound, 104.2, 1e-3);
	assert_int_equal(a.expected, 288);
	assert_int_equal(a.received, 288);
	assert_int_equal(a.valid, 240);
	assert_int_equal(a.of[COUNTS_FAULT], 48);
	assert_int_equal(a.n_spans, 1);
	assert_true(a.span[0].from_us == MADE_DAY + 20 * US_PER_HOUR);
	assert_true(a.span[0].to_us == MADE_DAY + US_PER_DAY);
	assert_int_equal(a.span[0].what, COUNTS_FAULT);
	series_free(&series);
}

/* 150 of 288 at 160: even with what is missing as 0 the mean is 83.3. */
static void over_whatever_was_missing(void **state)
{
	struct series series = day_of(150, 160, STATE_SILENT);
	struct assessment a = assess(&series);
	assert_result(&a, RESULT_OVER, BY_LOWER_BOUND);
	assert_close(a.lower_bound, 83.3, 1e-3);
	assert_close(a.difference, 160.0 * 150 / 288 - 75, 1e-9);
	assert_int_equal(a.strength, STRENGTH_BEYOND);
	assert_int_equal(a.of[COUNTS_MISSING], 138);
	assert_int_equal(a.received, 150);
	/* 135 of them: 75 exactly, which is not over. */
	made_states(&series, 135, 150, STATE_SILENT);
	a = assess(&series);
	assert_result(&a, RESULT_NOT_DECIDABLE, BY_NOTHING);
	assert_close(a.lower_bound, 75, 1e-12);
	series_free(&series);
}

/* 200 of 288 at 20: at range top 225 the mean could be 82.6. */
static void between_the_bounds_nothing_is_decided(void **state)
{
	struct series series = day_of(200, 20, STATE_SILENT);
	struct assessment a = assess(&series);
	assert_result(&a, RESULT_NOT_DECIDABLE, BY_NOTHING);
	assert_close(a.upper_bound, 82.6, 1e-3);
	assert_int_equal(a.strength, STRENGTH_NONE);
	/* With a range of 150 the same day is within whatever was missing: 59.7. */
	series.about.high = 150;
	a = assess(&series);
	assert_result(&a, RESULT_WITHIN, BY_UPPER_BOUND);
	assert_close(a.upper_bound, (200 * 20 + 88 * 150) / 288.0, 1e-12);
	/* A rule that voids such days says so. */
	the_rule.stage[1].below = BELOW_VOID;
	a = assess(&series);
	assert_result(&a, RESULT_NOT_DECIDABLE, BY_NOTHING);
	series_free(&series);
}

/* 216 of 288 are 75 %. */
static void both_sides_of_the_minimum_share(void **state)
{
	struct series series = day_of(216, 70, STATE_CALIBRATING);
	struct assessment a = assess(&series);
	assert_result(&a, RESULT_WITHIN, BY_VALUES);
	assert_contains(a.note, "could matter");
	made_states(&series, 215, 216, STATE_MAINTENANCE);
	a = assess(&series);
	assert_result(&a, RESULT_NOT_DECIDABLE, BY_NOTHING);
	assert_int_equal(a.of[COUNTS_CALIBRATING], 73);
	series_free(&series);
}

static void a_dark_day_is_not_decidable_whatever_the_range(void **state)
{
	struct series series = day_of(0, 0, STATE_SILENT);
	struct assessment a = assess(&series);
	assert_result(&a, RESULT_NOT_DECIDABLE, BY_NOTHING);
	assert_true(isnan(a.value));
	series.about.high = 70;
	a = assess(&series);
	assert_result(&a, RESULT_NOT_DECIDABLE, BY_NOTHING);
	series.about.high = NAN;
	a = assess(&series);
	assert_result(&a, RESULT_NOT_DECIDABLE, BY_NOTHING);
	series_free(&series);
}

static void values_at_range_top_count_there_and_are_marked(void **state)
{
	struct series series = day_of(DAY, 60, STATE_OK);
	made_values(&series, 0, 3, 300);
	made_states(&series, 0, 3, STATE_ABOVE_RANGE);
	struct assessment a = assess(&series);
	assert_result(&a, RESULT_WITHIN, BY_VALUES);
	assert_int_equal(a.censored, 3);
	assert_close(a.value, (285 * 60 + 3 * 225) / 288.0, 1e-12);
	assert_close(a.range_top, 225, 0);
	/* A range that ends under the limit hides what is over it. */
	series.about.high = 70;
	a = assess(&series);
	assert_result(&a, RESULT_NOT_DECIDABLE, BY_NOTHING);
	assert_contains(a.note, "range");
	series_free(&series);
}

/* ---- bases ---- */

static int basis(const struct channel *about, struct problem *why)
{
	double factor, offset;
	return basis_check(about, &the_rule.limit, &factor, &offset, why);
}

/* 6.0 mg/L of NH4 is 4.66 mg/L of N: refused, not compared with 5. */
static void bases_that_differ_are_not_compared(void **state)
{
	struct series series = day_of(0, 0, STATE_OK);
	struct channel about = series.about;
	struct problem why;
	double factor, offset;
	the_rule.limit.expressed_as = "N";
	about.expressed_as = "N";
	assert_int_equal(basis(&about, &why), OK);
	about.expressed_as = "NH4";
	assert_int_equal(basis(&about, &why), REFUSED);
	assert_contains(why.text, "as N");
	assert_contains(why.text, "NH4");
	about.expressed_as = "";
	assert_int_equal(basis(&about, &why), REFUSED);
	assert_contains(why.text, "nothing");

	made_rule(&the_rule);
	the_rule.limit.unit = "mg/Nm3";
	the_rule.limit.gas_state = about.gas_state = "standard";
	the_rule.limit.reference_temperature_C = about.reference_temperature_C = 25;
	the_rule.limit.reference_pressure_kPa = about.reference_pressure_kPa = 101.325;
	about.unit = "ug/Nm3";
	assert_int_equal(
	        basis_check(&about, &the_rule.limit, &factor, &offset, &why), OK);
	assert_close(factor, 0.001, 1e-12);
	about.unit = "mg/m3";
	assert_int_equal(
	        basis_check(&about, &the_rule.limit, &factor, &offset, &why), OK);
	assert_close(factor, 1, 1e-12);
	about.unit = "ppm";
	assert_int_equal(basis(&about, &why), REFUSED);
	assert_contains(why.text, "ppm");
	about.unit = "mg/Nm3";
	about.reference_temperature_C = 0;
	assert_int_equal(basis(&about, &why), REFUSED);
	assert_contains(why.text, "25 Cel");
	assert_contains(why.text, "0 Cel");
	about.reference_temperature_C = 25;
	about.gas_state = "actual";
	assert_int_equal(basis(&about, &why), REFUSED);
	series_free(&series);
}

static void units_are_converted(void **state)
{
	struct series series = day_of(DAY, 80000, STATE_OK);
	series.about.unit = "ug/L";
	series.about.high = 225000;
	struct assessment a = assess(&series);
	assert_close(a.value, 80, 1e-12);
	assert_close(a.range_top, 225, 1e-12);
	assert_close(a.u_sys, 2.309, 5e-4);
	assert_result(&a, RESULT_OVER, BY_VALUES);
	series_free(&series);
}

/* ---- a plant never gains by declaring or neglecting ---- */

static double mean_of(const double *value, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += value[i];
	return sum / (double)n;
}

/* Hide more and more of a day whose true values are known; after every step what
 * analysis/stage.h promises must hold. */
static void hide_and_check(struct series *series, uint64_t *seed, const double *truth)
{
	static const uint8_t ways[] = { STATE_FAULT, STATE_CALIBRATING,
		STATE_MAINTENANCE, STATE_SILENT, STATE_GARBLED, STATE_REFUSED,
		STATE_NO_VALUE, STATE_STOPPED, STATE_OFF, STATE_UNCHANGED };
	double mean = mean_of(truth, DAY);
	struct assessment before = assess(series);
	for (int step = 0; step < 25; step++) {
		bool worst = chance(seed) % 2;
		for (size_t i = 0; i < DAY; i++)
			if (chance(seed) % 20 == 0 && (!worst || truth[i] > 75))
				made_states(series, i, i + 1,
				        ways[chance(seed) % sizeof ways]);
		struct assessment after = assess(series);
		double share = (double)after.valid / DAY;
		assert_int_equal(after.expected, before.expected);
		assert_true(after.valid <= before.valid);
		assert_true(after.lower_bound <= before.lower_bound + 1e-9);
		assert_true(after.upper_bound >= before.upper_bound - 1e-9);
		if (share < 0.75) {
			if (after.result == RESULT_WITHIN)
				assert_true(mean <= 75 + 1e-9);
			if (after.result == RESULT_OVER)
				assert_true(mean > 75 - 1e-9);
			if (before.valid < 216 && before.result != RESULT_WITHIN)
				assert_true(after.result != RESULT_WITHIN);
		} else if (after.result == RESULT_WITHIN) {
			assert_true(mean <= share * 75 + (1 - share) * 225 + 1e-9);
			if (mean > 75 + 1e-9)
				assert_contains(after.note, "could matter");
		}
		before = after;
	}
}

static void a_plant_never_gains_by_declaring_or_neglecting(void **state)
{
	uint64_t seed = 20261109;
	for (int day = 0; day < 300; day++) {
		struct series series = day_of(DAY, 0, STATE_OK);
		double truth[DAY], level = (double)(chance(&seed) % 130);
		for (size_t i = 0; i < DAY; i++) {
			truth[i] = fmin(225, level + (double)(chance(&seed) % 400) / 8);
			if (chance(&seed) % 30 == 0)
				truth[i] = (double)(chance(&seed) % 226);
			made_values(&series, i, i + 1, truth[i]);
		}
		hide_and_check(&series, &seed, truth);
		series_free(&series);
	}
}

/* Nothing a plant says makes a day above m L + (1 - m) top = 112.5 anything but over or
 * open. */
static void the_most_that_can_be_declared_away(void **state)
{
	struct series series = day_of(DAY, 75, STATE_OK);
	made_values(&series, 216, DAY, 225);
	struct assessment a = assess(&series);
	assert_close(a.value, 112.5, 1e-12);
	made_states(&series, 216, DAY, STATE_FAULT);
	a = assess(&series);
	assert_result(&a, RESULT_WITHIN, BY_VALUES);
	assert_contains(a.note, "between 56.2 and 112.5");
	made_values(&series, 0, 1, 75.5);
	a = assess(&series);
	assert_result(&a, RESULT_OVER, BY_VALUES);
	series_free(&series);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(result_and_strength_are_never_mixed),
		cmocka_unit_test(equality_is_within_and_nothing_is_rounded),
		cmocka_unit_test(enough_valid_values_decide),
		cmocka_unit_test(over_whatever_was_missing),
		cmocka_unit_test(between_the_bounds_nothing_is_decided),
		cmocka_unit_test(both_sides_of_the_minimum_share),
		cmocka_unit_test(a_dark_day_is_not_decidable_whatever_the_range),
		cmocka_unit_test(values_at_range_top_count_there_and_are_marked),
		cmocka_unit_test(bases_that_differ_are_not_compared),
		cmocka_unit_test(units_are_converted),
		cmocka_unit_test(a_plant_never_gains_by_declaring_or_neglecting),
		cmocka_unit_test(the_most_that_can_be_declared_away),
	};
	return cmocka_run_group_tests_name("assess", tests, NULL, free_work);
}
