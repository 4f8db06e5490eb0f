/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/holes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/holes_inside.h"
#include "archive/proof.h"
#include "base/legal_time.h"
#include "base/reading.h"

#define EVENTS                                                                         \
	(((2u << RECORD_TYPES) - 1) & ~(1u << RECORD_READING)) /* all but readings */
#define PATIENCE_US (120 * US_PER_S) /* what a cabinet gathers before it sends */

/* ---- events ---- */

static int keep(void *with, const struct reader_event *event)
{
	struct feeding *feeding = with;
	if (feeding->n == feeding->room) {
		size_t room = feeding->room > 0 ? 2 * feeding->room : 256;
		void *more = realloc(feeding->event, room * sizeof *feeding->event);
		feeding->failed = feeding->failed || more == NULL;
		if (more == NULL)
			return 1;
		feeding->event = more;
		feeding->room = room;
	}
	struct kept_event *kept = &feeding->event[feeding->n];
	*kept = (struct kept_event){ .record = *event->record,
		.time_us = event->time_us,
		.stored_us = event->stored_us,
		.payload = malloc(event->record->payload_size + 1) };
	feeding->failed = feeding->failed || kept->payload == NULL;
	if (kept->payload == NULL)
		return 1;
	memcpy(kept->payload, event->record->payload, event->record->payload_size);
	kept->record.payload = kept->payload;
	feeding->n++;
	return 0;
}

static void forget_events(struct feeding *feeding)
{
	for (size_t i = 0; i < feeding->n; i++)
		free(feeding->event[i].payload);
	feeding->n = 0;
}

/* The reader knows every DESCRIBE by its hash and keeps it. */
static const struct describe *describe_of(
        struct feeding *feeding, const struct record *record)
{
	struct problem why;
	struct describe *decoded;
	const struct describe *known = NULL;
	if (record->type != RECORD_DESCRIBE ||
	        describe_decode(
	                &decoded, record->payload, record->payload_size, &why) != OK)
		return NULL;
	known = reader_describe(feeding->reader, decoded->hash);
	describe_free(decoded);
	return known;
}

static int feed_event(struct feeding *feeding, const struct kept_event *event)
{
	return gaps_event(feeding->gaps, &event->record, event->time_us,
	        describe_of(feeding, &event->record));
}

/* ---- readings ---- */

static int feed_row(struct feeding *feeding, const struct rows *rows, size_t row)
{
	uint8_t state[READING_CHANNELS];
	for (size_t i = 0; i < rows->n_channels; i++)
		state[rows->channel[i]] = rows->state[i][row];
	return gaps_reading(
	        feeding->gaps, &(struct gaps_reading){ .describe = rows->describe,
	                               .time_us = rows->time_us[row],
	                               .epoch = rows->epoch[row],
	                               .seq = rows->seq[row],
	                               .state = state });
}

/* The set whose next row comes first; n if all are through. */
static size_t earliest(const struct rows *rows, const size_t *next, size_t n)
{
	size_t found = n;
	for (size_t i = 0; i < n; i++) {
		if (next[i] == rows[i].n)
			continue;
		if (found == n ||
		        rows[i].time_us[next[i]] < rows[found].time_us[next[found]])
			found = i;
	}
	return found;
}

/* Rows and events of a day in order of time; where both have the same, the event. */
static int feed_merged(struct feeding *feeding, const struct rows *rows, size_t n)
{
	size_t *next = calloc(n + 1, sizeof *next), event = 0;
	int status = next != NULL ? OK : FAILED;
	while (status == OK) {
		size_t set = earliest(rows, next, n);
		bool more = event < feeding->n;
		if (set == n && !more)
			break;
		if (more && (set == n || feeding->event[event].time_us <=
		                                 rows[set].time_us[next[set]]))
			status = feed_event(feeding, &feeding->event[event++]);
		else
			status = feed_row(feeding, &rows[set], next[set]++);
	}
	free(next);
	return status;
}

static int feed_stretch(
        struct feeding *feeding, int64_t from_us, int64_t to_us, struct problem *why)
{
	struct rows *rows = NULL;
	size_t n = 0;
	const struct query query = { .station = feeding->query->station,
		.from_us = from_us,
		.to_us = to_us,
		.as_of_us = feeding->query->as_of_us };
	int status = reader_rows(feeding->reader, &query, &rows, &n, why);
	if (status >= 0)
		status = reader_events(
		        feeding->reader, &query, EVENTS, keep, feeding, why);
	if (status >= 0)
		status = feeding->failed ? FAILED : feed_merged(feeding, rows, n);
	rows_free(rows, n);
	forget_events(feeding);
	return status < 0 ? status : OK;
}

/* ---- what has no time ---- */

static int feed_timeless(
        struct feeding *feeding, const struct query *asked, struct problem *why)
{
	struct rows *rows = NULL;
	size_t n = 0;
	struct query query = *asked;
	query.station = feeding->query->station;
	query.as_of_us = feeding->query->as_of_us;
	int status = reader_rows(feeding->reader, &query, &rows, &n, why);
	if (status >= 0)
		status = reader_events(
		        feeding->reader, &query, EVENTS, keep, feeding, why);
	for (size_t i = 0; i < n && status >= 0; i++)
		for (size_t k = 0; k < rows[i].n && status >= 0; k++)
			status = gaps_unplaced(feeding->gaps, rows[i].epoch[k],
			        rows[i].seq[k], rows[i].stored_us[k]);
	for (size_t i = 0; i < feeding->n && status >= 0; i++)
		status = gaps_unplaced(feeding->gaps, feeding->event[i].record.epoch,
		        feeding->event[i].record.seq, feeding->event[i].stored_us);
	rows_free(rows, n);
	forget_events(feeding);
	return status < 0 ? status : OK;
}

/* Records that nobody can place, and those whose stamps are older or further ahead
 * than any time of ours. */
static int feed_unplaced(struct feeding *feeding, struct problem *why)
{
	const struct query asked[] = {
		{ .from_us = INT64_MIN, .to_us = INT64_MAX, .unplaced = UNPLACED_ONLY },
		{ .from_us = 0, .to_us = TIME_US_PLAUSIBLE },
		{ .from_us = feeding->query->now_us + 2 * US_PER_DAY,
		        .to_us = TIME_US_END },
	};
	int status = OK;
	for (size_t i = 0; i < sizeof asked / sizeof asked[0] && status == OK; i++)
		status = feed_timeless(feeding, &asked[i], why);
	return status;
}

/* ---- damage ---- */

/* By its date alone: a file is looked at, all its bytes, only where it can matter. */
static bool is_elsewhere(const struct feeding *feeding, const struct seal *seal)
{
	int offset_min = reader_identity(feeding->reader)->utc_offset_min;
	int64_t from_us, to_us;
	return interval_parse(seal->date, offset_min, 0, &from_us, &to_us) == OK &&
	       (from_us >= feeding->to_us || to_us <= feeding->from_us);
}

static int feed_files(struct feeding *feeding)
{
	char what[600];
	int status = OK;
	for (size_t i = 0; i < reader_files(feeding->reader) && status == OK; i++) {
		struct reader_file file;
		const struct seal *seal = reader_seal(feeding->reader, i);
		if (strcmp(seal->station, feeding->query->station) != 0 ||
		        is_elsewhere(feeding, seal))
			continue;
		reader_file(feeding->reader, i, &file);
		bool placed = file.from_us != INT64_MIN;
		if (file.sound || (placed && (file.from_us >= feeding->to_us ||
		                                     file.to_us <= feeding->from_us)))
			continue;
		bool pruned = file.order[0] != '\0';
		if (pruned)
			snprintf(what, sizeof what, "%s, order %s", seal->path,
			        file.order);
		else
			snprintf(what, sizeof what, "%s %s", seal->path,
			        file.missing ? "is missing"
			        : file.shut  ? "may not be read by this user"
			                     : "is not to the bit what was sealed");
		status = gaps_damage(feeding->gaps,
		        &(struct gaps_damage){ .cause = pruned ? GAP_PRUNED : GAP_FILE,
		                .from_us = placed ? file.from_us : seal->sealed_us,
		                .to_us = placed ? file.to_us : seal->sealed_us,
		                .records = seal->records,
		                .readings = seal->readings,
		                .whole_day = strcmp(seal->kind, "day") == 0,
		                .what = what });
	}
	return status;
}

static void conflict(void *with, const struct record *record, const char *path)
{
	struct feeding *feeding = with;
	const struct gaps_damage damage = { .cause = GAP_CONFLICT,
		.from_us = record->time_us,
		.to_us = record->time_us,
		.what = path };
	if (gaps_damage(feeding->gaps, &damage) != OK)
		feeding->failed = true;
}

/* ---- all of it ---- */

/* Nobody waits for more of what was only ever imported. */
static bool is_import(struct reader *reader, const char *station)
{
	const struct describe *const *instrument;
	size_t n = reader_instruments(reader, station, &instrument);
	for (size_t i = 0; i < n; i++)
		if (instrument[i]->origin != ORIGIN_IMPORT)
			return false;
	return n > 0;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What is fed: whole legal days with one around them, as far as there is anything. */
static int begin(struct feeding *feeding, int64_t first_us, int64_t last_us)
{
	const struct holes_query *query = feeding->query;
	int offset_min = reader_identity(feeding->reader)->utc_offset_min;
	int64_t least_us = day_start(first_us, offset_min) - US_PER_DAY;
	feeding->from_us = day_start(query->from_us, offset_min) - US_PER_DAY;
	bool whole = feeding->from_us <= least_us;
	/* who asks for what lies behind the end of an import is told that it is empty */
	bool behind = query->from_us > last_us;
	feeding->from_us = later(feeding->from_us, least_us);
	feeding->to_us =
	        day_start(later(last_us, query->now_us), offset_min) + 2 * US_PER_DAY;
	feeding->to_us = earlier(
	        feeding->to_us, day_start(query->to_us, offset_min) + 2 * US_PER_DAY);
	const struct gaps_options options = { .from_us = query->from_us,
		.to_us = query->to_us,
		.fed_us = feeding->from_us,
		.now_us = query->now_us,
		.patience_us = PATIENCE_US,
		.whole = whole && query->as_of_us == 0,
		.stored = true,
		.ended = !behind && is_import(feeding->reader, query->station) };
	feeding->gaps = gaps_new(&options);
	return feeding->gaps != NULL ? OK : FAILED;
}

static int feed_all(struct feeding *feeding, struct problem *why)
{
	int status = holes_before(feeding, why);
	for (int64_t at_us = feeding->from_us; at_us < feeding->to_us && status == OK;
	        at_us += feeding->step_us)
		status = feed_stretch(feeding, at_us, at_us + feeding->step_us, why);
	if (status == OK)
		status = feed_unplaced(feeding, why);
	if (status == OK)
		status = feed_files(feeding);
	if (status == OK)
		reader_conflicts(
		        feeding->reader, feeding->query->station, conflict, feeding);
	return status == OK && feeding->failed ? FAILED : status;
}

static bool has_station(const struct reader *reader, const char *station)
{
	for (size_t i = 0; i < reader_stations(reader); i++)
		if (strcmp(reader_station(reader, i), station) == 0)
			return true;
	return false;
}

bool holes_expected(
        const struct reader *reader, const struct permits *permits, const char *station)
{
	for (size_t i = 0; permits != NULL && i < permits->n; i++)
		if (strcmp(permits->permit[i].station, station) == 0)
			return true;
	return has_station(reader, station);
}

/* Everything that is known of the station into the ledger. */
static int fill(struct feeding *feeding, struct problem *why)
{
	const struct holes_query *query = feeding->query;
	int64_t first_us = TIME_US_PLAUSIBLE, last_us = query->now_us, sent_us,
	        newest_us;
	bool sent = reader_span(feeding->reader, query->station, &sent_us,
	                    &newest_us) == OK;
	if (sent) {
		first_us = sent_us;
		last_us = newest_us;
	}
	int status = begin(feeding, first_us, last_us);
	/* without a reading that has a time there are years, and a few events in them */
	feeding->step_us = sent ? US_PER_DAY : feeding->to_us - feeding->from_us;
	if (status == OK)
		status = holes_never(feeding, sent ? first_us : INT64_MAX);
	bool known = has_station(feeding->reader, query->station) ||
	             !holes_expected(feeding->reader, query->permits, query->station);
	return status == OK && known ? feed_all(feeding, why) : status;
}

int holes_find(struct gaps **ledger, const struct gap **out, struct reader *reader,
        const struct holes_query *query, struct problem *why)
{
	struct feeding feeding = { .reader = reader, .query = query };
	struct problem said = { .text = "" };
	size_t n = 0;
	*ledger = NULL;
	*out = NULL;
	int status = fill(&feeding, &said);
	if (status == OK)
		status = gaps_finish(feeding.gaps, out, &n);
	free(feeding.event);
	if (status == OK) {
		*ledger = feeding.gaps;
		return (int)n;
	}
	gaps_free(feeding.gaps);
	if (said.text[0] != '\0')
		return problem_set(why, status, said.exit, "%s", said.text);
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "not enough memory");
}
