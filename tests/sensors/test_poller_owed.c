/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers later than the poller reckons with, where nothing ties them to their requests. */
#include "tests/kits/check.h"

#include <string.h>

#include "tests/kits/odd_kit.h"

/* No number, no trial: nothing in an answer says which request it is to. */
#define NO_TIE "honeywell-hpma115s0-asked"

static const char *const each_ten_s[MOST] = {
	"poll_every: 10s, timeout: 1s, retries: 0",
	"poll_every: 10s, timeout: 1s, retries: 0"
};

/* ---- later than half a minute ---- */

/* Readings that have something of it. */
static size_t taken(struct odd *odd)
{
	size_t n = odd->readings[0] - odd->silent[0];
	odd->readings[0] = odd->silent[0] = 0;
	return n;
}

static int64_t late_us;

static void late(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	odd_send(odd, late_us, said->bytes, said->size);
}

/* 55 s: it comes while the line rests.  30.5 s: just when the next answer is waited for. */
static void an_answer_later_than_half_a_minute_is_counted_as_late_and_told(void **state)
{
	static const int64_t times[] = { 30500 * MS, 45 * SECOND, 55 * SECOND,
		60500 * MS, 90500 * MS, 137 * SECOND };
	for (size_t i = 0; i < 6; i++) {
		struct odd *odd = odd_new(SERIAL, NO_TIE, 1, each_ten_s);
		odd->answer = late;
		late_us = times[i];
		odd_run(odd, 1800 * SECOND);
		const struct poller_counts *counts = poller_counts(odd->poller, 0);
		assert_in_range(counts->late, 20, 180);
		assert_int_equal(counts->noise, 0);
		assert_contains(odd->told,
		        "i0 down an answer came more than 30 s after its request");
		/* from then on none is taken */
		assert_in_range(taken(odd), 0, 1);
		odd_run(odd, 3600 * SECOND);
		assert_true(odd->readings[0] >= 60);
		assert_int_equal(taken(odd), 0);
		odd_end(odd);
	}
}

static void late_at_first(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	bool is_late = odd->now.mono_us < START_US + 300 * SECOND;
	odd_send(odd, is_late ? 45 * SECOND : 60 * MS, said->bytes, said->size);
}

static void who_is_no_longer_late_is_read_again(void **state)
{
	struct odd *odd = odd_new(SERIAL, NO_TIE, 1, each_ten_s);
	odd->answer = late_at_first;
	odd_run(odd, 600 * SECOND);
	assert_true(taken(odd) > 0);
	odd_run(odd, 600 * SECOND);
	assert_in_range(taken(odd), 59, 61);
	odd_end(odd);
}

static int lost;

static void each_lost_for_a_while(struct odd *odd, size_t who, const uint8_t *in,
        size_t n, const struct simulated *said)
{
	if (odd->asked[0] % 40 != 7)
		odd_well(odd, who, in, n, said);
	else
		lost++;
}

/* And each answer comes twice: what comes right behind an answer is no late one. */
static void twice_and_some_lost(struct odd *odd, size_t who, const uint8_t *in,
        size_t n, const struct simulated *said)
{
	each_lost_for_a_while(odd, who, in, n, said);
	if (odd->asked[0] % 40 != 7)
		odd_send(odd, 80 * MS, said->bytes, said->size);
}

static void lost_answers_and_doubled_ones_are_no_late_ones(void **state)
{
	for (int i = 0; i < 2; i++) {
		struct odd *odd = odd_new(SERIAL, NO_TIE, 1, each_ten_s);
		lost = 0;
		odd->answer = i == 0 ? each_lost_for_a_while : twice_and_some_lost;
		odd_run(odd, 7200 * SECOND);
		assert_in_range(lost, 10, 20);
		assert_null(strstr(odd->told, "more than 30 s"));
		/* what was lost, what may be its answer, and half a minute */
		size_t n = taken(odd);
		assert_in_range(n, 720 - 6 * (size_t)lost, 720 - (size_t)lost);
		odd_end(odd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        an_answer_later_than_half_a_minute_is_counted_as_late_and_told),
		cmocka_unit_test(who_is_no_longer_late_is_read_again),
		cmocka_unit_test(lost_answers_and_doubled_ones_are_no_late_ones),
	};
	return cmocka_run_group_tests_name("poller, what is owed", tests, NULL, NULL);
}
