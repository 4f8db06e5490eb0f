/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of instruments that behave oddly for hours, and how often. */
#include "tests/kits/check.h"

#include <string.h>

#include "tests/kits/odd_kit.h"

static const char *const each_second[MOST] = { "poll_every: 1s, timeout: 300ms",
	"poll_every: 1s, timeout: 300ms" };

static void refuse_each_second(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	if (odd->asked[who] % 2 == 0)
		odd_refuse(odd, in, 4);
	else
		odd_well(odd, who, in, n, said);
}

static void hang_up_instead_of_each_second(struct odd *odd, size_t who,
        const uint8_t *in, size_t n, const struct simulated *said)
{
	if (odd->asked[who] % 2 == 0)
		odd_hang_up(odd, 60 * MS);
	else
		odd_well(odd, who, in, n, said);
}

static void what_changes_at_each_poll_is_told_once_a_minute(void **state)
{
	for (int i = 0; i < 3; i++) {
		struct odd *odd =
		        odd_new(i == 1 ? TCP : SERIAL, "sim-flow", 1, each_second);
		odd->answer =
		        i == 0 ? refuse_each_second : hang_up_instead_of_each_second;
		odd_run(odd, 3600 * SECOND);
		assert_in_range(odd->states, 55, 70);
		/* and a line of counts a minute */
		assert_in_range(odd_lines, 55, 140);
		assert_true(odd->ok[0] >= 1195);
		odd_end(odd);
	}
}

static void noise_after_a_while(struct odd *odd, size_t who, const uint8_t *in,
        size_t n, const struct simulated *said)
{
	odd_send(odd, 450 * MS, (const uint8_t[1]){ 0xff }, 1);
}

static void noise_of_a_dead_one_is_no_late_answer(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = noise_after_a_while;
	odd_run(odd, 180 * SECOND);
	assert_int_equal(poller_counts(odd->poller, 0)->late, 0);
	assert_int_equal(poller_counts(odd->poller, 0)->noise, odd->asked[0]);
	assert_contains(odd->told, "instrument i0 down does not answer: check power");
	/* open, down, and what went wrong: once a minute */
	assert_in_range(odd_lines, 3, 5);
	odd_end(odd);
}

static void late_twice_then_well_then_dead(struct odd *odd, size_t who,
        const uint8_t *in, size_t n, const struct simulated *said)
{
	int64_t since_us = odd->now.mono_us - START_US;
	if (since_us < 120 * SECOND)
		odd_send(odd, since_us < 3 * SECOND ? 500 * MS : 60 * MS, said->bytes,
		        said->size);
}

static void who_was_late_long_ago_and_dies_is_called_dead(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = late_twice_then_well_then_dead;
	odd_run(odd, 300 * SECOND);
	assert_true(poller_counts(odd->poller, 0)->late >= 2);
	const char *last = strstr(odd->told, "i0 up");
	assert_non_null(last);
	assert_contains(last, "i0 down does not answer");
	assert_null(strstr(last, "too late"));
	odd_end(odd);
}

static void busy_first(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	if (odd->asked[who] % 2 == 1)
		odd_refuse(odd, in, 6);
	else
		odd_well(odd, who, in, n, said);
}

static void who_is_busy_first_and_then_answers_is_told_to_answer(void **state)
{
	static const char *const polls[] = { "poll_every: 5s, timeout: 300ms" };
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, polls);
	odd->answer = busy_first;
	odd_run(odd, 120 * SECOND);
	assert_int_equal(odd->ok[0], 24);
	assert_contains(odd->told, "instrument i0 up answers");
	assert_null(strstr(odd->told, "refused"));
	odd_end(odd);
}

static void busy_in_every_other_poll(struct odd *odd, size_t who, const uint8_t *in,
        size_t n, const struct simulated *said)
{
	if (odd->asked[who] % 3 == 1)
		odd_refuse(odd, in, 6);
	else
		odd_well(odd, who, in, n, said);
}

static void who_is_busy_now_and_then_and_answers_is_told_to_answer_once(void **state)
{
	static const char *const polls[] = { "poll_every: 5s, timeout: 300ms" };
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, polls);
	odd->answer = busy_in_every_other_poll;
	odd_run(odd, 600 * SECOND);
	assert_int_equal(odd->ok[0], 120);
	assert_int_equal(poller_counts(odd->poller, 0)->exceptions, 60);
	assert_int_equal(odd->states, 2); /* the port, and that it answers */
	odd_end(odd);
}

/* Its first block is refused, as at any poll; the second is not. */
static void refuses_its_first_block(struct odd *odd, size_t who, const uint8_t *in,
        size_t n, const struct simulated *said)
{
	if (in[1] == 4)
		odd_refuse(odd, in, 4);
	else
		odd_well(odd, who, in, n, said);
}

static void who_refuses_one_block_of_two_is_told_to_refuse_once(void **state)
{
	static const char *const polls[] = { "poll_every: 5s, timeout: 300ms" };
	struct odd *odd = odd_new(SERIAL, "teledyne-t101", 1, polls);
	odd->answer = refuses_its_first_block;
	odd_run(odd, 120 * SECOND);
	assert_contains(odd->told, "instrument i0 refused refuses: exception 4");
	assert_null(strstr(odd->told, "i0 up"));
	assert_int_equal(odd->states, 2); /* the port, and this */
	odd_end(odd);
}

/* ---- and why ---- */

static void garbage_after_a_while(struct odd *odd, size_t who, const uint8_t *in,
        size_t n, const struct simulated *said)
{
	static const uint8_t garbage[] = { 0x5a, 0x12, 0x77, 0x31, 0x5a, 0x12, 0x77 };
	int64_t since_us = odd->now.mono_us - START_US;
	if (since_us > 300 * SECOND && since_us < 1500 * SECOND)
		odd_send(odd, 60 * MS, garbage, sizeof garbage);
}

/* Silent, then garbage, then silent again: what is to be looked for is another thing each time. */
static void who_is_down_for_another_reason_is_told_so(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = garbage_after_a_while;
	odd_run(odd, 3000 * SECOND);
	const char *at = strstr(odd->told, "i0 down does not answer");
	assert_non_null(at);
	at = strstr(at, "check speed, parity and wiring");
	assert_non_null(at);
	assert_contains(at, "i0 down does not answer");
	/* the port, and three of the instrument */
	assert_int_equal(odd->states, 4);
	odd_end(odd);
}

/* There is no speed to look for on a network. */
static void what_to_look_for_is_of_the_kind_of_port(void **state)
{
	struct odd *odd = odd_new(TCP, "sim-flow", 1, each_second);
	odd->answer = garbage_after_a_while;
	odd_run(odd, 600 * SECOND);
	assert_contains(odd->told, "check that the other end speaks this");
	assert_null(strstr(odd->told, "parity"));
	odd_end(odd);
}

static void garbage_now_and_then(struct odd *odd, size_t who, const uint8_t *in,
        size_t n, const struct simulated *said)
{
	if (odd->asked[who] % 5 == 0)
		odd_send(odd, 60 * MS, (const uint8_t *)"nonsense", 8);
}

static void a_dead_one_with_garbage_now_and_then_is_told_once(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = garbage_now_and_then;
	odd_run(odd, 7200 * SECOND);
	assert_in_range(odd->states, 2, 3);
	odd_end(odd);
}

static void late_then_dead(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	if (odd->now.mono_us < START_US + 300 * SECOND)
		odd_send(odd, 500 * MS, said->bytes, said->size);
}

static void who_was_late_and_dies_is_told_to_be_silent(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = late_then_dead;
	odd_run(odd, 1200 * SECOND);
	const char *at = strstr(odd->told, "i0 down answers too late");
	assert_non_null(at);
	assert_contains(at, "i0 down does not answer");
	odd_end(odd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_changes_at_each_poll_is_told_once_a_minute),
		cmocka_unit_test(noise_of_a_dead_one_is_no_late_answer),
		cmocka_unit_test(who_was_late_long_ago_and_dies_is_called_dead),
		cmocka_unit_test(who_is_busy_first_and_then_answers_is_told_to_answer),
		cmocka_unit_test(
		        who_is_busy_now_and_then_and_answers_is_told_to_answer_once),
		cmocka_unit_test(who_refuses_one_block_of_two_is_told_to_refuse_once),
		cmocka_unit_test(who_is_down_for_another_reason_is_told_so),
		cmocka_unit_test(what_to_look_for_is_of_the_kind_of_port),
		cmocka_unit_test(a_dead_one_with_garbage_now_and_then_is_told_once),
		cmocka_unit_test(who_was_late_and_dies_is_told_to_be_silent),
	};
	return cmocka_run_group_tests_name("poller, what is told", tests, NULL, NULL);
}
