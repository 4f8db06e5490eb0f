/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of readings across sealed days and the open journal. */
#include "tests/kits/reader_kit.h"

#include <math.h>
#include <stdio.h>

#include "base/bytes.h"

static void assert_in_order(const struct rows *rows)
{
	for (size_t i = 1; i < rows->n; i++) {
		assert_true(rows->time_us[i] >= rows->time_us[i - 1]);
		assert_false(rows->epoch[i] == rows->epoch[i - 1] &&
		             rows->seq[i] == rows->seq[i - 1]);
	}
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

/* An archive, and a cabinet with one instrument whose clock nobody has set yet. */
static size_t clock_never_set(
        const char *dir, struct sample *sample, struct sample_head *head)
{
	sample_archive_make(dir);
	sample_start(sample, "bt-outlet");
	size_t cod = sample_instrument(sample, "cod-1", two_channels);
	*head = (struct sample_head){
		.epoch = 7, .seq = 1, .boot = 5, .clock = CLOCK_UNSYNCED
	};
	sample_describe(sample, head, cod);
	return cod;
}

/* A boot that begins in 1970: ten readings, then the clock is put right and ten more
 * follow.  The records up to the `sealed`th are sealed, in the file of their day or (no
 * day known) unplaced; the rest in a late file, or all are in the journal still. */
static void started_in_1970(const char *dir, size_t sealed, bool journal)
{
	struct sample sample;
	const int64_t offset_us = SAMPLE_DAY_US + US_PER_HOUR - 100 * US_PER_S;
	struct sample_head head;
	size_t cod = clock_never_set(dir, &sample, &head);
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
		if (k == 0) /* by the journal alone */
			assert_int_equal(
			        first_us, SAMPLE_DAY_US + US_PER_HOUR - 90 * US_PER_S);
		/* it was not there before, nor is it of 1970 */
		assert_true(reader_used(reader, "bt-outlet", "cod-1") >= SAMPLE_DAY_US);
		reader_close(reader);
	}
}

/* A day whose clock was set on the next one only; the journal has gone. */
static void a_day_of_wrong_stamps_is_the_first_day_all_the_same(void **state)
{
	struct sample sample;
	const char *dir = *state;
	const int64_t offset_us = SAMPLE_DAY_US + US_PER_HOUR;
	struct sample_head head;
	size_t cod = clock_never_set(dir, &sample, &head);
	for (head.seq = 2; head.seq < 12; head.seq++) {
		head.time_us = head.mono_us += US_PER_HOUR;
		sample_reading(&sample, &head, cod, (double[]){ 1, 1 });
	}
	sample_archive_seal(dir, &sample, SAMPLE_DAY_US, 0);
	struct sample rest = sample;
	head.clock = CLOCK_SYNCED;
	head.mono_us = 25 * US_PER_HOUR;
	head.time_us = head.mono_us + offset_us;
	sample_clock(&sample, &head, offset_us);
	head.seq++;
	sample_reading(&sample, &head, cod, (double[]){ 2, 2 });
	rest.record = sample.record + rest.n;
	rest.n = sample.n - rest.n;
	sample_archive_seal(dir, &rest, SAMPLE_DAY_US + US_PER_DAY, 0);
	struct reader *reader = open_well(dir);
	int64_t first_us, last_us;
	assert_int_equal(reader_span(reader, "bt-outlet", &first_us, &last_us), OK);
	assert_in_range(first_us, SAMPLE_DAY_US, SAMPLE_DAY_US + US_PER_DAY - 1);
	assert_int_equal(last_us, head.time_us);
	reader_close(reader);
	sample_free(&sample);
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
		WITH_FOLDER(a_day_of_wrong_stamps_is_the_first_day_all_the_same),
	};
	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
