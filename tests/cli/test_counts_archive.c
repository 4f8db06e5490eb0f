/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters of instruments in an archive: records like any other, sealed and proved; and no change of state for
 * the ledger of gaps and for who asks why nothing is there. */
#include "tests/kits/holes_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reading.h"
#include "sensors/poller/counts.h"
#include "tests/kits/made.h"

static void put_counts(const char *instrument, int64_t since_us, int64_t time_us)
{
	char subject[64], text[COUNTS_TEXT];
	const struct poller_counts counts = { .requests = 120, .answers = 119 };
	const struct state_event event = {
		.subject = subject, .state = STATE_COUNTS, .text = text
	};
	snprintf(subject, sizeof subject, "instrument %s", instrument);
	assert_true(counts_print(&counts, since_us, text, sizeof text) > 0);
	made_state(&made, "nt-01", &event, time_us);
}

/* Once an hour of three days, but for the two hours in which the station is off. */
static size_t put_all(void)
{
	size_t n = 0;
	for (int64_t hour = 1; hour <= 71; hour++) {
		if (hour >= 34 && hour < 36)
			continue;
		put_counts("ph", MADE_DAY, MADE_DAY + hour * HOUR + 20 * US_PER_S);
		put_counts("cod", MADE_DAY, MADE_DAY + hour * HOUR + 20 * US_PER_S);
		n += 2;
	}
	return n;
}

/* Times, causes and reasons. */
static void reasons(const char *folder, char out[4][900])
{
	const struct gap *gap;
	struct gaps *ledger = holes_list(folder, &(struct holes_query){ 0 }, &gap, 4);
	for (size_t i = 0; i < 4; i++) {
		holes_compare(&gap[i], &planted[i]);
		gap_reason(&gap[i], out[i], sizeof out[i]);
	}
	gaps_free(ledger);
}

/* Down at 9:00:10 of a day, up half an hour later. */
static void say_down(int64_t day_us)
{
	const struct state_event down = { "instrument ph", "down",
		"does not answer: check power" };
	const struct state_event up = { "instrument ph", "up", "answers" };
	made_state(&made, "nt-01", &down, day_us + 9 * HOUR + 10 * US_PER_S);
	made_state(&made, "nt-01", &up, day_us + 9 * HOUR + 30 * MIN);
}

static void they_change_nothing_in_the_ledger_of_gaps(void **state)
{
	char before[4][900], after[4][900];
	say_down(MADE_DAY);
	made_archive_commit(&made);
	reasons(*state, before);
	assert_contains(before[0], "does not answer: check power");
	put_all();
	made_archive_commit(&made);
	reasons(*state, after);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(before[i], after[i]);
	holes_seal_all();
	made_archive_close(&made);
	holes_remove_journals(*state);
	reasons(*state, after);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(before[i], after[i]);
}

/* An instrument "do" that answers for ten minutes behind the third day, and then no more. */
static void put_silent(int64_t minutes)
{
	const uint8_t ok = STATE_OK, silent = STATE_SILENT;
	const double value = 7, none = NAN;
	struct describe *describe = made_instrument("nt-01", "do", 1, 60);
	made_describe(&made, describe, END);
	for (int64_t i = 0; i < minutes; i++)
		made_put(&made, &(struct made_reading){ .describe = describe,
		                        .time_us = END + i * MIN + 2 * US_PER_S,
		                        .state = i < 10 ? &ok : &silent,
		                        .value = i < 10 ? &value : &none });
	describe_free(describe);
}

static void what_was_told_days_before_still_holds(void **state)
{
	const struct gap *gap;
	char reason[900];
	const struct state_event down = { "instrument do", "down", "cable cut" };
	holes_put_later(END, 27 * 60);
	put_silent(27 * 60);
	made_state(&made, "nt-01", &down, END + 10 * MIN + 10 * US_PER_S);
	for (int64_t hour = 1; hour < 27; hour++)
		put_counts("do", MADE_DAY, END + hour * HOUR + 30 * US_PER_S);
	made_archive_close(&made);
	struct gaps *ledger = holes_list(*state,
	        &(struct holes_query){
	                .from_us = END + 25 * HOUR, .now_us = END + 27 * HOUR },
	        &gap, 1);
	assert_string_equal(gap[0].instrument, "do");
	assert_int_equal(gap[0].cause, GAP_SILENT);
	assert_contains(gap_reason(&gap[0], reason, sizeof reason), "cable cut");
	gaps_free(ledger);
}

static char *explained(const char *folder, const char *what)
{
	int code;
	char *text = run_command(&code, "%s --archive %s/archive explain %s 2>&1",
	        project_file("build/san/quantrac-office"), folder, what);
	if (code != 0)
		fail_msg("%s", text);
	return text;
}

static void explain_does_not_tell_them_as_what_happened(void **state)
{
	put_all();
	made_archive_close(&made);
	char *text = explained(*state, "nt-01 cod 2026-11-10T11:00");
	assert_contains(text, "no reading of nt-01 cod");
	assert_contains(text, "neither a gap nor a change of state is recorded");
	assert_null(strstr(text, "since_us"));
	free(text);
}

static void explain_tells_a_change_between_them(void **state)
{
	static const char *const language[] = { "", " --lang vi" };
	say_down(MADE_DAY + DAY);
	put_all();
	made_archive_close(&made);
	for (int i = 0; i < 2; i++) {
		char what[80];
		snprintf(
		        what, sizeof what, "nt-01 cod 2026-11-10T11:00%s", language[i]);
		char *text = explained(*state, what);
		assert_contains(text, "does not answer: check power");
		assert_contains(text, "\"state\":\"up\"");
		assert_null(strstr(text, "counts"));
		assert_null(strstr(text, "since_us"));
		free(text);
	}
}

static int count_one(void *with, const uint8_t *bytes, size_t size, int64_t stored_us)
{
	struct record record;
	size_t *n = with;
	assert_true(record_decode(&record, bytes, size) > 0);
	*n += state_is_counts(record.payload, record.payload_size);
	return 0;
}

static void they_are_sealed_and_proved_like_any_other(void **state)
{
	struct reader *reader;
	struct problem why = { .text = "" };
	const struct query query = {
		.station = "nt-01", .from_us = MADE_DAY, .to_us = END
	};
	size_t put = put_all(), found = 0;
	int code;
	holes_seal_all();
	made_archive_close(&made);
	holes_remove_journals(*state);
	assert_int_equal(reader_open(&reader, in_folder(*state, "archive"), &why), OK);
	assert_true(reader_records(reader, &query, 1u << RECORD_STATE, count_one,
	                    &found, &why) >= 0);
	reader_close(reader);
	assert_int_equal(found, put);
	char *text = run_command(&code, "%s --archive %s/archive verify 2>&1",
	        project_file("build/san/quantrac-office"), (char *)*state);
	if (code != 0)
		fail_msg("%s", text);
	free(text);
	text = run_command(&code, "/usr/bin/python3 %s %s/archive 2>&1",
	        project_file("tests/verify_archive.py"), (char *)*state);
	if (code != 0)
		fail_msg("%s", text);
	free(text);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, holes_setup, holes_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(they_change_nothing_in_the_ledger_of_gaps),
		TEST(what_was_told_days_before_still_holds),
		TEST(explain_does_not_tell_them_as_what_happened),
		TEST(explain_tells_a_change_between_them),
		TEST(they_are_sealed_and_proved_like_any_other),
	};
	return cmocka_run_group_tests_name("counts_archive", tests, NULL, NULL);
}
