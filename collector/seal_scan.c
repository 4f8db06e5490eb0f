/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the journals: what has come, and the records of one day. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/journal.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "base/reading.h"
#include "collector/seal_parts.h"

static int cannot_read(const struct sealer *sealer, const struct seal_station *station,
        uint64_t epoch, struct problem *why)
{
	if (journal_stranger(sealer->journals, station->name, epoch, why) != OK)
		return FAILED;
	return problem_set(why, FAILED, EXIT_TRY_AGAIN,
	        "%s: journal %016" PRIx64 ": cannot be read: %s", station->name, epoch,
	        strerror(errno));
}

static int no_memory(struct problem *why)
{
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory to seal");
}

/* A journal being read up to some seq. */
struct cursor {
	const struct sealer *sealer;
	struct journal_reader *reader;
	uint64_t end_seq; /* not to be read any more */
	bool damaged;     /* something before it is lost */
};

/* The next record before the end: 1, or 0, also when the job is to end.  Damage is named and passed: what it
 * swallowed stays in the journal, which is never forgotten then. */
static int next_record(struct cursor *cursor, struct journal_entry *entry)
{
	struct problem why = { .text = "" };
	while (!seal_enough(cursor->sealer)) {
		int status = journal_read_next(cursor->reader, entry, &why);
		if (status == 1)
			return entry->seq < cursor->end_seq;
		if (status != MALFORMED)
			return 0;
		cursor->damaged = true;
		log_seldom(LOG_ALERT, why.text, "%s", why.text);
	}
	return 0;
}

int seal_describe(struct seal_station *station, const struct record *record,
        const struct describe **out)
{
	struct reading reading;
	*out = NULL;
	if (record->type != RECORD_READING ||
	        reading_decode(&reading, record->payload, record->payload_size) != OK)
		return OK;
	return shelf_find(&station->shelf, reading.describe, out) != FAILED ? OK
	                                                                    : FAILED;
}

/* ---- what has come ---- */

static int note_one(struct seal_station *station, struct waiting_epoch *epoch,
        const struct journal_entry *entry)
{
	struct arrival arrival = { .stored_us = entry->stored_us };
	uint64_t last;
	int n = record_decode(&arrival.record, entry->record, entry->size);
	assert(n > 0); /* a reader gives sound ones only */
	if (arrival.record.type == RECORD_DESCRIBE) {
		const struct describe *own;
		if (shelf_put(&station->shelf, &arrival.record, &own) == FAILED)
			return FAILED;
		if (own != NULL)
			epoch->origin = (uint8_t)own->origin;
	}
	/* where stamps can be doubted it matters who made them */
	arrival.origin = epoch->origin;
	const struct describe *describe = NULL;
	if (arrival.record.clock == CLOCK_UNSYNCED &&
	        seal_describe(station, &arrival.record, &describe) != OK)
		return FAILED;
	if (describe != NULL)
		arrival.origin = (uint8_t)describe->origin;
	epoch->boot = arrival.record.boot;
	if (waiting_learn(&station->waiting, &arrival) != OK)
		return FAILED;
	if (sealed_has(&station->sealed, epoch->epoch, entry->seq, &last))
		return OK;
	return waiting_note(&station->waiting, epoch, &arrival);
}

int seal_scan(struct sealer *sealer, struct seal_station *station,
        const struct seal_limit *limit, struct problem *why)
{
	struct cursor cursor = { .sealer = sealer, .end_seq = limit->committed_seq };
	struct journal_entry entry;
	struct waiting_epoch *epoch = waiting_epoch(&station->waiting, limit->epoch);
	if (epoch == NULL)
		return no_memory(why);
	if (epoch->noted < limit->first_seq)
		epoch->noted = limit->first_seq;
	if (epoch->noted >= limit->committed_seq)
		return OK;
	int status = journal_read_open(&cursor.reader, sealer->journals, station->name,
	        limit->epoch, epoch->noted);
	if (status != OK)
		return cannot_read(sealer, station, limit->epoch, why);
	while (status == OK && next_record(&cursor, &entry)) {
		status = note_one(station, epoch, &entry);
		if (status == OK)
			epoch->noted = entry.seq + 1;
	}
	journal_read_close(cursor.reader);
	if (status != OK)
		return no_memory(why);
	/* where damage ends a journal nothing follows; where a segment cannot be opened
	 * the rest is there and may be read tomorrow */
	return epoch->noted < limit->committed_seq && !seal_enough(sealer)
	               ? journal_stranger(
	                         sealer->journals, station->name, limit->epoch, why)
	               : OK;
}

/* ---- the records of one day ---- */

/* Does the record belong into the file?  Its corrected time comes too. */
static bool belongs(const struct gather *gather, const struct waiting_epoch *epoch,
        const struct arrival *arrival, int64_t *time_us)
{
	const struct waiting *waiting = &gather->station->waiting;
	const struct seal_job *job = gather->job;
	bool placed = waiting_place(waiting, arrival, time_us) == OK;
	if (gather->day_us != UNPLACED)
		return placed &&
		       day_start(*time_us, waiting->offset_min) == gather->day_us;
	return !placed && (job->all || waiting_is_lost(epoch, arrival->record.boot,
	                                       arrival->stored_us, job->now_us));
}

uint8_t seal_transport(const struct arrival *arrival, uint8_t origin, int64_t time_us)
{
	if (origin == ORIGIN_IMPORT)
		return TRANSPORT_IMPORT;
	return arrival->stored_us - time_us > SEAL_GRACE_US ? TRANSPORT_LATE
	                                                    : TRANSPORT_LIVE;
}

static int gather_one(struct gather *gather, const struct waiting_epoch *epoch,
        const struct journal_entry *entry, struct stretches *rest, uint8_t origin)
{
	struct arrival arrival = { .stored_us = entry->stored_us, .origin = origin };
	struct seal_station *station = gather->station;
	int64_t time_us;
	int n = record_decode(&arrival.record, entry->record, entry->size);
	assert(n > 0);
	if (!belongs(gather, epoch, &arrival, &time_us))
		return stretches_add(rest, &arrival, station->waiting.offset_min);
	const struct describe *describe;
	if (seal_describe(station, &arrival.record, &describe) != OK)
		return FAILED;
	uint8_t made_by = describe != NULL ? (uint8_t)describe->origin : origin;
	gather->strange += arrival.record.type == RECORD_READING && describe == NULL;
	struct batch_record one = { .record = &arrival.record,
		.bytes = entry->record,
		.size = entry->size,
		.stored_us = entry->stored_us,
		.transport = seal_transport(&arrival, made_by, time_us) };
	return batch_add(&gather->batch, &one);
}

static bool concerns(const struct gather *gather, const struct stretch *stretch)
{
	int offset_min = gather->station->waiting.offset_min;
	int64_t low_us, high_us;
	int status =
	        stretch_place(&gather->station->waiting, stretch, &low_us, &high_us);
	if (gather->day_us == UNPLACED)
		return status == NOT_FOUND;
	return status == OK && day_start(low_us, offset_min) <= gather->day_us &&
	       day_start(high_us, offset_min) >= gather->day_us;
}

/* All of a stretch, or FAILED: a record that cannot be read today must not drop out of
 * what waits. */
static int gather_stretch(struct gather *gather, const struct waiting_epoch *epoch,
        const struct stretch *stretch, struct stretches *rest)
{
	struct cursor cursor = { .sealer = gather->sealer,
		.end_seq = stretch->last + 1 };
	struct journal_entry entry;
	uint64_t next = stretch->first;
	int status = journal_read_open(&cursor.reader, gather->sealer->journals,
	        gather->station->name, epoch->epoch, stretch->first);
	if (status != OK)
		return FAILED;
	journal_read_once(cursor.reader);
	while (status == OK && next <= stretch->last && next_record(&cursor, &entry)) {
		status = gather_one(gather, epoch, &entry, rest, stretch->origin);
		next = entry.seq + 1;
	}
	journal_read_close(cursor.reader);
	bool whole = next > stretch->last ||
	             (cursor.damaged && !seal_enough(gather->sealer));
	if (status == OK && !whole)
		status = FAILED;
	return status;
}

static int copy_stretch(struct stretches *out, const struct stretch *stretch)
{
	if (out->n == out->room) {
		size_t room = out->room > 0 ? 2 * out->room : 4;
		void *more = realloc(out->one, room * sizeof *stretch);
		if (more == NULL)
			return FAILED;
		out->one = more;
		out->room = room;
	}
	out->one[out->n++] = *stretch;
	return OK;
}

static int gather_epoch(struct gather *gather, const struct waiting_epoch *epoch,
        struct stretches *rest)
{
	int status = OK;
	for (size_t i = 0; i < epoch->stretches.n && status == OK; i++) {
		const struct stretch *stretch = &epoch->stretches.one[i];
		if (concerns(gather, stretch))
			status = gather_stretch(gather, epoch, stretch, rest);
		else
			status = copy_stretch(rest, stretch);
	}
	return status;
}

int gather_run(struct gather *gather, struct problem *why)
{
	const struct waiting *waiting = &gather->station->waiting;
	gather->rest = calloc(waiting->n + 1, sizeof *gather->rest);
	if (gather->rest == NULL)
		return no_memory(why);
	for (size_t i = 0; i < waiting->n; i++)
		if (gather_epoch(gather, &waiting->epoch[i], &gather->rest[i]) != OK)
			return cannot_read(gather->sealer, gather->station,
			        waiting->epoch[i].epoch, why);
	return OK;
}

void gather_settle(struct gather *gather)
{
	struct waiting *waiting = &gather->station->waiting;
	for (size_t i = 0; i < waiting->n; i++) {
		free(waiting->epoch[i].stretches.one);
		waiting->epoch[i].stretches = gather->rest[i];
		gather->rest[i] = (struct stretches){ .n = 0 };
	}
}

void gather_free(struct gather *gather)
{
	for (size_t i = 0; gather->rest != NULL && i < gather->station->waiting.n; i++)
		free(gather->rest[i].one);
	free(gather->rest);
	batch_free(&gather->batch);
}
