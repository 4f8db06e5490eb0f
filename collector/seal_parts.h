/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files behind collector/seal.h share. */
#ifndef COLLECTOR_SEAL_PARTS_H
#define COLLECTOR_SEAL_PARTS_H

#include "archive/proof.h"
#include "collector/batch.h"
#include "collector/checkpoints.h"
#include "collector/seal.h"
#include "collector/sealed.h"
#include "collector/shelf.h"
#include "collector/waiting.h"

#define UNPLACED INT64_MIN /* in place of a day: records no day can be given to */

/* How many files a day has already. */
struct seal_count {
	char date[11]; /* "" for unplaced */
	int files;
};

struct seal_station {
	char name[SOURCE_SIZE + 1];
	struct waiting waiting;
	struct sealed sealed;
	struct shelf shelf;
	size_t n_counts, counts_room;
	struct seal_count *count;
	int64_t retry_us; /* after a failure, not before */
	int status;       /* of the last time */
	struct problem why;
	int64_t forget_us; /* nor is anything forgotten before */
};

struct sealer {
	char dir[ARCHIVE_PATH], journals[ARCHIVE_PATH + 16];
	const char *stop;
	void (*step)(const char *name);
	bool stopped;
	bool held; /* the list is not the one that was signed: nothing is sealed */
	struct problem held_why;
	int64_t compared_us;       /* the job whose list was compared with the disk's */
	const atomic_bool *enough; /* of the job under way, NULL: there is none */
	struct archive_identity identity;
	struct seal_list list;
	struct checkpoints checkpoints;
	size_t n, room;
	struct seal_station **station; /* sorted by name */
};

/* Tests: has the power gone at this step?  Then it stays gone. */
bool seal_stops(struct sealer *sealer, const char *step);

/* Is the job under way to end?  Then what is not linked yet is given up: nothing of it
 * but a temporary file is there, and the next job begins it anew. */
bool seal_enough(const struct sealer *sealer);

/* Read the seal list and compare it with what was signed, before anything is moved.  OK,
 * also when it differs (sealer->held), or a problem. */
int seal_guard(struct sealer *sealer, struct problem *why);

/* Is the list on the disk still the one that was read and added to?  Looked at once a job,
 * before anything rests on it; if not all sealing is held.  OK or a problem. */
int seal_list_stands(
        struct sealer *sealer, const struct seal_job *job, struct problem *why);

/* Is there what a newer list named?  1, with `what` in words; 0; or FAILED. */
int seal_older(const struct sealer *sealer, char *what, size_t room);
/* Has this file its temporary name too: is it that of the seal that was interrupted? */
bool seal_cut_off(const struct sealer *sealer, const char *name);

/* What an interrupted seal left behind, put in order.  OK or FAILED. */
int seal_recover(const struct sealer *sealer, struct problem *why);

/* Read what has come since the last time, or a part of it when the job is to end.  OK or
 * FAILED. */
int seal_scan(struct sealer *sealer, struct seal_station *station,
        const struct seal_limit *limit, struct problem *why);

/* Take the records of a day (or UNPLACED) out of the journals, and what is left of
 * their stretches into `rest`, one list per epoch.  OK or FAILED. */
struct gather {
	struct sealer *sealer;
	struct seal_station *station;
	const struct seal_job *job;
	int64_t day_us;
	struct batch batch;
	uint64_t strange;       /* readings whose DESCRIBE nobody has */
	struct stretches *rest; /* rest[station->waiting.n] */
};
int gather_run(struct gather *gather, struct problem *why);
/* The file stands: what waits is now what is left. */
void gather_settle(struct gather *gather);
void gather_free(struct gather *gather);

/* Is this a time of rest, as reckoned at its beginning?  Not when the clock went back. */
bool seal_rests(int64_t now_us, int64_t until_us);

/* How far the journal may be forgotten: all before is sealed, was held long enough, and
 * the files it lies in are still what was sealed. */
void seal_forget(
        struct seal_station *station, struct seal_job *job, struct seal_limit *limit);

/* Answer what the ingest asks of sealed files; for want of
 * memory, or when the job is to end, some are not answered. */
void seal_leaves(struct seal_job *job);

/* The station, known from now on.  OK or FAILED. */
int seal_station_of(struct sealer *sealer, const char *name, struct seal_station **out);

/* How a record came: enum transport. */
uint8_t seal_transport(const struct arrival *arrival, uint8_t origin, int64_t time_us);

/* Files the day has; entered if `enter`. */
int seal_files_of(const struct seal_station *station, const char *date);
int seal_files_add(struct seal_station *station, const char *date);

/* The DESCRIBE that a READING names; NULL: another record, unsound, or nobody has it.
 * OK, or FAILED: no memory to look. */
int seal_describe(struct seal_station *station, const struct record *record,
        const struct describe **out);

/* The file of what was gathered, until it is listed. */
struct target {
	struct day_header header;
	struct seal seal;
	char path[ARCHIVE_PATH],
	        folder[ARCHIVE_PATH]; /* its own name, and where that lies */
	char temporary[ARCHIVE_PATH + sizeof((struct seal *)0)->path];
};

/* Rebuild every record from the file and hold it against the journal's, and the tree they
 * make against that in the file; the root goes to the seal.  OK or a problem. */
int seal_compare(struct target *target, const struct batch *batch, struct problem *why);

/* Write, prove, link and list the file of what was gathered.  OK or a problem. */
int seal_file(struct gather *gather, struct problem *why);

#endif
