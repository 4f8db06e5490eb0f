/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files behind collector/ingest.h share. */
#ifndef COLLECTOR_INGEST_PARTS_H
#define COLLECTOR_INGEST_PARTS_H

#include "base/journal.h"
#include "collector/ingest.h"
#include "collector/leaves.h"
#include "collector/seal.h"

#define OFFICE                                                                         \
	"office" /* the source of what people enter: nobody would send it again */

#define EPOCHS_MOST  4096 /* of one source; a new epoch is an event, not a habit */
#define BEGUN_HOUR   64 /* segments begun by a cabinet within an hour: each takes room */
#define SOURCES_MOST 4096

/* One (source, epoch) with its open journal. */
struct inlet {
	char source[SOURCE_SIZE + 1];
	uint64_t epoch;
	uint64_t age;    /* the newest epoch of a source has the highest */
	int64_t sent_us; /* a cabinet began it then; 0: at the start, or made here */
	unsigned holes;  /* told by the cabinet in the hour from holes_us on */
	int64_t holes_us;
	struct journal *journal;
};

/* One whose folder could not be looked into at the start. */
struct shut_epoch {
	char source[SOURCE_SIZE + 1];
	uint64_t epoch;
	char text[1000];
};

struct ingest {
	char dir[ARCHIVE_PATH], journals[ARCHIVE_PATH + 16];
	bool allow_simulated;
	uint32_t segment_size;
	int64_t hold_us;
	int lock;
	uint64_t ages;
	struct journal_groups *groups; /* which the journals share */
	struct inlet *inlet;           /* sorted by source, then epoch */
	size_t n_inlets, room;
	size_t n_shut;
	struct shut_epoch *shut;
	struct sealer *sealer;
	struct leaves leaves[LEAVES_ASKED]; /* of records whose journal has gone */
};

/* Open every journal there is.  One that cannot be opened is named and left to
 * later. */
void inlets_open(struct ingest *ingest);

/* Tell and note the epochs of a source whose folder cannot be looked into;
 * epoch[EPOCHS_MOST] is room to list them. */
void inlets_shut(struct ingest *ingest, const char *source, uint64_t *epoch);

/* The inlet, or NULL.  Borrowed until another is opened. */
struct inlet *inlet_find(struct ingest *ingest, const char *source, uint64_t epoch);

struct inlet_name {
	const char *source;
	uint64_t epoch;
	bool made_here; /* by this machine, not sent by an agent */
};

/* The inlet, made if need be; OK or a problem. */
int inlet_get(struct ingest *ingest, const struct inlet_name *name, int64_t now_us,
        struct inlet **out, struct problem *why);

/* The same; for epoch 0 the newest of the source, or a new one. */
int inlet_for(struct ingest *ingest, const struct inlet_name *name, int64_t now_us,
        struct inlet **out, struct problem *why);

/* May a cabinet begin one more segment with an epoch or a hole?  OK, or REFUSED: not within
 * this hour. */
int inlet_check_begun(const struct ingest *ingest, const char *source, int64_t now_us,
        struct problem *why);
void inlet_note_hole(struct inlet *inlet, int64_t now_us);

/*
 * Records below the next wanted came again: OK if they are the same bytes as in the
 * journal or, where it has gone, as were sealed, and what nobody can compare lies in
 * quarantine/; REFUSED at the first that differs, which lies there too; NOT_FOUND: a sealed
 * file must be read for it first, they are to come again; FAILED.  `in` holds the records
 * from first_seq on, come at now_us.
 */
struct again {
	uint64_t first_seq, end_seq; /* half open */
	const uint8_t *in;
	size_t size;
	int64_t now_us;
	uint64_t other_seq; /* out: the first that differs; untouched when none does */
};
int inlet_compare(struct ingest *ingest, struct inlet *inlet, struct again *again,
        struct problem *why);

#endif
