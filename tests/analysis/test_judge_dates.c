/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which day a value belongs to, and what was known when. */
#include "tests/kits/judge_kit.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/reading.h"

/* Nine hours come the next morning: version one is not decidable, version two is
 * within. */
static void late_data_are_seen_as_of_their_storing(void **state)
{
	struct made_archive made;
	begin_outlet(&made, *state, "late", PERMIT("qcvn-40-2011", KQ_KF));
	struct describe *describe = outlet_instrument("plc");
	made_describe(&made, describe, MADE_DAY - US_PER_HOUR);
	const uint8_t states[3] = { 0 };
	const double value[3] = { 40, 20, 7 };
	int64_t back_us = MADE_DAY + US_PER_DAY + 8 * US_PER_HOUR;
	for (int k = 0; k < DAY; k++)
		made_put(&made, &(struct made_reading){ .describe = describe,
		                        .time_us = MADE_DAY + k * FIVE,
		                        .stored_us = k >= 180 ? back_us : 0,
		                        .state = states,
		                        .value = value });
	made_archive_close(&made);
	struct judge_options options = { .channel = "cod",
		.to_us = MADE_DAY + US_PER_DAY };
	options.as_of_us = back_us - 1;
	options.now_us = MADE_DAY + 90 * US_PER_DAY;
	options.to_us =
	        MADE_DAY + 2 * US_PER_DAY; /* as of then the second day had not ended */
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 1);
	options.to_us = MADE_DAY + US_PER_DAY;
	assert_int_equal(told->told[0].result, RESULT_NOT_DECIDABLE);
	assert_int_equal(told->told[0].valid, 180);
	free(told);
	options.as_of_us = 0;
	told = judged(made.dir, &options);
	assert_int_equal(told->told[0].result, RESULT_WITHIN);
	assert_int_equal(told->told[0].valid, 288);
	free(told);
	/* Before the permit was stored nothing was judged at all. */
	options.as_of_us = MADE_DAY - US_PER_DAY - 1;
	told = judged(made.dir, &options);
	assert_int_equal(told->n, 0);
	free(told);
	describe_free(describe);
}

/* An analyser asked each 5 min: its result of 23:30 comes at 00:10 and is of the day
 * before. */
static void a_result_belongs_to_the_day_of_its_sample(void **state)
{
	struct made_archive made;
	begin_outlet(&made, *state, "slow", PERMIT("qcvn-40-2011", KQ_KF));
	struct describe *describe = made_instrument("bt-outlet", "analyser", 1, 300);
	describe->channel[0].result_every_s = 2700;
	made_describe(&made, describe, MADE_DAY - US_PER_HOUR);
	static const uint8_t fresh = STATE_OK, old = STATE_UNCHANGED;
	for (int k = -36; k < 2 * DAY; k++) {
		bool result = (k + 36) % 9 == 0;
		int64_t time_us = MADE_DAY + k * FIVE + 10 * US_PER_MIN;
		double value = result ? (k < 0 ? 500 : 60) : NAN;
		made_put(&made,
		        &(struct made_reading){ .describe = describe,
		                .time_us = time_us,
		                .sampled_us = result ? time_us - 40 * US_PER_MIN : 0,
		                .state = result ? &fresh : &old,
		                .value = &value });
	}
	made_archive_close(&made);
	struct judge_options options = {
		.channel = "cod", .from_us = MADE_DAY, .to_us = MADE_DAY + US_PER_DAY
	};
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 1);
	/* Results polled at 00:10 (sample 23:30), 00:55 (sample 00:15), ...: 32 samples
	 * of this day. */
	assert_int_equal(told->told[0].expected, 32);
	assert_int_equal(told->told[0].valid, 32);
	assert_close(told->told[0].value, 60, 0);
	free(told);
	describe_free(describe);
}

static void a_dated_calibration_is_applied_when_read(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	add_document(&made,
	        "{\"kind\":\"calibration\",\"id\":\"c1\",\"station\":\"bt-outlet\","
	        "\"channel\":"
	        "\"cod\",\"from\":\"2026-11-12T00:00:00+07:00\",\"a\":1,\"b\":2}",
	        MADE_DAY + 5 * US_PER_DAY);
	struct judge_options options = { .channel = "cod" };
	struct telling *told = judged(made.dir, &options);
	assert_close(told->told[0].value, 80, 0);
	const struct told *day =
	        find(told, "bt-outlet/cod/qcvn-40-2011/day/2026-11-12");
	assert_close(day->value, (264 * 81.0 + 24 * (1 + 2 * 123.5)) / 288, 1e-1);
	assert_int_equal(day->result, RESULT_OVER);
	free(told);
	/* as of the day before it was entered, the raw reading counts */
	options.as_of_us = MADE_DAY + 5 * US_PER_DAY - 1;
	told = judged(made.dir, &options);
	assert_int_equal(told->told[3].result, RESULT_WITHIN);
	free(told);
}

#define IN_FOLDER(test)                                                                \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(late_data_are_seen_as_of_their_storing),
		IN_FOLDER(a_result_belongs_to_the_day_of_its_sample),
		IN_FOLDER(a_dated_calibration_is_applied_when_read),
	};
	return cmocka_run_group_tests_name(
	        "judge: dates", tests, read_shipped, free_shipped);
}
