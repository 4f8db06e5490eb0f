/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All that the poller's thread and the keeper's thread share: a one-way ring of records
 * in room set aside once, resident as far as records lie in it.  One producer, one
 * consumer, no lock.  When there is no room the whole record is dropped; what was dropped
 * travels in its place, as a loss, with the next record that fits, so that the keeper can
 * write the GAP where it belongs.
 *
 * Entry, padded to 8 bytes:  0 size u32   4 kind u32   8 bytes
 */
#ifndef SENSORS_RING_H
#define SENSORS_RING_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct ring;

/* What could not be taken in, between two records. */
struct ring_loss {
	int64_t from_us, to_us; /* time of the first and the last record dropped */
	uint64_t count;
};

/* A ring of at least `size` bytes (rounded up to a power of two).  OK or FAILED
 * (errno). */
int ring_new(struct ring **out, size_t size);
void ring_free(struct ring *ring);

/* ---- the producer's thread ---- */

/* Copy a record in and wake the consumer.  OK, or FULL: dropped and counted. */
int ring_put(struct ring *ring, const void *record, size_t n, int64_t time_us);

/* A record that could not even be made: counted as one that was dropped. */
void ring_lose(struct ring *ring, int64_t time_us);

/* Hand over a loss no record has followed yet (at the end); OK or FULL. */
int ring_put_loss(struct ring *ring);

/* ---- the consumer's thread ---- */

/* The next record's size, copied to `out` (`room` holds any record); or 0 and
 * loss->count > 0: records were dropped here; or 0 and loss->count == 0: empty. */
size_t ring_take(struct ring *ring, void *out, size_t room, struct ring_loss *loss);

/* Readable when something was put in since the last ring_rest. */
int ring_descriptor(const struct ring *ring);

/* Call before polling the descriptor, then ring_take until empty. */
void ring_rest(struct ring *ring);

/* Records dropped since the start; from any thread. */
uint64_t ring_dropped(const struct ring *ring);

#endif
