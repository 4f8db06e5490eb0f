/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cabinet told, and what it is not the reason of; gaps that begin together. */
#include "tests/kits/gaps_fixture.h"

#include <stdio.h>
#include <string.h>

static void silent_from(double from_s)
{
	feed_run(cod, from_s, 600, STATE_OK);
	feed_run(cod, 600, 700, STATE_SILENT);
}

static void go_on(void)
{
	feed_run(cod, 700, 1200, STATE_OK);
}

static void what_ended_before_is_no_reason(void **with)
{
	feed_begin();
	feed_run(cod, 0, 100, STATE_OK);
	feed_state(100, "instrument cod", "down", "cable pulled");
	feed_state(101, "port spare", "down", "is not there");
	feed_run(cod, 101, 201, STATE_OK);
	feed_state(195, "instrument cod", "up", "");
	silent_from(201);
	go_on();
	expect_reason("cod", "cable pulled", false);
}

/* A setting that somebody changed, or a command he gave, is no reason why nothing came. */
static void a_changed_setting_is_no_reason(void **with)
{
	feed_begin();
	feed_run(cod, 0, 100, STATE_OK);
	feed_state(100, "instrument cod", "settings changed", "1 -> 0.4");
	feed_state(100, "instrument cod", "command done", "gain 0.4");
	silent_from(101);
	go_on();
	expect_reason("cod", "0.4", false);
}

static void what_goes_on_is_the_reason(void **with)
{
	feed_begin();
	feed_run(cod, 0, 100, STATE_OK);
	feed_state(100, "instrument cod", "down", "cable pulled");
	feed_state(101, "instrument cod", "command unknown", "zero");
	silent_from(101);
	go_on();
	expect_reason("cod", "cable pulled", true);
}

static void the_later_reason_takes_the_place_of_the_earlier(void **with)
{
	feed_begin();
	feed_run(cod, 0, 100, STATE_OK);
	feed_state(100, "instrument cod", "down", "cable pulled");
	feed_state(101, "instrument cod", "down", "lamp burnt out");
	silent_from(102);
	go_on();
	expect_reason("cod", "lamp burnt out", true);
}

/* Down from `s` on, silent from 600 to 700. */
static void tell_at(double s, bool is_reason)
{
	feed_begin();
	silent_from(0);
	feed_state(s, "instrument cod", "down", "cable pulled");
	go_on();
	expect_reason("cod", "cable pulled", is_reason);
}

static void half_of_a_gap_is_not_most_of_it(void **with)
{
	tell_at(649, true);
	tell_at(650, false);
}

static void an_end_at_half_of_a_gap_is_not_enough(void **with)
{
	for (int up_s = 650; up_s <= 651; up_s++) {
		feed_begin();
		feed_state(0, "instrument cod", "down", "cable pulled");
		silent_from(0);
		feed_state(up_s, "instrument cod", "up", "");
		go_on();
		expect_reason("cod", "cable pulled", up_s == 651);
	}
}

/* Channels with states of their own. */
static void put_each(const struct describe *describe, double s, uint8_t first,
        uint8_t second, uint8_t third)
{
	const uint8_t states[3] = { first, second, third };
	const struct gaps_reading reading = { .describe = describe,
		.time_us = feed_at(s),
		.epoch = epoch,
		.seq = ++seq,
		.state = states };
	assert_int_equal(gaps_reading(gaps, &reading), OK);
}

static bool within(double s, double from_s, double to_s)
{
	return s >= from_s && s < to_s;
}

static void channels_that_fail_nearly_together_are_one_from_first_to_last(void **with)
{
	feed_begin();
	for (double s = 0; s < 1200; s += 10)
		put_each(ph, s, within(s, 600, 700) ? STATE_SILENT : STATE_OK,
		        within(s, 610, 710) ? STATE_SILENT : STATE_OK, STATE_OK);
	expect_gaps(
	        (struct want[]){ { "ph", "", 600, 710, GAP_SILENT, 20, 0, 0, NULL } },
	        1);
}

/* The cause of the first in the alphabet is the last of its kind. */
static void gaps_of_one_time_stand_in_order_of_their_channels(void **with)
{
	struct describe *three = feed_instrument("three", 3, 10);
	feed_begin();
	for (double s = 0; s < 1200; s += 10) {
		bool bad = within(s, 600, 700);
		put_each(three, s, STATE_OK, bad ? STATE_SILENT : STATE_OK,
		        bad ? STATE_FAULT : STATE_OK);
	}
	expect_gaps((struct want[]){ { "three", "three", 600, 700, GAP_FAULT, 10, 0, 0,
	                                     NULL },
	                    { "three", "two", 600, 700, GAP_SILENT, 10, 0, 0, NULL } },
	        2);
	describe_free(three);
}

/* More told than the first room for it. */
static void a_hundred_downs_are_all_remembered(void **with)
{
	feed_begin();
	for (int i = 0; i < 100; i++) {
		char subject[32];
		snprintf(subject, sizeof subject, "port p%d", i);
		feed_state(i, subject, "down", "is not there");
	}
	feed_state(100, "instrument cod", "down", "cable pulled");
	silent_from(110);
	go_on();
	expect_reason("cod", "cable pulled", true);
}

static void only_the_numbers_that_are_missing_are_counted_when_runs_meet(void **with)
{
	/* eight runs, as many as there is room for at first */
	static const uint64_t order[] = { 1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 21, 22, 25,
		26, 29, 30, 3, 4, 11, 12 };
	const uint8_t states[1] = { STATE_OK };
	feed_begin();
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		gaps_reading(gaps, &(struct gaps_reading){ cod, feed_at(10 * (double)i),
		                           epoch, order[i], states });
	const struct gap *gap;
	size_t found;
	uint64_t records = 0;
	assert_int_equal(gaps_finish(gaps, &gap, &found), OK);
	for (size_t i = 0; i < found; i++)
		records += gap[i].records;
	assert_int_equal(records, 10); /* 7, 8, 15, 16, 19, 20, 23, 24, 27, 28 */
	gaps_free(gaps);
}

static void a_loss_told_of_numbers_that_are_all_here_loses_none(void **with)
{
	feed_begin();
	feed_both(0, 600);
	feed_drop(600, &(struct gap_event){ .first_seq = 11,
	                       .last_seq = 20,
	                       .count = 10,
	                       .from_us = feed_at(50),
	                       .to_us = feed_at(100),
	                       .why = "a new epoch",
	                       .why_size = 11 });
	feed_both(600, 1200);
	expect_gaps(NULL, 0);
}

static void a_cause_that_changes_within_a_cycle_goes_back_to_its_beginning(void **with)
{
	feed_begin();
	feed_run(cod, 0, 100, STATE_OK);
	feed_put(cod, 100, STATE_SILENT);
	feed_put(cod, 104, STATE_GARBLED);
	feed_run(cod, 110, 600, STATE_OK);
	expect_gaps(
	        (struct want[]){ { "cod", "", 100, 110, GAP_GARBLED, 1, 0, 0, NULL } },
	        1);
}

static void the_fast_one_of_two_is_missed_while_the_slow_one_comes(void **with)
{
	struct describe *slow = feed_instrument("slow", 1, 100);
	feed_begin();
	for (double s = 0; s < 1200; s += 10) {
		if (!within(s, 310, 700))
			feed_put(cod, s, STATE_OK);
		if ((int)s % 100 == 0)
			feed_put(slow, s + 1, STATE_OK);
	}
	expect_gaps((struct want[]){ { "cod", "", 310, 700, GAP_NO_READING, 39, 0, 0,
	                    NULL } },
	        1);
	describe_free(slow);
}

/* Near is ten cycles, and never more than a quarter of an hour. */
static void gaps_of_a_slow_analyser_a_quarter_of_an_hour_apart_stay_two(void **with)
{
	struct describe *slow = feed_instrument("slow", 1, 600);
	feed_begin();
	for (int k = 0; k < 8; k++)
		feed_put(slow, 600 * k, k == 1 || k == 4 ? STATE_SILENT : STATE_OK);
	expect_gaps(
	        (struct want[]){ { "slow", "", 600, 1200, GAP_SILENT, 1, 0, 0, NULL },
	                { "slow", "", 2400, 3000, GAP_SILENT, 1, 0, 0, NULL } },
	        2);
	describe_free(slow);
}

/* ---- a line that was down when the cabinet's program ended ---- */

static void both_silent(double from_s, double to_s)
{
	for (double s = from_s; s < to_s; s += 10) {
		feed_put(ph, s, STATE_SILENT);
		feed_put(cod, s + 1, STATE_SILENT);
	}
}

static void down(double s)
{
	feed_state(s, "port bus", "down", "hung up; trying again");
}

static void open_at(double s)
{
	feed_state(s, "port bus", "up", "open");
	feed_both(s + 1, s + 601);
}

static void who_does_not_run_is_not_kept_from_reading_by_his_line(void **with)
{
	feed_begin();
	feed_both(0, 600);
	down(600.5);
	feed_start(1260);
	open_at(1261);
	expect_gaps((struct want[]){ { "", "", 601, 1262, GAP_STATION, 198, 0, 0,
	                    "no reading of any" } },
	        1);
}

static void before_the_end_and_from_the_start_on_it_is_the_line(void **with)
{
	feed_begin();
	feed_both(0, 600);
	down(600.5);
	both_silent(600, 900);
	feed_start(1500);
	down(1500);
	both_silent(1500, 1800);
	open_at(1800);
	expect_gaps(
	        (struct want[]){ { "ph", "", 600, 900, GAP_LINE, 60, 0, 0, "port bus" },
	                { "cod", "", 601, 901, GAP_LINE, 30, 0, 0, "port bus" },
	                { "", "", 901, 1500, GAP_STATION, 180, 0, 0, "no reading of" },
	                { "ph", "", 1500, 1801, GAP_LINE, 60, 0, 0, "port bus" },
	                { "cod", "", 1501, 1802, GAP_LINE, 30, 0, 0, "port bus" } },
	        5);
}

static void who_has_not_been_started_again_does_not_run_either(void **with)
{
	feed_begin_until(86400, 3600, 120);
	feed_both(0, 600);
	down(600.5);
	expect_gaps((struct want[]){ { "", "", 601, 3600, GAP_STATION, 900, 0, 0,
	                    "no reading of any" } },
	        1);
}

static void who_ends_again_and_again_does_not_run_in_between(void **with)
{
	feed_begin();
	feed_both(0, 600);
	down(600.5);
	for (int s = 700; s <= 1300; s += 100)
		feed_start(s);
	open_at(1301);
	expect_gaps((struct want[]){ { "", "", 601, 1302, GAP_STATION, 210, 0, 0,
	                    "no reading of any" } },
	        1);
}

/* It says anew what it reads, and runs on. */
static void a_new_epoch_is_no_end_of_what_the_line_was_told_to_be(void **with)
{
	feed_begin();
	feed_both(0, 600);
	down(600.5);
	both_silent(600, 900);
	epoch++;
	seq = 0;
	feed_start(900);
	both_silent(900, 1200);
	open_at(1200);
	expect_gaps((struct want[]){ { "ph", "", 600, 1201, GAP_LINE, 120, 0, 0,
	                                     "port bus: hung up" },
	                    { "cod", "", 601, 1202, GAP_LINE, 60, 0, 0, "port bus" } },
	        2);
}

/* Too short for the ledger to call it a silence of the station. */
static void a_short_end_within_what_the_line_lacks_is_the_lines(void **with)
{
	feed_begin();
	feed_both(0, 600);
	down(600.5);
	both_silent(600, 610);
	feed_start(690);
	open_at(691);
	expect_gaps((struct want[]){ { "ph", "", 600, 692, GAP_LINE, 18, 0, 0,
	                                     "port bus: hung up" },
	                    { "cod", "", 601, 693, GAP_LINE, 9, 0, 0, "port bus" } },
	        2);
}

/* Nothing of the slow one was due meanwhile. */
static void an_end_is_of_the_station_also_where_one_instrument_was_waited_for(
        void **with)
{
	struct describe *slow = feed_instrument("slow", 1, 3600);
	feed_begin();
	feed_put(slow, 0, STATE_OK);
	feed_run(cod, 0, 600, STATE_OK);
	down(600.5);
	feed_start(1260);
	feed_state(1261, "port bus", "up", "open");
	feed_run(cod, 1262, 1800, STATE_OK);
	expect_gaps((struct want[]){ { "", "", 600, 1262, GAP_STATION, 66, 0, 0,
	                    "no reading of any" } },
	        1);
	describe_free(slow);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, feed_setup, feed_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_ended_before_is_no_reason),
		TEST(a_changed_setting_is_no_reason),
		TEST(what_goes_on_is_the_reason),
		TEST(the_later_reason_takes_the_place_of_the_earlier),
		TEST(half_of_a_gap_is_not_most_of_it),
		TEST(an_end_at_half_of_a_gap_is_not_enough),
		TEST(channels_that_fail_nearly_together_are_one_from_first_to_last),
		TEST(gaps_of_one_time_stand_in_order_of_their_channels),
		TEST(a_hundred_downs_are_all_remembered),
		TEST(only_the_numbers_that_are_missing_are_counted_when_runs_meet),
		TEST(a_loss_told_of_numbers_that_are_all_here_loses_none),
		TEST(a_cause_that_changes_within_a_cycle_goes_back_to_its_beginning),
		TEST(the_fast_one_of_two_is_missed_while_the_slow_one_comes),
		TEST(gaps_of_a_slow_analyser_a_quarter_of_an_hour_apart_stay_two),
		TEST(who_does_not_run_is_not_kept_from_reading_by_his_line),
		TEST(before_the_end_and_from_the_start_on_it_is_the_line),
		TEST(who_has_not_been_started_again_does_not_run_either),
		TEST(who_ends_again_and_again_does_not_run_in_between),
		TEST(a_new_epoch_is_no_end_of_what_the_line_was_told_to_be),
		TEST(a_short_end_within_what_the_line_lacks_is_the_lines),
		TEST(an_end_is_of_the_station_also_where_one_instrument_was_waited_for),
	};
	return cmocka_run_group_tests_name("gaps: what was told", tests, NULL, NULL);
}
