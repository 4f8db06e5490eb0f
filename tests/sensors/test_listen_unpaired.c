/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line that another master asks, and of which no pair comes: noise, answers whose requests are not
 * heard, and silence are told apart, and none is a value. */
#include "tests/kits/check.h"

#include <string.h>

#include "tests/kits/heard_kit.h"

/* Answers of registers nobody was heard to ask for are never a value. */
static void an_answer_without_its_request_is_no_reading(void **state)
{
	struct world *world = *state;
	static const uint16_t wrong[] = { 0, 0x42C8 };
	for (int i = 0; i < 20; i++) {
		slave_answers(world, LEAD, wrong, 2);
		heard_wait(world, 2000);
	}
	assert_int_equal(heard_count(world, 0, STATE_OK), 0);
	assert_true(heard_count(world, 0, STATE_GARBLED) >= 3);
	assert_int_equal(poller_counts(world->poller, 0)->malformed, 20);
	assert_int_equal(poller_counts(world->poller, 0)->timeouts, 0);
	assert_true(heard_said(world,
	        "instrument pb down answers are heard, their requests are not: the "
	        "tap is on one pair of a four-wire line"));
	assert_false(heard_said(world, "four-wire line:"));
	/* nothing came of the other instrument */
	assert_true(heard_said(world, "instrument di down does not answer"));
	assert_int_equal(poller_counts(world->poller, 1)->malformed, 0);
}

/* They are heard all right, the requests too; the slave is slower than its timeout. */
static void answers_that_come_too_late_are_not_taken_for_a_four_wire_line(void **state)
{
	struct world *world = *state;
	static const uint16_t lead[] = { 0xECAA, 0x416F };
	for (int i = 0; i < 20; i++) {
		other_asks(world, LEAD, 2);
		heard_wait(world, 3000);
		slave_answers(world, LEAD, lead, 2);
	}
	assert_int_equal(heard_count(world, 0, STATE_OK), 0);
	assert_false(heard_said(world, "four-wire"));
	assert_int_equal(poller_counts(world->poller, 0)->malformed, 20);
}

/* The line is heard both ways, and yet nothing ties its answers to a request. */
static void where_requests_are_heard_but_not_its_own_the_answers_are_doubtful(
        void **state)
{
	struct world *world = *state;
	static const uint8_t ask[] = { 17, 2, 0, 0x20, 0, 4, 0x7A, 0x93 };
	static const uint8_t answer[] = { 17, 2, 1, 2, 0x24, 0x89 };
	static const uint16_t lead[] = { 0xECAA, 0x416F };
	for (int i = 0; i < 25; i++) {
		line_say(world, ask, sizeof ask);
		heard_wait(world, 30);
		line_say(world, answer, sizeof answer);
		heard_wait(world, 1000);
		slave_answers(world, LEAD, lead, 2);
		heard_wait(world, 1000);
	}
	assert_true(heard_said(world, "instrument di up"));
	assert_true(heard_said(world,
	        "instrument pb down answers are heard, and to which request cannot be "
	        "told: they are late, or two masters ask"));
	assert_int_equal(heard_count(world, 0, STATE_OK), 0);
	assert_int_equal(poller_counts(world->poller, 0)->malformed, 25);
}

static void what_is_no_frame_at_all_is_told_and_counted(void **state)
{
	struct world *world = *state;
	uint8_t noise[40];
	memset(noise, 0x55, sizeof noise);
	other_round(world);
	for (int i = 0; i < 60; i++) {
		line_say(world, noise, sizeof noise);
		heard_wait(world, 1000);
	}
	assert_true(
	        heard_said(world, "instrument pb down bytes come that are no frames: "
	                          "check speed, parity and wiring"));
	assert_true(heard_said(world, "instrument di down bytes come"));
	assert_true(heard_count(world, 0, STATE_GARBLED) >= 4);
	const struct poller_counts *counts = poller_counts(world->poller, 0);
	assert_in_range(counts->noise, 59 * sizeof noise, 60 * sizeof noise);
	assert_true(counts->malformed >= 4);
	/* and all is well again */
	heard_wait(world, 2000);
	other_round(world);
	other_round(world);
	assert_true(heard_told(world, "instrument pb up"));
}

/* As when a two-wire line changes its direction. */
static void a_byte_now_and_then_is_no_noise(void **state)
{
	struct world *world = *state;
	for (int i = 0; i < 4; i++) {
		line_say(world, (const uint8_t *)"\xff", 1);
		heard_wait(world, 10000);
	}
	assert_true(heard_said(world, "instrument pb down does not answer"));
	assert_int_equal(heard_count(world, 0, STATE_GARBLED), 0);
	assert_int_equal(poller_counts(world->poller, 0)->noise, 4);
}

/* A request and its answer that each break off and go on half a second later are no frames; nor
 * are they when the bytes lie one behind the other in a reading (heard_kit decodes each again). */
static void bytes_kept_of_noise_are_never_a_value(void **state)
{
	struct world *world = *state;
	static const uint8_t ask[] = { 17, 2, 0, 0x20, 0, 4, 0x7A, 0x93 };
	static const uint8_t answer[] = { 17, 2, 1, 2, 0x24, 0x89 };
	heard_wait(world, 1000); /* all of a round comes within one period */
	for (int i = 0; i < 8; i++) {
		line_say(world, ask, 4);
		heard_wait(world, 500);
		line_say(world, ask + 4, 4);
		heard_wait(world, 500);
		line_say(world, answer, 3);
		heard_wait(world, 500);
		line_say(world, answer + 3, 3);
		heard_wait(world, 3500);
	}
	assert_true(heard_count(world, 1, STATE_GARBLED) >= 6);
	assert_int_equal(heard_count(world, 1, STATE_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HEARD(an_answer_without_its_request_is_no_reading),
		HEARD(answers_that_come_too_late_are_not_taken_for_a_four_wire_line),
		HEARD(where_requests_are_heard_but_not_its_own_the_answers_are_doubtful),
		HEARD(what_is_no_frame_at_all_is_told_and_counted),
		HEARD(a_byte_now_and_then_is_no_noise),
		HEARD(bytes_kept_of_noise_are_never_a_value),
	};
	return cmocka_run_group_tests_name("listen, no pairs", tests, NULL, NULL);
}
