/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that come a second time: the same bytes once, other bytes never. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

int inlet_compare(struct ingest *ingest, struct inlet *inlet, struct again *again,
        struct problem *why)
{
	struct journal_reader *reader;
	struct journal *journal = inlet->journal;
	if (again->end_seq > journal_committed_seq(journal) &&
	        journal_commit(journal) != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "%s: the journal cannot be written: %s", inlet->source,
		        strerror(errno));
	uint64_t first = journal_first_seq(journal);
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
