/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In explain calibrating and maintenance both do not count, and are told apart; numbers in Vietnamese have the
 * decimal comma. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/base_sums.h"
#include "base/table.h"
#include "cli/decimal.h"
#include "cli/explain.h"

static char *told(const struct base_sum *sum, uint32_t maintenance, bool vietnamese)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	explain_uncounted(out, sum, maintenance, vietnamese);
	fclose(out);
	return text;
}

static void maintenance_is_not_counted_as_calibrating(void **state)
{
	static const struct {
		uint32_t counted, maintenance;
		const char *words[2];
	} cases[] = {
		{ 5, 2,
		        { ", 3 calibrating (01), 2 maintenance (01), 4 missing",
		                ", 3 hiệu chuẩn (01), 2 bảo trì (01), 4 không nhận "
		                "được" } },
		{ 2, 2,
		        { ", 2 maintenance (01), 4 missing",
		                ", 2 bảo trì (01), 4 không nhận được" } },
		{ 3, 0,
		        { ", 3 calibrating (01), 4 missing",
		                ", 3 hiệu chuẩn (01), 4 không nhận được" } },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (int vi = 0; vi < 2; vi++) {
			struct base_sum sum = { .start_us = 0 };
			sum.of[COUNTS_VALID] = 9;
			sum.of[COUNTS_CALIBRATING] = cases[i].counted;
			sum.of[COUNTS_MISSING] = 4;
			char *text = told(&sum, cases[i].maintenance, vi);
			assert_string_equal(text, cases[i].words[vi]);
			free(text);
		}
}

static void numbers_have_the_decimal_comma_and_nothing_else_does(void **state)
{
	static const char *const said[][2] = {
		{ "42.5 mg/L", "42,5 mg/L" },
		{ "từ 0.5 đến 1.5e-05 (u 0.25); 7.0.",
		        "từ 0,5 đến 1,5e-05 (u 0,25); 7,0." },
		{ "6.0–9.0, -3.25, =1.5 %", "6,0–9,0, -3,25, =1,5 %" },
		{ "[2026-11-28T17:35:54.697+07:00, 24:00)",
		        "[2026-11-28T17:35:54.697+07:00, 24:00)" },
		{ "192.0.2.1:502 v1.2 nt-01.h5 40.2a 3. 5.",
		        "192.0.2.1:502 v1.2 nt-01.h5 40.2a 3. 5." },
		{ "trả lời \"T 7.25\" = 7.25 Cel", "trả lời \"T 7.25\" = 7,25 Cel" },
	};
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		char text[128];
		snprintf(text, sizeof text, "%s", said[i][0]);
		decimal_commas(text);
		assert_string_equal(text, said[i][1]);
	}
}

/* What programs read has the point. */
static void a_table_has_the_comma_in_its_text_alone(void **state)
{
	static const struct table_column columns[] = { { .name = "value" }, { 0 } };
	static const char *const want[] = { "VALUE\n7,50\n", "value\n7.50\n", "7.50" };
	for (int format = TABLE_TEXT; format <= TABLE_JSON; format++) {
		char *text = NULL;
		size_t n;
		FILE *out = open_memstream(&text, &n);
		struct table *table =
		        table_new(out, (enum table_format)format, columns, 0);
		table_comma(table);
		table_number(table, 7.5, 2);
		table_row(table);
		table_end(table);
		fclose(out);
		assert_contains(text, want[format]);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maintenance_is_not_counted_as_calibrating),
		cmocka_unit_test(numbers_have_the_decimal_comma_and_nothing_else_does),
		cmocka_unit_test(a_table_has_the_comma_in_its_text_alone),
	};
	return cmocka_run_group_tests_name("explain_counts", tests, NULL, NULL);
}
