/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sealed file, step by step; the steps are named in collector/seal.h. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/crew.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "collector/apart.h"
#include "collector/seal_parts.h"

static int cannot(struct problem *why, const char *what, const char *path)
{
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "%s: cannot be %s: %s", path,
	        what, strerror(errno));
}

/* ---- names ---- */

static void name_kind(struct target *target)
{
	struct seal *seal = &target->seal;
	if (target->header.day_us == UNPLACED)
		snprintf(seal->kind, sizeof seal->kind, "unplaced");
	else if (target->header.late > 0)
		snprintf(seal->kind, sizeof seal->kind, "late%d", target->header.late);
	else
		snprintf(seal->kind, sizeof seal->kind, "day");
}

static void name_date(struct target *target)
{
	char text[TIME_TEXT] = "-";
	if (target->header.day_us != UNPLACED)
		date_print(target->header.day_us, target->header.utc_offset_min, text);
	snprintf(target->seal.date, sizeof target->seal.date, "%.10s", text);
}

static int name_paths(
        struct target *target, const struct sealer *sealer, struct problem *why)
{
	const struct day_header *header = &target->header;
	size_t base = strlen(sealer->dir) + 1;
	int status = archive_day_path(target->path, sizeof target->path, sealer->dir,
	        header->zone, header->station, header->day_us, header->utc_offset_min,
	        header->late);
	if (status != OK || strlen(target->path + base) >= sizeof target->seal.path)
		return problem_set(why, FAILED, EXIT_CONFIG, "%s: the path is too long",
		        sealer->dir);
	snprintf(
	        target->seal.path, sizeof target->seal.path, "%s", target->path + base);
	snprintf(target->folder, sizeof target->folder, "%s", target->path);
	*strrchr(target->folder, '/') = '\0';
	int n = snprintf(
	        target->temporary, sizeof target->temporary, "%s/.tmp/", sealer->dir);
	snprintf(target->temporary + n, sizeof target->temporary - (size_t)n, "%s",
	        target->seal.path);
	for (char *at = target->temporary + n; *at != '\0'; at++)
		if (*at == '/')
			*at = '%';
	return OK;
}

static int target_make(
        struct target *target, const struct gather *gather, struct problem *why)
{
	const struct sealer *sealer = gather->sealer;
	char date[TIME_TEXT] = "";
	if (gather->day_us != UNPLACED)
		date_print(gather->day_us, sealer->identity.utc_offset_min, date);
	*target = (struct target){
		.header = { .zone = sealer->identity.zone,
		        .zone_name = sealer->identity.zone_name,
		        .station = gather->station->name,
		        .day_us = gather->day_us,
		        .utc_offset_min = sealer->identity.utc_offset_min,
		        .late = seal_files_of(gather->station, date),
		        .keep_unknown = true },
		.seal = { .records = gather->batch.n,
		        .readings = gather->batch.readings,
		        .gaps = gather->batch.gaps,
		        .sealed_us = gather->job->now_us },
	};
	snprintf(target->seal.station, sizeof target->seal.station, "%s",
	        gather->station->name);
	name_kind(target);
	name_date(target);
	return name_paths(target, sealer, why);
}

/* ---- written ---- */

static int write_file(
        const struct target *target, struct gather *gather, struct problem *why)
{
	char folder[ARCHIVE_PATH + 16];
	const struct shelf *shelf = &gather->station->shelf;
	snprintf(folder, sizeof folder, "%s/.tmp", gather->sealer->dir);
	if (folder_make(folder) != OK)
		return cannot(why, "made", folder);
	unlink(target->temporary);
	return day_write(target->temporary, &target->header, gather->batch.record,
	        gather->batch.n, shelf->describe, shelf->n, why);
}

/* ---- proved ---- */

/* Read-only from here on, and on the disk. */
static int make_durable(struct target *target, struct problem *why)
{
	char folder[ARCHIVE_PATH];
	int fd = open(target->temporary, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot(why, "opened", target->temporary);
	int wrong = fchmod(fd, 0440) != 0 || fsync(fd) != 0;
	int saved = errno;
	close(fd);
	errno = saved;
	/* a file that gets its name has its temporary one too, whatever power does */
	snprintf(folder, sizeof folder, "%.4000s", target->temporary);
	*strrchr(folder, '/') = '\0';
	wrong = wrong || folder_sync(folder) != OK;
	if (wrong || digest_of_file(target->temporary, target->seal.file) != OK)
		return cannot(why, "made durable", target->temporary);
	return OK;
}

/* ---- linked ---- */

/* A file that is in no seal list stands where ours should: it is not thrown away.  One
 * that is whole is not touched: somebody sealed it. */
static int set_aside(
        const struct sealer *sealer, const struct target *target, struct problem *why)
{
	char path[ARCHIVE_PATH + 64];
	if (verify_whole(target->path, target->seal.path, &sealer->identity))
		return problem_set(why, REFUSED, EXIT_DAMAGED,
		        "%s: is a whole sealed file that no line of the seal list "
		        "names: the list may be an older one; the day is not sealed "
		        "again and the journal stays; put back the newest copy of "
		        "seals "
		        "and of checkpoints, then start again",
		        target->path);
	snprintf(path, sizeof path, "%s/quarantine", sealer->dir);
	if (folder_make(path) != OK)
		return cannot(why, "made", path);
	snprintf(path, sizeof path, "%s/quarantine/%s.%" PRId64, sealer->dir,
	        strrchr(target->path, '/') + 1, target->seal.sealed_us);
	if (rename(target->path, path) != 0)
		return cannot(why, "moved away", target->path);
	log_line(LOG_ALERT, "%s: stands there without a seal; moved to %s",
	        target->seal.path, path);
	return OK;
}

/* The name first, and durably: what has a name and no line has a temporary name. */
static void take_back(const struct target *target)
{
	unlink(target->path);
	folder_sync(target->folder);
	unlink(target->temporary);
}

static int link_file(
        const struct sealer *sealer, const struct target *target, struct problem *why)
{
	if (folder_make(target->folder) != OK)
		return cannot(why, "made", target->folder);
	int status = link(target->temporary, target->path);
	if (status != 0 && errno == EEXIST) {
		if (set_aside(sealer, target, why) != OK)
			return FAILED;
		status = link(target->temporary, target->path);
	}
	if (status != 0)
		return cannot(why, "given its name", target->path);
	if (folder_sync(target->folder) == OK)
		return OK;
	cannot(why, "given its name", target->path);
	take_back(target);
	return FAILED;
}

/* ---- all of it ---- */

static int stopped(struct problem *why, const char *step)
{
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "stopped at '%s'", step);
}

static int given_up(struct problem *why)
{
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "given up: it is to end");
}

/* Both steps of making a file, for the child that libhdf5 works in: its threads end with
 * it. */
struct making {
	struct target *target;
	struct gather *gather;
};

static int write_apart(void *with, struct problem *why)
{
	struct making *making = with;
	crew_begin(crew_processors());
	return write_file(making->target, making->gather, why);
}

static int compare_apart(void *with, struct problem *why)
{
	struct making *making = with;
	crew_begin(crew_processors());
	return seal_compare(making->target, &making->gather->batch, why);
}

static int prove_file(struct target *target, struct making *making, struct problem *why)
{
	struct problem disk = { .text = "" };
	struct apart comparing = { .run = compare_apart,
		.with = making,
		.enough = making->gather->sealer->enough,
		.out = target->seal.root,
		.out_size = sizeof target->seal.root };
	int status = apart_begin(&comparing, why);
	if (status != OK)
		return status;
	int durable = make_durable(target, &disk); /* the disk works meanwhile */
	status = apart_end(&comparing, why);
	if (status == OK && durable != OK)
		status = problem_set(why, durable, disk.exit, "%s", disk.text);
	return status;
}

/* Up to the proof nothing but the temporary file exists: on failure it goes. */
static int make_file(struct target *target, struct gather *gather, struct problem *why)
{
	struct sealer *sealer = gather->sealer;
	struct making making = { .target = target, .gather = gather };
	struct apart writing = {
		.run = write_apart, .with = &making, .enough = sealer->enough
	};
	int status = apart_run(&writing, why);
	if (status == OK && seal_stops(sealer, "written"))
		return stopped(why, "written");
	if (status == OK)
		status = seal_enough(sealer) ? given_up(why)
		                             : prove_file(target, &making, why);
	if (status != OK)
		unlink(target->temporary);
	if (status == OK && seal_stops(sealer, "proved"))
		return stopped(why, "proved");
	return status;
}

static int list_file(struct target *target, struct gather *gather, struct problem *why)
{
	struct sealer *sealer = gather->sealer;
	if (seal_stops(sealer, "linked"))
		return stopped(why, "linked");
	if (seal_list_append(&sealer->list, sealer->dir, &target->seal) == OK)
		return OK;
	int status = cannot(why, "entered in the seal list", target->path);
	take_back(target);
	return status;
}

/* From here on the day is sealed; what fails is put right at the next start. */
static int settle(
        const struct target *target, struct gather *gather, struct problem *why)
{
	struct sealer *sealer = gather->sealer;
	struct batch *batch = &gather->batch;
	if (seal_stops(sealer, "listed"))
		return stopped(why, "listed");
	unlink(target->temporary);
	if (seal_stops(sealer, "unlinked"))
		return stopped(why, "unlinked");
	for (size_t i = 0; i < batch->n_ranges; i++) {
		batch->range[i].sealed_us = target->seal.sealed_us;
		batch->range[i].seal = sealer->list.n - 1;
	}
	if (sealed_note(&gather->station->sealed, sealer->dir, &target->seal,
	            batch->range, batch->n_ranges) != OK)
		log_seldom(LOG_WARN, "notes", "%s/sealed/%s: cannot be written: %s",
		        sealer->dir, gather->station->name, strerror(errno));
	gather_settle(gather);
	const char *date = gather->day_us == UNPLACED ? "" : target->seal.date;
	if (seal_files_add(gather->station, date) != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory to seal");
	return seal_stops(sealer, "noted") ? stopped(why, "noted") : OK;
}

int seal_file(struct gather *gather, struct problem *why)
{
	struct sealer *sealer = gather->sealer;
	struct target target;
	if (seal_stops(sealer, "gathered"))
		return stopped(why, "gathered");
	int status = seal_list_stands(sealer, gather->job, why);
	if (status == OK)
		status = target_make(&target, gather, why);
	if (status == OK)
		status = make_file(&target, gather, why);
	if (status != OK)
		return status;
	status = link_file(sealer, &target, why);
	if (status != OK) {
		unlink(target.temporary);
		return status;
	}
	status = list_file(&target, gather, why);
	if (status == OK)
		status = settle(&target, gather, why);
	if (status == OK && gather->strange > 0)
		log_line(LOG_WARN,
		        "%s: %" PRIu64
		        " readings name a description that nobody has; they lie "
		        "in /events of %s as they came",
		        target.seal.station, gather->strange, target.seal.path);
	if (status == OK)
		log_line(LOG_INFO, "%s: sealed %s %s, %" PRIu64 " records",
		        target.seal.station, target.seal.date, target.seal.kind,
		        target.seal.records);
	return status;
}
