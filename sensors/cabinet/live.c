/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/cabinet/live.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crc.h"
#include "base/event.h"
#include "base/json.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "sensors/cabinet/cabinet_note.h"
#include "sensors/poller/counts.h"
#include "sensors/station/station.h"

enum { MINUTES = 60, LIVE_SUBJECTS = 512 };

struct minute {          /* readings of one minute of the last hour */
	uint32_t number; /* since 1970 */
	uint16_t ok, all;
};

struct shown {
	uint8_t state;
	double value;
	int64_t value_us, time_us;
	struct minute minute[MINUTES];
};

struct live {
	const struct describe *station;
	struct describe *const *instrument;
	size_t n_instruments;
	struct shown **shown;     /* [n_instruments][n_channels] */
	char (*as)[READ_AS_SIZE]; /* [n_instruments]; NULL: not known */
	size_t n_told;
	struct live_told { /* since the start, so of this boot */
		struct state_texts texts;
		int64_t time_us, mono_us;
	} told[LIVE_SUBJECTS];
};

struct live *live_new(const struct describe *station,
        struct describe *const *instrument, size_t n_instruments)
{
	struct live *live = calloc(1, sizeof *live);
	if (live == NULL)
		return NULL;
	live->station = station;
	live->instrument = instrument;
	live->shown = calloc(n_instruments + 1, sizeof live->shown[0]);
	for (size_t i = 0; live->shown != NULL && i < n_instruments; i++) {
		live->shown[i] =
		        calloc(instrument[i]->n_channels + 1, sizeof live->shown[0][0]);
		if (live->shown[i] == NULL)
			break;
		live->n_instruments++;
		for (size_t c = 0; c < instrument[i]->n_channels; c++)
			live->shown[i][c].value = NAN;
	}
	if (live->n_instruments == n_instruments)
		return live;
	live_free(live);
	return NULL;
}

void live_free(struct live *live)
{
	if (live == NULL)
		return;
	for (size_t i = 0; i < live->n_instruments; i++)
		free(live->shown[i]);
	free(live->shown);
	free(live->as);
	free(live);
}

int live_reads(struct live *live, const struct station *station)
{
	live->as = calloc(live->n_instruments + 1, sizeof live->as[0]);
	for (size_t i = 0; live->as != NULL && i < live->n_instruments; i++)
		station_read_as(station, i, live->instrument[i]->hash, live->as[i]);
	return live->as != NULL ? OK : FAILED;
}

static bool is_ok(uint8_t state)
{
	return state == STATE_OK || state == STATE_UNCHANGED;
}

static void note_minute(struct shown *shown, int64_t time_us, bool ok)
{
	uint32_t number = (uint32_t)(time_us / US_PER_MIN);
	struct minute *minute = &shown->minute[number % MINUTES];
	if (minute->number != number)
		*minute = (struct minute){ .number = number };
	if (minute->all == UINT16_MAX) /* the share is known by then */
		return;
	minute->ok += ok;
	minute->all++;
}

static void note_channel(
        struct shown *shown, const struct reading *reading, size_t c, int64_t time_us)
{
	double value = reading_value(reading, c);
	shown->state = reading->state[c];
	shown->time_us = time_us;
	if (!isnan(value)) {
		shown->value = value;
		shown->value_us = time_us;
	}
	if (shown->state != STATE_OFF)
		note_minute(shown, time_us, is_ok(shown->state));
}

/* One entry a subject: what was told of it last.  Counts are no state. */
static bool note_state(struct live *live, const struct record *record)
{
	struct live_told told = { .time_us = record->time_us,
		.mono_us = record->mono_us };
	size_t i = 0;
	if (state_decode(&told.texts, record->payload, record->payload_size) != OK ||
	        strcmp(told.texts.state, STATE_COUNTS) == 0)
		return false;
	while (i < live->n_told &&
	        strcmp(live->told[i].texts.subject, told.texts.subject) != 0)
		i++;
	if (i == LIVE_SUBJECTS)
		return false;
	live->told[i] = told;
	if (i == live->n_told)
		live->n_told++;
	return true;
}

static void note_reading(struct live *live, const struct record *record)
{
	struct reading reading;
	if (reading_decode(&reading, record->payload, record->payload_size) != OK)
		return;
	for (size_t i = 0; i < live->n_instruments; i++) {
		if (memcmp(reading.describe, live->instrument[i]->hash, 32) != 0)
			continue;
		for (size_t c = 0; c < live->instrument[i]->n_channels; c++)
			note_channel(&live->shown[i][c], &reading, c, record->time_us);
		return;
	}
}

bool live_note(struct live *live, const uint8_t *bytes, size_t n)
{
	struct record record;
	if (record_decode(&record, bytes, n) < 0)
		return false;
	if (record.type == RECORD_READING)
		note_reading(live, &record);
	return record.type == RECORD_STATE && note_state(live, &record);
}

/* A dead instrument is asked once a minute only: every minute counts the same, however many readings it
 * has. */
static double ok_percent(const struct shown *shown, int64_t now_us)
{
	int64_t oldest = now_us / US_PER_MIN - MINUTES;
	double share = 0;
	size_t n = 0;
	for (size_t i = 0; i < MINUTES; i++) {
		const struct minute *minute = &shown->minute[i];
		if (minute->number <= oldest || minute->all == 0)
			continue;
		share += (double)minute->ok / minute->all;
		n++;
	}
	return n > 0 ? 100 * share / (double)n : NAN;
}

static void write_channel(struct json *json, const struct describe *instrument,
        const struct channel *channel, const struct shown *shown, int64_t now_us)
{
	json_object(json);
	json_put_text(json, "instrument", instrument->instrument);
	json_put_text(json, "channel", channel->name);
	json_put_text(json, "label_vi", channel->label_vi);
	json_put_text(json, "label_en", channel->label_en);
	json_put_text(json, "unit", channel->unit);
	json_put_integer(json, "decimals", channel->decimals);
	json_put_text(json, "state",
	        shown->time_us != 0 ? channel_state_text(shown->state) : LIVE_NONE);
	json_put_number(json, "value", shown->value);
	json_put_integer(json, "value_us", shown->value_us);
	json_put_integer(json, "time_us", shown->time_us);
	json_put_number(json, "ok_percent", ok_percent(shown, now_us));
	json_put_number(json, "result_every_s", channel->result_every_s);
	json_end(json);
}

/* By the clock as it is: one that was put right by more than a second since had told another time. */
static int64_t told_us(const struct live_told *told, const struct moment *now)
{
	int64_t time_us = now->time_us - (now->mono_us - told->mono_us);
	return llabs(time_us - told->time_us) > US_PER_S ? time_us : told->time_us;
}

static void write_told(
        const struct live *live, struct json *json, const struct moment *now)
{
	json_key(json, "states");
	json_array(json);
	for (size_t i = 0; i < live->n_told; i++) {
		const struct live_told *told = &live->told[i];
		json_object(json);
		json_put_text(json, "subject", told->texts.subject);
		json_put_text(json, "state", told->texts.state);
		json_put_text(json, "text", told->texts.text);
		json_put_integer(json, "time_us", told_us(told, now));
		json_end(json);
	}
	json_end(json);
}

static void write_whereabouts(const struct live *live, struct json *json, size_t i)
{
	size_t n;
	char port[ID_SIZE];
	const char *at = describe_port(live->instrument[i], &n);
	if (at != NULL) {
		snprintf(port, sizeof port, "%.*s", (int)n, at);
		json_put_text(json, "port", port);
	}
	if (live->as != NULL)
		json_put_text(json, "as", live->as[i]);
}

static void write_counts(
        const struct live *live, struct json *json, struct counts_board *board)
{
	struct poller_counts counts;
	json_key(json, "instruments");
	json_array(json);
	for (size_t i = 0; board != NULL && i < live->n_instruments; i++) {
		counts_board_get(board, i, &counts);
		json_object(json);
		json_put_text(json, "instrument", live->instrument[i]->instrument);
		write_whereabouts(live, json, i);
		for (size_t k = 0; k < COUNTS; k++)
			json_put_integer(
			        json, counts_name[k], (int64_t)counts_of(&counts, k));
		json_end(json);
	}
	json_end(json);
}

static void write_cabinet(const struct live *live, struct json *json,
        struct cabinet_note *note, const struct moment *now)
{
	static const struct cabinet_shown nothing = { .n = 0 };
	cabinet_shown_print(note != NULL ? cabinet_note_shown(note) : &nothing, json,
	        now, live->station->utc_offset_min);
}

static void write_head(const struct live *live, struct json *json,
        const struct moment *now, const struct live_link *link, bool running)
{
	char boot[17];
	snprintf(boot, sizeof boot, "%016llx", (unsigned long long)now->boot);
	json_put_text(json, "station", live->station->station);
	json_put_text(json, "zone", live->station->zone);
	json_put_text(json, "name", live->station->station_name);
	json_put_bool(json, "simulated", describe_simulated(live->station));
	json_put_bool(json, "running", running);
	json_put_integer(json, "pid", getpid());
	json_put_integer(json, "offset_min", live->station->utc_offset_min);
	json_put_integer(json, "written_us", now->time_us);
	json_put_integer(json, "mono_us", now->mono_us);
	json_put_text(json, "boot", boot);
	json_put_text(json, "link", link->state);
	json_put_integer(json, "committed", (int64_t)link->committed_seq - 1);
	json_put_integer(
	        json, "acked", link->acked_seq > 0 ? (int64_t)link->acked_seq - 1 : 0);
	json_put_integer(json, "acked_us", link->acked_us);
	json_put_integer(json, "lost", (int64_t)link->lost);
	json_put_integer(json, "waiting", (int64_t)link->waiting);
	json_put_integer(json, "unreadable", (int64_t)link->unreadable);
	json_put_text(json, "journal", link->journal != NULL ? link->journal : "disk");
}

static void write_all(const struct live *live, FILE *out, const struct moment *now,
        const struct live_link *link, bool running)
{
	struct json json;
	json_start(&json, out);
	json_object(&json);
	write_head(live, &json, now, link, running);
	json_key(&json, "channels");
	json_array(&json);
	for (size_t i = 0; i < live->n_instruments; i++)
		for (size_t c = 0; c < live->instrument[i]->n_channels; c++)
			write_channel(&json, live->instrument[i],
			        &live->instrument[i]->channel[c], &live->shown[i][c],
			        now->time_us);
	json_end(&json);
	write_told(live, &json, now);
	write_counts(live, &json, link->counts);
	write_cabinet(live, &json, link->cabinet, now);
	json_end(&json);
	fputc('\n', out);
}

void live_elsewhere(const char *path, const char *station, char *out, size_t room)
{
	const char *folder = getenv("QUANTRAC_RUN");
	snprintf(out, room, "%s/%s-%08x.json",
	        folder != NULL ? folder : "/run/quantrac", station,
	        (unsigned)crc32c(0, path, strlen(path)));
}

static int write_file(const struct live *live, const char *path,
        const struct moment *now, const struct live_link *link, bool running)
{
	char beside[PATH_MAX];
	snprintf(beside, sizeof beside, "%s.new", path);
	FILE *out = fopen(beside, "we");
	if (out == NULL)
		return FAILED;
	write_all(live, out, now, link, running);
	int bad = ferror(out);
	if (fclose(out) != 0 || bad || rename(beside, path) != 0)
		return FAILED;
	return OK;
}

int live_write(const struct live *live, const char *path, const struct moment *now,
        const struct live_link *link, bool running)
{
	char elsewhere[PATH_MAX];
	live_elsewhere(path, live->station->station, elsewhere, sizeof elsewhere);
	if (write_file(live, path, now, link, running) == OK) {
		unlink(elsewhere);
		return OK;
	}
	char *slash = strrchr(elsewhere, '/');
	*slash = '\0';
	mkdir(elsewhere, 0755);
	*slash = '/';
	return write_file(live, elsewhere, now, link, running);
}
