/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/correction.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/legal_time.h"

#define JUMP_US US_PER_S

/* ---- stamps ---- */

struct stamp stamp_of(const struct record *record)
{
	return (struct stamp){ .time_us = record->time_us,
		.mono_us = record->mono_us,
		.boot = record->boot,
		.clock = record->clock };
}

int64_t stamp_base(const struct stamp *stamp)
{
	return (int64_t)((uint64_t)stamp->time_us - (uint64_t)stamp->mono_us);
}

bool times_within(int64_t a_us, int64_t b_us, int64_t most_us)
{
	int64_t apart_us;
	return !__builtin_sub_overflow(a_us, b_us, &apart_us) && apart_us <= most_us &&
	       apart_us >= -most_us;
}

bool stamps_in_step(const struct stamp *a, const struct stamp *b)
{
	return a->boot == b->boot &&
	       times_within(stamp_base(a), stamp_base(b), JUMP_US);
}

/* ---- corrections ---- */

/* Index of the first correction not before (boot, mono_us). */
static size_t first_from(const struct corrections *all, uint64_t boot, int64_t mono_us)
{
	size_t low = 0, high = all->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct correction *one = &all->one[middle];
		if (one->boot < boot || (one->boot == boot && one->mono_us < mono_us))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int make_room(struct corrections *all)
{
	if (all->n < all->room)
		return OK;
	size_t room = all->room > 0 ? 2 * all->room : 16;
	void *more = realloc(all->one, room * sizeof *all->one);
	if (more == NULL)
		return FAILED;
	all->one = more;
	all->room = room;
	return OK;
}

int corrections_note(struct corrections *corrections, const struct record *record)
{
	struct clock_event event;
	if (record->type != RECORD_CLOCK ||
	        clock_decode(&event, record->payload, record->payload_size) != OK ||
	        event.state != CLOCK_SYNCED)
		return OK;
	struct correction one = { .boot = record->boot, .mono_us = record->mono_us };
	if (__builtin_sub_overflow(event.after_us, record->mono_us, &one.base_us))
		return OK;
	size_t at = first_from(corrections, one.boot, one.mono_us);
	if (at < corrections->n && corrections->one[at].boot == one.boot &&
	        corrections->one[at].mono_us == one.mono_us)
		return OK;
	if (make_room(corrections) != OK)
		return FAILED;
	memmove(&corrections->one[at + 1], &corrections->one[at],
	        (corrections->n - at) * sizeof one);
	corrections->one[at] = one;
	corrections->n++;
	return OK;
}

void corrections_free(struct corrections *corrections)
{
	free(corrections->one);
	*corrections = (struct corrections){ 0 };
}

int corrections_apply(const struct corrections *corrections, const struct stamp *stamp,
        int64_t *time_us)
{
	*time_us = stamp->time_us;
	if (stamp->clock != CLOCK_UNSYNCED)
		return OK;
	size_t at = first_from(corrections, stamp->boot, stamp->mono_us);
	if (at == corrections->n || corrections->one[at].boot != stamp->boot)
		return NOT_FOUND;
	int64_t right;
	if (__builtin_add_overflow(
	            stamp->mono_us, corrections->one[at].base_us, &right) ||
	        right < 0 || right >= TIME_US_END)
		return NOT_FOUND;
	*time_us = right;
	return OK;
}
