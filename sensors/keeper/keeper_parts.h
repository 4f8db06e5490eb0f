/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside of the keeper: keeper.c and keeper_*.c only.
 *
 *   records -> journal (the present epoch, on disk)      while the disk takes them
 *           -> memory  (an epoch of its own)             while it does not
 *
 *   the link has the turn of one epoch at a time: memory while anything waits there, then
 *   what older epochs on disk still owe, oldest first, then the one written to.
 */
#ifndef SENSORS_KEEPER_PARTS_H
#define SENSORS_KEEPER_PARTS_H

#include "base/journal.h"
#include "base/journal_pool.h"
#include "sensors/cabinet/live.h"
#include "sensors/keeper/acked.h"
#include "sensors/keeper/clock_watch.h"
#include "sensors/keeper/keeper.h"
#include "sensors/keeper/memory.h"
#include "sensors/keeper/recorder.h"
#include "sensors/keeper/uplink.h"

#define KEEPER_EPOCHS 4096 /* of one station, on disk; the newest of them */

enum epoch_lies {
	EPOCH_HERE,
	EPOCH_SHUT, /* it cannot be read now: neither sent nor forgotten */
	EPOCH_GONE, /* of what the collector has not got nothing is there any more */
};

/* An epoch on disk that nothing is added to. */
struct old_epoch {
	/* not EPOCH_HERE: as the hint has them, end 0: nobody knows where it ended */
	uint64_t epoch, first_seq, end_seq, acked_seq;
	int64_t later_us; /* it does not move: not its turn before, monotonic */
	/* from here on it is numbered anew and still to be taken out; 0 */
	uint64_t cut_seq;
	enum epoch_lies lies;
	int error;         /* EPOCH_SHUT: errno */
	uint64_t told_seq; /* EPOCH_GONE: told by the record before; 0: not on disk */
};

enum turn { TURN_PRESENT, TURN_MEMORY, TURN_OLD };

struct keeper {
	struct keeper_options options;
	struct journal_pool *pool; /* room set aside, NULL: none */
	struct journal *journal;   /* NULL: the disk could not be used at the start */
	struct recorder recorder;  /* of the keeper's own records */
	struct clock_watch watch;
	struct live *live;
	int64_t pending_us; /* since when something is gathered; INT64_MAX: nothing is */
	bool urgent;        /* what is gathered is to be committed at once */
	int64_t written_us;    /* of the live view, monotonic */
	bool news;             /* a state has changed since */
	struct ring_loss loss; /* dropped and not yet told by a GAP */
	uint64_t lost;

	/* the disk cannot be written: keeper_memory.c */
	struct memory memory;
	bool in_memory;
	int64_t retry_us; /* the next try on the disk, monotonic */
	unsigned retries;
	int64_t told_drop_us; /* the last GAP of what memory dropped, monotonic */

	/* what may go: keeper_room.c */
	int64_t filled_us, look_us; /* monotonic: the last time, the next */
	int64_t soonest_us;         /* until the next segment has come of age */
	bool missing, outgrown;     /* as told last */

	/* whose turn it is: keeper_epochs.c */
	struct old_epoch *old; /* [n_old], oldest first */
	size_t n_old;
	enum turn turn;
	int64_t turn_us;     /* since when, monotonic */
	uint64_t turn_epoch; /* of TURN_OLD */
	uint64_t present_acked;
	uint64_t hint_acked; /* of the present epoch, as the hint said at the start */
	bool hint_changed;
	int64_t hinted_us; /* of the hint file, monotonic */

	struct journal_reader *reader; /* of what is sent; NULL: opened when needed */
	struct journal_entry entry;    /* the last one read */
	struct uplink uplink;
	bool talking; /* it was not done when the step ended: the next comes at once */
	struct moment now;            /* of the talk that goes on */
	enum uplink_state link_state; /* as told last */
	uint64_t told_hole;           /* first record of the hole told last */
	uint64_t told_committed, told_acked;
	int64_t acked_us; /* when the collector last took something, wall clock */
	uint8_t message[WIRE_MOST];
	uint8_t record[RECORD_MOST];
};

/* ---- keeper_journal.c ---- */

/* Set the journal's room aside, if options.room says so; OK or a problem. */
int keeper_open_room(struct keeper *keeper, struct problem *why);

/* Sets keeper->journal only when it succeeds; *created: a new epoch was begun. */
int keeper_open_journal(struct keeper *keeper, uint64_t epoch, const struct moment *now,
        struct problem *why, bool *created);

/* Take in a record (seq is written into it); what cannot be taken is counted as lost. */
void keeper_append(
        struct keeper *keeper, uint8_t *record, size_t n, const struct moment *now);

/* The record the keeper's own recorder holds. */
void keeper_append_own(struct keeper *keeper, int status, const struct moment *now);
void keeper_append_describes(struct keeper *keeper, const struct moment *now);
void keeper_append_gap(
        struct keeper *keeper, const struct gap_event *gap, const struct moment *now);
/* STATE of the journal. */
void keeper_append_state(struct keeper *keeper, const char *state, const char *text,
        const struct moment *now);
void keeper_lose(struct keeper *keeper, const struct ring_loss *loss);

/* How long records may wait for their commit. */
int64_t keeper_commit_us(const struct keeper *keeper);

/* Commit if it is time, or `at_once`. */
void keeper_commit(struct keeper *keeper, bool at_once, const struct moment *now);

uint64_t keeper_new_epoch(void); /* at random */

/* ---- keeper_memory.c ---- */

/* The disk takes nothing: begin, or go on with, the epoch in memory. */
void keeper_to_memory(struct keeper *keeper, const char *why, const struct moment *now);

/* While in memory: is the disk back, and go on there. */
void keeper_try_disk(struct keeper *keeper, const struct moment *now);

/* Tell what memory had to drop, as soon as that can be heard. */
void keeper_tell_dropped(struct keeper *keeper, const struct moment *now);

/* ---- keeper_room.c ---- */

/* Where the journal has used its room up: let go what is older than keep_s, what the
 * collector has first. */
void keeper_make_room(struct keeper *keeper, const struct moment *now);

/* ---- keeper_epochs.c ---- */

/* Find the epochs on disk, and what is known of them. */
void keeper_find_epochs(struct keeper *keeper);

/* The present epoch is present no more: the collector has all below `acked_seq` of
 * it. */
void keeper_retire(
        struct keeper *keeper, uint64_t first, uint64_t end, uint64_t acked_seq);

/* Give the turn to whose it is; false while what is on its way must come first. */
bool keeper_turn(struct keeper *keeper, const struct moment *now);

/* What the uplink has heard of the epoch whose turn it is. */
void keeper_note_acked(struct keeper *keeper, const struct moment *now);

/* What the link is to know of the epoch whose turn it is: id, first and end. */
struct turn_view {
	uint64_t epoch, first_seq, end_seq, acked_seq;
};
struct turn_view keeper_turn_view(const struct keeper *keeper);
struct old_epoch *keeper_old(const struct keeper *keeper, uint64_t epoch);

/* Records of all epochs that the collector has not got. */
uint64_t keeper_waiting(const struct keeper *keeper);

/* Write the hint: when it changed and is due, or at once. */
void keeper_hint(struct keeper *keeper, bool at_once, const struct moment *now);

/* ---- keeper_unread.c ---- */

/* An epoch of which journal_extent said `status` and errno; `hint` NULL: nothing is
 * known of it.  False: that need not trouble anybody. */
bool keeper_unread(int status, const struct acked *hint, struct old_epoch *old);

/* Tell of each epoch that cannot be read or is gone. */
void keeper_tell_unread(struct keeper *keeper, const struct moment *now);

/* Epochs that cannot be read now. */
size_t keeper_shut(const struct keeper *keeper);

/* An epoch that is gone is remembered until the record that tells of it is durable. */
bool keeper_told_for_good(const struct keeper *keeper, const struct old_epoch *old);

/* ---- keeper_beyond.c ---- */

/* The collector has more of the epoch whose turn it is than the cabinet. */
void keeper_go_beyond(struct keeper *keeper, const struct moment *now);

/* The disk is back: take out of old epochs what was numbered anew meanwhile. */
void keeper_cut_tails(struct keeper *keeper);

/* Numbers of the present epoch up to `end` were given, and the disk has lost what bore
 * them: begin another epoch. */
void keeper_leave(struct keeper *keeper, uint64_t end, const struct moment *now);

/* ---- keeper_link.c ---- */

void keeper_talk(struct keeper *keeper, const struct moment *now);

#endif
