/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The days of a job: which, and read once. */
#include "analysis/station.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/basis.h"
#include "base/legal_time.h"

/* Without an end asked for, days are judged as far as there is data; with one, dark
 * days too. */
void job_days(struct job *job, const struct judging *judging, const char *station)
{
	const struct judge_options *options = judging->options;
	int offset_min = judging->utc_offset_min;
	int64_t from_us = options->from_us, to_us = options->to_us, first_us, last_us;
	bool sent = reader_span(judging->reader, station, &first_us, &last_us) == OK;
	if (!sent && !options->dark)
		return;
	if (!options->dark && from_us < first_us)
		from_us = day_start(first_us, offset_min);
	if (to_us == 0 || to_us >= TIME_US_END)
		to_us = last_us + 1;
	if (options->now_us != 0 && to_us > options->now_us)
		to_us = options->now_us;
	job->first_us = day_start(from_us, offset_min);
	if (to_us > job->first_us)
		job->n_days =
		        (size_t)((to_us - job->first_us + US_PER_DAY - 1) / US_PER_DAY);
}

/* FNV-1a of station and date: shards do not depend on what else there is. */
static bool in_shard(
        const struct judge_options *options, const char *station, int64_t day_us)
{
	if (options->shards <= 1)
		return true;
	uint32_t hash = 2166136261u;
	for (const char *c = station; *c != '\0'; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	uint64_t day = (uint64_t)(day_us / US_PER_HOUR);
	for (int i = 0; i < 8; i++)
		hash = (hash ^ (uint8_t)(day >> (8 * i))) * 16777619u;
	return hash % (uint32_t)options->shards == (uint32_t)options->shard;
}

/* Days [from, to) of a job from one reading of the archive. */
static int job_load_stretch(struct job *job, struct judging *judging,
        const struct day_request *like, size_t from, size_t to, struct problem *why)
{
	struct stretch_rows rows;
	struct day_request request = *like;
	const struct query query = { .station = request.station,
		.from_us = job->first_us + (int64_t)from * US_PER_DAY,
		.to_us = job->first_us + (int64_t)to * US_PER_DAY,
		.as_of_us = judging->options->as_of_us };
	int status = stretch_read(&rows, judging->reader, job->rule, &query, why);
	request.rows = &rows;
	for (size_t d = from; d < to && status == OK; d++) {
		request.start_us = job->first_us + (int64_t)d * US_PER_DAY;
		status = station_day_load(job->measured + d * job->n_channels,
		        job->running + d * rule_base_count(job->rule), &request, why);
		job->loaded[d] = status == OK;
	}
	stretch_free(&rows);
	return status;
}

static int job_load_days(struct job *job, struct judging *judging, const char *station,
        struct problem *why)
{
	const struct day_request request = { .reader = judging->reader,
		.ledger = &judging->ledger,
		.rule = job->rule,
		.station = station,
		.n_channels = job->n_channels,
		.channel = job->id };
	size_t most = stretch_days(judging->reader, station);
	int status = OK;
	for (size_t from = 0, to = 0; from < job->n_days && status == OK; from = to) {
		to = from;
		while (to < job->n_days && to - from < most &&
		        in_shard(judging->options, station,
		                job->first_us + (int64_t)to * US_PER_DAY))
			to++;
		if (to > from)
			status =
			        job_load_stretch(job, judging, &request, from, to, why);
		else
			to++;
	}
	return status;
}

int job_load(struct job *job, struct judging *judging, const char *station,
        struct problem *why)
{
	size_t n_base = rule_base_count(job->rule);
	job->measured =
	        calloc(job->n_days * job->n_channels + 1, sizeof *job->measured);
	job->running = calloc(job->n_days * n_base + 1, 1);
	job->loaded = calloc(job->n_days + 1, sizeof *job->loaded);
	if (job->measured == NULL || job->running == NULL || job->loaded == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL,
		        "no memory for %zu days of %s", job->n_days, station);
	return job_load_days(job, judging, station, why);
}

int day_inputs_make(struct day_inputs *out, const struct job *job, size_t day, size_t c)
{
	const struct measured *measured = job_measured(job, day, c);
	const struct rule_limit *limit = job->channel[c].limit;
	struct problem why = { 0 };
	*out = (struct day_inputs){
		.measure = { .factor = 1,
		        .cycle_s = measured->cycle_s,
		        .bounded = limit->bounded },
	};
	if (measured->refusal[0] != '\0') {
		memcpy(out->refusal, measured->refusal, sizeof out->refusal);
		out->refused = REFUSAL_CHANGED;
	} else if (measured->describe != NULL &&
	           basis_check(&measured->about, limit, &out->measure.factor,
	                   &out->measure.offset, &why) != OK) {
		snprintf(out->refusal, sizeof out->refusal, "%.255s", why.text);
		out->refused = REFUSAL_BASIS;
	}
	out->measure.range_top = measured->describe == NULL
	                                 ? NAN
	                                 : measured->about.high * out->measure.factor +
	                                           out->measure.offset;
	return inputs_of_base(&out->base, &measured->sums,
	        job->running + day * rule_base_count(job->rule), &out->measure);
}
