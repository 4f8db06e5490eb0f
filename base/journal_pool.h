/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Room kept for the journal, so that nobody else can fill its disk before it needs it:
 *
 *   <folder>/reserve/<number, 8 digits>.free      all zeros, one segment long each
 *
 * A new segment is such a file under a new name; a file that ever held data never comes
 * back, so that no old record can stand in a new segment.  What segments of all
 * sources and epochs below the folder take, and what is set aside, make up `room`
 * together.  Copies in the quarantine are neither: they take what else the disk has.
 *
 * Where the file system cannot set room aside (fallocate), only its free space is
 * looked at.
 */
#ifndef BASE_JOURNAL_POOL_H
#define BASE_JOURNAL_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/journal.h"
#include "base/status.h"

struct journal_pool;

struct journal_pool_options {
	const char *folder;    /* the journal's */
	uint64_t room;         /* bytes of the whole journal, at most */
	uint32_t segment_size; /* 0: JOURNAL_SEGMENT */
	double keep_s;         /* what the room is for: only said in the problem */
	const struct journal_system *system; /* NULL: the real one */
};

/* Set the room aside, whatever stood there before: what a crash left unfinished is made
 * anew.  OK; FULL: the disk cannot hold it (EXIT_CONFIG; needed and free bytes, and the
 * cure); or FAILED. */
int journal_pool_open(struct journal_pool **out,
        const struct journal_pool_options *options, struct problem *why);
void journal_pool_close(struct journal_pool *pool);

/* The same question without setting anything aside, and in the same words: can the disk
 * of `folder` (which need not be there yet) hold it?  OK, FULL or FAILED. */
int journal_pool_check(const struct journal_pool_options *options, struct problem *why);

/* Set aside what is missing, at most `most` segments in one go (0: all).  Segments set
 * aside now, FULL or FAILED (then what could be had is). */
int journal_pool_fill(struct journal_pool *pool, size_t most);

/* Segments that may still be begun within the room; below 0: the journal has outgrown
 * it. */
int64_t journal_pool_left(const struct journal_pool *pool);

/* Segments of the whole room. */
uint64_t journal_pool_segments(const struct journal_pool *pool);

/* So many segments fewer are in use (they were removed). */
void journal_pool_removed(struct journal_pool *pool, uint64_t segments);

/* ---- for the journal ---- */

/* Move a file of `segment_size` out of the pool to `name` in a folder; or back, one
 * that has never been written to.  OK, NOT_FOUND (none is left, or another size is
 * wanted) or FAILED. */
int journal_pool_take(
        struct journal_pool *pool, int folder, const char *name, uint32_t segment_size);
/* A segment was begun on the disk's free space. */
void journal_pool_added(struct journal_pool *pool);
int journal_pool_give(struct journal_pool *pool, int folder, const char *name);

#endif
