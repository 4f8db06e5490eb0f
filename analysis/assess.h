/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An assessment has two parts that are never mixed: `result`, by the decision rule of
 * the limit document, and `strength`, which tells how the difference compares with
 * measurement uncertainty and never changes the result.
 */
#ifndef ANALYSIS_ASSESS_H
#define ANALYSIS_ASSESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/base_sums.h"
#include "analysis/permit.h"
#include "analysis/rule.h"
#include "archive/reader.h"

enum result { RESULT_WITHIN, RESULT_OVER, RESULT_NOT_DECIDABLE, RESULT_NOT_APPLICABLE };
enum strength { STRENGTH_NONE, STRENGTH_WITHIN, STRENGTH_BEYOND };
enum decided_by {
	BY_VALUES,
	BY_LOWER_BOUND,  /* missing as 0, still over */
	BY_UPPER_BOUND,  /* missing at range top, still within */
	BY_NOTHING,      /* between the bounds */
	BY_NO_OPERATION, /* stopped all the time */
	BY_SHORT_OPERATION,
	BY_REFUSAL, /* bases differ, a coefficient is missing, ...: note says it */
};

/* What BY_REFUSAL refused for; the note says it in full. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_RULE,  /* the rule record judges nothing yet */
	REFUSAL_LIMIT, /* no limit: a coefficient is missing, not in force, ... */
	REFUSAL_BASIS, /* unit, as what, dry or wet, temperature and pressure differ */
	REFUSAL_CHANGED, /* the channel changed in the period, or two measure it */
};

struct span { /* a stretch of one kind of counts, merged over base intervals */
	int64_t from_us, to_us;
	uint8_t what; /* enum counts_as */
};

struct excursion { /* consecutive base values outside the limit */
	int64_t from_us, to_us;
	double extreme, mean;
	uint32_t n;
};

struct assessment {
	char id[128]; /* "bt-outlet/cod/vn-40-2011/day/2026-11-09" */
	const struct rule *rule;
	const struct rule_limit *parameter;
	const struct stage *stage;
	const struct permit *permit; /* NULL: ambient */
	char station[SOURCE_SIZE + 1], outlet[ID_SIZE], channel[ID_SIZE];
	struct channel about;
	bool simulated;
	int64_t start_us, end_us;
	int utc_offset_min;

	double value; /* the statistic; NAN without a valid value */
	struct limit_applied limit;
	double ratio; /* value / limit; NAN for an interval */
	uint8_t result, strength, by, refusal;

	/* counts in inputs of the stage (base values, or results of a slow analyser) */
	uint32_t expected, received, valid, of[COUNTS_AS], censored, suspect;
	double lower_bound, upper_bound; /* NAN where 0 or range top are no bounds */
	double mean_of_hours, low, high; /* of base values */
	double u_sys, u_ran, u, difference, guard; /* guard = 1.645 u */
	double range_top;
	double operating_s, stopped_s;
	double outside_s; /* base values outside the limit */
	size_t n_excursions;
	struct excursion *excursion;
	size_t n_spans;
	struct span *span; /* everything that is not valid */
	char note[256];
	char archive_state[READER_STATE];
};

struct judge_options {
	const char *zone, *station, *channel, *rule; /* NULL: all */
	int64_t from_us, to_us;
	int64_t as_of_us; /* 0: everything stored */
	bool stages;      /* every stage, not only the judged one */
	/* Days before the first record too, and the one station asked for even if it
	 * never sent any: nothing came, and that is told.  Needs from_us and to_us. */
	bool dark;
	int shard, shards; /* by (station, day); 0 of 1 */
	int64_t now_us;    /* periods that have not ended are not judged */
};

/* Judge; calls `each` with each assessment in order of station, channel, rule, time;
 * the assessment is borrowed.  Assessments made, or a problem. */
int judge(struct reader *reader, const struct rules *rules,
        const struct judge_options *options,
        int (*each)(void *with, const struct assessment *assessment), void *with,
        struct problem *why);

/* Which kinds of rules judge anything of what is asked for, as bits 1 << KIND_...,
 * whether there are data or not; 0: nobody judges it.  A problem. */
int judge_kinds(struct reader *reader, const struct rules *rules,
        const struct judge_options *options, struct problem *why);

const char *result_text(uint8_t result); /* "within limit" */
const char *strength_text(
        uint8_t strength); /* "beyond uncertainty", "within uncertainty", "" */

/* Standard uncertainty of a mean: u_sys (class limit a as a/sqrt 3, does not shrink)
 * and u_ran (shrinks by n with the lag-k autocorrelation of x[n]). */
double uncertainty_class(const struct channel *about, double value);
double uncertainty_random(const double *x, size_t n);

/* The base values a sheet draws: mean per base interval (NAN none), and what it counts
 * as. */
struct day_curve {
	size_t n;
	int64_t start_us, period_us;
	double cycle_s; /* of a slow analyser, whose values are its results; 0: means */
	double *value;
	uint8_t *what;    /* enum counts_as of the interval */
	uint8_t *running; /* 0 stopped, 1 running, 2 unknown */
};
int day_curve_make(struct day_curve *out, struct reader *reader,
        const struct rules *rules, const struct assessment *assessment,
        int64_t as_of_us, struct problem *why);
void day_curve_free(struct day_curve *curve);

/* ---- raw episodes: runs of base values over a level; kind `episode` ---- */
struct episode {
	char station[SOURCE_SIZE + 1], outlet[ID_SIZE], channel[ID_SIZE];
	int64_t from_us, to_us;
	double level, peak, mean;
	bool below; /* under the low end of an interval: it has no ratio */
	uint32_t n;
	const char *unit;
	const struct rule *rule;
	const struct rule_limit *limit;
	bool simulated;
};
int episodes_find(struct reader *reader, const struct rules *rules,
        const struct judge_options *options,
        int (*each)(void *with, const struct episode *episode), void *with,
        struct problem *why);

#endif
