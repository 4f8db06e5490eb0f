/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of the journal: what its writer, its recovery and its readers share.  Not
 * for others, except tests, which hand in a journal_system whose calls fail.
 */
#ifndef BASE_JOURNAL_FILE_H
#define BASE_JOURNAL_FILE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/journal.h"

/* Every call that changes the disk.  They answer as their namesakes of POSIX do;
 * `allocate` as posix_fallocate, with an errno. */
struct journal_system {
	int (*open)(int folder, const char *name, int flags);
	ssize_t (*write)(int fd, const void *in, size_t n, off_t at);
	int (*sync)(int fd);     /* fdatasync */
	int (*sync_all)(int fd); /* fsync, of a file or a folder */
	int (*allocate)(int fd, off_t at, off_t n);
	int (*reserve)(int fd, off_t n); /* fallocate, with an errno */
	int (*rename)(int folder, const char *from, const char *to);
	int (*move)(int from_folder, const char *from, int to_folder, const char *to);
	int (*remove)(int folder, const char *name);
};
extern const struct journal_system journal_real;

/* FULL when errno says that there is no room, else FAILED. */
int journal_status(void);

/* The whole of in[n] at `at`; OK, FAILED or FULL. */
int journal_write(const struct journal_system *system, int fd, const void *in, size_t n,
        uint64_t at);

/* ---- the format: journal_segment.c ---- */

struct segment {
	char source[SOURCE_SIZE + 1];
	uint64_t epoch, number, first_seq;
	int64_t created_us;
	uint32_t
	        skipped; /* records before first_seq that never came; UINT32_MAX: or more */
};

void segment_put(const struct segment *segment, uint8_t out[JOURNAL_HEADER]);
/* OK, MALFORMED */
int segment_get(struct segment *segment, const uint8_t in[JOURNAL_HEADER]);
uint32_t segment_seed(uint64_t epoch, uint64_t number);

/* An entry found in a segment. */
struct found {
	struct journal_entry entry;
	uint64_t offset;
	size_t size; /* with its padding */
	bool begins; /* first entry of a commit */
};

/* Bytes a record takes in a segment. */
size_t entry_size(size_t record_size);
/* Write an entry without its check sum; its size. */
size_t entry_put(uint8_t *out, const uint8_t *record, size_t n, int64_t stored_us);
/* Set flag and check sum for the segment it is about to be written to. */
void entry_seal(uint8_t *entry, uint32_t seed, bool begins);
/* Size of the entry at in[0] by its length field, 0 at the end of the entries,
 * MALFORMED. */
int entry_length(const uint8_t in[JOURNAL_ENTRY]);
/* Read the entry of entry_length bytes at in[0]; OK or MALFORMED. */
int entry_get(struct found *found, const uint8_t *in, const struct segment *segment,
        uint32_t seed);

/* ---- names and lists: journal_list.c ---- */

#define SEGMENT_NAME 32
#define SPARE_NAME   "next.tmp"
#define PROBE_NAME   "probe.tmp"

void segment_name(uint64_t first_seq, char out[SEGMENT_NAME]);

/* First seqs of the segments in a folder, ascending; count, or FAILED.  The caller
 * frees *out. */
int segment_list(int folder, uint64_t **out);

/* For reading: a descriptor, or -1 and errno, also where a link leads nowhere; never
 * waits. */
int segment_open(int folder, const char *name);
const char *segment_reason(int error); /* errno of it, in words */

/* A name that segment_list or journal_epochs would take. */
bool epoch_parse(const char *name, uint64_t *epoch);

/* Path of an epoch's folder; OK or FAILED (ENAMETOOLONG). */
int epoch_path(
        const char *folder, const char *source, uint64_t epoch, char *out, size_t room);

/* The newest epoch of a source and when it was created; NOT_FOUND. */
int epoch_newest(
        const char *folder, const char *source, uint64_t *epoch, int64_t *created_us);

/* ---- the room a journal takes: journal_room.c, and journal_pool.c which sets it
 * aside ---- */

#define ROOM_FOLDER "reserve"
#define ROOM_NAME   16

struct journal_pool_options;

void room_file_name(uint32_t number, char out[ROOM_NAME]);
bool room_file_parse(const char *name, uint32_t *number);
/* Has a file its whole size, on the disk and not by promise? */
bool room_file_whole(const struct stat *st, uint32_t segment_size);
uint32_t room_segment_size(const struct journal_pool_options *options);
DIR *room_open_dir(int at, const char *name);
/* Segments that so many bytes make, the last one not full. */
uint64_t room_segments(uint64_t bytes, uint32_t segment_size);
/* Segments of all sources and epochs below a folder. */
uint64_t room_used(const char *folder, uint32_t segment_size);
/* Free bytes of the disk of a folder, or of the nearest above it that is there. */
int room_free(const char *folder, uint64_t *out);
/* Is there free space for so many more segments?  OK, FULL or FAILED. */
int room_look(const struct journal_pool_options *options, uint32_t segment_size,
        uint64_t segments, struct problem *why);
/* `missing` bytes are wanted and `left` are free: FULL, and what to do. */
int room_tell(const struct journal_pool_options *options, uint64_t missing,
        uint64_t left, struct problem *why);

/* ---- looking at a segment: journal_window.c ---- */

#define WINDOW_SIZE (128u << 10)

/* A segment seen through a buffer.  A page that cannot be read counts as zeros, and
 * `unread` says that there was one. */
struct window {
	int fd;
	uint64_t size, at;
	size_t n;
	uint8_t *buffer; /* buffer[WINDOW_SIZE] */
	struct segment segment;
	uint32_t seed;
	bool known; /* header sound, or its number was found by trying */
	bool header_sound, unread;
	bool once; /* what was read is not wanted again soon */
	uint64_t device, inode;
};

int window_init(struct window *window); /* OK, or FAILED: no memory */
void window_free(struct window *window);

/* Open the segment list[i] of n.  A damaged header is made up for from its neighbours
 * when an entry proves the guess; `known` says.  OK, NOT_FOUND or FAILED. */
struct segment_place {
	int folder;
	const char *source;
	uint64_t epoch;
	const uint64_t *list;
	size_t n, i;
};
int window_open(struct window *window, const struct segment_place *place);
void window_close(struct window *window);

/* Forget what is buffered: a writer may have gone on. */
void window_refresh(struct window *window);

/* Up to n bytes at `at`, borrowed until the next call; NULL past the end of the
 * file. */
const uint8_t *window_bytes(struct window *window, uint64_t at, size_t n);

/* The entry at `at`: 1, 0 where the entries end, MALFORMED. */
int window_entry(struct window *window, uint64_t at, struct found *found);

/* The next sound entry at or behind `at`, in steps of 8; 1 or 0. */
int window_search(struct window *window, uint64_t at, struct found *found);

/* Where the last byte that is not 0 ends, at or behind `at`; `at` if there is none. */
uint64_t window_used(struct window *window, uint64_t at);

/* ---- walking over one: also journal_window.c ---- */

#define LIMIT_NEWEST                                                                   \
	0 /* the newest segment: the first unsound entry ends it, for now */
#define LIMIT_NONE UINT64_MAX /* nothing follows, but look behind damage */

struct walk {
	struct window window;
	uint64_t offset;
	uint64_t expected; /* seq of the next entry wanted */
	bool damaged;      /* something here was not as written */
	/* a reader: it goes on behind sure damage in the newest segment too */
	bool beside_writer;
};

struct hole {
	uint64_t first, last; /* seqs that are missing */
	uint64_t offset;      /* where they should be */
};

/* Does the segment that begins with `limit`, right behind the hole, say that what is
 * missing never came? */
bool hole_never_came(int folder, uint64_t limit, const struct hole *hole);

/* The next entry wanted: 1; 0 at the end of this segment; MALFORMED at a hole, and the
 * next call goes on behind it.  `limit` is the first seq of the next segment, or one of
 * the above. */
int walk_step(
        struct walk *walk, uint64_t limit, struct found *found, struct hole *hole);

/* ---- the writer: journal.c, and journal_recover.c which opens it ---- */

struct journal {
	const struct journal_system *system;
	char source[SOURCE_SIZE + 1];
	uint64_t epoch;
	uint32_t segment_size;
	char path[512]; /* of the epoch's folder */
	char quarantine[512];
	int folder; /* descriptor of it, locked */
	int fd;     /* the segment being written, -1 before the first */
	/* the next one, allocated ahead under SPARE_NAME, or -1 */
	int spare;
	struct journal_pool *pool; /* where it is taken from first, or NULL */
	/* not before the segment has grown to this is a spare tried again */
	uint64_t spare_at;
	struct segment segment;
	uint64_t size;   /* of that segment's file */
	uint64_t offset; /* where the next entry goes */
	/* a write to this segment failed: it is never synced again */
	bool failed;
	/* some of what is gathered may lie on the disk, though nothing says so */
	bool touched;
	uint64_t first_seq, next_seq, committed_seq;
	int64_t now_us;
	/* group[JOURNAL_GROUP]: entries without check sums; NULL: of `groups`, and
	 * none held now */
	uint8_t *group;
	struct journal_groups *groups;
	size_t group_n;
};

/* NULL: all are taken. */
uint8_t *groups_take(struct journal_groups *groups);
void groups_give(struct journal_groups *groups, uint8_t *group);

/* ---- the next segment: journal_next.c ---- */

/* Begin a new segment whose first record is `first_seq`; OK, FAILED or FULL. */
int journal_begin(struct journal *journal, uint64_t first_seq);
/* Make its file, of full size, under a name that no reader looks at; OK, FAILED or FULL. */
int journal_allocate_spare(struct journal *journal);
/* Half full: have the next one ready.  A full disk is met here first, while there is still
 * room. */
void journal_look_ahead(struct journal *journal);

/* Without changing errno, which tells why something before it went wrong. */
void journal_remove_quietly(struct journal *journal, const char *name);
void journal_close_quietly(int *fd);

/* ---- what lies there at the start: journal_recover.c ---- */

/* Recover what lies in journal->folder and make it ready for the next commit.  OK,
 * NOT_FOUND when nothing sound is there and no segment has been begun, FAILED or FULL
 * (errno). */
int journal_recover(struct journal *journal, const struct journal_options *options,
        struct journal_recovery *recovery);

/* Copy bytes `from`..`to` of a segment into the quarantine folder:
 * <source>_<epoch>_<first seq>.<what>.  `once`: not again if it lies there already.
 * OK, FAILED or FULL. */
struct quarantine {
	const char *what;
	uint64_t first_seq, from, to;
	bool once;
};
int quarantine_put(const struct journal *journal, struct window *window,
        const struct quarantine *part);

#endif
