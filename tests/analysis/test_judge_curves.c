/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Episodes, the curve of a day, a series by its name. */
#include "tests/kits/judge_kit.h"

#include <gsl/gsl_errno.h>
#include <math.h>

static int keep_episode(void *with, const struct episode *episode)
{
	struct {
		size_t n;
		struct episode episode[4];
	} *kept = with;
	assert_true(kept->n < 4);
	kept->episode[kept->n++] = *episode;
	return 0;
}

/* The days over are runs over midnight; the night of day 12 is one of two hours; under
 * three base values is a spike. */
static void episodes_are_runs_of_base_values(void **state)
{
	struct made_archive made;
	struct reader *reader;
	struct problem why = { 0 };
	struct {
		size_t n;
		struct episode episode[4];
	} kept = { 0 };
	make_outlet(&made, *state, "a");
	assert_int_equal(reader_open(&reader, made.dir, &why), OK);
	struct judge_options options = { 0 };
	int n = episodes_find(reader, &shipped, &options, keep_episode, &kept, &why);
	assert_int_equal(n, 3);
	/* 00:00 to 10:00, then from 14:00 over midnight to 12:30 */
	assert_true(kept.episode[0].from_us == MADE_DAY);
	assert_int_equal(kept.episode[0].n, 120);
	assert_true(kept.episode[1].from_us == MADE_DAY + 14 * US_PER_HOUR);
	assert_true(kept.episode[1].to_us == MADE_DAY + (DAY + 150) * FIVE);
	assert_int_equal(kept.episode[1].n, 120 + 150);
	assert_close(kept.episode[1].peak, 160, 0);
	assert_close(kept.episode[1].level, 75, 0);
	assert_close(kept.episode[2].peak, 135, 0);
	assert_close(kept.episode[2].mean, 123.5, 1e-9);
	assert_int_equal(kept.episode[2].n, 24);
	assert_string_equal(kept.episode[2].unit, "mg/L");
	assert_string_equal(kept.episode[2].rule->id, "qcvn-40-2011");
	reader_close(reader);
}

static int keep_curve(void *with, const struct assessment *assessment)
{
	struct {
		struct reader *reader;
		struct day_curve curve;
	} *kept = with;
	struct problem why = { 0 };
	if (assessment->start_us != MADE_DAY)
		return 0;
	int status = day_curve_make(
	        &kept->curve, kept->reader, &shipped, assessment, 0, &why);
	if (status != OK)
		fail_msg("%s", why.text);
	return 1;
}

static void the_curve_of_a_day_is_its_base_values(void **state)
{
	struct made_archive made;
	struct problem why = { 0 };
	struct {
		struct reader *reader;
		struct day_curve curve;
	} kept = { 0 };
	make_outlet(&made, *state, "a");
	assert_int_equal(reader_open(&kept.reader, made.dir, &why), OK);
	struct judge_options options = { .channel = "cod" };
	assert_int_equal(
	        judge(kept.reader, &shipped, &options, keep_curve, &kept, &why), 1);
	assert_int_equal(kept.curve.n, DAY);
	assert_true(kept.curve.start_us == MADE_DAY);
	assert_true(kept.curve.period_us == FIVE);
	assert_close(kept.curve.value[0], 80, 0);
	assert_int_equal(kept.curve.what[0], COUNTS_VALID);
	assert_int_equal(kept.curve.what[130], COUNTS_FAULT);
	assert_true(isnan(kept.curve.value[130]));
	assert_int_equal(kept.curve.running[0], 1);
	day_curve_free(&kept.curve);
	reader_close(kept.reader);
}

static void a_series_is_loaded_by_name(void **state)
{
	struct made_archive made;
	struct reader *reader;
	struct series series;
	struct problem why = { 0 };
	make_outlet(&made, *state, "a");
	assert_int_equal(reader_open(&reader, made.dir, &why), OK);
	struct query query = { .station = "bt-outlet",
		.channel = "cod",
		.from_us = MADE_DAY,
		.to_us = MADE_DAY + US_PER_HOUR };
	assert_int_equal(series_load(&series, reader, &query, &why), OK);
	assert_int_equal(series.n, 12);
	assert_string_equal(series.about.unit, "mg/L");
	assert_string_equal(series.instrument, "plc");
	assert_close(series_cycle_s(&series), 300, 0);
	series_free(&series);
	query.channel = "codd";
	assert_int_equal(series_load(&series, reader, &query, &why), NOT_FOUND);
	assert_contains(why.text, "did you mean 'cod'");
	query.station = "bt-nowhere";
	assert_int_equal(series_load(&series, reader, &query, &why), NOT_FOUND);
	reader_close(reader);
}

#define IN_FOLDER(test)                                                                \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(episodes_are_runs_of_base_values),
		IN_FOLDER(the_curve_of_a_day_is_its_base_values),
		IN_FOLDER(a_series_is_loaded_by_name),
	};
	return cmocka_run_group_tests_name(
	        "judge: episodes, curve, series", tests, read_shipped, free_shipped);
}
