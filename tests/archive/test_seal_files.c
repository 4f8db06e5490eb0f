/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in a sealed file, and which files there are: epochs, instruments, stations. */
#include "tests/kits/collector_fixture.h"

#include "archive/day.h"
#include "archive/proof.h"

/* ---- epochs and instruments ---- */

static void epochs_lie_in_one_file_in_order(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct agent older;
	agent_start(&older, &book, "bt-outlet", EPOCH - 7);
	agent_describe(&cabinet, D(0));
	agent_describe(&older, D(0));
	run_day(&cabinet, ingest, D(0), D(0) + 5 * AGENT_HOUR, AGENT_HOUR);
	run_day(&older, ingest, D(0) + 6 * AGENT_HOUR, D(0) + 9 * AGENT_HOUR,
	        AGENT_HOUR);
	assert_int_equal(seal(ingest, D(1), true), 1);
	ingest_close(ingest);
	agent_end(&older);
	assert_string_equal(sealed_seqs(*state, DAY1), "1-4 1-6");
	assert_int_equal(sealed_records(*state, &book), 10);
}

static size_t groups_of(const char *path)
{
	struct day *day;
	struct problem why;
	assert_int_equal(day_open(&day, path, &why), OK);
	size_t n = day_groups(day);
	day_close(day);
	return n;
}

static void a_changed_instrument_gets_its_own_group(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	agent_describe(&cabinet, D(0));
	run_day(&cabinet, ingest, D(0), D(0) + 5 * AGENT_HOUR, AGENT_HOUR);
	agent_instrument(&cabinet, ORIGIN_INSTRUMENT, "B2");
	agent_describe(&cabinet, D(0) + 5 * AGENT_HOUR);
	run_day(&cabinet, ingest, D(0) + 6 * AGENT_HOUR, D(0) + 9 * AGENT_HOUR,
	        AGENT_HOUR);
	assert_int_equal(seal(ingest, D(1), true), 1);
	ingest_close(ingest);
	assert_int_equal(groups_of(path_of(*state, DAY1)), 2);
}

static void a_reading_whose_description_nobody_has_is_kept_as_it_is(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	run_day(&cabinet, ingest, D(0), D(0) + 3 * AGENT_HOUR, AGENT_HOUR);
	agent_state(&cabinet, D(0) + 3 * AGENT_HOUR, "x");
	agent_give(&cabinet, ingest, D(0) + 3 * AGENT_HOUR);
	assert_int_equal(seal(ingest, D(1), true), 1);
	ingest_close(ingest);
	assert_contains(lines, "3 readings name a description that nobody has");
	assert_int_equal(groups_of(path_of(*state, DAY1)), 0);
	assert_int_equal(sealed_records(*state, &book), 4);
}

static void every_station_has_its_own_files(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct agent stack;
	agent_start(&stack, &book, "stack-1", EPOCH + 4);
	agent_describe(&cabinet, D(0));
	agent_describe(&stack, D(0));
	run_day(&cabinet, ingest, D(0), D(0) + 5 * AGENT_HOUR, AGENT_HOUR);
	run_day(&stack, ingest, D(0), D(0) + 5 * AGENT_HOUR, AGENT_HOUR);
	assert_int_equal(seal(ingest, D(1), true), 2);
	ingest_close(ingest);
	agent_end(&stack);
	assert_string_equal(sealed_names(*state, "bt-outlet"), DAY1);
	assert_string_equal(sealed_names(*state, "stack-1"), "stack-1_2026-11-15.h5");
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collector_setup, collector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(epochs_lie_in_one_file_in_order),
		WITH(a_changed_instrument_gets_its_own_group),
		WITH(a_reading_whose_description_nobody_has_is_kept_as_it_is),
		WITH(every_station_has_its_own_files),
	};
	return cmocka_run_group_tests_name("seal files", tests, NULL, NULL);
}
