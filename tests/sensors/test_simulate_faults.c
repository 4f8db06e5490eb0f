/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What instruments of the simulator say wrong: each fault against the same instrument when nothing is
 * wrong. */
#include "tests/kits/check.h"

#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/kits/faulty_line.h"

static void as_many_bits_are_turned_over_as_was_said(void **state)
{
	int same[WHOLE] = { 0 };
	struct simulated before = { .size = 0 };
	for (int i = 0; i < 200; i++) {
		int64_t t = HOUR(FLIP) + i * 1000;
		struct simulated one = faulty_ask(1, t),
		                 many = faulty_ask(1, t + US_PER_HOUR);
		struct simulated good = faulty_ask(1, t - US_PER_DAY);
		assert_true(faulty_is_sound(good.bytes, good.size));
		assert_int_equal(one.size, WHOLE);
		assert_false(faulty_is_sound(one.bytes, one.size));
		assert_false(faulty_is_sound(many.bytes, many.size));
		/* undone, one bit makes it sound again */
		int mends = 0;
		for (size_t bit = 0; bit < 8 * WHOLE; bit++) {
			one.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			mends += faulty_is_sound(one.bytes, one.size);
			one.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(mends, 1);
		if (before.size > 0)
			for (size_t k = 0; k < WHOLE; k++)
				same[k] += one.bytes[k] == before.bytes[k];
		before = one;
	}
	/* by chance: not always the same place */
	assert_true(same[0] < 199 && same[0] > 150);
}

static void chance_is_the_same_in_every_run(void **state)
{
	struct simulated one = faulty_ask(1, HOUR(GARBAGE)),
	                 again = faulty_ask(1, HOUR(GARBAGE));
	struct simulated later = faulty_ask(1, HOUR(GARBAGE) + 1);
	assert_int_equal(one.size, WHOLE);
	assert_false(faulty_is_sound(one.bytes, one.size));
	assert_memory_equal(one.bytes, again.bytes, WHOLE);
	assert_true(faulty_bits(one.bytes, later.bytes, WHOLE) > 50);
}

/* The float in registers 2 and 3; with its words as they come, or in the other order. */
static double number_of(const struct simulated *answer, bool other_order)
{
	float value;
	const uint8_t *at = answer->bytes + 3 + 2 * 2;
	assert_true(faulty_is_sound(answer->bytes, answer->size));
	uint32_t high = get_be16(at + (other_order ? 2 : 0));
	uint32_t bits = high << 16 | get_be16(at + (other_order ? 0 : 2));
	memcpy(&value, &bits, sizeof value);
	return value;
}

static void a_frozen_value_is_that_of_the_beginning_of_the_scene(void **state)
{
	const struct scenario_instrument *flow = &faulty_scenario->instrument[0];
	int64_t began = HOUR(FROZEN) - 30 * US_PER_MIN;
	struct simulated one = faulty_ask(1, HOUR(FROZEN)),
	                 other = faulty_ask(1, HOUR(FROZEN) + US_PER_MIN);
	double value = number_of(&one, false);
	assert_close(value, (float)scenario_value(faulty_scenario, flow, 0, began), 0);
	assert_close(number_of(&other, false), value, 0);
	struct simulated after = faulty_ask(1, HOUR(NONE) + US_PER_DAY);
	assert_true(number_of(&after, false) != value);
}

static void words_in_the_other_order_and_channels_renumbered(void **state)
{
	const struct scenario_instrument *flow = &faulty_scenario->instrument[0];
	struct simulated turned = faulty_ask(1, HOUR(OTHER_ORDER)),
	                 moved = faulty_ask(1, HOUR(SHIFT));
	double in = (float)scenario_value(faulty_scenario, flow, 0, HOUR(OTHER_ORDER));
	assert_close(number_of(&turned, true), in, 0);
	assert_true(number_of(&turned, false) != in);
	double out = (float)scenario_value(faulty_scenario, flow, 1, HOUR(SHIFT));
	assert_close(number_of(&moved, false), out, 0);
}

static void one_that_was_renumbered_answers_at_its_new_address_only(void **state)
{
	uint8_t request[MODBUS_FRAME];
	struct simulated answer;
	struct modbus_request at_nine = {
		.slave = 9, .function = 4, .start = 0, .count = 10
	};
	size_t n = faulty_request(1, request);
	assert_int_equal(
	        simulate_answer(faulty_scenario, 0, request, n, HOUR(NONE), &answer),
	        n);
	assert_int_equal(simulate_answer(faulty_scenario, 0, request, n,
	                         HOUR(RENUMBERED), &answer),
	        FRAME_NONE);
	n = (size_t)modbus_request_put(FRAMING_RTU, &at_nine, request, sizeof request);
	assert_int_equal(simulate_answer(faulty_scenario, 0, request, n,
	                         HOUR(RENUMBERED), &answer),
	        n);
	assert_int_equal(answer.bytes[0], 9);
	assert_int_equal(
	        simulate_answer(faulty_scenario, 0, request, n, HOUR(NONE), &answer),
	        FRAME_NONE);
}

static void one_who_babbles_answers_nothing_and_never_stops(void **state)
{
	uint8_t out[64] = { 0 }, none[64] = { 0 };
	assert_int_equal(faulty_ask(1, HOUR(BABBLE)).size, 0);
	assert_true(
	        simulate_babbles(faulty_scenario, 0, HOUR(BABBLE), out, sizeof out));
	assert_true(faulty_bits(out, none, sizeof out) > 150);
	assert_false(simulate_babbles(faulty_scenario, 0, HOUR(NONE), out, sizeof out));
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, faulty_setup, faulty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(as_many_bits_are_turned_over_as_was_said),
		EACH(chance_is_the_same_in_every_run),
		EACH(a_frozen_value_is_that_of_the_beginning_of_the_scene),
		EACH(words_in_the_other_order_and_channels_renumbered),
		EACH(one_that_was_renumbered_answers_at_its_new_address_only),
		EACH(one_who_babbles_answers_nothing_and_never_stops),
	};
	return cmocka_run_group_tests_name("simulate, faults", tests, NULL, NULL);
}
