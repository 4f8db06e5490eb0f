/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series made of arrays, so that analysis can be tested without an archive. */
#ifndef TESTS_MADE_H
#define TESTS_MADE_H

#include "analysis/series.h"

/* 2026-11-09T00:00+07:00 */
#define MADE_DAY INT64_C(1794157200000000)

/* A series of n readings every step_s from start_us on, all STATE_OK with value 0; a
 * channel "cod" in mg/L, 0 to 225, class 5 % of reading, a result each step.  Freed by
 * series_free. */
struct series made_series(size_t n, double step_s, int64_t start_us);

/* Set value (and raw) of readings [from, to). */
void made_values(struct series *series, size_t from, size_t to, double value);
/* Set state of readings [from, to); states without a number lose theirs. */
void made_states(struct series *series, size_t from, size_t to, uint8_t state);

#endif
