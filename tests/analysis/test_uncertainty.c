/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "analysis/assess.h"
#include "tests/kits/made.h"

/* 5 % of 80 is 4; as a rectangular limit u = 4 / sqrt 3 = 2.309. */
static void a_class_is_a_rectangular_limit(void **state)
{
	struct series series = made_series(0, 60, MADE_DAY);
	struct channel cod = series.about;
	assert_close(uncertainty_class(&cod, 80), 2.3094010767585, 1e-12);
	assert_close(uncertainty_class(&cod, 76), 2.1939310229206, 1e-12);
	assert_close(uncertainty_class(&cod, -80), uncertainty_class(&cod, 80), 0);

	/* Declared both ways, the reading's counts; the span's alone is 3 % of 225. */
	cod.accuracy_span_percent = 3;
	assert_close(uncertainty_class(&cod, 80), 4 / sqrt(3), 1e-12);
	cod.accuracy_reading_percent = NAN;
	assert_close(uncertainty_class(&cod, 80), 6.75 / sqrt(3), 1e-12);
	/* "5 %, at least 1 mg/L" */
	cod.accuracy_reading_percent = 5;
	cod.accuracy_absolute = 1;
	assert_close(uncertainty_class(&cod, 10), 1 / sqrt(3), 1e-12);
	assert_close(uncertainty_class(&cod, 80), 4 / sqrt(3), 1e-12);
	cod.accuracy_absolute = NAN;
	cod.accuracy_reading_percent = cod.accuracy_span_percent = NAN;
	assert_true(isnan(uncertainty_class(&cod, 80)));
	cod.accuracy_absolute = 0.2;
	assert_close(uncertainty_class(&cod, 7), 0.2 / sqrt(3), 1e-12);
	series_free(&series);
}

/* n values with standard deviation s and lag-1 autocorrelation r, both exact: a slow
 * and a fast course mixed until the lag-1 autocorrelation is r, then scaled. */
static void values_with(double *x, size_t n, double s, double r)
{
	double low = 0, high = 1, noise[240];
	uint64_t seed = 12;
	for (size_t i = 0; i < n; i++)
		noise[i] = (double)(chance(&seed) % 2001) / 1000 - 1;
	for (int step = 0; step < 200; step++) {
		double share = (low + high) / 2;
		for (size_t i = 0; i < n; i++)
			x[i] = share * sin(0.05 * (double)i) + (1 - share) * noise[i];
		if (gsl_stats_lag1_autocorrelation(x, 1, n) < r)
			low = share;
		else
			high = share;
	}
	double mean = gsl_stats_mean(x, 1, n), scale = s / gsl_stats_sd(x, 1, n);
	for (size_t i = 0; i < n; i++)
		x[i] = 80 + scale * (x[i] - mean);
}

/* n 240, x 80, class 5 %, s 6.0, lag-1 0.8: u_sys 2.309, u_ran 1.162, u 2.585. */
static void the_two_parts_travel_separately(void **state)
{
	struct series series = made_series(0, 60, MADE_DAY);
	double x[240];
	values_with(x, 240, 6, 0.8);
	assert_close(gsl_stats_sd(x, 1, 240), 6, 1e-9);
	assert_close(gsl_stats_lag1_autocorrelation(x, 1, 240), 0.8, 1e-9);
	double u_ran = uncertainty_random(x, 240);
	double u_sys = uncertainty_class(&series.about, gsl_stats_mean(x, 1, 240));
	assert_close(u_ran, 1.162, 5e-4);
	assert_close(u_sys, 2.309, 5e-4);
	assert_close(hypot(u_sys, u_ran), 2.585, 5e-4);
	series_free(&series);
}

static void what_does_not_scatter_has_no_random_part(void **state)
{
	const double flat[] = { 5, 5, 5, 5 }, two[] = { 1, 2 };
	assert_close(uncertainty_random(flat, 4), 0, 0);
	assert_close(uncertainty_random(two, 2), 0, 0);
	/* A saw: its negative autocorrelation is not taken as certainty. */
	const double saw[] = { 1, 3, 1, 3, 1, 3 };
	assert_close(uncertainty_random(saw, 6), sqrt(1.2 / 6), 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_class_is_a_rectangular_limit),
		cmocka_unit_test(the_two_parts_travel_separately),
		cmocka_unit_test(what_does_not_scatter_has_no_random_part),
	};
	return cmocka_run_group_tests_name("uncertainty", tests, NULL, NULL);
}
