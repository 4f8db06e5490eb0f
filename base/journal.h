/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The append-only checksummed file of records: the same code in the cabinet and at the
 * collector.  docs/quantrac-journal.md describes it for strangers.  One journal holds
 * the records of one (source, epoch), seq gapless, in segments
 *
 *   <folder>/<source>/<epoch, 16 hex digits>/<first seq, 20 digits>.log
 *
 * allocated ahead in full (4 MiB) so that a full disk shows at rotation and never
 * inside a record.
 *
 * Segment header, 64 bytes, little-endian:
 *   0 "QTJ1"  4 version u16 = 1  6 reserved u16  8 source 16 bytes  24 epoch u64
 *  32 segment number u64  40 first seq u64  48 created_us i64  56 reserved u32  60 crc32c of 0..59
 * Entry, padded with zeros to 8 bytes:
 *   0 crc32c u32 of bytes 4..16+length, seeded with crc32c(epoch, segment number)
 *   4 length u16 of the record   6 flags u16: 1 = first entry of a commit, else 0
 *   8 stored_us i64: when this journal took it in   16 the record
 * A length of 0 ends the segment.  The seed keeps a record of an older file in recycled
 * blocks from ever validating.  A commit begins only when the one before it is durable,
 * so a sound first entry of a commit behind a damaged entry proves that the damaged one
 * was durable once: no torn write.
 *
 * After a failed write the group is written again at the head of a new segment: an
 * entry whose seq was seen already is a repetition, and readers and recovery skip it.
 */
#ifndef BASE_JOURNAL_H
#define BASE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "base/status.h"

#define JOURNAL_SEGMENT       (4u << 20)
#define JOURNAL_SEGMENT_LEAST (64u << 10)
#define JOURNAL_HEADER        64
#define JOURNAL_ENTRY         16
#define JOURNAL_GROUP         (1u << 20) /* most bytes gathered before a commit is needed */

struct journal;

/* Room in which many journals of one thread gather in turns, where one for each would
 * be too much: `most` groups. */
struct journal_groups;
int journal_groups_new(struct journal_groups **out, size_t most); /* OK, FAILED */
void journal_groups_free(struct journal_groups *groups); /* all given back before */

struct journal_system; /* base/journal_file.h */
struct journal_pool;   /* base/journal_pool.h */

struct journal_options {
	const char *folder;
	const char *source;
	/* 0: the newest on disk, or a new random one if there is none */
	uint64_t epoch;
	/* 0: JOURNAL_SEGMENT; never less than JOURNAL_SEGMENT_LEAST */
	uint32_t segment_size;
	/* folder for torn tails and damaged segments; NULL: <folder>/quarantine */
	const char *quarantine;
	int64_t now_us;
	/* only the newest so many are verified when opening; 0: all */
	uint32_t scan_segments;
	/* where new segments are taken from first; NULL: the disk's free space */
	struct journal_pool *pool; /* base/journal_pool.h */
	/* NULL: a group of its own; else it holds one from its first record until that
	 * is committed */
	struct journal_groups *groups;
	/* NULL: the real one; tests make calls fail */
	const struct journal_system *system;
};

/* What opening found; for the log and for `status`. */
struct journal_recovery {
	uint64_t records, torn_bytes, damaged_segments;
	/* from the first hole to the end of the last */
	uint64_t first_missing, last_missing;
	int created;      /* a new epoch was begun */
	uint64_t missing; /* records in all holes together */
	int uncopied;     /* errno: of what was damaged or torn no copy was kept; 0 */
	/* the newest segment cannot be read: nobody knows how far it went */
	bool end_unknown;
};

/* For people: "a copy lies in <quarantine>", or that there is none, and why. */
void journal_copy_text(const struct journal_recovery *recovery, const char *quarantine,
        char *out, size_t room);
/* Which records are missing: "records 5 to 8 are missing", that none is, or that nobody
 * knows.  `next_seq` of the journal as it was opened. */
void journal_loss_text(const struct journal_recovery *recovery, uint64_t next_seq,
        char *out, size_t room);

/* Open and recover; needs no person and asks nothing.  OK, or a problem: FAILED, FULL,
 * or REFUSED when another process has this journal open for writing. */
int journal_open(struct journal **out, const struct journal_options *options,
        struct journal_recovery *recovery, struct problem *why);
void journal_close(struct journal *journal); /* commits first */

const char *journal_source(const struct journal *journal);
uint64_t journal_epoch(const struct journal *journal);
uint64_t journal_first_seq(const struct journal *journal); /* oldest kept */
uint64_t journal_next_seq(const struct journal *journal);  /* of the next append */
/* all below are durable */
uint64_t journal_committed_seq(const struct journal *journal);

/*
 * Take a record in: gathered in memory until journal_commit.  journal_append gives it
 * epoch and seq (writes them into `record`); journal_store takes a record that has them
 * (at the collector) and answers REFUSED unless it is exactly the next.  OK, FULL
 * (commit first, then again; one that has nothing pending waits for another to commit
 * and give its group back) or REFUSED.
 */
int journal_append(struct journal *journal, uint8_t *record, size_t n, int64_t now_us);
int journal_store(
        struct journal *journal, const uint8_t *record, size_t n, int64_t now_us);

/* Bytes gathered and not yet committed. */
size_t journal_pending(const struct journal *journal);

/* One pwrite, one fdatasync, then the records count as committed.  OK, or FAILED/FULL:
 * nothing of the group counts; the file is never synced again and a new segment is
 * begun at the next commit (fsync failure is never retried and trusted); the group
 * stays gathered for it. */
int journal_commit(struct journal *journal);

/* Is the disk good for the next commit?  Begins a new segment where the present one
 * failed or is nearly full.  OK, FAILED or FULL; gathers and commits nothing. */
int journal_mend(struct journal *journal);

/* After a failed commit: may some of what is gathered lie on the disk all the same? */
bool journal_in_doubt(const struct journal *journal);

/* Hand out what is gathered and forget it; its numbers are given again.  Only for what
 * is not in doubt, or before the journal is closed.  Records handed out. */
size_t journal_take_back(struct journal *journal,
        void (*give)(void *with, uint8_t *record, size_t n), void *with);

/* Does the path of the journal lead to another folder by now: its disk went and came
 * back?  1, 0, or FAILED: it leads nowhere, or cannot be looked at. */
int journal_moved(const struct journal *journal);

/* What lies between the next seq and `seq` will never come (the agent has forgotten
 * it): go on at `seq`, in a new segment.  Commits first.  OK, REFUSED (backwards),
 * FAILED or FULL. */
int journal_skip(struct journal *journal, uint64_t seq, int64_t now_us);

/* Forget whole segments that end before `seq` (committed); segments removed. */
int journal_forget(struct journal *journal, uint64_t seq);

/* ---- reading; works beside a writer, from any process ---- */

struct journal_reader;

/* Entries not yet committed may be seen; compare with journal_committed_seq where that
 * matters.  Read the records of one epoch from `from_seq` on; OK, NOT_FOUND or
 * FAILED. */
int journal_read_open(struct journal_reader **out, const char *folder,
        const char *source, uint64_t epoch, uint64_t from_seq);
void journal_read_close(struct journal_reader *reader);

/* Whole segments that were read are not wanted again soon: the memory in which the system
 * keeps them may go to others.  (It stays small beside a rush of records, then.) */
void journal_read_once(struct journal_reader *reader);

struct journal_entry {
	const uint8_t *record; /* borrowed until the next call */
	size_t size;
	int64_t stored_us;
	uint64_t seq;
};

/* The next sound record: 1, 0 at the end for now (ask again later), MALFORMED at damage
 * that is not a torn tail: `why` says file and offset, and the next call goes on behind
 * it. */
int journal_read_next(struct journal_reader *reader, struct journal_entry *entry,
        struct problem *why);

/* Where what is missing at the hole told last never came (journal_skip): the seq behind
 * it.  0: it is damage. */
uint64_t journal_read_never_came(const struct journal_reader *reader);

/* Where the reader stands: file name and offset of the entry returned last, for
 * `verify`. */
const char *journal_read_place(const struct journal_reader *reader, uint64_t *offset);

/* Is there something in the place of a segment, or of the epoch's folder, that is none, or
 * cannot be opened?
 * FAILED: `why` names the first, and what to do; OK: no.  errno stays. */
int journal_stranger(
        const char *folder, const char *source, uint64_t epoch, struct problem *why);

/* Epochs of a source on disk, oldest first by creation of their first segment; count,
 * at most `most` (then the newest of them). */
int journal_epochs(
        const char *folder, const char *source, uint64_t *epoch, size_t most);

/* Epochs of a source that journal_epochs passes over, as it cannot look into their
 * folders (or there is something else in the place of one); in no order.  Count, at most
 * `most`. */
int journal_epochs_shut(
        const char *folder, const char *source, uint64_t *epoch, size_t most);

/* What is kept of an epoch nobody writes to: the first seq, and the one behind the
 * last.  OK, NOT_FOUND (no segment of it is there) or FAILED (errno). */
int journal_extent(const char *folder, const char *source, uint64_t epoch,
        uint64_t *first_seq, uint64_t *end_seq);

/* The end of the segment that holds `seq`: the seq the next one begins with, 0: it is
 * the last, or FAILED.  Whole segments are what can be let go. */
uint64_t journal_segment_end(
        const char *folder, const char *source, uint64_t epoch, uint64_t seq);

/* Of an epoch nobody writes to: forget the segments that end at or before `seq`, and
 * the last one too with `all`; then its folder goes.  Segments removed. */
int journal_forget_epoch(
        const char *folder, const char *source, uint64_t epoch, uint64_t seq, int all);

/* Of an epoch nobody writes to: take out all records from `seq` on.  OK, NOT_FOUND or
 * FAILED. */
int journal_cut(const char *folder, const char *source, uint64_t epoch, uint64_t seq);

/* Sources under a folder, sorted; count, at most `most`. */
int journal_sources(const char *folder, char (*source)[SOURCE_SIZE + 1], size_t most);

#endif
