/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Journals are guarded by check sums alone, which whoever writes to the folder can make
 * right.  Where a sealed file is not sound, the journal's records in its place count only if
 * the root over them is that of its line in the seal list; else none that may be its own.
 *
 * Which these are the collector's notes tell, or else the day they lie in.  Neither is
 * believed: only the root is.
 *
 * Cost: none while the files asked for are sound.  Else, once per reader and line, the
 * notes are read, and the journal from the line's first record to its last (if they do not
 * prove it also the blocks that reach into its day), one SHA-256 per record; and each record
 * of a walk is looked up in the lines of its stretch that are not sound.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/reader_inside.h"
#include "base/legal_time.h"

#define ALL_TYPES (~0u)

/* A line whose file is not sound. */
struct doubted {
	size_t i;       /* in the seal list */
	int64_t day_us; /* INT64_MIN: unplaced */
};

/* What a walk passes on, and what it leaves out. */
struct sieve {
	struct stock *stock;
	struct station *station;
	const struct stretch *stretch;
	const struct journal_visitor *visitor;
	struct placing placing;
	size_t n;
	struct doubted *line;
};

static bool is_in_day(int64_t time_us, int64_t day_us)
{
	return day_us != INT64_MIN && time_us >= day_us &&
	       time_us < day_us + US_PER_DAY;
}

/* By all that is known now, as sealing places it. */
static bool place(struct stock *stock, const struct placing *placing,
        const struct journal_found *found, int64_t *time_us)
{
	const struct arrived arrived = { .stamp = stamp_of(found->record),
		.stored_us = found->stored_us,
		.origin = stock_origin(stock, found->record, found->origin) };
	*time_us = found->record->time_us;
	return found->record->clock != CLOCK_UNSYNCED ||
	       placing_place(placing, &arrived, time_us) == OK;
}

/* ---- by the notes ---- */

/* From where the reader stands.  OK, or NOT_FOUND: one of them is not there. */
static int range_add(struct proof_tree *tree, struct journal_reader *reader,
        const struct sealed_range *range)
{
	struct journal_entry entry;
	struct problem why;
	for (uint64_t seq = range->first;;) {
		int next = journal_read_next(reader, &entry, &why);
		if (next != 1 && next != MALFORMED)
			return NOT_FOUND;
		if (next == MALFORMED || entry.seq < seq)
			continue;
		if (entry.seq != seq)
			return NOT_FOUND;
		proof_tree_add(tree, entry.record, entry.size);
		if (seq++ == range->last)
			return OK;
	}
}

static int ranges_add(struct proof_tree *tree, const struct stock *stock,
        const struct station *station, const struct file_note *note)
{
	char folder[ARCHIVE_PATH];
	struct journal_reader *reader = NULL;
	int status = OK;
	snprintf(folder, sizeof folder, "%.4000s/journal", stock->dir);
	for (size_t k = 0; k < note->n_ranges && status == OK; k++) {
		const struct sealed_range *range = &note->range[k];
		if (k == 0 || range->epoch != range[-1].epoch) {
			journal_read_close(reader);
			status = journal_read_open(&reader, folder, station->id,
			        range->epoch, range->first);
		}
		if (status == OK)
			status = range_add(tree, reader, range);
	}
	journal_read_close(reader);
	return status;
}

static bool is_root(struct proof_tree *tree, const struct seal *seal)
{
	uint8_t root[DIGEST_SIZE];
	bool all = tree->n == seal->records;
	proof_tree_root(tree, root);
	return all && memcmp(root, seal->root, sizeof root) == 0;
}

static int prove_by_notes(struct stock *stock, const struct station *station, size_t i)
{
	struct file_note *note = &stock->file[i];
	const struct seal *seal = &stock->seals.seal[i];
	struct proof_tree tree;
	if (sealed_ranges_of(stock->dir, station->id, seal->file, &note->range,
	            &note->n_ranges) != OK)
		return OK;
	if (proof_tree_start(&tree) != OK)
		return FAILED;
	int status = ranges_add(&tree, stock, station, note);
	note->proved = is_root(&tree, seal) && status == OK;
	return OK;
}

/* ---- by the day ---- */

struct day_search {
	struct stock *stock;
	struct placing placing;
	int64_t day_us;
	int64_t after_us,
	        until_us; /* stored: since an earlier file of the day was sealed */
	struct proof_tree tree;
	struct sealed_ranges ranges;
};

static int day_add(void *with, const struct journal_found *found)
{
	struct day_search *search = with;
	int64_t time_us;
	if (found->stored_us <= search->after_us ||
	        found->stored_us > search->until_us ||
	        !place(search->stock, &search->placing, found, &time_us) ||
	        !is_in_day(time_us, search->day_us))
		return OK;
	proof_tree_add(&search->tree, found->bytes, found->size);
	return sealed_ranges_grow(
	        &search->ranges, found->record->epoch, found->record->seq);
}

static int by_epoch(const void *left, const void *right)
{
	const struct journal_stock *a = left, *b = right;
	return (a->epoch > b->epoch) - (a->epoch < b->epoch);
}

/* The journals in the order of the leaves. */
static int day_walk(
        struct stock *stock, const struct station *station, struct day_search *search)
{
	struct station sorted = *station;
	const struct stretch day = { search->day_us, search->day_us + US_PER_DAY,
		ALL_TYPES };
	const struct journal_visitor visitor = { .each = day_add, .with = search };
	size_t size = station->n_journals * sizeof *sorted.journal;
	sorted.journal = malloc(size + 1);
	if (sorted.journal == NULL)
		return FAILED;
	if (size > 0)
		memcpy(sorted.journal, station->journal, size);
	qsort(sorted.journal, sorted.n_journals, sizeof *sorted.journal, by_epoch);
	int status = stock_journal_walk(stock, &sorted, &day, &visitor);
	free(sorted.journal);
	return status;
}

static int64_t sealed_before(const struct stock *stock, size_t i)
{
	const struct seal *seal = stock->seals.seal;
	int64_t before_us = INT64_MIN;
	for (size_t k = 0; k < i; k++)
		if (strcmp(seal[k].date, seal[i].date) == 0 &&
		        strcmp(seal[k].station, seal[i].station) == 0)
			before_us = seal[k].sealed_us;
	return before_us;
}

static int prove_by_day(struct stock *stock, const struct station *station, size_t i)
{
	struct file_note *note = &stock->file[i];
	const struct seal *seal = &stock->seals.seal[i];
	struct day_search search = { .stock = stock,
		.day_us = stock_day(stock, i),
		.after_us = sealed_before(stock, i),
		.until_us = seal->sealed_us };
	if (proof_tree_start(&search.tree) != OK)
		return FAILED;
	int status = station_placing(station, 0, &search.placing);
	if (status == OK)
		status = day_walk(stock, station, &search);
	note->proved = is_root(&search.tree, seal) && status == OK;
	if (note->proved) {
		free(note->range);
		note->range = search.ranges.one;
		note->n_ranges = search.ranges.n;
	} else {
		free(search.ranges.one);
	}
	placing_free(&search.placing);
	return status;
}

/* OK, or FAILED: no memory. */
static int prove(struct stock *stock, const struct station *station, size_t i)
{
	struct file_note *note = &stock->file[i];
	if (note->asked)
		return OK;
	int status = prove_by_notes(stock, station, i);
	if (status == OK && !note->proved && stock_day(stock, i) != INT64_MIN)
		status = prove_by_day(stock, station, i);
	note->asked = status == OK;
	return status;
}

/* ---- what is left out ---- */

static void tell(struct stock *stock, size_t i)
{
	struct file_note *note = &stock->file[i];
	if (note->told)
		return;
	note->told = true;
	remarks_add(note->ordered ? &stock->taken : &stock->problems,
	        "%s/%s: the records in the journal are not, or not all, those that "
	        "were sealed in it: they are left out; look for a copy of the file, or "
	        "of the journal",
	        stock->dir, stock->seals.seal[i].path);
}

static bool holds(const struct file_note *note, const struct record *record)
{
	for (size_t k = 0; k < note->n_ranges; k++)
		if (note->range[k].epoch == record->epoch &&
		        note->range[k].first <= record->seq &&
		        record->seq <= note->range[k].last)
			return true;
	return false;
}

/* May the record be one of the line's?  Also by its stamp, which counts again for whoever
 * asks as of an earlier time; and what nobody can place may be of any day. */
static bool may_be_of(const struct doubted *line, const struct record *record,
        bool placed, int64_t time_us)
{
	return !placed || is_in_day(time_us, line->day_us) ||
	       is_in_day(record->time_us, line->day_us);
}

static int sift(void *with, const struct journal_found *found)
{
	struct sieve *sieve = with;
	struct stock *stock = sieve->stock;
	const struct doubted *out = NULL;
	int64_t time_us;
	bool placed = place(stock, &sieve->placing, found, &time_us);
	for (size_t k = 0; k < sieve->n; k++) {
		const struct doubted *line = &sieve->line[k];
		const struct file_note *note = &stock->file[line->i];
		bool held = holds(note, found->record);
		if (held && note->proved) {
			out = NULL;
			break;
		}
		if (!note->proved &&
		        (held || may_be_of(line, found->record, placed, time_us)))
			out = line;
	}
	if (out == NULL)
		return sieve->visitor->each(sieve->visitor->with, found);
	tell(stock, out->i);
	return OK;
}

/* The CLOCK records of sealed files that can still place what is not: all of them now, so
 * that nothing is placed in a day behind our back.  OK or FAILED. */
static int look_ahead(
        struct stock *stock, struct station *station, const struct stretch *stretch)
{
	int more;
	do
		more = stock_look_ahead(stock, station, stretch->from_us);
	while (more > 0);
	return more;
}

/* Is there a record in the journals that may lie in the day (INT64_MIN: whose clock was not
 * set)? */
static bool is_reached(const struct station *station, int64_t day_us)
{
	for (size_t i = 0; i < station->n_journals; i++) {
		const struct journal_stock *journal = &station->journal[i];
		for (size_t k = 0; k < journal->n; k++) {
			const struct block *block = &journal->block[k];
			if (block->unsynced ||
			        (day_us != INT64_MIN && block->high_us >= day_us &&
			                block->low_us < day_us + US_PER_DAY))
				return true;
		}
	}
	return false;
}

static int line_take(struct sieve *sieve, size_t i)
{
	int64_t day_us = stock_day(sieve->stock, i);
	if (!is_reached(sieve->station, day_us))
		return OK;
	if (sieve->n == 0 && is_reached(sieve->station, INT64_MIN) &&
	        look_ahead(sieve->stock, sieve->station, sieve->stretch) != OK)
		return FAILED;
	void *more = realloc(sieve->line, (sieve->n + 1) * sizeof *sieve->line);
	if (more == NULL)
		return FAILED;
	sieve->line = more;
	sieve->line[sieve->n++] = (struct doubted){ i, day_us };
	return prove(sieve->stock, sieve->station, i);
}

int stock_journal_proved(struct stock *stock, struct station *station,
        const struct stretch *stretch, const struct journal_visitor *visitor)
{
	struct sieve sieve = { .stock = stock,
		.station = station,
		.stretch = stretch,
		.visitor = visitor };
	const struct journal_visitor sifting = { .each = sift, .with = &sieve };
	int status = OK;
	for (size_t i = 0; i < stock->seals.n && status == OK; i++)
		if (stock->file[i].hashed && !stock->file[i].sound &&
		        stock_overlaps(stock, i, station->id, stretch))
			status = line_take(&sieve, i);
	if (status == OK && sieve.n > 0)
		status = station_placing(station, 0, &sieve.placing);
	if (status == OK)
		status = stock_journal_walk(
		        stock, station, stretch, sieve.n > 0 ? &sifting : visitor);
	placing_free(&sieve.placing);
	free(sieve.line);
	return status;
}
