/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The collector holds records that this journal never had: the disk has lost its end, or
 * an older copy was put back.  Numbers are not used twice: a new epoch begins, and says
 * which numbers of the old one are not ours.  What this cabinet had given under such
 * numbers before it knew is numbered anew, and taken out of the old epoch.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "sensors/keeper_parts.h"

static void move_tail(struct keeper *keeper, uint64_t epoch, uint64_t from_seq,
        const struct moment *now)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	uint64_t moved = 0;
	int status;
	if (journal_read_open(&reader, keeper->options.folder, keeper->options.source,
	            epoch, from_seq) != OK)
		return;
	while ((status = journal_read_next(reader, &entry, &why)) != 0) {
		struct record record;
		if (status < 0)
			continue;
		int n = record_decode(&record, entry.record, entry.size);
		assert(n > 0); /* a reader gives sound ones only */
		if (record.type == RECORD_DESCRIBE)
			continue;
		memcpy(keeper->record, entry.record, entry.size);
		keeper_append(keeper, keeper->record, entry.size, now);
		keeper_commit(keeper, false, now);
		moved++;
	}
	journal_read_close(reader);
	keeper_commit(keeper, true, now);
	bool cut = !keeper->in_memory &&
	           journal_cut(keeper->options.folder, keeper->options.source, epoch,
	                   from_seq) == OK;
	log_line(LOG_WARN,
	        "journal: %" PRIu64 " records since number %" PRIu64
	        " of epoch %016" PRIx64 " are numbered anew%s",
	        moved, from_seq, epoch,
	        cut ? "" : "; they could not be taken out there");
}

static void tell_beyond(struct keeper *keeper, uint64_t epoch, const struct moment *now)
{
	char reason[160];
	int n = snprintf(reason, sizeof reason,
	        "epoch %016" PRIx64
	        ": the collector has these, the cabinet's journal has not: its end was "
	        "lost, an older copy of it was put back, or a copy of it sends too",
	        epoch);
	struct gap_event gap = { .first_seq = keeper->uplink.beyond[0],
		.last_seq = keeper->uplink.beyond[1],
		.count = keeper->uplink.beyond[1] - keeper->uplink.beyond[0] + 1,
		.from_us = now->time_us,
		.to_us = now->time_us,
		.why = reason,
		.why_size = (size_t)n };
	log_line(LOG_WARN, "new epoch: records %" PRIu64 " to %" PRIu64 " of %s",
	        gap.first_seq, gap.last_seq, reason);
	keeper_append_state(keeper, "new epoch", reason, now);
	keeper_append_gap(keeper, &gap, now);
}

static void begin_epoch(struct keeper *keeper, const struct moment *now)
{
	struct problem why;
	bool created;
	struct journal *old = keeper->journal;
	uint64_t epoch = journal_epoch(old), end = keeper->uplink.beyond[0];
	uint64_t first = journal_first_seq(old);
	bool forked = keeper->uplink.forked;
	if (!keeper->in_memory)
		keeper_commit(keeper, true, now);
	if (keeper->in_memory || keeper_open_journal(keeper, keeper_new_epoch(), now,
	                                 &why, &created) != OK) {
		log_seldom(LOG_ALERT, "epoch",
		        "no new epoch can be begun: the disk cannot be written");
		if (forked)
			keeper->doubt_seq = end; /* asked about again */
		uplink_greet(&keeper->uplink, now->mono_us + UPLINK_SILENT_US);
		return;
	}
	struct journal *present = keeper->journal;
	keeper->journal = old;
	keeper_retire(keeper, first, end, end);
	keeper->journal = present;
	journal_close(old);
	keeper->doubt_seq = 0;
	keeper_append_describes(keeper, now);
	tell_beyond(keeper, epoch, now);
	keeper_commit(keeper, true, now);
	if (forked)
		move_tail(keeper, epoch, end, now);
	keeper_hint(keeper, true, now);
	uplink_turn(&keeper->uplink, 1, now->mono_us);
}

/* What an epoch that is over has under numbers of others goes into the present one. */
static void leave_tail(
        struct keeper *keeper, struct old_epoch *old, const struct moment *now)
{
	uint64_t from = keeper->uplink.beyond[0];
	move_tail(keeper, old->epoch, from, now);
	old->acked_seq = old->end_seq = from;
}

/* Of an epoch that is over no more numbers are given. */
static void pass_over(struct keeper *keeper, const struct moment *now)
{
	struct turn_view turn = keeper_turn_view(keeper);
	struct old_epoch *old = keeper_old(keeper, turn.epoch);
	if (!keeper->uplink.forked)
		log_line(LOG_WARN,
		        "journal: the collector has records of epoch %016" PRIx64
		        " beyond %" PRIu64 ", where it ends here",
		        turn.epoch, turn.end_seq - 1);
	if (keeper->turn == TURN_MEMORY)
		memory_acked(&keeper->memory, turn.end_seq);
	else if (old != NULL && keeper->uplink.forked && keeper->journal != NULL)
		leave_tail(keeper, old, now);
	else if (old != NULL)
		old->acked_seq = old->end_seq;
	keeper->hint_changed = true;
	uplink_turn(&keeper->uplink, turn.end_seq, now->mono_us);
}

void keeper_go_beyond(struct keeper *keeper, const struct moment *now)
{
	if (keeper->reader != NULL)
		journal_read_close(keeper->reader);
	keeper->reader = NULL;
	keeper->entry = (struct journal_entry){ 0 };
	if (keeper->turn == TURN_PRESENT && keeper->journal != NULL)
		begin_epoch(keeper, now);
	else
		pass_over(keeper, now);
}

void keeper_leave(struct keeper *keeper, uint64_t end, const struct moment *now)
{
	keeper->uplink.beyond[0] = journal_next_seq(keeper->journal);
	keeper->uplink.beyond[1] = end - 1;
	keeper->uplink.forked = false;
	keeper->turn = TURN_PRESENT;
	keeper_go_beyond(keeper, now);
}
