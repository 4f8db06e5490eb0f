/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of the journals whose clock nobody had set yet: what they say of a station's
 * time is known when all CLOCK records are. */
#include <stdlib.h>

#include "archive/reader_inside.h"
#include "base/legal_time.h"

/* Nothing of ours is older: a stamp before is a clock that was never set. */
#define PLAUSIBLE_US INT64_C(1577836800000000) /* 2020-01-01 00:00:00 UTC */

static struct unset *unset_add(struct station *station, const struct stamp *stamp)
{
	void *more = realloc(
	        station->unset, (station->n_unset + 1) * sizeof *station->unset);
	if (more == NULL)
		return NULL;
	station->unset = more;
	struct unset *unset = &station->unset[station->n_unset++];
	*unset = (struct unset){ .first = *stamp,
		.last = *stamp,
		.low_us = INT64_MAX,
		.high_us = INT64_MIN };
	return unset;
}

/* The stretch that a reading goes on; NULL: none. */
static struct unset *stretch_of(struct station *station, uint64_t boot)
{
	struct unset *last =
	        station->n_unset > 0 ? &station->unset[station->n_unset - 1] : NULL;
	return last != NULL && last->describe == NULL && last->first.boot == boot
	               ? last
	               : NULL;
}

int unset_note(struct station *station, const struct record *record, int64_t stored_us,
        const struct describe *describe)
{
	const struct stamp stamp = { .time_us = record->time_us,
		.mono_us = record->mono_us,
		.boot = record->boot,
		.clock = record->clock };
	struct unset *unset =
	        describe == NULL ? stretch_of(station, record->boot) : NULL;
	if (unset == NULL)
		unset = unset_add(station, &stamp);
	if (unset == NULL)
		return FAILED;
	unset->describe = describe;
	unset->stored_us = stored_us;
	if (stamp.mono_us < unset->first.mono_us)
		unset->first = stamp;
	if (stamp.mono_us > unset->last.mono_us)
		unset->last = stamp;
	if (stamp.time_us < PLAUSIBLE_US || stamp.time_us >= stored_us + US_PER_DAY)
		return OK;
	if (stamp.time_us < unset->low_us)
		unset->low_us = stamp.time_us;
	if (stamp.time_us > unset->high_us)
		unset->high_us = stamp.time_us;
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

/* A stamp that nothing puts right counts as it is, if it can be a time at all; else a
 * description counts from when it came. */
static int settle(struct station *station, const struct unset *unset,
        const struct corrections *corrections)
{
	int64_t first_us, last_us;
	bool first = corrections_apply(corrections, &unset->first, &first_us) == OK;
	bool last = corrections_apply(corrections, &unset->last, &last_us) == OK;
	if (unset->describe != NULL && !first)
		first_us =
		        unset->low_us != INT64_MAX ? unset->low_us : unset->stored_us;
	if (unset->describe != NULL)
		return station_note(station, unset->describe, first_us);
	if (first)
		station_widen(station, first_us, first_us);
	if (last)
		station_widen(station, last_us, last_us);
	if (!first || !last)
		station_widen(station, first ? unset->high_us : unset->low_us,
		        unset->high_us);
	return OK;
}

int unset_settle(struct station *station)
{
	struct corrections corrections;
	int status = station_corrections(station, 0, &corrections);
	for (size_t i = 0; i < station->n_unset && status == OK; i++)
		status = settle(station, &station->unset[i], &corrections);
	corrections_free(&corrections);
	free(station->unset);
	station->unset = NULL;
	station->n_unset = 0;
	return status;
}
