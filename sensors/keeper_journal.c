/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper and its journal. */
#include "sensors/keeper_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"

#define FORGET_EVERY_US US_PER_HOUR
#define FORGET_STEPS    20000 /* records looked at in one go */

static void tell_recovery(
        const struct keeper *keeper, const struct journal_recovery *recovery)
{
	log_line(LOG_INFO, "journal %s: %s, epoch %016" PRIx64 ", %" PRIu64 " records",
	        keeper->options.folder, recovery->created ? "begun" : "continued",
	        journal_epoch(keeper->journal), recovery->records);
	if (recovery->torn_bytes > 0)
		log_line(LOG_WARN,
		        "journal %s: %" PRIu64
		        " bytes of an unfinished write lie in %s/quarantine now",
		        keeper->options.folder, recovery->torn_bytes,
		        keeper->options.folder);
	if (recovery->damaged_segments > 0)
		log_line(LOG_ALERT,
		        "journal %s: %" PRIu64
		        " segments are damaged, a copy lies in %s/quarantine; %" PRIu64
		        " records between %" PRIu64 " and %" PRIu64
		        " are lost; look at the disk",
		        keeper->options.folder, recovery->damaged_segments,
		        keeper->options.folder, recovery->missing,
		        recovery->first_missing, recovery->last_missing);
}

int keeper_open_room(struct keeper *keeper, struct problem *why)
{
	const struct journal_pool_options options = { .folder = keeper->options.folder,
		.room = keeper->options.room,
		.segment_size = keeper->options.segment_size,
		.keep_s = keeper->options.keep_s };
	if (keeper->options.room == 0)
		return OK;
	return journal_pool_open(&keeper->pool, &options, why);
}

int keeper_open_journal(struct keeper *keeper, uint64_t epoch, const struct moment *now,
        struct problem *why)
{
	struct journal_recovery recovery = { 0 };
	struct journal_options options = { .folder = keeper->options.folder,
		.source = keeper->options.source,
		.epoch = epoch,
		.segment_size = keeper->options.segment_size,
		.pool = keeper->pool,
		.now_us = now->time_us };
	struct journal *journal;
	int status = journal_open(&journal, &options, &recovery, why);
	if (status != OK)
		return status;
	keeper->journal = journal;
	tell_recovery(keeper, &recovery);
	keeper->pending_us = INT64_MAX;
	return OK;
}

void keeper_lose(struct keeper *keeper, const struct ring_loss *loss)
{
	if (loss->count == 0)
		return;
	if (keeper->loss.count == 0)
		keeper->loss.from_us = loss->from_us;
	keeper->loss.to_us = loss->to_us;
	keeper->loss.count += loss->count;
	keeper->lost += loss->count;
	log_seldom(LOG_ALERT, "lost",
	        "%" PRIu64 " records could not be kept: the disk is too slow or full",
	        loss->count);
}

static void lose_one(struct keeper *keeper, const uint8_t *bytes, size_t n)
{
	struct record record;
	struct ring_loss one = { .count = 1 };
	if (record_decode(&record, bytes, n) > 0)
		one.from_us = one.to_us = record.time_us;
	keeper_lose(keeper, &one);
}

void keeper_append(
        struct keeper *keeper, uint8_t *record, size_t n, const struct moment *now)
{
	int status = journal_append(keeper->journal, record, n, now->time_us);
	if (status == FULL) {
		keeper_commit(keeper, true, now);
		status = journal_append(keeper->journal, record, n, now->time_us);
	}
	if (status != OK) {
		lose_one(keeper, record, n);
		return;
	}
	if (keeper->pending_us == INT64_MAX)
		keeper->pending_us = now->mono_us;
	if (keeper->live != NULL)
		live_note(keeper->live, record, n);
}

void keeper_append_own(struct keeper *keeper, int status, const struct moment *now)
{
	if (status == OK)
		keeper_append(keeper, keeper->recorder.record, keeper->recorder.n, now);
	else
		log_line(LOG_ALERT, "a record of our own could not be made: %s",
		        status_text(status));
}

static void append_describe(
        struct keeper *keeper, struct describe *describe, const struct moment *now)
{
	uint8_t *payload = malloc(DESCRIBE_MOST);
	int n = payload != NULL ? describe_encode(describe, payload, DESCRIBE_MOST)
	                        : FAILED;
	if (n > 0)
		keeper_append_own(keeper,
		        recorder_describe(&keeper->recorder, now, payload, (size_t)n),
		        now);
	else
		log_line(LOG_ALERT, "DESCRIBE of %s could not be made: %s",
		        describe->instrument, status_text(n));
	free(payload);
}

void keeper_append_describes(struct keeper *keeper, const struct moment *now)
{
	for (size_t i = 0; i < keeper->options.n_instruments; i++)
		append_describe(keeper, keeper->options.instrument[i], now);
	append_describe(keeper, keeper->options.station, now);
}

void keeper_append_gap(
        struct keeper *keeper, const struct gap_event *gap, const struct moment *now)
{
	keeper_append_own(keeper, recorder_gap(&keeper->recorder, now, gap), now);
}

/* What was lost is told as soon as something can be kept again. */
static void tell_loss(struct keeper *keeper, const struct moment *now)
{
	static const char why[] =
	        "not kept in the cabinet: the journal could not follow";
	struct gap_event gap = { .first_seq = 1,
		.last_seq = 0,
		.count = keeper->loss.count,
		.from_us = keeper->loss.from_us,
		.to_us = keeper->loss.to_us,
		.why = why,
		.why_size = sizeof why - 1 };
	if (keeper->loss.count == 0 || keeper->failing)
		return;
	keeper->loss = (struct ring_loss){ 0 };
	keeper_append_gap(keeper, &gap, now);
}

int64_t keeper_commit_us(const struct keeper *keeper)
{
	double s = keeper->options.commit_s;
	return s > 0 ? (int64_t)(s * 1e6) : KEEPER_COMMIT_US;
}

static bool commit_due(const struct keeper *keeper, const struct moment *now)
{
	return now->mono_us - keeper->pending_us >= keeper_commit_us(keeper) ||
	       journal_pending(keeper->journal) >= KEEPER_COMMIT_SIZE;
}

void keeper_commit(struct keeper *keeper, bool at_once, const struct moment *now)
{
	if (keeper->pending_us == INT64_MAX || (!at_once && !commit_due(keeper, now)))
		return;
	int status = journal_commit(keeper->journal);
	if (status != OK) {
		/* the group stays gathered: tried again in a second */
		keeper->pending_us = now->mono_us;
		if (!keeper->failing)
			log_line(LOG_ALERT,
			        "journal %s: cannot be written (%s, %s); free space or "
			        "replace the disk, nothing is sent meanwhile",
			        keeper->options.folder, status_text(status),
			        strerror(errno));
		keeper->failing = true;
		return;
	}
	if (keeper->failing)
		log_line(LOG_INFO, "journal %s: can be written again",
		        keeper->options.folder);
	keeper->failing = false;
	keeper->pending_us = INT64_MAX;
	tell_loss(keeper, now);
}

/* First record that must stay: young, or not acknowledged while there is a collector. */
static uint64_t first_kept(
        const struct keeper *keeper, struct journal_reader *oldest, int64_t young_us)
{
	struct journal_entry entry;
	struct problem why;
	uint64_t acked =
	        keeper->options.link != NULL ? keeper->uplink.acked_seq : UINT64_MAX;
	uint64_t kept = 0;
	for (int i = 0; i < FORGET_STEPS; i++) {
		int status = journal_read_next(oldest, &entry, &why);
		if (status == MALFORMED)
			continue; /* damage keeps nothing from going behind it */
		if (status <= 0)
			break;
		kept = entry.seq;
		if (entry.stored_us >= young_us || entry.seq >= acked)
			break;
	}
	return kept;
}

void keeper_forget(struct keeper *keeper, const struct moment *now)
{
	struct journal *journal = keeper->journal;
	struct journal_reader *oldest;
	int64_t keep_us = (int64_t)(keeper->options.keep_s * 1e6);
	if (now->mono_us - keeper->forgotten_us < FORGET_EVERY_US)
		return;
	keeper->forgotten_us = now->mono_us;
	if (journal_read_open(&oldest, keeper->options.folder, keeper->options.source,
	            journal_epoch(journal), journal_first_seq(journal)) != OK)
		return;
	uint64_t kept = first_kept(keeper, oldest, now->time_us - keep_us);
	journal_read_close(oldest);
	int gone = kept > 0 ? journal_forget(journal, kept) : 0;
	if (gone > 0)
		log_line(LOG_INFO,
		        "journal %s: %d segments older than %g days were let go",
		        keeper->options.folder, gone, keeper->options.keep_s / 86400);
}
