/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/assess_kit.h"

struct made_rule the_rule;

struct work the_work;

struct series day_of(size_t valid, double value, uint8_t state)
{
	struct series series = made_series(DAY, 300, MADE_DAY);
	made_values(&series, 0, valid, value);
	made_states(&series, valid, DAY, state);
	made_rule(&the_rule);
	return series;
}

struct assessment assess(const struct series *series)
{
	return made_assessment(&the_rule, series, NULL, &the_work);
}

void assert_result(const struct assessment *a, uint8_t result, uint8_t by)
{
	if (a->result != result || a->by != by)
		print_error("%s (by %d), value %g, bounds %g to %g: %s\n",
		        result_text(a->result), a->by, a->value, a->lower_bound,
		        a->upper_bound, a->note);
	assert_int_equal(a->result, result);
	assert_int_equal(a->by, by);
}

int free_work(void **state)
{
	work_free(&the_work);
	return 0;
}
