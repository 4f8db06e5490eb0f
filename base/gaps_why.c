/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why something is missing.  What the cabinet told and what is known of files and
 * numbers is laid beside the silences: the strongest reason is taken, and nothing is
 * told twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gaps_inside.h"

/* Gaps in order of time, which may lie over each other, and the latest end so far. */
struct place {
	struct gap_list *list;
	int64_t *latest_us; /* [n] ascending */
	bool *taken;        /* [n] its reason is found */
};

static int place_open(struct place *place, struct gap_list *list)
{
	*place = (struct place){ .list = list,
		.latest_us = malloc((list->n + 1) * sizeof *place->latest_us),
		.taken = calloc(list->n + 1, sizeof *place->taken) };
	if (place->latest_us == NULL || place->taken == NULL)
		return FAILED;
	int64_t latest_us = INT64_MIN;
	for (size_t i = 0; i < list->n; i++) {
		if (list->gap[i].to_us > latest_us)
			latest_us = list->gap[i].to_us;
		place->latest_us[i] = latest_us;
	}
	return OK;
}

static void place_close(struct place *place)
{
	free(place->latest_us);
	free(place->taken);
}

/* First gap that may reach over `from_us`. */
static size_t place_first(const struct place *place, int64_t from_us)
{
	return gaps_first(place->latest_us, place->list->n, from_us);
}

static bool over(const struct gap *gap, int64_t from_us, int64_t to_us)
{
	return gap->from_us <= to_us && gap->to_us >= from_us;
}

/* What was told of a hole: the GAP record that names its numbers. */
static struct gaps_told *told_of(const struct gaps *gaps, const struct gap *hole)
{
	struct gaps_told *found = NULL;
	for (size_t i = 0; i < gaps->drops.n; i++) {
		struct gaps_told *told = &gaps->drops.one[i];
		bool names = told->first_seq <= told->last_seq &&
		             told->first_seq <= hole->last_seq &&
		             told->last_seq >= hole->first_seq;
		if (names && (found == NULL || told->epoch == hole->epoch))
			found = told;
	}
	return found;
}

/* ---- one reason laid over the gaps ---- */

/* Give it to every bare gap it reaches over; the records are counted with the first. */
static bool lay(
        struct gaps *gaps, struct place *place, const struct gaps_reason *reason)
{
	bool any = false;
	for (size_t i = place_first(place, reason->from_us); i < place->list->n; i++) {
		struct gap *gap = &place->list->gap[i];
		if (gap->from_us > reason->to_us)
			break;
		bool same = place->taken[i] && gap->cause == reason->cause;
		if (!over(gap, reason->from_us, reason->to_us) ||
		        (!gap_is_bare(gap) && !same))
			continue;
		if (!same) {
			gap->cause = reason->cause;
			gap->epoch = reason->epoch;
			gap->first_seq = reason->first_seq;
			gap_detail(gaps, gap, reason->detail);
		}
		if (!any) {
			gap->records += reason->records;
			gap->last_seq = reason->last_seq;
		}
		place->taken[i] = true;
		any = true;
	}
	return any;
}

int gaps_found(struct gaps *gaps, const struct gaps_reason *reason)
{
	const struct gap gap = { .cause = reason->cause,
		.from_us = reason->from_us,
		.to_us = reason->to_us,
		.records = reason->records,
		.epoch = reason->epoch,
		.first_seq = reason->first_seq,
		.last_seq = reason->last_seq,
		.open = reason->open,
		.detail = strdup(reason->detail) };
	return gap.detail != NULL ? gap_list_add(&gaps->found, &gap) : FAILED;
}

/* ---- holes, and what was dropped ---- */

static int explain_holes(
        struct gaps *gaps, struct place places[2], const struct gap_list *holes)
{
	for (size_t i = 0; i < holes->n; i++) {
		const struct gap *hole = &holes->gap[i];
		struct gaps_told *told = told_of(gaps, hole);
		if (hole->records == 0)
			continue;
		const struct gaps_reason reason = {
			.cause = told != NULL ? GAP_DROPPED : GAP_LOST,
			.from_us = hole->from_us,
			.to_us = hole->to_us,
			.records = hole->records,
			.epoch = hole->epoch,
			.first_seq = hole->first_seq,
			.last_seq = hole->last_seq,
			.detail = told != NULL ? told->text : "",
		};
		if (told != NULL)
			told->used = true;
		if (!lay(gaps, &places[0], &reason) &&
		        !lay(gaps, &places[1], &reason) &&
		        gaps_found(gaps, &reason) != OK)
			return FAILED;
	}
	return OK;
}

/* What never got a number is told with its time and count; a GAP that names numbers
 * which are all here tells of a new epoch, and nothing is lost by it. */
static int explain_drops(struct gaps *gaps, struct place places[2])
{
	for (size_t i = 0; i < gaps->drops.n; i++) {
		const struct gaps_told *told = &gaps->drops.one[i];
		bool numbered = told->first_seq <= told->last_seq;
		if (told->used || numbered || told->count == 0)
			continue;
		struct gaps_reason reason = { .cause = GAP_DROPPED,
			.from_us = told->from_us,
			.to_us = told->to_us,
			.records = told->count,
			.detail = told->text };
		if (!lay(gaps, &places[0], &reason) &&
		        !lay(gaps, &places[1], &reason) &&
		        gaps_found(gaps, &reason) != OK)
			return FAILED;
	}
	return OK;
}

static int move_all(struct gaps *gaps, struct gap_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct gap *gap = &list->gap[i];
		if (gap->detail == NULL)
			gap_detail(gaps, gap, "");
		if (gap_list_add(&gaps->found, gap) != OK)
			return FAILED;
		gap->detail = NULL;
	}
	list->n = 0;
	return OK;
}

static int tell_unplaced(struct gaps *gaps)
{
	int status = OK;
	for (size_t i = 0; i < gaps->n_epochs && status == OK; i++) {
		const struct gaps_epoch *epoch = &gaps->epoch[i];
		const struct gaps_reason reason = { .cause = GAP_UNPLACED,
			.from_us = epoch->stored_us[0],
			.to_us = epoch->stored_us[1],
			.records = epoch->unplaced,
			.epoch = epoch->epoch,
			.detail = gaps->options.stored
			                  ? "stored at the time shown"
			                  : "written before the time shown" };
		if (epoch->unplaced > 0)
			status = gaps_found(gaps, &reason);
	}
	return status;
}

int gaps_explain(struct gaps *gaps)
{
	struct gap_list holes = { 0 };
	struct place places[2] = { 0 };
	gap_list_sort(&gaps->silences);
	int status = gaps_holes(gaps, &holes);
	if (status == OK)
		status = gaps_files(gaps, &holes);
	if (status == OK)
		status = place_open(&places[0], &gaps->silences);
	if (status == OK)
		status = place_open(&places[1], &gaps->of_channels);
	if (status == OK)
		status = explain_holes(gaps, places, &holes);
	if (status == OK)
		status = explain_drops(gaps, places);
	gaps_told(gaps, &gaps->silences);
	gaps_told(gaps, &gaps->of_channels);
	if (status == OK)
		status = tell_unplaced(gaps);
	if (status == OK)
		status = move_all(gaps, &gaps->silences);
	if (status == OK)
		status = move_all(gaps, &gaps->of_channels);
	place_close(&places[0]);
	place_close(&places[1]);
	gap_list_free(&holes);
	return gaps->failed ? FAILED : status;
}
