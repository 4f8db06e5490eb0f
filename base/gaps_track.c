/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where each channel of an instrument stands, reading after reading. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gaps_inside.h"
#include "base/legal_time.h"
#include "base/reading.h"

/* ---- a channel ---- */

static void push(struct gaps *gaps, struct gaps_track *track)
{
	if (!track->has_pending)
		return;
	struct gap *gap = &track->pending;
	gap->expected = gaps_due(gap->from_us, gap->to_us, track->cycle_us);
	if (gap->expected < track->missing)
		gap->expected = track->missing;
	gap->valid = gap->expected - track->missing;
	if (gap->cause == GAP_OFF || gap->cause == GAP_STOPPED) /* nothing was due */
		gap->expected = gap->valid = 0;
	if (gap_list_add(&gaps->of_channels, gap) != OK)
		gaps->failed = true;
	track->has_pending = false;
}

static void keep(struct gaps *gaps, const struct gaps_instrument *instrument,
        struct gaps_track *track, const int64_t span_us[2])
{
	struct gap *last = &track->pending;
	uint64_t missing = gaps_due(span_us[0], span_us[1], track->cycle_us);
	if (missing == 0)
		missing = 1;
	if (track->has_pending && last->cause == track->cause &&
	        gaps_near(last->to_us, span_us[0], track->cycle_us)) {
		last->to_us = span_us[1];
		track->missing += missing;
		return;
	}
	push(gaps, track);
	*last = (struct gap){ .from_us = span_us[0],
		.to_us = span_us[1],
		.cause = track->cause,
		.describe = instrument->describe };
	memcpy(last->instrument, instrument->id, sizeof last->instrument);
	memcpy(last->channel, track->channel, sizeof last->channel);
	track->has_pending = true;
	track->missing = missing;
}

/* First silence of the station that ends behind a time. */
static size_t silence_behind(const struct gap_list *list, int64_t time_us)
{
	size_t low = 0, high = list->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list->gap[middle].to_us <= time_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Take away what the whole station lacked.  After a silence an instrument may begin
 * late: three quarters of a cycle more, as at any first reading. */
static void keep_rest(struct gaps *gaps, const struct gaps_instrument *instrument,
        struct gaps_track *track, int64_t to_us)
{
	const struct gap_list *list = &gaps->silences;
	int64_t at_us = track->from_us, cycle_us = track->cycle_us;
	bool cut = false;
	for (size_t i = silence_behind(list, at_us); i <= list->n; i++) {
		bool last = i == list->n;
		if (last && !gaps->has_silence)
			break;
		const struct gap *silence = last ? &gaps->silence : &list->gap[i];
		if (silence->from_us >= to_us)
			break;
		if (silence->to_us <= at_us)
			continue;
		if (gaps_due(at_us, silence->from_us, cycle_us) > 0)
			keep(gaps, instrument, track,
			        (int64_t[]){ at_us, silence->from_us });
		at_us = silence->to_us;
		cut = true;
	}
	if (gaps_due(at_us, to_us, cycle_us) > 0 &&
	        (!cut || to_us - at_us >= cycle_us / 4 * 7))
		keep(gaps, instrument, track, (int64_t[]){ at_us, to_us });
}

/* What was wrong ends; too short to have missed a result: *carry_us says since when. */
static void end(struct gaps *gaps, const struct gaps_instrument *instrument,
        struct gaps_track *track, int64_t time_us, int64_t *carry_us)
{
	if (!track->open)
		return;
	track->open = false;
	if (gaps_due(track->from_us, time_us, track->cycle_us) == 0) {
		*carry_us = track->from_us;
		return;
	}
	if (track->cause == GAP_NO_READING)
		keep_rest(gaps, instrument, track, time_us);
	else
		keep(gaps, instrument, track, (int64_t[]){ track->from_us, time_us });
	track->due_us = time_us;
}

static void bad(struct gaps *gaps, const struct gaps_instrument *instrument,
        struct gaps_track *track, uint8_t cause, int64_t time_us)
{
	/* what is switched off lacks nothing while nobody reads it */
	bool holds = track->cause == GAP_OFF && cause == GAP_NO_READING;
	if (track->open && (track->cause == cause || holds))
		return;
	/* the next result may not be due yet */
	int64_t carry_us = time_us > track->due_us ? time_us : track->due_us;
	end(gaps, instrument, track, time_us, &carry_us);
	track->open = true;
	track->cause = cause;
	track->from_us = carry_us;
}

static void good(struct gaps *gaps, const struct gaps_instrument *instrument,
        struct gaps_track *track, int64_t time_us)
{
	int64_t carry_us = 0;
	end(gaps, instrument, track, time_us, &carry_us);
	track->due_us = time_us + track->cycle_us;
}

/* ---- an instrument ---- */

struct gaps_instrument *gaps_instrument(struct gaps *gaps, const char *id)
{
	for (size_t i = 0; i < gaps->n_instruments; i++)
		if (strcmp(gaps->instrument[i].id, id) == 0)
			return &gaps->instrument[i];
	void *more = realloc(
	        gaps->instrument, (gaps->n_instruments + 1) * sizeof *gaps->instrument);
	if (more == NULL)
		return NULL;
	gaps->instrument = more;
	struct gaps_instrument *one = &gaps->instrument[gaps->n_instruments++];
	*one = (struct gaps_instrument){ .seen_us = INT64_MIN };
	snprintf(one->id, sizeof one->id, "%s", id);
	return one;
}

int64_t instrument_patience_us(const struct gaps_instrument *instrument)
{
	int64_t most_us = instrument->poll_us / 4 * 7;
	bool seldom = instrument->failing && most_us < 2 * GAPS_BACK_OFF_US;
	return seldom ? 2 * GAPS_BACK_OFF_US : most_us;
}

static struct gaps_track *track_of(struct gaps_instrument *instrument, const char *name)
{
	for (size_t i = 0; i < instrument->n; i++)
		if (strcmp(instrument->track[i].channel, name) == 0)
			return &instrument->track[i];
	void *more = realloc(
	        instrument->track, (instrument->n + 1) * sizeof *instrument->track);
	if (more == NULL)
		return NULL;
	instrument->track = more;
	struct gaps_track *track = &instrument->track[instrument->n++];
	*track = (struct gaps_track){ .due_us = INT64_MIN };
	snprintf(track->channel, sizeof track->channel, "%s", name);
	return track;
}

static int64_t microseconds(double seconds)
{
	return isfinite(seconds) && seconds > 0 && seconds < 1e9
	               ? (int64_t)(seconds * 1e6)
	               : 0;
}

static int64_t cycle_of(const struct describe *describe, const struct channel *channel)
{
	int64_t poll_us = microseconds(describe->poll_every_s);
	int64_t result_us = microseconds(channel->result_every_s);
	return result_us > poll_us ? result_us : poll_us;
}

static int use_channel(struct gaps_instrument *instrument, size_t i, int64_t time_us)
{
	const struct describe *describe = instrument->describe;
	const struct channel *channel = &describe->channel[i];
	struct gaps_track *track = track_of(instrument, channel->name);
	if (track == NULL)
		return FAILED;
	track->used = true;
	track->cycle_us = cycle_of(describe, channel);
	if (track->due_us == INT64_MIN)
		track->due_us = time_us;
	instrument->map[i] = (size_t)(track - instrument->track);
	return OK;
}

/* Channels that are gone are due no more; what they lacked is told. */
static void leave_unused(
        struct gaps *gaps, struct gaps_instrument *instrument, int64_t time_us)
{
	int64_t carry_us = 0;
	for (size_t i = 0; i < instrument->n; i++) {
		struct gaps_track *track = &instrument->track[i];
		if (track->used)
			continue;
		end(gaps, instrument, track, time_us, &carry_us);
		push(gaps, track);
		track->due_us = INT64_MIN;
	}
}

int instrument_use(struct gaps *gaps, struct gaps_instrument *instrument,
        const struct describe *describe, int64_t time_us)
{
	instrument->active = true;
	if (instrument->describe == describe)
		return OK;
	void *more = realloc(
	        instrument->map, (describe->n_channels + 1) * sizeof *instrument->map);
	if (more == NULL)
		return FAILED;
	instrument->map = more;
	instrument->n_map = describe->n_channels;
	instrument->describe = describe;
	instrument->poll_us = microseconds(describe->poll_every_s);
	for (size_t i = 0; i < instrument->n; i++)
		instrument->track[i].used = false;
	for (size_t i = 0; i < describe->n_channels; i++)
		if (use_channel(instrument, i, time_us) != OK)
			return FAILED;
	leave_unused(gaps, instrument, time_us);
	if (instrument->seen_us == INT64_MIN)
		instrument->seen_us = time_us - instrument->poll_us;
	return OK;
}

void instrument_leave(
        struct gaps *gaps, struct gaps_instrument *instrument, int64_t time_us)
{
	int64_t carry_us = 0, most_us = instrument_patience_us(instrument);
	for (size_t i = 0; i < instrument->n; i++) {
		struct gaps_track *track = &instrument->track[i];
		if (track->used && track->cycle_us > 0) {
			if (time_us - instrument->seen_us > most_us)
				bad(gaps, instrument, track, GAP_NO_READING,
				        instrument->seen_us + instrument->poll_us);
			end(gaps, instrument, track, time_us, &carry_us);
		}
		push(gaps, track);
		track->due_us = INT64_MIN;
	}
	instrument->active = false;
	instrument->describe = NULL;
	instrument->seen_us = INT64_MIN;
	instrument->failing = false;
}

/* What a state means for the ledger; -1: a result. */
static int cause_of(uint8_t state)
{
	static const int8_t cause[CHANNEL_STATES] = {
		[STATE_OK] = -1,
		[STATE_UNCHANGED] = GAP_UNCHANGED,
		[STATE_SILENT] = GAP_SILENT,
		[STATE_GARBLED] = GAP_GARBLED,
		[STATE_REFUSED] = GAP_REFUSED,
		[STATE_NO_VALUE] = GAP_NO_VALUE,
		[STATE_BELOW_RANGE] = -1,
		[STATE_ABOVE_RANGE] = -1,
		[STATE_CALIBRATING] = GAP_CALIBRATING,
		[STATE_MAINTENANCE] = GAP_MAINTENANCE,
		[STATE_FAULT] = GAP_FAULT,
		[STATE_STOPPED] = GAP_STOPPED,
		[STATE_OFF] = GAP_OFF,
	};
	return state < CHANNEL_STATES ? cause[state] : GAP_NO_VALUE;
}

static bool row_fails(const uint8_t *state, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (state[i] != STATE_SILENT && state[i] != STATE_GARBLED &&
		        state[i] != STATE_OFF)
			return false;
	return n > 0;
}

int instrument_row(struct gaps *gaps, struct gaps_instrument *instrument,
        int64_t time_us, const uint8_t *state)
{
	int64_t poll_us = instrument->poll_us, seen_us = instrument->seen_us;
	bool absent =
	        poll_us > 0 && time_us - seen_us > instrument_patience_us(instrument);
	for (size_t i = 0; i < instrument->n_map; i++) {
		struct gaps_track *track = &instrument->track[instrument->map[i]];
		int cause = cause_of(state[i]);
		track->off = cause == GAP_OFF;
		if (track->cycle_us <= 0)
			continue;
		if (absent)
			bad(gaps, instrument, track, GAP_NO_READING, seen_us + poll_us);
		if (cause < 0)
			good(gaps, instrument, track, time_us);
		else
			bad(gaps, instrument, track, (uint8_t)cause, time_us);
	}
	if (time_us > seen_us)
		instrument->seen_us = time_us;
	instrument->failing = row_fails(state, instrument->n_map);
	return gaps->failed ? FAILED : OK;
}
