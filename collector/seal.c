/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which days are due, and one after the other. */
#include "collector/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "collector/seal_parts.h"

bool seal_stops(struct sealer *sealer, const char *step)
{
	if (sealer->step != NULL)
		sealer->step(step);
	if (sealer->stop != NULL && strcmp(sealer->stop, step) == 0)
		sealer->stopped = true;
	return sealer->stopped;
}

/* ---- files a day has ---- */

static struct seal_count *count_of(const struct seal_station *station, const char *date)
{
	for (size_t i = station->n_counts; i > 0; i--)
		if (strcmp(station->count[i - 1].date, date) == 0)
			return &station->count[i - 1];
	return NULL;
}

int seal_files_of(const struct seal_station *station, const char *date)
{
	const struct seal_count *count = count_of(station, date);
	return count != NULL ? count->files : 0;
}

int seal_files_add(struct seal_station *station, const char *date)
{
	struct seal_count *count = count_of(station, date);
	if (count == NULL && station->n_counts == station->counts_room) {
		size_t room = station->counts_room > 0 ? 2 * station->counts_room : 64;
		void *more = realloc(station->count, room * sizeof *station->count);
		if (more == NULL)
			return FAILED;
		station->count = more;
		station->counts_room = room;
	}
	if (count == NULL) {
		count = &station->count[station->n_counts++];
		*count = (struct seal_count){ .files = 0 };
		snprintf(count->date, sizeof count->date, "%s", date);
	}
	count->files++;
	return OK;
}

/* ---- stations ---- */

static void station_free(struct seal_station *station)
{
	waiting_free(&station->waiting);
	sealed_free(&station->sealed);
	shelf_free(&station->shelf);
	free(station->count);
	free(station);
}

static int station_load(struct sealer *sealer, struct seal_station *station)
{
	const struct seal_list *list = &sealer->list;
	station->waiting.offset_min = sealer->identity.utc_offset_min;
	station->shelf = (struct shelf){
		.dir = sealer->dir, .station = station->name, .list = list
	};
	for (size_t i = 0; i < list->n; i++) {
		const struct seal *seal = &list->seal[i];
		bool unplaced = strcmp(seal->kind, "unplaced") == 0;
		if (strcmp(seal->station, station->name) == 0 &&
		        seal_files_add(station, unplaced ? "" : seal->date) != OK)
			return FAILED;
	}
	return sealed_load(&station->sealed, sealer->dir, station->name, list);
}

static int station_add(
        struct sealer *sealer, const char *name, struct seal_station **out)
{
	if (sealer->n == sealer->room) {
		size_t room = sealer->room > 0 ? 2 * sealer->room : 16;
		void *more = realloc(sealer->station, room * sizeof *sealer->station);
		if (more == NULL)
			return FAILED;
		sealer->station = more;
		sealer->room = room;
	}
	struct seal_station *station = calloc(1, sizeof *station);
	if (station == NULL)
		return FAILED;
	snprintf(station->name, sizeof station->name, "%s", name);
	if (station_load(sealer, station) != OK) {
		station_free(station);
		return FAILED;
	}
	sealer->station[sealer->n++] = station;
	*out = station;
	return OK;
}

int seal_station_of(struct sealer *sealer, const char *name, struct seal_station **out)
{
	for (size_t i = 0; i < sealer->n; i++)
		if (strcmp(sealer->station[i]->name, name) == 0) {
			*out = sealer->station[i];
			return OK;
		}
	return station_add(sealer, name, out);
}

/* ---- what is due ---- */

struct due {
	int64_t day_us;    /* or UNPLACED */
	int64_t stored_us; /* when the oldest of its records came */
};

struct dues {
	size_t n, room;
	struct due *one;   /* sorted by day; UNPLACED is the least number */
	int64_t newest_us; /* corrected time of the newest record that can be believed */
};

static int dues_add(struct dues *dues, int64_t day_us, int64_t stored_us)
{
	size_t at = dues->n;
	while (at > 0 && dues->one[at - 1].day_us > day_us)
		at--;
	if (at > 0 && dues->one[at - 1].day_us == day_us) {
		if (stored_us < dues->one[at - 1].stored_us)
			dues->one[at - 1].stored_us = stored_us;
		return OK;
	}
	if (dues->n == dues->room) {
		size_t room = dues->room > 0 ? 2 * dues->room : 16;
		void *more = realloc(dues->one, room * sizeof *dues->one);
		if (more == NULL)
			return FAILED;
		dues->one = more;
		dues->room = room;
	}
	memmove(&dues->one[at + 1], &dues->one[at], (dues->n - at) * sizeof *dues->one);
	dues->one[at] = (struct due){ .day_us = day_us, .stored_us = stored_us };
	dues->n++;
	return OK;
}

static int dues_of_stretch(struct dues *dues, const struct seal_station *station,
        const struct waiting_epoch *epoch, const struct seal_job *job, size_t i)
{
	const struct stretch *stretch = &epoch->stretches.one[i];
	int offset_min = station->waiting.offset_min;
	int64_t low_us, high_us;
	if (stretch_place(&station->waiting, stretch, &low_us, &high_us) != OK) {
		bool lost = job->all || waiting_is_lost(epoch, stretch->stamp.boot,
		                                stretch->stored_us, job->now_us);
		return lost ? dues_add(dues, UNPLACED, stretch->stored_us) : OK;
	}
	/* a stamp in the future closes no day */
	bool believed = high_us <= job->now_us + SEAL_GRACE_US ||
	                stretch->origin != ORIGIN_INSTRUMENT;
	if (believed && high_us > dues->newest_us)
		dues->newest_us = high_us;
	int status = dues_add(dues, day_start(low_us, offset_min), stretch->stored_us);
	if (status != OK)
		return status;
	return dues_add(dues, day_start(high_us, offset_min), stretch->stored_us);
}

static int dues_find(struct dues *dues, const struct seal_station *station,
        const struct seal_job *job)
{
	int status = OK;
	for (size_t i = 0; i < station->waiting.n; i++) {
		const struct waiting_epoch *epoch = &station->waiting.epoch[i];
		for (size_t k = 0; k < epoch->stretches.n && status == OK; k++)
			status = dues_of_stretch(dues, station, epoch, job, k);
	}
	return status;
}

/* Late records and those nobody can place wait for the end of the legal day they came
 * on, so that there is at most one such file a day. */
static bool is_due(const struct seal_station *station, const struct seal_job *job,
        const struct dues *dues, const struct due *due)
{
	int offset_min = station->waiting.offset_min;
	char date[TIME_TEXT];
	if (job->all)
		return true;
	if (due->day_us != UNPLACED)
		date_print(due->day_us, offset_min, date);
	if (due->day_us == UNPLACED || seal_files_of(station, date) > 0)
		return day_start(job->now_us - SEAL_GRACE_US, offset_min) >
		       day_start(due->stored_us, offset_min);
	int64_t end_us = due->day_us + US_PER_DAY;
	return dues->newest_us >= end_us + SEAL_GRACE_US ||
	       job->now_us >= end_us + SEAL_PATIENCE_US;
}

bool seal_rests(int64_t now_us, int64_t until_us)
{
	return now_us < until_us && now_us >= until_us - SEAL_RETRY_US;
}

/* ---- sealing ---- */

/* 1 if a file was made, 0 if there was nothing for it, or a problem. */
static int seal_day(struct sealer *sealer, struct seal_station *station,
        const struct seal_job *job, int64_t day_us, struct problem *why)
{
	struct gather gather = {
		.sealer = sealer, .station = station, .job = job, .day_us = day_us
	};
	int status = gather_run(&gather, why);
	bool any = gather.batch.n > 0;
	if (status == OK && any) {
		status = shelf_find_station(&station->shelf);
		status = status == OK ? seal_file(&gather, why)
		                      : problem_set(why, FAILED, EXIT_TRY_AGAIN,
		                                "no memory to seal");
	}
	gather_free(&gather);
	if (status != OK && seal_enough(sealer))
		return 0; /* given up: no problem of the day's */
	return status == OK ? any : status;
}

/* Seal what is due of a station; files, or the first problem: then the station rests a
 * while, and has this problem until then. */
static int seal_station(struct sealer *sealer, struct seal_station *station,
        const struct seal_job *job, struct problem *why)
{
	struct dues dues = { .newest_us = INT64_MIN };
	int files = 0, worst = OK;
	if (!job->all && seal_rests(job->now_us, station->retry_us))
		return problem_set(why, station->status, station->why.exit, "%s",
		        station->why.text);
	if (dues_find(&dues, station, job) != OK)
		worst = problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory to seal");
	for (size_t i = 0; i < dues.n && worst == OK && !job->enough; i++) {
		if (!is_due(station, job, &dues, &dues.one[i]))
			continue;
		int status = seal_day(sealer, station, job, dues.one[i].day_us, why);
		if (status < 0)
			worst = status;
		else
			files += status;
	}
	free(dues.one);
	station->retry_us = worst == OK ? 0 : job->now_us + SEAL_RETRY_US;
	if (worst == OK)
		return files;
	station->status = worst;
	station->why = *why;
	return worst;
}

/* Read what is new in all journals of a station: limit[0..n). */
static int scan_station(struct sealer *sealer, struct seal_station *station,
        struct seal_limit *limit, size_t n, struct problem *why)
{
	int worst = OK;
	for (size_t i = 0; i < n; i++) {
		int status = seal_scan(sealer, station, &limit[i], why);
		if (status != OK)
			worst = status;
	}
	return worst;
}

static int run_station(
        struct seal_job *job, struct seal_limit *limit, size_t n, struct problem *why)
{
	struct sealer *sealer = job->sealer;
	struct seal_station *station;
	if (seal_station_of(sealer, limit->source, &station) != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory to seal");
	int status = scan_station(sealer, station, limit, n, why);
	if (status == OK)
		status = seal_station(sealer, station, job, why);
	if (!sealer->stopped)
		for (size_t i = 0; i < n; i++)
			seal_forget(station, job, &limit[i]);
	return status;
}

bool seal_enough(const struct sealer *sealer)
{
	return sealer->enough != NULL && *sealer->enough;
}

static bool is_over(const struct seal_job *job)
{
	return job->sealer->stopped || job->enough;
}

/* What is sealed stands whether or not it could be signed: that is said, and tried
 * again with the next seal. */
static void sign_list(struct seal_job *job)
{
	struct sealer *sealer = job->sealer;
	struct problem why = { .text = "" };
	if (sealer->stopped || sealer->held)
		return;
	if (checkpoints_run(&sealer->checkpoints, &sealer->list, job->now_us, job->all,
	            &why) != OK)
		log_seldom(LOG_ALERT, "checkpoints", "%s", why.text);
}

int seal_job_run(struct seal_job *job, struct problem *why)
{
	int files = 0, worst = OK;
	struct problem first = { .text = "" };
	struct sealer *sealer = job->sealer;
	sealer->enough = &job->enough;
	seal_leaves(job); /* a cabinet waits for it */
	if (sealer->held) {
		sealer->enough = NULL;
		return problem_set(
		        why, REFUSED, EXIT_DAMAGED, "%s", sealer->held_why.text);
	}
	for (size_t i = 0, n; i < job->n && !is_over(job); i += n) {
		for (n = 1; i + n < job->n; n++)
			if (strcmp(job->limit[i + n].source, job->limit[i].source) != 0)
				break;
		struct problem one = { .text = "" };
		int status = run_station(job, &job->limit[i], n, &one);
		if (status < 0 && worst == OK) {
			worst = status;
			first = one;
		}
		if (status > 0)
			files += status;
	}
	sealer->enough = NULL;
	sign_list(job);
	if (worst == OK)
		return files;
	return problem_set(why, worst, first.exit, "%s", first.text);
}

/* ---- opening and closing ---- */

int sealer_open(
        struct sealer **out, const struct sealer_options *options, struct problem *why)
{
	struct sealer *sealer = calloc(1, sizeof *sealer);
	if (sealer == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	snprintf(sealer->dir, sizeof sealer->dir, "%s", options->dir);
	snprintf(sealer->journals, sizeof sealer->journals, "%s/journal", options->dir);
	sealer->stop = options->stop;
	sealer->step = options->step;
	sealer->checkpoints = (struct checkpoints){ .dir = sealer->dir,
		.key = options->sign_key,
		.identity = &sealer->identity };
	int status = archive_identify(options->dir, &sealer->identity, why);
	if (status == OK)
		status = seal_guard(sealer, why);
	if (status == OK && !sealer->held)
		status = seal_recover(sealer, why);
	if (status != OK) {
		sealer_close(sealer);
		return status;
	}
	checkpoints_look(&sealer->checkpoints);
	*out = sealer;
	return OK;
}

void sealer_close(struct sealer *sealer)
{
	if (sealer == NULL)
		return;
	for (size_t i = 0; i < sealer->n; i++)
		station_free(sealer->station[i]);
	free(sealer->station);
	checkpoints_end(&sealer->checkpoints);
	seal_list_free(&sealer->list);
	free(sealer);
}
