/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/collector_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include "archive/proof.h"

/* ---- days ---- */

static void a_day_is_sealed_ten_minutes_into_the_next(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	agent_describe(&cabinet, D(0));
	agent_give(&cabinet, ingest, D(0));
	run_day(&cabinet, ingest, D(0), D(1), AGENT_HOUR);
	assert_int_equal(seal(ingest, D(1), false), 0);
	run_day(&cabinet, ingest, D(1) + 10 * AGENT_MIN - 1, D(1) + 10 * AGENT_MIN, 1);
	assert_int_equal(seal(ingest, D(1) + 11 * AGENT_MIN, false), 0);
	run_day(&cabinet, ingest, D(1) + 10 * AGENT_MIN, D(1) + 10 * AGENT_MIN + 1, 1);
	assert_int_equal(seal(ingest, D(1) + 11 * AGENT_MIN, false), 1);
	assert_string_equal(sealed_names(*state, "bt-outlet"), DAY1);
	assert_string_equal(sealed_seqs(*state, DAY1), "1-25");
	assert_int_equal(seal(ingest, D(1) + 12 * AGENT_MIN, false), 0);
	ingest_close(ingest);
	assert_int_equal(sealed_records(*state, &book), 25);

	struct stat st;
	assert_int_equal(stat(path_of(*state, DAY1), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0440);
	assert_int_equal(st.st_nlink, 1);
}

static void the_legal_day_begins_at_seventeen_hours_utc(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	agent_describe(&cabinet, D(0));
	agent_reading(&cabinet, D(0) - 1, 1);
	agent_reading(&cabinet, D(0), 2);
	agent_reading(&cabinet, D(1) - 1, 3);
	agent_reading(&cabinet, D(1), 4);
	agent_give(&cabinet, ingest, D(1));
	assert_int_equal(seal(ingest, D(1), true), 3);
	ingest_close(ingest);
	assert_int_equal(D(0) % AGENT_1DAY, 17 * AGENT_HOUR);
	assert_string_equal(sealed_names(*state, "bt-outlet"),
	        "bt-outlet_2026-11-14.h5 " DAY1 " " DAY2);
	assert_string_equal(sealed_seqs(*state, "bt-outlet_2026-11-14.h5"), "2-2");
	assert_string_equal(sealed_seqs(*state, DAY1), "1-1 3-4");
	assert_string_equal(sealed_seqs(*state, DAY2), "5-5");
}

static void a_silent_station_is_sealed_after_seven_days(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(0) + 3 * AGENT_HOUR, AGENT_HOUR);
	assert_int_equal(seal(ingest, D(8) - 1, false), 0);
	assert_int_equal(seal(ingest, D(8), false), 1);
	ingest_close(ingest);
	assert_string_equal(sealed_seqs(*state, DAY1), "1-4");
}

static void a_stamp_in_the_future_closes_no_day(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(0) + 3 * AGENT_HOUR, AGENT_HOUR);
	agent_reading(&cabinet, D(5000), 1);
	agent_give(&cabinet, ingest, D(0) + 4 * AGENT_HOUR);
	assert_int_equal(seal(ingest, D(0) + 5 * AGENT_HOUR, false), 0);
	ingest_close(ingest);
}

static void a_month_of_backlog_makes_a_file_for_each_day(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	agent_describe(&cabinet, D(0));
	for (int64_t t = D(0); t < D(30); t += 6 * AGENT_HOUR)
		agent_reading(&cabinet, t, 1);
	agent_give(&cabinet, ingest, D(30));
	assert_int_equal(seal(ingest, D(30) + AGENT_HOUR, false), 29);
	ingest_close(ingest);
	assert_int_equal(sealed_records(*state, &book), 29 * 4 + 1);
}

/* ---- late ---- */

static void late_records_wait_for_the_end_of_their_day_of_arrival(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct agent spool;
	agent_start(&spool, &book, "bt-outlet", EPOCH + 9);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(2), AGENT_HOUR);
	assert_int_equal(seal(ingest, D(2), false), 1);

	/* a second epoch brings what it had in memory, twice on one day and once on the
	 * next */
	agent_describe(&spool, D(0) + 1);
	agent_reading(&spool, D(0) + 2, 5);
	agent_give(&spool, ingest, D(2) + 5 * AGENT_MIN);
	assert_int_equal(seal(ingest, D(2) + 11 * AGENT_MIN, false), 0);
	agent_reading(&spool, D(0) + 3, 5);
	agent_give(&spool, ingest, D(2) + 2 * AGENT_HOUR);
	assert_int_equal(seal(ingest, D(3) + 10 * AGENT_MIN - 1, false), 0);
	assert_int_equal(seal(ingest, D(3) + 10 * AGENT_MIN, false), 1);
	agent_reading(&spool, D(0) + 4, 5);
	agent_give(&spool, ingest, D(3) + 2 * AGENT_HOUR);
	assert_int_equal(seal(ingest, D(3) + 23 * AGENT_HOUR, false), 0);
	assert_int_equal(seal(ingest, D(4) + 10 * AGENT_MIN, false), 1);
	assert_string_equal(sealed_names(*state, "bt-outlet"),
	        DAY1 " bt-outlet_2026-11-15_late1.h5 bt-outlet_2026-11-15_late2.h5");
	assert_string_equal(
	        sealed_seqs(*state, "bt-outlet_2026-11-15_late1.h5"), "1-3");
	ingest_close(ingest);
	agent_end(&spool);
}

/* ---- clocks ---- */

static void a_clock_put_right_moves_what_came_before_it(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	/* started in 1970, synchronised at 08:00 of the first day after two hours */
	int64_t wrong = 0, right = D(0) + 8 * AGENT_HOUR;
	cabinet.clock = CLOCK_UNSYNCED;
	cabinet.mono_base_us = wrong - AGENT_MIN;
	agent_describe(&cabinet, wrong);
	for (int i = 0; i < 120; i++)
		agent_reading(&cabinet, wrong + i * AGENT_MIN, i);
	agent_clock(&cabinet, wrong + 120 * AGENT_MIN, right);
	run_day(&cabinet, ingest, right, right + AGENT_HOUR, AGENT_MIN);
	assert_int_equal(seal(ingest, D(1), true), 1);
	ingest_close(ingest);
	assert_string_equal(sealed_names(*state, "bt-outlet"), DAY1);
	assert_string_equal(sealed_seqs(*state, DAY1), "1-182");
}

static void a_correction_can_part_one_stretch_into_two_days(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	int64_t wrong = D(-2000) + AGENT_HOUR, right = D(1) + AGENT_HOUR;
	cabinet.clock = CLOCK_UNSYNCED;
	cabinet.mono_base_us = wrong - AGENT_MIN;
	agent_describe(&cabinet, wrong);
	for (int i = 0; i < 120; i++)
		agent_reading(&cabinet, wrong + i * AGENT_MIN, i);
	agent_clock(&cabinet, wrong + 120 * AGENT_MIN, right);
	agent_give(&cabinet, ingest, right);
	assert_int_equal(seal(ingest, D(2), true), 2);
	ingest_close(ingest);
	assert_string_equal(sealed_seqs(*state, DAY1), "1-61");
	assert_string_equal(sealed_seqs(*state, DAY2), "62-122");
	assert_int_equal(sealed_records(*state, &book), 122);
}

static void an_unsynchronised_clock_that_the_collector_saw_to_be_right_is_believed(
        void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	cabinet.clock = CLOCK_UNSYNCED;
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(0) + 2 * AGENT_HOUR, AGENT_HOUR);
	/* an outage: these come a day late, of the same boot */
	for (int i = 2; i < 24; i++)
		agent_reading(&cabinet, D(0) + i * AGENT_HOUR, i);
	agent_give(&cabinet, ingest, D(1) + 20 * AGENT_HOUR);
	run_day(&cabinet, ingest, D(1) + 20 * AGENT_HOUR, D(1) + 21 * AGENT_HOUR,
	        AGENT_HOUR);
	assert_int_equal(seal(ingest, D(1) + 22 * AGENT_HOUR, false), 1);
	ingest_close(ingest);
	assert_string_equal(sealed_seqs(*state, DAY1), "1-25");
}

static void what_nobody_can_place_waits_and_then_goes_to_unplaced(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	cabinet.clock = CLOCK_UNSYNCED;
	agent_describe(&cabinet, 1000);
	agent_reading(&cabinet, 2000, 1);
	agent_give(&cabinet, ingest, D(0));
	assert_int_equal(seal(ingest, D(7) - 1, false), 0);
	assert_int_equal(seal(ingest, D(7), false), 1);
	assert_string_equal(sealed_names(*state, "bt-outlet"), "bt-outlet_0.h5");
	assert_int_equal(access(in_folder(*state, "unplaced/bt-outlet_0.h5"), F_OK), 0);
	agent_reading(&cabinet, 3000, 1);
	agent_give(&cabinet, ingest, D(7));
	assert_int_equal(seal(ingest, D(14), false), 1);
	ingest_close(ingest);
	assert_string_equal(
	        sealed_names(*state, "bt-outlet"), "bt-outlet_0.h5 bt-outlet_1.h5");
	assert_int_equal(sealed_records(*state, &book), 3);
}

static void a_boot_that_is_over_need_not_be_waited_for(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	cabinet.clock = CLOCK_UNSYNCED;
	agent_describe(&cabinet, 1000);
	agent_reading(&cabinet, 2000, 1);
	agent_give(&cabinet, ingest, D(0));
	cabinet.boot++;
	cabinet.clock = CLOCK_SYNCED;
	agent_reading(&cabinet, D(0), 2);
	agent_give(&cabinet, ingest, D(0));
	assert_int_equal(seal(ingest, D(0) + AGENT_HOUR, false), 0);
	assert_int_equal(seal(ingest, D(1) + 11 * AGENT_MIN, false), 1);
	assert_string_equal(sealed_names(*state, "bt-outlet"), "bt-outlet_0.h5");
	assert_string_equal(sealed_seqs(*state, "bt-outlet_0.h5"), "1-2");
	ingest_close(ingest);
}

static void an_import_is_believed_as_it_stands(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	cabinet.clock = CLOCK_UNSYNCED;
	cabinet.boot = 0;
	agent_instrument(&cabinet, ORIGIN_IMPORT, "A1");
	agent_describe(&cabinet, D(-8000));
	for (int i = 0; i < 48; i++)
		agent_reading(&cabinet, D(-8000) + i * AGENT_HOUR, i);
	agent_give(&cabinet, ingest, D(0));
	assert_int_equal(seal(ingest, D(0), true), 2);
	ingest_close(ingest);
	assert_string_equal(sealed_names(*state, "bt-outlet"),
	        "bt-outlet_2004-12-20.h5 bt-outlet_2004-12-21.h5");
}

static void a_clock_that_steps_back_parts_the_days_and_loses_nothing(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	agent_describe(&cabinet, D(0));
	for (int i = 0; i < 200; i++)
		agent_reading(&cabinet, D(i % 2) + i * AGENT_MIN, i);
	agent_give(&cabinet, ingest, D(1) + 4 * AGENT_HOUR);
	assert_int_equal(seal(ingest, D(1) + 4 * AGENT_HOUR, false), 1);
	assert_int_equal(seal(ingest, D(2), true), 1);
	ingest_close(ingest);
	assert_int_equal(sealed_records(*state, &book), 201);
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collector_setup, collector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_day_is_sealed_ten_minutes_into_the_next),
		WITH(the_legal_day_begins_at_seventeen_hours_utc),
		WITH(a_silent_station_is_sealed_after_seven_days),
		WITH(a_stamp_in_the_future_closes_no_day),
		WITH(a_month_of_backlog_makes_a_file_for_each_day),
		WITH(late_records_wait_for_the_end_of_their_day_of_arrival),
		WITH(a_clock_put_right_moves_what_came_before_it),
		WITH(a_correction_can_part_one_stretch_into_two_days),
		WITH(an_unsynchronised_clock_that_the_collector_saw_to_be_right_is_believed),
		WITH(what_nobody_can_place_waits_and_then_goes_to_unplaced),
		WITH(a_boot_that_is_over_need_not_be_waited_for),
		WITH(an_import_is_believed_as_it_stands),
		WITH(a_clock_that_steps_back_parts_the_days_and_loses_nothing),
	};
	return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
