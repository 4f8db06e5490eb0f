/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files behind analysis/holes.h share. */
#ifndef ANALYSIS_HOLES_INSIDE_H
#define ANALYSIS_HOLES_INSIDE_H

#include "analysis/holes.h"

/* One event of a day, kept until its turn comes. */
struct kept_event {
	struct record record;
	int64_t time_us, stored_us;
	uint8_t *payload;
};

struct feeding {
	struct reader *reader;
	const struct holes_query *query;
	struct gaps *gaps;
	int64_t from_us, to_us; /* of what is fed */
	int64_t step_us;        /* at a time */
	size_t n, room;
	struct kept_event *event; /* of the stretch being fed */
	bool failed;
};

/* ---- holes_before.c ---- */
/* What the station had, and had told, before what is fed begins.  OK or a problem. */
int holes_before(struct feeding *feeding, struct problem *why);

/* ---- holes_never.c ---- */
/* Of the stretch asked for what lies before anything came of the station: first_us, or
 * INT64_MAX where nothing ever did.  OK or FAILED. */
int holes_never(struct feeding *feeding, int64_t first_us);

#endif
