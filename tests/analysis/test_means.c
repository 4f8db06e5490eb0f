/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/base_sums.h"
#include "base/csv.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "base/status.h"
#include "tests/kits/made.h"

#define ROWS 40000

/* A column of a real data set as a series. */
struct source {
	const char *set, *folder, *file, *time, *more_time, *column, *missing;
	double step_s;
	int offset_min;
};

static int64_t row_time(const struct csv *csv, const struct source *source)
{
	char text[64];
	int at = csv_find(csv, source->time);
	int more = source->more_time != NULL ? csv_find(csv, source->more_time) : -1;
	assert_true(at >= 0);
	snprintf(text, sizeof text, "%s%s%s", csv_cell(csv, (size_t)at),
	        more >= 0 ? "T" : "", more >= 0 ? csv_cell(csv, (size_t)more) : "");
	int64_t time_us;
	assert_int_equal(time_parse(text, source->offset_min, &time_us), OK);
	return time_us;
}

/* False if the data are not there. */
static bool series_of(struct series *series, const struct source *source)
{
	const char *folder = data_folder(source->folder);
	if (folder == NULL)
		return false;
	struct csv *csv;
	struct problem why;
	assert_int_equal(csv_open(&csv, in_folder(folder, source->file), &why), OK);
	int column = csv_find(csv, source->column);
	assert_true(column >= 0);
	*series = made_series(ROWS, source->step_s, 0);
	series->utc_offset_min = source->offset_min;
	series->about.low = series->about.high = NAN;
	size_t n = 0;
	for (; csv_next(csv, &why) == 1 && n < ROWS; n++) {
		const char *cell = csv_cell(csv, (size_t)column);
		double value;
		series->time_us[n] = row_time(csv, source);
		if (strcmp(cell, source->missing) == 0 ||
		        number_parse(cell, &value) != OK) {
			made_states(series, n, n + 1, STATE_NO_VALUE);
			continue;
		}
		made_values(series, n, n + 1, value);
	}
	series->n = n;
	csv_close(csv);
	return true;
}

/* Every row of ours against numpy's, and every row of numpy's against ours. */
static void agrees_with_numpy(const struct source *source, int64_t period_s)
{
	struct series series;
	if (!series_of(&series, source))
		return;
	struct mean_row *row;
	int n = means_make(&row, &series, period_s * US_PER_S, series.time_us[0],
	        series.time_us[series.n - 1] + 1, NAN);
	assert_true(n > 0);
	int code;
	char *text =
	        run_command(&code, "/usr/bin/python3 '%s' %s '%s' '%s' %" PRId64 " %d",
	                project_file("tests/numpy_means.py"), source->set,
	                in_folder(data_folder(source->folder), source->file),
	                source->column, period_s, source->offset_min);
	assert_int_equal(code, 0);
	int k = 0;
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		int64_t start_s;
		uint32_t count;
		double mean, low, high;
		assert_int_equal(sscanf(line, "%" SCNd64 " %" SCNu32 " %lf %lf %lf",
		                         &start_s, &count, &mean, &low, &high),
		        5);
		for (; k < n && row[k].start_us < start_s * US_PER_S; k++)
			assert_int_equal(row[k].valid, 0);
		assert_true(k < n && row[k].start_us == start_s * US_PER_S);
		assert_int_equal(row[k].valid, count);
		assert_close(row[k].value, mean, 1e-9);
		assert_close(row[k].low, low, 0);
		assert_close(row[k].high, high, 0);
		k++;
	}
	for (; k < n; k++)
		assert_int_equal(row[k].valid, 0);
	free(text);
	free(row);
	series_free(&series);
}

static void air_of_an_italian_road_agrees_with_numpy(void **state)
{
	struct source source = { "uci", "uci_air_quality",
		"AirQualityUCI_2004-03_2004-09.csv", "Date", "Time", "CO(GT)", "-200",
		3600, 60 };
	static const char *const columns[] = { "CO(GT)", "NOx(GT)", "NO2(GT)", "T",
		"PT08.S1(CO)" };
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		source.column = columns[i];
		agrees_with_numpy(&source, 86400);
		agrees_with_numpy(&source, 3600);
	}
}

static void a_river_agrees_with_numpy(void **state)
{
	struct source source = { "logan", "logan_river_wq", "MainStreet2019.csv",
		"datetime", NULL, "temp", "-9999", 900, -420 };
	static const char *const columns[] = { "temp", "ph", "turb", "do" };
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		source.column = columns[i];
		agrees_with_numpy(&source, 3600);
		agrees_with_numpy(&source, 86400);
	}
}

static void air_of_a_london_road_agrees_with_numpy(void **state)
{
	struct source source = { "openair", "openair_mydata", "mydata_1998-2001.csv",
		"date", NULL, "no2", "NA", 3600, 0 };
	agrees_with_numpy(&source, 86400);
	source.column = "pm10";
	agrees_with_numpy(&source, 28800);
}

/* openair's own day means, with its rule that 75 % of the hours must be there. */
static void means_with_completeness_agree_with_openair(void **state)
{
	struct source source = { "openair", "openair_mydata", "mydata_1998-2001.csv",
		"date", NULL, "no2", "NA", 3600, 0 };
	struct series series;
	if (!series_of(&series, &source))
		return;
	const char *folder = data_folder("peer_openair_expected");
	assert_non_null(folder);
	struct mean_row *row;
	int n = means_make(&row, &series, US_PER_DAY, series.time_us[0],
	        series.time_us[series.n - 1] + 1, 75);
	struct csv *csv;
	struct problem why;
	assert_int_equal(
	        csv_open(&csv, in_folder(folder, "day_mean_thresh75.csv"), &why), OK);
	int column = csv_find(csv, "no2"), missing = 0;
	for (int k = 0; k < n; k++) {
		double value;
		assert_int_equal(csv_next(csv, &why), 1);
		assert_int_equal(row[k].expected, 24);
		if (number_parse(csv_cell(csv, (size_t)column), &value) == OK) {
			assert_close(row[k].value, value, 5e-8);
			assert_int_equal(row[k].quality, 1);
		} else {
			assert_true(isnan(row[k].value));
			assert_true(row[k].valid < 18);
			missing++;
		}
	}
	assert_int_equal(csv_next(csv, &why), 0);
	assert_true(missing > 0);
	csv_close(csv);
	free(row);
	series_free(&series);
}

/* A result is due each 45 minutes and asked for each minute: 32 a day, not 1440. */
static void expected_counts_are_results_due(void **state)
{
	struct series series = made_series(1440, 60, MADE_DAY);
	series.about.result_every_s = 2700;
	made_states(&series, 0, 1440, STATE_UNCHANGED);
	for (size_t i = 0; i < 1440; i += 45) {
		made_states(&series, i, i + 1, STATE_OK);
		made_values(&series, i, i + 1, 40);
	}
	struct mean_row *row;
	assert_int_equal(means_make(&row, &series, US_PER_DAY, MADE_DAY,
	                         MADE_DAY + US_PER_DAY, 75),
	        1);
	assert_int_equal(row->expected, 32);
	assert_int_equal(row->received, 32);
	assert_int_equal(row->valid, 32);
	assert_close(row->value, 40, 0);
	assert_int_equal(row->quality, 1);
	free(row);
	series_free(&series);
}

static void both_sides_of_the_minimum_share(void **state)
{
	struct series series = made_series(60, 60, MADE_DAY);
	made_values(&series, 0, 60, 10);
	made_states(&series, 45, 60, STATE_SILENT);
	struct mean_row *row;
	assert_int_equal(means_make(&row, &series, US_PER_HOUR, MADE_DAY,
	                         MADE_DAY + US_PER_HOUR, 75),
	        1);
	assert_int_equal(row->expected, 60);
	assert_int_equal(row->received, 45);
	assert_int_equal(row->quality, 1);
	assert_close(row->value, 10, 0);
	free(row);

	made_states(&series, 44, 45, STATE_SILENT);
	means_make(&row, &series, US_PER_HOUR, MADE_DAY, MADE_DAY + US_PER_HOUR, 75);
	assert_int_equal(row->valid, 44);
	assert_int_equal(row->quality, 4);
	assert_true(isnan(row->value));
	free(row);

	made_states(&series, 0, 60, STATE_SILENT);
	means_make(&row, &series, US_PER_HOUR, MADE_DAY, MADE_DAY + US_PER_HOUR, 75);
	assert_int_equal(row->quality, 9);
	free(row);
	series_free(&series);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(air_of_an_italian_road_agrees_with_numpy),
		cmocka_unit_test(a_river_agrees_with_numpy),
		cmocka_unit_test(air_of_a_london_road_agrees_with_numpy),
		cmocka_unit_test(means_with_completeness_agree_with_openair),
		cmocka_unit_test(expected_counts_are_results_due),
		cmocka_unit_test(both_sides_of_the_minimum_share),
	};
	return cmocka_run_group_tests_name("means", tests, NULL, NULL);
}
