/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal is the last that has the records of a file that was damaged meanwhile.  So before
 * segments go the files that hold their records are looked at once more. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/acts.h"
#include "base/journal.h"
#include "base/log.h"
#include "collector/seal_parts.h"

/* To the bit what was sealed, or taken away by a signed order. */
static bool is_sound(const struct sealer *sealer, const struct seal *seal)
{
	char path[ARCHIVE_PATH + sizeof seal->path], order[96];
	uint8_t digest[DIGEST_SIZE];
	snprintf(path, sizeof path, "%s/%s", sealer->dir, seal->path);
	if (digest_of_file(path, digest) == OK)
		return memcmp(digest, seal->file, DIGEST_SIZE) == 0;
	return access(path, F_OK) != 0 && errno == ENOENT &&
	       acts_order_of(sealer->dir, seal->path, order, sizeof order);
}

static void doubt(struct seal_job *job, size_t seal)
{
	size_t *more = realloc(job->doubt, (job->n_doubts + 1) * sizeof *more);
	if (more == NULL)
		return; /* the journal stays: it is found again */
	job->doubt = more;
	job->doubt[job->n_doubts++] = seal;
}

/* The first record that lies in a file which is not what was sealed, or `until`.  Each
 * file is read once. */
static uint64_t sound_until(const struct seal_station *station, struct seal_job *job,
        const struct seal_limit *limit, uint64_t until)
{
	const struct seal_list *list = &job->sealer->list;
	uint64_t seq = limit->first_seq;
	bool *seen = calloc(list->n + 1, sizeof *seen);
	while (seen != NULL && seq < until && !job->enough) {
		const struct sealed_range *range =
		        sealed_holder(&station->sealed, limit->epoch, seq);
		if (!seen[range->seal] &&
		        !is_sound(job->sealer, &list->seal[range->seal])) {
			doubt(job, range->seal);
			break;
		}
		seen[range->seal] = true;
		seq = range->last + 1;
	}
	free(seen);
	return seq;
}

void seal_forget(
        struct seal_station *station, struct seal_job *job, struct seal_limit *limit)
{
	uint64_t first = limit->first_seq;
	uint64_t until = sealed_until(
	        &station->sealed, limit->epoch, first, job->now_us - job->hold_us);
	limit->forget_seq = first;
	if (until == first || seal_rests(job->now_us, station->forget_us))
		return;
	uint64_t end = journal_segment_end(
	        job->sealer->journals, limit->source, limit->epoch, first);
	if (end == 0 || end > until)
		return; /* nothing goes yet */
	struct problem why;
	if (seal_list_stands(job->sealer, job, &why) != OK)
		return;
	limit->forget_seq = sound_until(station, job, limit, until);
	if (limit->forget_seq == until || job->enough)
		return;
	station->forget_us = job->now_us + SEAL_RETRY_US;
	log_seldom(LOG_ALERT, station->name,
	        "%s: a sealed file is not what was sealed; the journal that has its "
	        "records is kept",
	        station->name);
}
