/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of gaps: numbers that are missing, files that are gone, and the stretch that
 * is asked for. */
#include "tests/kits/gaps_fixture.h"

#include <stdio.h>
#include <string.h>

/* ---- numbers ---- */

static void numbers_that_are_not_here_are_counted(void **with)
{
	feed_begin();
	feed_both(0, 600);
	seq += 120; /* ten minutes of both */
	feed_both(1200, 1800);
	expect_gaps((struct want[]){ { "", "", 601, 1200, GAP_LOST, 180, 0, 120,
	                    "records 121 to 240" } },
	        1);
}

static void a_loss_the_cabinet_told_has_its_words(void **with)
{
	feed_begin();
	feed_both(0, 600);
	seq += 120;
	feed_both(1200, 1800);
	feed_drop(1800, &(struct gap_event){ .first_seq = 121,
	                        .last_seq = 240,
	                        .count = 120,
	                        .from_us = feed_at(600),
	                        .to_us = feed_at(1200),
	                        .why = "the disk gave back other bytes",
	                        .why_size = 30 });
	expect_gaps((struct want[]){ { "", "", 601, 1200, GAP_DROPPED, 180, 0, 120,
	                    "the disk gave back other bytes" } },
	        1);
}

static void readings_dropped_before_they_had_a_number_are_told_with_their_count(
        void **with)
{
	feed_begin();
	feed_both(0, 600);
	feed_both(700, 1200);
	feed_drop(1200, &(struct gap_event){ .first_seq = 1,
	                        .last_seq = 0,
	                        .count = 20,
	                        .from_us = feed_at(600),
	                        .to_us = feed_at(700),
	                        .why = "the journal could not follow",
	                        .why_size = 28 });
	expect_gaps((struct want[]){ { "", "", 601, 700, GAP_DROPPED, 30, 0, 20,
	                    "could not follow" } },
	        1);
}

static void a_loss_told_without_a_reason_says_that_none_was_given(void **with)
{
	feed_begin();
	feed_both(0, 600);
	feed_both(700, 1200);
	feed_drop(1200, &(struct gap_event){ .first_seq = 1,
	                        .last_seq = 0,
	                        .count = 20,
	                        .from_us = feed_at(600),
	                        .to_us = feed_at(700),
	                        .why = "" });
	expect_gaps((struct want[]){ { "", "", 601, 700, GAP_DROPPED, 30, 0, 20,
	                    "which told so: (not given)" } },
	        1);
}

static void a_lost_event_leaves_no_gap_in_the_readings(void **with)
{
	feed_begin();
	feed_both(0, 600);
	seq++;
	feed_both(600, 1200);
	expect_gaps((struct want[]){ { "", "", 591, 600, GAP_LOST, 0, 0, 1,
	                    "records 121 to 121" } },
	        1);
}

static void the_first_numbers_may_be_missing_too(void **with)
{
	feed_begin();
	seq = 5;
	feed_both(0, 600);
	expect_gaps((struct want[]){ { "", "", 0, 0, GAP_LOST, 0, 0, 5,
	                    "records 1 to 5" } },
	        1);
}

static void numbers_out_of_order_are_no_hole(void **with)
{
	static const uint64_t order[] = { 1, 3, 2, 6, 5, 4, 9, 8, 7, 10, 10, 1 };
	uint8_t states[1] = { STATE_OK };
	feed_begin();
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		gaps_reading(gaps, &(struct gaps_reading){ cod, feed_at((double)i), 7,
		                           order[i], states });
	expect_gaps(NULL, 0);
}

static void a_record_without_a_time_fills_its_number(void **with)
{
	feed_begin();
	feed_both(0, 600);
	seq += 2;
	feed_both(600, 1200);
	gaps_unplaced(gaps, epoch, 121, feed_at(700));
	gaps_unplaced(gaps, epoch, 122, feed_at(800));
	expect_gaps(
	        (struct want[]){ { "", "", 700, 800, GAP_UNPLACED, 0, 0, 2, NULL } },
	        1);
}

/* ---- files ---- */

static void a_damaged_file_explains_the_hole_and_counts_once(void **with)
{
	feed_begin();
	feed_both(0, 600);
	seq += 120;
	feed_both(1200, 1800);
	const struct gaps_damage damage = { .cause = GAP_FILE,
		.from_us = feed_at(600),
		.to_us = feed_at(1200),
		.records = 120,
		.whole_day = true,
		.what = "a.h5 is missing" };
	gaps_damage(gaps, &damage);
	expect_gaps((struct want[]){ { "", "", 601, 1200, GAP_FILE, 180, 0, 120,
	                    "a.h5 is missing" } },
	        1);
}

static void a_damaged_file_whose_records_are_in_the_journal_loses_none(void **with)
{
	feed_begin();
	feed_both(0, 1800);
	const struct gaps_damage damage = { .cause = GAP_FILE,
		.from_us = feed_at(600),
		.to_us = feed_at(1200),
		.records = 120,
		.whole_day = true,
		.what = "a.h5 is missing" };
	gaps_damage(gaps, &damage);
	expect_gaps((struct want[]){ { "", "", 600, 1200, GAP_FILE, 0, 0, 0,
	                    "still in the journal" } },
	        1);
}

static void a_conflict_in_quarantine_is_told(void **with)
{
	feed_begin();
	feed_both(0, 600);
	const struct gaps_damage damage = { .cause = GAP_CONFLICT,
		.from_us = feed_at(300),
		.to_us = feed_at(300),
		.what = "quarantine/x.record" };
	gaps_damage(gaps, &damage);
	expect_gaps((struct want[]){ { "", "", 300, 300, GAP_CONFLICT, 0, 0, 0,
	                    "quarantine/x.record" } },
	        1);
}

/* A file of a day of 1000 s, in seconds; every record of it is gone. */
static void lose_file(double from_s, uint64_t records, uint8_t cause, bool whole_day)
{
	const struct gaps_damage damage = { .cause = cause,
		.from_us = feed_at(from_s),
		.to_us = feed_at(from_s + 1000),
		.records = records,
		.readings = records,
		.whole_day = whole_day,
		.what = "b.h5, order 12" };
	assert_int_equal(gaps_damage(gaps, &damage), OK);
}

static void a_pruned_day_takes_its_own_part_of_a_silence_and_no_more(void **with)
{
	feed_begin();
	feed_both(0, 600); /* then nothing came, but for what the file held */
	seq += 200;
	feed_both(4000, 4600);
	lose_file(1000, 200, GAP_PRUNED, true);
	expect_gaps(
	        (struct want[]){
	                { "", "", 601, 1000, GAP_STATION, 120, 0, 0, "no reading" },
	                { "", "", 1000, 2000, GAP_PRUNED, 300, 0, 200, "order 12" },
	                { "", "", 2000, 4000, GAP_STATION, 600, 0, 0, "no reading" } },
	        3);
}

static void a_missing_file_does_so_too_and_a_lost_number_is_told_beside_it(void **with)
{
	feed_begin();
	feed_both(0, 600);
	seq += 201; /* one more than the file held */
	feed_both(4000, 4600);
	lose_file(1000, 200, GAP_FILE, true);
	expect_gaps((struct want[]){ { "", "", 601, 1000, GAP_LOST, 120, 0, 1,
	                                     "1 of records 121 to 321" },
	                    { "", "", 1000, 2000, GAP_FILE, 300, 0, 200, NULL },
	                    { "", "", 2000, 4000, GAP_LOST, 600, 0, 0, NULL } },
	        3);
}

static void a_late_file_takes_the_part_of_its_day(void **with)
{
	feed_begin();
	feed_both(0, 1200);
	seq += 50;
	feed_both(3000, 3600);
	lose_file(1000, 50, GAP_PRUNED, false);
	expect_gaps(
	        (struct want[]){ { "", "", 1201, 2000, GAP_PRUNED, 240, 0, 50, NULL },
	                { "", "", 2000, 3000, GAP_STATION, 300, 0, 0, NULL } },
	        2);
}

static void an_instrument_absent_longer_than_the_file_is_told_on_both_sides(void **with)
{
	feed_begin();
	feed_run(ph, 0, 600, STATE_OK);
	for (double s = 600; s < 4000; s += 10) {
		feed_put(ph, s, STATE_OK);
		if (s < 700)
			feed_put(cod, s + 1, STATE_OK);
		if (s == 1500)
			seq += 40; /* the file held some of cod */
	}
	lose_file(1000, 40, GAP_FILE, true);
	expect_gaps(
	        (struct want[]){
	                { "cod", "", 701, 1000, GAP_NO_READING, 30, 0, 0, NULL },
	                { "cod", "", 1000, 2000, GAP_FILE, 100, 0, 40, NULL },
	                { "cod", "", 2000, 3990, GAP_NO_READING, 199, 0, 0, NULL } },
	        3);
}

static void a_silence_that_only_touches_the_file_is_not_its(void **with)
{
	feed_begin();
	feed_both(0, 1000);
	seq += 100; /* of the file of 1000 s to 2000 s; that before it is in the journal */
	feed_both(2000, 2600);
	lose_file(0, 200, GAP_FILE, true);
	lose_file(1000, 100, GAP_PRUNED, true);
	expect_gaps((struct want[]){ { "", "", 0, 1000, GAP_FILE, 0, 0, 0,
	                                     "in the journal" },
	                    { "", "", 1001, 2000, GAP_PRUNED, 300, 0, 100, NULL } },
	        2);
}

static void a_file_that_held_too_little_to_explain_its_day_says_so(void **with)
{
	feed_begin();
	feed_both(0, 1000);
	seq += 50;
	feed_both(2000, 2600);
	lose_file(1000, 50, GAP_PRUNED, true);
	expect_gaps((struct want[]){ { "", "", 1001, 2000, GAP_PRUNED, 300, 0, 50,
	                    "it held 50 readings, 200 were due" } },
	        1);
}

/* ---- the stretch asked for ---- */

static void only_the_part_asked_for_is_told(void **with)
{
	feed_begin_until(900, 86400, 0);
	feed_both(0, 600);
	seq = 120;
	feed_both(1200, 1800);
	expect_gaps(
	        (struct want[]){ { "", "", 601, 900, GAP_STATION, 90, 0, 0, NULL } },
	        1);
}

static void an_instrument_known_before_and_never_read_is_missing(void **with)
{
	feed_begin_until(600, 86400, 0);
	gaps_known(gaps, cod);
	feed_run(ph, 0, 600, STATE_OK);
	expect_gaps((struct want[]){ { "cod", "", 0, 600, GAP_NO_READING, 60, 0, 0,
	                    NULL } },
	        1);
}

static void an_instrument_taken_away_is_due_no_more(void **with)
{
	struct describe *station = describe_new(DESCRIBE_STATION);
	assert_int_equal(describe_parts(station, 1), OK);
	snprintf(station->part[0].instrument, ID_SIZE, "ph");
	feed_begin();
	feed_both(0, 600);
	const struct record record = {
		.type = RECORD_DESCRIBE, .epoch = epoch, .seq = ++seq
	};
	assert_int_equal(gaps_event(gaps, &record, feed_at(600), station), OK);
	feed_run(ph, 600, 1200, STATE_OK);
	expect_gaps(NULL, 0);
	describe_free(station);
}

/* A year of 1 Hz in one pass: every ninth reading is lost, in groups far apart. */
static void a_year_takes_no_longer_than_its_readings(void **with)
{
	struct describe *fast = feed_instrument("fast", 1, 1);
	feed_begin();
	uint8_t states[1] = { STATE_OK };
	const int64_t n = 2000000; /* 23 days; it goes on the same */
	for (int64_t i = 0; i < n; i++) {
		if (i % 100 == 99)
			continue;
		gaps_reading(
		        gaps, &(struct gaps_reading){ fast, TEN + i * US_PER_S / 25, 7,
		                      (uint64_t)i + 1, states });
	}
	const struct gap *gap;
	size_t found;
	fast->poll_every_s = 1;
	assert_int_equal(gaps_finish(gaps, &gap, &found), OK);
	uint64_t records = 0;
	for (size_t i = 0; i < found; i++)
		records += gap[i].records;
	assert_int_equal(records, n / 100 - 1); /* the last has none behind it */
	gaps_free(gaps);
	describe_free(fast);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, feed_setup, feed_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_that_are_not_here_are_counted),
		TEST(a_loss_the_cabinet_told_has_its_words),
		TEST(readings_dropped_before_they_had_a_number_are_told_with_their_count),
		TEST(a_loss_told_without_a_reason_says_that_none_was_given),
		TEST(a_lost_event_leaves_no_gap_in_the_readings),
		TEST(the_first_numbers_may_be_missing_too),
		TEST(numbers_out_of_order_are_no_hole),
		TEST(a_record_without_a_time_fills_its_number),
		TEST(a_damaged_file_explains_the_hole_and_counts_once),
		TEST(a_damaged_file_whose_records_are_in_the_journal_loses_none),
		TEST(a_conflict_in_quarantine_is_told),
		TEST(a_pruned_day_takes_its_own_part_of_a_silence_and_no_more),
		TEST(a_missing_file_does_so_too_and_a_lost_number_is_told_beside_it),
		TEST(a_late_file_takes_the_part_of_its_day),
		TEST(an_instrument_absent_longer_than_the_file_is_told_on_both_sides),
		TEST(a_silence_that_only_touches_the_file_is_not_its),
		TEST(a_file_that_held_too_little_to_explain_its_day_says_so),
		TEST(only_the_part_asked_for_is_told),
		TEST(an_instrument_known_before_and_never_read_is_missing),
		TEST(an_instrument_taken_away_is_due_no_more),
		TEST(a_year_takes_no_longer_than_its_readings),
	};
	return cmocka_run_group_tests_name(
	        "gaps: numbers and files", tests, NULL, NULL);
}
