/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decimal mark of Vietnamese in a text that is written for people. */
#include "tests/kits/check.h"

#include <stdio.h>

#include "cli/decimal.h"

static void is(const char *text, const char *want)
{
	char out[128];
	snprintf(out, sizeof out, "%s", text);
	decimal_commas(out);
	assert_string_equal(out, want);
}

static void a_number_has_a_comma(void **state)
{
	is("80.0 mg/L", "80,0 mg/L");
	is("từ 5.50 đến -0.25; 1.5e-05", "từ 5,50 đến -0,25; 1,5e-05");
	is("(u 0.31)", "(u 0,31)");
	is("x1.07", "x1.07"); /* not a number by itself */
	is("5.5–9.0 (99.2%)", "5,5–9,0 (99,2%)");
	is("trung bình 12.", "trung bình 12.");
	is("là 12.5.", "là 12,5.");
	is("75 mg/L", "75 mg/L");
}

static void what_is_no_number_stays(void **state)
{
	is("192.168.1.20:502", "192.168.1.20:502");
	is("mục 3.2.1 của quy chuẩn", "mục 3.2.1 của quy chuẩn");
	is("2026-11-06T08:00:00.25+07:00", "2026-11-06T08:00:00.25+07:00");
	is("day-1.5.h5", "day-1.5.h5");
	is("mau-1.5 10.5", "mau-1.5 10,5");
	is("trả lời \"12.5\", 3.5", "trả lời \"12.5\", 3,5");
	is("v2.", "v2.");
	is("", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_has_a_comma),
		cmocka_unit_test(what_is_no_number_stays),
	};
	return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
