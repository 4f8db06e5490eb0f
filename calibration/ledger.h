/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dated calibrations: DOCUMENT records of kind "calibration" of the source `office`,
 * append-only, looked up by validity and applied when read.
 */
#ifndef CALIBRATION_LEDGER_H
#define CALIBRATION_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "archive/reader.h"
#include "base/config.h"
#include "calibration/relation.h"

struct calibration {
	const char *id, *station, *instrument, *channel, *who, *note, *certificate;
	int64_t from_us, to_us; /* to 0: until the next one */
	int64_t done_us, stored_us;
	struct relation relation;
	size_t n_points;
	double *x, *y, *u;
	struct config *config;
};

struct ledger {
	size_t n;
	struct calibration *calibration; /* by from_us, later stored ones win */
};

int ledger_load(struct ledger *out, struct reader *reader, int64_t as_of_us,
        struct problem *why);
void ledger_free(struct ledger *ledger);

/* The calibration in force for a channel at a time, or NULL. */
const struct calibration *ledger_find(const struct ledger *ledger, const char *station,
        const char *channel, int64_t time_us);

/* Apply to arrays: value[n] in place where a calibration is in force; values
 * changed. */
size_t ledger_apply(const struct ledger *ledger, const char *station,
        const char *channel, const int64_t *time_us, double *value, size_t n);

/* The DOCUMENT's JSON for a new calibration; caller frees. */
int calibration_json(const struct calibration *calibration, char **json);

#endif
