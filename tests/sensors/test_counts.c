/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counters of instruments: recorded once an hour and at the end, shown, and taken by nobody for a
 * change of state. */
#include "tests/kits/check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensors/cabinet/live.h"
#include "sensors/poller/counts.h"
#include "tests/kits/gaps_fixture.h"
#include "tests/kits/poller_rig.h"

static void the_text_is_one_json_object_and_fits(void **state)
{
	struct poller_counts counts = { .requests = 3600,
		.answers = 3598,
		.timeouts = 1,
		.checksum = 1,
		.readings = 3600 };
	char text[COUNTS_TEXT];
	int n = counts_print(&counts, START_TIME, text, sizeof text);
	assert_int_equal(n, strlen(text));
	assert_string_equal(text,
	        "{\"since_us\":1794188880000000,\"requests\":3600,\"answers\":3598,"
	        "\"timeouts\":1,\"checksum\":1,\"malformed\":0,\"exceptions\":0,"
	        "\"noise\":0,\"late\":0,\"echoes\":0,\"reconnects\":0,\"overruns\":0,"
	        "\"readings\":3600}");
	/* both sides of the room */
	assert_int_equal(counts_print(&counts, START_TIME, text, (size_t)n + 1), n);
	assert_int_equal(counts_print(&counts, START_TIME, text, (size_t)n), FULL);
	for (size_t i = 0; i < COUNTS; i++)
		memset((uint64_t *)&counts + i, 0xff, sizeof(uint64_t));
	assert_true(counts_print(&counts, INT64_MIN, text, sizeof text) > 0);
	assert_int_equal(sizeof counts, COUNTS * sizeof(uint64_t));
}

static void each_counter_has_its_name(void **state)
{
	struct poller_counts counts;
	uint64_t *value = (uint64_t *)&counts;
	for (size_t i = 0; i < COUNTS; i++)
		value[i] = i + 1;
	assert_int_equal(counts_of(&counts, 0), counts.requests);
	uint64_t sum = 0;
	for (size_t i = 0; i < COUNTS; i++)
		sum += counts_of(&counts, i);
	assert_int_equal(sum, COUNTS * (COUNTS + 1) / 2);
	assert_null(counts_name[COUNTS]);
	assert_string_equal(counts_name[COUNTS - 1], "readings");
	assert_int_equal(counts_of(&counts, COUNTS - 1), counts.readings);
}

/* ---- when ---- */

static struct {
	size_t n;
	char subject[64], state[32], text[COUNTS_TEXT];
	int64_t time_us;
} last;

static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	last.n++;
	last.time_us = when->time_us;
	snprintf(last.subject, sizeof last.subject, "%s", event->subject);
	snprintf(last.state, sizeof last.state, "%s", event->state);
	snprintf(last.text, sizeof last.text, "%s", event->text);
}

static struct counting begin(struct rig *rig)
{
	struct counting counting = { .station = rig->station,
		.poller = rig->poller,
		.board = counts_board_new(3),
		.state = on_state };
	memset(&last, 0, sizeof last);
	assert_non_null(counting.board);
	counting_begin(&counting, &rig->now);
	return counting;
}

/* Nothing is polled meanwhile. */
static void wait_until(struct rig *rig, int64_t mono_us)
{
	rig->now.time_us += mono_us - rig->now.mono_us;
	rig->now.mono_us = mono_us;
}

static void they_are_recorded_once_an_hour_and_at_the_end(void **state)
{
	struct rig *rig = *state;
	struct counting counting = begin(rig);
	run(rig, 60 * SECOND);
	counting_step(&counting, &rig->now);
	assert_int_equal(last.n, 0);
	wait_until(rig, START_US + COUNTS_EVERY_US - 1);
	counting_step(&counting, &rig->now);
	assert_int_equal(last.n, 0);
	wait_until(rig, START_US + COUNTS_EVERY_US);
	counting_step(&counting, &rig->now);
	assert_int_equal(last.n, 3);
	assert_string_equal(last.subject, "instrument cod");
	assert_string_equal(last.state, STATE_COUNTS);
	assert_contains(last.text, "\"requests\":12,\"answers\":12,\"timeouts\":0,");
	assert_contains(last.text, "{\"since_us\":1794188880000000,");
	counting_step(&counting, &rig->now);
	assert_int_equal(last.n, 3);
	/* the machine slept: once, and then an hour later */
	rig->now.mono_us += 10 * COUNTS_EVERY_US;
	counting_step(&counting, &rig->now);
	assert_int_equal(last.n, 6);
	rig->now.mono_us += COUNTS_EVERY_US - 1;
	counting_step(&counting, &rig->now);
	assert_int_equal(last.n, 6);
	counting_end(&counting, &rig->now);
	assert_int_equal(last.n, 9);
	counts_board_free(counting.board);
}

/* A cabinet without a clock of its own starts in 1970: what was counted since then is not 56 years old. */
static void a_clock_put_right_puts_the_start_right(void **state)
{
	struct rig *rig = *state;
	int64_t right_us = rig->now.time_us;
	rig->now.time_us = 30 * SECOND;
	struct counting counting = begin(rig);
	run(rig, 60 * SECOND);
	counting_end(&counting, &rig->now);
	assert_contains(last.text, "{\"since_us\":30000000,\"requests\":12,");
	rig->now.time_us = right_us + 60 * SECOND;
	counting_end(&counting, &rig->now);
	assert_contains(last.text, "{\"since_us\":1794188880000000,\"requests\":12,");
	rig->now.time_us += SECOND; /* no step: the same start */
	counting_end(&counting, &rig->now);
	assert_contains(last.text, "{\"since_us\":1794188880000000,");
	rig->now.time_us++;
	counting_end(&counting, &rig->now);
	assert_contains(last.text, "{\"since_us\":1794188881000001,");
	counts_board_free(counting.board);
}

static void a_restart_counts_anew_and_says_since_when(void **state)
{
	struct rig *rig = *state;
	struct counting counting = begin(rig);
	run(rig, 60 * SECOND);
	counting_end(&counting, &rig->now);
	assert_contains(last.text, "{\"since_us\":1794188880000000,\"requests\":12,");
	assert_true(last.time_us == rig->now.time_us);
	counts_board_free(counting.board);
	rig_restart(rig);
	rig->now.time_us += 5 * SECOND;
	counting = begin(rig);
	counting_end(&counting, &rig->now);
	assert_int_equal(last.n, 3);
	assert_contains(last.text, "{\"since_us\":1794188945000000,\"requests\":0,");
	counts_board_free(counting.board);
}

static void they_are_laid_out_every_second(void **state)
{
	struct rig *rig = *state;
	struct counting counting = begin(rig);
	struct poller_counts shown;
	counting_step(&counting, &rig->now);
	run(rig, 900 * MS);
	counting_step(&counting, &rig->now);
	counts_board_get(counting.board, 0, &shown);
	assert_int_equal(shown.requests, 0);
	run(rig, 100 * MS);
	counting_step(&counting, &rig->now);
	counts_board_get(counting.board, 0, &shown);
	assert_int_equal(shown.requests, 1);
	assert_int_equal(shown.answers, 1);
	counts_board_free(counting.board);
}

/* ---- two threads ---- */

static void *look(void *with)
{
	struct counting *counting = with;
	struct poller_counts shown;
	uint64_t before = 0;
	for (int i = 0; i < 20000; i++) {
		counts_board_get(counting->board, 0, &shown);
		if (shown.requests < before || shown.answers > shown.requests)
			return with;
		before = shown.requests;
	}
	return NULL;
}

static void who_shows_them_sees_none_half_written(void **state)
{
	struct rig *rig = *state;
	struct counting counting = begin(rig);
	pthread_t thread;
	void *wrong;
	assert_int_equal(pthread_create(&thread, NULL, look, &counting), 0);
	for (int i = 0; i < 2000; i++) {
		run(rig, 10 * MS);
		counts_board_put(counting.board, rig->poller);
	}
	assert_int_equal(pthread_join(thread, &wrong), 0);
	assert_null(wrong);
	counts_board_free(counting.board);
}

/* ---- who must not mistake them ---- */

static size_t encode(const char *subject, const char *what, uint8_t *out, size_t room)
{
	char text[COUNTS_TEXT];
	struct poller_counts counts = { .requests = UINT64_MAX };
	counts_print(&counts, START_TIME, text, sizeof text);
	struct state_event event = { .subject = subject, .state = what, .text = text };
	int n = state_encode(&event, out, room);
	assert_true(n > 0);
	return (size_t)n;
}

static void a_record_of_counts_is_known_as_one(void **state)
{
	uint8_t out[1024];
	size_t n = encode("instrument cod", "counts", out, sizeof out);
	assert_true(state_is_counts(out, n));
	for (size_t cut = 0; cut < n; cut++)
		assert_false(state_is_counts(out, cut));
	n = encode("instrument counts", "down", out, sizeof out);
	assert_false(state_is_counts(out, n));
}

#define COUNTS_TOLD "{\"since_us\":1794188880000000,\"requests\":3600}"

/* It was told to be down, and counts come meanwhile: the reason stays the one that was told. */
static void a_silent_instrument_keeps_its_reason(void **state)
{
	feed_begin();
	feed_run(cod, 0, 600, STATE_OK);
	feed_state(300, "instrument cod", "counts", COUNTS_TOLD);
	feed_run(cod, 600, 630, STATE_SILENT);
	feed_state(620, "instrument cod", "down", "does not answer: check power");
	feed_run(cod, 630, 750, STATE_SILENT);
	feed_state(750, "instrument cod", "counts", COUNTS_TOLD);
	feed_run(cod, 750, 900, STATE_SILENT);
	feed_state(900, "instrument cod", "up", "answers");
	feed_run(cod, 900, 1200, STATE_OK);
	feed_state(1200, "instrument cod", "counts", COUNTS_TOLD);
	expect_gaps((struct want[]){ { "cod", "", 600, 900, GAP_SILENT, 30, 0, 0,
	                    "instrument cod: does not answer: check power" } },
	        1);
}

/* As others may write the same JSON. */
static void in_any_form_they_are_no_change(void **state)
{
	static const char other[] = "{\"state\": \"counts\", \"subject\": "
	                            "\"instrument cod\", \"text\": \"many\"}";
	feed_begin();
	feed_run(cod, 0, 600, STATE_OK);
	feed_event(RECORD_STATE, 599, (const uint8_t *)other, sizeof other - 1);
	feed_run(cod, 600, 900, STATE_SILENT);
	feed_run(cod, 900, 1200, STATE_OK);
	expect_gaps((struct want[]){ { "cod", "", 600, 900, GAP_SILENT, 30, 0, 0,
	                    "the instrument does not answer" } },
	        1);
}

static void an_instrument_with_counts_alone_is_not_down(void **state)
{
	feed_begin();
	feed_run(cod, 0, 600, STATE_OK);
	feed_state(599, "instrument cod", "counts", COUNTS_TOLD);
	feed_run(cod, 600, 900, STATE_SILENT);
	feed_run(cod, 900, 1200, STATE_OK);
	expect_gaps((struct want[]){ { "cod", "", 600, 900, GAP_SILENT, 30, 0, 0,
	                    "the instrument does not answer" } },
	        1);
}

#define GAPS(test) cmocka_unit_test_setup_teardown(test, feed_setup, feed_teardown)
#define RIG(test)  cmocka_unit_test_setup_teardown(test, rig_make, rig_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_one_json_object_and_fits),
		cmocka_unit_test(each_counter_has_its_name),
		RIG(they_are_recorded_once_an_hour_and_at_the_end),
		RIG(a_clock_put_right_puts_the_start_right),
		RIG(a_restart_counts_anew_and_says_since_when),
		RIG(they_are_laid_out_every_second),
		RIG(who_shows_them_sees_none_half_written),
		cmocka_unit_test(a_record_of_counts_is_known_as_one),
		GAPS(a_silent_instrument_keeps_its_reason),
		GAPS(an_instrument_with_counts_alone_is_not_down),
		GAPS(in_any_form_they_are_no_change),
	};
	return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
