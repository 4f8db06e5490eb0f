/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/reader.h"
#include "base/bytes.h"
#include "base/event.h"
#include "base/legal_time.h"
#include "tests/sample_archive.h"

static const char *const two_channels[] = { "cod", "mg/L", "tss", "mg/L", NULL };

static struct reader *open_well(const char *dir)
{
	struct reader *reader;
	struct problem why = { 0 };
	if (reader_open(&reader, dir, &why) != OK)
		fail_msg("%s", why.text);
	return reader;
}

static struct query all_of(const char *station)
{
	return (struct query){ .station = station, .from_us = 0, .to_us = TIME_US_END };
}

/* Sets of rows of a query; fails on a problem. */
static size_t ask(struct reader *reader, const struct query *query, struct rows **rows)
{
	size_t n;
	struct problem why = { 0 };
	if (reader_rows(reader, query, rows, &n, &why) < 0)
		fail_msg("%s", why.text);
	return n;
}

static size_t count_rows(struct reader *reader, const struct query *query)
{
	struct rows *rows;
	size_t n = ask(reader, query, &rows), count = 0;
	for (size_t i = 0; i < n; i++)
		count += rows[i].n;
	rows_free(rows, n);
	return count;
}

static void assert_in_order(const struct rows *rows)
{
	for (size_t i = 1; i < rows->n; i++) {
		assert_true(rows->time_us[i] >= rows->time_us[i - 1]);
		assert_false(rows->epoch[i] == rows->epoch[i - 1] &&
		             rows->seq[i] == rows->seq[i - 1]);
	}
}

/* Three legal days of a reading every five minutes; the first `sealed` of them are
 * sealed, and all lie in the journal, unless all are sealed and it is gone. */
static void three_days(const char *dir, int sealed, bool journal_kept)
{
	struct sample whole, part;
	sample_archive_make(dir);
	sample_start(&whole, "bt-outlet");
	size_t cod = sample_instrument(&whole, "cod-1", two_channels);
	struct sample_head head = {
		.epoch = 7, .seq = 1, .boot = 9, .clock = CLOCK_SYNCED
	};
	head.time_us = SAMPLE_DAY_US;
	sample_describe(&whole, &head, cod);
	for (int i = 0; i < 3 * 288; i++) {
		head.seq++;
		head.time_us = SAMPLE_DAY_US + i * 300 * US_PER_S;
		head.mono_us = i * 300 * US_PER_S;
		sample_reading(&whole, &head, cod,
		        (double[]){ i, i % 10 == 0 ? (double)NAN : -i });
	}
	for (int day = 0; day < 3; day++) {
		part = whole; /* borrows: the records of one day */
		part.record = whole.record + (day == 0 ? 0 : 1 + day * 288);
		part.n = day == 0 ? 289 : 288;
		if (day < sealed)
			sample_archive_seal(
			        dir, &part, SAMPLE_DAY_US + day * US_PER_DAY, 0);
	}
	if (sealed < 3 || journal_kept)
		sample_archive_journal(dir, &whole);
	sample_free(&whole);
}

static void one_series_across_sealed_days_and_journal(void **state)
{
	for (int sealed = 0; sealed <= 3; sealed++) {
		for (int all = 0; all <= 1; all++) {
			char dir[512];
			struct rows *rows;
			snprintf(dir, sizeof dir, "%s/%d%d", (char *)*state, sealed,
			        all);
			three_days(dir, sealed, all);
			struct reader *reader = open_well(dir);
			struct query query = all_of("bt-outlet");
			assert_int_equal(ask(reader, &query, &rows), 1);
			assert_int_equal(rows->n, 864); /* none twice, none missing */
			assert_in_order(rows);
			assert_int_equal(rows->n_channels, 2);
			assert_string_equal(rows->describe->instrument, "cod-1");
			for (int i = 0; i < 864; i++) {
				assert_int_equal(rows->time_us[i],
				        SAMPLE_DAY_US + i * 300 * US_PER_S);
				assert_int_equal(rows->seq[i], i + 2);
				assert_int_equal(rows->epoch[i], 7);
				assert_true(rows->value[0][i] == i);
				assert_int_equal(isnan(rows->value[1][i]), i % 10 == 0);
				assert_int_equal(rows->state[1][i],
				        i % 10 == 0 ? STATE_SILENT : STATE_OK);
				assert_int_equal(rows->sampled_us[1][i], 0);
				assert_int_equal(rows->clock[i], CLOCK_SYNCED);
				assert_int_equal(rows->stored_us[i] - rows->time_us[i],
				        250000 + (i + 2) % 1000);
			}
			rows_free(rows, 1);
			assert_int_equal(reader_problems(reader), 0);
			reader_close(reader);
		}
	}
}

static void the_interval_is_half_open(void **state)
{
	three_days(*state, 2, true);
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	query.from_us = SAMPLE_DAY_US + US_PER_DAY - 300 * US_PER_S;
	query.to_us = SAMPLE_DAY_US + 2 * US_PER_DAY;
	assert_int_equal(count_rows(reader, &query), 289);
	query.from_us++;
	assert_int_equal(count_rows(reader, &query), 288);
	query.to_us++;
	assert_int_equal(count_rows(reader, &query), 289);
	query.to_us = query.from_us;
	assert_int_equal(count_rows(reader, &query), 0);
	reader_close(reader);
}

static void only_what_is_asked_for_is_read(void **state)
{
	struct rows *rows;
	three_days(*state, 2, false);
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	query.instrument = "cod-1";
	query.channel = "tss";
	assert_int_equal(ask(reader, &query, &rows), 1);
	assert_int_equal(rows->n_channels, 1);
	assert_int_equal(rows->channel[0], 1);
	assert_true(rows->value[0][1] == -1);
	rows_free(rows, 1);
	query.channel = "ph";
	assert_int_equal(count_rows(reader, &query), 0);
	query.channel = NULL;
	query.instrument = "other";
	assert_int_equal(count_rows(reader, &query), 0);
	struct problem why;
	size_t n;
	query.station = "nowhere";
	assert_int_equal(reader_rows(reader, &query, &rows, &n, &why), NOT_FOUND);
	assert_contains(why.text, "no station 'nowhere'");
	reader_close(reader);
}

static void as_of_a_date_only_what_was_stored_by_then(void **state)
{
	three_days(*state, 2, true);
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	query.as_of_us =
	        SAMPLE_DAY_US + US_PER_DAY + 250290; /* the 289th, and none after */
	assert_int_equal(count_rows(reader, &query), 289);
	query.as_of_us--;
	assert_int_equal(count_rows(reader, &query), 288);
	query.as_of_us = 1;
	assert_int_equal(count_rows(reader, &query), 0);
	reader_close(reader);
}

static void a_changed_instrument_is_a_set_of_its_own(void **state)
{
	static const char *const three[] = { "cod", "mg/L", "tss", "mg/L", "ph", "pH",
		NULL };
	struct sample sample;
	struct rows *rows;
	sample_archive_make(*state);
	sample_start(&sample, "bt-outlet");
	size_t before = sample_instrument(&sample, "cod-1", two_channels);
	size_t after = sample_instrument(&sample, "cod-1", three);
	struct sample_head head = {
		.epoch = 7, .clock = CLOCK_SYNCED, .time_us = SAMPLE_DAY_US
	};
	for (int i = 0; i < 10; i++) {
		head.seq++;
		head.time_us += US_PER_MIN;
		sample_reading(
		        &sample, &head, i < 6 ? before : after, (double[]){ i, i, i });
	}
	sample_archive_seal(*state, &sample, SAMPLE_DAY_US, 0);
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	assert_int_equal(ask(reader, &query, &rows), 2);
	assert_int_equal(rows[0].n, 6);
	assert_int_equal(rows[1].n, 4);
	assert_int_equal(rows[0].n_channels, 2);
	assert_int_equal(rows[1].n_channels, 3);
	rows_free(rows, 2);
	const struct describe *const *newest;
	assert_int_equal(reader_instruments(reader, "bt-outlet", &newest), 1);
	assert_int_equal(newest[0]->n_channels, 3);
	assert_int_equal(
	        reader_describe(reader, sample.describe[before]->hash)->n_channels, 2);
	assert_null(reader_describe(reader, (const uint8_t[32]){ 1 }));
	reader_close(reader);
	sample_free(&sample);
}

/* ---- corrected time ---- */

/* A boot that begins in 1970: ten readings, then the clock is put right and ten more
 * follow.  The records up to the `sealed`th are sealed, in the file of their day or (no
 * day known) unplaced; the rest in a late file, or all are in the journal still. */
static void started_in_1970(const char *dir, size_t sealed, bool journal)
{
	struct sample sample;
	const int64_t offset_us = SAMPLE_DAY_US + US_PER_HOUR - 100 * US_PER_S;
	sample_archive_make(dir);
	sample_start(&sample, "bt-outlet");
	size_t cod = sample_instrument(&sample, "cod-1", two_channels);
	struct sample_head head = {
		.epoch = 7, .seq = 1, .boot = 5, .clock = CLOCK_UNSYNCED
	};
	sample_describe(&sample, &head, cod);
	for (int i = 0; i < 20; i++) {
		head.seq++;
		head.mono_us += 10 * US_PER_S;
		head.time_us = head.mono_us + (i < 10 ? 0 : offset_us);
		if (i == 10) {
			head.clock = CLOCK_SYNCED;
			sample_clock(&sample, &head, offset_us);
			head.seq++;
		}
		sample_reading(&sample, &head, cod, (double[]){ i, i });
	}
	struct sample part = sample;
	part.n = sealed;
	if (sealed > 0)
		sample_archive_seal(
		        dir, &part, sealed > 11 ? SAMPLE_DAY_US : INT64_MIN, 0);
	part.record = sample.record + sealed;
	part.n = sample.n - sealed;
	if (journal)
		sample_archive_journal(dir, &sample);
	else if (part.n > 0)
		sample_archive_seal(dir, &part, SAMPLE_DAY_US, 1);
	sample_free(&sample);
}

static void wrong_stamps_are_put_right(void **state)
{
	static const size_t sealed[] = { 0, 8, 11, 12, 15, 22 };
	for (size_t k = 0; k < 2 * sizeof sealed / sizeof sealed[0]; k++) {
		char dir[512];
		struct rows *rows;
		snprintf(dir, sizeof dir, "%s/%zu", (char *)*state, k);
		started_in_1970(dir, sealed[k / 2], k % 2 == 0);
		struct reader *reader = open_well(dir);
		struct query query = { .station = "bt-outlet",
			.from_us = SAMPLE_DAY_US,
			.to_us = SAMPLE_DAY_US + US_PER_DAY };
		assert_int_equal(ask(reader, &query, &rows), 1);
		assert_int_equal(rows->n, 20);
		assert_in_order(rows);
		for (int i = 0; i < 20; i++) {
			assert_int_equal(rows->time_us[i],
			        SAMPLE_DAY_US + US_PER_HOUR + (i * 10 - 90) * US_PER_S);
			assert_true(rows->value[0][i] == i);
		}
		rows_free(rows, 1);
		query.from_us = 0;
		query.to_us = US_PER_DAY; /* nothing is left in 1970 */
		assert_int_equal(count_rows(reader, &query), 0);
		int64_t first_us, last_us;
		assert_int_equal(
		        reader_span(reader, "bt-outlet", &first_us, &last_us), OK);
		assert_true(first_us >= SAMPLE_DAY_US);
		reader_close(reader);
	}
}

/* ---- records, places, what is known ---- */

static int collect_types(
        void *with, const uint8_t *record, size_t size, int64_t stored_us)
{
	char *types = with;
	types[strlen(types)] = (char)('0' + record[3]);
	return strlen(types) == 9;
}

static void records_come_verbatim_in_time_order(void **state)
{
	struct sample sample;
	struct problem why;
	char types[32] = "";
	sample_archive_make(*state);
	sample_start(&sample, "office");
	struct sample_head head = {
		.epoch = 3, .clock = CLOCK_SYNCED, .time_us = SAMPLE_DAY_US
	};
	for (uint8_t i = 1; i <= 6; i++) {
		head.seq = i;
		head.time_us = SAMPLE_DAY_US + (i % 3) * US_PER_MIN;
		sample_add(&sample, &head, i % 2 == 0 ? RECORD_DOCUMENT : RECORD_CLAIM,
		        (const uint8_t *)"{}", 2);
	}
	struct sample part = sample;
	part.n = 4;
	sample_archive_seal(*state, &part, SAMPLE_DAY_US, 0);
	sample_archive_journal(*state, &sample); /* four of them still there, too */
	struct reader *reader = open_well(*state);
	struct query query = all_of("office");
	assert_int_equal(reader_records(reader, &query,
	                         1u << RECORD_DOCUMENT | 1u << RECORD_CLAIM,
	                         collect_types, types, &why),
	        6);
	assert_string_equal(types, "686886"); /* seq 3 6, 1 4, 2 5 */
	memset(types, 0, sizeof types);
	assert_int_equal(reader_records(reader, &query, 1u << RECORD_DOCUMENT,
	                         collect_types, types, &why),
	        3);
	assert_string_equal(types, "888");
	assert_int_equal(reader_stations(reader), 0); /* the office is none */
	reader_close(reader);
	sample_free(&sample);
}

static int count_same(void *with, const uint8_t *record, size_t size, int64_t stored_us)
{
	const struct sample *sample = with;
	for (size_t i = 0; i < sample->n; i++) {
		if (sample->record[i].size == size &&
		        memcmp(sample->record[i].bytes, record, size) == 0)
			return 0;
	}
	fail_msg("a record that was never written");
	return 1;
}

static void readings_too_come_verbatim(void **state)
{
	struct sample sample;
	struct problem why;
	uint64_t seed = 21;
	sample_archive_make(*state);
	sample_chance(&sample, &seed, 150);
	sample_archive_seal(*state, &sample, SAMPLE_DAY_US, 0);
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	int n = reader_records(reader, &query, 0x1fe, count_same, &sample, &why);
	assert_int_equal(n, sample.n);
	reader_close(reader);
	sample_free(&sample);
}

static void a_record_is_found_where_it_lies(void **state)
{
	char place[1024];
	three_days(*state, 2, false);
	struct reader *reader = open_well(*state);
	assert_int_equal(
	        reader_place(reader, "bt-outlet", 7, 1, place, sizeof place), OK);
	assert_contains(place, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5");
	assert_int_equal(
	        reader_place(reader, "bt-outlet", 7, 290, place, sizeof place), OK);
	assert_contains(place, "bt-outlet_2026-11-16.h5");
	assert_int_equal(
	        reader_place(reader, "bt-outlet", 7, 578, place, sizeof place), OK);
	assert_contains(place, "journal/bt-outlet/0000000000000007/");
	assert_int_equal(
	        reader_place(reader, "bt-outlet", 7, 9999, place, sizeof place),
	        NOT_FOUND);
	assert_int_equal(reader_place(reader, "bt-outlet", 8, 1, place, sizeof place),
	        NOT_FOUND);
	reader_close(reader);
}

static void what_is_known_of_a_station(void **state)
{
	struct sample sample;
	int64_t first_us, last_us;
	const struct describe *const *instruments;
	three_days(*state, 2, false);
	sample_plain(&sample, "ambient-1", SAMPLE_DAY_US, 3600);
	sample_archive_seal(*state, &sample, SAMPLE_DAY_US, 0);
	sample_free(&sample);
	struct reader *reader = open_well(*state);
	assert_int_equal(reader_stations(reader), 2);
	assert_string_equal(reader_station(reader, 0), "ambient-1");
	assert_string_equal(reader_station(reader, 1), "bt-outlet");
	assert_int_equal(reader_span(reader, "bt-outlet", &first_us, &last_us), OK);
	assert_int_equal(first_us, SAMPLE_DAY_US);
	assert_int_equal(last_us, SAMPLE_DAY_US + 3 * US_PER_DAY - 300 * US_PER_S);
	assert_int_equal(
	        reader_span(reader, "nowhere", &first_us, &last_us), NOT_FOUND);
	assert_int_equal(reader_instruments(reader, "bt-outlet", &instruments), 1);
	assert_string_equal(instruments[0]->instrument, "cod-1");
	assert_null(reader_station_describe(reader, "bt-outlet"));
	assert_non_null(reader_station_describe(reader, "ambient-1"));
	assert_string_equal(reader_station_describe(reader, "ambient-1")->station_name,
	        "Cửa xả Mẫu");
	assert_string_equal(
	        reader_state(reader), "3 seals; bt-outlet 0000000000000007/865 open");
	assert_string_equal(reader_identity(reader)->zone_name, "KCN Mẫu");
	reader_close(reader);
}

static void late_files_belong_to_their_day(void **state)
{
	struct sample sample;
	sample_archive_make(*state);
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US, 3600);
	struct sample part = sample;
	part.n = 20;
	sample_archive_seal(*state, &part, SAMPLE_DAY_US, 0);
	part.record = sample.record + 20;
	part.n = sample.n - 20;
	sample_archive_seal(*state, &part, SAMPLE_DAY_US, 1);
	struct reader *reader = open_well(*state);
	struct query query = { .station = "bt-outlet",
		.from_us = SAMPLE_DAY_US,
		.to_us = SAMPLE_DAY_US + US_PER_DAY };
	assert_int_equal(count_rows(reader, &query), 24);
	reader_close(reader);
	sample_free(&sample);
}

/* ---- damage ---- */

static void flip(const char *path, off_t at)
{
	uint8_t byte;
	chmod(path, 0600);
	int fd = open(path, O_RDWR);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static void a_damaged_file_is_left_out_and_named(void **state)
{
	three_days(*state, 3, false);
	flip(in_folder(*state, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5"), 5000);
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	assert_int_equal(count_rows(reader, &query), 576);
	assert_int_equal(count_rows(reader, &query), 576);
	assert_int_equal(reader_problems(reader), 1); /* told once */
	assert_contains(reader_problem(reader, 0),
	        "bt-outlet_2026-11-15.h5: is not the file that was sealed");
	reader_close(reader);
	/* The journal still has it: nothing is missing. */
	char dir[512];
	snprintf(dir, sizeof dir, "%s/again", (char *)*state);
	three_days(dir, 2, true);
	flip(in_folder(dir, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5"), 5000);
	reader = open_well(dir);
	assert_int_equal(count_rows(reader, &query), 864);
	reader_close(reader);
}

static void a_missing_file_is_named(void **state)
{
	three_days(*state, 3, false);
	unlink(in_folder(*state, "kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5"));
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	assert_int_equal(count_rows(reader, &query), 576);
	assert_int_equal(reader_problems(reader), 1);
	assert_contains(reader_problem(reader, 0), "cannot be read: No such file");
	reader_close(reader);
}

static void a_damaged_journal_gives_the_rest(void **state)
{
	three_days(*state, 0, true);
	/* The oldest segment: damage in the newest could be a write that is under
	 * way. */
	flip(in_folder(*state,
	             "journal/bt-outlet/0000000000000007/00000000000000000001.log"),
	        20000);
	struct reader *reader = open_well(*state);
	struct query query = all_of("bt-outlet");
	assert_int_equal(count_rows(reader, &query), 863);
	assert_true(reader_problems(reader) >= 1);
	assert_contains(
	        reader_problem(reader, 0), "00000000000000000001.log at offset");
	reader_close(reader);
}

static void a_folder_that_is_no_archive_says_so(void **state)
{
	struct reader *reader;
	struct problem why;
	assert_int_equal(reader_open(&reader, *state, &why), NOT_FOUND);
	assert_int_equal(why.exit, EXIT_NO_FILE);
	assert_contains(why.text, "is not a quantrac archive");
	assert_null(reader);
	sample_archive_make(*state);
	reader = open_well(*state);
	assert_int_equal(reader_stations(reader), 0);
	assert_string_equal(reader_state(reader), "0 seals");
	struct query query = all_of("office");
	assert_int_equal(
	        reader_records(reader, &query, 1u << RECORD_DOCUMENT, NULL, NULL, &why),
	        0);
	reader_close(reader);
}

#define WITH_FOLDER(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(one_series_across_sealed_days_and_journal),
		WITH_FOLDER(the_interval_is_half_open),
		WITH_FOLDER(only_what_is_asked_for_is_read),
		WITH_FOLDER(as_of_a_date_only_what_was_stored_by_then),
		WITH_FOLDER(a_changed_instrument_is_a_set_of_its_own),
		WITH_FOLDER(wrong_stamps_are_put_right),
		WITH_FOLDER(records_come_verbatim_in_time_order),
		WITH_FOLDER(readings_too_come_verbatim),
		WITH_FOLDER(a_record_is_found_where_it_lies),
		WITH_FOLDER(what_is_known_of_a_station),
		WITH_FOLDER(late_files_belong_to_their_day),
		WITH_FOLDER(a_damaged_file_is_left_out_and_named),
		WITH_FOLDER(a_missing_file_is_named),
		WITH_FOLDER(a_damaged_journal_gives_the_rest),
		WITH_FOLDER(a_folder_that_is_no_archive_says_so),
	};
	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
