/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records in: the one way into an archive, used by collectd for what comes over the
 * wire and by import, permit, calibrate and the demo in-process.  Holds the archive's
 * lock.
 */
#ifndef COLLECTOR_INGEST_H
#define COLLECTOR_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/archive.h"
#include "base/status.h"
#include "base/wire.h"

struct ingest;

struct ingest_options {
	const char *dir;
	bool allow_simulated; /* else a DESCRIBE that says simulation is refused, and all after it */
	uint32_t segment_size; /* 0: default; tests use small ones */
	const char *sign_key;  /* that signs the seal list; NULL: the default */
	int64_t hold_us; /* journals are kept this long after the seal; 0: 7 days, negative: no time */
	const char *
	        seal_stop; /* tests: the step (collector/seal.h) at which a seal ends as if the power
	                          had gone */
	void (*seal_step)(const char *step); /* tests: called at each of them; NULL */
};

/* Lock the archive, recover its journals.  OK, REFUSED (somebody holds the lock:
 * EXIT_TRY_AGAIN). */
int ingest_open(
        struct ingest **out, const struct ingest_options *options, struct problem *why);
void ingest_close(struct ingest *ingest); /* commits */
const char *ingest_dir(const struct ingest *ingest);

/* Next seq wanted of (source, epoch): 1 for one never seen. */
uint64_t ingest_next(struct ingest *ingest, const char *source, uint64_t epoch);

/* All below are durable: what WELCOME, ACK and NAK may say. */
uint64_t ingest_durable(struct ingest *ingest, const char *source, uint64_t epoch);

/* The oldest record its agent still has is `first_seq` (HELLO): what lies between the
 * next wanted and that one can never come.  OK (also when there is no such hole), or
 * FAILED. */
int ingest_skip(struct ingest *ingest, const char *source, uint64_t epoch,
        uint64_t first_seq, int64_t now_us, struct problem *why);

/* An epoch whose folder could not be read at the start, and is not open by now: which, why
 * and the cure; "": there is none. */
const char *ingest_shut(struct ingest *ingest);

/* Journals that are open: each has up to three descriptors. */
size_t ingest_journals(const struct ingest *ingest);

/* Does a cabinet wait for something that only a seal job can tell: was what it shows again
 * sealed so?  Then the next one should begin at once. */
bool ingest_asks(const struct ingest *ingest);

/* Bytes gathered and not yet committed. */
size_t ingest_pending(const struct ingest *ingest);

/* Take a DATA message that wire_decode accepted, from the station `user`.  Gathers;
 * nothing may be acknowledged before ingest_commit.  OK (also when all or part was
 * there already: the same bytes once), REFUSED (another's source, simulated, same key
 * with other bytes: quarantined), NOT_FOUND (begins beyond the next wanted, or came
 * again when its journal has gone, and the next seal job looks into the sealed file: NAK with
 * ingest_next), FULL/FAILED.  `why` says it; *other_seq (may be NULL): the first record
 * that came before with other bytes, 0: none did. */
int ingest_data(struct ingest *ingest, const char *user, const struct wire *data,
        int64_t now_us, uint64_t *other_seq, struct problem *why);

/* Make all that was gathered durable; then ingest_next may be acknowledged.  OK or
 * FAILED. */
int ingest_commit(struct ingest *ingest);

/* ---- for records made in this process (import, documents, demo history) ---- */

/* Take one record without seq: gives it the next of the source's epoch (epoch 0: the
 * newest or a new one) and gathers it as if it had arrived at now_us.  OK or as
 * ingest_data. */
int ingest_record(struct ingest *ingest, const char *source, uint64_t epoch,
        uint8_t *record, size_t n, int64_t now_us, struct problem *why);

/*
 * Seal what is due at now_us: a legal day of a station is sealed when a record ten
 * minutes into a later day has come, or 7 days after its end; `all` seals every
 * complete record at once (the end of a test).  Files sealed, or a problem.
 */
int ingest_seal(struct ingest *ingest, int64_t now_us, bool all, struct problem *why);

/* Seal every complete record of one (source, epoch) at once, whatever the day: an import
 * is over when it is made.  Nothing else is touched.  Files sealed, or a problem. */
int ingest_seal_epoch(struct ingest *ingest, const char *source, uint64_t epoch,
        int64_t now_us, struct problem *why);

/* The same in three steps, so that a thread of its own can do the long one in the
 * middle: begin and end belong to the thread of the ingest, and one job is under way at
 * a time. */
struct seal_job;
struct seal_job *ingest_seal_begin(struct ingest *ingest, int64_t now_us, bool all);
int seal_job_run(
        struct seal_job *job, struct problem *why); /* files sealed, or a problem */
void seal_job_hurry(
        struct seal_job *job); /* from any thread: end within a second or so */
void ingest_seal_end(struct ingest *ingest, struct seal_job *job);

#endif
