/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns journal and uplink, in its own thread: takes records from the ring, gives them their seq,
 * commits them in groups (1 s, 64 KiB), and sends what is committed and nothing else.  Writes
 * DESCRIBE at the start and with every new epoch, CLOCK when the clock is put right, GAP for
 * what had to be dropped.
 *
 *     for (;;) {
 *             n = keeper_descriptors(keeper, fds);
 *             poll(fds, n, keeper_wait_ms(keeper, &now));
 *             now = clock_now(&clock);
 *             keeper_step(keeper, &now);
 *     }
 */
#ifndef SENSORS_KEEPER_H
#define SENSORS_KEEPER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/describe.h"
#include "base/status.h"
#include "sensors/keeper/ring.h"

#define KEEPER_COMMIT_US   INT64_C(1000000)
#define KEEPER_COMMIT_SIZE (64u << 10)
#define KEEPER_DESCRIPTORS 2

struct keeper;
struct journal_system; /* base/journal_file.h */

/* The socket under the uplink: base/socket.h, or a script in a test. */
struct keeper_link {
	void *with;
	const char *name; /* the collector's address, for people */
	int (*descriptor)(void *with);
	int (*send)(void *with, const void *in, size_t n);  /* OK, FULL */
	int (*receive)(void *with, void *out, size_t room); /* size, 0, MALFORMED */
	int (*renew)(void *with);
};

struct cabinet_note;
struct counts_board;
struct station;

struct keeper_options {
	const char *source;
	const char *folder;     /* of the journal */
	const char *state_path; /* of the live view, NULL: none */
	double keep_s;
	double commit_s; /* records wait at most so long for their commit; 0: 1 s */
	uint64_t room;   /* bytes of the journal, set aside at the start; 0: none are */
	uint64_t
	        memory; /* bytes kept in memory while the disk cannot be written; 0: 8 MiB */
	uint32_t segment_size; /* 0: default */
	const struct journal_system
	        *system; /* of the disk, NULL: the real one; tests */
	struct ring *ring;
	struct describe *station;           /* encoded */
	struct describe *const *instrument; /* [n_instruments], encoded */
	size_t n_instruments;
	const struct station *configured; /* for the live view, NULL: it does not say */
	struct counts_board *counts;      /* for the live view, NULL: none */
	struct cabinet_note *cabinet;     /* for the live view, NULL: none */
	const struct keeper_link *link;   /* NULL: journal only */
	uint64_t seed;                    /* of the uplink's jitter */
};

/* Open and recover the journal, write the DESCRIBEs and commit them.  A disk that cannot be written
 * is no reason not to measure: then it begins in memory.  OK, or a problem. */
int keeper_new(struct keeper **out, const struct keeper_options *options,
        const struct moment *now, struct problem *why);
void keeper_free(struct keeper *keeper); /* NULL is fine; commits */

size_t keeper_descriptors(
        const struct keeper *keeper, struct pollfd out[KEEPER_DESCRIPTORS]);
int keeper_wait_ms(const struct keeper *keeper, const struct moment *now);
void keeper_step(struct keeper *keeper, const struct moment *now);

/* keeper_end, and a little time for the collector's acknowledgement where it is there. */
void keeper_farewell(struct keeper *keeper, struct clock *clock);

/* The end: empty the ring, commit, send what fits, say in the live view that nobody runs. */
void keeper_end(struct keeper *keeper, const struct moment *now);

struct keeper_counts {
	uint64_t epoch, next_seq, committed_seq, acked_seq;
	uint64_t lost;       /* records dropped: nobody has them */
	uint64_t waiting;    /* of all epochs: kept, and not yet with the collector */
	const char *journal; /* where records go now: "disk", "memory" */
	const char *link;    /* "open", "greeting", "closed", "none" */
};
struct keeper_counts keeper_counts(const struct keeper *keeper);

#endif
