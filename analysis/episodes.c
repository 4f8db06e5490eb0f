/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Raw episodes: consecutive base values over the level of the shortest judged stage. */
#include "analysis/station.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"

#define EPISODE_LEAST 3 /* base values in a row; fewer is a spike */

struct search {
	struct judging *judging;
	const struct job *job;
	const char *station;
	size_t c;
	int (*each)(void *with, const struct episode *episode);
	void *with;
	const char *outlet;
	bool simulated;      /* the day being searched */
	struct episode open; /* n 0: none */
	int count;
	bool stop;
};

static void close_run(struct search *search)
{
	if (search->open.n >= EPISODE_LEAST && !search->stop) {
		search->count++;
		search->stop = search->each(search->with, &search->open) != 0;
	}
	search->open.n = 0;
}

static void take_value(struct search *search, double value, double level, bool below,
        int64_t start_us, int64_t end_us)
{
	struct episode *open = &search->open;
	if (open->n > 0 && (open->below != below || open->level != level))
		close_run(search);
	if (open->n == 0) {
		*open = (struct episode){ .from_us = start_us,
			.level = level,
			.peak = value,
			.below = below,
			.unit = search->job->channel[search->c].limit->unit,
			.rule = search->job->rule,
			.limit = search->job->channel[search->c].limit };
		snprintf(open->station, sizeof open->station, "%s", search->station);
		snprintf(open->outlet, sizeof open->outlet, "%s", search->outlet);
		snprintf(open->channel, sizeof open->channel, "%s",
		        search->job->channel[search->c].id);
	}
	open->to_us = end_us;
	open->simulated = open->simulated || search->simulated;
	open->mean += (value - open->mean) / ++open->n;
	if (below ? value < open->peak : value > open->peak)
		open->peak = value;
}

static void search_day(struct search *search, const struct inputs *in,
        const struct limit_applied *limit)
{
	int64_t each_us =
	        in->cycle_s > 0 ? (int64_t)(in->cycle_s * 1e6) : in->period_us;
	for (size_t k = 0; k < in->n && !search->stop; k++) {
		const struct input *input = &in->input[k];
		if (input->what == COUNTS_REPEATED)
			continue;
		double value = input_value(input);
		int64_t start_us = in->start_us + (int64_t)k * in->period_us;
		if (value > limit->high)
			take_value(search, value, limit->high, false, start_us,
			        start_us + each_us);
		else if (value < limit->low)
			take_value(search, value, limit->low, true, start_us,
			        start_us + each_us);
		else
			close_run(search);
	}
}

/* The limit of the shortest stage that has one; NOT_FOUND or REFUSED: nothing to
 * compare with. */
static int find_level(struct limit_applied *out, const struct search *search,
        const struct permit *permit, int64_t time_us)
{
	const struct rule *rule = search->job->rule;
	int status = NOT_FOUND;
	for (size_t s = 0; s < rule->n_stages && status != OK; s++)
		status = limit_apply(out, rule, search->job->channel[search->c].limit,
		        permit, rule->stage[s].name, time_us, NULL);
	return status;
}

static bool is_asked(const struct judge_options *options, int64_t start_us)
{
	return start_us + US_PER_DAY > options->from_us &&
	       (options->to_us == 0 || start_us < options->to_us);
}

/* The permit's outlet, else the one its instrument watches. */
static const char *outlet_of(
        const struct search *search, const struct permit *permit, size_t day)
{
	const struct measured *measured = job_measured(search->job, day, search->c);
	if (permit != NULL)
		return permit->outlet;
	return measured->describe != NULL ? measured->describe->outlet : "";
}

static int search_channel(struct search *search)
{
	const struct job *job = search->job;
	search->open.n = 0;
	for (size_t d = 0; d < job->n_days && !search->stop; d++) {
		int64_t start_us = job->first_us + (int64_t)d * US_PER_DAY;
		const struct permit *permit = judging_permit(
		        search->judging, job->rule, search->station, start_us);
		struct limit_applied limit;
		bool legal = job->rule->kind == KIND_LEGAL;
		if ((legal && permit == NULL) || !job_judges(job, search->c, permit) ||
		        !is_asked(search->judging->options, start_us) ||
		        find_level(&limit, search, permit, start_us) != OK) {
			close_run(search);
			continue;
		}
		search->outlet = outlet_of(search, permit, d);
		search->simulated = job_measured(job, d, search->c)->simulated;
		struct day_inputs inputs;
		if (day_inputs_make(&inputs, job, d, search->c) != OK)
			return FAILED;
		if (inputs.refusal[0] == '\0')
			search_day(search, &inputs.base, &limit);
		inputs_free(&inputs.base);
	}
	close_run(search);
	return OK;
}

static int search_station(struct search *search, struct problem *why)
{
	struct job *job;
	int status = OK;
	int n = station_jobs(&job, search->judging, search->station, why);
	if (n < 0)
		return n;
	for (int i = 0; i < n && status == OK; i++) {
		search->job = &job[i];
		for (search->c = 0; search->c < job[i].n_channels && status == OK;
		        search->c++)
			status = search_channel(search);
	}
	jobs_free(job, (size_t)n);
	if (status != OK)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory to search %s",
		        search->station);
	return OK;
}

int episodes_find(struct reader *reader, const struct rules *rules,
        const struct judge_options *options,
        int (*each)(void *with, const struct episode *episode), void *with,
        struct problem *why)
{
	struct judging judging;
	struct search search = { .judging = &judging, .each = each, .with = with };
	struct judge_options whole = *options;
	whole.shards = 0; /* an episode may cross midnight: shards are whole stations */
	if (options->zone != NULL &&
	        strcmp(options->zone, reader_identity(reader)->zone) != 0)
		return 0;
	int status = judging_begin(&judging, reader, rules, &whole, why);
	for (size_t i = 0; i < reader_stations(reader) && status == OK && !search.stop;
	        i++) {
		search.station = reader_station(reader, i);
		bool mine = options->shards <= 1 ||
		            i % (size_t)options->shards == (size_t)options->shard;
		if (mine && (options->station == NULL ||
		                    strcmp(options->station, search.station) == 0))
			status = search_station(&search, why);
	}
	judging_end(&judging);
	return status == OK ? search.count : status;
}
