/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ingest asks of sealed files (collector/leaves.h): in the sealing thread, one
 * file after the other. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/acts.h"
#include "archive/day.h"
#include "collector/seal_parts.h"

struct search {
	struct sealer *sealer;
	struct leaves *leaves;
	struct digest *digest;
	size_t n;     /* files that hold what is asked for */
	size_t *file; /* index in the seal list */
};

static bool has_file(const struct search *search, size_t seal)
{
	for (size_t i = 0; i < search->n; i++)
		if (search->file[i] == seal)
			return true;
	return false;
}

static int add_file(struct search *search, size_t seal)
{
	if (has_file(search, seal))
		return OK;
	size_t *more = realloc(search->file, (search->n + 1) * sizeof *more);
	if (more == NULL)
		return FAILED;
	search->file = more;
	search->file[search->n++] = seal;
	return OK;
}

/* The files of what is asked for; and the answer reaches on as far as these hold what
 * follows. */
static int find_files(struct search *search, const struct sealed *sealed)
{
	struct leaves *leaves = search->leaves;
	uint64_t seq = leaves->first_seq, most = leaves->first_seq + LEAVES_MOST;
	while (seq < leaves->end_seq) {
		const struct sealed_range *range =
		        sealed_holder(sealed, leaves->epoch, seq);
		if (range != NULL && add_file(search, range->seal) != OK)
			return FAILED;
		if (range == NULL)
			snprintf(leaves->why, sizeof leaves->why,
			        "no sealed file holds them");
		seq = range != NULL ? range->last + 1 : seq + 1;
	}
	for (;;) {
		const struct sealed_range *range =
		        sealed_holder(sealed, leaves->epoch, seq);
		if (seq >= most || range == NULL || !has_file(search, range->seal))
			break;
		seq = range->last + 1;
	}
	if (seq > most)
		seq = most;
	if (seq > leaves->end_seq)
		leaves->end_seq = seq;
	return OK;
}

static int take_leaf(void *with, const uint8_t *bytes, size_t size, int64_t stored_us,
        uint8_t transport)
{
	struct search *search = with;
	struct leaves *leaves = search->leaves;
	struct record record;
	if (record_decode(&record, bytes, size) < 0 || record.epoch != leaves->epoch ||
	        record.seq < leaves->first_seq || record.seq >= leaves->end_seq)
		return 0;
	uint64_t at = record.seq - leaves->first_seq;
	proof_leaf(search->digest, bytes, size, leaves->leaf[at]);
	leaves->known[at] = true;
	return 0;
}

static void tell_file(
        const struct search *search, const struct seal *seal, const char *what)
{
	char order[96];
	if (acts_order_of(search->sealer->dir, seal->path, order, sizeof order))
		what = "was taken away by a signed order";
	snprintf(search->leaves->why, sizeof search->leaves->why, "%.90s: %.100s",
	        seal->path, what);
}

static void read_file(struct search *search, const struct seal *seal)
{
	struct day *day;
	struct problem why = { .text = "" };
	int status = sealed_open(&day, search->sealer->dir, seal, &why);
	if (status != OK) {
		tell_file(search, seal, why.text);
		return;
	}
	if (day_records(day, take_leaf, search, &why) < 0)
		tell_file(search, seal, why.text);
	day_close(day);
}

/* Nobody can know more: that is an answer too, and what there is is compared. */
static void answer(struct search *search, const struct seal_station *station)
{
	struct leaves *leaves = search->leaves;
	leaves->answered = true;
	if (find_files(search, &station->sealed) == OK) {
		size_t n = (size_t)(leaves->end_seq - leaves->first_seq);
		leaves->leaf = malloc(n * sizeof *leaves->leaf);
		leaves->known = calloc(n, sizeof *leaves->known);
	}
	if (leaves->leaf == NULL || leaves->known == NULL) {
		leaves->answered = false;
		return;
	}
	for (size_t i = 0; i < search->n && !seal_enough(search->sealer); i++)
		read_file(search, &search->sealer->list.seal[search->file[i]]);
	if (seal_enough(search->sealer))
		leaves->answered = false;
}

void seal_leaves(struct seal_job *job)
{
	struct seal_station *station;
	for (size_t i = 0; i < job->n_asked && !job->enough; i++) {
		struct search search = { .sealer = job->sealer,
			.leaves = &job->asked[i],
			.digest = digest_new() };
		if (search.digest != NULL &&
		        seal_station_of(job->sealer, job->asked[i].source, &station) ==
		                OK)
			answer(&search, station);
		digest_free(search.digest);
		free(search.file);
	}
}
