/* SPDX-License-Identifier: GPL-3.0-or-later */
/* So many at once, and one a minute after that. */
#include "tests/kits/check.h"

#include "base/purse.h"

#define AT_ONCE 4
#define MINUTE  PURSE_EVERY_US
#define START   (1000 * MINUTE + 1)

static int spent_at(struct purse *purse, int64_t now_us)
{
	int n = 0;
	while (n < 100 && purse_spend(purse, AT_ONCE, now_us))
		n++;
	return n;
}

static void some_at_once_and_then_one_a_minute(void **state)
{
	struct purse purse = { .spent = 0 };
	assert_int_equal(spent_at(&purse, START), AT_ONCE);
	assert_int_equal(spent_at(&purse, START + MINUTE - 1), 0);
	assert_int_equal(spent_at(&purse, START + MINUTE), 1);
	assert_int_equal(spent_at(&purse, START + 2 * MINUTE - 1), 0);
	assert_int_equal(spent_at(&purse, START + 4 * MINUTE), 3);
}

/* However long nothing was told. */
static void no_more_than_that_is_saved_up(void **state)
{
	static const int minutes[] = { 4, 5, 60, 100000 };
	for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
		struct purse purse = { .spent = 0 };
		assert_int_equal(spent_at(&purse, START), AT_ONCE);
		assert_int_equal(
		        spent_at(&purse, START + minutes[i] * MINUTE), AT_ONCE);
	}
	struct purse fresh = { .spent = 0 };
	assert_int_equal(spent_at(&fresh, 0), AT_ONCE);
}

static void when_the_next_may_be_told_is_known(void **state)
{
	struct purse purse = { .spent = 0 };
	spent_at(&purse, START);
	int64_t due_us = purse_due_us(&purse, AT_ONCE);
	assert_int_equal(due_us, START + MINUTE);
	assert_false(purse_spend(&purse, AT_ONCE, due_us - 1));
	assert_true(purse_spend(&purse, AT_ONCE, due_us));
	due_us = purse_due_us(&purse, AT_ONCE);
	assert_int_equal(due_us, START + 2 * MINUTE);
	/* one can be told now */
	struct purse fresh = { .since_us = START, .spent = AT_ONCE - 1 };
	assert_true(purse_due_us(&fresh, AT_ONCE) <= START);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_at_once_and_then_one_a_minute),
		cmocka_unit_test(no_more_than_that_is_saved_up),
		cmocka_unit_test(when_the_next_may_be_told_is_known),
	};
	return cmocka_run_group_tests_name("purse", tests, NULL, NULL);
}
