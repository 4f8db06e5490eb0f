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

/* `which` of the inlet's: one, or from which to which.  The name holds the digest, so that
 * an agent that never stops sending one thing fills no disk.  OK: it lies there. */
static int quarantine(const struct ingest *ingest, const struct inlet *inlet,
        const char *which, const uint8_t *bytes, size_t n)
{
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX], path[ARCHIVE_PATH + 160];
	digest_of(bytes, n, digest);
	digest_print(digest, hex);
	snprintf(path, sizeof path, "%s/quarantine", ingest->dir);
	int status = folder_make(path);
	snprintf(path, sizeof path, "%s/quarantine/%s_%016" PRIx64 "_%s_%.16s.record%s",
	        ingest->dir, inlet->source, inlet->epoch, which, hex,
	        strchr(which, '-') != NULL ? "s" : "");
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
	char which[24];
	snprintf(which, sizeof which, "%020" PRIu64, record.seq);
	int status = quarantine(ingest, inlet, which, bytes, n);
	return problem_set(why, REFUSED, EXIT_DAMAGED,
	        "%s: record %016" PRIx64 "/%" PRIu64
	        " came before with other bytes (a copied disk, or somebody tampers); "
	        "%s, and "
	        "nothing behind it on its connection is taken",
	        inlet->source, inlet->epoch, record.seq,
	        status == OK ? "it is in quarantine"
	                     : "no copy could be kept in quarantine");
}

/* ---- what nobody can compare ---- */

/* Records in a row that are neither in the journal nor in a sealed file that can be read:
 * the cabinet had said that it keeps them no more, or they were damaged here. */
struct strays {
	const char *why;
	uint64_t first_seq;
	const uint8_t *bytes;
	size_t size; /* 0: there are none */
};

static void strays_add(
        struct strays *strays, uint64_t seq, const uint8_t *bytes, size_t n)
{
	if (strays->size == 0) {
		strays->first_seq = seq;
		strays->bytes = bytes;
	}
	strays->size += n;
}

/* The row ends before end_seq.  Journal and sealed files are not written again: the row
 * is kept beside them, and told. */
static int strays_keep(const struct ingest *ingest, const struct inlet *inlet,
        struct strays *strays, uint64_t end_seq, struct problem *why)
{
	char which[64], about[SOURCE_SIZE + 16];
	if (strays->size == 0)
		return OK;
	snprintf(which, sizeof which, "%020" PRIu64 "-%020" PRIu64, strays->first_seq,
	        end_seq - 1);
	if (quarantine(ingest, inlet, which, strays->bytes, strays->size) != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "%s: records %" PRIu64 " to %" PRIu64
		        " cannot be compared, and not be kept: %s",
		        inlet->source, strays->first_seq, end_seq - 1, strerror(errno));
	snprintf(about, sizeof about, "stray %s", inlet->source);
	log_seldom(LOG_ALERT, about,
	        "%s: records %016" PRIx64 "/%" PRIu64 " to %" PRIu64
	        " came again and cannot be compared (%s); they lie in quarantine",
	        inlet->source, inlet->epoch, strays->first_seq, end_seq - 1,
	        strays->why);
	strays->size = 0;
	return OK;
}

/* Walk what came beside what the journal holds, which begins with `first`. */
static int compare_all(const struct ingest *ingest, const struct inlet *inlet,
        struct again *again, struct journal_reader *reader, uint64_t first,
        struct problem *why)
{
	struct journal_entry entry = { .record = again->in };
	struct strays strays = { .why = "they had been told as missing" };
	size_t at = 0;
	int more = 1, status = OK;
	for (uint64_t seq = again->first_seq; seq < again->end_seq; seq++) {
		const uint8_t *in = again->in + at;
		struct record record;
		size_t n = (size_t)record_decode(&record, in, again->size - at);
		at += n;
		while (more != 0 && entry.seq < seq)
			more = journal_read_next(reader, &entry, NULL);
		bool here = more == 1 && entry.seq == seq;
		if (!here && seq >= first)
			strays_add(&strays, seq, in, n);
		if (!here)
			continue;
		status = strays_keep(ingest, inlet, &strays, seq, why);
		if (status == OK &&
		        (entry.size != n || memcmp(entry.record, in, n) != 0))
			status = differs(ingest, inlet, in, n, &again->other_seq, why);
		if (status != OK)
			return status;
	}
	return strays_keep(ingest, inlet, &strays, again->end_seq, why);
}

/* ---- what the journal holds no more ---- */

/* The records below `end` beside what was sealed. */
static int compare_leaves(const struct ingest *ingest, const struct inlet *inlet,
        struct again *again, uint64_t end, struct leaves *leaves, struct problem *why)
{
	uint8_t leaf[DIGEST_SIZE];
	struct strays strays = { .why = leaves->why };
	struct digest *digest = digest_new();
	size_t at = 0;
	if (digest == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory");
	int status = OK;
	for (uint64_t seq = again->first_seq; seq < end && status == OK; seq++) {
		const uint8_t *in = again->in + at;
		struct record record;
		size_t n = (size_t)record_decode(&record, in, again->size - at);
		at += n;
		const uint8_t *sealed = leaves_leaf(leaves, seq);
		if (sealed == NULL) {
			strays_add(&strays, seq, in, n);
			continue;
		}
		proof_leaf(digest, in, n, leaf);
		status = strays_keep(ingest, inlet, &strays, seq, why);
		if (status == OK && memcmp(leaf, sealed, sizeof leaf) != 0)
			status = differs(ingest, inlet, in, n, &again->other_seq, why);
	}
	digest_free(digest);
	return status == OK ? strays_keep(ingest, inlet, &strays, end, why) : status;
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
	struct leaves wanted = { .epoch = inlet->epoch,
		.first_seq = again->first_seq,
		.end_seq = end,
		.asked_us = again->now_us };
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
	status = compare_all(ingest, inlet, again, reader, first, why);
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
