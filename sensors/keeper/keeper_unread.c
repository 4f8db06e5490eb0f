/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Epochs of which the collector has not got all, and which the disk does not give: their
 * folder cannot be read, or their segments are gone.  The first are kept in the hint as
 * they are and sent when a later start can read them; the second are told by a GAP (by
 * a STATE, where nobody knows how many records there were) and then left out of it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/folder.h"
#include "base/log.h"
#include "sensors/keeper/keeper_parts.h"

static bool is_done(const struct acked *hint)
{
	return hint->end_seq > 0 && hint->acked_seq >= hint->end_seq;
}

bool keeper_unread(int status, const struct acked *hint, struct old_epoch *old)
{
	int error = errno;
	bool gone = status == NOT_FOUND;
	if (gone && (hint == NULL || is_done(hint)))
		return false;
	*old = (struct old_epoch){ .epoch = old->epoch,
		.first_seq = 1,
		.acked_seq = 1,
		.lies = gone ? EPOCH_GONE : EPOCH_SHUT,
		.error = error };
	if (hint == NULL)
		return true;
	old->acked_seq = hint->acked_seq;
	old->end_seq = hint->end_seq;
	return true;
}

size_t keeper_shut(const struct keeper *keeper)
{
	size_t n = 0;
	for (size_t i = 0; i < keeper->n_old; i++)
		n += keeper->old[i].lies == EPOCH_SHUT;
	return n;
}

bool keeper_told_for_good(const struct keeper *keeper, const struct old_epoch *old)
{
	return old->told_seq > 0 &&
	       journal_committed_seq(keeper->journal) >= old->told_seq;
}

/* ---- telling ---- */

/* What is known of the records that the collector has not got, and what becomes of
 * them. */
static void owed_text(
        const struct old_epoch *old, const char *fate, char *out, size_t room)
{
	uint64_t acked = old->acked_seq, n = old->end_seq - acked;
	if (old->end_seq > 0 && n > 0)
		snprintf(out, room,
		        "%" PRIu64 " records of it (%" PRIu64 " to %" PRIu64
		        ") have not reached the collector and %s",
		        n, acked, old->end_seq - 1, fate);
	else if (old->end_seq > 0)
		snprintf(out, room, "the collector has all records of it");
	else if (acked > 1)
		snprintf(out, room,
		        "the collector has its records before %" PRIu64
		        "; how many follow is not known, and they %s",
		        acked, fate);
	else
		snprintf(out, room,
		        "how many of its records have not reached the collector is not "
		        "known; such %s",
		        fate);
}

static void tell_shut(
        struct keeper *keeper, const struct old_epoch *old, const struct moment *now)
{
	char owed[200] = "its records are kept there", text[400];
	const char *reason = file_reason(old->error);
	if (keeper->options.link != NULL)
		owed_text(old, "are not sent until it can be read", owed, sizeof owed);
	log_line(LOG_ALERT,
	        "journal %s/%s/%016" PRIx64
	        ": this epoch cannot be read (%s): %s. Make the folder readable for "
	        "this program and start it again; measuring goes on meanwhile",
	        keeper->options.folder, keeper->options.source, old->epoch, reason,
	        owed);
	snprintf(text, sizeof text, "epoch %016" PRIx64 " cannot be read (%s): %s",
	        old->epoch, reason, owed);
	keeper_append_state(keeper, "unreadable", text, now);
}

static void append_gap(
        struct keeper *keeper, const struct old_epoch *old, const struct moment *now)
{
	char text[160];
	int n = snprintf(text, sizeof text,
	        "epoch %016" PRIx64
	        ": the segments of the cabinet's journal that held these are gone, and "
	        "the collector had not come for them",
	        old->epoch);
	struct gap_event gap = { .first_seq = old->acked_seq,
		.last_seq = old->end_seq - 1,
		.count = old->end_seq - old->acked_seq,
		.from_us = now->time_us,
		.to_us = now->time_us,
		.why = text,
		.why_size = (size_t)n };
	keeper->lost += gap.count;
	keeper_append_gap(keeper, &gap, now);
}

static void tell_gone(
        struct keeper *keeper, struct old_epoch *old, const struct moment *now)
{
	char owed[200], text[400];
	owed_text(old, "are lost", owed, sizeof owed);
	log_line(LOG_ALERT,
	        "journal %s/%s/%016" PRIx64
	        ": the segments of this epoch are gone: %s. If there is a copy of that "
	        "folder, put it back and start this program again: what it has is sent",
	        keeper->options.folder, keeper->options.source, old->epoch, owed);
	snprintf(text, sizeof text, "epoch %016" PRIx64 ": its segments are gone: %s",
	        old->epoch, owed);
	if (old->end_seq > 0)
		append_gap(keeper, old, now);
	else
		keeper_append_state(keeper, "gone", text, now);
	old->told_seq = keeper->in_memory ? 0 : journal_next_seq(keeper->journal);
	keeper->hint_changed = true;
}

void keeper_tell_unread(struct keeper *keeper, const struct moment *now)
{
	for (size_t i = 0; i < keeper->n_old; i++) {
		struct old_epoch *old = &keeper->old[i];
		if (old->lies == EPOCH_SHUT)
			tell_shut(keeper, old, now);
		else if (old->lies == EPOCH_GONE && keeper->options.link != NULL)
			tell_gone(keeper, old, now);
	}
}
