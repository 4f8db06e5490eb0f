/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of gaps: records in, the station's own silences, the end. */
#include "base/gaps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "base/gaps_inside.h"
#include "base/legal_time.h"

struct gaps *gaps_new(const struct gaps_options *options)
{
	struct gaps *gaps = calloc(1, sizeof *gaps);
	if (gaps == NULL)
		return NULL;
	gaps->options = *options;
	gaps->seen_us = gaps->last_us = gaps->began_us = INT64_MIN;
	return gaps;
}

void gaps_free(struct gaps *gaps)
{
	if (gaps == NULL)
		return;
	for (size_t i = 0; i < gaps->n_instruments; i++) {
		free(gaps->instrument[i].track);
		free(gaps->instrument[i].map);
	}
	for (size_t i = 0; i < gaps->n_epochs; i++)
		free(gaps->epoch[i].run);
	free(gaps->instrument);
	free(gaps->epoch);
	free(gaps->silence.detail);
	gap_list_free(&gaps->silences);
	gap_list_free(&gaps->of_channels);
	gaps_damages_free(gaps);
	gap_list_free(&gaps->found);
	told_free(&gaps->downs);
	told_free(&gaps->drops);
	told_free(&gaps->steps);
	told_free(&gaps->pauses);
	told_free(&gaps->ports);
	free(gaps);
}

/* ---- the station as a whole ---- */

/* How many instruments the station has, and how many should have given a reading in a
 * stretch without any record; the shortest period of these. */
static size_t waiting_for(
        const struct gaps *gaps, int64_t length_us, size_t *all, int64_t *least_us)
{
	size_t n = 0;
	*all = 0;
	*least_us = INT64_MAX;
	for (size_t i = 0; i < gaps->n_instruments; i++) {
		const struct gaps_instrument *one = &gaps->instrument[i];
		if (!one->active || one->poll_us <= 0)
			continue;
		(*all)++;
		if (length_us <= instrument_patience_us(one))
			continue;
		n++;
		if (one->poll_us < *least_us)
			*least_us = one->poll_us;
	}
	return n;
}

static uint64_t due_of_all(const struct gaps *gaps, int64_t from_us, int64_t to_us)
{
	uint64_t due = 0;
	for (size_t i = 0; i < gaps->n_instruments; i++) {
		const struct gaps_instrument *one = &gaps->instrument[i];
		for (size_t k = 0; one->active && k < one->n; k++) {
			const struct gaps_track *track = &one->track[k];
			int64_t start_us =
			        from_us > track->due_us ? from_us : track->due_us;
			if (track->used && !track->off)
				due += gaps_due(start_us, to_us, track->cycle_us);
		}
	}
	return due;
}

/* What came between two silences: a result at its end, and one every cycle. */
static uint64_t came_of_all(const struct gaps *gaps, int64_t from_us, int64_t to_us)
{
	uint64_t came = 0;
	for (size_t i = 0; i < gaps->n_instruments; i++) {
		const struct gaps_instrument *one = &gaps->instrument[i];
		for (size_t k = 0; one->active && k < one->n; k++) {
			const struct gaps_track *track = &one->track[k];
			if (track->used && !track->off)
				came += gaps_due(from_us, to_us, track->cycle_us);
		}
	}
	return came;
}

static void silence_push(struct gaps *gaps)
{
	struct gap *gap = &gaps->silence;
	if (!gaps->has_silence)
		return;
	gap->expected = gaps->silence_missing + gaps->silence_came;
	gap->valid = gaps->silence_came;
	if (gap_list_add(&gaps->silences, gap) != OK)
		gaps->failed = true;
	*gap = (struct gap){ 0 };
	gaps->has_silence = false;
}

static void silence_add(struct gaps *gaps, int64_t from_us, int64_t to_us,
        int64_t cycle_us, uint64_t epoch)
{
	uint64_t missing = due_of_all(gaps, from_us, to_us);
	bool anew = epoch != 0 && epoch != gaps->seen_epoch && gaps->seen_epoch != 0;
	if (missing == 0)
		return;
	if (gaps->has_silence && !anew && gaps->silence.cause == GAP_STATION &&
	        gaps_near(gaps->silence.to_us, from_us, cycle_us)) {
		gaps->silence_came += came_of_all(gaps, gaps->silence.to_us, from_us);
		gaps->silence.to_us = to_us;
		gaps->silence_missing += missing;
		return;
	}
	silence_push(gaps);
	gaps->silence = (struct gap){ .from_us = from_us,
		.to_us = to_us,
		.cause = anew ? GAP_EPOCH : GAP_STATION };
	gaps->silence_missing = missing;
	gaps->silence_came = 0;
	gaps->has_silence = true;
}

/* Every reading of the station comes by here, in order of time.  A cabinet that only
 * tells that its lines are down is as silent as one that tells nothing.  One instrument
 * that is late is the station where its program began anew meanwhile. */
static int reading_seen(
        struct gaps *gaps, int64_t time_us, uint64_t epoch, uint64_t seq)
{
	size_t all;
	int64_t least_us, seen_us = gaps->seen_us;
	bool began = gaps->began_us > seen_us;
	if (seen_us != INT64_MIN && time_us > seen_us) {
		size_t n = waiting_for(gaps, time_us - seen_us, &all, &least_us);
		if (n > 0 && (n == all || n >= 2 || began))
			silence_add(gaps, seen_us + least_us, time_us, least_us, epoch);
	}
	if (seen_us == INT64_MIN || time_us > seen_us)
		gaps->seen_us = time_us;
	gaps->seen_epoch = epoch;
	if (gaps_ran(gaps, time_us, false) != OK)
		return FAILED;
	return gaps_here(gaps, epoch, seq, time_us);
}

/* ---- records ---- */

int gaps_reading(struct gaps *gaps, const struct gaps_reading *reading)
{
	const struct describe *describe = reading->describe;
	if (reading_seen(gaps, reading->time_us, reading->epoch, reading->seq) != OK)
		return FAILED;
	struct gaps_instrument *one = gaps_instrument(gaps, describe->instrument);
	if (one == NULL || instrument_use(gaps, one, describe, reading->time_us) != OK)
		return FAILED;
	return instrument_row(gaps, one, reading->time_us, reading->state);
}

int gaps_known(struct gaps *gaps, const struct describe *describe)
{
	struct gaps_instrument *one = gaps_instrument(gaps, describe->instrument);
	if (gaps->seen_us == INT64_MIN)
		gaps->seen_us = gaps->options.fed_us;
	return one != NULL ? instrument_use(gaps, one, describe, gaps->options.fed_us)
	                   : FAILED;
}

int gaps_unplaced(struct gaps *gaps, uint64_t number, uint64_t seq, int64_t stored_us)
{
	struct gaps_epoch *epoch = gaps_epoch(gaps, number);
	if (epoch == NULL || gaps_here(gaps, number, seq, INT64_MIN) != OK)
		return FAILED;
	if (epoch->unplaced++ == 0)
		epoch->stored_us[0] = epoch->stored_us[1] = stored_us;
	if (stored_us < epoch->stored_us[0])
		epoch->stored_us[0] = stored_us;
	if (stored_us > epoch->stored_us[1])
		epoch->stored_us[1] = stored_us;
	return OK;
}

/* A station's DESCRIBE lists its instruments: what is not in it is due no more. */
static void station_has(
        struct gaps *gaps, const struct describe *station, int64_t time_us)
{
	for (size_t i = 0; i < gaps->n_instruments; i++) {
		struct gaps_instrument *one = &gaps->instrument[i];
		bool listed = station->n_instruments == 0;
		for (size_t k = 0; k < station->n_instruments && !listed; k++)
			listed = strcmp(station->part[k].instrument, one->id) == 0;
		if (one->active && !listed)
			instrument_leave(gaps, one, time_us);
	}
}

static int described(
        struct gaps *gaps, const struct describe *describe, int64_t time_us)
{
	if (describe == NULL)
		return OK;
	if (describe->kind == DESCRIBE_STATION) {
		station_has(gaps, describe, time_us);
		return OK;
	}
	struct gaps_instrument *one = gaps_instrument(gaps, describe->instrument);
	return one != NULL ? instrument_use(gaps, one, describe, time_us) : FAILED;
}

static int gap_told(struct gaps *gaps, const struct record *record)
{
	struct gap_event gap;
	if (gap_decode(&gap, record->payload, record->payload_size) != OK)
		return OK;
	const struct gaps_told told = { .from_us = gap.from_us,
		.to_us = gap.to_us,
		.epoch = record->epoch,
		.first_seq = gap.first_seq,
		.last_seq = gap.last_seq,
		.count = gap.count };
	return told_add(&gaps->drops, &told, gap.why, gap.why_size);
}

static int clock_told(struct gaps *gaps, const struct record *record)
{
	struct clock_event clock;
	if (clock_decode(&clock, record->payload, record->payload_size) != OK ||
	        clock.after_us - clock.before_us < US_PER_S)
		return OK;
	const struct gaps_told told = { .from_us = clock.before_us,
		.to_us = clock.after_us };
	return told_add(&gaps->steps, &told, "", 0);
}

int gaps_before(struct gaps *gaps, const struct record *record, int64_t time_us)
{
	if (gaps_ran(gaps, time_us, record->type == RECORD_DESCRIBE) != OK)
		return FAILED;
	switch (record->type) {
	case RECORD_STATE:
		return gaps_state(gaps, record, time_us);
	case RECORD_CLOCK:
		return clock_told(gaps, record);
	case RECORD_GAP:
		return gap_told(gaps, record);
	default:
		return OK;
	}
}

int gaps_event(struct gaps *gaps, const struct record *record, int64_t time_us,
        const struct describe *describe)
{
	if (gaps_here(gaps, record->epoch, record->seq, time_us) != OK)
		return FAILED;
	if (gaps_before(gaps, record, time_us) != OK)
		return FAILED;
	return record->type == RECORD_DESCRIBE ? described(gaps, describe, time_us)
	                                       : OK;
}

/* ---- the end ---- */

/* Until when results are due, and whether that is now. */
static int64_t end_of(const struct gaps *gaps, bool *now)
{
	const struct gaps_options *options = &gaps->options;
	*now = options->to_us >= options->now_us && !options->ended;
	if (options->ended && gaps->seen_us < options->to_us)
		return gaps->seen_us; /* no reading ever: nothing was due */
	return *now ? options->now_us : options->to_us;
}

static void open_mark(struct gap_list *list, int64_t end_us)
{
	for (size_t i = 0; i < list->n; i++)
		list->gap[i].open = list->gap[i].to_us >= end_us;
}

static void end_all(struct gaps *gaps)
{
	bool now;
	size_t all;
	int64_t least_us, end_us = end_of(gaps, &now);
	int64_t patience_us = now ? gaps->options.patience_us : 0;
	bool heard = gaps->seen_us != INT64_MIN;
	if (gaps_ran(gaps, end_us, true) != OK) /* whether it runs, nothing tells */
		gaps->failed = true;
	size_t n = !heard ? 0
	                  : waiting_for(gaps, end_us - gaps->seen_us - patience_us,
	                            &all, &least_us);
	if (n > 0 && (n == all || n >= 2))
		silence_add(gaps, gaps->seen_us + least_us, end_us, least_us, 0);
	else if (now && heard)
		end_us = gaps->seen_us; /* what is younger may be on its way */
	for (size_t i = 0; i < gaps->n_instruments; i++) {
		struct gaps_instrument *one = &gaps->instrument[i];
		one->to_the_end = one->active;
		if (one->active)
			instrument_leave(gaps, one, end_us);
	}
	silence_push(gaps);
	if (now) {
		open_mark(&gaps->silences, end_us);
		open_mark(&gaps->of_channels, end_us);
	}
}

/* Only what lies in the stretch asked for. */
static void clip(struct gaps *gaps)
{
	const struct gaps_options *options = &gaps->options;
	struct gap_list *list = &gaps->found;
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++) {
		struct gap *gap = &list->gap[i];
		int64_t from_us = gap->from_us, to_us = gap->to_us;
		bool point = from_us == to_us;
		if (from_us >= options->to_us || to_us < options->from_us ||
		        (to_us == options->from_us && !point)) {
			free(gap->detail);
			continue;
		}
		if (from_us < options->from_us)
			gap->from_us = options->from_us;
		if (to_us > options->to_us)
			gap->to_us = options->to_us;
		int64_t length_us = gap->to_us - gap->from_us;
		if (!point && length_us < to_us - from_us) {
			gap->expected =
			        gaps_share(gap->expected, length_us, to_us - from_us);
			gap->valid = gaps_share(gap->valid, length_us, to_us - from_us);
		}
		list->gap[n++] = *gap;
	}
	list->n = n;
}

int gaps_finish(struct gaps *gaps, const struct gap **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	end_all(gaps);
	if (gaps->failed || gaps_join(gaps) != OK || gaps_explain(gaps) != OK)
		return FAILED;
	clip(gaps);
	gap_list_sort(&gaps->found);
	*out = gaps->found.gap;
	*n = gaps->found.n;
	return OK;
}
