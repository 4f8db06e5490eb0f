/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How one period of one parameter is assessed; works on inputs, opens nothing. */
#ifndef ANALYSIS_ASSESS_PARTS_H
#define ANALYSIS_ASSESS_PARTS_H

#include "analysis/assess.h"
#include "analysis/stage.h"

#define ONE_SIDED_95 1.645 /* JCGM 106: one-sided coverage of 95 % */

/* Arrays an assessment borrows: grown once to the inputs of a day, then kept. */
struct work {
	size_t room;
	struct span *span;
	struct excursion *excursion;
	double *x;
};
int work_room(struct work *work, size_t n); /* OK or FAILED */
void work_free(struct work *work);

/* The period: inputs [from, from + n) of `in`. */
struct period {
	const struct inputs *in;
	size_t from, n;
	const struct measure *measure;
};

/* Fill statistic, counts, limit, result and strength of an assessment whose rule,
 * parameter, stage, permit, about and edges are set.  Never fails: what cannot be
 * compared is not applicable, with a note. */
void assess_period(
        struct assessment *out, const struct period *period, struct work *work);

/* Not applicable, by refusal. */
void assess_refuse(struct assessment *out, const char *note);

/* Everything that is not valid, and the runs outside the limit. */
void find_spans(struct assessment *out, const struct period *period, struct work *work);
void find_excursions(
        struct assessment *out, const struct period *period, struct work *work);

#endif
