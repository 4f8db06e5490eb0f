/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three text instruments on one line that is not there, asked by the poller, with a clock moved by
 * hand; they answer by the answering side of their profiles. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/polltext.h"
#include "tests/kits/asked_line.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)
#define START  (1000 * SECOND)

enum { GAS, WEATHER, LOOPS, N };
enum manner {
	ANSWERS,
	DEAD,
	LATE,     /* two seconds after it is asked, when nobody waits any more */
	ECHOES,   /* our request comes back first */
	NOISY,    /* noise, then the answer */
	CHATTY,   /* lines of its own, the tail of a foreign one, then the answer */
	FLIPPED,  /* one bit wrong, another each time */
	REFUSES,  /* always */
	CUT,      /* half of it */
	NEXT_ONE, /* keeps every answer until the next request comes */
};

struct message {
	int64_t due_us;
	size_t n; /* 0: free */
	uint8_t byte[FRAME_MOST];
};

struct text_rig {
	struct asked_line line;
	enum manner manner[N];
	size_t asked[N], answered;
	struct message kept;
	int64_t least_pause_us, answered_us; /* of GAS */
	uint64_t seed;
	size_t n_ok[N], n_wrong[N], n_silent[N], n_garbled[N], n_refused[N], n_seen[N];
};

/* What every channel of an instrument shows. */
static double value_of(size_t i)
{
	return i == GAS ? 12.5 : i == WEATHER ? 7.25 : 11.125;
}

/* ---- the line ---- */

static void say_at(struct text_rig *rig, int64_t due_us, const void *bytes, size_t n)
{
	asked_line_say(&rig->line, due_us, bytes, n);
}

static void give_kept(struct text_rig *rig, int64_t due_us, const struct message *next)
{
	if (rig->kept.n > 0)
		say_at(rig, due_us, rig->kept.byte, rig->kept.n);
	rig->kept = *next;
}

static void behave(struct text_rig *rig, size_t i, const uint8_t *in, size_t n,
        struct message *answer)
{
	static const char chat[] = "W 123:10:39 0042 NO2 WARN\rnoo no 99.9 ppb\rno";
	int64_t due_us = rig->line.now.mono_us + 60 * MS;
	size_t at = chance(&rig->seed) % (8 * answer->n);
	switch (rig->manner[i]) {
	case DEAD:
		return;
	case LATE:
		due_us += 2 * SECOND;
		break;
	case ECHOES:
		say_at(rig, due_us - 2 * MS, in, n);
		break;
	case NOISY:
		say_at(rig, due_us - 2 * MS, "\xff\xf0\x00\xff", 4);
		break;
	case CHATTY:
		say_at(rig, due_us - 4 * MS, chat, sizeof chat - 3);
		break;
	case FLIPPED:
		answer->byte[at / 8] ^= (uint8_t)(1 << at % 8);
		break;
	case CUT:
		answer->n /= 2;
		break;
	case NEXT_ONE:
		give_kept(rig, due_us, answer);
		return;
	default:
		break;
	}
	if (i == GAS)
		rig->answered_us = due_us;
	say_at(rig, due_us, answer->byte, answer->n);
}

static void asked(void *context, const uint8_t *in, size_t n)
{
	struct text_rig *rig = context;
	double value[READING_CHANNELS];
	uint8_t state[READING_CHANNELS] = { STATE_OK };
	for (size_t i = 0; i < N; i++) {
		const struct instrument *one =
		        &rig->line.station->instrument[i].instrument;
		struct message answer = { .n = 0 };
		struct speech speech = { .instrument = one,
			.value = value,
			.state = state,
			.time_us = rig->line.now.time_us,
			.exception = rig->manner[i] == REFUSES };
		if (polltext_request(one, in, n) != (int)n)
			continue;
		rig->asked[i]++;
		if (i == GAS && rig->answered_us > 0 &&
		        rig->line.now.mono_us - rig->answered_us < rig->least_pause_us)
			rig->least_pause_us = rig->line.now.mono_us - rig->answered_us;
		for (size_t c = 0; c < READING_CHANNELS; c++)
			value[c] = value_of(i);
		answer.n =
		        polltext_say(&speech, in, n, answer.byte, sizeof answer.byte);
		assert_true(answer.n > 0);
		behave(rig, i, in, n, &answer);
	}
}

/* ---- the rig ---- */

static void on_reading(void *context, size_t i, const struct moment *when,
        const struct reading_parts *parts)
{
	struct text_rig *rig = context;
	rig->n_seen[i]++;
	for (size_t c = 0; c < parts->n_channels; c++) {
		uint8_t state = parts->state[c];
		rig->n_ok[i] += state == STATE_OK;
		rig->n_silent[i] += state == STATE_SILENT;
		rig->n_garbled[i] += state == STATE_GARBLED;
		rig->n_refused[i] += state == STATE_REFUSED;
		if (state == STATE_OK && fabs(parts->value[c] - value_of(i)) > 1e-9)
			rig->n_wrong[i]++;
	}
}

static const char configuration[] =
        "zone: {id: kcn-mau, name: KCN Mẫu}\n"
        "station: {id: kk-01, name: Không khí, simulation: yes}\n"
        "facility: {id: co-so-a, name: Cơ sở Mẫu A}\n"
        "outlets: [{id: kk, name: Không khí, kind: ambient}]\n"
        "journal: {folder: journal}\n"
        "ports: [{id: bus, path: /dev/serial/by-id/a}]\n"
        "instruments:\n"
        "  - {id: gas, profile: thermo-42i-clink, port: bus, poll_every: 20s, "
        "timeout: 500ms}\n"
        "  - {id: weather, profile: vaisala-wxt530, port: bus, poll_every: 5s, "
        "timeout: 500ms}\n"
        "  - {id: loops, profile: icpdas-i-7017, port: bus, address: \"07\", "
        "poll_every: 5s, timeout: 500ms}\n";

static int rig_make(void **state)
{
	struct text_rig *rig = calloc(1, sizeof *rig);
	rig->line.context = rig;
	rig->line.asked = asked;
	rig->line.reading = on_reading;
	rig->seed = 4711;
	rig->least_pause_us = INT64_MAX;
	*state = rig;
	return asked_line_open(&rig->line, configuration);
}

static int rig_remove(void **state)
{
	struct text_rig *rig = *state;
	asked_line_close(&rig->line);
	free(rig);
	return 0;
}

/* ---- tests ---- */

static void three_instruments_share_the_line(void **state)
{
	struct text_rig *rig = *state;
	asked_line_run(&rig->line, 200 * SECOND);
	assert_int_equal(rig->n_seen[GAS], 10);
	assert_int_equal(rig->n_seen[WEATHER], 40);
	assert_int_equal(rig->n_seen[LOOPS], 40);
	assert_int_equal(rig->n_ok[GAS], 30);
	assert_int_equal(rig->n_ok[WEATHER], 40 * 9);
	assert_int_equal(rig->n_ok[LOOPS], 40 * 8);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(rig->n_wrong[i], 0);
		assert_int_equal(poller_counts(rig->line.poller, i)->timeouts, 0);
		assert_int_equal(poller_counts(rig->line.poller, i)->overruns, 0);
	}
}

static void the_pause_is_kept_and_the_others_are_served_in_it(void **state)
{
	struct text_rig *rig = *state;
	asked_line_run(&rig->line, 100 * SECOND);
	assert_true(rig->least_pause_us >= SECOND);
	assert_true(rig->least_pause_us < SECOND + 300 * MS);
	assert_int_equal(rig->asked[GAS], 25);
	assert_int_equal(rig->n_seen[LOOPS], 20);
}

/* Every way of misbehaving, hours of it: no value that was not said comes of it, and nobody else
 * loses a poll. */
static void whatever_one_does_no_wrong_value_comes_of_it(void **state)
{
	struct text_rig *rig = *state;
	size_t polls = 0;
	for (int manner = ANSWERS; manner <= NEXT_ONE; manner++) {
		rig->manner[GAS] = (enum manner)manner;
		size_t before = rig->n_seen[WEATHER];
		asked_line_run(&rig->line, 300 * SECOND);
		assert_in_range(rig->n_seen[WEATHER] - before, 59, 61);
		polls += 60;
	}
	assert_int_equal(rig->n_ok[WEATHER], rig->n_seen[WEATHER] * 9);
	assert_int_equal(rig->n_ok[LOOPS], rig->n_seen[LOOPS] * 8);
	assert_in_range(rig->n_seen[WEATHER], polls - 2, polls + 2);
	assert_true(rig->n_silent[GAS] > 0);
	assert_true(rig->n_refused[GAS] > 0);
	for (size_t i = WEATHER; i < N; i++)
		assert_int_equal(rig->n_wrong[i], 0);
}

static size_t ok_of(struct text_rig *rig, enum manner manner)
{
	size_t before = rig->n_ok[GAS];
	rig->manner[GAS] = manner;
	asked_line_run(&rig->line, 200 * SECOND);
	assert_int_equal(rig->n_wrong[GAS], 0);
	return rig->n_ok[GAS] - before;
}

static void echo_noise_and_talk_between_cost_no_value(void **state)
{
	struct text_rig *rig = *state;
	assert_int_equal(ok_of(rig, ECHOES), 30);
	assert_int_equal(ok_of(rig, NOISY), 30);
	assert_int_equal(ok_of(rig, CHATTY), 30);
	assert_true(poller_counts(rig->line.poller, GAS)->noise > 0);
}

static void what_is_late_is_never_taken_for_the_next(void **state)
{
	struct text_rig *rig = *state;
	/* an answer kept back is one to the same question, asked once more */
	ok_of(rig, NEXT_ONE);
	rig->kept.n = 0;
	assert_int_equal(ok_of(rig, LATE), 0);
	const struct poller_counts *counts = poller_counts(rig->line.poller, GAS);
	assert_true(counts->late + counts->noise > 0);
}

/* The transmitter's answers have their check: a flipped bit is told from a cut, and asked again. */
static void a_wrong_check_is_counted_as_that(void **state)
{
	struct text_rig *rig = *state;
	rig->manner[WEATHER] = FLIPPED;
	asked_line_run(&rig->line, 600 * SECOND);
	assert_int_equal(rig->n_wrong[WEATHER], 0);
	assert_true(poller_counts(rig->line.poller, WEATHER)->checksum > 10);
	rig->manner[WEATHER] = CUT;
	uint64_t before = poller_counts(rig->line.poller, WEATHER)->malformed;
	asked_line_run(&rig->line, 60 * SECOND);
	assert_true(poller_counts(rig->line.poller, WEATHER)->malformed > before);
	assert_int_equal(rig->n_wrong[WEATHER], 0);
}

static void one_that_refuses_is_told_by_its_words(void **state)
{
	struct text_rig *rig = *state;
	rig->manner[LOOPS] = REFUSES;
	asked_line_run(&rig->line, 60 * SECOND);
	assert_int_equal(rig->n_refused[LOOPS], rig->n_seen[LOOPS] * 8);
	assert_true(poller_counts(rig->line.poller, LOOPS)->exceptions > 0);
	assert_int_equal(poller_counts(rig->line.poller, LOOPS)->timeouts, 0);
}

#define rig_test(function)                                                             \
	cmocka_unit_test_setup_teardown(function, rig_make, rig_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(three_instruments_share_the_line),
		rig_test(the_pause_is_kept_and_the_others_are_served_in_it),
		rig_test(whatever_one_does_no_wrong_value_comes_of_it),
		rig_test(echo_noise_and_talk_between_cost_no_value),
		rig_test(what_is_late_is_never_taken_for_the_next),
		rig_test(a_wrong_check_is_counted_as_that),
		rig_test(one_that_refuses_is_told_by_its_words),
	};
	return cmocka_run_group_tests_name("polltext_line", tests, NULL, NULL);
}
