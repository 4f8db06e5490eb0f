/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "collector/seal.h"

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
	placing_free(&waiting->placing);
}

/* ---- stretches ---- */

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
	return !doubtful || stamps_in_step(&stamp, &stretch->stamp);
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

int waiting_learn(struct waiting *waiting, const struct arrival *arrival)
{
	return placing_learn(&waiting->placing, &arrival->record, arrival->stored_us);
}

int waiting_note(struct waiting *waiting, struct waiting_epoch *epoch,
        const struct arrival *arrival)
{
	return stretches_add(&epoch->stretches, arrival, waiting->offset_min);
}

int waiting_place(
        const struct waiting *waiting, const struct arrival *arrival, int64_t *time_us)
{
	const struct arrived arrived = { .stamp = stamp_of(&arrival->record),
		.stored_us = arrival->stored_us,
		.origin = arrival->origin };
	return placing_place(&waiting->placing, &arrived, time_us);
}

int stretch_place(const struct waiting *waiting, const struct stretch *stretch,
        int64_t *low_us, int64_t *high_us)
{
	const struct arrived first = { .stamp = stretch->stamp,
		.stored_us = stretch->stored_us,
		.origin = stretch->origin };
	int64_t time_us;
	int status = placing_place(&waiting->placing, &first, &time_us);
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
