/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gaps of channels that are one gap of their instrument. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gaps_inside.h"

static int by_kind(const void *left, const void *right)
{
	const struct gap *a = left, *b = right;
	int order = strcmp(a->instrument, b->instrument);
	if (order != 0)
		return order;
	if (a->cause != b->cause)
		return a->cause < b->cause ? -1 : 1;
	if (a->from_us != b->from_us)
		return a->from_us < b->from_us ? -1 : 1;
	return strcmp(a->channel, b->channel);
}

static int64_t cycle_of(const struct gaps_instrument *instrument, const char *channel)
{
	for (size_t i = 0; i < instrument->n; i++)
		if (strcmp(instrument->track[i].channel, channel) == 0)
			return instrument->track[i].cycle_us;
	return 0;
}

static int64_t apart(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

/* Do two gaps begin and end together, as well as their cycles can tell? */
static bool together(const struct gaps_instrument *instrument, const struct gap *a,
        const struct gap *b)
{
	int64_t slack_us = cycle_of(instrument, a->channel);
	int64_t other_us = cycle_of(instrument, b->channel);
	if (other_us > slack_us)
		slack_us = other_us;
	slack_us = slack_us / 4 * 7;
	return apart(a->from_us, b->from_us) <= slack_us &&
	       apart(a->to_us, b->to_us) <= slack_us;
}

/* Do n channels stand for the instrument?  Those that are switched off and those that
 * had no result due in between do not count. */
static bool are_all(
        const struct gaps_instrument *instrument, const struct gap *joined, size_t n)
{
	size_t due = 0, read = 0;
	for (size_t i = 0; i < instrument->n; i++) {
		const struct gaps_track *track = &instrument->track[i];
		read += !track->off;
		due += !track->off &&
		       gaps_due(joined->from_us, joined->to_us, track->cycle_us) > 0;
	}
	return n >= due && (n > 1 || read == 1);
}

/* Gather what goes together with gap[0] at the front; how many. */
static size_t gather(const struct gaps_instrument *instrument, struct gap *gap,
        size_t n, struct gap *joined)
{
	size_t k = 1;
	*joined = gap[0];
	for (size_t i = 1; i < n; i++) {
		bool same = strcmp(gap[i].instrument, gap[0].instrument) == 0 &&
		            gap[i].cause == gap[0].cause;
		if (!same || k == instrument->n)
			break;
		if (strcmp(gap[i].channel, gap[0].channel) == 0)
			break;
		if (!together(instrument, &gap[0], &gap[i]))
			continue;
		if (gap[i].from_us < joined->from_us)
			joined->from_us = gap[i].from_us;
		if (gap[i].to_us > joined->to_us)
			joined->to_us = gap[i].to_us;
		joined->open = joined->open || gap[i].open;
		joined->expected += gap[i].expected;
		joined->valid += gap[i].valid;
		struct gap moved = gap[i];
		memmove(&gap[k + 1], &gap[k], (i - k) * sizeof *gap);
		gap[k++] = moved;
	}
	return k;
}

int gaps_join(struct gaps *gaps)
{
	struct gap_list *list = &gaps->of_channels;
	struct gap_list out = { 0 };
	int status = OK;
	if (list->n > 1)
		qsort(list->gap, list->n, sizeof *list->gap, by_kind);
	for (size_t i = 0; i < list->n && status == OK;) {
		struct gap joined;
		const struct gaps_instrument *instrument =
		        gaps_instrument(gaps, list->gap[i].instrument);
		size_t n = gather(instrument, &list->gap[i], list->n - i, &joined);
		if (list->gap[i].cause != GAP_OFF && are_all(instrument, &joined, n)) {
			joined.channel[0] = '\0';
			status = gap_list_add(&out, &joined);
			i += n;
		} else {
			status = gap_list_add(&out, &list->gap[i++]);
		}
	}
	free(list->gap);
	*list = out;
	gap_list_sort(list);
	return status;
}
