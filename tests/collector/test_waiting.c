/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/legal_time.h"
#include "collector/waiting.h"

#define S     US_PER_S
#define DAY   (INT64_C(20000) * US_PER_DAY)
#define HOURS 24

/* A record each hour, of a clock nobody vouches for; how many stretches that makes. */
static size_t stretches_of(uint8_t origin, int64_t mono_step_us)
{
	struct stretches all = { 0 };
	for (int i = 0; i < HOURS; i++) {
		struct arrival arrival = {
			.record = { .seq = 100 + (uint64_t)i,
			        .time_us = DAY + i * 3600 * S,
			        .mono_us = i * mono_step_us,
			        .clock = CLOCK_UNSYNCED },
			.stored_us = DAY + 30 * US_PER_DAY,
			.origin = origin,
		};
		assert_int_equal(stretches_add(&all, &arrival, 0), OK);
	}
	size_t n = all.n;
	assert_int_equal(all.one[0].first, 100);
	assert_int_equal(all.one[n - 1].last, 100 + HOURS - 1);
	free(all.one);
	return n;
}

static void the_day_of_an_import_is_one_stretch_though_no_clock_ran_beside_it(
        void **state)
{
	(void)state;
	assert_int_equal(stretches_of(ORIGIN_IMPORT, 0), 1);
}

static void a_clock_out_of_step_begins_a_stretch_with_each_jump(void **state)
{
	(void)state;
	assert_int_equal(stretches_of(ORIGIN_INSTRUMENT, 3600 * S), 1);
	assert_int_equal(stretches_of(ORIGIN_INSTRUMENT, 3600 * S - 2 * S), HOURS);
	assert_int_equal(stretches_of(ORIGIN_SIMULATION, 0), HOURS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        the_day_of_an_import_is_one_stretch_though_no_clock_ran_beside_it),
		cmocka_unit_test(a_clock_out_of_step_begins_a_stretch_with_each_jump),
	};
	return cmocka_run_group_tests_name("waiting", tests, NULL, NULL);
}
