/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper without a disk.  A group that failed and may yet lie on the disk stays with
 * the journal, under its numbers, until the disk takes it: sent as something else it
 * could come twice.  What certainly is not there gets numbers of the epoch in memory.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "sensors/keeper/keeper_parts.h"

#define RETRY_US      INT64_C(1000000)
#define RETRY_MOST_US INT64_C(8000000)
#define TELL_US       INT64_C(60000000)

static void move_record(void *with, uint8_t *record, size_t n)
{
	struct keeper *keeper = with;
	memory_append(&keeper->memory, record, n);
}

static void retry_later(struct keeper *keeper, const struct moment *now)
{
	int64_t wait_us = RETRY_US << (keeper->retries < 3 ? keeper->retries : 3);
	keeper->retries++;
	keeper->retry_us =
	        now->mono_us + (wait_us < RETRY_MOST_US ? wait_us : RETRY_MOST_US);
}

void keeper_to_memory(struct keeper *keeper, const char *why, const struct moment *now)
{
	char text[256];
	bool first = keeper->memory.epoch == 0;
	keeper->in_memory = true;
	keeper->pending_us = INT64_MAX;
	keeper->retries = 0;
	retry_later(keeper, now);
	if (first)
		memory_begin(&keeper->memory, keeper_new_epoch());
	log_line(LOG_ALERT,
	        "journal %s: cannot be written (%s); records are kept in memory, %zu "
	        "bytes of it, and sent from there: free space or replace the disk",
	        keeper->options.folder, why, keeper->memory.size);
	if (first)
		keeper_append_describes(keeper, now);
	snprintf(text, sizeof text,
	        "new epoch %016" PRIx64 " in memory: the disk cannot be written: %s",
	        keeper->memory.epoch, why);
	keeper_append_state(keeper, "in memory", text, now);
	if (keeper->journal != NULL && !journal_in_doubt(keeper->journal))
		journal_take_back(keeper->journal, move_record, keeper);
}

static int open_again(struct keeper *keeper, const struct moment *now)
{
	struct problem why;
	bool created;
	int status = OK;
	if (keeper->pool == NULL)
		status = keeper_open_room(keeper, &why);
	if (status == OK)
		status = keeper_open_journal(keeper, 0, now, &why, &created);
	if (status != OK)
		return status;
	keeper_find_epochs(keeper);
	return OK;
}

/* ---- a disk that went and came back ---- */

struct held {
	uint8_t bytes[JOURNAL_GROUP];
	size_t n;
};

static void hold_record(void *with, uint8_t *record, size_t n)
{
	struct held *held = with;
	memcpy(held->bytes + held->n, record, n);
	held->n += n;
}

/* Those that the disk has after all are not given again. */
static void append_held(struct keeper *keeper, struct held *held, uint64_t epoch,
        uint64_t next, const struct moment *now)
{
	struct record record;
	int n;
	for (size_t at = 0; at < held->n; at += (size_t)n) {
		n = record_decode(&record, held->bytes + at, held->n - at);
		if (n <= 0)
			return;
		if (journal_epoch(keeper->journal) == epoch && record.seq < next)
			continue;
		memcpy(keeper->record, held->bytes + at, (size_t)n);
		keeper_append(keeper, keeper->record, (size_t)n, now);
	}
}

/* The mount is another one: what was open leads nowhere any more. */
static int open_anew(struct keeper *keeper, const struct moment *now)
{
	struct held *held = calloc(1, sizeof *held);
	struct journal *old = keeper->journal;
	uint64_t epoch = journal_epoch(old), committed = journal_committed_seq(old);
	if (held == NULL)
		return FAILED;
	journal_take_back(old, hold_record, held);
	journal_close(old);
	journal_pool_close(keeper->pool);
	keeper->journal = NULL;
	keeper->pool = NULL;
	keeper->turn_epoch = UINT64_MAX; /* what was read of is closed */
	int status = open_again(keeper, now);
	keeper->in_memory = status != OK;
	if (status == OK && journal_epoch(keeper->journal) == epoch &&
	        journal_next_seq(keeper->journal) < committed)
		keeper_leave(keeper, committed, now);
	if (status == OK)
		append_held(
		        keeper, held, epoch, journal_next_seq(keeper->journal), now);
	for (size_t at = 0; status != OK && at < held->n;) {
		size_t n = get_le16(held->bytes + at);
		memory_append(&keeper->memory, held->bytes + at, n);
		at += n;
	}
	free(held);
	return status;
}

void keeper_try_disk(struct keeper *keeper, const struct moment *now)
{
	char text[160];
	bool opened = false;
	if (now->mono_us < keeper->retry_us)
		return;
	int moved = keeper->journal != NULL ? journal_moved(keeper->journal) : 0;
	int status = moved < 0 ? moved : OK;
	if (keeper->journal == NULL)
		opened = (status = open_again(keeper, now)) == OK;
	else if (moved == 1)
		opened = (status = open_anew(keeper, now)) == OK;
	else if (status == OK)
		status = journal_mend(keeper->journal);
	if (status == OK && journal_pending(keeper->journal) > 0)
		status = journal_commit(keeper->journal);
	if (status != OK) {
		retry_later(keeper, now);
		return;
	}
	keeper->in_memory = false;
	keeper->filled_us = INT64_MIN / 2;
	keeper_cut_tails(keeper);
	log_line(LOG_WARN,
	        "journal %s: can be written again; %" PRIu64
	        " records in memory are still to be sent",
	        keeper->options.folder,
	        keeper->memory.next_seq - keeper->memory.acked_seq);
	if (opened) {
		keeper_append_describes(keeper, now);
		keeper_tell_unread(keeper, now);
	}
	snprintf(text, sizeof text, "the disk can be written again: epoch %016" PRIx64,
	        journal_epoch(keeper->journal));
	keeper_append_state(keeper, "on disk", text, now);
}

void keeper_tell_dropped(struct keeper *keeper, const struct moment *now)
{
	struct memory_loss *lost = &keeper->memory.lost;
	char text[160];
	bool heard = keeper->uplink.state == UPLINK_OPEN;
	if (lost->count == 0 || (keeper->in_memory && !heard) ||
	        now->mono_us - keeper->told_drop_us < TELL_US)
		return;
	keeper->told_drop_us = now->mono_us;
	int n = snprintf(text, sizeof text,
	        "dropped from the cabinet's memory, epoch %016" PRIx64
	        ": the disk could not be written, and the collector was not there",
	        keeper->memory.epoch);
	struct gap_event gap = { .first_seq = lost->first_seq,
		.last_seq = lost->last_seq,
		.count = lost->count,
		.from_us = lost->from_us,
		.to_us = lost->to_us,
		.why = text,
		.why_size = (size_t)n };
	keeper->lost += lost->count;
	log_line(LOG_ALERT,
	        "%" PRIu64 " records were dropped from memory: the disk cannot be "
	        "written, and the collector was not there",
	        lost->count);
	*lost = (struct memory_loss){ 0 };
	keeper_append_gap(keeper, &gap, now);
}
