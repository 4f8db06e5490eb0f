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
#include "sensors/keeper/keeper_parts.h"

/* While the disk takes nothing the end of an old epoch stays, and is taken out later. */
static bool cut_tail(struct keeper *keeper, uint64_t epoch, uint64_t from_seq)
{
	struct old_epoch *old = keeper_old(keeper, epoch);
	bool cut = !keeper->in_memory &&
	           journal_cut(keeper->options.folder, keeper->options.source, epoch,
	                   from_seq) == OK;
	if (old != NULL)
		old->cut_seq = cut ? 0 : from_seq;
	return cut;
}

void keeper_cut_tails(struct keeper *keeper)
{
	for (size_t i = 0; i < keeper->n_old; i++) {
		const struct old_epoch *old = &keeper->old[i];
		if (old->cut_seq > 0)
			cut_tail(keeper, old->epoch, old->cut_seq);
	}
}

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
	bool cut = cut_tail(keeper, epoch, from_seq);
	log_line(LOG_WARN,
	        "journal: %" PRIu64 " records since number %" PRIu64
	        " of epoch %016" PRIx64 " are numbered anew%s",
	        moved, from_seq, epoch,
	        cut ? "" : "; they are taken out there when the disk is well");
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
	uint64_t first = journal_first_seq(old), acked = keeper->present_acked;
	bool forked = keeper->uplink.forked;
	if (!keeper->in_memory)
		keeper_commit(keeper, true, now);
	if (keeper->in_memory || keeper_open_journal(keeper, keeper_new_epoch(), now,
	                                 &why, &created) != OK) {
		log_seldom(LOG_ALERT, "epoch",
		        "no new epoch can be begun: the disk cannot be written");
		uplink_greet(&keeper->uplink, now->mono_us + UPLINK_SILENT_US);
		return;
	}
	struct journal *present = keeper->journal;
	keeper->journal = old;
	keeper_retire(keeper, first, end, acked < end ? acked : end);
	keeper->journal = present;
	journal_close(old);
	keeper_append_describes(keeper, now);
	tell_beyond(keeper, epoch, now);
	keeper_commit(keeper, true, now);
	if (forked)
		move_tail(keeper, epoch, end, now);
	keeper_hint(keeper, true, now);
	uplink_turn(&keeper->uplink, 1, now->mono_us);
}

/* What an epoch that is over has under numbers of others goes into the present one.  What
 * it has before them is shown on. */
static void leave_tail(
        struct keeper *keeper, struct old_epoch *old, const struct moment *now)
{
	uint64_t from = keeper->uplink.beyond[0];
	if (keeper->journal == NULL || keeper->in_memory) {
		old->later_us = now->mono_us + UPLINK_SILENT_US;
		return;
	}
	move_tail(keeper, old->epoch, from, now);
	old->end_seq = from;
}

/* The epoch in memory is made anew by each run: this is a machine whose memory was copied
 * too.  What bears numbers of others goes where records go now. */
static void leave_memory(struct keeper *keeper, const struct moment *now)
{
	keeper->told_drop_us = INT64_MIN / 2;
	keeper_tell_dropped(keeper, now); /* under the epoch they had */
	struct memory old = keeper->memory;
	const uint8_t *bytes;
	struct record record;
	if (memory_init(&keeper->memory, old.size) != OK) {
		keeper->memory = old;
		log_seldom(LOG_ALERT, "epoch",
		        "no new epoch can be begun in memory: there is none left");
		return;
	}
	memory_begin(&keeper->memory, keeper_new_epoch());
	if (keeper->in_memory)
		keeper_append_describes(keeper, now);
	tell_beyond(keeper, old.epoch, now);
	for (uint64_t seq = keeper->uplink.beyond[0]; seq < old.next_seq; seq++) {
		size_t n = memory_read(&old, seq, &bytes);
		if (n == 0 || record_decode(&record, bytes, n) != (int)n ||
		        record.type == RECORD_DESCRIBE)
			continue;
		memcpy(keeper->record, bytes, n);
		keeper_append(keeper, keeper->record, n, now);
	}
	memory_free(&old);
}

/* Of an epoch that is over no more numbers are given. */
static void pass_over(struct keeper *keeper, const struct moment *now)
{
	struct old_epoch *old = keeper_old(keeper, keeper->turn_epoch);
	if (keeper->turn == TURN_MEMORY)
		leave_memory(keeper, now);
	else if (old != NULL)
		leave_tail(keeper, old, now);
	keeper->hint_changed = true;
	uplink_turn(&keeper->uplink, keeper_turn_view(keeper).acked_seq, now->mono_us);
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
