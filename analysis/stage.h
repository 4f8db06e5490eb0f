/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stage engine: from base sums to the statistic of a period, with everything a
 * person must know to believe it.  It knows no law: periods, shares and statistics come
 * from the rule record.
 *
 * What a plant declares or neglects (fault, calibrating, maintenance, silence, a stop
 * nobody measures) only takes inputs away; it never adds one, and never lowers what is
 * expected.  Hence, for true values between 0 and range top, with the share of valid
 * inputs at s and the minimum at m:
 *   s <  m   "within" needs the mean with all that is missing at range top to be within, "over" the
 *            mean with it at 0 to be over.  Taking more away widens the bounds: it can turn within or over
 *            into not decidable, and nothing into within.
 *   s >= m   the valid inputs decide.  Within means: had everything counted, the mean would be at most
 *            s L + (1 - s) top.  A day above m L + (1 - m) top cannot be declared away, and
 *            whenever what was taken away could matter, upper_bound is above the limit and the note says so.
 */
#ifndef ANALYSIS_STAGE_H
#define ANALYSIS_STAGE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/base_sums.h"
#include "analysis/operating.h"
#include "analysis/rule.h"

/* One input of a stage: a base interval, or a period of the stage before. */
struct input {
	double sum; /* of its n results, in the unit of the limit; a mean is one result */
	double low, high; /* of its readings; NAN none */
	uint32_t n;       /* 0: nothing valid */
	uint8_t what;     /* enum counts_as */
	uint8_t running;  /* enum running */
	bool censored, suspect;
};

struct inputs {
	int64_t start_us, period_us;
	size_t n;
	struct input *input;
	double cycle_s; /* a slow analyser's: results are counted, one due each cycle; 0: inputs are */
};

/* What a stage is made from, beside the sums. */
struct measure {
	double factor, offset; /* from the channel's unit to the limit's */
	double range_top;      /* in the limit's unit; NAN unknown */
	double cycle_s; /* seconds from one result due to the next; NAN unknown */
	bool bounded;   /* what is missing lies between 0 and range top */
};

/* Base inputs of the whole stretch of `sums`; running[sums->n] (NULL: unknown).  A stop
 * that is declared and not measured is missing.  OK or FAILED. */
int inputs_of_base(struct inputs *out, const struct base_sums *sums,
        const uint8_t *running, const struct measure *measure);
/* The values of a stage over `in`, one input each: for a stage made of this one. */
int inputs_of_stage(struct inputs *out, const struct inputs *in,
        const struct stage *stage, const struct measure *measure);
void inputs_free(struct inputs *inputs);

/* A statistic and its counts; what they count is a result due (slow analyser) or an
 * input. */
struct tally {
	double value; /* NAN without a valid input */
	uint32_t expected, received, valid, of[COUNTS_AS], censored, suspect;
	double low, high; /* of the inputs' values */
	double mean_of_hours;
	double lower_bound, upper_bound; /* NAN where 0 or range top is no bound */
	double operating_s, stopped_s;
	bool enough; /* the minimum share and count are met */
};

/* The statistic of inputs [from, from + n). */
void tally_make(struct tally *out, const struct inputs *in, size_t from, size_t n,
        const struct stage *stage, const struct measure *measure);

/* Value of one input; NAN without. */
static inline double input_value(const struct input *input)
{
	return input->n > 0 ? input->sum / input->n : (double)NAN;
}

#endif
