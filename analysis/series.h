/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A series: the calibrated readings of one channel, in time order, columns beside each
 * other.  Raw readings are never changed; the dated calibrations of the archive are
 * applied here, when read.
 */
#ifndef ANALYSIS_SERIES_H
#define ANALYSIS_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/reader.h"
#include "base/describe.h"

struct series {
	char station[SOURCE_SIZE + 1], instrument[ID_SIZE], channel[ID_SIZE];
	struct channel
	        about; /* of the newest DESCRIBE in the interval; texts are the reader's */
	const struct describe *describe;
	int utc_offset_min;
	bool simulated;
	size_t n;
	int64_t *time_us; /* [n] the instrument's own sample time where it gives one */
	double *value;    /* [n] calibrated; NAN where there is no usable number */
	double *raw;      /* [n] as the instrument sent it */
	uint8_t *state;   /* [n] enum channel_state */
	int64_t *stored_us;  /* [n] when the collector stored it */
	size_t n_calibrated; /* values a dated calibration changed */
};

/* Load one channel; readings whose channel changed unit or basis in the interval are
 * refused (REFUSED, both named).  OK, NOT_FOUND (no such channel: did you mean), or a
 * problem. */
int series_load(struct series *out, struct reader *reader, const struct query *query,
        struct problem *why);
void series_free(struct series *series);

/* The same, of rows that were read already (rows of several instruments and DESCRIBEs)
 * and with a ledger that was loaded already: what the judge does for all channels of a
 * station's day at once.  Values in [from, to) by the instrument's own time. */
struct ledger;
int series_from_rows(struct series *out, const struct rows *rows, size_t n_rows,
        const struct query *query, const struct ledger *ledger, struct problem *why);

/* After calibrating an analyser needs time: usable readings within `recovery_s` after a
 * calibrating one become calibrating themselves.  Call once, after loading. */
void series_recover(struct series *series, double recovery_s);

/* Seconds from one result to the next that are due: result_every of the channel, or the
 * poll period where the instrument is asked less often than it has results; NAN
 * unknown. */
double series_cycle_s(const struct series *series);

#endif
