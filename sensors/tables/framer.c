/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/framer.h"

#include <string.h>

void framer_init(struct framer *framer)
{
	framer->n = framer->taken = framer->n_marks = 0;
	framer->noise = 0;
}

size_t framer_clear(struct framer *framer)
{
	size_t n = framer->n - framer->taken;
	framer->n = framer->taken = framer->n_marks = 0;
	return n;
}

/* Take n bytes off the front, with the marks that end there. */
static void drop(struct framer *framer, size_t n)
{
	size_t gone = 0;
	memmove(framer->bytes, framer->bytes + n, framer->n - n);
	framer->n -= n;
	while (gone < framer->n_marks && framer->mark[gone].end <= n)
		gone++;
	framer->n_marks -= gone;
	memmove(framer->mark, framer->mark + gone,
	        framer->n_marks * sizeof framer->mark[0]);
	for (size_t i = 0; i < framer->n_marks; i++)
		framer->mark[i].end -= n;
}

static void give_up_taken(struct framer *framer)
{
	drop(framer, framer->taken);
	framer->taken = 0;
}

/* With no mark left the last one stretches: its bytes came later than it says, never earlier. */
static void mark(struct framer *framer, const struct moment *when)
{
	if (framer->n_marks < FRAMER_MARKS)
		framer->mark[framer->n_marks++].when = *when;
	framer->mark[framer->n_marks - 1].end = framer->n;
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
	mark(framer, when);
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
			*first = framer->mark[0].when;
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
