/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that behave oddly for hours: what is asked, published and told meanwhile. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "base/reading.h"
#include "tests/kits/odd_kit.h"

static const char *const each_second[MOST] = { "poll_every: 1s, timeout: 300ms",
	"poll_every: 1s, timeout: 300ms" };

/* ---- who is well is not starved ---- */

static void one_bit(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	struct simulated bad = *said;
	bad.bytes[4] ^= who == 0 && odd->asked[0] == 5;
	odd_well(odd, who, in, n, &bad);
}

static void one_flipped_bit_costs_a_healthy_one_two_polls_at_most(void **state)
{
	static const char *const polls[][2] = {
		{ "poll_every: 10s, timeout: 2s", "poll_every: 1s, timeout: 300ms" },
		{ "poll_every: 10s, timeout: 3s", "poll_every: 1s, timeout: 300ms" },
		{ "poll_every: 1s, timeout: 2s", "poll_every: 1s, timeout: 2s" },
		{ "poll_every: 1s, timeout: 1s", "poll_every: 500ms, timeout: 300ms" },
	};
	static const size_t periods[] = { 360, 360, 3600, 3600 };
	for (size_t i = 0; i < 4; i++) {
		struct odd *odd = odd_new(SERIAL, "sim-flow", 2, polls[i]);
		odd->answer = one_bit;
		odd_run(odd, 3600 * SECOND);
		assert_in_range(odd->ok[0], periods[i] - 6, periods[i] + 1);
		assert_int_equal(odd->ok[1], odd->readings[1]);
		assert_true(poller_counts(odd->poller, 1)->overruns <= 4);
		odd_end(odd);
	}
}

static void first_dead(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	if (who != 0)
		odd_well(odd, who, in, n, said);
}

static void a_dead_one_that_must_wait_is_told_soon_and_says_so_each_period(void **state)
{
	static const char *const polls[] = { "poll_every: 60s, timeout: 5s",
		"poll_every: 1s, timeout: 300ms" };
	struct odd *odd = odd_new(SERIAL, "sim-flow", 2, polls);
	odd->answer = first_dead;
	odd_run(odd, 300 * SECOND);
	assert_contains(odd->told, "instrument i0 down does not answer");
	odd_run(odd, 3300 * SECOND);
	assert_in_range(odd->silent[0], 50, 61);
	assert_true(odd->asked[0] < 12);
	odd_end(odd);
}

/* ---- slow lines ---- */

static void letter_by_letter(
        struct odd *odd, const uint8_t *in, size_t n, int64_t after_us)
{
	for (size_t at = 0; at < n; at += 8) {
		size_t some = n - at < 8 ? n - at : 8;
		int64_t ends_us = (int64_t)(at + some) * 10 * SECOND / 1200;
		odd_send(odd, after_us + ends_us, in + at, some);
	}
}

static void echo_first(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	int64_t sent_us = (int64_t)n * 10 * SECOND / 1200;
	odd_send(odd, sent_us, in, n);
	letter_by_letter(odd, said->bytes, said->size, sent_us + 50 * MS);
}

static void noise_first(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	int64_t sent_us = (int64_t)n * 10 * SECOND / 1200;
	odd_send(odd, sent_us, (const uint8_t[1]){ 0xff }, 1);
	letter_by_letter(odd, said->bytes, said->size, sent_us + 50 * MS);
}

/* 1200 baud: the answer takes 0.9 s, and 0.5 s is the time in which it must begin. */
static void an_echo_or_noise_before_a_slow_answer_takes_nothing_of_its_time(
        void **state)
{
	static const char *const polls[] = { "poll_every: 10s, timeout: 500ms" };
	for (int i = 0; i < 2; i++) {
		struct odd *odd = odd_new(
		        "path: /dev/ttyS0, line: 1200 8N1", "teledyne-t101", 1, polls);
		odd->answer = i == 0 ? echo_first : noise_first;
		odd_run(odd, 600 * SECOND);
		assert_int_equal(odd->readings[0], 60);
		assert_int_equal(odd->ok[0], 60);
		odd_end(odd);
	}
}

static void answer_and_hang_up(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	odd_well(odd, who, in, n, said);
	odd_hang_up(odd, 60 * MS + 1);
}

/* Two blocks: the connection for the second is opened within the poll. */
static void a_peer_that_closes_after_each_answer_loses_no_reading(void **state)
{
	struct odd *odd = odd_new(TCP, "teledyne-t400", 1, each_second);
	odd->answer = answer_and_hang_up;
	odd_run(odd, 600 * SECOND);
	assert_in_range(odd->ok[0], 599, 601);
	assert_int_equal(odd->ok[0], odd->readings[0]);
	assert_int_equal(odd->asked[0], 2 * odd->ok[0]);
	assert_int_equal(odd->states, 2);
	odd_end(odd);
}

/* ---- who knows its block and nothing else ---- */

static void its_block_alone(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	bool block = in[5] == 10; /* registers */
	if (!block && who == 0)
		odd_refuse(odd, in, 2);
	else if (block && odd->asked[who] != 20)
		odd_well(odd, who, in, n, said);
}

/* One answer of each is lost; the one refuses trials, the other does not even do that. */
static void who_answers_no_trial_is_good_again_when_nothing_is_owed(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 2, each_second);
	odd->answer = its_block_alone;
	odd_run(odd, 600 * SECOND);
	for (size_t k = 0; k < 2; k++) {
		assert_in_range(odd->ok[k], 600 - 36, 600);
		odd->ok[k] = odd->silent[k] = 0;
	}
	odd_run(odd, 60 * SECOND);
	for (size_t k = 0; k < 2; k++) {
		assert_in_range(odd->ok[k], 59, 61);
		assert_int_equal(odd->silent[k], 0);
	}
	assert_null(strstr(odd->told, "refused"));
	odd_end(odd);
}

/* One answer came as a refusal, bent on the way; minutes later one is lost, and trials are refused. */
static void seems_to_refuse_once(struct odd *odd, size_t who, const uint8_t *in,
        size_t n, const struct simulated *said)
{
	bool block = in[5] == 10;
	if (!block || odd->asked[who] == 20)
		odd_refuse(odd, in, 2);
	else if (odd->asked[who] != 200)
		odd_well(odd, who, in, n, said);
}

static void who_seemed_to_refuse_once_is_believed_again_when_it_answers(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = seems_to_refuse_once;
	odd_run(odd, 600 * SECOND);
	assert_in_range(odd->ok[0], 590, 600);
	odd_end(odd);
}

static size_t losing; /* answers: of a block, and of trials behind it */

/* Each two minutes three in a row are lost, the fifth time one. */
static void loses_some(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	int64_t at_s = (odd->now.mono_us - START_US) / SECOND;
	bool block = in[5] == 10;
	if (at_s % 120 == 60 && block && losing == 0)
		losing = at_s < 500 ? 3 : 1;
	if (losing > 0 && block == (losing == 3 || at_s > 500)) {
		losing--;
		return;
	}
	if (losing > 0 && !block) {
		losing--;
		return;
	}
	odd_well(odd, who, in, n, said);
}

static void trials_lost_now_and_then_are_not_vain_for_ever(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = loses_some;
	losing = 0;
	odd_run(odd, 535 * SECOND);
	size_t before = odd->ok[0];
	odd_run(odd, 60 * SECOND);
	assert_in_range(odd->ok[0] - before, 55, 61);
	odd_end(odd);
}

static size_t answered;

/* Off for half a minute; what it knows is its block and up to three registers. */
static void off_for_a_while(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	if (odd->asked[who] > 5 && odd->now.mono_us < START_US + 40 * SECOND)
		return;
	if (in[5] > 3 && in[5] != 10) {
		odd_refuse(odd, in, 2);
		return;
	}
	answered += in[5] == 10;
	odd_well(odd, who, in, n, said);
}

static void who_comes_back_is_read_from_its_first_answer_on(void **state)
{
	static const char *const polls[] = { "poll_every: 2s, timeout: 500ms" };
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, polls);
	answered = 0;
	odd->answer = off_for_a_while;
	odd_run(odd, 120 * SECOND);
	assert_in_range(answered, 20, 50);
	assert_int_equal(odd->ok[0], answered);
	assert_null(strstr(odd->told, "too late"));
	odd_end(odd);
}

static void off_for_ten_minutes(struct odd *odd, size_t who, const uint8_t *in,
        size_t n, const struct simulated *said)
{
	if (odd->now.mono_us >= START_US + 600 * SECOND)
		odd_well(odd, who, in, n, said);
}

/* What had made all of them silent is over for all: nobody waits for the minute in which it is asked. */
static void when_one_of_the_dead_comes_back_the_others_are_asked_at_once(void **state)
{
	static const char *const three[] = { "poll_every: 1s, timeout: 300ms",
		"poll_every: 7s, timeout: 300ms", "poll_every: 13s, timeout: 300ms" };
	struct odd *odd = odd_new(SERIAL, "sim-flow", 3, three);
	odd->answer = off_for_ten_minutes;
	odd_run(odd, 600 * SECOND);
	while (odd->ok[0] + odd->ok[1] + odd->ok[2] == 0)
		odd_run(odd, 100 * MS);
	assert_in_range(odd->now.mono_us, START_US, START_US + 662 * SECOND);
	odd_run(odd, 2 * SECOND);
	for (size_t i = 0; i < 3; i++)
		assert_true(odd->ok[i] > 0);
	odd_end(odd);
}

/* ---- gateways and ports ---- */

/* It asks one device after the other, and waits a second for the one that is dead. */
static void gateway(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	int64_t begins_us =
	        odd->gateway_us > odd->now.mono_us ? odd->gateway_us : odd->now.mono_us;
	uint8_t dead[9] = { in[0], in[1], 0, 0, 0, 3, in[6], in[7] | 0x80, 11 };
	odd->gateway_us = begins_us + (who == 3 ? 1000 : 60) * MS;
	int64_t after_us = odd->gateway_us - odd->now.mono_us;
	if (who == 3)
		odd_send(odd, after_us, dead, sizeof dead);
	else
		odd_send(odd, after_us, said->bytes, said->size);
}

static void a_dead_device_behind_a_slow_gateway_costs_the_others_nothing(void **state)
{
	static const char *const polls[MOST] = {
#define POLL "poll_every: 1s, timeout: 500ms"
		POLL, POLL, POLL, POLL, POLL, POLL, POLL, POLL
	};
	struct odd *odd = odd_new(TCP, "sim-flow", MOST, polls);
	odd->answer = gateway;
	odd_run(odd, 3600 * SECOND);
	for (size_t i = 0; i < MOST; i++) {
		if (i == 3)
			continue;
		/* the first time it is waited for costs a poll or two */
		assert_in_range(odd->ok[i], 3596, 3601);
		assert_int_equal(odd->ok[i], odd->readings[i]);
		assert_int_equal(poller_counts(odd->poller, i)->late, 0);
	}
	/* its gateway's word comes late: that is its own */
	assert_true(poller_counts(odd->poller, 3)->late > 50);
	odd_end(odd);
}

static void while_a_connection_is_tried_readings_are_silent(void **state)
{
	struct odd *odd = odd_new(TCP, "sim-flow", 1, each_second);
	odd->unreachable = true;
	odd_run(odd, 600 * SECOND);
	assert_in_range(odd->silent[0], 598, 601);
	assert_int_equal(poller_counts(odd->poller, 0)->overruns, 0);
	assert_contains(odd->told, "port bus down cannot be reached");
	odd_end(odd);
}

static void a_port_that_takes_no_bytes_is_told_and_its_instruments_are_not(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = odd_well;
	odd->takes = 3;
	odd_run(odd, 130 * SECOND);
	assert_contains(odd->told, "port bus down it takes no bytes");
	assert_null(strstr(odd->told, "instrument i0"));
	assert_int_equal(poller_counts(odd->poller, 0)->timeouts, 0);
	assert_in_range(odd->silent[0], 125, 131);
	/* half a request does not stand before the next: it was closed meanwhile */
	assert_true(odd->opened > 1);
	odd->takes = SIZE_MAX;
	odd_run(odd, 65 * SECOND);
	assert_true(odd->ok[0] > 0);
	odd_end(odd);
}

/* The rest of it must not go ahead of the next request. */
static void a_line_that_took_half_a_coil_is_closed_before_it_is_asked_again(
        void **state)
{
	const struct coil coil = { .slave = 9, .address = 3, .on = true };
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = odd_well;
	odd_run(odd, 10500 * MS);
	odd->takes = 3;
	assert_int_equal(poller_coil(odd->poller, 0, &coil, &odd->now), OK);
	odd_run(odd, 900 * MS);
	assert_int_equal(odd->takes, 0);
	assert_int_equal(odd->opened, 1);
	odd_run(odd, 200 * MS); /* a second is given */
	odd->takes = SIZE_MAX;
	size_t asked = odd->asked[0];
	odd_run(odd, 5 * SECOND);
	assert_int_equal(odd->opened, 2);
	assert_true(odd->asked[0] > asked);
	odd_end(odd);
}

/* After five seconds in which nothing ran one of the five polls that were due is made good. */
static void polls_left_out_are_counted_one_by_one(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = odd_well;
	odd_run(odd, 10500 * MS);
	assert_int_equal(poller_counts(odd->poller, 0)->overruns, 0);
	odd->now.mono_us += 5 * SECOND;
	odd->now.time_us += 5 * SECOND;
	odd_run(odd, 1 * SECOND);
	assert_int_equal(poller_counts(odd->poller, 0)->overruns, 4);
	odd_end(odd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_flipped_bit_costs_a_healthy_one_two_polls_at_most),
		cmocka_unit_test(
		        a_dead_one_that_must_wait_is_told_soon_and_says_so_each_period),
		cmocka_unit_test(
		        an_echo_or_noise_before_a_slow_answer_takes_nothing_of_its_time),
		cmocka_unit_test(a_peer_that_closes_after_each_answer_loses_no_reading),
		cmocka_unit_test(
		        a_dead_device_behind_a_slow_gateway_costs_the_others_nothing),
		cmocka_unit_test(trials_lost_now_and_then_are_not_vain_for_ever),
		cmocka_unit_test(who_comes_back_is_read_from_its_first_answer_on),
		cmocka_unit_test(
		        when_one_of_the_dead_comes_back_the_others_are_asked_at_once),
		cmocka_unit_test(while_a_connection_is_tried_readings_are_silent),
		cmocka_unit_test(
		        a_port_that_takes_no_bytes_is_told_and_its_instruments_are_not),
		cmocka_unit_test(
		        who_answers_no_trial_is_good_again_when_nothing_is_owed),
		cmocka_unit_test(
		        who_seemed_to_refuse_once_is_believed_again_when_it_answers),
		cmocka_unit_test(
		        a_line_that_took_half_a_coil_is_closed_before_it_is_asked_again),
		cmocka_unit_test(polls_left_out_are_counted_one_by_one),
	};
	return cmocka_run_group_tests_name("poller, odd lines", tests, NULL, NULL);
}
