/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of one file to be, in (epoch, seq) order, in memory. */
#ifndef COLLECTOR_BATCH_H
#define COLLECTOR_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "archive/day.h"
#include "base/record.h"
#include "base/status.h"
#include "collector/sealed.h"

struct batch {
	size_t n, room;
	struct day_record *record;
	uint64_t readings, gaps;
	size_t n_ranges, ranges_room;
	struct sealed_range *range; /* which records these are, sorted */
	struct block *block;        /* owns the bytes */
};

struct batch_record {
	const struct record *record; /* the bytes, decoded */
	const uint8_t *bytes;
	size_t size;
	int64_t stored_us;
	uint8_t transport;
};

/* Copy a record behind the others.  OK, or FAILED: no memory. */
int batch_add(struct batch *batch, const struct batch_record *one);
void batch_free(struct batch *batch);

#endif
