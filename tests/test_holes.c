/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger of gaps of an archive on disk: holes planted by hand in three legal days,
 * from sealed files, from the journal, and from what somebody took away.
 */
#include "tests/check.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/holes.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "base/reading.h"
#include "tests/agent_kit.h"
#include "tests/made.h"
#include "tests/made_archive.h"

#define MIN  US_PER_MIN
#define HOUR US_PER_HOUR
#define DAY  US_PER_DAY
#define END  (MADE_DAY + 3 * DAY)

static struct made_archive made;
static struct describe *ph, *cod;

/* ---- what is planted; minutes after the first midnight ---- */

static bool station_off(int64_t minute) /* day 2, 10:00 to 12:00 */
{
	return minute >= 1440 + 600 && minute < 1440 + 720;
}

static uint8_t ph_state(int64_t minute)
{
	if (minute >= 540 && minute < 570) /* day 1, 09:00 to 09:30 */
		return STATE_SILENT;
	if (minute >= 2 * 1440 + 1400 && minute < 2 * 1440 + 1420)
		return STATE_CALIBRATING; /* day 3, 23:20 to 23:40 */
	return STATE_OK;
}

static bool cod_absent(int64_t minute) /* day 1, 23:00 to day 2, 01:00 */
{
	return minute >= 1380 && minute < 1500;
}

static void put(const struct describe *describe, int64_t time_us, uint8_t state)
{
	const uint8_t states[2] = { state, state };
	const double value[2] = { 7, 7 };
	made_put(&made, &(struct made_reading){ .describe = describe,
	                        .time_us = time_us,
	                        .state = states,
	                        .value = value });
}

static void fill(void)
{
	made_station(&made, "nt-01", "water", MADE_DAY);
	made_describe(&made, ph, MADE_DAY);
	made_describe(&made, cod, MADE_DAY);
	for (int64_t minute = 0; minute < 3 * 1440; minute++) {
		int64_t time_us = MADE_DAY + minute * MIN;
		if (station_off(minute))
			continue;
		put(ph, time_us, ph_state(minute));
		if (!cod_absent(minute))
			put(cod, time_us + US_PER_S, STATE_OK);
	}
}

static void seal_all(void)
{
	struct problem why = { .text = "" };
	assert_int_equal(ingest_seal(made.ingest, END, true, &why), 3);
}

static void quiet(enum log_level level, const char *text)
{
}

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	log_catch(quiet);
	made_archive_open(&made, *state, "archive");
	ph = made_instrument("nt-01", "ph", 2, 60);
	cod = made_instrument("nt-01", "cod", 1, 60);
	fill();
	return 0;
}

static int teardown(void **state)
{
	if (made.ingest != NULL)
		made_archive_close(&made);
	describe_free(ph);
	describe_free(cod);
	return scratch_remove(state);
}

/* ---- what is found ---- */

struct want {
	const char *instrument;
	int64_t from_us, to_us;
	uint8_t cause;
	uint64_t expected, received, records;
};

/* Times of a gap that begins behind a reading have a second of `cod` in them. */
static const struct want planted[] = {
	{ "ph", MADE_DAY + 9 * HOUR, MADE_DAY + 9 * HOUR + 30 * MIN, GAP_SILENT, 60, 0,
	        0 },
	{ "cod", MADE_DAY + 23 * HOUR + US_PER_S, MADE_DAY + 25 * HOUR + US_PER_S,
	        GAP_NO_READING, 120, 0, 0 },
	{ "", MADE_DAY + 34 * HOUR + US_PER_S, MADE_DAY + 36 * HOUR, GAP_STATION, 360,
	        0, 0 },
	{ "ph", MADE_DAY + 71 * HOUR + 20 * MIN, MADE_DAY + 71 * HOUR + 40 * MIN,
	        GAP_CALIBRATING, 40, 0, 0 },
};

static void compare(const struct gap *gap, const struct want *want)
{
	assert_string_equal(gap->instrument, want->instrument);
	assert_string_equal(gap_cause_text(gap->cause), gap_cause_text(want->cause));
	assert_int_equal(gap->from_us - want->from_us, 0);
	assert_int_equal(gap->to_us - want->to_us, 0);
	assert_int_equal(gap->expected, want->expected);
	assert_int_equal(gap->received, want->received);
	assert_int_equal(gap->records, want->records);
}

static void print(const struct gap *gap)
{
	char from[TIME_TEXT], to[TIME_TEXT], reason[900];
	print_message("%s/%s %s to %s %s %d/%d %d: %s\n", gap->instrument, gap->channel,
	        time_print(gap->from_us, 420, from), time_print(gap->to_us, 420, to),
	        gap_cause_text(gap->cause), (int)gap->received, (int)gap->expected,
	        (int)gap->records, gap_reason(gap, reason, sizeof reason));
}

static struct gaps *find(const char *folder, const struct holes_query *asked,
        const struct gap **gap, size_t n)
{
	struct reader *reader;
	struct problem why = { .text = "" };
	struct gaps *ledger;
	struct holes_query query = *asked;
	query.station = "nt-01";
	if (query.now_us == 0)
		query.now_us = END;
	if (query.to_us == 0)
		query.to_us = query.now_us;
	assert_int_equal(reader_open(&reader, in_folder(folder, "archive"), &why), OK);
	int found = holes_find(&ledger, gap, reader, &query, &why);
	if (found < 0)
		fail_msg("%s", why.text);
	reader_close(reader);
	for (int i = 0; found != (int)n && i < found; i++)
		print(&(*gap)[i]);
	assert_int_equal(found, n);
	return ledger;
}

static void expect(const char *folder, const struct holes_query *query,
        const struct want *want, size_t n)
{
	const struct gap *gap;
	struct gaps *ledger = find(folder, query, &gap, n);
	for (size_t i = 0; i < n; i++)
		compare(&gap[i], &want[i]);
	gaps_free(ledger);
}

static void remove_day(const char *folder, const char *date)
{
	char path[200];
	snprintf(path, sizeof path, "archive/kcn-mau/nt-01/2026/nt-01_%s.h5", date);
	assert_int_equal(unlink(in_folder(folder, path)), 0);
}

static void remove_journals(const char *folder)
{
	int code;
	free(run_command(&code, "rm -r %s/archive/journal/nt-01", folder));
	assert_int_equal(code, 0);
}

/* ---- tests ---- */

static void what_was_planted_is_found_in_the_journal(void **state)
{
	made_archive_close(&made);
	expect(*state, &(struct holes_query){ 0 }, planted, 4);
}

static void and_the_same_in_sealed_days(void **state)
{
	seal_all();
	made_archive_close(&made);
	expect(*state, &(struct holes_query){ 0 }, planted, 4);
	remove_journals(*state);
	expect(*state, &(struct holes_query){ 0 }, planted, 4);
}

static void a_day_alone_has_its_part(void **state)
{
	static const struct want day2[] = {
		{ "cod", MADE_DAY + DAY, MADE_DAY + 25 * HOUR + US_PER_S,
		        GAP_NO_READING, 60, 0, 0 },
		{ "", MADE_DAY + 34 * HOUR + US_PER_S, MADE_DAY + 36 * HOUR,
		        GAP_STATION, 360, 0, 0 },
	};
	seal_all();
	made_archive_close(&made);
	expect(*state,
	        &(struct holes_query){
	                .from_us = MADE_DAY + DAY, .to_us = MADE_DAY + 2 * DAY },
	        day2, 2);
}

static void a_missing_day_whose_records_are_in_the_journal_loses_nothing(void **state)
{
	const struct gap *gap;
	char reason[900];
	seal_all();
	made_archive_close(&made);
	remove_day(*state, "2026-11-09");
	struct gaps *ledger = find(*state, &(struct holes_query){ 0 }, &gap, 5);
	compare(&gap[0],
	        &(struct want){ "", MADE_DAY, MADE_DAY + DAY, GAP_FILE, 0, 0, 0 });
	assert_contains(gap_reason(&gap[0], reason, sizeof reason),
	        "nt-01_2026-11-09.h5 is missing; its records are still in the journal");
	gaps_free(ledger);
}

static void a_missing_day_is_one_gap_with_its_records(void **state)
{
	const struct gap *gap;
	char reason[900];
	seal_all();
	made_archive_close(&made);
	remove_journals(*state);
	remove_day(*state, "2026-11-10");
	struct gaps *ledger = find(*state, &(struct holes_query){ 0 }, &gap, 4);
	/* day 2 with what cod lacked on either side of both midnights */
	compare(&gap[0], &planted[0]);
	assert_string_equal(gap_cause_text(gap[2].cause), "file");
	assert_int_equal(gap[2].from_us - (MADE_DAY + DAY), 0);
	assert_int_equal(gap[2].to_us - (MADE_DAY + 2 * DAY), 0);
	/* 22 h of ph, 21 h of cod */
	assert_int_equal(gap[2].records, 22 * 60 + 21 * 60);
	assert_contains(gap_reason(&gap[2], reason, sizeof reason),
	        "nt-01_2026-11-10.h5 is missing");
	/* cod was absent from 23:00 on: told apart up to the station's own gap */
	compare(&gap[1], &(struct want){ "cod", MADE_DAY + 23 * HOUR + US_PER_S,
	                         MADE_DAY + DAY, GAP_NO_READING, 60, 0, 0 });
	gaps_free(ledger);
}

static void a_changed_byte_in_a_day_is_told(void **state)
{
	const struct gap *gap;
	int code;
	seal_all();
	made_archive_close(&made);
	free(run_command(&code,
	        "chmod u+w %s/archive/kcn-mau/nt-01/2026/*11-11.h5 && printf x | dd "
	        "of=$(echo %s/archive/kcn-mau/nt-01/2026/*11-11.h5) bs=1 seek=3000 "
	        "conv=notrunc 2>/dev/null",
	        (char *)*state, (char *)*state));
	assert_int_equal(code, 0);
	struct gaps *ledger = find(*state, &(struct holes_query){ 0 }, &gap, 5);
	char reason[900];
	assert_contains(gap_reason(&gap[3], reason, sizeof reason),
	        "2026-11-11.h5 is not to the bit what was sealed");
	gaps_free(ledger);
}

static void a_conflict_in_quarantine_is_told_with_its_time(void **state)
{
	uint8_t bytes[200];
	char path[300];
	const struct gap *gap;
	const struct record record = { .type = RECORD_STATE,
		.clock = CLOCK_SYNCED,
		.source = "nt-01",
		.epoch = 7,
		.seq = 9,
		.time_us = MADE_DAY + HOUR,
		.payload = (const uint8_t *)"{}",
		.payload_size = 2 };
	made_archive_close(&made);
	int n = record_encode(&record, bytes, sizeof bytes);
	assert_true(n > 0);
	snprintf(path, sizeof path, "%s/archive/quarantine", (char *)*state);
	assert_int_equal(folder_make(path), OK);
	strcat(path, "/nt-01_0000000000000007_00000000000000000009_"
	             "0123456789abcdef.record");
	assert_int_equal(file_replace(path, bytes, (size_t)n, 0640), OK);
	struct gaps *ledger = find(*state, &(struct holes_query){ 0 }, &gap, 5);
	compare(&gap[0], &(struct want){ "", MADE_DAY + HOUR, MADE_DAY + HOUR,
	                         GAP_CONFLICT, 0, 0, 0 });
	gaps_free(ledger);
}

static void since_when_the_station_is_silent(void **state)
{
	const struct gap *gap;
	made_archive_close(&made);
	struct gaps *ledger =
	        find(*state, &(struct holes_query){ .now_us = END + 5 * DAY }, &gap, 5);
	compare(&gap[4], &(struct want){ "", END + US_PER_S, END + 5 * DAY, GAP_STATION,
	                         3 * 5 * 1440, 0, 0 });
	assert_true(gap[4].open);
	gaps_free(ledger);
	/* a day in the middle of it */
	ledger = find(*state,
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
	struct gaps *ledger = find(*state,
	        &(struct holes_query){
	                .as_of_us = MADE_DAY + 12 * HOUR, .to_us = MADE_DAY + DAY },
	        &gap, 2);
	compare(&gap[0], &planted[0]);
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
	compare(gap, &(struct want){ "", now_us, now_us, GAP_UNPLACED, 0, 0, 3 });
	gaps_free(ledger);
	reader_close(reader);
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
	        "received,records,reason\n"
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
	free(text);
	text = run_command(&code,
	        "%s status --gaps --archive %s/archive --station nt-2 2>&1",
	        project_file("build/san/quantrac-office"), (char *)*state);
	assert_int_equal(code, 66);
	assert_contains(text, "nt-01");
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_planted_is_found_in_the_journal),
		TEST(and_the_same_in_sealed_days),
		TEST(a_day_alone_has_its_part),
		TEST(a_missing_day_whose_records_are_in_the_journal_loses_nothing),
		TEST(a_missing_day_is_one_gap_with_its_records),
		TEST(a_changed_byte_in_a_day_is_told),
		TEST(a_conflict_in_quarantine_is_told_with_its_time),
		TEST(since_when_the_station_is_silent),
		TEST(only_what_was_stored_by_then_is_there),
		TEST(a_station_that_is_none_is_named),
		TEST(records_without_a_time_are_not_lost),
		TEST(the_command_prints_fixed_columns_and_its_exit_code),
	};
	return cmocka_run_group_tests_name("holes", tests, NULL, NULL);
}
