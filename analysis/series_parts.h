/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What making a series shares with those who make many at once. */
#ifndef ANALYSIS_SERIES_PARTS_H
#define ANALYSIS_SERIES_PARTS_H

#include "analysis/series.h"

/* As series_cycle_s, of a channel and its instrument's poll period. */
double channel_cycle_s(const struct channel *about, double poll_every_s);

/* How much later than its sample a result of this instrument may come. */
int64_t sample_delay_us(const struct describe *describe);

/* Do two descriptions of a channel mean the same quantity?  If not, `difference` says what differs
 * ("mg/L as N" and "mg/L as NH4"). */
bool channel_same_quantity(const struct channel *a, const struct channel *b,
        char *difference, size_t room);

#endif
