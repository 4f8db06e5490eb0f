/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/status_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "base/json.h"
#include "base/legal_time.h"
#include "base/log.h"

#define ALARM_US (7 * US_PER_DAY)

static void put_time(
        struct json *json, const char *key, int64_t time_us, int offset_min)
{
	char text[TIME_TEXT];
	json_put_text(
	        json, key, time_us > 0 ? time_print(time_us, offset_min, text) : NULL);
}

/* Why the last batch was not taken; else what came with other bytes than before, though
 * all is well since: somebody has to look into it. */
static void put_problem(struct json *json, const struct status_view *view,
        const struct desk_station *station)
{
	char text[sizeof station->alarm + TIME_TEXT], when[TIME_TEXT];
	bool alarm = station->problem[0] == '\0' && station->alarm[0] != '\0' &&
	             view->now_us - station->alarm_us < ALARM_US;
	if (alarm)
		snprintf(text, sizeof text, "%s: %s",
		        time_print(station->alarm_us / US_PER_S * US_PER_S,
		                view->utc_offset_min, when),
		        station->alarm);
	json_put_text(json, "problem", alarm ? text : station->problem);
}

static void put_count(struct json *json, const char *key, uint64_t value)
{
	json_key(json, key);
	json_unsigned(json, value);
}

static void put_station(struct json *json, const struct status_view *view,
        const struct desk_station *station)
{
	char epoch[20];
	struct ingest *ingest = view->desk->ingest;
	snprintf(epoch, sizeof epoch, "%016" PRIx64, station->epoch);
	json_object(json);
	json_put_text(json, "station", station->name);
	json_put_bool(json, "connected", station->connected && !view->ended);
	put_time(json, "heard", station->heard_time_us, view->utc_offset_min);
	put_time(json, "last_record", station->record_us, view->utc_offset_min);
	json_put_text(json, "epoch", epoch);
	put_count(json, "next", ingest_next(ingest, station->name, station->epoch));
	put_count(
	        json, "durable", ingest_durable(ingest, station->name, station->epoch));
	put_count(json, "batches", station->batches);
	put_count(json, "records", station->records);
	put_count(json, "not_taken", station->naks);
	json_put_number(json, "clock_ahead_s", (double)station->ahead_us / 1e6);
	json_put_text(json, "version", station->version);
	put_problem(json, view, station);
	json_end(json);
}

static void put_link(struct json *json, const struct status_view *view)
{
	const struct server_counts *counts = view->counts;
	json_key(json, "link");
	json_object(json);
	json_put_text(json, "listen", view->endpoint);
	json_put_text(json, "public_key", view->public_key);
	put_count(json, "agents", view->agents);
	put_count(json, "window", view->desk->window);
	put_count(json, "accepted", counts->accepted);
	put_count(json, "disconnected", counts->disconnected);
	put_count(json, "open", counts->open);
	put_count(json, "closed", counts->closed);
	put_count(json, "crowded", counts->crowded);
	put_count(json, "floods", counts->floods);
	put_count(json, "handshake_failed", counts->handshake_failed);
	put_count(json, "refused_keys", counts->refused_keys);
	put_count(json, "silent_users", counts->silent_users);
	put_count(json, "malformed", view->desk->malformed);
	json_put_text(json, "refused_key", counts->refused_key);
	json_put_text(json, "refused_from", counts->refused_from);
	json_put_text(json, "silent_user", counts->silent_user);
	json_put_text(json, "crowd", counts->crowd);
	json_end(json);
}

/* What the last job left, also while one is under way. */
static void put_sealing(struct json *json, const struct status_view *view)
{
	const struct sealing *sealing = view->sealing;
	bool running = sealing->job != NULL;
	json_key(json, "sealing");
	json_object(json);
	json_put_bool(json, "running", running);
	put_time(json, "began", sealing->began_us, view->utc_offset_min);
	put_count(json, "files", sealing->files);
	const char *shut = sealing->ingest != NULL ? ingest_shut(sealing->ingest) : "";
	json_put_text(json, "problem",
	        sealing->left.text[0] != '\0' ? sealing->left.text : shut);
	json_end(json);
}

static void put_round(struct json *json, const char *key,
        const struct scrub_round *round, int offset_min)
{
	json_key(json, key);
	json_object(json);
	put_time(json, "began", round->began_us, offset_min);
	put_time(json, "ended", round->ended_us, offset_min);
	put_count(json, "files", round->files);
	put_count(json, "bytes", round->bytes);
	put_count(json, "damaged", round->damaged);
	put_count(json, "restored", round->restored);
	put_count(json, "journals_damaged", round->journals_damaged);
	json_end(json);
}

/* The round that goes on, and the last whole one. */
static void put_scrub(struct json *json, const struct status_view *view)
{
	const struct scrub *scrub = &view->sealing->seen;
	json_key(json, "scrub");
	json_object(json);
	json_put_number(json, "every_s", scrub->options.every_s);
	put_round(json, "round", &scrub->round, view->utc_offset_min);
	put_round(json, "last", &scrub->last, view->utc_offset_min);
	json_put_text(json, "problem", scrub->worst);
	json_end(json);
}

char *status_text_of(const struct status_view *view, size_t *n)
{
	char *text = NULL;
	struct json json;
	FILE *out = open_memstream(&text, n);
	if (out == NULL)
		return NULL;
	json_start(&json, out);
	json_object(&json);
	put_time(&json, "time", view->now_us, view->utc_offset_min);
	json_put_bool(&json, "ended", view->ended);
	json_put_text(&json, "version", QUANTRAC_VERSION);
	put_link(&json, view);
	put_sealing(&json, view);
	put_scrub(&json, view);
	json_key(&json, "stations");
	json_array(&json);
	for (size_t i = 0; i < view->desk->n; i++)
		put_station(&json, view, &view->desk->station[i]);
	json_end(&json);
	json_end(&json);
	fputc('\n', out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static void tell(const char *path, bool mute, int error)
{
	if (mute)
		log_line(LOG_WARN,
		        "%s: cannot be written: %s; make room on the archive's disk, "
		        "or "
		        "give the folder to the collector's user; records are taken in "
		        "as long as there is room, quantrac status and the page see "
		        "the state from before",
		        path, file_reason(error));
	else
		log_line(LOG_INFO, "%s: is written again", path);
}

void status_write(const char *dir, const struct status_view *view, bool *mute)
{
	char path[ARCHIVE_PATH + 32];
	size_t n;
	char *text = status_text_of(view, &n);
	snprintf(path, sizeof path, "%s/collectd.json", dir);
	bool failed = text == NULL || file_replace(path, text, n, 0644) != OK;
	if (failed != *mute)
		tell(path, failed, text == NULL ? ENOMEM : errno);
	*mute = failed;
	free(text);
}
