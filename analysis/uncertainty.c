/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/assess.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* A class states limits +-a for whatever value: rectangular, u = a / sqrt 3 (JCGM 100,
 * 4.3.7).  Circular 10/2021 lets it be declared in percent of the reading or of the
 * span: where both are known that of the reading counts.  An absolute limit is the
 * least a can be. */
double uncertainty_class(const struct channel *about, double value)
{
	double a = fabs(about->accuracy_reading_percent) / 100 * fabs(value);
	if (isnan(a))
		a = fabs(about->accuracy_span_percent) / 100 *
		    (about->high - about->low);
	return fmax(a, fabs(about->accuracy_absolute)) / sqrt(3);
}

/* s / sqrt n, widened for values that remember the one before: with r the lag-1
 * autocorrelation, 1 + 2 (r + r^2 + ...) = (1 + r) / (1 - r).  A negative r is chance
 * and does not narrow. */
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
