/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What waits in the journals of one station to be sealed, and where in time it belongs.
 *
 * A record belongs to the legal day of its corrected time, by the rule of
 * archive/placing.h.  What that rule cannot place waits: for a CLOCK record until its
 * boot is over, at most SEAL_PATIENCE_US; then nobody can place it.
 */
#ifndef COLLECTOR_WAITING_H
#define COLLECTOR_WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/placing.h"
#include "base/describe.h"
#include "base/record.h"
#include "base/status.h"

/* Records of one epoch that follow one another and are alike: one legal day by their
 * stamps, one boot, one way of being placed. */
struct stretch {
	uint64_t first, last;              /* seq, both included */
	struct stamp stamp;                /* of the first */
	int64_t low_us, high_us;           /* stamps */
	int64_t stored_us, stored_last_us; /* of the first and the last */
	uint8_t origin;                    /* enum describe_origin */
};

struct stretches {
	size_t n, room;
	struct stretch *one;
};

struct waiting_epoch {
	uint64_t epoch;
	uint64_t noted; /* all below have been looked at */
	uint64_t boot;  /* of the last record */
	uint8_t origin; /* enum describe_origin: what its DESCRIBEs said last */
	struct stretches stretches; /* in order of seq, none sealed */
};

struct waiting {
	int offset_min;
	struct placing placing;
	size_t n, room;
	struct waiting_epoch *epoch; /* sorted by epoch */
};

/* A record as the journal gives it. */
struct arrival {
	struct record record;
	int64_t stored_us;
	uint8_t origin; /* of its DESCRIBE, else of its epoch */
};

/* The epoch, made if need be; NULL without memory.  Borrowed until the next call. */
struct waiting_epoch *waiting_epoch(struct waiting *waiting, uint64_t epoch);
void waiting_free(struct waiting *waiting);

/* Note a record that is not sealed.  OK or FAILED (memory). */
int waiting_note(struct waiting *waiting, struct waiting_epoch *epoch,
        const struct arrival *arrival);

/* Learn what it says about clocks; also of records that are sealed already.  OK or
 * FAILED. */
int waiting_learn(struct waiting *waiting, const struct arrival *arrival);

/* Put it behind the last stretch of a list.  OK or FAILED. */
int stretches_add(
        struct stretches *stretches, const struct arrival *arrival, int offset_min);

/* Where a record belongs: OK and its corrected time, or NOT_FOUND. */
int waiting_place(
        const struct waiting *waiting, const struct arrival *arrival, int64_t *time_us);

/* The same for a stretch: corrected times of its first and last stamp.  OK or
 * NOT_FOUND. */
int stretch_place(const struct waiting *waiting, const struct stretch *stretch,
        int64_t *low_us, int64_t *high_us);

/* Nothing more can come that would place it. */
bool waiting_is_lost(const struct waiting_epoch *epoch, uint64_t boot,
        int64_t stored_us, int64_t now_us);

#endif
