/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options that judge and exceedances share, and how an assessment is printed. */
#ifndef CLI_JUDGING_H
#define CLI_JUDGING_H

#include "analysis/assess.h"
#include "cli/view.h"

struct judging {
	const char *zone, *station, *channel, *rule, *since, *until, *as_of, *kind;
	const char *otherwise; /* the kind that no --kind asks for */
	int shard, shards;
	bool stages, exit_code;
};

extern const struct argp judging_argp;

/* Fill the options of judge(); without --since/--until the whole archive.  OK, or what
 * is asked for that is not there: a misspelt rule must not look like a clean record. */
int judging_options(const struct judging *judging, const struct view *view,
        struct judge_options *out, struct problem *why);

/* Of a view where nothing was judged: OK if a rule judges what was asked for, so that
 * only no period of it has data and has ended; else a problem that says that no rule
 * does, with the cure, as `report` does. */
int judging_nothing(const struct judging *judging, struct view *view, bool vietnamese,
        struct problem *why);

/* "legal" or "ambient"; and is that kind asked for? */
const char *judging_kind(const struct assessment *assessment);
bool judging_wants(const struct judging *judging, const char *kind);

/* Decimals a person sees of a statistic: one more than the limit has. */
int judging_decimals(const struct assessment *assessment);

/* The ends of what a limit permits; NAN where it has none. */
struct judging_limit {
	double low, high;
	int decimals, format; /* of a person's table; enum table_format */
	bool vietnamese;
};
/* The cells of limit_low and limit, for JUDGING_LIMIT_COLUMNS.  A person reads both ends
 * in one: "6.0–9.0", as on the data sheet. */
void judging_limit_cells(struct table *table, const struct judging_limit *limit);
/* clang-format off */
#define JUDGING_LIMIT_COLUMNS { .name = "limit_low", .right = true, .wide = true }, { .name = "limit", .right = true }
/* clang-format on */

#endif
