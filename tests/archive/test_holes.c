/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of gaps of an archive: what was planted is found, in the journal, in sealed
 * days, and by the command. */
#include "tests/kits/holes_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "base/reading.h"
#include "tests/kits/agent_kit.h"
#include "tests/kits/made.h"

static void what_was_planted_is_found_in_the_journal(void **state)
{
	made_archive_close(&made);
	holes_expect(*state, &(struct holes_query){ 0 }, planted, 4);
}

static void and_the_same_in_sealed_days(void **state)
{
	holes_seal_all();
	made_archive_close(&made);
	holes_expect(*state, &(struct holes_query){ 0 }, planted, 4);
	holes_remove_journals(*state);
	holes_expect(*state, &(struct holes_query){ 0 }, planted, 4);
}

static void a_day_alone_has_its_part(void **state)
{
	static const struct want day2[] = {
		{ "cod", MADE_DAY + DAY, MADE_DAY + 25 * HOUR + US_PER_S,
		        GAP_NO_READING, 60, 0, 0 },
		{ "", MADE_DAY + 34 * HOUR + US_PER_S, MADE_DAY + 36 * HOUR,
		        GAP_STATION, 360, 0, 0 },
	};
	holes_seal_all();
	made_archive_close(&made);
	holes_expect(*state,
	        &(struct holes_query){
	                .from_us = MADE_DAY + DAY, .to_us = MADE_DAY + 2 * DAY },
	        day2, 2);
}

static void since_when_the_station_is_silent(void **state)
{
	const struct gap *gap;
	made_archive_close(&made);
	struct gaps *ledger = holes_list(
	        *state, &(struct holes_query){ .now_us = END + 5 * DAY }, &gap, 5);
	holes_compare(&gap[4], &(struct want){ "", END + US_PER_S, END + 5 * DAY,
	                               GAP_STATION, 3 * 5 * 1440, 0, 0 });
	assert_true(gap[4].open);
	gaps_free(ledger);
	/* a day in the middle of it */
	ledger = holes_list(*state,
	        &(struct holes_query){ .now_us = END + 5 * DAY,
	                .from_us = END + 3 * DAY,
	                .to_us = END + 4 * DAY },
	        &gap, 1);
	assert_int_equal(gap[0].from_us - (END + 3 * DAY), 0);
	assert_int_equal(gap[0].to_us - (END + 4 * DAY), 0);
	assert_int_equal(gap[0].cause, GAP_STATION);
	gaps_free(ledger);
}

static void only_what_was_stored_by_then_is_there(void **state)
{
	const struct gap *gap;
	made_archive_close(&made);
	struct gaps *ledger = holes_list(*state,
	        &(struct holes_query){
	                .as_of_us = MADE_DAY + 12 * HOUR, .to_us = MADE_DAY + DAY },
	        &gap, 2);
	holes_compare(&gap[0], &planted[0]);
	assert_int_equal(gap[1].cause, GAP_STATION);
	assert_int_equal(gap[1].to_us - (MADE_DAY + DAY), 0);
	gaps_free(ledger);
}

static void a_station_that_is_none_is_named(void **state)
{
	struct reader *reader;
	struct gaps *ledger;
	const struct gap *gap;
	struct problem why = { .text = "" };
	const struct holes_query query = {
		.station = "nt-02", .to_us = END, .now_us = END
	};
	made_archive_close(&made);
	assert_int_equal(reader_open(&reader, in_folder(*state, "archive"), &why), OK);
	assert_true(holes_find(&ledger, &gap, reader, &query, &why) < 0);
	assert_contains(why.text, "nt-02");
	assert_null(ledger);
	reader_close(reader);
}

/* Who asks for what is not there is told of them. */
static void explain_tells_of_three(const char *dir)
{
	int code;
	char *text = run_command(&code,
	        "%s --archive %s explain bt-outlet cod 2026-11-16T12:00",
	        project_file("build/san/quantrac-office"), dir);
	assert_int_equal(code, 0);
	assert_contains(text, "3 readings of the station have no time");
	free(text);
}

/* A cabinet that started twice without a clock, the second time for good. */
static void records_without_a_time_are_not_lost(void **state)
{
	static struct agent_book book;
	static struct agent agent;
	struct reader *reader;
	struct problem why = { .text = "" };
	struct gaps *ledger;
	const struct gap *gap;
	const char *dir = in_folder(*state, "other");
	assert_int_equal(folder_make(dir), OK);
	archive_make(dir);
	agent_start(&agent, &book, "bt-outlet", 77);
	struct ingest *ingest = archive_ingest(dir);
	agent_describe(&agent, AGENT_DAY);
	for (int i = 0; i < 60; i++)
		agent_reading(&agent, AGENT_DAY + i * AGENT_MIN, 1);
	agent.boot++;
	agent.clock = CLOCK_UNSYNCED;
	for (int i = 0; i < 3; i++)
		agent_reading(&agent, 1000000 + i * AGENT_MIN, 1);
	agent.boot++;
	agent.clock = CLOCK_SYNCED;
	for (int i = 60; i < 120; i++)
		agent_reading(&agent, AGENT_DAY + i * AGENT_MIN, 1);
	agent_give(&agent, ingest, AGENT_DAY + 2 * AGENT_HOUR);
	ingest_close(ingest);
	assert_int_equal(reader_open(&reader, dir, &why), OK);
	int64_t now_us = AGENT_DAY + 2 * AGENT_HOUR;
	const struct holes_query query = {
		.station = "bt-outlet", .to_us = now_us + 1, .now_us = now_us
	};
	assert_int_equal(holes_find(&ledger, &gap, reader, &query, &why), 1);
	holes_compare(gap, &(struct want){ "", now_us, now_us, GAP_UNPLACED, 0, 0, 3 });
	gaps_free(ledger);
	reader_close(reader);
	explain_tells_of_three(dir);
	agent_end(&agent);
	agent_book_free(&book);
}

static void means_of_what_has_no_time_are_none(void **state)
{
	static struct agent_book book;
	static struct agent agent;
	int code;
	const char *dir = in_folder(*state, "other");
	assert_int_equal(folder_make(dir), OK);
	archive_make(dir);
	agent_start(&agent, &book, "bt-outlet", 77);
	agent.clock = CLOCK_UNSYNCED;
	struct ingest *ingest = archive_ingest(dir);
	agent_describe(&agent, 1000000);
	agent_reading(&agent, 2000000, 1);
	agent_give(&agent, ingest, AGENT_DAY);
	ingest_close(ingest);
	char *text = run_command(&code,
	        "%s --archive %s means --station bt-outlet --channel cod 2>&1",
	        project_file("build/san/quantrac-office"), dir);
	assert_int_equal(code, 0);
	assert_contains(text, "no reading of bt-outlet has a time");
	assert_null(strstr(text, "1970"));
	free(text);
	agent_end(&agent);
	agent_book_free(&book);
}

/* ---- the command ---- */

static void the_command_prints_fixed_columns_and_its_exit_code(void **state)
{
	int code;
	made_archive_close(&made);
	char *text = run_command(&code,
	        "QUANTRAC_NOW=2026-11-12T00:00:00+07:00 %s status --gaps --archive "
	        "%s/archive --format csv --exit-code",
	        project_file("build/san/quantrac-office"), (char *)*state);
	assert_int_equal(code, 1);
	assert_contains(text,
	        "station,instrument,channel,from,to,open,seconds,cause,loss,expected,"
	        "valid,records,reason\n"
	        "nt-01,ph,,2026-11-09T09:00:00+07:00,2026-11-09T09:30:00+07:00,no,1800,"
	        "silent,yes,60,0,,the instrument does not answer\n");
	assert_contains(text, "nt-01,ph,,2026-11-11T23:20:00+07:00,2026-11-11T23:40:00+"
	                      "07:00,no,1200,calibrating,no,40,0,,calibrating\n");
	free(text);
	text = run_command(&code,
	        "QUANTRAC_NOW=2026-11-12T00:00:00+07:00 %s status --gaps --archive "
	        "%s/archive --station nt-01 --since 2026-11-11 --exit-code",
	        project_file("build/san/quantrac-office"), (char *)*state);
	assert_int_equal(code, 0); /* calibrating is no loss */
	assert_contains(text, "lost in all      0 gaps");
	assert_contains(text, "LASTED  CAUSE        EXPECTED"); /* as in CSV and JSON */
	assert_contains(text, "20 min 0 s  calibrating        40");
	free(text);
	text = run_command(&code,
	        "%s status --gaps --archive %s/archive --station nt-2 2>&1",
	        project_file("build/san/quantrac-office"), (char *)*state);
	assert_int_equal(code, 66);
	assert_contains(text, "nt-01");
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, holes_setup, holes_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_planted_is_found_in_the_journal),
		TEST(and_the_same_in_sealed_days),
		TEST(a_day_alone_has_its_part),
		TEST(since_when_the_station_is_silent),
		TEST(only_what_was_stored_by_then_is_there),
		TEST(a_station_that_is_none_is_named),
		TEST(records_without_a_time_are_not_lost),
		TEST(means_of_what_has_no_time_are_none),
		TEST(the_command_prints_fixed_columns_and_its_exit_code),
	};
	return cmocka_run_group_tests_name("holes", tests, NULL, NULL);
}
