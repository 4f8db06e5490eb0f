/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/station.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"

#define STAGES 16

/* One channel under one rule over one day. */
struct day {
	struct judging *judging;
	const struct job *job;
	const char *station;
	size_t day, c;
	const struct permit *permit;
	struct day_inputs inputs;
	struct inputs stage[STAGES]; /* values of the stages others are made of */
	int (*each)(void *with, const struct assessment *assessment);
	void *with;
	int count;
	bool stop;
};

/* Stands for the stages of a record whose tables are empty. */
static const struct stage whole_day = {
	.name = "day",
	.period_s = 86400,
	.label = LABEL_START,
	.min_valid_percent = NAN,
	.min_operating_s = NAN,
	.of = "",
};

static const struct stage *day_stage(const struct rule *rule, size_t s)
{
	return rule->n_stages > 0 ? &rule->stage[s] : &whole_day;
}

/* Index of the stage whose values are the inputs of stage s. */
static size_t stage_before(const struct rule *rule, size_t s)
{
	for (size_t i = 0; i < s; i++)
		if (strcmp(rule->stage[i].name, rule->stage[s].of) == 0)
			return i;
	return 0;
}

/* Values of stage s as inputs, made when first asked for; NULL: no memory. */
static const struct inputs *stage_values(struct day *day, size_t s)
{
	const struct rule *rule = day->job->rule;
	if (s == 0)
		return &day->inputs.base;
	if (day->stage[s].input != NULL)
		return &day->stage[s];
	const struct inputs *in = stage_values(day, stage_before(rule, s));
	if (in == NULL || inputs_of_stage(&day->stage[s], in, &rule->stage[s],
	                          &day->inputs.measure) != OK)
		return NULL;
	return &day->stage[s];
}

static bool is_judged(const struct day *day, size_t s)
{
	const struct rule *rule = day->job->rule;
	const struct rule_limit *limit = day->job->channel[day->c].limit;
	if (limit->n_columns == 0)
		return true;
	for (size_t i = 0; i < limit->n_columns; i++) {
		const char *stage = limit->value[i].stage;
		if (stage[0] == '\0' ? s + 1 == rule->n_stages
		                     : strcmp(stage, rule->stage[s].name) == 0)
			return true;
	}
	return false;
}

/* "bt-outlet/cod/qcvn-40-2011/day/2026-11-09"; shorter periods with their time:
 * "...-09T08:00". */
static void make_id(struct assessment *out)
{
	char date[TIME_TEXT], clock[10] = "";
	date_print(out->start_us, out->utc_offset_min, date);
	if (out->end_us - out->start_us < US_PER_DAY) {
		struct civil civil = civil_from_us(out->start_us, out->utc_offset_min);
		snprintf(clock, sizeof clock, "T%02u:%02u", (unsigned)civil.hour % 24,
		        (unsigned)civil.minute % 60);
		if (civil.second != 0)
			snprintf(clock + strlen(clock), sizeof clock - strlen(clock),
			        ":%02u", (unsigned)civil.second % 60);
	}
	snprintf(out->id, sizeof out->id, "%.16s/%.32s/%.32s/%.16s/%.10s%.9s",
	        out->station, out->channel, out->rule->id, out->stage->name, date,
	        clock);
}

static void begin_assessment(
        struct assessment *out, const struct day *day, size_t s, int64_t start_us)
{
	const struct measured *measured = job_measured(day->job, day->day, day->c);
	const struct stage *stage = day_stage(day->job->rule, s);
	*out = (struct assessment){ .rule = day->job->rule,
		.parameter = day->job->channel[day->c].limit,
		.stage = stage,
		.permit = day->permit,
		.about = measured->about,
		.simulated = measured->simulated,
		.start_us = start_us,
		.end_us = start_us + (int64_t)(stage->period_s * 1e6),
		.utc_offset_min = day->judging->utc_offset_min };
	const char *outlet = day->permit != NULL          ? day->permit->outlet
	                     : measured->describe != NULL ? measured->describe->outlet
	                                                  : "";
	snprintf(out->station, sizeof out->station, "%s", day->station);
	snprintf(out->outlet, sizeof out->outlet, "%s", outlet);
	snprintf(out->channel, sizeof out->channel, "%s", day->job->channel[day->c].id);
	reader_state_copy(day->judging->reader, out->archive_state);
	make_id(out);
}

/* What stands in the way of any comparison, whatever the values. */
static void refuse(struct assessment *out, const struct day *day)
{
	const struct rule *rule = day->job->rule;
	if (rule->refused[0] != '\0') {
		assess_refuse(out, rule->refused);
		out->refusal = REFUSAL_RULE;
	} else if (day->inputs.refused != REFUSAL_NONE) {
		assess_refuse(out, day->inputs.refusal);
		out->refusal = day->inputs.refused;
	} else if (job_measured(day->job, day->day, day->c)->describe == NULL) {
		snprintf(out->note, sizeof out->note,
		        "no instrument of the station measures '%s'", out->channel);
	}
}

static int judge_period(struct day *day, size_t s, int64_t start_us)
{
	const struct rule *rule = day->job->rule;
	const struct inputs *in = stage_values(day, s > 0 ? stage_before(rule, s) : 0);
	if (in == NULL)
		return FAILED;
	struct assessment out;
	begin_assessment(&out, day, s, start_us);
	struct period period = { .in = in,
		.from = (size_t)((start_us - in->start_us) / in->period_us),
		.n = (size_t)((out.end_us - start_us) / in->period_us),
		.measure = &day->inputs.measure };
	if (work_room(&day->judging->work, period.n) != OK)
		return FAILED;
	assess_period(&out, &period, &day->judging->work);
	refuse(&out, day);
	day->count++;
	day->stop = day->each(day->with, &out) != 0;
	return OK;
}

/* Not before the period asked for, not before it has ended. */
static bool is_wanted(
        const struct judge_options *options, int64_t start_us, int64_t end_us)
{
	return start_us >= options->from_us &&
	       (options->to_us == 0 || start_us < options->to_us) &&
	       (options->now_us == 0 || end_us <= options->now_us);
}

/* All periods of a day in order of their start, shorter ones first. */
static int judge_periods(struct day *day)
{
	const struct rule *rule = day->job->rule;
	const struct judge_options *options = day->judging->options;
	const struct inputs *base = &day->inputs.base;
	size_t n_stages = rule->n_stages > 0 ? rule->n_stages : 1;
	for (size_t k = 0; k < base->n && !day->stop; k++) {
		int64_t start_us = base->start_us + (int64_t)k * base->period_us;
		for (size_t s = 0; s < n_stages && !day->stop; s++) {
			int64_t period_us =
			        (int64_t)(day_stage(rule, s)->period_s * 1e6);
			if ((start_us - base->start_us) % period_us != 0 ||
			        !(options->stages || is_judged(day, s)) ||
			        !is_wanted(options, start_us, start_us + period_us))
				continue;
			int status = judge_period(day, s, start_us);
			if (status != OK)
				return status;
		}
	}
	return OK;
}

/* One day of one channel, if anybody judges it then. */
static int judge_day(struct day *day)
{
	const struct job *job = day->job;
	int64_t start_us = job->first_us + (int64_t)day->day * US_PER_DAY;
	day->permit = judging_permit(day->judging, job->rule, day->station, start_us);
	if (!job->loaded[day->day] ||
	        !job_judges_on(job, day->c, day->permit, start_us))
		return OK;
	int status = day_inputs_make(&day->inputs, job, day->day, day->c);
	if (status == OK)
		status = judge_periods(day);
	inputs_free(&day->inputs.base);
	for (size_t s = 0; s < STAGES; s++)
		inputs_free(&day->stage[s]);
	return status;
}

/* Channel c of a job over its days. */
static int judge_channel(struct day *day)
{
	for (day->day = 0; day->day < day->job->n_days && !day->stop; day->day++) {
		int status = judge_day(day);
		if (status != OK)
			return status;
	}
	return OK;
}

/* The next channel in order of name behind `after` ("" for the first), over all
 * jobs. */
static const char *next_channel(const struct job *job, size_t n, const char *after)
{
	const char *next = NULL;
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < job[i].n_channels; c++)
			if (strcmp(job[i].id[c], after) > 0 &&
			        (next == NULL || strcmp(job[i].id[c], next) < 0))
				next = job[i].id[c];
	return next;
}

static int judge_station(struct day *day, const struct job *job, size_t n)
{
	const char *channel = next_channel(job, n, "");
	for (; channel != NULL && !day->stop; channel = next_channel(job, n, channel))
		for (size_t i = 0; i < n && !day->stop; i++)
			for (day->c = 0; day->c < job[i].n_channels; day->c++) {
				if (strcmp(job[i].id[day->c], channel) != 0)
					continue;
				day->job = &job[i];
				int status = judge_channel(day);
				if (status != OK)
					return status;
			}
	return OK;
}

static bool wants_zone(const struct reader *reader, const struct judge_options *options)
{
	return options->zone == NULL ||
	       strcmp(options->zone, reader_identity(reader)->zone) == 0;
}

static int judge_one(struct day *day, const char *station, struct problem *why)
{
	struct job *job;
	day->station = station;
	int n = station_jobs(&job, day->judging, station, why);
	if (n < 0)
		return n;
	int status = judge_station(day, job, (size_t)n);
	jobs_free(job, (size_t)n);
	if (status != OK)
		return problem_set(
		        why, status, EXIT_INTERNAL, "no memory to judge %s", station);
	return OK;
}

static int judge_all(struct day *day, struct problem *why)
{
	struct judging *judging = day->judging;
	const char *wanted = judging->options->station;
	bool met = false;
	for (size_t i = 0; i < reader_stations(judging->reader) && !day->stop; i++) {
		const char *station = reader_station(judging->reader, i);
		if (wanted != NULL && strcmp(wanted, station) != 0)
			continue;
		int status = judge_one(day, station, why);
		if (status != OK)
			return status;
		met = true;
	}
	bool dark = judging->options->dark && wanted != NULL && !met;
	return dark ? judge_one(day, wanted, why) : OK;
}

int judge(struct reader *reader, const struct rules *rules,
        const struct judge_options *options,
        int (*each)(void *with, const struct assessment *assessment), void *with,
        struct problem *why)
{
	struct judging judging;
	struct day day = { .judging = &judging, .each = each, .with = with };
	struct judge_options then = *options;
	if (!wants_zone(reader, options))
		return 0;
	/* as of a time, what ended later had not ended */
	if (options->as_of_us != 0 &&
	        (options->now_us == 0 || options->as_of_us < options->now_us))
		then.now_us = options->as_of_us;
	int status = judging_begin(&judging, reader, rules, &then, why);
	if (status == OK)
		status = judge_all(&day, why);
	judging_end(&judging);
	return status == OK ? day.count : status;
}

/* A permit of a station that never sent anything, with a rule there is a record of. */
static bool is_awaited(const struct judging *judging, const struct permit *permit)
{
	const struct judge_options *asked = judging->options;
	for (size_t i = 0; i < reader_stations(judging->reader); i++)
		if (strcmp(permit->station, reader_station(judging->reader, i)) == 0)
			return false;
	return (asked->station == NULL ||
	               strcmp(asked->station, permit->station) == 0) &&
	       (asked->rule == NULL || strcmp(asked->rule, permit->rule) == 0) &&
	       rules_find(judging->rules, permit->rule) != NULL;
}

static int all_kinds(struct judging *judging, struct problem *why)
{
	const char *wanted = judging->options->station;
	int kinds = 0;
	for (size_t i = 0; i < judging->permits.n; i++)
		if (is_awaited(judging, &judging->permits.permit[i]))
			kinds = 1 << KIND_LEGAL;
	for (size_t i = 0; i < reader_stations(judging->reader); i++) {
		const char *station = reader_station(judging->reader, i);
		if (wanted != NULL && strcmp(wanted, station) != 0)
			continue;
		int more = station_judged_by(judging, station, why);
		if (more < 0)
			return more;
		kinds |= more;
	}
	return kinds;
}

int judge_kinds(struct reader *reader, const struct rules *rules,
        const struct judge_options *options, struct problem *why)
{
	struct judging judging;
	if (!wants_zone(reader, options))
		return 0;
	int status = judging_begin(&judging, reader, rules, options, why);
	if (status == OK)
		status = all_kinds(&judging, why);
	judging_end(&judging);
	return status;
}
