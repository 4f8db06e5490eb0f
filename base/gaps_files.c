/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lay in files that are gone.  A file explains its own day and no more: a silence
 * that goes on before or behind it is cut there, and what never came stays told as such.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gaps_inside.h"
#include "base/legal_time.h"

int gaps_damage(struct gaps *gaps, const struct gaps_damage *damage)
{
	void *more =
	        realloc(gaps->damage, (gaps->n_damages + 1) * sizeof *gaps->damage);
	char *what = more != NULL ? strdup(damage->what) : NULL;
	if (more != NULL)
		gaps->damage = more;
	if (what == NULL)
		return FAILED;
	gaps->damage[gaps->n_damages] = *damage;
	gaps->damage[gaps->n_damages++].what = what;
	return OK;
}

void gaps_damages_free(struct gaps *gaps)
{
	for (size_t i = 0; i < gaps->n_damages; i++)
		free((char *)(uintptr_t)gaps->damage[i].what);
	free(gaps->damage);
}

/* ---- how long a stretch must be to lack anything ---- */

static int64_t lesser(int64_t cycle_us, int64_t other_us)
{
	return other_us > 0 && (cycle_us == 0 || other_us < cycle_us) ? other_us
	                                                              : cycle_us;
}

/* The shortest cycle of the channels a gap is of; 0: there are none. */
static int64_t cycle_of(const struct gaps *gaps, const struct gap *gap)
{
	int64_t cycle_us = 0;
	for (size_t i = 0; i < gaps->n_instruments; i++) {
		const struct gaps_instrument *one = &gaps->instrument[i];
		if (gap->instrument[0] != '\0' && strcmp(gap->instrument, one->id) != 0)
			continue;
		for (size_t k = 0; k < one->n; k++)
			if (gap->channel[0] == '\0' ||
			        strcmp(gap->channel, one->track[k].channel) == 0)
				cycle_us = lesser(cycle_us, one->track[k].cycle_us);
	}
	return cycle_us;
}

/* Three quarters of a cycle late is late and not missing. */
static int64_t slack_of(const struct gaps *gaps, const struct gap *gap)
{
	return cycle_of(gaps, gap) / 4 * 7;
}

static int64_t overlap_us(const struct gap *gap, int64_t from_us, int64_t to_us)
{
	int64_t low_us = gap->from_us > from_us ? gap->from_us : from_us;
	int64_t high_us = gap->to_us < to_us ? gap->to_us : to_us;
	return high_us - low_us;
}

/* Does the hole lie in the stretch, not only touch it?  One shorter than any cycle may
 * lie on its edge. */
static bool lies_in(
        const struct gaps *gaps, const struct gap *hole, int64_t from_us, int64_t to_us)
{
	static const struct gap station = { .cause = GAP_STATION };
	int64_t length_us = hole->to_us - hole->from_us;
	int64_t least_us = slack_of(gaps, &station);
	if (length_us <= least_us)
		least_us = length_us / 2;
	return overlap_us(hole, from_us, to_us) >= least_us;
}

/* ---- cutting ---- */

/* Counts of a piece; what came, came outside the file. */
static void count_piece(struct gap *piece, const struct gap *whole, bool outside)
{
	int64_t length_us = whole->to_us - whole->from_us;
	piece->expected =
	        gaps_share(whole->expected, piece->to_us - piece->from_us, length_us);
	piece->valid = outside ? whole->valid : 0;
	if (piece->valid > piece->expected)
		piece->valid = piece->expected;
}

/* Of a gap that reaches over the stretch, cut off what lies before and behind. */
static int cut_one(
        struct gaps *gaps, struct gap_list *list, size_t i, const int64_t stretch_us[2])
{
	const struct gap whole = list->gap[i];
	int64_t slack_us = slack_of(gaps, &whole);
	struct gap before = whole, inside = whole, after = whole;
	if (!gap_is_bare(&whole) ||
	        overlap_us(&whole, stretch_us[0], stretch_us[1]) < slack_us)
		return OK;
	bool is_before = stretch_us[0] - whole.from_us >= slack_us;
	bool is_after = whole.to_us - stretch_us[1] >= slack_us;
	if (is_before)
		before.to_us = inside.from_us = stretch_us[0];
	if (is_after)
		after.from_us = inside.to_us = stretch_us[1];
	if (!is_before && !is_after)
		return OK;
	count_piece(&before, &whole, true);
	count_piece(&after, &whole, !is_before);
	count_piece(&inside, &whole, false);
	before.open = false;
	inside.open = whole.open && !is_after;
	list->gap[i] = inside;
	int status = is_before ? gap_list_add(list, &before) : OK;
	return status == OK && is_after ? gap_list_add(list, &after) : status;
}

static int cut(struct gaps *gaps, struct gap_list *list, const int64_t stretch_us[2])
{
	size_t n = list->n;
	int status = OK;
	for (size_t i = 0; i < n && status == OK; i++)
		status = cut_one(gaps, list, i, stretch_us);
	gap_list_sort(list);
	return status;
}

/* ---- laying ---- */

/* Is most of the gap in the stretch? */
static bool is_of(const struct gap *gap, int64_t from_us, int64_t to_us)
{
	return overlap_us(gap, from_us, to_us) > (gap->to_us - gap->from_us) / 2;
}

static bool lay(
        struct gaps *gaps, struct gap_list *list, const struct gaps_reason *reason)
{
	bool any = false;
	for (size_t i = 0; i < list->n; i++) {
		struct gap *gap = &list->gap[i];
		bool same = gap->cause == reason->cause;
		if (!is_of(gap, reason->from_us, reason->to_us) ||
		        (!gap_is_bare(gap) && !same))
			continue;
		if (!same)
			gap_detail(gaps, gap, reason->detail);
		gap->cause = reason->cause;
		gap->records += any ? 0 : reason->records;
		any = true;
	}
	return any;
}

static int cut_and_lay(struct gaps *gaps, const struct gaps_reason *reason, bool *told)
{
	const int64_t stretch_us[2] = { reason->from_us, reason->to_us };
	int status = cut(gaps, &gaps->silences, stretch_us);
	if (status == OK)
		status = cut(gaps, &gaps->of_channels, stretch_us);
	if (status == OK && (lay(gaps, &gaps->silences, reason) ||
	                            lay(gaps, &gaps->of_channels, reason)))
		*told = true;
	return status;
}

/* ---- files ---- */

/* Records that a damaged file held and that are not here: what the holes in its day
 * add up to. */
static uint64_t missing_in(const struct gaps *gaps, const struct gap_list *holes,
        const struct gaps_damage *file)
{
	uint64_t n = 0;
	for (size_t i = 0; i < holes->n; i++)
		if (lies_in(gaps, &holes->gap[i], file->from_us, file->to_us))
			n += holes->gap[i].records;
	return n < file->records ? n : file->records;
}

/* A late file held what lies in the holes of its day, not the day. */
static int lay_late(struct gaps *gaps, const struct gap *hole,
        const struct gaps_reason *of_file, uint64_t records)
{
	struct gaps_reason reason = *of_file;
	bool told = false;
	if (hole->from_us > reason.from_us)
		reason.from_us = hole->from_us;
	if (hole->to_us < reason.to_us)
		reason.to_us = hole->to_us;
	reason.records = records;
	int status = cut_and_lay(gaps, &reason, &told);
	return status == OK && !told ? gaps_found(gaps, &reason) : status;
}

/* The hole is where the file was: told with the file. */
static int take_holes(struct gaps *gaps, struct gap_list *holes,
        const struct gaps_damage *file, const struct gaps_reason *reason)
{
	uint64_t left = reason->records;
	int status = OK;
	for (size_t i = 0; i < holes->n && left > 0 && status == OK; i++) {
		struct gap *hole = &holes->gap[i];
		if (!lies_in(gaps, hole, file->from_us, file->to_us))
			continue;
		uint64_t taken = hole->records < left ? hole->records : left;
		hole->records -= taken;
		left -= taken;
		if (!file->whole_day && taken > 0)
			status = lay_late(gaps, hole, reason, taken);
	}
	return status;
}

/* Readings the station's instruments should have given in a stretch. */
static uint64_t readings_due(const struct gaps *gaps, int64_t length_us)
{
	uint64_t due = 0;
	for (size_t i = 0; i < gaps->n_instruments; i++)
		if (gaps->instrument[i].to_the_end)
			due += gaps_due(0, length_us, gaps->instrument[i].poll_us);
	return due;
}

/* The file's name, and whether it can have been all that the day lacks. */
static void words_of(const struct gaps *gaps, const struct gaps_damage *file,
        uint64_t missing, char out[1000])
{
	uint64_t due = readings_due(gaps, file->to_us - file->from_us);
	snprintf(out, 1000, "%.800s", file->what);
	size_t n = strlen(out);
	if (missing == 0)
		snprintf(out + n, 1000 - n, "; its records are still in the journal");
	else if (file->whole_day && file->readings > 0 &&
	         file->readings < due - due / 10)
		snprintf(out + n, 1000 - n,
		        "; it held %" PRIu64 " readings, %" PRIu64 " were due",
		        file->readings, due);
}

static int explain_file(
        struct gaps *gaps, struct gap_list *holes, const struct gaps_damage *file)
{
	char text[1000];
	bool told = false;
	struct gaps_reason reason = { .cause = file->cause,
		.from_us = file->from_us,
		.to_us = file->to_us,
		.records = missing_in(gaps, holes, file),
		.detail = text };
	words_of(gaps, file, reason.records, text);
	int status = take_holes(gaps, holes, file, &reason);
	if (reason.records > 0 && !file->whole_day)
		return status;
	if (status == OK && reason.records > 0)
		status = cut_and_lay(gaps, &reason, &told);
	return status == OK && !told ? gaps_found(gaps, &reason) : status;
}

static int tell_as_is(struct gaps *gaps, const struct gaps_damage *damage)
{
	const struct gaps_reason reason = { .cause = damage->cause,
		.from_us = damage->from_us,
		.to_us = damage->to_us,
		.records = damage->records,
		.open = damage->open,
		.detail = damage->what };
	return gaps_found(gaps, &reason);
}

int gaps_files(struct gaps *gaps, struct gap_list *holes)
{
	int status = OK;
	for (size_t i = 0; i < gaps->n_damages && status == OK; i++) {
		const struct gaps_damage *damage = &gaps->damage[i];
		bool file = damage->cause == GAP_FILE || damage->cause == GAP_PRUNED;
		status = file ? explain_file(gaps, holes, damage)
		              : tell_as_is(gaps, damage);
	}
	return status;
}
