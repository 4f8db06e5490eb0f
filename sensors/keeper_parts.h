/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the keeper: keeper.c, keeper_journal.c and keeper_link.c only. */
#ifndef SENSORS_KEEPER_PARTS_H
#define SENSORS_KEEPER_PARTS_H

#include "base/journal.h"
#include "base/journal_pool.h"
#include "sensors/clock_watch.h"
#include "sensors/keeper.h"
#include "sensors/live.h"
#include "sensors/recorder.h"
#include "sensors/uplink.h"

struct keeper {
	struct keeper_options options;
	struct journal_pool *pool; /* room set aside, NULL: none */
	struct journal *journal;
	struct recorder recorder; /* of the keeper's own records */
	struct clock_watch watch;
	struct live *live;
	int64_t pending_us; /* since when something is gathered; INT64_MAX: nothing is */
	int64_t written_us;    /* of the live view, monotonic */
	int64_t forgotten_us;  /* last look for records that may go, monotonic */
	bool failing;          /* the last commit failed */
	struct ring_loss loss; /* dropped and not yet told by a GAP */
	uint64_t lost;

	struct journal_reader *reader; /* of what is sent; NULL: opened when needed */
	struct journal_entry entry;    /* the last one read */
	struct uplink uplink;
	struct moment now;            /* of the talk that goes on */
	enum uplink_state link_state; /* as told last */
	uint64_t told_hole;           /* first record of the hole told last */
	uint64_t told_committed, told_acked;
	uint8_t message[WIRE_MOST];
	uint8_t record[RECORD_MOST];
};

/* ---- keeper_journal.c ---- */

/* Set the journal's room aside, if options.room says so; OK or a problem. */
int keeper_open_room(struct keeper *keeper, struct problem *why);

/* Sets keeper->journal only when it succeeds. */
int keeper_open_journal(struct keeper *keeper, uint64_t epoch, const struct moment *now,
        struct problem *why);

/* Take in a record (seq is written into it); what cannot be taken is counted as lost. */
void keeper_append(
        struct keeper *keeper, uint8_t *record, size_t n, const struct moment *now);

/* The record the keeper's own recorder holds. */
void keeper_append_own(struct keeper *keeper, int status, const struct moment *now);
void keeper_append_describes(struct keeper *keeper, const struct moment *now);
void keeper_append_gap(
        struct keeper *keeper, const struct gap_event *gap, const struct moment *now);
void keeper_lose(struct keeper *keeper, const struct ring_loss *loss);

/* How long records may wait for their commit. */
int64_t keeper_commit_us(const struct keeper *keeper);

/* Commit if it is time, or `at_once`. */
void keeper_commit(struct keeper *keeper, bool at_once, const struct moment *now);

/* Let go what is older than keep_s and acknowledged. */
void keeper_forget(struct keeper *keeper, const struct moment *now);

/* ---- keeper_link.c ---- */

void keeper_talk(struct keeper *keeper, const struct moment *now);

#endif
