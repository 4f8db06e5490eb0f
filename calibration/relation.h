/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A linear relation of indication x to reference y: y = a + b x, by weighted least
 * squares.  Works on arrays; opens nothing.
 */
#ifndef CALIBRATION_RELATION_H
#define CALIBRATION_RELATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct relation {
	double a, b;
	double var_a, var_b, cov_ab; /* covariance of the coefficients */
	double chi2, s,
	        r2; /* weighted sum of squares; residual standard deviation; R squared */
	size_t n;
	double x_low, x_high; /* valid range: that of the points */
};

/* Fit n >= 3 points; u[i] is the standard uncertainty of y[i] (NULL: equal weights, and
 * covariance is scaled by the residuals).  residual[n] = y - (a + b x) (may be NULL).
 * gsl_fit_wlinear / gsl_fit_linear.  OK, REFUSED (too few points, all x equal, not
 * finite). */
int relation_fit(struct relation *out, const double *x, const double *y,
        const double *u, size_t n, double *residual, struct problem *why);

/* y and its standard uncertainty at x (gsl_fit_linear_est). */
void relation_apply(const struct relation *relation, double x, double *y, double *u);

#endif
