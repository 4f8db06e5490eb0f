/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recovery of a journal at open: needs no person, asks nothing, never refuses to
 * start. */
#include "base/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct recover {
	struct journal *journal;
	struct journal_recovery *recovery;
	uint64_t *list; /* first seqs of the segments */
	size_t n;
	struct walk walk;
	uint64_t lost; /* records in holes that no header tells */
};

static int open_segment(struct recover *recover, size_t i)
{
	const struct segment_place place = {
		.folder = recover->journal->folder,
		.source = recover->journal->source,
		.epoch = recover->journal->epoch,
		.list = recover->list,
		.n = recover->n,
		.i = i,
	};
	recover->walk.offset = JOURNAL_HEADER;
	recover->walk.damaged = false;
	return window_open(&recover->walk.window, &place);
}

static void remove_segment(struct recover *recover, size_t i)
{
	char name[SEGMENT_NAME];
	segment_name(recover->list[i], name);
	recover->journal->system->remove(recover->journal->folder, name);
}

/* Walk on until the segment ends; records found. */
static uint64_t walk_through(struct recover *recover, uint64_t limit)
{
	struct journal_recovery *recovery = recover->recovery;
	struct found found;
	struct hole hole;
	uint64_t records = 0;
	int status;
	while ((status = walk_step(&recover->walk, limit, &found, &hole)) != 0) {
		if (status == 1) {
			records++;
			continue;
		}
		if (recovery->missing == 0)
			recovery->first_missing = hole.first;
		recovery->last_missing = hole.last;
		recovery->missing += hole.last - hole.first + 1;
		if (!hole_never_came(recover->journal->folder, limit, &hole))
			recover->lost += hole.last - hole.first + 1;
	}
	recovery->records += records;
	return records;
}

/* Lay a copy aside, and note where that could not be done: people are told. */
static int lay_aside(struct recover *recover, const struct quarantine *part)
{
	errno = 0;
	int status = quarantine_put(recover->journal, &recover->walk.window, part);
	if (status != OK)
		recover->recovery->uncopied = errno != 0 ? errno : EIO;
	return status;
}

/* Lay a copy of the whole segment aside, once; the segment itself stays where it is. */
static void note_damage(struct recover *recover, size_t i)
{
	struct window *window = &recover->walk.window;
	recover->recovery->damaged_segments++;
	const struct quarantine whole = {
		.what = "log",
		.first_seq = recover->list[i],
		.to = window->size,
		.once = true,
	};
	if (window->size > 0)
		lay_aside(recover, &whole);
}

static void scan_older(struct recover *recover, size_t i)
{
	struct walk *walk = &recover->walk;
	struct journal_recovery before = *recover->recovery;
	uint64_t limit = recover->list[i + 1];
	uint64_t lost = recover->lost;
	errno = 0;
	if (open_segment(recover, i) == FAILED)
		recover->recovery->uncopied = errno;
	uint64_t records = walk_through(recover, limit);
	if (walk->damaged || recover->lost > lost) {
		note_damage(recover, i);
		return;
	}
	/* The empty first segment of a journal that was then told to begin further
	 * on. */
	if (i == 0 && records == 0 && walk->window.header_sound) {
		*recover->recovery = before;
		remove_segment(recover, i);
		recover->journal->first_seq = limit;
	}
}

/* A newest segment in which there is neither a header nor an entry: an empty one never
 * existed, any other had a header before it had its name, and was damaged since. */
static void drop_unborn(struct recover *recover)
{
	while (recover->n > 0) {
		struct window *window = &recover->walk.window;
		size_t i = recover->n - 1;
		if (open_segment(recover, i) != OK || window->known)
			return;
		const struct quarantine whole = {
			.what = "log",
			.first_seq = recover->list[i],
			.to = window->unread ? window->size : window_used(window, 0),
		};
		if (whole.to > 0 && lay_aside(recover, &whole) != OK)
			return;
		recover->recovery->damaged_segments += window->size > 0;
		recover->recovery->end_unknown |= window->size > 0;
		remove_segment(recover, i);
		recover->n--;
	}
}

/* Is there proof that what should stand at `at` was durable once: a commit begun behind
 * it? */
static bool was_committed(struct recover *recover, uint64_t at)
{
	struct found found;
	while (window_search(&recover->walk.window, at, &found) == 1) {
		if (found.begins && found.entry.seq >= recover->walk.expected)
			return true;
		at = found.offset + found.size;
	}
	return false;
}

static int write_zeros(struct journal *journal, uint64_t from, uint64_t to)
{
	static const uint8_t zeros[4096];
	int status = OK;
	while (from < to && status == OK) {
		size_t n =
		        to - from < sizeof zeros ? (size_t)(to - from) : sizeof zeros;
		status = journal_write(journal->system, journal->fd, zeros, n, from);
		from += n;
	}
	return status;
}

/* A torn tail goes to quarantine and becomes zeros to its very end: what it holds must
 * not validate behind the entries that will be written over its beginning.  Where that
 * cannot be done the segment is left as it is, and a new one is begun. */
static void cut_tail(struct recover *recover, uint64_t used)
{
	struct journal *journal = recover->journal;
	const struct quarantine tail = {
		.what = "torn",
		.first_seq = recover->list[recover->n - 1],
		.from = recover->walk.offset,
		.to = used,
	};
	recover->recovery->torn_bytes += tail.to - tail.from;
	if (lay_aside(recover, &tail) != OK ||
	        write_zeros(journal, tail.from, tail.to) != OK)
		journal->failed = true;
}

/* What this reads may stand in memory only: the process before may have died between
 * write and sync, or its sync failed.  Write the last group again, so that the sync
 * below covers it. */
static void make_durable(struct recover *recover)
{
	struct journal *journal = recover->journal;
	uint64_t end = recover->walk.offset, at = JOURNAL_HEADER;
	if (end > at + JOURNAL_GROUP)
		at = (end - JOURNAL_GROUP) / 4096 * 4096;
	while (at < end && !journal->failed) {
		size_t n = end - at < 4096 ? (size_t)(end - at) : 4096;
		const uint8_t *in = window_bytes(&recover->walk.window, at, n);
		if (journal_write(journal->system, journal->fd, in, n, at) != OK)
			journal->failed = true;
		at += n;
	}
	if (journal->system->sync(journal->fd) != 0 ||
	        journal->system->sync_all(journal->folder) != 0)
		journal->failed = true;
}

/* Take what is sound of the newest segment, and settle what stands behind it: damage of
 * what was durable stays as it is, with what is sound behind that; a torn write goes.  OK,
 * or FAILED: it cannot be opened, and what stands in it is not known. */
static int scan_newest(struct recover *recover)
{
	struct walk *walk = &recover->walk;
	if (open_segment(recover, recover->n - 1) != OK)
		return FAILED;
	walk_through(recover, LIMIT_NEWEST);
	uint64_t used = window_used(&walk->window, walk->offset);
	bool rest = used > walk->offset;
	bool lost = rest && was_committed(recover, walk->offset);
	recover->recovery->end_unknown |= walk->window.unread || !walk->window.known;
	if (lost || walk->window.unread || !walk->window.header_sound) {
		/* nothing is written over what is damaged, or cannot be read */
		recover->journal->failed = true;
		note_damage(recover, recover->n - 1);
	}
	if (lost)
		walk_through(recover, LIMIT_NONE);
	else if (rest && !walk->window.unread)
		cut_tail(recover, used);
	return OK;
}

static int take_newest(struct recover *recover)
{
	struct journal *journal = recover->journal;
	struct window *window = &recover->walk.window;
	char name[SEGMENT_NAME];
	/* what is no file is not opened for writing */
	if (open_segment(recover, recover->n - 1) == FAILED)
		return FAILED;
	segment_name(recover->list[recover->n - 1], name);
	journal->fd = journal->system->open(journal->folder, name, O_RDWR | O_CLOEXEC);
	if (journal->fd < 0)
		return journal_status();
	if (scan_newest(recover) != OK)
		return FAILED;
	make_durable(recover);
	journal->segment = window->segment;
	journal->size = window->size;
	journal->spare_at = window->size / 2;
	journal->offset = recover->walk.offset;
	journal->next_seq = journal->committed_seq = recover->walk.expected;
	/* Readers in other processes stop at damage in the newest segment: let there be
	 * a newer one. */
	if (journal->failed)
		journal_begin(journal, journal->committed_seq);
	return OK;
}

static int recover_all(struct recover *recover, uint32_t scan_segments)
{
	struct journal *journal = recover->journal;
	drop_unborn(recover);
	if (recover->n == 0)
		return NOT_FOUND;
	size_t start = 0;
	if (scan_segments > 0 && recover->n > scan_segments)
		start = recover->n - scan_segments;
	journal->first_seq = recover->list[0];
	recover->recovery->records = recover->list[start] - recover->list[0];
	recover->walk.expected = recover->list[start];
	for (size_t i = start; i + 1 < recover->n; i++)
		scan_older(recover, i);
	return take_newest(recover);
}

int journal_recover(struct journal *journal, const struct journal_options *options,
        struct journal_recovery *recovery)
{
	struct recover recover = {
		.journal = journal,
		.recovery = recovery,
	};
	if (window_init(&recover.walk.window) != OK)
		return FAILED;
	journal->system->remove(journal->folder, SPARE_NAME);
	journal->system->remove(journal->folder, PROBE_NAME);
	int n = segment_list(journal->folder, &recover.list), status = n;
	if (n >= 0) {
		recover.n = (size_t)n;
		status = recover_all(&recover, options->scan_segments);
	}
	int saved = errno;
	if (n > 0)
		free(recover.list);
	window_free(&recover.walk.window);
	errno = saved;
	return status;
}
