/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records whose journal has gone: what comes under their numbers again is compared with the
 * sealed files, by its leaf of the proof (docs/quantrac-proof.md).  libhdf5 is spoken to in
 * the sealing thread alone, so the ingest asks and the next job answers:
 *
 *   leaves_of        nothing known yet: a question is kept, the records are to come again
 *   leaves_hand      the questions go into a job               (ingest_seal_begin)
 *   seal_leaves      the files are read, in the sealing thread (seal_job_run)
 *   leaves_take      the answers are the ingest's              (ingest_seal_end)
 *
 * An answer reaches to the end of the files that were read for it, so that one file is read
 * once for all the messages it answers.
 */
#ifndef COLLECTOR_LEAVES_H
#define COLLECTOR_LEAVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/record.h"

#define LEAVES_ASKED 8         /* questions and answers that are kept */
#define LEAVES_OF    4         /* of them of one source */
#define LEAVES_MOST  (1 << 16) /* records of one: 2 MiB */
#define LEAVES_TEXT  200
/* An answer stays until whoever asked has come for it, or for so long: a cabinet that is
 * refused waits a minute at most. */
#define LEAVES_WAIT_US INT64_C(120000000)

struct leaves {
	char source[SOURCE_SIZE + 1];       /* "": this place is free */
	uint64_t epoch, first_seq, end_seq; /* half open; an answer may reach further */
	uint64_t age;                       /* the newest question has the highest */
	int64_t asked_us;
	bool answered, used;
	uint8_t (*leaf)
	        [DIGEST_SIZE]; /* leaf[end_seq - first_seq]; NULL: nothing known */
	bool *known;           /* known[end_seq - first_seq] */
	char why[LEAVES_TEXT]; /* why not all are known; "" */
};

/* Of no use any more; the place is free. */
void leaves_free(struct leaves *leaves);

/* The leaf of a record, or NULL: nobody knows it. */
const uint8_t *leaves_leaf(const struct leaves *leaves, uint64_t seq);

/* ---- on the ingest's side: kept[LEAVES_ASKED] ---- */

/* The answer that covers all that `wanted` asks for; or NULL, and it is asked now (that is
 * wanted->asked_us), unless there is no room for a question. */
struct leaves *leaves_of(struct leaves *kept, const struct leaves *wanted);

/* Does a question wait for a job? */
bool leaves_wait(const struct leaves *kept);

/* What waits, without answers, into asked[LEAVES_ASKED]; how many. */
size_t leaves_hand(const struct leaves *kept, struct leaves *asked);

/* The answers asked[n] become kept ones; a question without an answer is forgotten: what it
 * was asked for comes again. */
void leaves_take(struct leaves *kept, struct leaves *asked, size_t n);

#endif
