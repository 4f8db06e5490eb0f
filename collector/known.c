/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that come a second time: the same bytes once, other bytes never. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "archive/proof.h"
#include "base/digest.h"
#include "base/folder.h"
#include "base/log.h"
#include "collector/ingest_parts.h"

/* The name holds the digest, so that an agent that never stops sending one thing fills
 * no disk.  OK: it lies there. */
static int quarantine(const struct ingest *ingest, const struct inlet *inlet,
        const struct record *record, const uint8_t *bytes, size_t n)
{
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX], path[ARCHIVE_PATH + 128];
	digest_of(bytes, n, digest);
	digest_print(digest, hex);
	snprintf(path, sizeof path, "%s/quarantine", ingest->dir);
	int status = folder_make(path);
	snprintf(path, sizeof path,
	        "%s/quarantine/%s_%016" PRIx64 "_%020" PRIu64 "_%.16s.record",
	        ingest->dir, inlet->source, inlet->epoch, record->seq, hex);
	if (status == OK && access(path, F_OK) == 0)
		return OK;
	if (status == OK)
		status = file_replace(path, bytes, n, 0640);
	if (status != OK)
		log_seldom(LOG_ALERT, "quarantine", "%s: cannot be written: %s", path,
		        strerror(errno));
	return status;
}

static int differs(const struct ingest *ingest, const struct inlet *inlet,
        const uint8_t *bytes, size_t n, uint64_t *other_seq, struct problem *why)
{
	struct record record;
	int size = record_decode(&record, bytes, n);
	assert(size > 0); /* wire_decode saw to it */
	*other_seq = record.seq;
	int status = quarantine(ingest, inlet, &record, bytes, n);
	return problem_set(why, REFUSED, EXIT_DAMAGED,
	        "%s: record %016" PRIx64 "/%" PRIu64
	        " came before with other bytes (a copied disk, or somebody tampers); "
	        "%s, and "
	        "nothing behind it on its connection is taken",
	        inlet->source, inlet->epoch, record.seq,
	        status == OK ? "it is in quarantine"
	                     : "no copy could be kept in quarantine");
}

/* Walk what came beside what the journal holds; records the journal holds no more are
 * passed. */
static int compare_all(const struct ingest *ingest, const struct inlet *inlet,
        struct again *again, struct journal_reader *reader, struct problem *why)
{
	struct journal_entry entry = { .record = again->in };
	size_t at = 0;
	int more = 1;
	for (uint64_t seq = again->first_seq; seq < again->end_seq; seq++) {
		struct record record;
		int n = record_decode(&record, again->in + at, again->size - at);
		assert(n > 0);
		while (more != 0 && entry.seq < seq)
			more = journal_read_next(reader, &entry, NULL);
		if (more == 1 && entry.seq == seq &&
		        (entry.size != (size_t)n ||
		                memcmp(entry.record, again->in + at, (size_t)n) != 0))
			return differs(ingest, inlet, again->in + at, (size_t)n,
			        &again->other_seq, why);
		at += (size_t)n;
	}
	return OK;
}

/* ---- what the journal holds no more ---- */

static void tell_unseen(const struct inlet *inlet, const struct leaves *leaves,
        uint64_t first, uint64_t last)
{
	char about[SOURCE_SIZE + 16];
	snprintf(about, sizeof about, "unseen %s", inlet->source);
	log_seldom(LOG_ALERT, about,
	        "%s: records %016" PRIx64 "/%" PRIu64 " to %" PRIu64
	        " came again and cannot all be compared (%s); they are acknowledged",
	        inlet->source, inlet->epoch, first, last, leaves->why);
}

/* The records below `end` beside what was sealed; those nobody knows are passed, and
 * told. */
static int compare_leaves(const struct ingest *ingest, const struct inlet *inlet,
        struct again *again, uint64_t end, struct leaves *leaves, struct problem *why)
{
	uint8_t leaf[DIGEST_SIZE];
	struct digest *digest = digest_new();
	size_t at = 0, unseen = 0;
	if (digest == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory");
	int status = OK;
	for (uint64_t seq = again->first_seq; seq < end && status == OK; seq++) {
		struct record record;
		int n = record_decode(&record, again->in + at, again->size - at);
		assert(n > 0);
		const uint8_t *sealed = leaves_leaf(leaves, seq);
		proof_leaf(digest, again->in + at, (size_t)n, leaf);
		unseen += sealed == NULL;
		if (sealed != NULL && memcmp(leaf, sealed, sizeof leaf) != 0)
			status = differs(ingest, inlet, again->in + at, (size_t)n,
			        &again->other_seq, why);
		at += (size_t)n;
	}
	digest_free(digest);
	if (unseen > 0)
		tell_unseen(inlet, leaves, again->first_seq, end - 1);
	return status;
}

/* The part that no journal holds; OK, REFUSED, NOT_FOUND or FAILED. */
static int compare_sealed(struct ingest *ingest, const struct inlet *inlet,
        struct again *again, struct problem *why)
{
	uint64_t end = journal_first_seq(inlet->journal);
	if (end > again->end_seq)
		end = again->end_seq;
	if (again->first_seq >= end)
		return OK;
	struct leaves wanted = {
		.epoch = inlet->epoch, .first_seq = again->first_seq, .end_seq = end
	};
	snprintf(wanted.source, sizeof wanted.source, "%s", inlet->source);
	struct leaves *leaves = leaves_of(ingest->leaves, &wanted);
	if (leaves == NULL)
		return problem_set(why, NOT_FOUND, EXIT_TRY_AGAIN,
		        "records %" PRIu64 " to %" PRIu64
		        " came before and are compared with what was sealed; send them "
		        "again",
		        again->first_seq, end - 1);
	int status = compare_leaves(ingest, inlet, again, end, leaves, why);
	/* what was not there may be put back; what is behind it is asked for anew */
	if (status == OK && (leaves->why[0] != '\0' || end == leaves->end_seq))
		leaves_free(leaves);
	return status;
}

/* ---- all ---- */

static int compare_journal(const struct ingest *ingest, const struct inlet *inlet,
        struct again *again, struct problem *why)
{
	struct journal_reader *reader;
	uint64_t first = journal_first_seq(inlet->journal);
	if (again->first_seq > first)
		first = again->first_seq;
	if (first >= again->end_seq)
		return OK;
	int status = journal_read_open(
	        &reader, ingest->journals, inlet->source, inlet->epoch, first);
	if (status != OK && journal_stranger(ingest->journals, inlet->source,
	                            inlet->epoch, why) != OK)
		return FAILED;
	if (status != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "%s: the journal cannot be read back: %s", inlet->source,
		        strerror(errno));
	status = compare_all(ingest, inlet, again, reader, why);
	journal_read_close(reader);
	return status;
}

int inlet_compare(struct ingest *ingest, struct inlet *inlet, struct again *again,
        struct problem *why)
{
	struct journal *journal = inlet->journal;
	if (again->end_seq > journal_committed_seq(journal) &&
	        journal_commit(journal) != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "%s: the journal cannot be written: %s", inlet->source,
		        strerror(errno));
	int status = compare_sealed(ingest, inlet, again, why);
	if (status == OK)
		status = compare_journal(ingest, inlet, again, why);
	return status;
}
