/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as they were made, where they lie, and what is known of a station. */
#include "tests/kits/reader_kit.h"
#include "tests/kits/sample_chance.h"

#include <fcntl.h>
#include <string.h>

#include "base/bytes.h"

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
	assert_string_equal(reader_state(reader),
	        "3 seals; bt-outlet 0000000000000007/865 journal");
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

#define WITH_FOLDER(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(records_come_verbatim_in_time_order),
		WITH_FOLDER(readings_too_come_verbatim),
		WITH_FOLDER(a_record_is_found_where_it_lies),
		WITH_FOLDER(what_is_known_of_a_station),
		WITH_FOLDER(late_files_belong_to_their_day),
	};
	return cmocka_run_group_tests_name("reader: records", tests, NULL, NULL);
}
