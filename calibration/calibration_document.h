/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON form of a dated calibration; docs/quantrac-limits.md has its keys beside the
 * permit's. */
#ifndef CALIBRATION_CALIBRATION_DOCUMENT_H
#define CALIBRATION_CALIBRATION_DOCUMENT_H

#include "calibration/ledger.h"

/* Read one; texts and points belong to out->config.  OK, or MALFORMED with the first
 * error. */
int calibration_read(struct calibration *out, const char *json, size_t n,
        int64_t stored_us, struct problem *why);

/* Put a ledger that was filled by hand in the order ledger_find counts on. */
void ledger_sort(struct ledger *ledger);

#endif
