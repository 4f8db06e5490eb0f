/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The open part of an archive: the collector's journals, read beside their writer. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/reader_inside.h"
#include "base/legal_time.h"

#define MOST_EPOCHS 4096

static void folder_of(const struct stock *stock, char out[ARCHIVE_PATH])
{
	snprintf(out, ARCHIVE_PATH, "%.4000s/journal", stock->dir);
}

/* ---- taking stock ---- */

static struct block *block_add(struct journal_stock *journal, uint64_t seq)
{
	if (journal->n == journal->room) {
		size_t room = journal->room > 0 ? 2 * journal->room : 16;
		void *more = realloc(journal->block, room * sizeof *journal->block);
		if (more == NULL)
			return NULL;
		journal->block = more;
		journal->room = room;
	}
	struct block *block = &journal->block[journal->n++];
	*block = (struct block){
		.first_seq = seq, .low_us = INT64_MAX, .high_us = INT64_MIN
	};
	return block;
}

static int block_note(struct journal_stock *journal, const struct record *record)
{
	struct block *block = journal->n > 0 ? &journal->block[journal->n - 1] : NULL;
	if (block == NULL || record->seq - block->first_seq >= BLOCK_RECORDS)
		block = block_add(journal, record->seq);
	if (block == NULL)
		return FAILED;
	if (record->time_us < block->low_us)
		block->low_us = record->time_us;
	if (record->time_us > block->high_us)
		block->high_us = record->time_us;
	block->types |= 1u << record->type;
	block->unsynced = block->unsynced || record->clock == CLOCK_UNSYNCED;
	return OK;
}

/* By what the DESCRIBEs before a record said. */
static uint8_t origin_at(const struct journal_stock *journal, uint64_t seq)
{
	size_t i = journal->n_origins;
	while (i > 0 && journal->origin[i - 1].seq > seq)
		i--;
	return i > 0 ? journal->origin[i - 1].origin : (uint8_t)ORIGIN_INSTRUMENT;
}

static int origin_note(struct journal_stock *journal, uint64_t seq, uint8_t origin)
{
	if (origin_at(journal, seq) == origin)
		return OK;
	if (journal->n_origins == journal->origins_room) {
		size_t room = journal->origins_room > 0 ? 2 * journal->origins_room : 4;
		void *more = realloc(journal->origin, room * sizeof *journal->origin);
		if (more == NULL)
			return FAILED;
		journal->origin = more;
		journal->origins_room = room;
	}
	journal->origin[journal->n_origins++] =
	        (struct origin_note){ .seq = seq, .origin = origin };
	return OK;
}

static int describe_note(
        struct stock *stock, struct station *station, struct journal_found *found)
{
	struct problem why;
	struct describe *decoded;
	const struct record *record = found->record;
	struct journal_stock *journal = &station->journal[station->n_journals - 1];
	if (describe_decode(&decoded, record->payload, record->payload_size, &why) !=
	        OK) {
		remarks_add(&stock->problems, "%s: DESCRIBE seq %" PRIu64 ": %.300s",
		        station->id, record->seq, why.text);
		return OK;
	}
	const struct describe *describe = stock_keep(stock, decoded);
	if (describe == NULL)
		return FAILED;
	found->origin = (uint8_t)describe->origin;
	if (origin_note(journal, record->seq, found->origin) != OK)
		return FAILED;
	return record->clock == CLOCK_UNSYNCED
	               ? unset_note(station, found, describe)
	               : station_note(station, describe, record->time_us);
}

/* What it says of a clock that was never set is learned here, in the pass that is made
 * when the archive is opened, and costs a synchronised cabinet nothing. */
static int unsynced_note(
        struct stock *stock, struct station *station, struct journal_found *found)
{
	const struct stamp stamp = stamp_of(found->record);
	int status = placing_witness(&station->seen, &stamp, found->stored_us);
	if (status != OK || found->record->type != RECORD_READING)
		return status;
	found->origin = stock_origin(stock, found->record, found->origin);
	return unset_note(station, found, NULL);
}

static int by_type(
        struct stock *stock, struct station *station, struct journal_found *found)
{
	const struct record *record = found->record;
	int status = record->clock == CLOCK_UNSYNCED
	                     ? unsynced_note(stock, station, found)
	                     : OK;
	if (status != OK)
		return status;
	if (record->type == RECORD_DESCRIBE)
		return describe_note(stock, station, found);
	if (record->type == RECORD_CLOCK)
		return station_note_clock(station, record, found->stored_us);
	if (record->type == RECORD_READING && record->clock != CLOCK_UNSYNCED)
		station_widen(station, record->time_us, record->time_us);
	return OK;
}

static int record_note(
        struct stock *stock, struct station *station, const struct journal_entry *entry)
{
	struct record record;
	if (record_decode(&record, entry->record, entry->size) != (int)entry->size) {
		remarks_add(&stock->problems,
		        "%s: journal seq %" PRIu64 " is no record", station->id,
		        entry->seq);
		return OK;
	}
	struct journal_stock *journal = &station->journal[station->n_journals - 1];
	journal->last_seq = record.seq;
	if (block_note(journal, &record) != OK)
		return FAILED;
	struct journal_found found = { .record = &record,
		.bytes = entry->record,
		.size = entry->size,
		.stored_us = entry->stored_us,
		.origin = origin_at(journal, record.seq) };
	return by_type(stock, station, &found);
}

/* What a passage hands over, and whose it is. */
struct taking {
	struct stock *stock;
	struct station *station;
};

static int taking_each(void *with, const struct journal_entry *entry)
{
	const struct taking *taking = with;
	return record_note(taking->stock, taking->station, entry);
}

static int journal_stock(struct stock *stock, struct station *station, uint64_t epoch)
{
	char folder[ARCHIVE_PATH];
	struct taking taking = { stock, station };
	folder_of(stock, folder);
	void *more = realloc(
	        station->journal, (station->n_journals + 1) * sizeof *station->journal);
	if (more == NULL)
		return FAILED;
	station->journal = more;
	station->journal[station->n_journals++] =
	        (struct journal_stock){ .epoch = epoch };
	struct passage passage = { .stock = stock,
		.folder = folder,
		.source = station->id,
		.epoch = epoch,
		.end_seq = UINT64_MAX,
		.each = taking_each,
		.with = &taking };
	return passage_walk(&passage);
}

/* Epochs whose folder cannot be looked into: nothing of them is read. */
static void shut_remark(
        struct stock *stock, const struct station *station, uint64_t *epoch)
{
	char folder[ARCHIVE_PATH], path[2 * ARCHIVE_PATH];
	struct problem why;
	folder_of(stock, folder);
	int n = journal_epochs_shut(folder, station->id, epoch, MOST_EPOCHS);
	for (int i = 0; i < n; i++) {
		if (journal_stranger(folder, station->id, epoch[i], &why) == OK)
			continue;
		snprintf(path, sizeof path, "%s/%s/%016" PRIx64, folder, station->id,
		        epoch[i]);
		remarks_of(
		        &stock->problems, path, "%s; nothing of it is read", why.text);
	}
}

int stock_journals(struct stock *stock, struct station *station)
{
	char folder[ARCHIVE_PATH];
	uint64_t *epoch = calloc(MOST_EPOCHS, sizeof *epoch);
	int status = OK;
	if (epoch == NULL)
		return FAILED;
	folder_of(stock, folder);
	int n = journal_epochs(folder, station->id, epoch, MOST_EPOCHS);
	for (int i = 0; i < n && status == OK; i++)
		status = journal_stock(stock, station, epoch[i]);
	shut_remark(stock, station, epoch);
	free(epoch);
	int settled = unset_settle(station);
	return status == OK ? settled : status;
}

/* ---- reading again ---- */

static bool block_wanted(const struct block *block, const struct stretch *stretch)
{
	if ((block->types & stretch->types) == 0)
		return false;
	return block->unsynced ||
	       (block->low_us < stretch->to_us && block->high_us >= stretch->from_us);
}

/* A walk through a journal again. */
struct again {
	const struct journal_stock *journal;
	unsigned types;
	const struct journal_visitor *visitor;
};

static int entry_visit(void *with, const struct journal_entry *entry)
{
	const struct again *again = with;
	struct record record;
	if (record_decode(&record, entry->record, entry->size) != (int)entry->size ||
	        (again->types & 1u << record.type) == 0)
		return OK;
	const struct journal_found found = { .record = &record,
		.bytes = entry->record,
		.size = entry->size,
		.stored_us = entry->stored_us,
		.origin = origin_at(again->journal, record.seq) };
	return again->visitor->each(again->visitor->with, &found);
}

/* Blocks [first, last] of a journal, and nothing that came after stock was taken. */
static int blocks_walk(struct stock *stock, const struct station *station,
        const size_t span[2], struct again *again)
{
	const struct journal_stock *journal = again->journal;
	char folder[ARCHIVE_PATH];
	folder_of(stock, folder);
	struct passage passage = { .stock = stock,
		.folder = folder,
		.source = station->id,
		.epoch = journal->epoch,
		.from_seq = journal->block[span[0]].first_seq,
		.end_seq = span[1] + 1 < journal->n
		                   ? journal->block[span[1] + 1].first_seq
		                   : journal->last_seq + 1,
		.each = entry_visit,
		.with = again };
	return passage_walk(&passage);
}

int stock_journal_walk(struct stock *stock, struct station *station,
        const struct stretch *stretch, const struct journal_visitor *visitor)
{
	int status = OK;
	for (size_t i = 0; i < station->n_journals; i++) {
		const struct journal_stock *journal = &station->journal[i];
		struct again again = { journal, stretch->types, visitor };
		for (size_t k = 0; k < journal->n && status == OK; k++) {
			if (!block_wanted(&journal->block[k], stretch))
				continue;
			size_t span[2] = { k, k };
			while (span[1] + 1 < journal->n &&
			        block_wanted(&journal->block[span[1] + 1], stretch))
				span[1]++;
			status = blocks_walk(stock, station, span, &again);
			k = span[1];
		}
	}
	return status;
}
