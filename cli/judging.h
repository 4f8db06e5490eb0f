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

/* The limit a value is compared with: the upper one, or the side of the interval it is
 * nearer to. */
double judging_limit(const struct assessment *assessment);

#endif
