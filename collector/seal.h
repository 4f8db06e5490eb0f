/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sealing: the records of a station's legal day leave the journal for an immutable
 * file.  A seal is these steps, and may end between any two of them, by a power cut or
 * a kill, without losing a record or sealing one twice:
 *
 *   gathered   the records of the day are in memory, read from the journals
 *   written    the file stands under its temporary name in <archive>/.tmp
 *   proved     every record was rebuilt from the file and equals the journal's, and /tree is of
 *              them; fsynced
 *   linked     it stands under its own name too, and the folder is synced
 *   listed     its seal line is durable: from here on the day is sealed
 *   unlinked   the temporary name is gone
 *   noted      <archive>/sealed/<station> says which records it holds (rebuilt if missing)
 *
 * A temporary name left behind tells at the next start how far the last seal came: a
 * file that is not in the list is taken away again, with its own name if it had got it,
 * and sealed anew.
 */
#ifndef COLLECTOR_SEAL_H
#define COLLECTOR_SEAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/archive.h"
#include "base/record.h"
#include "base/status.h"
#include "collector/leaves.h"

#define SEAL_GRACE_US                                                                  \
	(INT64_C(600) * 1000000) /* into a later day, before one is sealed */
#define SEAL_PATIENCE_US                                                               \
	(INT64_C(7) * 86400 * 1000000) /* after its end it is sealed anyway */
#define SEAL_RETRY_US                                                                  \
	(INT64_C(600) * 1000000) /* a station rests so long after a failure */
#define SEAL_HOLD_US                                                                   \
	(INT64_C(7) * 86400 * 1000000) /* journals stay this long after the seal */

struct sealer; /* what is sealed and what waits; used by one thread at a time */

struct sealer_options {
	const char *dir;
	const char *sign_key; /* that signs the seal list; NULL: the default */
	const char *
	        stop; /* tests: the name of a step, at which sealing ends as if by a power cut */
	void (*step)(const char *name); /* tests: called at each step; NULL */
};

/* Take up where the last one ended.  OK, or a problem. */
int sealer_open(
        struct sealer **out, const struct sealer_options *options, struct problem *why);
void sealer_close(struct sealer *sealer);

/* One journal, as its writer sees it. */
struct seal_limit {
	char source[SOURCE_SIZE + 1];
	uint64_t epoch, first_seq, committed_seq;
	uint64_t forget_seq; /* out: all below are sealed and held long enough */
};

struct seal_job {
	struct sealer *sealer;
	int64_t now_us, hold_us;
	bool all;
	atomic_bool enough; /* set from another thread: end, and give up the file under
	                     * way if it is not linked yet */
	size_t n;
	struct seal_limit *limit; /* sorted by source, then epoch */
	size_t n_asked;
	struct leaves
	        asked[LEAVES_ASKED]; /* in: what is wanted of sealed files; out: it */
	size_t n_doubts, *doubt; /* out: files that are not what was sealed, by their
	                           * index in the seal list */
};

/* Seal what is due.  Files sealed, or the first problem; the rest is sealed all the
 * same. */
int seal_job_run(struct seal_job *job, struct problem *why);

#endif
