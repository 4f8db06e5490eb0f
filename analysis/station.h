/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What judges a station, and its days loaded once for all that do. */
#ifndef ANALYSIS_STATION_H
#define ANALYSIS_STATION_H

#include "analysis/assess.h"
#include "analysis/assess_parts.h"
#include "analysis/station_day.h"

struct job_channel {
	const char *id;
	const struct rule_limit *limit;
	struct rule_limit none; /* stands for a record whose tables are empty */
};

/* One rule over the days of one station. */
struct job {
	const struct rule *rule;
	size_t n_channels;
	struct job_channel *channel;
	const char **id; /* [n_channels] of the channels, for day_request */
	size_t n_days;
	int64_t first_us;          /* start of the first legal day */
	struct measured *measured; /* [n_days][n_channels] */
	uint8_t *running;          /* [n_days][rule_base_count] */
	bool *loaded;              /* [n_days] */
};

struct judging {
	struct reader *reader;
	const struct rules *rules;
	const struct judge_options *options;
	struct permits permits;
	struct ledger ledger;
	int utc_offset_min;
	struct work work;
};

/* OK or a problem; ended by judging_end also after one. */
int judging_begin(struct judging *judging, struct reader *reader,
        const struct rules *rules, const struct judge_options *options,
        struct problem *why);
void judging_end(struct judging *judging);

/* The jobs of a station, sorted by rule, their days loaded.  Jobs made, or a problem.
 * `channel` (NULL: all) and options->rule restrict what is loaded. */
int station_jobs(struct job **out, struct judging *judging, const char *station,
        struct problem *why);
void jobs_free(struct job *job, size_t n);

/* Which days a job has, and their sums: station_load.c.  OK or a problem. */
void job_days(struct job *job, const struct judging *judging, const char *station);
int job_load(struct job *job, struct judging *judging, const char *station,
        struct problem *why);

/* The permit by which a rule judges a station at a time; NULL: none in force. */
const struct permit *judging_permit(const struct judging *judging,
        const struct rule *rule, const char *station, int64_t time_us);

/* Does the job judge channel c under this permit? */
bool job_judges(const struct job *job, size_t c, const struct permit *permit);
/* And on the day that begins at start_us, when this one (NULL: none) is in force? */
bool job_judges_on(
        const struct job *job, size_t c, const struct permit *permit, int64_t start_us);

/* Kinds of rules that judge a station on any day asked for, as bits 1 <<
 * KIND_...; nothing is loaded.  A problem: no memory. */
int station_judged_by(
        struct judging *judging, const char *station, struct problem *why);

static inline const struct measured *job_measured(
        const struct job *job, size_t day, size_t c)
{
	return &job->measured[day * job->n_channels + c];
}

/* A channel's day as inputs of stages; freed by inputs_free. */
struct day_inputs {
	struct measure measure;
	struct inputs base;
	uint8_t refused;   /* enum refusal */
	char refusal[256]; /* why they may not be compared with the limit; "" */
};
int day_inputs_make(
        struct day_inputs *out, const struct job *job, size_t day, size_t c);

#endif
