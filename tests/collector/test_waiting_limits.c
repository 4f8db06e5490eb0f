/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where records that wait belong, at both sides of each limit. */
#include "tests/kits/check.h"

#include <string.h>

#include "base/describe.h"
#include "collector/seal.h"
#include "collector/waiting.h"

#define DAY  INT64_C(1794675600000000) /* 2026-11-15 00:00 +07:00 */
#define HOUR INT64_C(3600000000)
#define S    INT64_C(1000000)

/* A record of a clock that was never synchronised, unless told otherwise. */
static struct arrival unsure(uint64_t seq, int64_t time_us, int64_t stored_us)
{
	return (struct arrival){ .record = { .type = RECORD_STATE,
		                         .clock = CLOCK_UNSYNCED,
		                         .source = "nt-01",
		                         .epoch = 1,
		                         .seq = seq,
		                         .time_us = time_us,
		                         .mono_us = time_us - DAY,
		                         .boot = 7 },
		.stored_us = stored_us,
		.origin = ORIGIN_INSTRUMENT };
}

static size_t stretches_of(const struct arrival *one, const struct arrival *two)
{
	struct waiting waiting = { .offset_min = 420 };
	struct waiting_epoch *epoch = waiting_epoch(&waiting, 1);
	assert_int_equal(waiting_note(&waiting, epoch, one), OK);
	assert_int_equal(waiting_note(&waiting, epoch, two), OK);
	size_t n = epoch->stretches.n;
	waiting_free(&waiting);
	return n;
}

static void what_follows_and_is_alike_is_one_stretch(void **state)
{
	struct arrival one = unsure(5, DAY + HOUR, DAY + 9 * HOUR);
	struct arrival two = unsure(6, DAY + HOUR + S, DAY + 9 * HOUR), other;
	assert_int_equal(stretches_of(&one, &two), 1);
	other = two;
	other.record.seq = 7;
	assert_int_equal(stretches_of(&one, &other), 2);
	other = two;
	other.origin = ORIGIN_IMPORT;
	assert_int_equal(stretches_of(&one, &other), 2);
	other = two;
	other.record.clock = CLOCK_SYNCED;
	assert_int_equal(stretches_of(&one, &other), 2);
	other = two;
	other.record.boot = 8;
	assert_int_equal(stretches_of(&one, &other), 2);
	/* a clock that moved by a second against the monotonic one: not more */
	other = two;
	other.record.mono_us += S;
	assert_int_equal(stretches_of(&one, &other), 1);
	other.record.mono_us += 1;
	assert_int_equal(stretches_of(&one, &other), 2);
	other.record.mono_us = two.record.mono_us - S - 1;
	assert_int_equal(stretches_of(&one, &other), 2);
	/* numbers that come over the wire may be any */
	other.record.mono_us = INT64_MIN;
	assert_int_equal(stretches_of(&one, &other), 2);
	other.record.mono_us = INT64_MAX;
	assert_int_equal(stretches_of(&one, &other), 2);
	/* two synchronised ones of the same day need nothing more */
	one.record.clock = two.record.clock = CLOCK_SYNCED;
	two.record.boot = 9;
	assert_int_equal(stretches_of(&one, &two), 1);
	two.record.time_us = DAY + 24 * HOUR;
	assert_int_equal(stretches_of(&one, &two), 2);
	/* a stretch grows at both ends of its stamps */
	two.record.time_us = DAY;
	assert_int_equal(stretches_of(&one, &two), 1);
}

/* By the rule of archive/placing.h, which test_placing.c tries. */
static void what_was_learned_from_one_record_places_another(void **state)
{
	int64_t time_us;
	struct waiting waiting = { .offset_min = 420 };
	struct arrival alone = unsure(1, DAY, DAY + AGREED_US + 1);
	assert_int_equal(waiting_learn(&waiting, &alone), OK);
	assert_int_equal(waiting_place(&waiting, &alone, &time_us), NOT_FOUND);
	struct arrival seen = unsure(2, DAY, DAY + AGREED_US);
	assert_int_equal(waiting_learn(&waiting, &seen), OK);
	assert_int_equal(waiting_place(&waiting, &alone, &time_us), OK);
	assert_true(time_us == DAY);
	alone.record.boot = 8;
	assert_int_equal(waiting_place(&waiting, &alone, &time_us), NOT_FOUND);
	alone.origin = ORIGIN_IMPORT;
	assert_int_equal(waiting_place(&waiting, &alone, &time_us), OK);
	waiting_free(&waiting);
}

static void a_stretch_is_placed_by_its_first_stamp(void **state)
{
	int64_t low_us, high_us;
	struct waiting waiting = { .offset_min = 420 };
	struct waiting_epoch *epoch = waiting_epoch(&waiting, 9);
	struct arrival one = unsure(1, DAY, DAY + 20 * HOUR);
	struct arrival two = unsure(2, DAY + HOUR, DAY + 20 * HOUR);
	waiting_note(&waiting, epoch, &one);
	waiting_note(&waiting, epoch, &two);
	assert_int_equal(
	        stretch_place(&waiting, &epoch->stretches.one[0], &low_us, &high_us),
	        NOT_FOUND);
	assert_true(low_us == DAY && high_us == DAY + HOUR);
	struct arrival seen = unsure(3, DAY + 2 * HOUR, DAY + 2 * HOUR);
	waiting_learn(&waiting, &seen);
	assert_int_equal(
	        stretch_place(&waiting, &epoch->stretches.one[0], &low_us, &high_us),
	        OK);
	waiting_free(&waiting);
}

static void what_nobody_can_place_is_given_up_after_seven_days(void **state)
{
	const struct waiting_epoch epoch = { .boot = 7 };
	assert_false(waiting_is_lost(&epoch, 7, DAY, DAY + SEAL_PATIENCE_US - 1));
	assert_true(waiting_is_lost(&epoch, 7, DAY, DAY + SEAL_PATIENCE_US));
	assert_true(waiting_is_lost(&epoch, 6, DAY, DAY));
}

static void epochs_stand_in_order_however_they_come(void **state)
{
	struct waiting waiting = { .offset_min = 420 };
	for (uint64_t i = 0; i < 40; i++) {
		uint64_t epoch = i * 17 % 40 + 1;
		assert_non_null(waiting_epoch(&waiting, epoch));
		assert_int_equal(waiting_epoch(&waiting, epoch)->epoch, epoch);
	}
	assert_int_equal(waiting.n, 40);
	for (size_t i = 0; i < 40; i++)
		assert_int_equal(waiting.epoch[i].epoch, i + 1);
	waiting_free(&waiting);
}

int main(void)
{
	const struct CMUnitTest waiting_tests[] = {
		cmocka_unit_test(what_follows_and_is_alike_is_one_stretch),
		cmocka_unit_test(what_was_learned_from_one_record_places_another),
		cmocka_unit_test(a_stretch_is_placed_by_its_first_stamp),
		cmocka_unit_test(what_nobody_can_place_is_given_up_after_seven_days),
		cmocka_unit_test(epochs_stand_in_order_however_they_come),
	};
	return cmocka_run_group_tests_name("waiting limits", waiting_tests, NULL, NULL);
}
