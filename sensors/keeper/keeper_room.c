/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What may go when the journal has used its room up.  Nothing younger than keep_s does,
 * acknowledged or not: where there is nothing else, the journal takes what else the disk
 * has.  First the oldest that the collector has, over all epochs; then the oldest that
 * it has not, and that is told by a GAP.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "sensors/keeper/keeper_parts.h"

#define FILL_US      INT64_C(60000000)
#define FILL_MOST    64 /* segments set aside in one go, beside the records */
#define LOOK_US      INT64_C(10000000)
#define LOOK_MOST_US INT64_C(3600000000)
#define LEAST_LEFT   2 /* segments: the next one, and one that takes its place at once */
#define STEPS        200000 /* records looked at behind a segment without a time */

/* The oldest segment of an epoch. */
struct oldest {
	uint64_t epoch, first_seq, end_seq; /* end: behind the segment */
	uint64_t acked_seq;
	bool present, last; /* last: nothing is left of its epoch then */
	uint64_t count;
	int64_t from_us, to_us; /* of its records */
};

/* Taken in by a clock that nobody had set yet, or that has been set back since, a record
 * tells nothing of its age: the next one that does tells that it is no younger. */
static bool tells_age(
        const struct journal_entry *entry, const struct moment *now, int64_t *stored_us)
{
	struct record record;
	int n = record_decode(&record, entry->record, entry->size);
	assert(n > 0); /* a reader gives sound ones only */
	if (record.clock == CLOCK_UNSYNCED || entry->stored_us > now->time_us)
		return false;
	*stored_us = entry->stored_us;
	return true;
}

static void note_record(struct oldest *oldest, const struct journal_entry *entry)
{
	struct record record;
	int n = record_decode(&record, entry->record, entry->size);
	assert(n > 0);
	if (oldest->count++ == 0)
		oldest->from_us = oldest->to_us = record.time_us;
	if (record.time_us < oldest->from_us)
		oldest->from_us = record.time_us;
	if (record.time_us > oldest->to_us)
		oldest->to_us = record.time_us;
}

/* When the youngest record of the segment was taken in, at the latest; INT64_MAX:
 * nobody can say. */
static int64_t youngest_us(
        const struct keeper *keeper, struct oldest *oldest, const struct moment *now)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	int64_t youngest = INT64_MIN, stored_us;
	bool told = false;
	if (journal_read_open(&reader, keeper->options.folder, keeper->options.source,
	            oldest->epoch, oldest->first_seq) != OK)
		return INT64_MAX;
	for (int i = 0; i < STEPS; i++) {
		int status = journal_read_next(reader, &entry, &why);
		if (status == 0)
			break;
		if (status < 0)
			continue;
		bool inside = entry.seq < oldest->end_seq;
		if (!inside && told)
			break;
		if (inside)
			note_record(oldest, &entry);
		told = tells_age(&entry, now, &stored_us);
		if (told && stored_us > youngest)
			youngest = stored_us;
	}
	journal_read_close(reader);
	return told || oldest->count == 0 ? youngest : INT64_MAX;
}

/* ---- the oldest segments ---- */

static bool oldest_present(const struct keeper *keeper, struct oldest *out)
{
	uint64_t first = journal_first_seq(keeper->journal);
	*out = (struct oldest){ .epoch = journal_epoch(keeper->journal),
		.first_seq = first,
		.acked_seq = keeper->present_acked,
		.present = true };
	out->end_seq = journal_segment_end(
	        keeper->options.folder, keeper->options.source, out->epoch, first);
	return out->end_seq != 0;
}

static bool oldest_of(
        const struct keeper *keeper, const struct old_epoch *old, struct oldest *out)
{
	uint64_t first, end;
	if (journal_extent(keeper->options.folder, keeper->options.source, old->epoch,
	            &first, &end) != OK)
		return false;
	*out = (struct oldest){
		.epoch = old->epoch, .first_seq = first, .acked_seq = old->acked_seq
	};
	out->end_seq = journal_segment_end(
	        keeper->options.folder, keeper->options.source, old->epoch, first);
	out->last = out->end_seq == 0;
	if (out->last)
		out->end_seq = end;
	return true;
}

/* The oldest segment that may go: of those the collector has in full, or of all. */
static bool may_go(
        struct keeper *keeper, bool acked, const struct moment *now, struct oldest *out)
{
	int64_t young_us = now->time_us - (int64_t)(keeper->options.keep_s * US_PER_S);
	bool all = keeper->options.link == NULL; /* nobody is there to get it */
	for (size_t i = 0; i <= keeper->n_old; i++) {
		bool there = i < keeper->n_old ? oldest_of(keeper, &keeper->old[i], out)
		                               : oldest_present(keeper, out);
		if (!there || (acked && !all && out->end_seq > out->acked_seq))
			continue;
		int64_t youngest = youngest_us(keeper, out, now);
		if (youngest < young_us)
			return true;
		if (youngest - young_us < keeper->soonest_us)
			keeper->soonest_us = youngest - young_us;
	}
	return false;
}

/* ---- letting go ---- */

static void forget_old(struct keeper *keeper, const struct oldest *oldest)
{
	struct old_epoch *old = keeper_old(keeper, oldest->epoch);
	if (old == NULL)
		return;
	old->first_seq = oldest->end_seq;
	if (old->acked_seq < oldest->end_seq)
		old->acked_seq = oldest->end_seq;
	keeper->hint_changed = true;
	if (!oldest->last)
		return;
	size_t at = (size_t)(old - keeper->old);
	keeper->n_old--;
	memmove(old, old + 1, (keeper->n_old - at) * sizeof *old);
}

static int remove_segment(struct keeper *keeper, const struct oldest *oldest)
{
	if (oldest->present)
		return journal_forget(keeper->journal, oldest->end_seq);
	return journal_forget_epoch(keeper->options.folder, keeper->options.source,
	        oldest->epoch, oldest->end_seq, oldest->last);
}

static void tell_gone(
        struct keeper *keeper, const struct oldest *oldest, const struct moment *now)
{
	char text[160];
	uint64_t first = oldest->first_seq;
	if (first < oldest->acked_seq)
		first = oldest->acked_seq;
	if (keeper->options.link == NULL || first >= oldest->end_seq)
		return;
	int n = snprintf(text, sizeof text,
	        "epoch %016" PRIx64
	        ": the cabinet's journal was full, these were older than %g days and "
	        "the collector had not come for them",
	        oldest->epoch, keeper->options.keep_s / 86400);
	struct gap_event gap = { .first_seq = first,
		.last_seq = oldest->end_seq - 1,
		.count = oldest->end_seq - first,
		.from_us = oldest->from_us,
		.to_us = oldest->to_us,
		.why = text,
		.why_size = (size_t)n };
	log_line(LOG_ALERT, "journal %s: records %" PRIu64 " to %" PRIu64 " of %s",
	        keeper->options.folder, gap.first_seq, gap.last_seq, text);
	keeper->lost += gap.count;
	keeper_append_gap(keeper, &gap, now);
}

/* The reader may stand in what has gone. */
static void drop_reader(struct keeper *keeper)
{
	if (keeper->reader != NULL)
		journal_read_close(keeper->reader);
	keeper->reader = NULL;
	keeper->entry = (struct journal_entry){ 0 };
}

static bool let_go(struct keeper *keeper, const struct moment *now)
{
	struct oldest oldest;
	if (!may_go(keeper, true, now, &oldest) && !may_go(keeper, false, now, &oldest))
		return false;
	/* the hint must not say that what has gone on purpose is still owed */
	if (oldest.last)
		keeper_hint(keeper, true, now);
	int removed = remove_segment(keeper, &oldest);
	if (removed <= 0)
		return false;
	journal_pool_removed(keeper->pool, (uint64_t)removed);
	drop_reader(keeper);
	tell_gone(keeper, &oldest, now);
	if (oldest.present) {
		if (keeper->present_acked < oldest.end_seq)
			keeper->present_acked = oldest.end_seq;
	} else {
		forget_old(keeper, &oldest);
	}
	log_line(LOG_DETAIL, "journal %s: %d segment older than %g days was let go",
	        keeper->options.folder, removed, keeper->options.keep_s / 86400);
	return true;
}

static void fill(struct keeper *keeper, const struct moment *now)
{
	bool missing = journal_pool_fill(keeper->pool, FILL_MOST) < 0;
	keeper->filled_us = now->mono_us;
	if (missing && !keeper->missing)
		log_line(LOG_ALERT,
		        "journal %s: some of its room was taken by others and is asked "
		        "for again every minute: free space on that disk",
		        keeper->options.folder);
	if (!missing && keeper->missing)
		log_line(LOG_INFO, "journal %s: its room is whole again",
		        keeper->options.folder);
	keeper->missing = missing;
}

static void tell_outgrown(struct keeper *keeper)
{
	bool outgrown = journal_pool_left(keeper->pool) < 0;
	if (outgrown && !keeper->outgrown)
		log_line(LOG_WARN,
		        "journal %s: has outgrown the room set aside, and nothing in "
		        "it "
		        "is older than %g days: it goes on where the disk has space",
		        keeper->options.folder, keeper->options.keep_s / 86400);
	keeper->outgrown = outgrown;
}

void keeper_make_room(struct keeper *keeper, const struct moment *now)
{
	if (keeper->pool == NULL || keeper->journal == NULL || keeper->in_memory)
		return;
	if (now->mono_us - keeper->filled_us >= FILL_US)
		fill(keeper, now);
	tell_outgrown(keeper);
	bool sure = now->state == CLOCK_SYNCED || now->state == CLOCK_HOLDOVER;
	if (journal_pool_left(keeper->pool) >= LEAST_LEFT || !sure ||
	        now->mono_us < keeper->look_us)
		return;
	keeper->soonest_us = LOOK_MOST_US;
	int gone = 0;
	while (journal_pool_left(keeper->pool) < LEAST_LEFT && let_go(keeper, now))
		gone++;
	if (gone > 0)
		fill(keeper, now);
	/* segments are read for this: not before one of them has come of age */
	bool soon = gone > 0 || keeper->soonest_us < LOOK_US;
	keeper->look_us = now->mono_us + (soon ? LOOK_US : keeper->soonest_us);
}
