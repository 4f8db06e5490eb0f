/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds frames in a stream that comes in clumps, with noise, and knows when each began.
 */
#ifndef SENSORS_FRAMER_H
#define SENSORS_FRAMER_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "sensors/tables/clumps.h"
#include "sensors/tables/driver.h"

#define FRAMER_ROOM   (4 * FRAME_MOST)
#define FRAMER_CLUMPS 32

struct framer {
	uint8_t bytes[FRAMER_ROOM];
	size_t n, taken; /* taken: length of the frame last given out, still at the
	                    front */
	struct clump clump[FRAMER_CLUMPS];
	size_t n_clumps;
	uint64_t noise; /* bytes dropped since framer_init */
};

void framer_init(struct framer *framer);

/* Forget what is waiting; its size (not counted as noise). */
size_t framer_clear(struct framer *framer);

/* Add what has come.  When there is no room the oldest bytes go, as noise. */
void framer_add(
        struct framer *framer, const uint8_t *in, size_t n, const struct moment *when);

/* The next frame: its length (*frame is good until the next call of any of these,
 * *first is when its first byte came), or 0 when there is none yet. */
int framer_next(struct framer *framer, const struct driver *driver, const void *state,
        const uint8_t **frame, struct moment *first);

/* What is waiting and is no frame (yet): for the record of a garbled answer. */
const uint8_t *framer_rest(struct framer *framer, size_t *n);

#endif
