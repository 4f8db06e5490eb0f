/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger of gaps, record by record, with holes planted by hand.  Times are seconds
 * after ten o'clock; readings come every ten seconds unless a test says otherwise.
 */
#include "tests/check.h"

#include <stdio.h>
#include <string.h>

#include "base/event.h"
#include "base/gaps.h"
#include "base/legal_time.h"
#include "base/reading.h"

#define TEN INT64_C(1794193200000000) /* 2026-11-09T10:00+07:00 */

static struct gaps *gaps;
static uint64_t seq, epoch;
static struct describe *ph, *cod;

static int64_t at(double s)
{
	return TEN + (int64_t)(s * 1e6);
}

static struct describe *instrument(const char *id, size_t n, double poll_s)
{
	static const char *const names[] = { "one", "two", "three" };
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	assert_int_equal(describe_channels(describe, n), OK);
	snprintf(describe->instrument, ID_SIZE, "%s", id);
	describe->poll_every_s = poll_s;
	for (size_t i = 0; i < n; i++) {
		describe->channel[i].name = names[i];
		describe->channel[i].result_every_s = poll_s;
	}
	return describe;
}

/* Everything is asked for, and nobody waits for more. */
static void begin(void)
{
	const struct gaps_options options = { .from_us = TEN,
		.to_us = TEN + US_PER_DAY,
		.now_us = TEN + US_PER_DAY,
		.fed_us = TEN,
		.whole = true,
		.ended = true };
	gaps = gaps_new(&options);
	assert_non_null(gaps);
	seq = 0;
	epoch = 7;
}

static void begin_until(double until_s, double now_s, double patience_s)
{
	const struct gaps_options options = { .from_us = TEN,
		.to_us = at(until_s),
		.now_us = at(now_s),
		.fed_us = TEN,
		.patience_us = (int64_t)(patience_s * 1e6),
		.whole = true };
	gaps = gaps_new(&options);
	assert_non_null(gaps);
	seq = 0;
	epoch = 7;
}

static void put(const struct describe *describe, double s, uint8_t state)
{
	uint8_t states[3] = { state, state, state };
	assert_int_equal(
	        gaps_reading(gaps, &(struct gaps_reading){ .describe = describe,
	                                   .time_us = at(s),
	                                   .epoch = epoch,
	                                   .seq = ++seq,
	                                   .state = states }),
	        OK);
}

/* Readings of one state every ten seconds in [from, to). */
static void run(
        const struct describe *describe, double from_s, double to_s, uint8_t state)
{
	for (double s = from_s; s < to_s; s += 10)
		put(describe, s, state);
}

/* Two instruments side by side. */
static void run_both(double from_s, double to_s)
{
	for (double s = from_s; s < to_s; s += 10) {
		put(ph, s, STATE_OK);
		put(cod, s + 1, STATE_OK);
	}
}

static void event(uint8_t type, double s, const uint8_t *payload, int n)
{
	assert_true(n > 0);
	const struct record record = { .type = type,
		.clock = CLOCK_SYNCED,
		.epoch = epoch,
		.seq = ++seq,
		.time_us = at(s),
		.payload = payload,
		.payload_size = (size_t)n };
	assert_int_equal(gaps_event(gaps, &record, at(s), NULL), OK);
}

static void state(double s, const char *subject, const char *what, const char *text)
{
	uint8_t payload[400];
	const struct state_event told = { subject, what, text };
	event(RECORD_STATE, s, payload, state_encode(&told, payload, sizeof payload));
}

static void drop(double s, const struct gap_event *told)
{
	uint8_t payload[400];
	event(RECORD_GAP, s, payload, gap_encode(told, payload, sizeof payload));
}

/* ---- what is expected ---- */

struct want {
	const char *instrument, *channel;
	double from_s, to_s;
	uint8_t cause;
	uint64_t expected, received, records;
	const char *reason; /* a part of it; NULL: any */
};

static void check_one(const struct gap *gap, const struct want *want)
{
	char reason[900];
	assert_string_equal(gap->instrument, want->instrument);
	assert_string_equal(gap->channel, want->channel);
	assert_string_equal(gap_cause_text(gap->cause), gap_cause_text(want->cause));
	assert_close((double)(gap->from_us - TEN) / 1e6, want->from_s, 1e-9);
	assert_close((double)(gap->to_us - TEN) / 1e6, want->to_s, 1e-9);
	assert_int_equal(gap->expected, want->expected);
	assert_int_equal(gap->received, want->received);
	assert_int_equal(gap->records, want->records);
	gap_reason(gap, reason, sizeof reason);
	if (want->reason != NULL)
		assert_contains(reason, want->reason);
}

static void print(const struct gap *gap)
{
	char reason[900];
	print_message("%s/%s %.1f to %.1f %s %d/%d %d: %s\n", gap->instrument,
	        gap->channel, (double)(gap->from_us - TEN) / 1e6,
	        (double)(gap->to_us - TEN) / 1e6, gap_cause_text(gap->cause),
	        (int)gap->received, (int)gap->expected, (int)gap->records,
	        gap_reason(gap, reason, sizeof reason));
}

/* Ends the ledger. */
static void expect(const struct want *want, size_t n)
{
	const struct gap *gap;
	size_t found;
	assert_int_equal(gaps_finish(gaps, &gap, &found), OK);
	if (found != n)
		for (size_t i = 0; i < found; i++)
			print(&gap[i]);
	assert_int_equal(found, n);
	for (size_t i = 0; i < n; i++)
		check_one(&gap[i], &want[i]);
	gaps_free(gaps);
}

static int setup(void **with)
{
	ph = instrument("ph", 2, 10);
	cod = instrument("cod", 1, 10);
	return 0;
}

static int teardown(void **with)
{
	describe_free(ph);
	describe_free(cod);
	return 0;
}

/* ---- readings ---- */

static void nothing_is_missing_where_nothing_is(void **with)
{
	begin();
	run_both(0, 3600);
	expect(NULL, 0);
}

static void a_silent_instrument_is_one_gap_with_its_count(void **with)
{
	begin();
	run(ph, 0, 600, STATE_OK);
	run(ph, 600, 1200, STATE_SILENT);
	run(ph, 1200, 1800, STATE_OK);
	expect((struct want[]){ { "ph", "", 600, 1200, GAP_SILENT, 120, 0, 0, NULL } },
	        1);
}

static void one_channel_alone_is_named(void **with)
{
	begin();
	for (int i = 0; i < 60; i++) {
		uint8_t states[2] = { STATE_OK, i >= 20 && i < 30 ? STATE_FAULT : 0 };
		gaps_reading(gaps,
		        &(struct gaps_reading){ ph, at(10 * i), 7, ++seq, states });
	}
	expect((struct want[]){ { "ph", "two", 200, 300, GAP_FAULT, 10, 0, 0,
	               "says that it is faulty" } },
	        1);
}

static void causes_follow_one_another_without_overlap(void **with)
{
	begin();
	run(cod, 0, 100, STATE_OK);
	run(cod, 100, 200, STATE_SILENT);
	run(cod, 200, 300, STATE_GARBLED);
	run(cod, 300, 400, STATE_CALIBRATING);
	run(cod, 400, 500, STATE_OK);
	expect((struct want[]){ { "cod", "", 100, 200, GAP_SILENT, 10, 0, 0, NULL },
	               { "cod", "", 200, 300, GAP_GARBLED, 10, 0, 0, NULL },
	               { "cod", "", 300, 400, GAP_CALIBRATING, 10, 0, 0, NULL } },
	        3);
}

static void short_gaps_close_together_are_one_with_what_came_between(void **with)
{
	begin();
	run(cod, 0, 100, STATE_OK);
	for (int i = 0; i < 30; i++) /* every third answer is lost */
		put(cod, 100 + 10 * i, i % 3 == 0 ? STATE_SILENT : STATE_OK);
	run(cod, 400, 600, STATE_OK);
	expect((struct want[]){ { "cod", "", 100, 380, GAP_SILENT, 28, 18, 0, NULL } },
	        1);
}

static void gaps_far_apart_stay_two(void **with)
{
	begin();
	run(cod, 0, 100, STATE_OK);
	put(cod, 100, STATE_SILENT);
	run(cod, 110, 220, STATE_OK); /* 110 s between, more than ten cycles */
	put(cod, 220, STATE_SILENT);
	run(cod, 230, 400, STATE_OK);
	expect((struct want[]){ { "cod", "", 100, 110, GAP_SILENT, 1, 0, 0, NULL },
	               { "cod", "", 220, 230, GAP_SILENT, 1, 0, 0, NULL } },
	        2);
}

static void late_by_three_quarters_is_late_and_not_missing(void **with)
{
	begin();
	put(cod, 0, STATE_OK);
	put(cod, 17.4, STATE_OK);
	put(cod, 27.4, STATE_OK);
	put(cod, 45, STATE_OK); /* 17.6 after the one before */
	expect((struct want[]){ { "", "", 37.4, 45, GAP_STATION, 1, 0, 0, NULL } }, 1);
}

static void a_slow_analyser_lacks_nothing_between_two_results(void **with)
{
	cod->channel[0].result_every_s = 3600;
	begin();
	for (int s = 0; s < 4 * 3600; s += 10) {
		bool fresh = s % 3600 == 0 && s != 2 * 3600;
		bool deaf = s > 1800 && s < 2400; /* no result was due meanwhile */
		put(cod, s, fresh ? STATE_OK : deaf ? STATE_SILENT : STATE_UNCHANGED);
	}
	/* the result of two o'clock never came */
	expect((struct want[]){ { "cod", "", 7200, 10800, GAP_UNCHANGED, 1, 0, 0,
	               "no fresh result" } },
	        1);
}

static void a_dead_instrument_is_asked_seldom_and_stays_one_gap(void **with)
{
	begin();
	for (int s = 0; s < 1200; s += 10) { /* the other goes on */
		put(ph, s, STATE_OK);
		if (s < 100 || s >= 1000)
			put(cod, s + 1, STATE_OK);
		else if (s % 60 == 0 || s < 130)
			put(cod, s + 1, STATE_SILENT);
	}
	expect((struct want[]){ { "cod", "", 101, 1001, GAP_SILENT, 90, 0, 0, NULL } },
	        1);
}

static void what_is_switched_off_lacks_nothing(void **with)
{
	begin();
	for (int i = 0; i < 60; i++) {
		uint8_t states[2] = { i < 30 ? STATE_OK : STATE_SILENT, STATE_OFF };
		gaps_reading(gaps,
		        &(struct gaps_reading){ ph, at(10 * i), 7, ++seq, states });
	}
	expect((struct want[]){ { "ph", "two", 0, 590, GAP_OFF, 0, 0, 0, NULL },
	               { "ph", "", 300, 590, GAP_SILENT, 29, 0, 0, NULL } },
	        2);
}

static void nor_does_it_when_the_whole_station_is_silent(void **with)
{
	const uint8_t states[2] = { STATE_OK, STATE_OFF };
	begin();
	for (int i = 0; i < 120; i++)
		if (i < 30 || i >= 60)
			gaps_reading(gaps, &(struct gaps_reading){
			                           ph, at(10 * i), 7, ++seq, states });
	expect((struct want[]){ { "ph", "two", 0, 1190, GAP_OFF, 0, 0, 0, NULL },
	               { "", "", 300, 600, GAP_STATION, 30, 0, 0, NULL } },
	        2);
}

/* ---- the station ---- */

static void a_silent_station_is_one_gap_and_none_of_its_instruments(void **with)
{
	begin();
	run_both(0, 600);
	seq = 120;
	run_both(1200, 1800);
	expect((struct want[]){ { "", "", 601, 1200, GAP_STATION, 180, 0, 0,
	               "no reading of any" } },
	        1);
}

static void a_new_epoch_is_told(void **with)
{
	begin();
	run_both(0, 600);
	epoch = 8;
	seq = 0;
	run_both(1200, 1800);
	expect((struct want[]){ { "", "", 601, 1200, GAP_EPOCH, 180, 0, 0,
	               "number anew" } },
	        1);
}

static void one_instrument_alone_may_have_no_readings(void **with)
{
	begin();
	for (int s = 0; s < 1800; s += 10) {
		put(ph, s, STATE_OK);
		if (s < 600 || s >= 1200)
			put(cod, s + 1, STATE_OK);
	}
	expect((struct want[]){ { "cod", "", 601, 1201, GAP_NO_READING, 60, 0, 0,
	               "nothing says why" } },
	        1);
}

static void one_reading_of_one_instrument_is_a_gap_when_it_does_not_come(void **with)
{
	begin();
	for (int s = 0; s < 600; s += 10) {
		put(ph, s, STATE_OK);
		if (s == 300)
			continue;                               /* missing */
		put(cod, s == 100 ? s + 8.4 : s + 1, STATE_OK); /* 17.4 s: late */
	}
	expect((struct want[]){ { "cod", "", 301, 311, GAP_NO_READING, 1, 0, 0,
	               NULL } },
	        1);
}

static void the_cabinet_said_why_the_line_was_down(void **with)
{
	begin();
	run_both(0, 600);
	state(605, "port bus", "down", "hung up; trying again");
	state(1199, "port bus", "up", "open");
	run_both(1200, 1800);
	expect((struct want[]){ { "", "", 601, 1200, GAP_LINE, 180, 0, 0,
	               "port bus: hung up" } },
	        1);
}

static void the_cabinet_said_why_an_instrument_is_silent(void **with)
{
	begin();
	run(cod, 0, 600, STATE_OK);
	run(cod, 600, 630, STATE_SILENT);
	state(620, "instrument cod", "down", "does not answer: check power");
	run(cod, 630, 900, STATE_SILENT);
	state(900, "instrument cod", "up", "answers");
	run(cod, 900, 1200, STATE_OK);
	expect((struct want[]){ { "cod", "", 600, 900, GAP_SILENT, 30, 0, 0,
	               "instrument cod: does not answer: check power" } },
	        1);
}

static void since_when_a_station_is_not_heard(void **with)
{
	begin_until(86400, 3600, 120);
	run_both(0, 600);
	const struct gap *gap;
	size_t n;
	assert_int_equal(gaps_finish(gaps, &gap, &n), OK);
	assert_int_equal(n, 1);
	assert_true(gap->open);
	check_one(
	        gap, &(struct want){ "", "", 601, 3600, GAP_STATION, 900, 0, 0, NULL });
	gaps_free(gaps);
}

static void what_may_still_be_on_its_way_is_no_gap(void **with)
{
	begin_until(86400, 720, 120);
	run_both(0, 600);
	expect(NULL, 0);
}

static void a_clock_put_forward_loses_nothing(void **with)
{
	uint8_t payload[64];
	begin();
	run_both(0, 600);
	const struct clock_event step = { at(601), at(4201), CLOCK_SYNCED };
	event(RECORD_CLOCK, 4201, payload,
	        clock_encode(&step, payload, sizeof payload));
	run_both(4210, 4800);
	expect((struct want[]){ { "", "", 601, 4210, GAP_CLOCK, 0, 0, 0,
	               "no time passed" } },
	        1);
}

static void a_clock_put_back_doubles_nothing(void **with)
{
	begin();
	run_both(0, 600);
	run_both(300, 900);
	expect(NULL, 0);
}

/* ---- numbers ---- */

static void numbers_that_are_not_here_are_counted(void **with)
{
	begin();
	run_both(0, 600);
	seq += 120; /* ten minutes of both */
	run_both(1200, 1800);
	expect((struct want[]){ { "", "", 601, 1200, GAP_LOST, 180, 0, 120,
	               "records 121 to 240" } },
	        1);
}

static void a_loss_the_cabinet_told_has_its_words(void **with)
{
	begin();
	run_both(0, 600);
	seq += 120;
	run_both(1200, 1800);
	drop(1800, &(struct gap_event){ .first_seq = 121,
	                   .last_seq = 240,
	                   .count = 120,
	                   .from_us = at(600),
	                   .to_us = at(1200),
	                   .why = "the disk gave back other bytes",
	                   .why_size = 30 });
	expect((struct want[]){ { "", "", 601, 1200, GAP_DROPPED, 180, 0, 120,
	               "the disk gave back other bytes" } },
	        1);
}

static void readings_dropped_before_they_had_a_number_are_told_with_their_count(
        void **with)
{
	begin();
	run_both(0, 600);
	run_both(700, 1200);
	drop(1200, &(struct gap_event){ .first_seq = 1,
	                   .last_seq = 0,
	                   .count = 20,
	                   .from_us = at(600),
	                   .to_us = at(700),
	                   .why = "the journal could not follow",
	                   .why_size = 28 });
	expect((struct want[]){ { "", "", 601, 700, GAP_DROPPED, 30, 0, 20,
	               "could not follow" } },
	        1);
}

static void a_lost_event_leaves_no_gap_in_the_readings(void **with)
{
	begin();
	run_both(0, 600);
	seq++;
	run_both(600, 1200);
	expect((struct want[]){ { "", "", 591, 600, GAP_LOST, 0, 0, 1,
	               "records 121 to 121" } },
	        1);
}

static void the_first_numbers_may_be_missing_too(void **with)
{
	begin();
	seq = 5;
	run_both(0, 600);
	expect((struct want[]){ { "", "", 0, 0, GAP_LOST, 0, 0, 5, "records 1 to 5" } },
	        1);
}

static void numbers_out_of_order_are_no_hole(void **with)
{
	static const uint64_t order[] = { 1, 3, 2, 6, 5, 4, 9, 8, 7, 10, 10, 1 };
	uint8_t states[1] = { STATE_OK };
	begin();
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		gaps_reading(gaps, &(struct gaps_reading){
		                           cod, at((double)i), 7, order[i], states });
	expect(NULL, 0);
}

static void a_record_without_a_time_fills_its_number(void **with)
{
	begin();
	run_both(0, 600);
	seq += 2;
	run_both(600, 1200);
	gaps_unplaced(gaps, epoch, 121, at(700));
	gaps_unplaced(gaps, epoch, 122, at(800));
	expect((struct want[]){ { "", "", 700, 800, GAP_UNPLACED, 0, 0, 2, NULL } }, 1);
}

/* ---- files ---- */

static void a_damaged_file_explains_the_hole_and_counts_once(void **with)
{
	begin();
	run_both(0, 600);
	seq += 120;
	run_both(1200, 1800);
	const struct gaps_damage damage = { .cause = GAP_FILE,
		.from_us = at(600),
		.to_us = at(1200),
		.records = 120,
		.whole_day = true,
		.what = "a.h5 is missing" };
	gaps_damage(gaps, &damage);
	expect((struct want[]){ { "", "", 601, 1200, GAP_FILE, 180, 0, 120,
	               "a.h5 is missing" } },
	        1);
}

static void a_damaged_file_whose_records_are_in_the_journal_loses_none(void **with)
{
	begin();
	run_both(0, 1800);
	const struct gaps_damage damage = { .cause = GAP_FILE,
		.from_us = at(600),
		.to_us = at(1200),
		.records = 120,
		.whole_day = true,
		.what = "a.h5 is missing" };
	gaps_damage(gaps, &damage);
	expect((struct want[]){ { "", "", 600, 1200, GAP_FILE, 0, 0, 0,
	               "still in the journal" } },
	        1);
}

static void a_conflict_in_quarantine_is_told(void **with)
{
	begin();
	run_both(0, 600);
	const struct gaps_damage damage = { .cause = GAP_CONFLICT,
		.from_us = at(300),
		.to_us = at(300),
		.what = "quarantine/x.record" };
	gaps_damage(gaps, &damage);
	expect((struct want[]){ { "", "", 300, 300, GAP_CONFLICT, 0, 0, 0,
	               "quarantine/x.record" } },
	        1);
}

/* ---- the stretch asked for ---- */

static void only_the_part_asked_for_is_told(void **with)
{
	begin_until(900, 86400, 0);
	run_both(0, 600);
	seq = 120;
	run_both(1200, 1800);
	expect((struct want[]){ { "", "", 601, 900, GAP_STATION, 90, 0, 0, NULL } }, 1);
}

static void an_instrument_known_before_and_never_read_is_missing(void **with)
{
	begin_until(600, 86400, 0);
	gaps_known(gaps, cod);
	run(ph, 0, 600, STATE_OK);
	expect((struct want[]){ { "cod", "", 0, 600, GAP_NO_READING, 60, 0, 0, NULL } },
	        1);
}

static void an_instrument_taken_away_is_due_no_more(void **with)
{
	struct describe *station = describe_new(DESCRIBE_STATION);
	assert_int_equal(describe_parts(station, 1), OK);
	snprintf(station->part[0].instrument, ID_SIZE, "ph");
	begin();
	run_both(0, 600);
	const struct record record = {
		.type = RECORD_DESCRIBE, .epoch = epoch, .seq = ++seq
	};
	assert_int_equal(gaps_event(gaps, &record, at(600), station), OK);
	run(ph, 600, 1200, STATE_OK);
	expect(NULL, 0);
	describe_free(station);
}

/* A year of 1 Hz in one pass: every ninth reading is lost, in groups far apart. */
static void a_year_takes_no_longer_than_its_readings(void **with)
{
	struct describe *fast = instrument("fast", 1, 1);
	begin();
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

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
		TEST(since_when_a_station_is_not_heard),
		TEST(what_may_still_be_on_its_way_is_no_gap),
		TEST(a_clock_put_forward_loses_nothing),
		TEST(a_clock_put_back_doubles_nothing),
		TEST(numbers_that_are_not_here_are_counted),
		TEST(a_loss_the_cabinet_told_has_its_words),
		TEST(readings_dropped_before_they_had_a_number_are_told_with_their_count),
		TEST(a_lost_event_leaves_no_gap_in_the_readings),
		TEST(the_first_numbers_may_be_missing_too),
		TEST(numbers_out_of_order_are_no_hole),
		TEST(a_record_without_a_time_fills_its_number),
		TEST(a_damaged_file_explains_the_hole_and_counts_once),
		TEST(a_damaged_file_whose_records_are_in_the_journal_loses_none),
		TEST(a_conflict_in_quarantine_is_told),
		TEST(only_the_part_asked_for_is_told),
		TEST(an_instrument_known_before_and_never_read_is_missing),
		TEST(an_instrument_taken_away_is_due_no_more),
		TEST(a_year_takes_no_longer_than_its_readings),
	};
	return cmocka_run_group_tests_name("gaps", tests, NULL, NULL);
}
