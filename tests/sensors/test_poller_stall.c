/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nobody was there for a while: what waits in a port then is never taken for new.  The clock is moved by
 * hand. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/reading.h"
#include "tests/kits/asked_line.h"
#include "tests/kits/heard_kit.h"
#include "tests/kits/hj212_vectors.h"
#include "tests/kits/poller_rig.h"

/* ---- asked ---- */

/* Nobody looks for so long, while an answer is waited for that comes after 300 of 500 ms:
 * 8 are the request on the line, 6 the silence before the first, 50 what a deadline is not looked at by. */
static void sleep_over_an_answer(struct rig *rig, int64_t for_us)
{
	rig->bus.slave[1].delay_us = 300 * MS;
	run(rig, 20 * SECOND + 100 * MS);
	assert_int_equal(count(rig, 0, STATE_OK, 21 * SECOND), 4);
	rig->n_seen = 0;
	rig->now.mono_us += for_us;
	rig->now.time_us += for_us;
}

static void an_answer_read_by_its_deadline_counts(void **state)
{
	struct rig *rig = *state;
	sleep_over_an_answer(rig, 450 * MS);
	run(rig, SECOND);
	assert_int_equal(rig->seen[0].instrument, 0);
	assert_int_equal(rig->seen[0].state, STATE_OK);
	assert_int_equal(poller_counts(rig->poller, 0)->late, 0);
}

/* It is asked again, and what it says then counts. */
static void an_answer_read_after_its_deadline_is_late(void **state)
{
	struct rig *rig = *state;
	sleep_over_an_answer(rig, 470 * MS);
	int64_t back_us = rig->now.mono_us;
	run(rig, 2 * SECOND);
	assert_int_equal(poller_counts(rig->poller, 0)->late, 1);
	assert_int_equal(poller_counts(rig->poller, 0)->timeouts, 1);
	assert_int_equal(count(rig, 0, STATE_OK, 3 * SECOND), 1);
	for (size_t i = 0; i < rig->n_seen; i++)
		if (rig->seen[i].instrument == 0)
			assert_true(rig->seen[i].when.mono_us > back_us + 300 * MS);
}

static void an_answer_slept_over_for_long_brings_no_value(void **state)
{
	static const int64_t sleeps[] = { 3, 9, 32, 61, 90, 3700 };
	struct rig *rig = *state;
	rig->bus.slave[1].delay_us = 300 * MS;
	run(rig, 20 * SECOND + 100 * MS);
	size_t lines = lines_logged, states = rig->n_told;
	for (size_t i = 0; i < 6; i++) {
		rig->n_seen = 0;
		rig->now.mono_us += sleeps[i] * SECOND;
		rig->now.time_us += sleeps[i] * SECOND;
		int64_t back_us = rig->now.mono_us;
		run(rig, MS);
		assert_int_equal(rig->seen[0].instrument, 0);
		assert_int_equal(rig->seen[0].state, STATE_SILENT);
		for (int ms = 0; ms < 60000; ms++) /* to where it is asked again */
			if (run(rig, MS), rig->now.mono_us % (5 * SECOND) == 106 * MS)
				if (ms > 40000)
					break;
		for (size_t k = 1; k < rig->n_seen; k++)
			assert_true(rig->seen[k].when.mono_us > back_us);
		assert_true(count(rig, 0, STATE_OK, 6 * SECOND) > 0);
		assert_int_equal(poller_counts(rig->poller, 0)->late, i + 1);
	}
	/* nor is it the instrument's fault, or reckoned with from then on */
	assert_int_equal(rig->n_told, states);
	assert_in_range(lines_logged, lines, lines + 6);
}

/* The deadline passed in the midst of each, less than two seconds ago. */
static void stalls_that_follow_each_other_are_not_held_against_it(void **state)
{
	struct rig *rig = *state;
	rig->bus.slave[1].delay_us = 300 * MS;
	run(rig, 20 * SECOND);
	size_t lines = lines_logged, states = rig->n_told;
	for (size_t i = 0; i < 8; i++) {
		for (size_t was = rig->bus.slave[1].asked;
		        rig->bus.slave[1].asked == was;)
			run(rig, MS);
		run(rig, 100 * MS);
		rig->now.mono_us += 2200 * MS;
		rig->now.time_us += 2200 * MS;
		size_t before = rig->n_seen;
		run(rig, MS);
		assert_int_equal(rig->seen[before].instrument, 0);
		assert_int_equal(rig->seen[before].state, STATE_SILENT);
	}
	assert_int_equal(rig->n_told, states);
	assert_in_range(lines_logged, lines, lines + 8);
	run(rig, 30 * SECOND);
	assert_true(count(rig, 0, STATE_OK, 10 * SECOND) > 0);
	assert_int_equal(rig->n_told, states);
	/* what it does by itself is */
	rig->bus.slave[1].manner = DEAD;
	run(rig, 60 * SECOND);
	assert_int_equal(rig->n_told, states + 1);
}

/* Its answer may still be on its way: a trial before the block, and one behind it. */
static void after_a_long_sleep_it_must_show_that_it_is_in_step(void **state)
{
	struct rig *rig = *state;
	sleep_over_an_answer(rig, 4 * SECOND);
	memset(rig->bus.message, 0, sizeof rig->bus.message); /* lost */
	size_t asked = rig->bus.slave[1].asked;
	run(rig, 2 * SECOND);
	assert_int_equal(rig->bus.slave[1].asked, asked + 3);
	assert_int_equal(count(rig, 0, STATE_OK, 2 * SECOND), 1);
}

/* ---- heard ---- */

static struct reading_seen {
	struct moment when;
	uint8_t state;
	double value;
} seen[64];
static size_t n_seen;

static void note(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	size_t i = 0;
	assert_true(n_seen < 64);
	while (i + 1 < parts->n_channels && isnan(parts->value[i]))
		i++;
	seen[n_seen++] = (struct reading_seen){
		.when = *when, .state = parts->state[i], .value = parts->value[i]
	};
}

static void answer(void *context, const uint8_t *in, size_t n)
{
	asked_line_answer(context, in, n, 11.125);
}

static const char configuration[] =
        "zone: {id: z, name: Z}\nstation: {id: s, name: S}\n"
        "facility: {id: f, name: F}\noutlets: [{id: o, name: O, kind: ambient}]\n"
        "journal: {folder: j}\nports: [{id: bus, path: /dev/serial/by-id/x}]\n"
        "instruments:\n  - {id: one, profile: %s, port: bus, poll_every: %s}\n";

static void begin(struct asked_line *line, const char *profile, const char *every)
{
	char text[1024];
	*line = (struct asked_line){
		.context = line, .reading = note, .asked = answer
	};
	n_seen = 0;
	snprintf(text, sizeof text, configuration, profile, every);
	assert_int_equal(asked_line_open(line, text), 0);
	asked_line_run(line, SECOND);
}

static void asleep(struct asked_line *line, int64_t for_us)
{
	line->now.mono_us += for_us;
	line->now.time_us += for_us;
}

static void say_dust(struct asked_line *line, int64_t due_us, uint16_t value)
{
	uint8_t frame[32] = { 0x42, 0x4d, 0x00, 0x1c };
	uint16_t sum = 0;
	put_be16(frame + 10, value);
	for (size_t i = 0; i < 30; i++)
		sum = (uint16_t)(sum + frame[i]);
	put_be16(frame + 30, sum);
	asked_line_say(line, due_us, frame, sizeof frame);
}

/* Who speaks every second, all that time. */
static void say_dust_for(struct asked_line *line, int seconds)
{
	for (int i = 1; i <= seconds; i++)
		say_dust(line, line->now.mono_us + i * SECOND - 500 * MS, (uint16_t)i);
}

static void what_waits_for_two_seconds_is_as_good_as_new(void **state)
{
	static struct asked_line line;
	begin(&line, "plantower-pms5003", "1s");
	say_dust(&line, line.now.mono_us + 10 * MS, 7);
	asleep(&line, 2 * SECOND - 1 * MS);
	asked_line_run(&line, 2 * MS);
	assert_int_equal(seen[n_seen - 1].state, STATE_OK);
	assert_close(seen[n_seen - 1].value, 7, 0);
	asked_line_close(&line);
}

static void what_waits_for_longer_on_a_heard_line_is_noise(void **state)
{
	static struct asked_line line;
	begin(&line, "plantower-pms5003", "1s");
	say_dust_for(&line, 20);
	asleep(&line, 2 * SECOND + 10 * MS);
	size_t before = n_seen;
	asked_line_run(&line, 400 * MS);
	for (size_t i = before; i < n_seen; i++)
		assert_int_not_equal(seen[i].state, STATE_OK);
	assert_int_equal(poller_counts(line.poller, 0)->noise, 2 * 32);
	asked_line_run(&line, 3 * SECOND); /* and what comes then is good */
	assert_int_equal(seen[n_seen - 1].state, STATE_OK);
	assert_close(seen[n_seen - 1].value, 5, 0);
	assert_int_equal(poller_counts(line.poller, 0)->noise, 2 * 32);
	asked_line_close(&line);
}

/* Half of it was there before: its other half is no frame. */
static void a_frame_that_was_slept_over_is_noise(void **state)
{
	static struct asked_line line;
	begin(&line, "plantower-pms5003", "1s");
	say_dust(&line, line.now.mono_us + 10 * MS, 7);
	struct asked_message *whole = &line.message[0];
	asked_line_say(&line, line.now.mono_us + 20 * SECOND, whole->byte + 20, 12);
	whole->n = 20;
	asked_line_run(&line, 100 * MS);
	asleep(&line, 30 * SECOND);
	asked_line_run(&line, 100 * MS);
	assert_int_equal(poller_counts(line.poller, 0)->noise, 32);
	for (size_t i = 0; i < n_seen; i++)
		assert_int_not_equal(seen[i].state, STATE_OK);
	asked_line_close(&line);
}

/* What another master asked, and what it was answered, while nobody was there. */
static void what_another_master_was_answered_meanwhile_is_noise(void **state)
{
	static const uint16_t lead[] = { 0xECAA, 0x416F };
	static struct world world;
	heard_begin(&world, NULL);
	other_asks(&world, LEAD, 2);
	slave_answers(&world, LEAD, lead, 2);
	world.now.mono_us += 30 * SECOND;
	world.now.time_us += 30 * SECOND;
	size_t before = poller_counts(world.poller, 0)->answers;
	other_asks(&world, LEAD, 2); /* all of it is in the port at the first step */
	assert_int_equal(poller_counts(world.poller, 0)->noise, 8);
	slave_answers(&world, LEAD, lead, 2);
	assert_int_equal(poller_counts(world.poller, 0)->answers, before);
	other_asks(&world, LEAD, 2);
	slave_answers(&world, LEAD, lead, 2);
	assert_int_equal(poller_counts(world.poller, 0)->answers, before + 1);
	heard_end(&world);
}

/* ---- asked, without trials ---- */

/* Such an instrument is left alone for twice the lateness that it has shown: this was none of it. */
static void how_long_we_slept_is_not_how_late_it_is(void **state)
{
	static struct asked_line line;
	begin(&line, "icpdas-i-7017, address: \"07\", timeout: 500ms", "5s");
	asked_line_run(&line, 4100 * MS);
	asleep(&line, 50 * SECOND);
	n_seen = 0;
	asked_line_run(&line, 40 * SECOND);
	assert_int_equal(seen[n_seen - 1].state, STATE_OK);
	assert_close(seen[n_seen - 1].value, 11.125, 1e-9);
	asked_line_close(&line);
}

/* ---- every message is kept, and says its time ---- */

static void say_cod(struct asked_line *line, int64_t due_us, double value)
{
	char data[256], text[32];
	time_t at = (time_t)((line->now.time_us + due_us - line->now.mono_us) / SECOND +
	                     7 * 3600);
	struct tm tm;
	gmtime_r(&at, &tm);
	strftime(text, sizeof text, "%Y%m%d%H%M%S", &tm);
	snprintf(data, sizeof data,
	        "QN=1;ST=32;CN=2011;PW=123456;MN=1;Flag=4;CP=&&DataTime=%s;"
	        "w01018-SampleTime=20200101000000,w01018-Rtd=%.1f,w01018-Flag=N;"
	        "w01001-Rtd=%.1f,w01001-Flag=N&&",
	        text, value, value);
	const char *frame = hj212_framed(data);
	asked_line_say(line, due_us, frame, strlen(frame));
}

static void messages_that_say_their_time_are_taken_each_at_its_own(void **state)
{
	static struct asked_line line;
	begin(&line, "hj212-2017-waste-water", "5s");
	for (int i = 1; i <= 12; i++)
		say_cod(&line, line.now.mono_us + 5 * i * SECOND, i);
	struct moment began = line.now;
	asleep(&line, 63 * SECOND);
	n_seen = 0;
	asked_line_run(&line, MS);
	assert_int_equal(n_seen, 12);
	for (int i = 1; i <= 12; i++) {
		assert_int_equal(
		        seen[i - 1].when.time_us - began.time_us, 5 * i * SECOND);
		assert_int_equal(
		        seen[i - 1].when.mono_us - began.mono_us, 5 * i * SECOND);
		assert_close(seen[i - 1].value, i, 0);
	}
	say_cod(&line, line.now.mono_us + 900 * MS,
	        99); /* and then as ever: when it came */
	asked_line_run(&line, SECOND);
	assert_int_equal(seen[12].when.mono_us, line.now.mono_us - 100 * MS);
	asked_line_close(&line);
}

/* A clock that is wrong says nothing: then it is when it was read. */
static void a_time_that_cannot_be_is_not_believed(void **state)
{
	static struct asked_line line;
	begin(&line, "hj212-2017-waste-water", "5s");
	say_cod(&line, line.now.mono_us - 3600 * SECOND, 1);
	say_cod(&line, line.now.mono_us + 3600 * SECOND, 2);
	line.message[0].due_us = line.message[1].due_us = line.now.mono_us + SECOND;
	asleep(&line, 10 * SECOND);
	n_seen = 0;
	asked_line_run(&line, MS);
	assert_int_equal(n_seen, 2);
	assert_int_equal(seen[0].when.mono_us, line.now.mono_us - MS);
	assert_int_equal(seen[1].when.mono_us, line.now.mono_us - MS);
	asked_line_close(&line);
}

#define ON_A_BUS(test) cmocka_unit_test_setup_teardown(test, rig_make, rig_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_BUS(an_answer_read_by_its_deadline_counts),
		ON_A_BUS(an_answer_read_after_its_deadline_is_late),
		ON_A_BUS(an_answer_slept_over_for_long_brings_no_value),
		ON_A_BUS(stalls_that_follow_each_other_are_not_held_against_it),
		ON_A_BUS(after_a_long_sleep_it_must_show_that_it_is_in_step),
		cmocka_unit_test(what_waits_for_two_seconds_is_as_good_as_new),
		cmocka_unit_test(what_waits_for_longer_on_a_heard_line_is_noise),
		cmocka_unit_test(a_frame_that_was_slept_over_is_noise),
		cmocka_unit_test(what_another_master_was_answered_meanwhile_is_noise),
		cmocka_unit_test(how_long_we_slept_is_not_how_late_it_is),
		cmocka_unit_test(
		        messages_that_say_their_time_are_taken_each_at_its_own),
		cmocka_unit_test(a_time_that_cannot_be_is_not_believed),
	};
	return cmocka_run_group_tests_name("poller_stall", tests, NULL, NULL);
}
