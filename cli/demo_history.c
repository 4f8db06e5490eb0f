/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Thirty days in seconds: the poller asks the simulated instruments by a clock moved by
 * hand, and the records go through ingest and seal as if they had come over the wire.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/permit.h"
#include "base/folder.h"
#include "base/sign.h"
#include "cli/demo.h"
#include "cli/document.h"
#include "collector/ingest.h"
#include "sensors/cabinet/cabinet_memory.h"
#include "sensors/simulator/rehearse.h"

#define DELAY_US (2 * US_PER_S) /* from instrument to collector, usually */

/* Day 27: the link of the wastewater cabinet is down for nine hours, over midnight;
 * what it kept comes when the link is back. */
#define OUTAGE_FROM_US (26 * US_PER_DAY + 15 * US_PER_HOUR + 20 * US_PER_MIN)
#define OUTAGE_TO_US   (27 * US_PER_DAY + 20 * US_PER_MIN)

struct telling { /* one station's history on its way into the archive */
	struct demo *demo;
	struct demo_station *station;
	struct ingest *ingest;
	struct problem *why;
	bool outage;
	int64_t day_us; /* the day being told */
	int64_t sealed;
};

static int64_t arrival(const struct telling *telling, int64_t time_us)
{
	int64_t since_us = time_us - telling->demo->first_us;
	if (telling->outage && since_us >= OUTAGE_FROM_US && since_us < OUTAGE_TO_US)
		return telling->demo->first_us + OUTAGE_TO_US + DELAY_US;
	return time_us + DELAY_US;
}

static int seal_until(struct telling *telling, int64_t now_us)
{
	int status = ingest_commit(telling->ingest);
	if (status != OK)
		return problem_set(telling->why, status, EXIT_TRY_AGAIN,
		        "%s: the journal cannot be written: %s", telling->demo->archive,
		        strerror(errno));
	int sealed = ingest_seal(telling->ingest, now_us, false, telling->why);
	if (sealed < 0)
		return sealed;
	telling->sealed += sealed;
	return OK;
}

static void show_progress(const struct telling *telling, int64_t time_us)
{
	const struct demo *demo = telling->demo;
	double share = (double)(time_us - demo->first_us) /
	               (double)(demo->now_us - demo->first_us);
	double done = (double)(telling->station - demo->station);
	common_progress(demo->common, "history", (done + share) / DEMO_STATIONS);
}

static int take(void *with, uint8_t *record, size_t n, int64_t time_us)
{
	struct telling *telling = with;
	int64_t stored_us = arrival(telling, time_us);
	int64_t day_us = day_start(time_us - 15 * US_PER_MIN, DEMO_OFFSET);
	if (day_us != telling->day_us) {
		telling->day_us = day_us;
		int status = seal_until(telling, stored_us);
		if (status != OK)
			return status;
		show_progress(telling, time_us);
	}
	int status = ingest_record(telling->ingest, telling->station->id, 0, record, n,
	        stored_us, telling->why);
	if (status == FULL) {
		status = ingest_commit(telling->ingest);
		if (status == OK)
			status = ingest_record(telling->ingest, telling->station->id, 0,
			        record, n, stored_us, telling->why);
	}
	return status;
}

/* Where the cabinet of the live part looks for what it remembers: bottles used. */
static int memory_place(const struct demo *demo, const struct station *station,
        char out[PATH_MAX], struct problem *why)
{
	char folder[PATH_MAX - 64];
	snprintf(folder, sizeof folder, "%.2000s/%.1000s", demo->dir,
	        station->journal_folder);
	snprintf(out, PATH_MAX, "%s/%s", folder, CABINET_FILE);
	return folder_make(folder) == OK ? OK
	                                 : problem_set(why, FAILED, EXIT_CONFIG,
	                                           "%s: %s", folder, strerror(errno));
}

static int tell_station(struct telling *telling, const struct demo_station *files)
{
	struct station *station;
	struct scenario *scenario;
	struct problem *why = telling->why;
	int status = station_read(&station, files->config, stderr, why);
	if (status != OK)
		return status;
	status = scenario_read(&scenario, files->scenario, stderr, why);
	if (status == OK) {
		char memory[PATH_MAX];
		status = memory_place(telling->demo, station, memory, why);
		scenario_begin(scenario, telling->demo->first_us, INT64_MAX);
		struct rehearsal rehearsal = {
			.station = station,
			.scenario = scenario,
			.from_us = telling->demo->first_us,
			.to_us = telling->demo->now_us,
			.memory = memory,
			.each = take,
			.with = telling,
		};
		int64_t records = status == OK ? rehearse(&rehearsal, why) : status;
		telling->station->readings = records;
		status = records < 0 ? (int)records
		                     : seal_until(telling, telling->demo->now_us);
		scenario_free(scenario);
	}
	station_free(station);
	return status;
}

/* The permits are older than the first reading. */
static int tell_permits(struct demo *demo, struct ingest *ingest, struct problem *why)
{
	static const char *const file[] = { "permit-water.yaml", "permit-stack.yaml" };
	for (size_t i = 0; i < sizeof file / sizeof file[0]; i++) {
		char path[DEMO_PATH + 64], *json;
		snprintf(path, sizeof path, "%s/%s", demo->files, file[i]);
		int status = permit_from_file(path, &json, why);
		if (status != OK)
			return status;
		status =
		        document_ingest(ingest, json, demo->first_us - US_PER_DAY, why);
		free(json);
		if (status != OK)
			return status;
	}
	return ingest_commit(ingest);
}

static double seconds_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The key that signs the list of seals, here and in the collector started later. */
static int make_sign_key(const struct demo *demo, struct problem *why)
{
	char folder[DEMO_PATH + 16], secret[DEMO_PATH + 64],
	        public_path[DEMO_PATH + 64];
	snprintf(folder, sizeof folder, "%s/keys", demo->dir);
	snprintf(secret, sizeof secret, "%s/archive.sign.secret", folder);
	snprintf(public_path, sizeof public_path, "%s/archive.sign.pub", folder);
	if (folder_make(folder) != OK || setenv("QUANTRAC_SIGN_KEY", secret, 1) != 0)
		return problem_set(
		        why, FAILED, EXIT_CONFIG, "%s: %s", folder, strerror(errno));
	return sign_key_new(secret, public_path, why);
}

int demo_history(struct demo *demo, struct problem *why)
{
	double began = seconds_now();
	struct ingest *ingest;
	struct archive_identity identity = {
		.zone = DEMO_ZONE,
		.zone_name = DEMO_NAME,
		.utc_offset_min = DEMO_OFFSET,
	};
	int status = archive_create(demo->archive, &identity, why);
	if (status == OK)
		status = make_sign_key(demo, why);
	if (status != OK)
		return status;
	struct ingest_options options = { .dir = demo->archive,
		.allow_simulated = true };
	status = ingest_open(&ingest, &options, why);
	if (status != OK)
		return status;
	status = tell_permits(demo, ingest, why);
	for (size_t i = 0; status == OK && i < DEMO_STATIONS; i++) {
		struct telling telling = {
			.demo = demo,
			.station = &demo->station[i],
			.ingest = ingest,
			.why = why,
			.outage = strcmp(demo->station[i].id, DEMO_WATER) == 0,
		};
		status = tell_station(&telling, &demo->station[i]);
		demo->readings += telling.station->readings;
		demo->sealed += telling.sealed;
	}
	common_progress(demo->common, "history", 1);
	ingest_close(ingest);
	demo->history_s = seconds_now() - began;
	return status;
}
