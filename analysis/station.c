/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/station.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/log.h"

int judging_begin(struct judging *judging, struct reader *reader,
        const struct rules *rules, const struct judge_options *options,
        struct problem *why)
{
	*judging = (struct judging){ .reader = reader,
		.rules = rules,
		.options = options,
		.utc_offset_min = reader_identity(reader)->utc_offset_min };
	int status = permits_load(&judging->permits, reader, options->as_of_us, why);
	if (status == OK)
		status = ledger_load(&judging->ledger, reader, options->as_of_us, why);
	return status;
}

void judging_end(struct judging *judging)
{
	permits_free(&judging->permits);
	ledger_free(&judging->ledger);
	work_free(&judging->work);
}

#define PERMITS 16

const struct permit *judging_permit(const struct judging *judging,
        const struct rule *rule, const char *station, int64_t time_us)
{
	const struct permit *permit[PERMITS];
	size_t n = permits_for(&judging->permits, station, time_us, permit, PERMITS);
	for (size_t i = 0; i < n; i++)
		if (strcmp(permit[i]->rule, rule->id) == 0)
			return permit[i];
	return NULL;
}

/* ---- which rules judge a station ---- */

static bool is_ambient(const struct judging *judging, const char *station)
{
	const struct describe *describe =
	        reader_station_describe(judging->reader, station);
	return describe != NULL && strcmp(describe->outlet_kind, "ambient") == 0;
}

static bool has_permit(
        const struct judging *judging, const char *station, const struct rule *rule)
{
	for (size_t i = 0; i < judging->permits.n; i++)
		if (strcmp(judging->permits.permit[i].station, station) == 0 &&
		        strcmp(judging->permits.permit[i].rule, rule->id) == 0)
			return true;
	return false;
}

static bool rule_judges(
        const struct judging *judging, const char *station, const struct rule *rule)
{
	const char *wanted = judging->options->rule;
	if (wanted != NULL && strcmp(wanted, rule->id) != 0)
		return false;
	if (rule->kind == KIND_AMBIENT)
		return is_ambient(judging, station);
	return rule->kind == KIND_LEGAL && has_permit(judging, station, rule);
}

static void tell_unknown_rules(const struct judging *judging, const char *station)
{
	for (size_t i = 0; i < judging->permits.n; i++) {
		const struct permit *permit = &judging->permits.permit[i];
		if (strcmp(permit->station, station) == 0 &&
		        rules_find(judging->rules, permit->rule) == NULL)
			log_seldom(LOG_WARN, permit->rule,
			        "permit %s of station %s names the rule '%s', and "
			        "there is no such record: "
			        "nothing is judged by it",
			        permit->number, station, permit->rule);
	}
}

/* ---- which channels ---- */

static bool permit_names(const struct permit *permit, const char *channel)
{
	for (size_t i = 0; i < permit->n_parameters; i++)
		if (strcmp(permit->parameter[i], channel) == 0)
			return true;
	return false;
}

bool job_judges(const struct job *job, size_t c, const struct permit *permit)
{
	return permit == NULL || permit->n_parameters == 0 ||
	       permit_names(permit, job->channel[c].id);
}

bool job_judges_on(
        const struct job *job, size_t c, const struct permit *permit, int64_t start_us)
{
	const struct rule *rule = job->rule;
	bool in_force = rule->kind == KIND_LEGAL
	                        ? permit != NULL
	                        : rule->from_us <= start_us &&
	                                  (rule->to_us == 0 || start_us < rule->to_us);
	return in_force && job_judges(job, c, permit);
}

/* Does the permit name it?  One that names none stands for what the station measures:
 * of a station that never told what that is, for all its rule has. */
static bool permit_awaits(
        const struct judging *judging, const struct permit *permit, const char *channel)
{
	const struct describe *const *instrument;
	bool told =
	        reader_instruments(judging->reader, permit->station, &instrument) > 0;
	return permit_names(permit, channel) ||
	       (judging->options->dark && !told && permit->n_parameters == 0);
}

/* Measured by an instrument, or named by a permit: then its absence must be told. */
static bool is_judged(const struct judging *judging, const char *station,
        const struct rule *rule, const char *channel)
{
	const char *wanted = judging->options->channel;
	size_t index;
	if (wanted != NULL && strcmp(wanted, channel) != 0)
		return false;
	if (station_channel(judging->reader, station, channel, &index) != NULL)
		return true;
	for (size_t i = 0; i < judging->permits.n; i++) {
		const struct permit *permit = &judging->permits.permit[i];
		if (strcmp(permit->station, station) == 0 &&
		        strcmp(permit->rule, rule->id) == 0 &&
		        permit_awaits(judging, permit, channel))
			return true;
	}
	return false;
}

static int add_channel(struct job *job, const char *id, const struct rule_limit *limit)
{
	struct job_channel *more =
	        realloc(job->channel, (job->n_channels + 1) * sizeof *job->channel);
	if (more == NULL)
		return FAILED;
	job->channel = more;
	more[job->n_channels++] = (struct job_channel){ .id = id, .limit = limit };
	return OK;
}

static int add_empty(struct job *job, const struct channel *about)
{
	for (size_t c = 0; c < job->n_channels; c++)
		if (strcmp(job->channel[c].id, about->name) == 0)
			return OK;
	if (add_channel(job, about->name, NULL) != OK)
		return FAILED;
	job->channel[job->n_channels - 1].none = (struct rule_limit){
		.channel = about->name,
		.name_vi = about->label_vi,
		.name_en = about->label_en,
		.unit = about->unit,
		.expressed_as = "",
		.basis = "",
		.gas_state = "",
		.reference_temperature_C = NAN,
		.reference_pressure_kPa = NAN,
		.subtract_percent = NAN,
		.source = "",
	};
	return OK;
}

/* A record with empty tables: each measured channel gets a line that says why. */
static int add_measured(
        struct job *job, const struct judging *judging, const char *station)
{
	const struct describe *const *instrument;
	const char *wanted = judging->options->channel;
	size_t n = reader_instruments(judging->reader, station, &instrument);
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < instrument[i]->n_channels; c++) {
			const struct channel *about = &instrument[i]->channel[c];
			if (strcmp(about->kind, "measurement") != 0 ||
			        (wanted != NULL && strcmp(wanted, about->name) != 0))
				continue;
			if (add_empty(job, about) != OK)
				return FAILED;
		}
	return OK;
}

static int by_channel(const void *a, const void *b)
{
	const struct job_channel *x = a, *y = b;
	return strcmp(x->id, y->id);
}

static int job_channels(
        struct job *job, const struct judging *judging, const char *station)
{
	const struct rule *rule = job->rule;
	int status = OK;
	for (size_t i = 0; i < rule->n_limits && status == OK; i++)
		if (is_judged(judging, station, rule, rule->limit[i].channel))
			status = add_channel(
			        job, rule->limit[i].channel, &rule->limit[i]);
	if (rule->n_limits == 0 && status == OK)
		status = add_measured(job, judging, station);
	if (job->n_channels > 1)
		qsort(job->channel, job->n_channels, sizeof *job->channel, by_channel);
	job->id = calloc(job->n_channels + 1, sizeof *job->id);
	if (status != OK || job->id == NULL)
		return FAILED;
	for (size_t c = 0; c < job->n_channels; c++) {
		job->id[c] = job->channel[c].id;
		if (job->channel[c].limit == NULL)
			job->channel[c].limit = &job->channel[c].none;
	}
	return OK;
}

/* Which channels and which days; nothing is loaded. */
static int job_plan(struct job *job, struct judging *judging, const char *station,
        const struct rule *rule, struct problem *why)
{
	*job = (struct job){ .rule = rule };
	if (job_channels(job, judging, station) != OK)
		return problem_set(why, FAILED, EXIT_INTERNAL,
		        "no memory for the channels of %s", station);
	job_days(job, judging, station);
	if (job->n_channels == 0)
		job->n_days = 0;
	return OK;
}

static int job_make(struct job *job, struct judging *judging, const char *station,
        const struct rule *rule, struct problem *why)
{
	int status = job_plan(job, judging, station, rule, why);
	return status == OK ? job_load(job, judging, station, why) : status;
}

int station_jobs(struct job **out, struct judging *judging, const char *station,
        struct problem *why)
{
	int n = 0, status = OK;
	*out = calloc(judging->rules->n + 1, sizeof **out);
	if (*out == NULL)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "no memory for %s", station);
	tell_unknown_rules(judging, station);
	for (size_t i = 0; i < judging->rules->n && status == OK; i++)
		if (rule_judges(judging, station, &judging->rules->rule[i]))
			status = job_make(&(*out)[n++], judging, station,
			        &judging->rules->rule[i], why);
	if (status == OK)
		return n;
	jobs_free(*out, (size_t)n);
	*out = NULL;
	return status;
}

static void job_end(struct job *job)
{
	if (job->measured != NULL)
		measured_free(job->measured, job->n_days * job->n_channels);
	free(job->measured);
	free(job->running);
	free(job->loaded);
	free(job->channel);
	free(job->id);
}

void jobs_free(struct job *job, size_t n)
{
	for (size_t i = 0; i < n; i++)
		job_end(&job[i]);
	free(job);
}

/* ---- does any rule judge it? ---- */

/* Where no day has data, the rule judges what would come. */
static bool job_judges_any(
        const struct job *job, const struct judging *judging, const char *station)
{
	if (job->n_days == 0)
		return job->n_channels > 0;
	for (size_t d = 0; d < job->n_days; d++) {
		int64_t start_us = job->first_us + (int64_t)d * US_PER_DAY;
		const struct permit *permit =
		        judging_permit(judging, job->rule, station, start_us);
		for (size_t c = 0; c < job->n_channels; c++)
			if (job_judges_on(job, c, permit, start_us))
				return true;
	}
	return false;
}

int station_judged_by(struct judging *judging, const char *station, struct problem *why)
{
	unsigned kinds = 0;
	int status = OK;
	tell_unknown_rules(judging, station);
	for (size_t i = 0; i < judging->rules->n && status == OK; i++) {
		const struct rule *rule = &judging->rules->rule[i];
		struct job job;
		if (!rule_judges(judging, station, rule))
			continue;
		status = job_plan(&job, judging, station, rule, why);
		if (status == OK && job_judges_any(&job, judging, station))
			kinds |= 1u << rule->kind;
		job_end(&job);
	}
	return status == OK ? (int)kinds : status;
}
