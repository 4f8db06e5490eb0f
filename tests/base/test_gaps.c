/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of gaps, record by record, with holes planted by hand: readings that are
 * not there, and the station as a whole. */
#include "tests/kits/gaps_fixture.h"

#include <stdio.h>
#include <string.h>

/* ---- readings ---- */

static void nothing_is_missing_where_nothing_is(void **with)
{
	feed_begin();
	feed_both(0, 3600);
	expect_gaps(NULL, 0);
}

static void a_silent_instrument_is_one_gap_with_its_count(void **with)
{
	feed_begin();
	feed_run(ph, 0, 600, STATE_OK);
	feed_run(ph, 600, 1200, STATE_SILENT);
	feed_run(ph, 1200, 1800, STATE_OK);
	expect_gaps(
	        (struct want[]){ { "ph", "", 600, 1200, GAP_SILENT, 120, 0, 0, NULL } },
	        1);
}

static void one_channel_alone_is_named(void **with)
{
	feed_begin();
	for (int i = 0; i < 60; i++) {
		uint8_t states[2] = { STATE_OK, i >= 20 && i < 30 ? STATE_FAULT : 0 };
		gaps_reading(gaps, &(struct gaps_reading){
		                           ph, feed_at(10 * i), 7, ++seq, states });
	}
	expect_gaps((struct want[]){ { "ph", "two", 200, 300, GAP_FAULT, 10, 0, 0,
	                    "says that it is faulty" } },
	        1);
}

static void causes_follow_one_another_without_overlap(void **with)
{
	feed_begin();
	feed_run(cod, 0, 100, STATE_OK);
	feed_run(cod, 100, 200, STATE_SILENT);
	feed_run(cod, 200, 300, STATE_GARBLED);
	feed_run(cod, 300, 400, STATE_CALIBRATING);
	feed_run(cod, 400, 500, STATE_OK);
	expect_gaps(
	        (struct want[]){ { "cod", "", 100, 200, GAP_SILENT, 10, 0, 0, NULL },
	                { "cod", "", 200, 300, GAP_GARBLED, 10, 0, 0, NULL },
	                { "cod", "", 300, 400, GAP_CALIBRATING, 10, 0, 0, NULL } },
	        3);
}

static void short_gaps_close_together_are_one_with_what_came_between(void **with)
{
	feed_begin();
	feed_run(cod, 0, 100, STATE_OK);
	for (int i = 0; i < 30; i++) /* every third answer is lost */
		feed_put(cod, 100 + 10 * i, i % 3 == 0 ? STATE_SILENT : STATE_OK);
	feed_run(cod, 400, 600, STATE_OK);
	expect_gaps(
	        (struct want[]){ { "cod", "", 100, 380, GAP_SILENT, 28, 18, 0, NULL } },
	        1);
}

static void gaps_far_apart_stay_two(void **with)
{
	feed_begin();
	feed_run(cod, 0, 100, STATE_OK);
	feed_put(cod, 100, STATE_SILENT);
	feed_run(cod, 110, 220, STATE_OK); /* 110 s between, more than ten cycles */
	feed_put(cod, 220, STATE_SILENT);
	feed_run(cod, 230, 400, STATE_OK);
	expect_gaps((struct want[]){ { "cod", "", 100, 110, GAP_SILENT, 1, 0, 0, NULL },
	                    { "cod", "", 220, 230, GAP_SILENT, 1, 0, 0, NULL } },
	        2);
}

static void late_by_three_quarters_is_late_and_not_missing(void **with)
{
	feed_begin();
	feed_put(cod, 0, STATE_OK);
	feed_put(cod, 17.4, STATE_OK);
	feed_put(cod, 27.4, STATE_OK);
	feed_put(cod, 45, STATE_OK); /* 17.6 after the one before */
	expect_gaps(
	        (struct want[]){ { "", "", 37.4, 45, GAP_STATION, 1, 0, 0, NULL } }, 1);
}

static void a_slow_analyser_lacks_nothing_between_two_results(void **with)
{
	cod->channel[0].result_every_s = 3600;
	feed_begin();
	for (int s = 0; s < 4 * 3600; s += 10) {
		bool fresh = s % 3600 == 0 && s != 2 * 3600;
		bool deaf = s > 1800 && s < 2400; /* no result was due meanwhile */
		feed_put(cod, s,
		        fresh  ? STATE_OK
		        : deaf ? STATE_SILENT
		               : STATE_UNCHANGED);
	}
	/* the result of two o'clock never came */
	expect_gaps((struct want[]){ { "cod", "", 7200, 10800, GAP_UNCHANGED, 1, 0, 0,
	                    "no fresh result" } },
	        1);
}

static void a_dead_instrument_is_asked_seldom_and_stays_one_gap(void **with)
{
	feed_begin();
	for (int s = 0; s < 1200; s += 10) { /* the other goes on */
		feed_put(ph, s, STATE_OK);
		if (s < 100 || s >= 1000)
			feed_put(cod, s + 1, STATE_OK);
		else if (s % 60 == 0 || s < 130)
			feed_put(cod, s + 1, STATE_SILENT);
	}
	expect_gaps(
	        (struct want[]){ { "cod", "", 101, 1001, GAP_SILENT, 90, 0, 0, NULL } },
	        1);
}

static void what_is_switched_off_lacks_nothing(void **with)
{
	feed_begin();
	for (int i = 0; i < 60; i++) {
		uint8_t states[2] = { i < 30 ? STATE_OK : STATE_SILENT, STATE_OFF };
		gaps_reading(gaps, &(struct gaps_reading){
		                           ph, feed_at(10 * i), 7, ++seq, states });
	}
	expect_gaps((struct want[]){ { "ph", "two", 0, 590, GAP_OFF, 0, 0, 0, NULL },
	                    { "ph", "", 300, 590, GAP_SILENT, 29, 0, 0, NULL } },
	        2);
}

static void nor_does_it_when_the_whole_station_is_silent(void **with)
{
	const uint8_t states[2] = { STATE_OK, STATE_OFF };
	feed_begin();
	for (int i = 0; i < 120; i++)
		if (i < 30 || i >= 60)
			gaps_reading(gaps, &(struct gaps_reading){ ph, feed_at(10 * i),
			                           7, ++seq, states });
	expect_gaps((struct want[]){ { "ph", "two", 0, 1190, GAP_OFF, 0, 0, 0, NULL },
	                    { "", "", 300, 600, GAP_STATION, 30, 0, 0, NULL } },
	        2);
}

/* ---- the station ---- */

static void a_silent_station_is_one_gap_and_none_of_its_instruments(void **with)
{
	feed_begin();
	feed_both(0, 600);
	seq = 120;
	feed_both(1200, 1800);
	expect_gaps((struct want[]){ { "", "", 601, 1200, GAP_STATION, 180, 0, 0,
	                    "no reading of any" } },
	        1);
}

static void a_new_epoch_is_told(void **with)
{
	feed_begin();
	feed_both(0, 600);
	epoch = 8;
	seq = 0;
	feed_both(1200, 1800);
	expect_gaps((struct want[]){ { "", "", 601, 1200, GAP_EPOCH, 180, 0, 0,
	                    "number anew" } },
	        1);
}

static void one_instrument_alone_may_have_no_readings(void **with)
{
	feed_begin();
	for (int s = 0; s < 1800; s += 10) {
		feed_put(ph, s, STATE_OK);
		if (s < 600 || s >= 1200)
			feed_put(cod, s + 1, STATE_OK);
	}
	expect_gaps((struct want[]){ { "cod", "", 601, 1201, GAP_NO_READING, 60, 0, 0,
	                    "nothing says why" } },
	        1);
}

static void one_reading_of_one_instrument_is_a_gap_when_it_does_not_come(void **with)
{
	feed_begin();
	for (int s = 0; s < 600; s += 10) {
		feed_put(ph, s, STATE_OK);
		if (s == 300)
			continue;                                    /* missing */
		feed_put(cod, s == 100 ? s + 8.4 : s + 1, STATE_OK); /* 17.4 s: late */
	}
	expect_gaps((struct want[]){ { "cod", "", 301, 311, GAP_NO_READING, 1, 0, 0,
	                    NULL } },
	        1);
}

static void the_cabinet_said_why_the_line_was_down(void **with)
{
	feed_begin();
	feed_both(0, 600);
	feed_state(605, "port bus", "down", "hung up; trying again");
	feed_state(1199, "port bus", "up", "open");
	feed_both(1200, 1800);
	expect_gaps((struct want[]){ { "", "", 601, 1200, GAP_LINE, 180, 0, 0,
	                    "port bus: hung up" } },
	        1);
}

static void the_cabinet_said_why_an_instrument_is_silent(void **with)
{
	feed_begin();
	feed_run(cod, 0, 600, STATE_OK);
	feed_run(cod, 600, 630, STATE_SILENT);
	feed_state(620, "instrument cod", "down", "does not answer: check power");
	feed_run(cod, 630, 900, STATE_SILENT);
	feed_state(900, "instrument cod", "up", "answers");
	feed_run(cod, 900, 1200, STATE_OK);
	expect_gaps((struct want[]){ { "cod", "", 600, 900, GAP_SILENT, 30, 0, 0,
	                    "instrument cod: does not answer: check power" } },
	        1);
}

/* The poller goes on giving readings of a port that is gone: silent in every channel. */
static void a_port_that_is_gone_is_no_silence_of_its_instruments(void **with)
{
	feed_begin();
	feed_both(0, 600);
	feed_state(602, "port bus", "down", "hung up; trying again");
	for (double s = 600; s < 1200; s += 10) {
		feed_put(ph, s, STATE_SILENT);
		feed_put(cod, s + 1, STATE_SILENT);
	}
	feed_state(1199, "port bus", "up", "open");
	feed_both(1200, 1800);
	expect_gaps((struct want[]){ { "ph", "", 600, 1200, GAP_LINE, 120, 0, 0,
	                                     "port bus: hung up; trying again" },
	                    { "cod", "", 601, 1201, GAP_LINE, 60, 0, 0, "port bus" } },
	        2);
}

static void another_port_that_was_gone_long_before_is_not_blamed(void **with)
{
	feed_begin();
	feed_both(0, 600);
	feed_state(602, "port spare", "down", "/dev/ttyS9: is not there");
	feed_both(600, 3000);
	for (double s = 3000; s < 3600; s += 10) {
		feed_put(ph, s, STATE_OK);
		feed_put(cod, s + 1, STATE_SILENT);
	}
	feed_both(3600, 4200);
	expect_gaps((struct want[]){ { "cod", "", 3001, 3601, GAP_SILENT, 60, 0, 0,
	                    "the instrument does not answer" } },
	        1);
}

static void an_instrument_dead_before_its_port_went_stays_silent(void **with)
{
	feed_begin();
	feed_run(cod, 0, 600, STATE_OK);
	feed_run(cod, 600, 1200, STATE_SILENT);
	feed_state(620, "instrument cod", "down", "does not answer");
	feed_state(700, "port bus", "down", "hung up");
	feed_run(cod, 1200, 1500, STATE_OK);
	expect_gaps((struct want[]){ { "cod", "", 600, 1200, GAP_SILENT, 60, 0, 0,
	                    "instrument cod: does not answer" } },
	        1);
}

static void a_port_gone_before_what_is_fed_begins_is_told(void **with)
{
	uint8_t payload[200];
	const struct state_event told = { "port bus", "down", "hung up" };
	int n = state_encode(&told, payload, sizeof payload);
	const struct record record = {
		.type = RECORD_STATE, .payload = payload, .payload_size = (size_t)n
	};
	feed_begin();
	assert_int_equal(gaps_before(gaps, &record, feed_at(-86400)), OK);
	feed_run(cod, 0, 600, STATE_SILENT);
	feed_run(cod, 600, 700, STATE_OK);
	expect_gaps((struct want[]){ { "cod", "", 0, 600, GAP_LINE, 60, 0, 0,
	                    "port bus" } },
	        1);
}

static void words_the_cabinet_did_not_give_are_told_as_not_given(void **with)
{
	feed_begin();
	feed_both(0, 600);
	feed_state(605, "port bus", "down", "");
	feed_both(1200, 1800);
	expect_gaps((struct want[]){ { "", "", 601, 1200, GAP_LINE, 180, 0, 0,
	                    "port bus: (not given)" } },
	        1);
}

static void since_when_a_station_is_not_heard(void **with)
{
	feed_begin_until(86400, 3600, 120);
	feed_both(0, 600);
	const struct gap *gap;
	size_t n;
	assert_int_equal(gaps_finish(gaps, &gap, &n), OK);
	assert_int_equal(n, 1);
	assert_true(gap->open);
	check_gap(
	        gap, &(struct want){ "", "", 601, 3600, GAP_STATION, 900, 0, 0, NULL });
	gaps_free(gaps);
}

static void what_may_still_be_on_its_way_is_no_gap(void **with)
{
	feed_begin_until(86400, 720, 120);
	feed_both(0, 600);
	expect_gaps(NULL, 0);
}

static void a_clock_put_forward_loses_nothing(void **with)
{
	uint8_t payload[64];
	feed_begin();
	feed_both(0, 600);
	const struct clock_event step = { feed_at(601), feed_at(4201), CLOCK_SYNCED };
	feed_event(RECORD_CLOCK, 4201, payload,
	        clock_encode(&step, payload, sizeof payload));
	feed_both(4210, 4800);
	expect_gaps((struct want[]){ { "", "", 601, 4210, GAP_CLOCK, 0, 0, 0,
	                    "no time passed" } },
	        1);
}

static void a_clock_put_back_doubles_nothing(void **with)
{
	feed_begin();
	feed_both(0, 600);
	feed_both(300, 900);
	expect_gaps(NULL, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, feed_setup, feed_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_missing_where_nothing_is),
		TEST(a_silent_instrument_is_one_gap_with_its_count),
		TEST(one_channel_alone_is_named),
		TEST(causes_follow_one_another_without_overlap),
		TEST(short_gaps_close_together_are_one_with_what_came_between),
		TEST(gaps_far_apart_stay_two),
		TEST(late_by_three_quarters_is_late_and_not_missing),
		TEST(a_slow_analyser_lacks_nothing_between_two_results),
		TEST(a_dead_instrument_is_asked_seldom_and_stays_one_gap),
		TEST(what_is_switched_off_lacks_nothing),
		TEST(nor_does_it_when_the_whole_station_is_silent),
		TEST(a_silent_station_is_one_gap_and_none_of_its_instruments),
		TEST(a_new_epoch_is_told),
		TEST(one_instrument_alone_may_have_no_readings),
		TEST(one_reading_of_one_instrument_is_a_gap_when_it_does_not_come),
		TEST(the_cabinet_said_why_the_line_was_down),
		TEST(the_cabinet_said_why_an_instrument_is_silent),
		TEST(a_port_that_is_gone_is_no_silence_of_its_instruments),
		TEST(another_port_that_was_gone_long_before_is_not_blamed),
		TEST(an_instrument_dead_before_its_port_went_stays_silent),
		TEST(a_port_gone_before_what_is_fed_begins_is_told),
		TEST(words_the_cabinet_did_not_give_are_told_as_not_given),
		TEST(since_when_a_station_is_not_heard),
		TEST(what_may_still_be_on_its_way_is_no_gap),
		TEST(a_clock_put_forward_loses_nothing),
		TEST(a_clock_put_back_doubles_nothing),
	};
	return cmocka_run_group_tests_name("gaps", tests, NULL, NULL);
}
