/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An outlet, and the air, judged by the rules that are shipped. */
#include "tests/kits/judge_kit.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/reading.h"

static void seal(const char *dir)
{
	const struct ingest_options options = { .dir = dir };
	struct ingest *ingest;
	struct problem why = { 0 };
	assert_int_equal(ingest_open(&ingest, &options, &why), OK);
	int n = ingest_seal(ingest, MADE_DAY + 9 * US_PER_DAY, true, &why);
	if (n <= 0)
		fail_msg("%d files sealed: %s", n, why.text);
	ingest_close(ingest);
}

static void an_outlet_is_judged_by_its_permit(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	struct judge_options options = { .channel = "cod" };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 4);

	const struct told *day =
	        find(told, "bt-outlet/cod/qcvn-40-2011/day/2026-11-09");
	assert_int_equal(day->result, RESULT_OVER);
	assert_int_equal(day->by, BY_VALUES);
	assert_int_equal(day->strength, STRENGTH_BEYOND);
	assert_close(day->value, 80, 0);
	assert_close(day->high, 75, 0);
	assert_int_equal(day->expected, 288);
	assert_int_equal(day->received, 288);
	assert_int_equal(day->valid, 240);
	assert_int_equal(day->fault, 48);
	assert_close(day->lower_bound, 66.7, 1e-3);
	assert_int_equal(day->n_spans, 1);
	assert_true(day->span[0].from_us == MADE_DAY + 10 * US_PER_HOUR);
	assert_true(day->span[0].to_us == MADE_DAY + 14 * US_PER_HOUR);
	assert_true(day->start_us == MADE_DAY && day->end_us == MADE_DAY + US_PER_DAY);
	assert_contains(day->archive_state, "bt-outlet");
	assert_false(day->ambient);
	assert_false(day->simulated);

	day = find(told, "bt-outlet/cod/qcvn-40-2011/day/2026-11-10");
	assert_int_equal(day->result, RESULT_OVER);
	assert_int_equal(day->by, BY_LOWER_BOUND);
	assert_close(day->lower_bound, 83.3, 1e-3);
	assert_int_equal(day->missing, 138);

	day = find(told, "bt-outlet/cod/qcvn-40-2011/day/2026-11-11");
	assert_int_equal(day->result, RESULT_NOT_APPLICABLE);
	assert_int_equal(day->by, BY_NO_OPERATION);
	assert_int_equal(day->expected, 0);

	day = find(told, "bt-outlet/cod/qcvn-40-2011/day/2026-11-12");
	assert_int_equal(day->result, RESULT_WITHIN);
	free(told);
}

/* Assessments agree bit for bit, however the archive was read; its state may differ. */
static void assert_same(const struct telling *a, const struct telling *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		struct told one = a->told[i], two = b->told[i];
		memset(one.archive_state, 0, sizeof one.archive_state);
		memset(two.archive_state, 0, sizeof two.archive_state);
		assert_string_equal(one.id, two.id);
		assert_memory_equal(&one.value, &two.value, sizeof one.value);
		assert_memory_equal(&one.u, &two.u, sizeof one.u);
		assert_int_equal(one.result, two.result);
		assert_int_equal(one.valid, two.valid);
		assert_int_equal(one.expected, two.expected);
		assert_string_equal(one.note, two.note);
	}
}

static void sealed_days_and_the_open_journal_agree(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	struct judge_options options = { .stages = true };
	struct telling *open = judged(made.dir, &options);
	seal(made.dir);
	struct telling *sealed = judged(made.dir, &options);
	assert_same(open, sealed);
	assert_contains(sealed->told[0].archive_state, "seal");
	free(open);
	free(sealed);
}

static void shards_make_the_whole(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	struct judge_options options = { 0 };
	struct telling *whole = judged(made.dir, &options);
	size_t n = 0;
	for (int shard = 0; shard < 3; shard++) {
		options.shard = shard;
		options.shards = 3;
		struct telling *part = judged(made.dir, &options);
		n += part->n;
		for (size_t i = 0; i < part->n; i++) {
			const struct told *same = find(whole, part->told[i].id);
			assert_memory_equal(
			        &same->value, &part->told[i].value, sizeof(double));
			assert_int_equal(same->result, part->told[i].result);
		}
		free(part);
	}
	assert_int_equal(n, whole->n);
	free(whole);
}

static void told_in_order_of_channel_and_time(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	struct judge_options options = { 0 };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 8); /* cod and ph; nothing limits flow */
	for (size_t i = 1; i < told->n; i++) {
		int order = strcmp(told->told[i - 1].channel, told->told[i].channel);
		assert_true(order <= 0);
		if (order == 0)
			assert_true(
			        told->told[i - 1].start_us < told->told[i].start_us);
	}
	free(told);
}

static void only_what_was_asked_for_and_has_ended(void **state)
{
	struct made_archive made;
	make_outlet(&made, *state, "a");
	struct judge_options options = { .channel = "cod",
		.now_us = MADE_DAY + 2 * US_PER_DAY - 1 };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 1);
	free(told);
	options.now_us++;
	told = judged(made.dir, &options);
	assert_int_equal(told->n, 2);
	free(told);

	options = (struct judge_options){ .channel = "cod",
		.from_us = MADE_DAY + 1,
		.to_us = MADE_DAY + 2 * US_PER_DAY + 1 };
	told = judged(made.dir, &options);
	assert_int_equal(told->n, 2);
	assert_true(told->told[0].start_us == MADE_DAY + US_PER_DAY);
	free(told);

	/* With an end asked for, dark days are told too. */
	options = (struct judge_options){ .channel = "cod",
		.to_us = MADE_DAY + 6 * US_PER_DAY };
	told = judged(made.dir, &options);
	assert_int_equal(told->n, 6);
	assert_int_equal(told->told[5].result, RESULT_NOT_DECIDABLE);
	assert_int_equal(told->told[5].missing, 288);
	free(told);

	static const struct judge_options none[] = { { .zone = "kcn-khac" },
		{ .station = "bt-stack" }, { .rule = "qcvn-19-2009" },
		{ .channel = "tss" } };
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		told = judged(made.dir, &none[i]);
		assert_int_equal(told->n, 0);
		free(told);
	}
}

static void the_air_is_judged_without_a_facility(void **state)
{
	struct made_archive made;
	made_archive_open(&made, *state, "air");
	made_station(&made, "bt-fence", "ambient", MADE_DAY - US_PER_HOUR);
	struct describe *describe = made_instrument("bt-fence", "air", 2, 300);
	static const char *const names[] = { "pm2_5", "o3" };
	for (size_t i = 0; i < 2; i++) {
		describe->channel[i].name = names[i];
		describe->channel[i].unit = i == 0 ? "ug/m3" : "ug/Nm3";
		describe->channel[i].gas_state = "standard";
		describe->channel[i].reference_temperature_C = 25;
		describe->channel[i].reference_pressure_kPa = 101.325;
		describe->channel[i].high = 1000;
	}
	made_describe(&made, describe, MADE_DAY - US_PER_HOUR);
	for (int k = 0; k < DAY; k++) {
		const uint8_t states[] = { STATE_OK,
			k >= 12 && k < 24 ? STATE_SILENT : STATE_OK };
		/* ozone: 130 from 08:00 to 16:00, in the hour from 13:00 210 */
		const double value[] = { 61, states[1] == STATE_SILENT ? NAN
			                     : k >= 156 && k < 168     ? 210
			                     : k >= 96 && k < 192      ? 130
			                                               : 30 };
		made_put(&made, &(struct made_reading){ .describe = describe,
		                        .time_us = MADE_DAY + k * FIVE,
		                        .state = states,
		                        .value = value });
	}
	made_archive_close(&made);
	struct judge_options options = { .to_us = MADE_DAY + US_PER_DAY };
	struct telling *told = judged(made.dir, &options);
	assert_int_equal(told->n, 24 + 3 + 1);
	const struct told *one =
	        find(told, "bt-fence/pm2_5/qcvn-05-2023/24h/2026-11-09");
	assert_int_equal(one->result, RESULT_OVER);
	assert_true(one->ambient);
	assert_close(one->high, 45, 0);
	assert_close(one->value, 61, 0);
	one = find(told, "bt-fence/o3/qcvn-05-2023/1h/2026-11-09T13:00");
	assert_int_equal(one->result, RESULT_OVER);
	assert_close(one->value, 210, 0);
	one = find(told, "bt-fence/o3/qcvn-05-2023/1h/2026-11-09T12:00");
	assert_int_equal(one->result, RESULT_WITHIN);
	one = find(told, "bt-fence/o3/qcvn-05-2023/1h/2026-11-09T01:00");
	assert_int_equal(one->result, RESULT_NOT_DECIDABLE);
	one = find(told, "bt-fence/o3/qcvn-05-2023/8h/2026-11-09T08:00");
	assert_int_equal(one->result, RESULT_OVER);
	assert_close(one->value, (84 * 130 + 12 * 210) / 96.0, 1e-12);
	assert_int_equal(one->expected, 96);
	one = find(told, "bt-fence/o3/qcvn-05-2023/8h/2026-11-09T16:00");
	assert_int_equal(one->result, RESULT_WITHIN);
	free(told);
	describe_free(describe);
}

#define IN_FOLDER(test)                                                                \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(an_outlet_is_judged_by_its_permit),
		IN_FOLDER(sealed_days_and_the_open_journal_agree),
		IN_FOLDER(shards_make_the_whole),
		IN_FOLDER(told_in_order_of_channel_and_time),
		IN_FOLDER(only_what_was_asked_for_and_has_ended),
		IN_FOLDER(the_air_is_judged_without_a_facility),
	};
	return cmocka_run_group_tests_name("judge", tests, read_shipped, free_shipped);
}
