/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>

#include "base/reading.h"
#include "sensors/tables/analog.h"

static int state_of(double mA)
{
	double value;
	int state = analog_value(mA, 0, 500, &value);
	assert_int_equal(isnan(value), state == STATE_FAULT || state == STATE_NO_VALUE);
	return state;
}

static void a_loop_measures_from_3_8_to_20_5_mA(void **state)
{
	assert_int_equal(state_of(3.8), STATE_OK);
	assert_int_equal(state_of(nextafter(3.8, 0)), STATE_BELOW_RANGE);
	assert_int_equal(state_of(20.5), STATE_OK);
	assert_int_equal(state_of(nextafter(20.5, 99)), STATE_ABOVE_RANGE);
}

static void below_3_6_and_above_21_mA_the_loop_is_broken_and_has_no_value(void **state)
{
	assert_int_equal(state_of(3.6), STATE_BELOW_RANGE);
	assert_int_equal(state_of(nextafter(3.6, 0)), STATE_FAULT);
	assert_int_equal(state_of(21), STATE_ABOVE_RANGE);
	assert_int_equal(state_of(nextafter(21, 99)), STATE_FAULT);
	assert_int_equal(state_of(0), STATE_FAULT);
	assert_int_equal(state_of(-0.02), STATE_FAULT);
	assert_int_equal(state_of(-12), STATE_FAULT);
	assert_int_equal(state_of(NAN), STATE_NO_VALUE);
	assert_int_equal(state_of(INFINITY), STATE_NO_VALUE);
}

static double value_of(double mA, double low, double high)
{
	double value;
	analog_value(mA, low, high, &value);
	return value;
}

static void the_range_lies_between_4_and_20_mA(void **state)
{
	assert_close(value_of(4, 0, 500), 0, 1e-12);
	assert_close(value_of(12, 0, 500), 250, 1e-12);
	assert_close(value_of(20, 0, 500), 500, 1e-12);
	assert_close(value_of(20.5, 0, 500), 515.625, 1e-12);
	assert_close(value_of(12, -50, 50), 0, 1e-12);
	assert_close(value_of(8, 14, 0), 10.5, 1e-12);
	for (double mA = 4; mA <= 20; mA += 0.25)
		assert_close(analog_current(value_of(mA, -5, 95), -5, 95), mA, 1e-12);
}

static void just_below_4_mA_is_the_bottom_of_the_range(void **state)
{
	assert_close(value_of(3.8, 10, 500), 10, 1e-12);
	assert_close(value_of(3.9999, 10, 500), 10, 1e-12);
	assert_true(value_of(3.79, 10, 500) < 10);
	assert_true(value_of(4.0001, 10, 500) > 10);
}

static void without_a_range_there_is_no_value(void **state)
{
	double value;
	assert_int_equal(analog_value(12, NAN, 500, &value), STATE_NO_VALUE);
	assert_int_equal(analog_value(12, 0, NAN, &value), STATE_NO_VALUE);
	assert_true(isnan(value));
}

static void a_value_has_the_decimals_its_current_resolves(void **state)
{
	assert_int_equal(analog_decimals(3, 0, 600), 1); /* 0.0375 */
	assert_int_equal(analog_decimals(3, 0, 160), 2); /* 0.01, just */
	assert_int_equal(analog_decimals(3, 0, 160.1), 1);
	assert_int_equal(analog_decimals(3, -5, 5), 3);    /* 0.000625 */
	assert_int_equal(analog_decimals(3, 0, 60000), 0); /* 3.75 */
	assert_int_equal(analog_decimals(-1, 0, 600), -1);
	assert_int_equal(analog_decimals(3, 0, NAN), -1);
	assert_int_equal(analog_decimals(3, 7, 7), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loop_measures_from_3_8_to_20_5_mA),
		cmocka_unit_test(
		        below_3_6_and_above_21_mA_the_loop_is_broken_and_has_no_value),
		cmocka_unit_test(the_range_lies_between_4_and_20_mA),
		cmocka_unit_test(just_below_4_mA_is_the_bottom_of_the_range),
		cmocka_unit_test(without_a_range_there_is_no_value),
		cmocka_unit_test(a_value_has_the_decimals_its_current_resolves),
	};
	return cmocka_run_group_tests_name("analog", tests, NULL, NULL);
}
