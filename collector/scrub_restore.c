/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sealed file made again: from the journals while they still hold its records, else from
 * what a tool rewrote, if that still says all of them. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/rewritten.h"
#include "base/folder.h"
#include "base/journal.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "collector/scrub_parts.h"

struct remake {
	struct sealer *sealer;
	struct seal_station *station;
	const struct seal *seal;
	struct batch batch;
	char path[ARCHIVE_PATH], temporary[ARCHIVE_PATH];
};

static int no(struct problem *why, const char *text)
{
	return problem_set(why, NOT_FOUND, EXIT_DAMAGED, "%s", text);
}

/* ---- the records ---- */

static int take(struct remake *remake, const struct waiting_epoch *epoch,
        const struct journal_entry *entry)
{
	struct seal_station *station = remake->station;
	struct arrival arrival = { .stored_us = entry->stored_us,
		.origin = epoch != NULL ? epoch->origin : ORIGIN_INSTRUMENT };
	if (record_decode(&arrival.record, entry->record, entry->size) < 0)
		return MALFORMED;
	const struct describe *describe;
	if (seal_describe(station, &arrival.record, &describe) != OK)
		return FAILED;
	if (describe != NULL)
		arrival.origin = (uint8_t)describe->origin;
	int64_t time_us = arrival.record.time_us;
	waiting_place(&station->waiting, &arrival, &time_us);
	const struct batch_record one = { .record = &arrival.record,
		.bytes = entry->record,
		.size = entry->size,
		.stored_us = entry->stored_us,
		.transport = seal_transport(&arrival, arrival.origin, time_us) };
	return batch_add(&remake->batch, &one);
}

static int take_range(struct remake *remake, const struct sealed_range *range)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	const struct waiting_epoch *epoch =
	        waiting_epoch(&remake->station->waiting, range->epoch);
	uint64_t seq = range->first;
	int status = OK;
	if (journal_read_open(&reader, remake->sealer->journals, remake->station->name,
	            range->epoch, range->first) != OK)
		return NOT_FOUND;
	while (status == OK && seq <= range->last) {
		if (journal_read_next(reader, &entry, &why) != 1 || entry.seq != seq)
			status = NOT_FOUND;
		else
			status = take(remake, epoch, &entry);
		seq++;
	}
	journal_read_close(reader);
	return status;
}

static int take_all(struct remake *remake, struct problem *why)
{
	struct sealed_range *range = NULL;
	size_t n = 0;
	if (sealed_ranges_of(remake->sealer->dir, remake->station->name,
	            remake->seal->file, &range, &n) != OK)
		return no(why, "which records it held is not known");
	int status = OK;
	for (size_t i = 0; i < n && status == OK; i++)
		status = take_range(remake, &range[i]);
	free(range);
	if (status != OK || remake->batch.n != remake->seal->records)
		return no(why, "the journal does not hold its records any more");
	return OK;
}

/* ---- the file ---- */

static struct day_header header_of(const struct remake *remake)
{
	const struct seal *seal = remake->seal;
	const struct archive_identity *identity = &remake->sealer->identity;
	int64_t to_us;
	struct day_header header = { .zone = identity->zone,
		.zone_name = identity->zone_name,
		.station = seal->station,
		.day_us = UNPLACED,
		.utc_offset_min = identity->utc_offset_min,
		.keep_unknown = true };
	interval_parse(seal->date, identity->utc_offset_min, 0, &header.day_us, &to_us);
	if (strncmp(seal->kind, "late", 4) == 0)
		header.late = atoi(seal->kind + 4);
	if (header.day_us == UNPLACED) /* unplaced/<station>_<N>.h5 */
		header.late = atoi(strrchr(seal->path, '_') + 1);
	return header;
}

/* Write it with this DESCRIBE of the station in front (NULL: as the shelf stands); 1:
 * to the bit what was sealed. */
static int write_with(
        struct remake *remake, struct describe *first, struct problem *why)
{
	const struct shelf *shelf = &remake->station->shelf;
	const struct day_header header = header_of(remake);
	uint8_t hash[DIGEST_SIZE];
	size_t n = 0;
	struct describe **order = calloc(shelf->n + 1, sizeof(struct describe *));
	if (order == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory");
	if (first != NULL)
		order[n++] = first;
	for (size_t i = 0; i < shelf->n; i++)
		if (shelf->describe[i] != first)
			order[n++] = shelf->describe[i];
	unlink(remake->temporary);
	int status = day_write(remake->temporary, &header, remake->batch.record,
	        remake->batch.n, order, n, why);
	free(order);
	if (status != OK)
		return status;
	if (digest_of_file(remake->temporary, hash) != OK)
		return FAILED;
	return memcmp(hash, remake->seal->file, DIGEST_SIZE) == 0;
}

/* The DESCRIBE of the station that another sealed file carries; NULL. */
static struct describe *station_in(const struct remake *remake, const struct seal *seal)
{
	char path[ARCHIVE_PATH];
	uint8_t hash[DIGEST_SIZE];
	struct describe *describe = NULL;
	struct day *day;
	struct problem why;
	snprintf(path, sizeof path, "%.3500s/%s", remake->sealer->dir, seal->path);
	if (strcmp(seal->station, remake->seal->station) != 0 ||
	        digest_of_file(path, hash) != OK ||
	        memcmp(hash, seal->file, DIGEST_SIZE) != 0 ||
	        day_open(&day, path, &why) != OK)
		return NULL;
	if (day_station_describe(day, &describe, &why) != OK)
		describe = NULL;
	day_close(day);
	return describe;
}

/* By the station's DESCRIBE in the files sealed before and after it, the nearest
 * first. */
static int write_as_neighbour(struct remake *remake, struct problem *why)
{
	const struct seal_list *list = &remake->sealer->list;
	size_t at = 0;
	int status = 0;
	while (at < list->n && strcmp(list->seal[at].path, remake->seal->path) != 0)
		at++;
	for (int side = -1; side <= 1 && status == 0; side += 2) {
		struct describe *describe = NULL;
		for (size_t i = at + (size_t)side; i < list->n && describe == NULL;
		        i += (size_t)side)
			describe = station_in(remake, &list->seal[i]);
		if (describe != NULL)
			status = write_with(remake, describe, why);
		describe_free(describe);
	}
	return status;
}

/* The file carries the DESCRIBE its station had when it was sealed, which need not be
 * the newest now. */
static int write_same(struct remake *remake, struct problem *why)
{
	struct shelf *shelf = &remake->station->shelf;
	int status = shelf_find_station(shelf);
	if (status != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory");
	status = write_with(remake, NULL, why);
	for (size_t k = 0; k < shelf->n && status == 0; k++)
		if (shelf->describe[k]->kind == DESCRIBE_STATION)
			status = write_with(remake, shelf->describe[k], why);
	if (status == 0)
		status = write_as_neighbour(remake, why);
	if (status == 0)
		no(why, "made again it would be another file");
	return status;
}

/* By the records the file itself gives in the confined child; 1: to the bit what was
 * sealed. */
static int write_from_itself(struct remake *remake, struct problem *why)
{
	struct rewritten again;
	int status = rewritten_take(
	        &again, remake->path, remake->seal, &remake->sealer->identity, why);
	if (status != OK)
		return 0;
	status = file_replace(remake->temporary, again.bytes, again.n, 0440) == OK;
	rewritten_free(&again);
	return status;
}

/* ---- into its place ---- */

static int make_durable(const struct remake *remake)
{
	int fd = open(remake->temporary, O_RDONLY | O_CLOEXEC);
	bool wrong = fd < 0 || fchmod(fd, 0440) != 0 || fsync(fd) != 0;
	if (fd >= 0)
		close(fd);
	return wrong ? FAILED : OK;
}

/* The damaged file keeps a second name in quarantine/ before its own goes to the new
 * one, in one step. */
static int replace(const struct remake *remake, int64_t now_us)
{
	char aside[ARCHIVE_PATH + 600], folder[ARCHIVE_PATH];
	snprintf(aside, sizeof aside, "%s/quarantine", remake->sealer->dir);
	if (make_durable(remake) != OK || folder_make(aside) != OK)
		return FAILED;
	snprintf(aside, sizeof aside, "%s/quarantine/%s.%" PRId64, remake->sealer->dir,
	        strrchr(remake->path, '/') + 1, now_us);
	if (link(remake->path, aside) != 0 && errno != ENOENT)
		return FAILED;
	snprintf(folder, sizeof folder, "%s", remake->path);
	*strrchr(folder, '/') = '\0';
	if (folder_make(folder) != OK || rename(remake->temporary, remake->path) != 0)
		return FAILED;
	return folder_sync(folder);
}

static void name_paths(struct remake *remake)
{
	const char *dir = remake->sealer->dir;
	char folder[ARCHIVE_PATH];
	snprintf(remake->path, sizeof remake->path, "%.3500s/%s", dir,
	        remake->seal->path);
	snprintf(folder, sizeof folder, "%.3500s/.tmp", dir);
	folder_make(folder);
	int n = snprintf(
	        remake->temporary, sizeof remake->temporary, "%.3500s/.tmp/", dir);
	snprintf(remake->temporary + n, sizeof remake->temporary - (size_t)n, "%s",
	        remake->seal->path);
	for (char *at = remake->temporary + n; *at != '\0'; at++)
		if (*at == '/')
			*at = '%';
}

int scrub_restore(struct seal_job *job, const struct seal *seal, struct problem *why)
{
	struct remake remake = { .sealer = job->sealer, .seal = seal };
	struct problem itself = { .text = "" };
	if (seal_station_of(job->sealer, seal->station, &remake.station) != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory");
	name_paths(&remake);
	int status = take_all(&remake, why);
	if (status == OK)
		status = write_same(&remake, why);
	if (status != 1 && status != FAILED)
		status = write_from_itself(&remake, &itself);
	if (status == 1 && replace(&remake, job->now_us) != OK)
		status = problem_set(why, FAILED, EXIT_TRY_AGAIN, "%s: %s", remake.path,
		        strerror(errno));
	unlink(remake.temporary);
	batch_free(&remake.batch);
	return status == 1 ? 1 : status == FAILED ? FAILED : 0;
}
