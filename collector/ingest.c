/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/ingest.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/describe.h"
#include "base/folder.h"
#include "base/log.h"
#include "collector/ingest_parts.h"

/* Journals that may have something gathered at once: 4 MiB together, however many
 * agents there are.  One more costs a commit. */
#define GROUPS 16

/* ---- opening and closing ---- */

static int take_lock(struct ingest *ingest, struct problem *why)
{
	char path[sizeof ingest->dir + 16];
	snprintf(path, sizeof path, "%s/lock", ingest->dir);
	ingest->lock = lock_take(path);
	if (ingest->lock >= 0)
		return OK;
	if (ingest->lock == REFUSED)
		return problem_set(why, REFUSED, EXIT_TRY_AGAIN,
		        "%s: another program writes to this archive "
		        "(quantrac-collectd, or an "
		        "import); try again when it has ended",
		        ingest->dir);
	return lock_problem(path, why);
}

static int open_parts(struct ingest *ingest, const struct ingest_options *options,
        struct problem *why)
{
	int status = take_lock(ingest, why);
	if (status != OK)
		return status;
	if (folder_make(ingest->journals) != OK)
		return problem_set(why, FAILED, EXIT_CONFIG, "%s: cannot be made: %s",
		        ingest->journals, strerror(errno));
	if (journal_groups_new(&ingest->groups, GROUPS) != OK)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	inlets_open(ingest);
	struct sealer_options sealer = { .dir = ingest->dir,
		.sign_key = options->sign_key,
		.stop = options->seal_stop,
		.step = options->seal_step };
	return sealer_open(&ingest->sealer, &sealer, why);
}

int ingest_open(
        struct ingest **out, const struct ingest_options *options, struct problem *why)
{
	struct archive_identity identity;
	int status = archive_identify(options->dir, &identity, why);
	if (status != OK)
		return status;
	struct ingest *ingest = calloc(1, sizeof *ingest);
	if (ingest == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	ingest->lock = -1;
	ingest->allow_simulated = options->allow_simulated;
	ingest->segment_size = options->segment_size;
	ingest->hold_us = options->hold_us > 0   ? options->hold_us
	                  : options->hold_us < 0 ? 0
	                                         : SEAL_HOLD_US;
	snprintf(ingest->dir, sizeof ingest->dir, "%s", options->dir);
	snprintf(ingest->journals, sizeof ingest->journals, "%s/journal", options->dir);
	status = open_parts(ingest, options, why);
	if (status != OK) {
		ingest_close(ingest);
		return status;
	}
	*out = ingest;
	return OK;
}

void ingest_close(struct ingest *ingest)
{
	if (ingest == NULL)
		return;
	for (size_t i = 0; i < ingest->n_inlets; i++)
		journal_close(ingest->inlet[i].journal);
	for (size_t i = 0; i < LEAVES_ASKED; i++)
		leaves_free(&ingest->leaves[i]);
	journal_groups_free(ingest->groups);
	free(ingest->inlet);
	free(ingest->shut);
	sealer_close(ingest->sealer);
	if (ingest->lock >= 0)
		close(ingest->lock);
	free(ingest);
}

const char *ingest_dir(const struct ingest *ingest)
{
	return ingest->dir;
}

/* ---- what is there ---- */

static int cannot_store(const struct inlet *inlet, int status, struct problem *why)
{
	return problem_set(why, status, EXIT_TRY_AGAIN,
	        "%s: journal %016" PRIx64 ": cannot be written: %s", inlet->source,
	        inlet->epoch, status == FAILED ? strerror(errno) : status_text(status));
}

uint64_t ingest_next(struct ingest *ingest, const char *source, uint64_t epoch)
{
	const struct inlet *inlet = inlet_find(ingest, source, epoch);
	return inlet != NULL ? journal_next_seq(inlet->journal) : 1;
}

uint64_t ingest_durable(struct ingest *ingest, const char *source, uint64_t epoch)
{
	const struct inlet *inlet = inlet_find(ingest, source, epoch);
	return inlet != NULL ? journal_committed_seq(inlet->journal) : 1;
}

int ingest_skip(struct ingest *ingest, const char *source, uint64_t epoch,
        uint64_t first_seq, int64_t now_us, struct problem *why)
{
	struct inlet_name name = { .source = source, .epoch = epoch };
	struct inlet *inlet;
	uint64_t next = ingest_next(ingest, source, epoch);
	if (first_seq <= next)
		return OK;
	int status = inlet_get(ingest, &name, now_us, &inlet, why);
	/* an epoch that begins so was counted as one */
	if (status == OK && next > 1)
		status = inlet_check_begun(ingest, source, now_us, why);
	if (status != OK)
		return status;
	if (journal_skip(inlet->journal, first_seq, now_us) != OK)
		return cannot_store(inlet, FAILED, why);
	if (next > 1)
		inlet_note_hole(inlet, now_us);
	log_line(LOG_WARN,
	        "%s: records %016" PRIx64 "/%" PRIu64 " to %" PRIu64
	        " will never come: the cabinet keeps them no more",
	        source, epoch, next, first_seq - 1);
	return OK;
}

size_t ingest_journals(const struct ingest *ingest)
{
	return ingest->n_inlets;
}

bool ingest_asks(const struct ingest *ingest)
{
	return leaves_wait(ingest->leaves);
}

size_t ingest_pending(const struct ingest *ingest)
{
	size_t pending = 0;
	for (size_t i = 0; i < ingest->n_inlets; i++)
		pending += journal_pending(ingest->inlet[i].journal);
	return pending;
}

/* ---- taking in ---- */

/* Simulated data must not slip into an archive of evidence: a DESCRIBE that says so is
 * stopped, and everything behind it waits.  One that cannot be read is evidence of
 * something; it stays. */
static int check_origin(
        const struct ingest *ingest, const struct record *record, struct problem *why)
{
	struct describe *describe = NULL;
	struct problem cause;
	if (record->type != RECORD_DESCRIBE || ingest->allow_simulated)
		return OK;
	if (describe_decode(&describe, record->payload, record->payload_size, &cause) !=
	        OK) {
		log_seldom(LOG_WARN, record->source, "%s: record %" PRIu64 ": %s",
		        record->source, record->seq, cause.text);
		return OK;
	}
	bool simulated = describe_simulated(describe);
	describe_free(describe);
	if (!simulated)
		return OK;
	return problem_set(why, REFUSED, EXIT_CONFIG,
	        "%s: sends simulated data, which this archive does not take; start the "
	        "collector with --allow-simulated, on an archive made for that",
	        record->source);
}

/* Make room in a journal that is full: by its own commit, or where it has no group yet
 * by that of all others. */
static int make_room(struct ingest *ingest, struct journal *journal)
{
	if (journal_pending(journal) > 0)
		return journal_commit(journal);
	ingest_commit(ingest); /* one that fails does not keep the others' groups */
	return OK;
}

static int store(struct ingest *ingest, struct inlet *inlet, const uint8_t *bytes,
        size_t n, int64_t now_us)
{
	int status = journal_store(inlet->journal, bytes, n, now_us);
	if (status != FULL)
		return status;
	status = make_room(ingest, inlet->journal);
	return status == OK ? journal_store(inlet->journal, bytes, n, now_us) : status;
}

/* The records of a message from `at` on, all of them the next wanted. */
static int store_rest(struct ingest *ingest, struct inlet *inlet,
        const struct wire *data, size_t at, int64_t now_us, struct problem *why)
{
	while (at < data->payload_size) {
		struct record record;
		int n = record_decode(
		        &record, data->payload + at, data->payload_size - at);
		assert(n > 0); /* wire_decode saw to it */
		int status = check_origin(ingest, &record, why);
		if (status != OK)
			return status;
		status = store(ingest, inlet, data->payload + at, (size_t)n, now_us);
		if (status != OK)
			return cannot_store(inlet, status, why);
		at += (size_t)n;
	}
	return OK;
}

/* Bytes of the records of a message below `seq`. */
static size_t bytes_below(const struct wire *data, uint64_t seq)
{
	size_t at = 0;
	for (uint64_t i = data->first_seq; i < seq && at < data->payload_size; i++) {
		struct record record;
		int n = record_decode(
		        &record, data->payload + at, data->payload_size - at);
		assert(n > 0);
		at += (size_t)n;
	}
	return at;
}

int ingest_data(struct ingest *ingest, const char *user, const struct wire *data,
        int64_t now_us, uint64_t *other_seq, struct problem *why)
{
	struct inlet *inlet;
	if (other_seq != NULL)
		*other_seq = 0;
	if (strcmp(user, data->source) != 0)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "the key of %s sends as %s; nothing of it is stored", user,
		        data->source);
	uint64_t next = ingest_next(ingest, data->source, data->epoch);
	if (data->first_seq > next)
		return problem_set(why, NOT_FOUND, EXIT_DAMAGED,
		        "begins at %" PRIu64 ", wanted is %" PRIu64, data->first_seq,
		        next);
	struct inlet_name name = { .source = data->source, .epoch = data->epoch };
	int status = inlet_get(ingest, &name, now_us, &inlet, why);
	if (status != OK)
		return status;
	size_t known = bytes_below(data, next);
	if (known > 0) {
		uint64_t end = data->first_seq + data->count;
		struct again again = { .first_seq = data->first_seq,
			.end_seq = next < end ? next : end,
			.in = data->payload,
			.size = known,
			.now_us = now_us };
		status = inlet_compare(ingest, inlet, &again, why);
		if (other_seq != NULL)
			*other_seq = again.other_seq;
	}
	if (status != OK)
		return status;
	return store_rest(ingest, inlet, data, known, now_us, why);
}

int ingest_commit(struct ingest *ingest)
{
	int worst = OK;
	for (size_t i = 0; i < ingest->n_inlets; i++) {
		struct journal *journal = ingest->inlet[i].journal;
		if (journal_pending(journal) > 0 && journal_commit(journal) != OK)
			worst = FAILED;
	}
	return worst;
}

/* ---- records made in this process ---- */

int ingest_record(struct ingest *ingest, const char *source, uint64_t epoch,
        uint8_t *record, size_t n, int64_t now_us, struct problem *why)
{
	struct record decoded;
	struct inlet *inlet;
	if (record_decode(&decoded, record, n) != (int)n ||
	        strcmp(decoded.source, source) != 0)
		return problem_set(
		        why, REFUSED, EXIT_INTERNAL, "this is no record of %s", source);
	struct inlet_name name = {
		.source = source, .epoch = epoch, .made_here = true
	};
	int status = check_origin(ingest, &decoded, why);
	if (status == OK)
		status = inlet_for(ingest, &name, now_us, &inlet, why);
	if (status != OK)
		return status;
	status = journal_append(inlet->journal, record, n, now_us);
	if (status == FULL && make_room(ingest, inlet->journal) == OK)
		status = journal_append(inlet->journal, record, n, now_us);
	return status == OK ? OK : cannot_store(inlet, status, why);
}
