/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibrating and maintenance both do not count, and are told apart. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/base_sums.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maintenance_is_not_counted_as_calibrating),
	};
	return cmocka_run_group_tests_name("explain_counts", tests, NULL, NULL);
}
