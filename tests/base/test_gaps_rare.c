/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of gaps where things come in an order that is rare: numbers behind later
 * ones, files that came late, instruments that are taken away and come back. */
#include "tests/kits/gaps_fixture.h"

#include <stdio.h>
#include <string.h>

/* ---- numbers ---- */

static void a_number_that_comes_behind_a_later_one_fills_no_hole_but_its_own(
        void **with)
{
	static const uint64_t order[] = { 1, 5, 3 };
	uint8_t states[1] = { STATE_OK };
	feed_begin();
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		gaps_reading(gaps, &(struct gaps_reading){ cod, feed_at((double)i), 7,
		                           order[i], states });
	expect_gaps(
	        (struct want[]){ { "", "", 0, 2, GAP_LOST, 0, 0, 1, "records 2 to 2" },
	                { "", "", 1, 2, GAP_LOST, 0, 0, 1, "records 4 to 4" } },
	        2);
}

static void a_hole_ends_at_the_first_time_behind_it(void **with)
{
	feed_begin();
	feed_both(0, 600);
	gaps_unplaced(gaps, epoch, 122, feed_at(599)); /* 121 is not here */
	seq = 122;
	feed_both(600, 1200);
	expect_gaps((struct want[]){ { "", "", 591, 600, GAP_LOST, 0, 0, 1,
	                                     "records 121 to 121" },
	                    { "", "", 599, 599, GAP_UNPLACED, 0, 0, 1, NULL } },
	        2);
}

/* ---- files that came late ---- */

static void lose_late_file(double from_s, uint64_t records)
{
	const struct gaps_damage damage = { .cause = GAP_FILE,
		.from_us = feed_at(from_s),
		.to_us = feed_at(from_s + 1000),
		.records = records,
		.what = "a_late.h5 is missing" };
	assert_int_equal(gaps_damage(gaps, &damage), OK);
}

/* Records that leave no reading out: each hole is told by itself, with its own count. */
static void what_a_late_file_held_is_told_where_it_lacks_also_without_a_silence(
        void **with)
{
	feed_begin();
	feed_both(0, 1200);
	seq += 3;
	feed_both(1200, 1500);
	seq += 2;
	feed_both(1500, 2400);
	lose_late_file(1000, 5);
	expect_gaps(
	        (struct want[]){ { "", "", 1191, 1200, GAP_FILE, 0, 0, 3, "a_late.h5" },
	                { "", "", 1491, 1500, GAP_FILE, 0, 0, 2, "a_late.h5" } },
	        2);
}

static void no_more_of_it_than_lies_in_its_day(void **with)
{
	feed_begin();
	feed_both(0, 1000);
	seq += 3;
	feed_both(1005, 1995); /* the holes begin before its day and end behind it */
	seq += 2;
	feed_both(2000, 2400);
	lose_late_file(995, 5);
	expect_gaps((struct want[]){ { "", "", 995, 1005, GAP_FILE, 0, 0, 3, NULL },
	                    { "", "", 1986, 1995, GAP_FILE, 0, 0, 2, NULL } },
	        2);
}

/* ---- what is due, and from when ---- */

static void a_result_is_missing_from_when_it_was_due_and_not_from_the_next_reading(
        void **with)
{
	cod->channel[0].result_every_s = 3600;
	feed_begin();
	feed_put(cod, 3, STATE_OK); /* the next is due at 3603 */
	feed_run(cod, 10, 7200, STATE_UNCHANGED);
	feed_put(cod, 7203, STATE_OK);
	expect_gaps((struct want[]){ { "cod", "", 3603, 7203, GAP_UNCHANGED, 1, 0, 0,
	                    NULL } },
	        1);
}

static void tell_instruments(double s, const char *id, struct describe *station)
{
	assert_int_equal(describe_parts(station, 1), OK);
	snprintf(station->part[0].instrument, ID_SIZE, "%s", id);
	const struct record record = {
		.type = RECORD_DESCRIBE, .epoch = epoch, .seq = ++seq
	};
	assert_int_equal(gaps_event(gaps, &record, feed_at(s), station), OK);
}

/* It would not be missed within 100 s, so that ph alone would seem to be silent. */
static void an_instrument_taken_away_is_not_waited_for_when_the_station_is_silent(
        void **with)
{
	struct describe *station = describe_new(DESCRIBE_STATION);
	cod->poll_every_s = cod->channel[0].result_every_s = 100;
	feed_begin();
	feed_run(ph, 0, 600, STATE_OK);
	feed_put(cod, 595, STATE_OK);
	tell_instruments(600, "ph", station);
	feed_run(ph, 600, 700, STATE_OK);
	feed_run(ph, 800, 1000, STATE_OK);
	expect_gaps(
	        (struct want[]){ { "", "", 700, 800, GAP_STATION, 20, 0, 0, NULL } },
	        1);
	describe_free(station);
}

static void an_instrument_that_comes_back_owes_its_results_from_then_on(void **with)
{
	struct describe *station = describe_new(DESCRIBE_STATION);
	cod->channel[0].result_every_s = 3600;
	feed_begin();
	feed_run(ph, 0, 1200, STATE_OK);
	feed_put(cod, 1190, STATE_OK); /* the next would be due at 4790 */
	tell_instruments(1200, "ph", station);
	for (double s = 1200; s < 6000; s += 10) {
		feed_put(ph, s, STATE_OK);
		if (s >= 1800)
			feed_put(cod, s, s < 5400 ? STATE_UNCHANGED : STATE_OK);
	}
	expect_gaps((struct want[]){ { "cod", "", 1800, 5400, GAP_UNCHANGED, 1, 0, 0,
	                    NULL } },
	        1);
	describe_free(station);
}

/* ---- why ---- */

static void what_is_switched_on_and_does_not_answer_is_silent(void **with)
{
	feed_begin();
	feed_run(cod, 0, 100, STATE_OK);
	feed_run(cod, 100, 200, STATE_OFF);
	feed_run(cod, 200, 300, STATE_SILENT);
	feed_run(cod, 300, 400, STATE_OK);
	expect_gaps((struct want[]){ { "cod", "one", 100, 200, GAP_OFF, 0, 0, 0, NULL },
	                    { "cod", "", 200, 300, GAP_SILENT, 10, 0, 0, NULL } },
	        2);
}

/* ph goes on, so that the station is not silent; cod is taken away at `end_s`. */
static void stop_reading(double from_s, double end_s)
{
	struct describe *station = describe_new(DESCRIBE_STATION);
	for (double s = from_s; s < end_s; s += 10)
		feed_put(ph, s, STATE_OK);
	tell_instruments(end_s, "ph", station);
	feed_run(ph, end_s + 2.5, end_s + 100, STATE_OK);
	describe_free(station);
}

static void a_silent_instrument_that_is_no_longer_read_is_told_with_both_causes(
        void **with)
{
	feed_begin();
	feed_both(0, 100);
	for (double s = 100; s < 200; s += 10) {
		feed_put(ph, s, STATE_OK);
		feed_put(cod, s + 1, STATE_SILENT);
	}
	stop_reading(200, 400);
	expect_gaps(
	        (struct want[]){ { "cod", "", 101, 201, GAP_SILENT, 10, 0, 0, NULL },
	                { "cod", "", 201, 400, GAP_NO_READING, 20, 0, 0, NULL } },
	        2);
}

static void three_quarters_late_when_it_is_taken_away_lacks_nothing(void **with)
{
	feed_begin();
	feed_run(ph, 0, 100, STATE_OK);
	feed_put(cod, 92.5, STATE_OK);
	stop_reading(100, 110);
	expect_gaps(NULL, 0);
}

static void a_channel_that_is_gone_is_not_missed_with_its_instrument(void **with)
{
	struct describe *two = feed_instrument("cod", 2, 10);
	feed_begin();
	for (double s = 0; s < 200; s += 10) {
		feed_put(ph, s, STATE_OK);
		feed_put(s < 100 ? two : cod, s + 1, STATE_OK);
	}
	stop_reading(200, 400);
	expect_gaps((struct want[]){ { "cod", "one", 201, 400, GAP_NO_READING, 20, 0, 0,
	                    NULL } },
	        1);
	describe_free(two);
}

/* Each of both instruments four times: ph has two channels. */
static void silences_of_the_station_close_together_say_what_came_between(void **with)
{
	feed_begin();
	feed_both(0, 100);
	feed_both(300, 340);
	feed_both(600, 700);
	expect_gaps(
	        (struct want[]){ { "", "", 101, 600, GAP_STATION, 150, 12, 0, NULL } },
	        1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, feed_setup, feed_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_number_that_comes_behind_a_later_one_fills_no_hole_but_its_own),
		TEST(a_hole_ends_at_the_first_time_behind_it),
		TEST(what_a_late_file_held_is_told_where_it_lacks_also_without_a_silence),
		TEST(no_more_of_it_than_lies_in_its_day),
		TEST(a_result_is_missing_from_when_it_was_due_and_not_from_the_next_reading),
		TEST(an_instrument_taken_away_is_not_waited_for_when_the_station_is_silent),
		TEST(an_instrument_that_comes_back_owes_its_results_from_then_on),
		TEST(what_is_switched_on_and_does_not_answer_is_silent),
		TEST(a_silent_instrument_that_is_no_longer_read_is_told_with_both_causes),
		TEST(three_quarters_late_when_it_is_taken_away_lacks_nothing),
		TEST(a_channel_that_is_gone_is_not_missed_with_its_instrument),
		TEST(silences_of_the_station_close_together_say_what_came_between),
	};
	return cmocka_run_group_tests_name("gaps: rare orders", tests, NULL, NULL);
}
