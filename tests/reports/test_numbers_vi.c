/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>

#include "base/legal_time.h"
#include "reports/numbers.h"

#define NB "\xc2\xa0" /* a blank that does not break */

static struct texts texts;
static const struct writer vi = { &texts, VIETNAMESE, OFFSET_VIETNAM };
static const struct writer en = { &texts, ENGLISH, OFFSET_VIETNAM };

static int forget(void **state)
{
	texts_free(&texts);
	return 0;
}

static int64_t at(int day, int hour, int minute)
{
	struct civil civil = {
		.year = 2026, .month = 11, .day = day, .hour = hour, .minute = minute
	};
	return civil_to_us(&civil, OFFSET_VIETNAM);
}

static void vietnamese_numbers_have_a_decimal_comma(void **state)
{
	assert_string_equal(people_number(&vi, 80, 1), "80,0");
	assert_string_equal(people_number(&vi, 1.0666667, 2), "1,07");
	assert_string_equal(people_number(&vi, 1410.5, 1), "1.410,5");
	assert_string_equal(people_number(&vi, 999, 0), "999");
	assert_string_equal(people_number(&vi, 1000, 0), "1.000");
	assert_string_equal(people_number(&vi, 1234567.25, 2), "1.234.567,25");
}

static void english_numbers_have_a_decimal_point(void **state)
{
	assert_string_equal(people_number(&en, 80, 1), "80.0");
	assert_string_equal(people_number(&en, 1410.5, 1), "1,410.5");
	assert_string_equal(people_count(&en, 1440), "1,440");
	assert_string_equal(people_count(&vi, 1440), "1.440");
}

static void negative_and_absent_numbers_are_plain(void **state)
{
	assert_string_equal(people_number(&vi, -3.25, 2), "\xe2\x88\x92"
	                                                  "3,25");
	assert_string_equal(people_number(&vi, -0.001, 1), "0,0");
	assert_string_equal(people_number(&vi, NAN, 1), "–");
	assert_string_equal(people_number(&vi, INFINITY, 1), "–");
}

static void a_quantity_never_parts_from_its_unit(void **state)
{
	assert_string_equal(people_quantity(&vi, 80, 1, "mg/L"), "80,0" NB "mg/L");
	assert_string_equal(people_quantity(&vi, 45, 0, "ug/m3"), "45" NB "µg/m³");
	assert_string_equal(people_quantity(&vi, 7.1, 1, "pH"), "7,1");
}

static void a_share_never_rounds_up_to_the_minimum(void **state)
{
	assert_string_equal(people_share(&vi, 240, 288, 75), "83,3" NB "%");
	assert_string_equal(people_share(&vi, 288, 288, 75), "100" NB "%");
	assert_string_equal(people_share(&vi, 7499, 10000, 75), "74,99" NB "%");
	assert_string_equal(people_share(&vi, 216, 288, 75), "75,0" NB "%");
	assert_string_equal(people_share(&vi, 0, 0, 75), "–");
	assert_string_equal(people_share(&en, 150, 288, NAN), "52.1" NB "%");
}

static void a_value_just_over_never_looks_like_its_limit(void **state)
{
	assert_int_equal(decimals_apart(75.04, 75, 1), 2);
	assert_int_equal(decimals_apart(75.1, 75, 1), 1);
	assert_int_equal(decimals_apart(75, 75, 1), 1);
	assert_int_equal(decimals_apart(1.0004, 1, 2), 4);
	assert_int_equal(decimals_apart(1 + 1e-12, 1, 2), 6);
	assert_int_equal(decimals_apart(NAN, 1, 2), 2);
}

static void dates_are_those_of_legal_time(void **state)
{
	assert_string_equal(people_date(&vi, at(9, 0, 0)), "09/11/2026");
	assert_string_equal(people_date(&vi, at(9, 0, 0) - 1), "08/11/2026");
	assert_string_equal(people_date(&en, at(9, 0, 0)), "9" NB "Nov" NB "2026");
	assert_string_equal(people_moment(&vi, at(16, 8, 5)), "08:05 ngày 16/11/2026");
	assert_string_equal(people_day_period(&vi, at(15, 0, 0)),
	        "00:00–24:00 ngày 15/11/2026 (giờ Việt Nam, UTC+7)");
}

static void another_legal_time_says_its_offset(void **state)
{
	struct writer other = { &texts, ENGLISH, -210 };
	assert_string_equal(people_zone(&other), "legal time, UTC-03:30");
}

static void an_interval_ends_at_24_00(void **state)
{
	assert_string_equal(people_clock(&vi, at(9, 14, 30)), "14:30");
	assert_string_equal(people_clock(&vi, at(10, 0, 0)), "00:00");
	assert_string_equal(people_clock_end(&vi, at(10, 0, 0)), "24:00");
	assert_string_equal(people_clock_end(&vi, at(9, 14, 30)), "14:30");
}

static void durations_are_hours_and_minutes(void **state)
{
	assert_string_equal(people_duration(&vi, 4 * 3600), "4" NB "giờ 00" NB "phút");
	assert_string_equal(
	        people_duration(&vi, 7 * 3600 + 25 * 60), "7" NB "giờ 25" NB "phút");
	assert_string_equal(people_duration(&vi, 300), "5" NB "phút");
	assert_string_equal(people_duration(&en, 100 * 60), "1" NB "h 40" NB "min");
	assert_string_equal(people_duration(&en, 3599), "1" NB "h 00" NB "min");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		        vietnamese_numbers_have_a_decimal_comma, forget),
		cmocka_unit_test_teardown(english_numbers_have_a_decimal_point, forget),
		cmocka_unit_test_teardown(
		        negative_and_absent_numbers_are_plain, forget),
		cmocka_unit_test_teardown(a_quantity_never_parts_from_its_unit, forget),
		cmocka_unit_test_teardown(
		        a_share_never_rounds_up_to_the_minimum, forget),
		cmocka_unit_test_teardown(
		        a_value_just_over_never_looks_like_its_limit, forget),
		cmocka_unit_test_teardown(dates_are_those_of_legal_time, forget),
		cmocka_unit_test_teardown(another_legal_time_says_its_offset, forget),
		cmocka_unit_test_teardown(an_interval_ends_at_24_00, forget),
		cmocka_unit_test_teardown(durations_are_hours_and_minutes, forget),
	};
	return cmocka_run_group_tests_name("numbers_vi", tests, NULL, NULL);
}
