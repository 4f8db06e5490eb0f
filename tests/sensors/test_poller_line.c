/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The poller and the bytes of a line: noise, echoes, a line that is never silent, bytes before the
 * request, more bytes than any answer has; both sides of each limit. */
#include "tests/kits/check.h"

#include <string.h>

#include "tests/kits/poller_rig.h"

static const struct poller_counts *counts_of(const struct rig *rig, size_t instrument)
{
	return poller_counts(rig->poller, instrument);
}

/* Each request that has ended did so in one of four ways. */
static void the_counts_add_up(const struct rig *rig, uint64_t on_their_way)
{
	for (size_t i = 0; i < 3; i++) {
		const struct poller_counts *counts = counts_of(rig, i);
		uint64_t ended = counts->answers + counts->timeouts + counts->checksum +
		                 counts->malformed;
		assert_in_range(counts->requests - ended, 0, on_their_way);
	}
}

/* ---- silent, or garbled ---- */

static void an_echo_alone_is_silence(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = ECHO_ONLY;
	run(rig, 60 * SECOND);
	assert_int_equal(count(rig, 0, STATE_GARBLED, 60 * SECOND), 0);
	assert_true(count(rig, 0, STATE_SILENT, 60 * SECOND) >= 3);
	assert_int_equal(counts_of(rig, 0)->malformed, 0);
	assert_int_equal(counts_of(rig, 0)->echoes, counts_of(rig, 0)->timeouts);
	assert_true(told(rig, "instrument flow down does not answer"));
	the_counts_add_up(rig, 1);
}

static void four_bytes_of_noise_are_silence_and_five_are_not(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].manner = rig->bus.slave[2].manner = STRAY;
	rig->bus.slave[1].stray = 4;
	rig->bus.slave[2].stray = 5;
	run(rig, 60 * SECOND);
	assert_true(count(rig, 0, STATE_SILENT, 60 * SECOND) >= 3);
	assert_int_equal(count(rig, 0, STATE_GARBLED, 60 * SECOND), 0);
	assert_true(counts_of(rig, 0)->noise >= 4 * counts_of(rig, 0)->timeouts);
	assert_true(count(rig, 1, STATE_GARBLED, 60 * SECOND) >= 3);
	assert_int_equal(count(rig, 1, STATE_SILENT, 60 * SECOND), 0);
	the_counts_add_up(rig, 1);
}

/* The answer of flow comes 700 ms after its request, which is 200 too late, and its second half so much
 * after the first. */
static void late_in_two_halves(struct rig *rig, int64_t apart_us)
{
	struct fake_message *whole = &rig->bus.message[0];
	rig->bus.slave[1].delay_us = 700 * MS;
	while (whole->n == 0)
		run(rig, MS);
	size_t half = whole->n / 2;
	fake_bus_say(&rig->bus, whole->due_us + apart_us, whole->byte + half,
	        whole->n - half);
	whole->n = half;
	run(rig, 990 * MS);
}

/* An adapter gives a frame out in clumps; behind a silence nothing is part of it any more. */
static void a_late_answer_may_come_in_clumps(void **state)
{
	struct rig *rig = *state;
	late_in_two_halves(rig, 19 * MS);
	assert_int_equal(counts_of(rig, 0)->late, 1);
	assert_int_equal(counts_of(rig, 0)->noise, 0);
}

static void halves_with_a_silence_between_them_are_no_late_answer(void **state)
{
	struct rig *rig = *state;
	late_in_two_halves(rig, 21 * MS);
	assert_int_equal(counts_of(rig, 0)->late, 0);
	assert_true(counts_of(rig, 0)->noise > 20);
}

/* ---- a line that is never silent ---- */

/* A byte each so often, for so long. */
static void run_with_bytes(struct rig *rig, int64_t every_us, int64_t for_us)
{
	static const uint8_t byte[] = { 0x55 };
	for (int64_t at = 0; at < for_us; at += every_us) {
		fake_bus_say(&rig->bus, rig->now.mono_us, byte, 1);
		run(rig, every_us);
	}
}

static void a_line_that_is_never_silent_is_told_and_its_readings_are_garbled(
        void **state)
{
	struct rig *rig = *state;
	run(rig, 7 * SECOND);
	size_t seen = rig->n_seen, asked = rig->bus.slave[1].asked;
	size_t lines = lines_logged;
	/* an adapter of FTDI gives bytes out each 16 ms: that is no silence */
	run_with_bytes(rig, 16 * MS, 30 * SECOND);
	assert_int_equal(rig->bus.slave[1].asked, asked);
	/* at their own pace, and nobody is called dead */
	assert_in_range(rig->n_seen - seen, 3 * 5, 3 * 7);
	for (size_t i = 0; i < 3; i++) {
		assert_in_range(count(rig, i, STATE_GARBLED, 31 * SECOND), 5, 7);
		assert_int_equal(count(rig, i, STATE_SILENT, 31 * SECOND), 0);
		assert_int_equal(counts_of(rig, i)->overruns, 0);
	}
	assert_true(told(rig, "port bus down the line is never silent"));
	assert_false(told(rig, "instrument flow down"));
	assert_int_equal(lines_logged, lines + 1);
	/* over: the first poll of each is good */
	seen = rig->n_seen;
	run(rig, 6 * SECOND);
	assert_true(rig->n_seen - seen >= 3);
	for (size_t i = seen; i < rig->n_seen; i++)
		assert_int_equal(rig->seen[i].state, STATE_OK);
	assert_true(told(rig, "port bus up open"));
	assert_int_equal(lines_logged, lines + 2);
	the_counts_add_up(rig, 0);
}

static void a_byte_now_and_then_keeps_nobody_from_asking(void **state)
{
	struct rig *rig = *state;
	run(rig, 7 * SECOND);
	run_with_bytes(rig, 24 * MS, 30 * SECOND);
	for (size_t i = 0; i < 3; i++)
		assert_in_range(count(rig, i, STATE_OK, 30 * SECOND), 5, 7);
	assert_false(told(rig, "port bus down"));
	the_counts_add_up(rig, 1);
}

/* Somebody who talks for less than the time of an answer only delays the request. */
static void who_is_due_waits_as_long_as_for_an_answer(void **state)
{
	struct rig *rig = *state;
	run(rig, 4900 * MS);
	run_with_bytes(rig, 16 * MS, 570 * MS);
	run(rig, 2 * SECOND);
	assert_int_equal(count(rig, 0, STATE_OK, 8 * SECOND), 2);
	assert_int_equal(count(rig, 0, STATE_GARBLED, 8 * SECOND), 0);
	run(rig, 2 * SECOND);
	run_with_bytes(rig, 16 * MS, 1700 * MS);
	run(rig, 2 * SECOND);
	assert_int_equal(count(rig, 0, STATE_GARBLED, 4 * SECOND), 1);
}

/* ---- more bytes than any answer has ---- */

/* Four of the longest frames of its driver are listened to, not one byte more. */
static void who_sends_more_than_four_frames_is_listened_to_no_longer(void **state)
{
	struct rig *rig = *state;
	static uint8_t bytes[4 * 513 + 1];
	memset(bytes, 0x55, sizeof bytes);
	run(rig, 10 * SECOND);
	for (int more = 0; more < 2; more++) {
		size_t n = 4 * 513 + (size_t)more, given = 0;
		rig->bus.slave[1].manner = DEAD;
		size_t asked = rig->bus.slave[1].asked;
		while (rig->bus.slave[1].asked == asked)
			run(rig, MS);
		int64_t asked_us = rig->now.mono_us;
		while (given < n) {
			size_t some = n - given < 500 ? n - given : 500;
			fake_bus_say(&rig->bus, rig->now.mono_us + 10 * MS,
			        bytes + given, some);
			given += some;
		}
		uint64_t malformed = counts_of(rig, 0)->malformed;
		while (counts_of(rig, 0)->malformed == malformed)
			run(rig, MS);
		int64_t took_us = rig->now.mono_us - asked_us;
		if (more)
			assert_in_range(took_us, 10 * MS, 15 * MS);
		else
			assert_in_range(took_us, 490 * MS, 520 * MS);
		rig->bus.slave[1].manner = ANSWERS;
		run(rig, 12 * SECOND);
	}
}

/* An answer longer than the frames of its driver is garbled, not silent. */
static void a_long_garbled_answer_is_kept_as_far_as_there_is_room(void **state)
{
	struct rig *rig = *state;
	static uint8_t bytes[500];
	memset(bytes, 0x55, sizeof bytes);
	rig->bus.slave[1].manner = DEAD;
	for (int i = 0; i < 20; i++) {
		fake_bus_say(&rig->bus, rig->now.mono_us + 50 * MS, bytes, 500);
		fake_bus_say(&rig->bus, rig->now.mono_us + 51 * MS, bytes, 500);
		run(rig, 200 * MS);
	}
	assert_true(count(rig, 0, STATE_GARBLED, 5 * SECOND) >= 1);
	assert_int_equal(count(rig, 0, STATE_SILENT, 5 * SECOND), 0);
}

/* ---- requests that end otherwise ---- */

static void a_request_that_a_hang_up_cuts_off_is_counted(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].delay_us = 300 * MS;
	for (int i = 0; i < 10; i++) {
		run(rig, 4100 * MS);
		size_t asked = rig->bus.slave[1].asked;
		while (rig->bus.slave[1].asked == asked)
			run(rig, MS);
		run(rig, 20 * MS);
		rig->bus.gone = true;
		run(rig, 20 * MS);
		the_counts_add_up(rig, 0);
	}
	assert_int_equal(counts_of(rig, 0)->timeouts, 10);
	assert_int_equal(counts_of(rig, 0)->reconnects, 9);
}

/* Exceptions 5 and 6: asked again half a second later, within the poll. */
static void who_is_busy_is_asked_again_within_the_poll(void **state)
{
	struct rig *rig = *state;
	for (uint8_t exception = 4; exception <= 7; exception++) {
		bool busy = exception == 5 || exception == 6;
		size_t asked = rig->bus.slave[3].asked, seen = rig->n_seen;
		rig->bus.slave[3].manner = EXCEPTION;
		rig->bus.slave[3].exception = exception;
		while (rig->bus.slave[3].asked == asked)
			run(rig, MS);
		run(rig, 100 * MS);
		rig->bus.slave[3].manner = ANSWERS;
		run(rig, SECOND);
		assert_int_equal(rig->bus.slave[3].asked - asked, busy ? 2 : 1);
		for (size_t i = seen; i < rig->n_seen; i++)
			if (rig->seen[i].instrument == 2)
				assert_int_equal(rig->seen[i].state,
				        busy ? STATE_OK : STATE_REFUSED);
		run(rig, 3500 * MS);
	}
	assert_int_equal(counts_of(rig, 2)->exceptions, 4);
	the_counts_add_up(rig, 0);
}

#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_make, rig_remove)

/* Silent for long, and then pulled out. */
static void pulled_out(struct rig *rig)
{
	for (size_t i = 1; i <= 3; i++)
		rig->bus.slave[i].manner = DEAD;
	run(rig, 600 * SECOND);
	rig->bus.gone = rig->bus.refuses = rig->bus.missing = true;
	run(rig, 6 * SECOND);
	assert_true(told(rig, "port bus down hung up; trying again"));
	rig->bus.gone = rig->bus.refuses = false;
}

static void a_port_plugged_in_again_is_asked_at_once(void **state)
{
	struct rig *rig = *state;
	pulled_out(rig);
	for (size_t i = 1; i <= 3; i++)
		rig->bus.slave[i].manner = ANSWERS;
	run(rig, 3 * SECOND);
	for (size_t i = 0; i < 3; i++)
		assert_true(count(rig, i, STATE_OK, 3 * SECOND) > 0);
}

static void a_port_plugged_in_again_is_told_though_nobody_answers(void **state)
{
	struct rig *rig = *state;
	pulled_out(rig);
	rig->n_told = 0;
	run(rig, 2 * SECOND);
	assert_true(told(rig, "port bus up open"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIG(an_echo_alone_is_silence),
		RIG(four_bytes_of_noise_are_silence_and_five_are_not),
		RIG(a_late_answer_may_come_in_clumps),
		RIG(halves_with_a_silence_between_them_are_no_late_answer),
		RIG(a_line_that_is_never_silent_is_told_and_its_readings_are_garbled),
		RIG(a_byte_now_and_then_keeps_nobody_from_asking),
		RIG(who_is_due_waits_as_long_as_for_an_answer),
		RIG(who_sends_more_than_four_frames_is_listened_to_no_longer),
		RIG(a_long_garbled_answer_is_kept_as_far_as_there_is_room),
		RIG(a_request_that_a_hang_up_cuts_off_is_counted),
		RIG(who_is_busy_is_asked_again_within_the_poll),
		RIG(a_port_plugged_in_again_is_asked_at_once),
		RIG(a_port_plugged_in_again_is_told_though_nobody_answers),
	};
	return cmocka_run_group_tests_name(
	        "poller, bytes of a line", tests, NULL, NULL);
}
