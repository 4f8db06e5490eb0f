/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files behind base/gaps.h share. */
#ifndef BASE_GAPS_INSIDE_H
#define BASE_GAPS_INSIDE_H

#include "base/gaps.h"

#define GAPS_BACK_OFF_US                                                               \
	(INT64_C(60) * 1000000) /* a dead instrument is asked that seldom */
#define GAPS_NEAR_US     (INT64_C(900) * 1000000)
#define GAPS_NEAR_CYCLES 10

#define GAPS_MAINTENANCE "maintenance " /* subject of STATE: then whose */

static inline int64_t gap_later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static inline int64_t gap_earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Gaps of one kind in order of time. */
struct gap_list {
	size_t n, room;
	struct gap *gap;
};

/* One channel of an instrument. */
struct gaps_track {
	char channel[ID_SIZE];
	bool used;        /* in the DESCRIBE in force */
	bool off;         /* switched off, when last read */
	int64_t cycle_us; /* from one result due to the next */
	int64_t due_us;   /* all before is accounted for */
	bool open;        /* something is wrong since from_us */
	uint8_t cause;
	int64_t from_us;
	bool has_pending; /* ended, may still be joined by the next */
	struct gap pending;
	uint64_t missing; /* results in it */
};

struct gaps_instrument {
	char id[ID_SIZE];
	const struct describe *describe; /* in force */
	int64_t poll_us, seen_us;        /* of the last reading; INT64_MIN: none yet */
	bool active;                     /* the station has it now */
	bool failing;                    /* its last reading brought nothing */
	bool to_the_end;                 /* the station had it when the ledger ended */
	size_t n;
	struct gaps_track *track;
	size_t n_map;
	size_t *map; /* channel of the DESCRIBE -> track */
};

/* Records that are here, without a hole between. */
struct gaps_run {
	uint64_t first, last;
	int64_t first_us, last_us; /* INT64_MIN: no time */
};
struct gaps_epoch {
	uint64_t epoch;
	size_t n, room;
	struct gaps_run *run; /* by seq */
	uint64_t unplaced;    /* records without a time, and when they were stored */
	int64_t stored_us[2];
};

/* What the cabinet told: a state from when to when, a GAP, a clock put forward. */
struct gaps_told {
	char subject[80]; /* "port bus", "instrument ph", "loop plc/flow" */
	int64_t from_us, to_us;
	uint64_t epoch, first_seq, last_seq, count;
	char *text;
	bool used;
};
struct told_list {
	size_t n, room;
	struct gaps_told *one;
	int64_t *end_us; /* [n] the latest end so far; made when all is told */
};

struct gaps {
	struct gaps_options options;
	size_t n_instruments;
	struct gaps_instrument *instrument;
	size_t n_epochs;
	struct gaps_epoch *epoch;
	int64_t seen_us; /* of the station's last reading; INT64_MIN: none yet */
	uint64_t seen_epoch;
	int64_t last_us;  /* of the last record of any kind; INT64_MIN: none yet */
	int64_t began_us; /* the station last said what it reads; INT64_MIN: not yet */
	bool has_silence;
	struct gap silence; /* of the station; may still be joined */
	uint64_t silence_missing, silence_came; /* results in it */
	struct gap_list silences, of_channels, found;
	size_t n_damages;
	struct gaps_damage *damage; /* `what` is owned */
	struct told_list downs, drops, steps;
	struct told_list ports;  /* every port it ever told of */
	struct told_list pauses; /* nothing tells that the cabinet's program ran */
	bool failed;             /* no memory */
};

/* ---- gaps_list.c ---- */
int gap_list_add(struct gap_list *list, const struct gap *gap);
void gap_list_free(struct gap_list *list);
void gap_list_sort(struct gap_list *list); /* by from, instrument, channel */
int told_add(struct told_list *list, const struct gaps_told *told, const char *text,
        size_t n_text);
void told_free(struct told_list *list);
/* The first of end_us[n], which never falls, that is not before a time; n: none is. */
size_t gaps_first(const int64_t *end_us, size_t n, int64_t time_us);
/* Make list->end_us.  OK or FAILED. */
int told_ends(struct told_list *list);
/* The first that may reach behind a time, by list->end_us. */
size_t told_first(const struct told_list *list, int64_t time_us);

/* Results due in a stretch: three quarters of a cycle count as one. */
uint64_t gaps_due(int64_t from_us, int64_t to_us, int64_t cycle_us);
/* The part of a count that falls on a part of a stretch. */
uint64_t gaps_share(uint64_t count, int64_t part_us, int64_t whole_us);
/* May two gaps of one subject be told as one? */
bool gaps_near(int64_t to_us, int64_t from_us, int64_t cycle_us);

/* ---- gaps_seq.c ---- */
/* The numbers of an epoch; NULL without memory. */
struct gaps_epoch *gaps_epoch(struct gaps *gaps, uint64_t epoch);
/* Note that a record is here; time INT64_MIN: nobody knows of when. */
int gaps_here(struct gaps *gaps, uint64_t epoch, uint64_t seq, int64_t time_us);
/* Holes between the runs, as gaps in order of time, into `out`.  OK or FAILED. */
int gaps_holes(const struct gaps *gaps, struct gap_list *out);

/* ---- gaps_track.c ---- */
struct gaps_instrument *gaps_instrument(struct gaps *gaps, const char *id);
/* After so long without a reading one is missing; a dead instrument is asked ever more
 * seldom. */
int64_t instrument_patience_us(const struct gaps_instrument *instrument);
int instrument_use(struct gaps *gaps, struct gaps_instrument *instrument,
        const struct describe *describe, int64_t time_us);
int instrument_row(struct gaps *gaps, struct gaps_instrument *instrument,
        int64_t time_us, const uint8_t *state);
/* Nothing more is expected of it from a time on. */
void instrument_leave(
        struct gaps *gaps, struct gaps_instrument *instrument, int64_t time_us);

/* ---- gaps_state.c ---- */
/* A STATE record: ports and instruments that are down, and up again. */
int gaps_state(struct gaps *gaps, const struct record *record, int64_t time_us);
/* A record of any kind: the cabinet's program runs.  `begins`: it says what it reads, as
 * at each start; since the last record before nothing tells that it ran.  OK or FAILED. */
int gaps_ran(struct gaps *gaps, int64_t time_us, bool begins);

/* ---- gaps_join.c ---- */
/* Gaps of channels that are one gap of their instrument become one. */
int gaps_join(struct gaps *gaps);

/* ---- gaps_told.c ---- */
void gap_detail(struct gaps *gaps, struct gap *gap, const char *text);
/* A gap for which nothing better is known than that there was no reading. */
bool gap_is_bare(const struct gap *gap);
/* Do so many microseconds fill most of the gap, and how many of a stretch lie in it? */
bool gap_is_most(int64_t us, const struct gap *gap);
int64_t gap_overlap_us(int64_t from_us, int64_t to_us, const struct gap *gap);
/* By states and clocks. */
void gaps_told(struct gaps *gaps, struct gap_list *list);

/* ---- gaps_down.c ---- */
/* Remember a port, "port bus"; any other subject is none.  OK or FAILED. */
int gaps_port(struct gaps *gaps, const char *subject);
/* The gap, by the port or the instrument that was down. */
void gaps_down(struct gaps *gaps, struct gap *gap);

/* ---- gaps_files.c ---- */
/* What lay in files that are gone: each takes its own day out of a silence, and no
 * more.  Takes its records out of `holes`.  OK or FAILED. */
int gaps_files(struct gaps *gaps, struct gap_list *holes);
void gaps_damages_free(struct gaps *gaps);

/* ---- gaps_why.c ---- */
struct gaps_reason {
	uint8_t cause;
	int64_t from_us, to_us;
	uint64_t records, epoch, first_seq, last_seq;
	bool open;
	const char *detail;
};
/* A gap by itself, of the whole station. */
int gaps_found(struct gaps *gaps, const struct gaps_reason *reason);
/* Say why, by what was told and by the holes; everything into gaps->found. */
int gaps_explain(struct gaps *gaps);

#endif
