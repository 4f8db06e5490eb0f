/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calibration/relation.h"

#include <gsl/gsl_fit.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static bool all_finite(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(x[i]))
			return false;
	return true;
}

static int check_points(const double *x, const double *y, const double *u, size_t n,
        struct problem *why)
{
	if (n < 3)
		return problem_set(why, REFUSED, EXIT_DAMAGED,
		        "%zu points are too few for a line: give at least 3", n);
	if (!all_finite(x, n) || !all_finite(y, n))
		return problem_set(why, REFUSED, EXIT_DAMAGED,
		        "a point is not a finite number: leave it out and fit again");
	for (size_t i = 0; u != NULL && i < n; i++)
		if (!(isfinite(u[i]) && u[i] > 0))
			return problem_set(why, REFUSED, EXIT_DAMAGED,
			        "the uncertainty of point %zu is %g: give a number "
			        "above 0",
			        i + 1, u[i]);
	for (size_t i = 1; i < n; i++)
		if (x[i] != x[0])
			return OK;
	return problem_set(why, REFUSED, EXIT_DAMAGED,
	        "all points have the indication %g: a line needs at least two "
	        "different ones",
	        x[0]);
}

/* Weights 1/u^2: the covariance is that of the stated uncertainties, not of the
 * scatter. */
static int fit_weighted(
        struct relation *out, const double *x, const double *y, const double *u)
{
	double *weight = malloc(out->n * sizeof *weight);
	if (weight == NULL)
		return FAILED;
	for (size_t i = 0; i < out->n; i++)
		weight[i] = 1 / (u[i] * u[i]);
	int status = gsl_fit_wlinear(x, 1, weight, 1, y, 1, out->n, &out->a, &out->b,
	        &out->var_a, &out->cov_ab, &out->var_b, &out->chi2);
	free(weight);
	return status == 0 ? OK : FAILED;
}

/* What the fit leaves over: residuals, their standard deviation, R squared, the range
 * of x. */
static void take_stock(struct relation *out, const double *x, const double *y,
        const double *u, double *residual)
{
	size_t n = out->n;
	double weights = 0, mean = 0, spread = 0, left = 0;
	for (size_t i = 0; i < n; i++) {
		double w = u != NULL ? 1 / (u[i] * u[i]) : 1;
		weights += w;
		mean += w * y[i];
	}
	mean /= weights;
	out->x_low = out->x_high = x[0];
	for (size_t i = 0; i < n; i++) {
		double w = u != NULL ? 1 / (u[i] * u[i]) : 1;
		double r = y[i] - (out->a + out->b * x[i]);
		if (residual != NULL)
			residual[i] = r;
		left += r * r;
		spread += w * (y[i] - mean) * (y[i] - mean);
		out->x_low = fmin(out->x_low, x[i]);
		out->x_high = fmax(out->x_high, x[i]);
	}
	out->s = sqrt(left / (double)(n - 2));
	out->r2 = spread > 0 ? 1 - out->chi2 / spread : 1;
}

int relation_fit(struct relation *out, const double *x, const double *y,
        const double *u, size_t n, double *residual, struct problem *why)
{
	*out = (struct relation){ .n = n };
	int status = check_points(x, y, u, n, why);
	if (status != OK)
		return status;
	if (u != NULL)
		status = fit_weighted(out, x, y, u);
	else if (gsl_fit_linear(x, 1, y, 1, n, &out->a, &out->b, &out->var_a,
	                 &out->cov_ab, &out->var_b, &out->chi2) != 0)
		status = FAILED;
	if (status != OK || !isfinite(out->a) || !isfinite(out->b))
		return problem_set(why, REFUSED, EXIT_DAMAGED,
		        "no line can be fitted to these points: their numbers are too "
		        "large or too "
		        "close together");
	take_stock(out, x, y, u, residual);
	return OK;
}

void relation_apply(const struct relation *relation, double x, double *y, double *u)
{
	gsl_fit_linear_est(x, relation->a, relation->b, relation->var_a,
	        relation->cov_ab, relation->var_b, y, u);
}
