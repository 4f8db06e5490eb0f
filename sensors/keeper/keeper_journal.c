/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper and its journal. */
#include "sensors/keeper/keeper_parts.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/legal_time.h"
#include "base/log.h"

static void tell_recovery(
        const struct keeper *keeper, const struct journal_recovery *recovery)
{
	char quarantine[PATH_MAX], copy[PATH_MAX + 200], loss[256];
	snprintf(
	        quarantine, sizeof quarantine, "%s/quarantine", keeper->options.folder);
	journal_copy_text(recovery, quarantine, copy, sizeof copy);
	journal_loss_text(
	        recovery, journal_next_seq(keeper->journal), loss, sizeof loss);
	log_line(LOG_INFO, "journal %s: %s, epoch %016" PRIx64 ", %" PRIu64 " records",
	        keeper->options.folder, recovery->created ? "begun" : "continued",
	        journal_epoch(keeper->journal), recovery->records);
	if (recovery->torn_bytes > 0)
		log_line(LOG_WARN,
		        "journal %s: %" PRIu64
		        " bytes of an unfinished write were at its end; %s",
		        keeper->options.folder, recovery->torn_bytes, copy);
	if (recovery->damaged_segments > 0)
		log_line(LOG_ALERT,
		        "journal %s: %" PRIu64
		        " damaged segments, %s; %s; look at the disk",
		        keeper->options.folder, recovery->damaged_segments, loss, copy);
}

int keeper_open_room(struct keeper *keeper, struct problem *why)
{
	const struct journal_pool_options options = { .folder = keeper->options.folder,
		.room = keeper->options.room,
		.segment_size = keeper->options.segment_size,
		.keep_s = keeper->options.keep_s,
		.system = keeper->options.system };
	if (keeper->options.room == 0)
		return OK;
	return journal_pool_open(&keeper->pool, &options, why);
}

uint64_t keeper_new_epoch(void)
{
	uint64_t epoch = 0;
	while (epoch == 0)
		if (getrandom(&epoch, sizeof epoch, 0) != sizeof epoch)
			epoch = 0;
	return epoch;
}

int keeper_open_journal(struct keeper *keeper, uint64_t epoch, const struct moment *now,
        struct problem *why, bool *created)
{
	struct journal_recovery recovery = { 0 };
	struct journal_options options = { .folder = keeper->options.folder,
		.source = keeper->options.source,
		.epoch = epoch,
		.segment_size = keeper->options.segment_size,
		.pool = keeper->pool,
		.system = keeper->options.system,
		.now_us = now->time_us };
	struct journal *journal;
	int status = journal_open(&journal, &options, &recovery, why);
	if (status != OK)
		return status;
	keeper->journal = journal;
	*created = recovery.created != 0;
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
	int size = record_decode(&record, bytes, n);
	assert(size > 0); /* all of them are made in this process */
	struct ring_loss one = {
		.count = 1, .from_us = record.time_us, .to_us = record.time_us
	};
	keeper_lose(keeper, &one);
}

/* States are what an operator must see, and go to the disk at once. */
static bool is_urgent(const uint8_t *bytes, size_t n)
{
	struct record record;
	int size = record_decode(&record, bytes, n);
	assert(size > 0);
	return record.type == RECORD_STATE &&
	       !state_is_counts(record.payload, record.payload_size);
}

static int append_to_journal(
        struct keeper *keeper, uint8_t *record, size_t n, const struct moment *now)
{
	int status = journal_append(keeper->journal, record, n, now->time_us);
	if (status == FULL) {
		keeper_commit(keeper, true, now);
		if (!keeper->in_memory)
			status = journal_append(
			        keeper->journal, record, n, now->time_us);
	}
	if (status == OK && keeper->pending_us == INT64_MAX)
		keeper->pending_us = now->mono_us;
	keeper->urgent |= status == OK && is_urgent(record, n);
	return status;
}

void keeper_append(
        struct keeper *keeper, uint8_t *record, size_t n, const struct moment *now)
{
	int status = FULL;
	if (!keeper->in_memory)
		status = append_to_journal(keeper, record, n, now);
	if (keeper->in_memory && status == FULL)
		status = memory_append(&keeper->memory, record, n);
	if (status != OK)
		lose_one(keeper, record, n);
	else if (keeper->live != NULL)
		keeper->news |= live_note(keeper->live, record, n);
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

void keeper_append_state(struct keeper *keeper, const char *state, const char *text,
        const struct moment *now)
{
	struct state_event event = {
		.subject = "journal", .state = state, .text = text
	};
	keeper_append_own(keeper, recorder_state(&keeper->recorder, now, &event), now);
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
	if (keeper->loss.count == 0)
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

/* Once more in a new segment: one that failed may be all that is wrong. */
static int commit_twice(struct keeper *keeper)
{
	int status = journal_commit(keeper->journal);
	if (status == OK)
		return OK;
	log_seldom(LOG_ALERT, "commit",
	        "journal %s: a write failed (%s); a new segment is begun",
	        keeper->options.folder, strerror(errno));
	return journal_commit(keeper->journal);
}

void keeper_commit(struct keeper *keeper, bool at_once, const struct moment *now)
{
	at_once |= keeper->urgent;
	if (keeper->in_memory) {
		keeper_try_disk(keeper, now);
		tell_loss(keeper, now);
		return;
	}
	if (keeper->pending_us == INT64_MAX || (!at_once && !commit_due(keeper, now)))
		return;
	keeper->urgent = false;
	if (commit_twice(keeper) != OK) {
		keeper_to_memory(keeper, strerror(errno), now);
		return;
	}
	keeper->pending_us = INT64_MAX;
	tell_loss(keeper, now);
}
