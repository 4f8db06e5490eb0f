/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A broken current loop is the cause of what its channel lacks. */
#include "tests/kits/gaps_fixture.h"

#include <string.h>

#define LOW "current 0 mA, below 3.6 mA: check the loop and its transmitter"

/* The second of two channels is faulty from 600 to 700, and this is told then. */
static void second_is_faulty(const char *subject, const char *what)
{
	feed_begin();
	for (double s = 0; s < 1200; s += 10) {
		bool faulty = s >= 600 && s < 700;
		uint8_t states[2] = { STATE_OK, faulty ? STATE_FAULT : STATE_OK };
		if (s == 600)
			feed_state(s, subject, what, LOW);
		if (s == 700)
			feed_state(s, subject, "up", "current 12 mA");
		const struct gaps_reading reading = { ph, feed_at(s), epoch, ++seq,
			states };
		assert_int_equal(gaps_reading(gaps, &reading), OK);
	}
}

static void expect_second(uint8_t cause, const char *reason)
{
	expect_gaps(
	        (struct want[]){ { "ph", "two", 600, 700, cause, 10, 0, 0, reason } },
	        1);
}

static void a_broken_loop_is_the_cause_of_its_own_channel(void **with)
{
	static const char faulty[] = "the instrument says that it is faulty";
	second_is_faulty("loop ph/two", "down");
	expect_second(GAP_LOOP, "loop ph/two: " LOW);
	second_is_faulty("loop ph/two", "up");
	expect_second(GAP_FAULT, faulty);
	second_is_faulty("loop ph/one", "down");
	expect_second(GAP_FAULT, faulty);
	second_is_faulty("loop cod/two", "down");
	expect_second(GAP_FAULT, faulty);
}

static void all_broken_loops_of_an_instrument_are_named(void **with)
{
	feed_begin();
	feed_run(ph, 0, 600, STATE_OK);
	feed_state(600, "loop ph/one", "down", LOW);
	feed_state(600, "loop ph/two", "down", LOW);
	feed_run(ph, 600, 700, STATE_FAULT);
	feed_run(ph, 700, 1200, STATE_OK);
	expect_gaps((struct want[]){ { "ph", "", 600, 700, GAP_LOOP, 20, 0, 0,
	                    "loop ph/one: " LOW ", and loop ph/two: " LOW } },
	        1);
}

/* Ids as long as they may be. */
static void a_loop_of_long_ids_is_found(void **with)
{
	struct describe *longest =
	        feed_instrument("abcdefghijklmnopqrstuvwxyz-12345", 1, 10);
	char channel[] = "abcdefghijklmnopqrstuvwxyz_12345";
	longest->channel[0].name = channel;
	feed_begin();
	feed_run(longest, 0, 600, STATE_OK);
	feed_state(600,
	        "loop abcdefghijklmnopqrstuvwxyz-12345/"
	        "abcdefghijklmnopqrstuvwxyz_12345",
	        "down", LOW);
	feed_run(longest, 600, 700, STATE_FAULT);
	feed_run(longest, 700, 1200, STATE_OK);
	expect_gaps((struct want[]){ { "abcdefghijklmnopqrstuvwxyz-12345", "", 600, 700,
	                    GAP_LOOP, 10, 0, 0, LOW } },
	        1);
	describe_free(longest);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, feed_setup, feed_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_broken_loop_is_the_cause_of_its_own_channel),
		TEST(all_broken_loops_of_an_instrument_are_named),
		TEST(a_loop_of_long_ids_is_found),
	};
	return cmocka_run_group_tests_name("gaps: current loops", tests, NULL, NULL);
}
