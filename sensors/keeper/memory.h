/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records kept in memory, and sent from there, while the cabinet's disk cannot be
 * written: an epoch of its own that dies with the process.  The room is set aside at
 * the start, and is resident only as far as records lie in it; when it is full the oldest
 * are dropped, counted, and told by a GAP.
 *
 * Entry, padded to 8 bytes: size u32, the record.  Size 0: go on at the beginning.
 */
#ifndef SENSORS_MEMORY_H
#define SENSORS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "base/status.h"

#define MEMORY_LEAST ((size_t)1 << 20)

/* What was dropped and nobody has; seqs follow one another. */
struct memory_loss {
	uint64_t first_seq, last_seq, count;
	int64_t from_us, to_us;
};

struct memory {
	uint64_t epoch;          /* 0: not begun */
	uint64_t first_seq;      /* oldest kept */
	uint64_t next_seq;       /* of the next append */
	uint64_t acked_seq;      /* the collector has all below */
	struct memory_loss lost; /* not yet told */
	uint8_t *bytes;          /* [size] */
	size_t size;
	uint64_t head, tail; /* count on for ever: place = position % size */
	uint64_t read_seq, read_at;
};

/* OK, or FAILED: no memory. */
int memory_init(struct memory *memory, size_t size);
void memory_free(struct memory *memory);

/* A new epoch, empty. */
void memory_begin(struct memory *memory, uint64_t epoch);

/* Give the record epoch and seq (written into it) and keep it.  OK, or REFUSED: no
 * record, or no epoch begun. */
int memory_append(struct memory *memory, uint8_t *record, size_t n);

/* Record of a seq, borrowed until the next append: its size, 0: not kept. */
size_t memory_read(struct memory *memory, uint64_t seq, const uint8_t **out);

/* The collector has all below `seq`: they need no room any more. */
void memory_acked(struct memory *memory, uint64_t seq);

/* Is there anything the collector has not got? */
bool memory_waits(const struct memory *memory);

#endif
