/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rounds and their pace; sealed files against the seal list. */
#include "collector/scrub.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/acts.h"
#include "archive/day.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "collector/scrub_parts.h"

void scrub_open(
        struct scrub *scrub, const struct scrub_options *options, const char *dir)
{
	*scrub = (struct scrub){ .options = *options };
	scrub_load(scrub, dir);
}

void scrub_close(struct scrub *scrub)
{
	for (size_t i = 0; i < scrub->n_told; i++)
		free(scrub->told[i]);
	free(scrub->told);
	*scrub = (struct scrub){ 0 };
}

static void keep(struct scrub *scrub, const char *text)
{
	char *copy = strdup(text);
	void *more = realloc(scrub->told, (scrub->n_told + 1) * sizeof(char *));
	if (more != NULL)
		scrub->told = more;
	if (copy != NULL && more != NULL)
		scrub->told[scrub->n_told++] = copy;
	else
		free(copy);
}

void scrub_tell(struct scrub *scrub, const char *text)
{
	if (scrub->worst[0] == '\0')
		snprintf(scrub->worst, sizeof scrub->worst, "%s", text);
	for (size_t i = 0; i < scrub->n_told; i++)
		if (strcmp(scrub->told[i], text) == 0)
			return;
	if (!scrub->options.silent)
		log_line(LOG_ALERT, "scrub: %s", text);
	keep(scrub, text);
}

/* ---- one file ---- */

static void path_of(
        const struct sealer *sealer, const struct seal *seal, char out[ARCHIVE_PATH])
{
	snprintf(out, ARCHIVE_PATH, "%.3500s/%s", sealer->dir, seal->path);
}

static int leaf_add(void *with, const uint8_t *record, size_t size, int64_t stored_us,
        uint8_t transport)
{
	proof_tree_add(with, record, size);
	return 0;
}

/* Every record rebuilt from the file, and their root.  Its bytes are those that were
 * sealed, so it is our own and may be opened here.  Without memory to look nothing is
 * found: the next round comes. */
static bool gives_back(const char *path, const struct seal *seal)
{
	struct proof_tree tree;
	uint8_t root[DIGEST_SIZE];
	struct day *day;
	struct problem why;
	if (proof_tree_start(&tree) != OK)
		return true;
	if (day_open(&day, path, &why) != OK) {
		proof_tree_root(&tree, root);
		return false;
	}
	int n = day_records(day, leaf_add, &tree, &why);
	proof_tree_root(&tree, root);
	day_close(day);
	return n >= 0 && (uint64_t)n == seal->records &&
	       memcmp(root, seal->root, DIGEST_SIZE) == 0;
}

/* What is wrong with it; NULL: nothing. */
static const char *look(
        const struct sealer *sealer, const struct seal *seal, bool whole)
{
	char path[ARCHIVE_PATH];
	uint8_t hash[DIGEST_SIZE];
	path_of(sealer, seal, path);
	if (digest_of_file(path, hash) != OK)
		return errno == ENOENT ? "is missing" : strerror(errno);
	if (memcmp(hash, seal->file, DIGEST_SIZE) != 0)
		return "is not the file that was sealed";
	if (whole && !gives_back(path, seal))
		return "does not give back the records that were sealed";
	return NULL;
}

/* A file that was taken away by a signed order is not missing. */
static bool is_pruned(const struct sealer *sealer, const struct seal *seal)
{
	char order[96];
	return acts_order_of(sealer->dir, seal->path, order, sizeof order);
}

static void heal(struct scrub *scrub, struct seal_job *job, const struct seal *seal,
        const char *what)
{
	char text[1600];
	struct problem why = { .text = "" };
	if (strcmp(what, "is missing") == 0 && is_pruned(job->sealer, seal))
		return;
	scrub->round.damaged++;
	if (scrub_restore(job, seal, &why) == 1) {
		scrub->round.restored++;
		snprintf(text, sizeof text,
		        "%s: %.200s; it was made again from its records, to the bit as "
		        "it was sealed; look at the disk, or who rewrote the file",
		        seal->path, what);
		if (scrub->options.silent)
			keep(scrub, text);
		else
			log_line(LOG_ALERT, "scrub: %s", text);
		return;
	}
	snprintf(text, sizeof text,
	        "%s: %.300s; it cannot be made again (%.300s); put back a copy",
	        seal->path, what, why.text);
	scrub_tell(scrub, text);
}

static double size_of(const struct sealer *sealer, const struct seal *seal)
{
	char path[ARCHIVE_PATH];
	struct stat st;
	path_of(sealer, seal, path);
	return stat(path, &st) == 0 ? (double)st.st_size : 0;
}

static void look_at(
        struct scrub *scrub, struct seal_job *job, const struct seal *seal, bool whole)
{
	double size = size_of(job->sealer, seal);
	const char *what = look(job->sealer, seal, whole);
	scrub->balance -= size;
	scrub->round.files++;
	scrub->round.bytes += (uint64_t)size;
	if (what != NULL)
		heal(scrub, job, seal, what);
}

/* ---- rounds ---- */

static void round_begin(struct scrub *scrub, int64_t now_us)
{
	scrub->round = (struct scrub_round){ .began_us = now_us };
	scrub->next_file = scrub->next_journal = scrub->next_seq = 0;
	scrub->worst[0] = '\0';
}

static void round_end(struct scrub *scrub, int64_t now_us)
{
	struct scrub_round *round = &scrub->round;
	round->ended_us = now_us;
	bool news = round->damaged > 0 || round->journals_damaged > 0;
	scrub->last = *round;
	if (scrub->options.silent)
		return;
	log_line(news ? LOG_WARN : LOG_INFO,
	        "scrub: %" PRIu64 " sealed files looked at: %" PRIu64
	        " damaged, %" PRIu64 " of them made again; %" PRIu64
	        " journals damaged",
	        round->files, round->damaged, round->restored, round->journals_damaged);
}

/* The newest files are the likeliest to have met the power cut that brought us here. */
static void verify_newest(struct scrub *scrub, struct seal_job *job)
{
	const struct seal_list *list = &job->sealer->list;
	struct scrub_round round = scrub->round; /* these count in no round */
	size_t from = list->n > SCRUB_NEWEST ? list->n - SCRUB_NEWEST : 0;
	for (size_t i = from; i < list->n && !job->enough; i++)
		look_at(scrub, job, &list->seal[i], true);
	scrub->round = round;
}

/* What has a journal kept back is looked at now, also where no round is made. */
static void look_at_doubts(struct scrub *scrub, struct seal_job *job)
{
	struct scrub_round round = scrub->round; /* these count in no round, too */
	for (size_t i = 0; i < job->n_doubts && !job->enough; i++)
		look_at(scrub, job, &job->sealer->list.seal[job->doubt[i]], false);
	scrub->round = round;
}

/* How many bytes may be read by now. */
static void pace(struct scrub *scrub, int64_t now_us)
{
	double passed_s = (double)(now_us - scrub->paced_us) / 1e6;
	if (scrub->paced_us == 0 || passed_s < 0)
		passed_s = 0;
	scrub->paced_us = now_us;
	scrub->balance += passed_s * scrub->options.bytes_s;
	if (scrub->balance > SCRUB_BURST)
		scrub->balance = SCRUB_BURST;
}

static bool may_read(const struct scrub *scrub, const struct seal_job *job)
{
	return scrub->balance > 0 && !job->enough;
}

/* Files sealed while the round goes on are seen in it too. */
static void go_on(struct scrub *scrub, struct seal_job *job)
{
	const struct seal_list *list = &job->sealer->list;
	bool whole = false;
	while (scrub->next_file < list->n && may_read(scrub, job))
		look_at(scrub, job, &list->seal[scrub->next_file++], false);
	if (scrub->next_file >= list->n && may_read(scrub, job))
		whole = scrub_journals(scrub, job);
	if (whole)
		round_end(scrub, job->now_us);
}

static bool is_due(const struct scrub *scrub, int64_t now_us)
{
	double passed_s = (double)(now_us - scrub->round.began_us) / 1e6;
	return scrub->round.began_us == 0 ||
	       (scrub->round.ended_us != 0 &&
	               (passed_s >= scrub->options.every_s || passed_s < 0));
}

void scrub_run(struct scrub *scrub, struct seal_job *job)
{
	if (job->enough || job->sealer->stopped || job->sealer->held)
		return;
	look_at_doubts(scrub, job);
	if (scrub->options.every_s <= 0)
		return;
	pace(scrub, job->now_us);
	if (!scrub->begun)
		verify_newest(scrub, job);
	scrub->begun = true;
	if (is_due(scrub, job->now_us))
		round_begin(scrub, job->now_us);
	if (scrub->round.ended_us != 0 || !may_read(scrub, job))
		return;
	go_on(scrub, job);
	scrub_save(scrub, job->sealer->dir);
}

void scrub_all(struct scrub *scrub, struct seal_job *job)
{
	if (job->sealer->held)
		return;
	round_begin(scrub, job->now_us);
	while (scrub->round.ended_us == 0 && !job->enough) {
		scrub->balance = SCRUB_BURST;
		go_on(scrub, job);
	}
	scrub_save(scrub, job->sealer->dir);
}
