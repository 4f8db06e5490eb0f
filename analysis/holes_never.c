/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A station that is awaited and has not begun: what is asked for before its first record
 * is a gap, and so is all that a permit holds for of a station that never sent any. */
#include <stdio.h>
#include <string.h>

#include "analysis/holes_inside.h"
#include "base/legal_time.h"

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int tell(
        struct feeding *feeding, int64_t from_us, int64_t to_us, const char *what)
{
	int64_t now_us = feeding->query->now_us;
	const struct gaps_damage never = { .cause = GAP_STATION,
		.from_us = from_us,
		.to_us = earlier(to_us, now_us),
		.open = to_us >= now_us && feeding->query->to_us >= now_us,
		.what = what };
	return never.from_us < never.to_us ? gaps_damage(feeding->gaps, &never) : OK;
}

/* The permit of the station that holds at a time, else the next one; NULL: none. */
static const struct permit *permit_at(const struct feeding *feeding, int64_t time_us)
{
	const struct permits *permits = feeding->query->permits;
	const struct permit *next = NULL;
	for (size_t i = 0; permits != NULL && i < permits->n; i++) {
		const struct permit *one = &permits->permit[i];
		if (strcmp(one->station, feeding->query->station) != 0 ||
		        (one->to_us != 0 && one->to_us <= time_us))
			continue;
		if (next == NULL || one->from_us < next->from_us)
			next = one;
	}
	return next;
}

/* All of the stretch that permits hold for, those that follow one another as one. */
static int tell_permitted(struct feeding *feeding)
{
	int64_t to_us = feeding->query->to_us, at_us = feeding->query->from_us;
	const struct permit *permit;
	int status = OK;
	while (status == OK && at_us < to_us &&
	        (permit = permit_at(feeding, at_us)) != NULL &&
	        permit->from_us < to_us) {
		int64_t from_us = at_us > permit->from_us ? at_us : permit->from_us;
		char what[300];
		snprintf(what, sizeof what,
		        "it never sent anything; its permit is %.100s (%.100s)",
		        permit->number, permit->id);
		at_us = from_us;
		while (permit != NULL && permit->from_us <= at_us && at_us < to_us) {
			at_us = permit->to_us != 0 ? earlier(permit->to_us, to_us)
			                           : to_us;
			permit = at_us < to_us ? permit_at(feeding, at_us) : NULL;
		}
		status = tell(feeding, from_us, at_us, what);
	}
	return status;
}

/* The first reading of an instrument may come so late. */
static int64_t slack_us(const struct feeding *feeding)
{
	const struct describe *const *instrument;
	size_t n = reader_instruments(
	        feeding->reader, feeding->query->station, &instrument);
	double least_s = 0;
	for (size_t i = 0; i < n; i++) {
		double poll_s = instrument[i]->poll_every_s;
		if (poll_s > 0 && poll_s < 86400 && (least_s == 0 || poll_s < least_s))
			least_s = poll_s;
	}
	return (int64_t)(least_s * 1.75e6);
}

int holes_never(struct feeding *feeding, int64_t first_us)
{
	const struct holes_query *query = feeding->query;
	if (first_us == INT64_MAX)
		return tell_permitted(feeding);
	/* who asks from the beginning asks from the first record on */
	if (query->from_us <= 0 || first_us - query->from_us < slack_us(feeding))
		return OK;
	return tell(feeding, query->from_us, earlier(first_us, query->to_us),
	        "nothing of it is older than its first record");
}
