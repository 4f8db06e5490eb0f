/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sealing thread is handed, and what it hands back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/ingest_parts.h"

struct seal_job *ingest_seal_begin(struct ingest *ingest, int64_t now_us, bool all)
{
	struct seal_job *job = calloc(1, sizeof *job);
	struct seal_limit *limit = calloc(ingest->n_inlets + 1, sizeof *limit);
	if (job == NULL || limit == NULL) {
		free(job);
		free(limit);
		return NULL;
	}
	job->sealer = ingest->sealer;
	job->now_us = now_us;
	job->hold_us = ingest->hold_us;
	job->all = all;
	job->n_asked = leaves_hand(ingest->leaves, job->asked);
	job->n = ingest->n_inlets;
	job->limit = limit;
	for (size_t i = 0; i < job->n; i++) {
		const struct inlet *inlet = &ingest->inlet[i];
		limit[i] = (struct seal_limit){ .epoch = inlet->epoch,
			.first_seq = journal_first_seq(inlet->journal),
			.committed_seq = journal_committed_seq(inlet->journal) };
		snprintf(limit[i].source, sizeof limit[i].source, "%s", inlet->source);
	}
	return job;
}

void seal_job_hurry(struct seal_job *job)
{
	job->enough = true;
}

void ingest_seal_end(struct ingest *ingest, struct seal_job *job)
{
	for (size_t i = 0; i < job->n; i++) {
		const struct seal_limit *limit = &job->limit[i];
		struct inlet *inlet = inlet_find(ingest, limit->source, limit->epoch);
		if (inlet != NULL &&
		        limit->forget_seq > journal_first_seq(inlet->journal))
			journal_forget(inlet->journal, limit->forget_seq);
	}
	leaves_take(ingest->leaves, job->asked, job->n_asked);
	free(job->limit);
	free(job->doubt);
	free(job);
}

/* Leave one journal in the job. */
static void keep_only(struct seal_job *job, const char *source, uint64_t epoch)
{
	size_t kept = 0;
	for (size_t i = 0; i < job->n; i++) {
		const struct seal_limit *limit = &job->limit[i];
		if (limit->epoch == epoch && strcmp(limit->source, source) == 0)
			job->limit[kept++] = *limit;
	}
	job->n = kept;
}

/* `source` NULL: every journal. */
static int seal_here(struct ingest *ingest, const char *source, uint64_t epoch,
        struct seal_job *job, struct problem *why)
{
	if (job == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory to seal");
	if (source != NULL)
		keep_only(job, source, epoch);
	int sealed = seal_job_run(job, why);
	ingest_seal_end(ingest, job);
	return sealed;
}

static int commit_first(struct ingest *ingest, struct problem *why)
{
	if (ingest_commit(ingest) == OK)
		return OK;
	return problem_set(why, FAILED, EXIT_TRY_AGAIN,
	        "%s: a journal cannot be written", ingest->dir);
}

int ingest_seal(struct ingest *ingest, int64_t now_us, bool all, struct problem *why)
{
	int status = commit_first(ingest, why);
	if (status != OK)
		return status;
	return seal_here(ingest, NULL, 0, ingest_seal_begin(ingest, now_us, all), why);
}

int ingest_seal_epoch(struct ingest *ingest, const char *source, uint64_t epoch,
        int64_t now_us, struct problem *why)
{
	int status = commit_first(ingest, why);
	if (status != OK)
		return status;
	return seal_here(
	        ingest, source, epoch, ingest_seal_begin(ingest, now_us, true), why);
}
