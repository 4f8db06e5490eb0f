/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger of gaps (base/gaps.h) of a station in an archive: computed when read, from
 * sealed days and open journal, a legal day at a time and each once.
 */
#ifndef ANALYSIS_HOLES_H
#define ANALYSIS_HOLES_H

#include "analysis/permit.h"
#include "archive/reader.h"
#include "base/gaps.h"

struct holes_query {
	const char *station;
	/* half open; from 0: since the first record, or since the permit of a station
	 * that never sent any */
	int64_t from_us, to_us;
	int64_t as_of_us; /* only what was stored by then; 0: everything */
	int64_t now_us;
	const struct permits *permits; /* of the archive; NULL: none are looked at */
};

/* Is the station one that ever sent something, or one that a permit names? */
bool holes_expected(const struct reader *reader, const struct permits *permits,
        const char *station);

/* The gaps of a station in order of time; they are the ledger's, which the caller frees
 * with gaps_free (also after a problem: then it is NULL).  Their number, or a problem
 * (no such station, by holes_expected). */
int holes_find(struct gaps **ledger, const struct gap **out, struct reader *reader,
        const struct holes_query *query, struct problem *why);

#endif
