/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of text answers: numbers, and what is compared letter by letter. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "sensors/tables/fields.h"
#include "tests/kits/meter_kit.h"

static bool is_word(const char *text, const char *word)
{
	const struct text_field field = { .at = text, .n = strlen(text) };
	return text_is_word(&field, word);
}

static void numbers_are_compared_as_numbers(void **state)
{
	static const char *const same[] = { "0.985", "00.985", "+0.985", " 0.985 ",
		"0.9850", "9.85E-1", ".985", NULL };
	for (size_t i = 0; same[i] != NULL; i++)
		assert_true(is_word(same[i], "0.985"));
	assert_false(is_word("0.986", "0.985"));
	assert_false(is_word("-0.985", "0.985"));
	assert_false(is_word("0.985 mg", "0.985"));
	assert_true(is_word("-0.000", "0.000"));
	assert_false(is_word("", "0"));
}

static void codes_are_compared_letter_by_letter(void **state)
{
	assert_true(is_word("ppb", "ppb"));
	assert_false(is_word("PPB", "ppb"));
	assert_false(is_word("0E1", "0")); /* a code, not nought */
	assert_false(is_word("1E1", "10"));
	assert_true(is_word("1E1", "1E1"));
	assert_false(is_word("nan", "NAN"));
	assert_true(is_word("01", "1"));
	assert_false(is_word("01", "=1"));
	assert_true(is_word("1", "=1"));
}

/* The rule of its sheet holds however the number is written. */
static void the_top_of_the_scale_of_a_bam_is_a_fault_however_it_is_written(void **state)
{
	static const char *const written[] = { "0.985", "00.985", "+0.985", NULL };
	struct meter meter;
	char line[160];
	meter_open(&meter, "metone-bam-1020");
	for (size_t i = 0; written[i] != NULL; i++) {
		snprintf(line, sizeof line,
		        "11/27/26 "
		        "10:00,%s,0.700,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\r\n",
		        written[i]);
		meter_clear(&meter);
		meter_text(&meter, 0, line);
		assert_int_equal(meter_state(&meter, "pm10"), STATE_FAULT);
	}
	meter_close(&meter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_compared_as_numbers),
		cmocka_unit_test(codes_are_compared_letter_by_letter),
		cmocka_unit_test(
		        the_top_of_the_scale_of_a_bam_is_a_fault_however_it_is_written),
	};
	return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
