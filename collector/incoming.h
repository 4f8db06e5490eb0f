/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records made on the archive's own machine (import, documents of the office) are laid
 * into <archive>/incoming as whole files; whoever holds the archive's lock takes them
 * in: the running collectd, or the command itself.
 *
 * A file holds records one behind the other, seq 1 upwards, all of one source and
 * epoch; epoch 0 means: the newest epoch of that source.  A file of an epoch that is
 * there already is taken as a repetition: only records beyond the last one are stored,
 * so the same import twice changes nothing.
 */
#ifndef COLLECTOR_INCOMING_H
#define COLLECTOR_INCOMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "collector/ingest.h"

struct incoming;

/* Begin a file for (source, epoch) in an existing archive.  OK or a problem. */
int incoming_begin(struct incoming **out, const char *dir, const char *source,
        uint64_t epoch, struct problem *why);

/* Append one encoded record; gives it epoch and the next seq.  OK or FAILED. */
int incoming_add(
        struct incoming *incoming, uint8_t *record, size_t n, struct problem *why);

/* Make the file durable and give it its name; frees.  Records in it, or FAILED. */
int incoming_end(struct incoming *incoming, struct problem *why);

/* Forget a file that was begun; frees. */
void incoming_drop(struct incoming *incoming);

struct incoming_counts {
	uint64_t files, stored, repeated;
};

/* Take in every waiting file, oldest name first, and commit.  A file that is none of
 * ours goes to quarantine/ with a log line.  OK or FAILED. */
int incoming_take(struct ingest *ingest, int64_t now_us, struct incoming_counts *counts,
        struct problem *why);

/* An import: all its records are there, so its days are sealed though they may not be
 * over for others. */
struct incoming_whole {
	const char *station;
	uint64_t epoch;
};

/* Take the archive's lock and everything that waits, and seal what is due; of `whole`
 * (NULL: nothing) all.  When a collectd holds the lock, wait until it has taken the
 * files.  OK or a problem (TIMED_OUT after a minute, EXIT_TRY_AGAIN: the files stay and
 * are not lost). */
int incoming_deliver(const struct ingest_options *options,
        const struct incoming_whole *whole, int64_t now_us,
        struct incoming_counts *counts, struct problem *why);

#endif
