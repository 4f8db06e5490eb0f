/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "collector/seal.h"

#define JUMP_US                                                                        \
	US_PER_S /* a clock that moves by more against the monotonic one has jumped */

static bool within(int64_t a, int64_t b, int64_t most)
{
	int64_t apart;
	return !__builtin_sub_overflow(a, b, &apart) && apart <= most && apart >= -most;
}

/* What the wall clock said when the monotonic one began; any number may come over the
 * wire. */
static int64_t base_of(int64_t time_us, int64_t mono_us)
{
	return (int64_t)((uint64_t)time_us - (uint64_t)mono_us);
}

/* ---- epochs ---- */

struct waiting_epoch *waiting_epoch(struct waiting *waiting, uint64_t epoch)
{
	size_t at = 0;
	while (at < waiting->n && waiting->epoch[at].epoch < epoch)
		at++;
	if (at < waiting->n && waiting->epoch[at].epoch == epoch)
		return &waiting->epoch[at];
	if (waiting->n == waiting->room) {
		size_t room = waiting->room > 0 ? 2 * waiting->room : 4;
		void *more = realloc(waiting->epoch, room * sizeof *waiting->epoch);
		if (more == NULL)
			return NULL;
		waiting->epoch = more;
		waiting->room = room;
	}
	memmove(&waiting->epoch[at + 1], &waiting->epoch[at],
	        (waiting->n - at) * sizeof *waiting->epoch);
	waiting->epoch[at] = (struct waiting_epoch){ .epoch = epoch };
	waiting->n++;
	return &waiting->epoch[at];
}

void waiting_free(struct waiting *waiting)
{
	for (size_t i = 0; i < waiting->n; i++)
		free(waiting->epoch[i].stretches.one);
	free(waiting->epoch);
	corrections_free(&waiting->corrections);
}

/* ---- stretches ---- */

static struct stamp stamp_of(const struct record *record)
{
	return (struct stamp){ .time_us = record->time_us,
		.mono_us = record->mono_us,
		.boot = record->boot,
		.clock = record->clock };
}

/* Stamps of an import are placed as they are: no clock of ours is behind them. */
static bool is_doubtful(const struct stamp *stamp, uint8_t origin)
{
	return origin != ORIGIN_IMPORT && stamp->clock == CLOCK_UNSYNCED;
}

static bool is_alike(
        const struct stretch *stretch, const struct arrival *arrival, int offset_min)
{
	const struct record *record = &arrival->record;
	if (record->seq != stretch->last + 1 || arrival->origin != stretch->origin ||
	        day_start(record->time_us, offset_min) !=
	                day_start(stretch->low_us, offset_min))
		return false;
	struct stamp stamp = stamp_of(record);
	bool doubtful = is_doubtful(&stamp, arrival->origin);
	if (doubtful != is_doubtful(&stretch->stamp, stretch->origin))
		return false;
	return !doubtful ||
	       (record->boot == stretch->stamp.boot &&
	               within(base_of(record->time_us, record->mono_us),
	                       base_of(stretch->stamp.time_us, stretch->stamp.mono_us),
	                       JUMP_US));
}

static void stretch_grow(struct stretch *stretch, const struct arrival *arrival)
{
	const struct record *record = &arrival->record;
	stretch->last = record->seq;
	if (record->time_us < stretch->low_us)
		stretch->low_us = record->time_us;
	if (record->time_us > stretch->high_us)
		stretch->high_us = record->time_us;
	stretch->stored_last_us = arrival->stored_us;
}

int stretches_add(
        struct stretches *stretches, const struct arrival *arrival, int offset_min)
{
	const struct record *record = &arrival->record;
	if (stretches->n > 0 &&
	        is_alike(&stretches->one[stretches->n - 1], arrival, offset_min)) {
		stretch_grow(&stretches->one[stretches->n - 1], arrival);
		return OK;
	}
	if (stretches->n == stretches->room) {
		size_t room = stretches->room > 0 ? 2 * stretches->room : 4;
		void *more = realloc(stretches->one, room * sizeof *stretches->one);
		if (more == NULL)
			return FAILED;
		stretches->one = more;
		stretches->room = room;
	}
	stretches->one[stretches->n++] = (struct stretch){ .first = record->seq,
		.last = record->seq,
		.stamp = stamp_of(record),
		.low_us = record->time_us,
		.high_us = record->time_us,
		.stored_us = arrival->stored_us,
		.stored_last_us = arrival->stored_us,
		.origin = arrival->origin };
	return OK;
}

/* ---- clocks ---- */

static bool is_witnessed(const struct waiting *waiting, const struct stamp *stamp)
{
	for (size_t i = 0; i < waiting->n_witnesses; i++)
		if (waiting->witness[i].boot == stamp->boot &&
		        within(waiting->witness[i].base_us,
		                base_of(stamp->time_us, stamp->mono_us), SEAL_GRACE_US))
			return true;
	return false;
}

int waiting_learn(struct waiting *waiting, const struct arrival *arrival)
{
	const struct record *record = &arrival->record;
	struct stamp stamp = stamp_of(record);
	if (record->clock == CLOCK_UNSYNCED &&
	        within(arrival->stored_us, record->time_us, SEAL_GRACE_US) &&
	        !is_witnessed(waiting, &stamp)) {
		waiting->witness[waiting->next_witness] =
		        (struct witness){ .boot = record->boot,
			        .base_us = base_of(record->time_us, record->mono_us) };
		waiting->next_witness = (waiting->next_witness + 1) % WITNESSES;
		if (waiting->n_witnesses < WITNESSES)
			waiting->n_witnesses++;
	}
	return corrections_note(&waiting->corrections, record);
}

int waiting_note(struct waiting *waiting, struct waiting_epoch *epoch,
        const struct arrival *arrival)
{
	return stretches_add(&epoch->stretches, arrival, waiting->offset_min);
}

static int place_stamp(const struct waiting *waiting, const struct stamp *stamp,
        int64_t stored_us, uint8_t origin, int64_t *time_us)
{
	if (corrections_apply(&waiting->corrections, stamp, time_us) == OK)
		return OK;
	if (origin != ORIGIN_INSTRUMENT ||
	        within(stored_us, stamp->time_us, SEAL_GRACE_US) ||
	        is_witnessed(waiting, stamp))
		return OK;
	return NOT_FOUND;
}

int waiting_place(
        const struct waiting *waiting, const struct arrival *arrival, int64_t *time_us)
{
	struct stamp stamp = stamp_of(&arrival->record);
	return place_stamp(
	        waiting, &stamp, arrival->stored_us, arrival->origin, time_us);
}

int stretch_place(const struct waiting *waiting, const struct stretch *stretch,
        int64_t *low_us, int64_t *high_us)
{
	int64_t time_us;
	int status = place_stamp(waiting, &stretch->stamp, stretch->stored_us,
	        stretch->origin, &time_us);
	int64_t offset_us = status == OK ? time_us - stretch->stamp.time_us : 0;
	*low_us = stretch->low_us + offset_us;
	*high_us = stretch->high_us + offset_us;
	return status;
}

bool waiting_is_lost(const struct waiting_epoch *epoch, uint64_t boot,
        int64_t stored_us, int64_t now_us)
{
	return epoch->boot != boot || now_us - stored_us >= SEAL_PATIENCE_US;
}
