/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where in time a record belongs, at both sides of each limit. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/placing.h"
#include "base/describe.h"
#include "base/event.h"

#define DAY  INT64_C(1794675600000000) /* 2026-11-15 00:00 +07:00 */
#define HOUR INT64_C(3600000000)
#define S    INT64_C(1000000)
#define BOOT 7

/* Of an instrument whose clock was never synchronised. */
static struct arrived unsure(int64_t time_us, int64_t stored_us)
{
	return (struct arrived){ .stamp = { .time_us = time_us,
		                         .mono_us = time_us - DAY,
		                         .boot = BOOT,
		                         .clock = CLOCK_UNSYNCED },
		.stored_us = stored_us,
		.origin = ORIGIN_INSTRUMENT };
}

static int place(const struct placing *placing, const struct arrived *arrived)
{
	int64_t time_us = 0;
	int status = placing_place(placing, arrived, &time_us);
	assert_int_equal(time_us - arrived->stamp.time_us, 0);
	return status;
}

static void see(struct placing *placing, const struct arrived *arrived)
{
	assert_int_equal(
	        placing_witness(placing, &arrived->stamp, arrived->stored_us), OK);
}

static void two_clocks_agree_within_ten_minutes_either_way(void **state)
{
	struct placing placing = { 0 };
	static const struct {
		int64_t behind_us;
		int status;
	} tries[] = { { 0, OK }, { AGREED_US, OK }, { AGREED_US + 1, NOT_FOUND },
		{ -AGREED_US, OK }, { -AGREED_US - 1, NOT_FOUND },
		{ INT64_MAX - DAY, NOT_FOUND } };
	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		struct arrived one = unsure(DAY, DAY + tries[i].behind_us);
		assert_int_equal(place(&placing, &one), tries[i].status);
		/* and so it is a witness, or not */
		struct placing seen = { 0 };
		see(&seen, &one);
		assert_int_equal(seen.n_witnesses, tries[i].status == OK);
		placing_free(&seen);
	}
	/* stamps and times of storing may be any number */
	struct arrived far = unsure(DAY, INT64_MAX);
	far.stamp.time_us = INT64_MIN;
	assert_int_equal(place(&placing, &far), NOT_FOUND);
	far.stamp.mono_us = INT64_MIN;
	assert_int_equal(place(&placing, &far), NOT_FOUND);
}

static void a_clock_that_was_set_is_not_asked_for_witnesses(void **state)
{
	struct placing placing = { 0 };
	static const uint8_t set[] = { CLOCK_SYNCED, CLOCK_HOLDOVER, CLOCK_STEPPED };
	for (size_t i = 0; i < sizeof set; i++) {
		struct arrived one = unsure(DAY, DAY + 9 * HOUR);
		one.stamp.clock = set[i];
		assert_int_equal(place(&placing, &one), OK);
		one.stored_us = DAY;
		see(&placing, &one);
		assert_int_equal(placing.n_witnesses, 0);
	}
}

static void what_no_clock_of_ours_stamped_is_what_it_says(void **state)
{
	struct placing placing = { 0 };
	struct arrived one = unsure(DAY, DAY + 9 * HOUR);
	assert_int_equal(place(&placing, &one), NOT_FOUND);
	one.origin = ORIGIN_IMPORT;
	assert_int_equal(place(&placing, &one), OK);
	one.origin = ORIGIN_SIMULATION;
	assert_int_equal(place(&placing, &one), OK);
}

static void a_witness_places_what_its_boot_said_unless_the_clock_jumped(void **state)
{
	struct placing placing = { 0 };
	struct arrived seen = unsure(DAY, DAY + AGREED_US);
	struct arrived late = unsure(DAY + 5 * HOUR, DAY + 9 * HOUR);
	assert_int_equal(place(&placing, &late), NOT_FOUND);
	see(&placing, &seen);
	see(&placing, &seen);
	assert_int_equal(placing.n_witnesses, 1);
	assert_int_equal(place(&placing, &late), OK);
	const int64_t mono_us = late.stamp.mono_us;
	for (int sign = -1; sign <= 1; sign += 2) {
		late.stamp.mono_us = mono_us + sign * AGREED_US;
		assert_int_equal(place(&placing, &late), OK);
		late.stamp.mono_us += sign;
		assert_int_equal(place(&placing, &late), NOT_FOUND);
	}
	late.stamp.mono_us = mono_us;
	late.stamp.boot = BOOT + 1;
	assert_int_equal(place(&placing, &late), NOT_FOUND);
	placing_free(&placing);
}

/* A clock that drifts, seen all the way: what lies near any of the witnesses is placed, in
 * whatever order they were learned from. */
static void witnesses_count_in_any_order(void **state)
{
	enum { N = 12 };
	size_t order[N];
	unsigned seed = 20261115;
	for (size_t i = 0; i < N; i++)
		order[i] = i;
	for (int round = 0; round < 50; round++) {
		struct placing placing = { 0 };
		for (size_t i = N - 1; i > 0; i--) {
			size_t other = (size_t)rand_r(&seed) % (i + 1), kept = order[i];
			order[i] = order[other];
			order[other] = kept;
		}
		for (size_t i = 0; i < N; i++) {
			/* the eighth and later are behind a jump */
			int64_t drift_us = (int64_t)order[i] * 500 * S +
			                   (order[i] >= 8 ? 3 * HOUR : 0);
			struct arrived seen = unsure(DAY, DAY);
			seen.stamp.mono_us = -drift_us;
			see(&placing, &seen);
		}
		for (int64_t drift_s = -2000; drift_s < 20000; drift_s += 100) {
			struct arrived late = unsure(DAY, DAY + 9 * HOUR);
			late.stamp.mono_us = -drift_s * S;
			bool near = (drift_s >= -600 && drift_s <= 3500 + 600) ||
			            (drift_s >= 14800 - 600 && drift_s <= 16300 + 600);
			assert_int_equal(place(&placing, &late), near ? OK : NOT_FOUND);
		}
		placing_free(&placing);
	}
}

static void the_oldest_witness_is_forgotten_for_one_more(void **state)
{
	struct placing placing = { 0 };
	for (uint64_t boot = 1; boot <= WITNESSES + 2; boot++) {
		struct arrived seen = unsure(DAY, DAY);
		seen.stamp.boot = boot;
		see(&placing, &seen);
	}
	assert_int_equal(placing.n_witnesses, WITNESSES);
	for (uint64_t boot = 1; boot <= WITNESSES + 2; boot++) {
		struct arrived late = unsure(DAY + HOUR, DAY + 30 * HOUR);
		late.stamp.boot = boot;
		assert_int_equal(place(&placing, &late), boot <= 2 ? NOT_FOUND : OK);
	}
	placing_free(&placing);
}

static void only_witnesses_that_were_there_by_then_are_copied(void **state)
{
	struct placing all = { 0 };
	for (int64_t i = 0; i < 3; i++) {
		struct arrived seen = unsure(DAY + i * HOUR, DAY + i * HOUR + S);
		seen.stamp.boot = BOOT + (uint64_t)i;
		see(&all, &seen);
	}
	static const struct {
		int64_t as_of_us;
		size_t n;
	} tries[] = { { 0, 3 }, { DAY + S - 1, 0 }, { DAY + S, 1 },
		{ DAY + 2 * HOUR + S - 1, 2 }, { DAY + 2 * HOUR + S, 3 } };
	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		struct placing some = { 0 };
		assert_int_equal(
		        placing_copy_witnesses(&some, &all, tries[i].as_of_us), OK);
		assert_int_equal(some.n_witnesses, tries[i].n);
		placing_free(&some);
	}
	placing_free(&all);
}

/* A CLOCK record says by how much a stamp was wrong, and goes before a clock that agreed. */
static void a_clock_record_goes_before_a_witness(void **state)
{
	uint8_t payload[64];
	int64_t time_us;
	struct placing placing = { 0 };
	const struct clock_event event = { .before_us = DAY + HOUR,
		.after_us = DAY + HOUR + 300 * S,
		.state = CLOCK_SYNCED };
	int n = clock_encode(&event, payload, sizeof payload);
	assert_true(n > 0);
	const struct record record = { .type = RECORD_CLOCK,
		.clock = CLOCK_SYNCED,
		.time_us = event.after_us,
		.mono_us = HOUR,
		.boot = BOOT,
		.payload = payload,
		.payload_size = (size_t)n };
	struct arrived seen = unsure(DAY, DAY);
	see(&placing, &seen);
	assert_int_equal(place(&placing, &seen), OK);
	assert_int_equal(placing_learn(&placing, &record, event.after_us), OK);
	assert_int_equal(placing_place(&placing, &seen, &time_us), OK);
	assert_int_equal(time_us - DAY, 300 * S);
	/* not of what came after it */
	struct arrived after = unsure(DAY + HOUR + 1, DAY + HOUR);
	assert_int_equal(place(&placing, &after), OK);
	placing_free(&placing);
}

static void a_clock_is_in_step_within_a_second(void **state)
{
	struct stamp one = unsure(DAY, 0).stamp, two = one;
	two.time_us += HOUR;
	assert_false(stamps_in_step(&one, &two));
	two.mono_us += HOUR;
	assert_true(stamps_in_step(&one, &two));
	for (int sign = -1; sign <= 1; sign += 2) {
		struct stamp other = two;
		other.time_us += sign * S;
		assert_true(stamps_in_step(&one, &other));
		other.time_us += sign;
		assert_false(stamps_in_step(&one, &other));
	}
	two.boot++;
	assert_false(stamps_in_step(&one, &two));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_clocks_agree_within_ten_minutes_either_way),
		cmocka_unit_test(a_clock_that_was_set_is_not_asked_for_witnesses),
		cmocka_unit_test(what_no_clock_of_ours_stamped_is_what_it_says),
		cmocka_unit_test(
		        a_witness_places_what_its_boot_said_unless_the_clock_jumped),
		cmocka_unit_test(witnesses_count_in_any_order),
		cmocka_unit_test(the_oldest_witness_is_forgotten_for_one_more),
		cmocka_unit_test(only_witnesses_that_were_there_by_then_are_copied),
		cmocka_unit_test(a_clock_record_goes_before_a_witness),
		cmocka_unit_test(a_clock_is_in_step_within_a_second),
	};
	return cmocka_run_group_tests_name("placing", tests, NULL, NULL);
}
