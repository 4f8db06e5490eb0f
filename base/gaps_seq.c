/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which numbers of an epoch are here.  Records come nearly in the order of their
 * numbers, so the run they belong to is nearly always the last. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gaps_inside.h"

struct gaps_epoch *gaps_epoch(struct gaps *gaps, uint64_t epoch)
{
	for (size_t i = gaps->n_epochs; i > 0; i--)
		if (gaps->epoch[i - 1].epoch == epoch)
			return &gaps->epoch[i - 1];
	void *more = realloc(gaps->epoch, (gaps->n_epochs + 1) * sizeof *gaps->epoch);
	if (more == NULL)
		return NULL;
	gaps->epoch = more;
	gaps->epoch[gaps->n_epochs] = (struct gaps_epoch){ .epoch = epoch };
	return &gaps->epoch[gaps->n_epochs++];
}

/* Index of the first run that begins behind `seq`. */
static size_t run_behind(const struct gaps_epoch *epoch, uint64_t seq)
{
	size_t low = 0, high = epoch->n;
	if (epoch->n > 0 && epoch->run[epoch->n - 1].first <= seq)
		return epoch->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (epoch->run[middle].first <= seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int run_insert(struct gaps_epoch *epoch, size_t at, const struct gaps_run *run)
{
	if (epoch->n == epoch->room) {
		size_t room = epoch->room > 0 ? 2 * epoch->room : 8;
		void *more = realloc(epoch->run, room * sizeof *epoch->run);
		if (more == NULL)
			return FAILED;
		epoch->run = more;
		epoch->room = room;
	}
	for (size_t i = epoch->n; i > at; i--) /* nearly always none */
		epoch->run[i] = epoch->run[i - 1];
	epoch->run[at] = *run;
	epoch->n++;
	return OK;
}

/* Runs at - 1 and at touch each other. */
static void run_join(struct gaps_epoch *epoch, size_t at)
{
	struct gaps_run *left = &epoch->run[at - 1], *right = &epoch->run[at];
	left->last = right->last;
	if (right->last_us != INT64_MIN)
		left->last_us = right->last_us;
	if (left->first_us == INT64_MIN)
		left->first_us = right->first_us;
	epoch->n--;
	memmove(right, right + 1, (epoch->n - at) * sizeof *right);
}

int gaps_here(struct gaps *gaps, uint64_t number, uint64_t seq, int64_t time_us)
{
	struct gaps_epoch *epoch = gaps_epoch(gaps, number);
	if (epoch == NULL)
		return FAILED;
	size_t at = run_behind(epoch, seq);
	struct gaps_run *left = at > 0 ? &epoch->run[at - 1] : NULL;
	if (left != NULL && seq <= left->last)
		return OK;
	const struct gaps_run one = { seq, seq, time_us, time_us };
	if (left == NULL || left->last + 1 != seq) {
		if (run_insert(epoch, at, &one) != OK)
			return FAILED;
		at++;
	} else {
		left->last = seq;
		if (time_us != INT64_MIN)
			left->last_us = time_us;
		if (left->first_us == INT64_MIN)
			left->first_us = time_us;
	}
	if (at < epoch->n && epoch->run[at].first == seq + 1)
		run_join(epoch, at);
	return OK;
}

/* ---- holes ---- */

/* The hole before a run: behind the last number and time before it, if there are any. */
static struct gap hole_of(const struct gaps_epoch *epoch, size_t right)
{
	const struct gaps_run *b = &epoch->run[right];
	uint64_t last = 0;
	int64_t from_us = INT64_MIN, to_us = b->first_us;
	if (right > 0) {
		last = epoch->run[right - 1].last;
		from_us = epoch->run[right - 1].last_us;
	}
	if (from_us == INT64_MIN)
		from_us = to_us;
	if (to_us == INT64_MIN)
		to_us = from_us;
	return (struct gap){ .cause = GAP_LOST,
		.epoch = epoch->epoch,
		.first_seq = last + 1,
		.last_seq = b->first - 1,
		.records = b->first - 1 - last,
		/* also where a clock was put back */
		.from_us = from_us < to_us ? from_us : to_us,
		.to_us = from_us < to_us ? to_us : from_us };
}

static int epoch_holes(
        const struct gaps *gaps, const struct gaps_epoch *epoch, struct gap_list *out)
{
	int status = OK;
	if (gaps->options.whole && epoch->n > 0 && epoch->run[0].first > 1) {
		const struct gap hole = hole_of(epoch, 0);
		status = gap_list_add(out, &hole);
	}
	for (size_t i = 1; i < epoch->n && status == OK; i++) {
		const struct gap hole = hole_of(epoch, i);
		status = gap_list_add(out, &hole);
	}
	return status;
}

int gaps_holes(const struct gaps *gaps, struct gap_list *out)
{
	int status = OK;
	for (size_t i = 0; i < gaps->n_epochs && status == OK; i++)
		status = epoch_holes(gaps, &gaps->epoch[i], out);
	gap_list_sort(out);
	return status;
}
