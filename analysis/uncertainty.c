/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/assess.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* The larger of two class limits, either of which may be unknown. */
static double larger(double a, double b)
{
	return isnan(a) || b > a ? b : a;
}

/* A class states limits +-a for whatever value: rectangular, u = a / sqrt 3 (JCGM 100, 4.3.7).
 * Where it gives several limits the widest one counts. */
double uncertainty_class(const struct channel *about, double value)
{
	double a = fabs(about->accuracy_absolute);
	a = larger(a, fabs(about->accuracy_reading_percent) / 100 * fabs(value));
	a = larger(a,
	        fabs(about->accuracy_span_percent) / 100 * (about->high - about->low));
	return a / sqrt(3);
}

/* s / sqrt n, widened for values that remember the one before: with r the lag-1 autocorrelation,
 * 1 + 2 (r + r^2 + ...) = (1 + r) / (1 - r).  A negative r is chance and does not narrow. */
double uncertainty_random(const double *x, size_t n)
{
	if (n < 3)
		return 0;
	double s = gsl_stats_sd(x, 1, n);
	if (!(s > 0))
		return 0;
	double r = gsl_stats_lag1_autocorrelation(x, 1, n);
	r = r > 0 ? fmin(r, 0.99) : 0;
	return s * sqrt((1 + r) / (1 - r) / (double)n);
}
