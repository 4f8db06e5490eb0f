/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of gaps of this cabinet, from its own journal: what was never read, and
 * what the journal itself has lost.  It needs no collector. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/correction.h"
#include "base/journal.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "cli/cabinet.h"
#include "cli/gaps.h"
#include "cli/status_events.h"
#include "sensors/station/station.h"

enum { MOST_EPOCHS = 4096 };
#define AGREED_US (INT64_C(600) * US_PER_S) /* two clocks no further apart agree */

struct feeding {
	struct gaps *gaps;
	struct events *events;
	const struct gaps_arguments *arguments;
	char folder[PATH_MAX];
	const char *id;
	size_t n_epochs, n_describes;
	uint64_t *epoch;
	struct corrections corrections;
	struct describe **describe;
	int64_t set_us; /* of the newest record so far whose clock had been set */
	size_t n_waiting, waiting_room;
	struct { /* records without a time, until one comes that has one */
		uint64_t epoch, seq;
	} * waiting;
};

/* ---- walking the journal ---- */

static int walk(struct feeding *feeding,
        int (*each)(struct feeding *feeding, const struct record *record))
{
	int status = OK;
	for (size_t i = 0; i < feeding->n_epochs && status == OK; i++) {
		struct journal_reader *reader;
		struct journal_entry entry;
		struct problem why;
		struct record record;
		int next;
		if (journal_read_open(&reader, feeding->folder, feeding->id,
		            feeding->epoch[i], 0) != OK)
			continue;
		while (status == OK &&
		        (next = journal_read_next(reader, &entry, &why)) != 0) {
			if (next == 1 && record_decode(&record, entry.record,
			                         entry.size) == (int)entry.size)
				status = each(feeding, &record);
			if (next != 1 && next != MALFORMED)
				break;
		}
		journal_read_close(reader);
	}
	return status;
}

static int note_clock(struct feeding *feeding, const struct record *record)
{
	return corrections_note(&feeding->corrections, record);
}

/* A stamp that nothing puts right stays: here nobody else saw the clock. */
static int64_t corrected(const struct feeding *feeding, const struct record *record)
{
	const struct stamp stamp = stamp_of(record);
	int64_t time_us;
	corrections_apply(&feeding->corrections, &stamp, &time_us);
	return time_us;
}

/* ---- records without a time ---- */

/* It stays where it can be a time: not before there was a quantrac, not before a
 * record that was made earlier and knows its time, and not in the days to come (by a
 * clock that is itself a time of ours). */
static bool has_time(
        struct feeding *feeding, const struct record *record, int64_t *time_us)
{
	const struct stamp stamp = stamp_of(record);
	int64_t now_us = feeding->arguments->now_us;
	bool set = corrections_apply(&feeding->corrections, &stamp, time_us) == OK;
	if (now_us < TIME_US_PLAUSIBLE)
		return true;
	if (*time_us < TIME_US_PLAUSIBLE || *time_us >= now_us + 2 * US_PER_DAY)
		return false;
	if (set && *time_us > feeding->set_us)
		feeding->set_us = *time_us;
	return set || *time_us >= feeding->set_us - AGREED_US;
}

static int wait_for_time(struct feeding *feeding, const struct record *record)
{
	if (feeding->n_waiting == feeding->waiting_room) {
		size_t room =
		        feeding->waiting_room > 0 ? 2 * feeding->waiting_room : 256;
		void *more = realloc(feeding->waiting, room * sizeof *feeding->waiting);
		if (more == NULL)
			return FAILED;
		feeding->waiting = more;
		feeding->waiting_room = room;
	}
	feeding->waiting[feeding->n_waiting].epoch = record->epoch;
	feeding->waiting[feeding->n_waiting++].seq = record->seq;
	return OK;
}

/* What waited of that epoch (0: of any) was written before this time.  Which of two epochs
 * was the earlier, nobody can say. */
static int time_has_come(struct feeding *feeding, uint64_t epoch, int64_t time_us)
{
	int status = OK;
	size_t kept = 0;
	for (size_t i = 0; i < feeding->n_waiting && status == OK; i++)
		if (epoch != 0 && feeding->waiting[i].epoch != epoch)
			feeding->waiting[kept++] = feeding->waiting[i];
		else
			status = gaps_unplaced(feeding->gaps, feeding->waiting[i].epoch,
			        feeding->waiting[i].seq, time_us);
	feeding->n_waiting = kept;
	return status;
}

/* ---- feeding ---- */

static const struct describe *describe_by(
        const struct feeding *feeding, const uint8_t *hash)
{
	for (size_t i = feeding->n_describes; i > 0; i--)
		if (memcmp(feeding->describe[i - 1]->hash, hash, 32) == 0)
			return feeding->describe[i - 1];
	return NULL;
}

static const struct describe *describe_of(
        struct feeding *feeding, const struct record *record)
{
	struct describe *decoded;
	struct problem why;
	if (describe_decode(&decoded, record->payload, record->payload_size, &why) !=
	        OK)
		return NULL;
	const struct describe *known = describe_by(feeding, decoded->hash);
	void *more = known != NULL ? NULL
	                           : realloc(feeding->describe,
	                                     (feeding->n_describes + 1) *
	                                             sizeof(struct describe *));
	if (more == NULL) {
		describe_free(decoded);
		return known;
	}
	feeding->describe = more;
	feeding->describe[feeding->n_describes++] = decoded;
	return decoded;
}

static int feed_reading(
        struct feeding *feeding, const struct record *record, int64_t time_us)
{
	struct reading reading;
	if (reading_decode(&reading, record->payload, record->payload_size) != OK)
		return OK;
	const struct describe *describe = describe_by(feeding, reading.describe);
	if (describe == NULL || describe->n_channels != reading.n_channels)
		return gaps_event(feeding->gaps, record, time_us, NULL);
	return gaps_reading(feeding->gaps, &(struct gaps_reading){ .describe = describe,
	                                           .time_us = time_us,
	                                           .epoch = record->epoch,
	                                           .seq = record->seq,
	                                           .state = reading.state });
}

static int feed(struct feeding *feeding, const struct record *record)
{
	int64_t time_us;
	const struct describe *describe =
	        record->type == RECORD_DESCRIBE ? describe_of(feeding, record) : NULL;
	if (!has_time(feeding, record, &time_us))
		return wait_for_time(feeding, record);
	if (time_has_come(feeding, record->epoch, time_us) != OK)
		return FAILED;
	if (record->type == RECORD_READING)
		return feed_reading(feeding, record, time_us);
	return gaps_event(feeding->gaps, record, time_us, describe);
}

static int note_event(struct feeding *feeding, const struct record *record)
{
	const struct gaps_arguments *a = feeding->arguments;
	int64_t time_us = corrected(feeding, record);
	return time_us < a->from_us || time_us >= a->to_us
	               ? OK
	               : events_note(feeding->events, record, time_us);
}

/* The epochs there are, and how wrong their clocks were. */
static int look_through(struct feeding *feeding)
{
	feeding->epoch = calloc(MOST_EPOCHS, sizeof *feeding->epoch);
	if (feeding->epoch == NULL)
		return FAILED;
	int n = journal_epochs(
	        feeding->folder, feeding->id, feeding->epoch, MOST_EPOCHS);
	if (n <= 0)
		return NOT_FOUND;
	feeding->n_epochs = (size_t)n;
	return walk(feeding, note_clock);
}

static int feed_all(struct feeding *feeding, const struct gaps_arguments *a)
{
	const struct gaps_options options = { .from_us = a->from_us,
		.to_us = a->to_us,
		.fed_us = a->from_us,
		.now_us = a->now_us,
		.patience_us = 120 * US_PER_S };
	feeding->gaps = gaps_new(&options);
	if (feeding->gaps == NULL)
		return FAILED;
	feeding->arguments = a;
	int status = look_through(feeding);
	if (status == OK)
		status = walk(feeding, feed);
	return status == OK ? time_has_come(feeding, 0, a->now_us - 1) : status;
}

static void feeding_end(struct feeding *feeding)
{
	gaps_free(feeding->gaps);
	events_free(feeding->events);
	for (size_t i = 0; i < feeding->n_describes; i++)
		describe_free(feeding->describe[i]);
	free(feeding->describe);
	free(feeding->epoch);
	free(feeding->waiting);
	corrections_free(&feeding->corrections);
}

static int print(struct feeding *feeding, const struct common *common,
        const struct gaps_arguments *a, int offset_min)
{
	const struct gap *gap;
	size_t n;
	if (gaps_finish(feeding->gaps, &gap, &n) != OK)
		return FAILED;
	struct gaps_table *table = gaps_table_new(common, offset_min);
	if (table == NULL)
		return FAILED;
	gaps_table_add(table, feeding->id, gap, n);
	return gaps_table_end(table, true) > 0 && a->exit_code ? 1 : 0;
}

static int tell(const struct feeding *feeding, const struct common *common, int status)
{
	struct problem why;
	bool vi = common_vietnamese(common);
	if (status == NOT_FOUND)
		problem_set(&why, NOT_FOUND, EXIT_NO_FILE,
		        vi ? "%.3000s: không có nhật ký của trạm '%s'; "
		             "quantrac-sensord "
		             "đã chạy chưa?"
		           : "%.3000s: no journal of station '%s'; has "
		             "quantrac-sensord "
		             "run?",
		        feeding->folder, feeding->id);
	else
		problem_set(&why, FAILED, EXIT_TRY_AGAIN,
		        vi ? "không đủ bộ nhớ" : "not enough memory");
	return common_fail("status", &why);
}

static int ledger(struct feeding *feeding, const struct common *common,
        const struct gaps_arguments *a, int offset_min)
{
	int status = feed_all(feeding, a);
	return status == OK ? print(feeding, common, a, offset_min)
	                    : tell(feeding, common, status);
}

static int events(struct feeding *feeding, const struct common *common,
        const struct gaps_arguments *a, int offset_min)
{
	feeding->arguments = a;
	feeding->events = events_new();
	int status = feeding->events != NULL ? look_through(feeding) : FAILED;
	if (status == OK)
		status = walk(feeding, note_event);
	if (status == OK)
		status = events_print(feeding->events, common, offset_min);
	return status == OK ? 0 : tell(feeding, common, status);
}

/* Of the journal of this cabinet. */
static int from_journal(const struct common *common, struct gaps_arguments *a,
        int (*work)(struct feeding *feeding, const struct common *common,
                const struct gaps_arguments *a, int offset_min))
{
	struct problem why = { .exit = EXIT_CONFIG };
	struct station *station;
	struct feeding feeding = { .n_epochs = 0 };
	if (cabinet_read(&station, common->config, common_vietnamese(common), &why) !=
	        OK)
		return common_fail("status", &why);
	station_path(station, station->journal_folder, feeding.folder,
	        sizeof feeding.folder);
	feeding.id = station->id;
	int code = 0, status = gaps_stretch(a, station->utc_offset_min, &why);
	if (status == OK && a->station != NULL && strcmp(a->station, station->id) != 0)
		status = problem_set(&why, NOT_FOUND, EXIT_NO_FILE,
		        "this cabinet is station '%s', not '%s'", station->id,
		        a->station);
	if (status == OK)
		code = work(&feeding, common, a, station->utc_offset_min);
	else
		code = common_fail("status", &why);
	feeding_end(&feeding);
	station_free(station);
	return code == FAILED ? EXIT_TRY_AGAIN : code;
}

int cabinet_gaps(const struct common *common, struct gaps_arguments *a)
{
	return from_journal(common, a, ledger);
}

int cabinet_events(const struct common *common, struct gaps_arguments *a)
{
	return from_journal(common, a, events);
}
