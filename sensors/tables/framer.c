/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/framer.h"

#include <string.h>

void framer_init(struct framer *framer)
{
	framer->n = framer->taken = framer->n_clumps = 0;
	framer->noise = 0;
}

size_t framer_clear(struct framer *framer)
{
	size_t n = framer->n - framer->taken;
	framer->n = framer->taken = framer->n_clumps = 0;
	return n;
}

static void drop(struct framer *framer, size_t n)
{
	memmove(framer->bytes, framer->bytes + n, framer->n - n);
	framer->n -= n;
	framer->n_clumps = clumps_drop(framer->clump, framer->n_clumps, n);
}

static void give_up_taken(struct framer *framer)
{
	drop(framer, framer->taken);
	framer->taken = 0;
}

void framer_add(
        struct framer *framer, const uint8_t *in, size_t n, const struct moment *when)
{
	give_up_taken(framer);
	if (n > FRAMER_ROOM) {
		framer->noise += n - FRAMER_ROOM;
		in += n - FRAMER_ROOM;
		n = FRAMER_ROOM;
	}
	if (framer->n + n > FRAMER_ROOM) {
		size_t over = framer->n + n - FRAMER_ROOM;
		framer->noise += over;
		drop(framer, over);
	}
	if (n == 0)
		return;
	memcpy(framer->bytes + framer->n, in, n);
	framer->n += n;
	const struct clump came = { .end = framer->n, .when = *when };
	framer->n_clumps =
	        clumps_add(framer->clump, framer->n_clumps, FRAMER_CLUMPS, &came);
}

int framer_next(struct framer *framer, const struct driver *driver, const void *state,
        const uint8_t **frame, struct moment *first)
{
	give_up_taken(framer);
	while (framer->n > 0) {
		int length = driver->frame(state, framer->bytes, framer->n);
		if (length == FRAME_SHORT)
			return 0;
		if (length > 0) {
			framer->taken = (size_t)length;
			*frame = framer->bytes;
			*first = framer->clump[0].when;
			return length;
		}
		framer->noise++;
		drop(framer, 1);
	}
	return 0;
}

const uint8_t *framer_rest(struct framer *framer, size_t *n)
{
	give_up_taken(framer);
	*n = framer->n;
	return framer->bytes;
}
