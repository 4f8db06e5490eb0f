/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of gaps of a cabinet whose clock was wrong, from its own journal. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "base/legal_time.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/sample_archive.h"

#define RIGHT SAMPLE_DAY_US /* what mono_us 0 was */

static struct sample sample;
static struct sample_head head;
static size_t ph;

/* A reading each second for a minute, by a clock that is so wrong. */
static void run(int64_t wrong_us)
{
	for (int i = 0; i < 60; i++) {
		head.seq++;
		head.time_us = RIGHT + head.mono_us + wrong_us;
		sample_reading(&sample, &head, ph, (double[]){ 7 });
		head.mono_us += US_PER_S;
	}
}

/* It is told what time it is, by a hand or (synced) by a clock it trusts. */
static void set_clock(int64_t wrong_us, uint8_t state)
{
	uint8_t payload[64];
	const struct clock_event event = { .before_us = RIGHT + head.mono_us + wrong_us,
		.after_us = RIGHT + head.mono_us,
		.state = state };
	int n = clock_encode(&event, payload, sizeof payload);
	assert_true(n > 0);
	head.seq++;
	head.clock = state;
	head.time_us = event.after_us;
	sample_add(&sample, &head, RECORD_CLOCK, payload, (size_t)n);
}

static void lay(const char *folder)
{
	fixture_write(folder, "station.yaml", "%s", fixture_lone_ph);
	sample_archive_journal(folder, &sample);
}

/* What the command says at that hour and minute of the right day, and how it ends. */
static char *gaps_as(
        const char *folder, const char *now, const char *options, int *code)
{
	return run_command(code,
	        "QUANTRAC_NOW=2026-11-15T%s:00+07:00 "
	        "QUANTRAC_CONFIG=%s/station.yaml "
	        "%s status --gaps %s 2>&1",
	        now, folder, project_file("build/san/quantrac"), options);
}

static char *gaps_of(const char *folder, const char *now, int *code)
{
	lay(folder);
	return gaps_as(folder, now, "--exit-code --format csv", code);
}

/* However often the clock was moved on the way: as in the archive. */
static void set_by_hand_and_synchronised_later_there_is_no_gap(void **state)
{
	int code;
	run(-RIGHT); /* 1970 */
	set_clock(-RIGHT, CLOCK_UNSYNCED);
	run(0);
	set_clock(0, CLOCK_SYNCED);
	run(0);
	char *text = gaps_of(*state, "00:03", &code);
	if (code != 0 || strstr(text, "2026-11-15") != NULL)
		fail_msg("ended with %d: %s", code, text);
	free(text);
}

/* And a minute that is not there is one. */
static void a_minute_without_a_reading_is_found(void **state)
{
	int code;
	run(-RIGHT);
	head.mono_us += 60 * US_PER_S;
	set_clock(-RIGHT, CLOCK_SYNCED);
	run(0);
	char *text = gaps_of(*state, "00:03", &code);
	assert_int_equal(code, 1);
	assert_contains(text,
	        "nt-01,,,2026-11-15T00:01:00+07:00,2026-11-15T00:02:00+07:00,no,60,");
	free(text);
}

/* It was started under a clock of 1970 and ended before anybody set it; another
 * start, by a clock that nobody set either and that is right. */
static void a_start_in_1970_that_nothing_puts_right_has_no_time(void **state)
{
	int code;
	run(-RIGHT);
	head.boot++;
	run(0);
	char *text = gaps_of(*state, "00:02", &code);
	assert_int_equal(code, 1);
	assert_contains(text,
	        "nt-01,,,2026-11-15T00:01:00+07:00,2026-11-15T00:01:00+07:00,no,0,"
	        "unplaced,yes,0,0,61,");
	assert_contains(text, "written before the time shown");
	assert_null(strstr(text, ",station,"));
	free(text);
	text = gaps_as(*state, "00:02", "--lang vi", &code);
	assert_contains(text, "được ghi trước thời gian ghi ở đây");
	free(text);
}

/* The folder of an epoch was put aside for a while, in which the cabinet ran under 1970:
 * by its files the other epoch is the older. */
static void an_epoch_without_a_time_is_not_put_before_another(void **state)
{
	int code;
	run(-RIGHT);
	head.epoch = 9;
	head.seq = 1;
	head.boot--;
	head.clock = CLOCK_SYNCED;
	head.time_us = RIGHT + head.mono_us;
	sample_describe(&sample, &head, ph);
	run(0);
	char *text = gaps_of(*state, "00:03", &code);
	assert_int_equal(code, 1);
	assert_contains(
	        text, "2026-11-15T00:02:59.999999+07:00,no,0,unplaced,yes,0,0,61,");
	free(text);
}

/* After a power cut the clock of a cabinet without a battery begins somewhere in the
 * past. */
static void a_start_before_what_was_already_recorded_has_no_time(void **state)
{
	int code;
	head.clock = CLOCK_SYNCED;
	run(0);
	head.clock = CLOCK_UNSYNCED;
	head.boot++;
	run(-1000 * US_PER_DAY);
	head.clock = CLOCK_SYNCED;
	head.boot++;
	run(0);
	char *text = gaps_of(*state, "00:03", &code);
	assert_int_equal(code, 1);
	assert_contains(text, "unplaced,yes,0,0,61,");
	assert_contains(text, "2026-11-15T00:01:00+07:00,2026-11-15T00:02:00+07:00,no");
	assert_null(strstr(text, "2024-"));
	assert_null(strstr(text, "2023-"));
	free(text);
}

/* A clock that says it is synchronised and is years ahead: no gap of years either. */
static void a_clock_years_ahead_has_no_time(void **state)
{
	int code;
	head.clock = CLOCK_SYNCED;
	run(0);
	run(1000 * US_PER_DAY);
	run(0);
	char *text = gaps_of(*state, "00:04", &code);
	assert_int_equal(code, 1);
	assert_contains(
	        text, "unplaced,yes,0,0,61,"); /* the DESCRIBE of the setup is one */
	assert_contains(text, "2026-11-15T00:01:00+07:00,2026-11-15T00:02:00+07:00,no");
	assert_null(strstr(text, "2029-"));
	free(text);
}

/* The line hung up half a second before the program was ended, and it was started again
 * eleven minutes later. */
static void a_program_that_did_not_run_is_told_and_not_its_line(void **state)
{
	int code;
	uint8_t payload[200];
	const struct state_event down = { "port bus", "down", "hung up; trying again" };
	int n = state_encode(&down, payload, sizeof payload);
	assert_true(n > 0);
	head.clock = CLOCK_SYNCED;
	run(0);
	head.seq++;
	head.time_us = RIGHT + head.mono_us - US_PER_S / 2;
	sample_add(&sample, &head, RECORD_STATE, payload, (size_t)n);
	head.mono_us += 660 * US_PER_S;
	head.seq++;
	head.time_us = RIGHT + head.mono_us;
	sample_describe(&sample, &head, ph);
	run(0);
	char *text = gaps_of(*state, "00:14", &code);
	assert_int_equal(code, 1);
	assert_contains(text, "nt-01,,,2026-11-15T00:01:00+07:00,2026-11-15T00:12:00+"
	                      "07:00,no,660,station,");
	assert_null(strstr(text, "port bus"));
	free(text);
}

/* An instrument that was dead for a minute and answers again, or that goes on being dead. */
static void dead_for(int seconds)
{
	head.clock = CLOCK_SYNCED;
	run(0);
	for (int i = 0; i < seconds; i++) {
		head.seq++;
		head.time_us = RIGHT + head.mono_us;
		sample_reading(&sample, &head, ph, (double[]){ NAN });
		head.mono_us += US_PER_S;
	}
}

/* `english` and `vietnamese` of the same journal, each in its own language only. */
static void said_in_both(const char *folder, const char *now, const char *english,
        const char *vietnamese)
{
	int code;
	char *text = gaps_as(folder, now, "--since 2026-11-15 --lang en", &code);
	assert_int_equal(code, 0);
	assert_contains(text, english);
	free(text);
	text = gaps_as(folder, now, "--since 2026-11-15 --lang vi", &code);
	assert_int_equal(code, 0);
	assert_contains(text, vietnamese);
	assert_null(strstr(text, "does not answer"));
	assert_null(strstr(text, "STATION"));
	assert_null(strstr(text, "now"));
	assert_null(strstr(text, "results"));
	assert_null(strstr(text, "lost in all"));
	free(text);
}

static void a_gap_that_ended_has_its_end_in_both_languages(void **state)
{
	dead_for(60);
	run(0);
	lay(*state);
	said_in_both(*state, "00:03", "2026-11-15T00:02:00+07:00  1 min 0 s  silent ",
	        "2026-11-15T00:02:00+07:00  1 phút 0 s  không trả lời ");
}

static void a_dead_instrument_goes_on_in_both_languages(void **state)
{
	dead_for(180);
	lay(*state);
	said_in_both(*state, "00:04", "2026-11-15T00:01:00+07:00  now ",
	        "2026-11-15T00:01:00+07:00  nay ");
	said_in_both(*state, "00:04", "the instrument does not answer",
	        "thiết bị đo không trả lời");
	said_in_both(*state, "00:04", "lost in all ", "tổng số bị mất ");
}

/* What programs read is the same, whoever asks. */
static void csv_is_the_same_in_both_languages(void **state)
{
	int code;
	dead_for(60);
	run(0);
	lay(*state);
	char *english = gaps_as(*state, "00:03", "--format csv --lang en", &code);
	char *vietnamese = gaps_as(*state, "00:03", "--format csv --lang vi", &code);
	assert_contains(english, ",silent,yes,");
	assert_string_equal(english, vietnamese);
	free(english);
	free(vietnamese);
}

static int setup(void **state)
{
	static const char *const channel[] = { "ph", "pH", NULL };
	if (scratch_make(state) != 0)
		return -1;
	sample_start(&sample, "nt-01");
	ph = sample_instrument(&sample, "ph", channel);
	head = (struct sample_head){
		.epoch = 7, .seq = 1, .boot = 5, .clock = CLOCK_UNSYNCED
	};
	sample_describe(&sample, &head, ph);
	return 0;
}

static int teardown(void **state)
{
	sample_free(&sample);
	return scratch_remove(state);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(set_by_hand_and_synchronised_later_there_is_no_gap),
		WITH(a_minute_without_a_reading_is_found),
		WITH(a_start_in_1970_that_nothing_puts_right_has_no_time),
		WITH(an_epoch_without_a_time_is_not_put_before_another),
		WITH(a_start_before_what_was_already_recorded_has_no_time),
		WITH(a_clock_years_ahead_has_no_time),
		WITH(a_program_that_did_not_run_is_told_and_not_its_line),
		WITH(a_gap_that_ended_has_its_end_in_both_languages),
		WITH(a_dead_instrument_goes_on_in_both_languages),
		WITH(csv_is_the_same_in_both_languages),
	};
	return cmocka_run_group_tests_name("gaps of a cabinet", tests, NULL, NULL);
}
