/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "base/csv.h"
#include "calibration/relation.h"

#define MOST 64

/* Columns y,x of a NIST StRD file; count, 0 if the data are not there. */
static size_t read_points(const char *name, double *x, double *y)
{
	const char *folder = data_folder("nist_strd");
	if (folder == NULL)
		return 0;
	struct csv *csv;
	struct problem why;
	assert_int_equal(csv_open(&csv, in_folder(folder, name), &why), OK);
	int column_x = csv_find(csv, "x"), column_y = csv_find(csv, "y");
	assert_true(column_x >= 0 && column_y >= 0);
	size_t n = 0;
	while (csv_next(csv, &why) == 1) {
		assert_true(n < MOST);
		assert_int_equal(
		        number_parse(csv_cell(csv, (size_t)column_x), &x[n]), OK);
		assert_int_equal(
		        number_parse(csv_cell(csv, (size_t)column_y), &y[n]), OK);
		n++;
	}
	csv_close(csv);
	return n;
}

/* NIST StRD, Norris: certified values to 15 digits. */
static void norris_agrees_with_the_certified_values(void **state)
{
	double x[MOST], y[MOST], residual[MOST];
	size_t n = read_points("linear/Norris.csv", x, y);
	if (n == 0)
		return;
	struct relation fit;
	struct problem why;
	assert_int_equal(n, 36);
	assert_int_equal(relation_fit(&fit, x, y, NULL, n, residual, &why), OK);
	assert_close(fit.a, -0.262323073774029, 1e-9);
	assert_close(fit.b, 1.00211681802045, 1e-9);
	assert_close(sqrt(fit.var_a), 0.232818234301152, 1e-9);
	assert_close(sqrt(fit.var_b), 0.000429796848199937, 1e-9);
	assert_close(fit.s, 0.884796396144373, 1e-9);
	assert_close(fit.r2, 0.999993745883712, 1e-12);
	assert_close(fit.chi2, 26.6173985294224, 1e-9);
	assert_close(fit.x_low, 0.2, 0);
	assert_close(fit.x_high, 999.0, 0);
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += residual[i];
	assert_close(sum, 0, 1e-9);
}

/* With equal u the weighted line is the plain one; only its covariance is that of u:
 * var_b = u^2 / sum (x - mean)^2 = 0.25 / 10. */
static void weights_are_one_over_u_squared(void **state)
{
	const double x[] = { 1, 2, 3, 4, 5 }, y[] = { 2.1, 3.9, 6.2, 7.8, 10.1 };
	const double even[] = { 0.5, 0.5, 0.5, 0.5, 0.5 };
	struct relation plain, weighted;
	struct problem why;
	assert_int_equal(relation_fit(&plain, x, y, NULL, 5, NULL, &why), OK);
	assert_int_equal(relation_fit(&weighted, x, y, even, 5, NULL, &why), OK);
	assert_close(weighted.a, plain.a, 1e-12);
	assert_close(weighted.b, plain.b, 1e-12);
	assert_close(weighted.var_b, 0.25 / 10, 1e-12);
	assert_close(weighted.var_a, 0.25 * (1.0 / 5 + 9.0 / 10), 1e-12);

	/* A point nobody trusts has no say: the line goes through the others. */
	const double exact[] = { 3, 5, 7, 9, 100 };
	const double doubt[] = { 0.1, 0.1, 0.1, 0.1, 1e6 };
	assert_int_equal(relation_fit(&weighted, x, exact, doubt, 5, NULL, &why), OK);
	assert_close(weighted.a, 1, 1e-6);
	assert_close(weighted.b, 2, 1e-6);
}

/* u(y)^2 = var_a + x^2 var_b + 2 x cov_ab (gsl_fit_linear_est). */
static void applying_gives_value_and_uncertainty(void **state)
{
	struct relation line = {
		.a = 1, .b = 2, .var_a = 0.04, .var_b = 0.01, .cov_ab = -0.015
	};
	double y, u;
	relation_apply(&line, 3, &y, &u);
	assert_close(y, 7, 1e-12);
	assert_close(u, sqrt(0.04 + 9 * 0.01 - 6 * 0.015), 1e-12);
}

static void what_no_line_goes_through_is_refused(void **state)
{
	const double x[] = { 1, 2, 3 }, same[] = { 2, 2, 2 }, bad[] = { 1, NAN, 3 };
	const double zero[] = { 0.1, 0, 0.1 };
	struct relation fit;
	struct problem why;
	assert_int_equal(relation_fit(&fit, x, x, NULL, 3, NULL, &why), OK);
	assert_int_equal(relation_fit(&fit, x, x, NULL, 2, NULL, &why), REFUSED);
	assert_contains(why.text, "at least 3");
	assert_int_equal(relation_fit(&fit, same, x, NULL, 3, NULL, &why), REFUSED);
	assert_contains(why.text, "two different");
	assert_int_equal(relation_fit(&fit, x, bad, NULL, 3, NULL, &why), REFUSED);
	assert_contains(why.text, "not a finite number");
	assert_int_equal(relation_fit(&fit, x, x, zero, 3, NULL, &why), REFUSED);
	assert_contains(why.text, "point 2");
}

int main(void)
{
	gsl_set_error_handler_off();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(norris_agrees_with_the_certified_values),
		cmocka_unit_test(weights_are_one_over_u_squared),
		cmocka_unit_test(applying_gives_value_and_uncertainty),
		cmocka_unit_test(what_no_line_goes_through_is_refused),
	};
	return cmocka_run_group_tests_name("relation", tests, NULL, NULL);
}
