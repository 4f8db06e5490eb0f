/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of the journals whose clock nobody had set yet: what they say of a station's
 * time is known when all CLOCK records are. */
#include <stdlib.h>

#include "archive/reader_inside.h"
#include "base/legal_time.h"

/* Is it a time of ours at all? */
static bool is_plausible(int64_t time_us, int64_t stored_us)
{
	return time_us >= TIME_US_PLAUSIBLE && time_us < stored_us + US_PER_DAY;
}

static struct unset *unset_add(struct station *station, const struct arrived *arrived)
{
	if (station->n_unset == station->unset_room) {
		size_t room = station->unset_room > 0 ? 2 * station->unset_room : 16;
		void *more = realloc(station->unset, room * sizeof *station->unset);
		if (more == NULL)
			return NULL;
		station->unset = more;
		station->unset_room = room;
	}
	struct unset *unset = &station->unset[station->n_unset++];
	*unset = (struct unset){ .first = *arrived,
		.last = *arrived,
		.low_us = INT64_MAX,
		.high_us = INT64_MIN };
	return unset;
}

/* The stretch that a reading goes on; NULL: none.  All of a stretch is placed, or none,
 * but for what comes after the last CLOCK record. */
static struct unset *stretch_of(struct station *station, const struct arrived *arrived)
{
	struct unset *last =
	        station->n_unset > 0 ? &station->unset[station->n_unset - 1] : NULL;
	if (last == NULL || last->describe != NULL ||
	        last->first.origin != arrived->origin ||
	        last->first.stamp.boot != arrived->stamp.boot)
		return NULL;
	return arrived->origin != ORIGIN_INSTRUMENT ||
	                       stamps_in_step(&last->first.stamp, &arrived->stamp)
	               ? last
	               : NULL;
}

int unset_note(struct station *station, const struct journal_found *found,
        const struct describe *describe)
{
	const struct arrived arrived = { .stamp = stamp_of(found->record),
		.stored_us = found->stored_us,
		.origin = found->origin };
	const struct stamp *stamp = &arrived.stamp;
	struct unset *unset = describe == NULL ? stretch_of(station, &arrived) : NULL;
	if (unset == NULL)
		unset = unset_add(station, &arrived);
	if (unset == NULL)
		return FAILED;
	unset->describe = describe;
	if (stamp->mono_us < unset->first.stamp.mono_us)
		unset->first = arrived;
	if (stamp->mono_us > unset->last.stamp.mono_us)
		unset->last = arrived;
	if (!is_plausible(stamp->time_us, arrived.stored_us))
		return OK;
	if (stamp->time_us < unset->low_us)
		unset->low_us = stamp->time_us;
	if (stamp->time_us > unset->high_us)
		unset->high_us = stamp->time_us;
	return OK;
}

void station_widen(struct station *station, int64_t low_us, int64_t high_us)
{
	if (low_us > high_us)
		return;
	if (low_us < station->first_us)
		station->first_us = low_us;
	if (high_us > station->last_us)
		station->last_us = high_us;
}

/* What a CLOCK record says is a time; a stamp, if it can be one. */
static bool is_placed(
        const struct placing *placing, const struct arrived *arrived, int64_t *time_us)
{
	return placing_place(placing, arrived, time_us) == OK &&
	       (*time_us != arrived->stamp.time_us ||
	               is_plausible(*time_us, arrived->stored_us));
}

/* Of what nobody can place a description counts from when it came, and a reading says
 * nothing of the station's time. */
static int settle(struct station *station, const struct unset *unset,
        const struct placing *placing)
{
	int64_t first_us, last_us;
	bool first = is_placed(placing, &unset->first, &first_us);
	bool last = is_placed(placing, &unset->last, &last_us);
	if (unset->describe != NULL)
		return station_note(station, unset->describe,
		        first ? first_us : unset->first.stored_us);
	if (first)
		station_widen(station, first_us, first_us);
	if (last)
		station_widen(station, last_us, last_us);
	if (first && first_us == unset->first.stamp.time_us)
		station_widen(station, unset->low_us, unset->high_us);
	return OK;
}

int unset_settle(struct station *station)
{
	struct placing placing;
	int status = station_placing(station, 0, &placing);
	for (size_t i = 0; i < station->n_unset && status == OK; i++)
		status = settle(station, &station->unset[i], &placing);
	placing_free(&placing);
	free(station->unset);
	station->unset = NULL;
	station->n_unset = station->unset_room = 0;
	return status;
}
