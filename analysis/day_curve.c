/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/station.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"

static int curve_room(struct day_curve *out, size_t n)
{
	out->n = n;
	out->value = malloc((n + 1) * sizeof *out->value);
	out->what = malloc(n + 1);
	out->running = malloc(n + 1);
	return out->value != NULL && out->what != NULL && out->running != NULL ? OK
	                                                                       : FAILED;
}

/* The inputs of the assessment's own period. */
static int take_inputs(struct day_curve *out, const struct inputs *in,
        const struct assessment *assessment)
{
	size_t from = (size_t)((assessment->start_us - in->start_us) / in->period_us);
	size_t to = (size_t)((assessment->end_us - in->start_us) / in->period_us);
	to = to < in->n ? to : in->n;
	from = from < to ? from : to;
	if (curve_room(out, to - from) != OK)
		return FAILED;
	out->start_us = assessment->start_us;
	out->period_us = in->period_us;
	out->cycle_s = in->cycle_s;
	for (size_t k = from; k < to; k++) {
		out->value[k - from] = input_value(&in->input[k]);
		out->what[k - from] = in->input[k].what;
		out->running[k - from] = in->input[k].running;
	}
	return OK;
}

static int curve_of_job(struct day_curve *out, const struct job *job,
        const struct assessment *assessment)
{
	for (size_t c = 0; c < job->n_channels; c++) {
		if (strcmp(job->id[c], assessment->channel) != 0 || job->n_days == 0)
			continue;
		struct day_inputs inputs;
		int status = day_inputs_make(&inputs, job, 0, c);
		if (status == OK)
			status = take_inputs(out, &inputs.base, assessment);
		inputs_free(&inputs.base);
		return status;
	}
	return NOT_FOUND;
}

int day_curve_make(struct day_curve *out, struct reader *reader,
        const struct rules *rules, const struct assessment *assessment,
        int64_t as_of_us, struct problem *why)
{
	const struct judge_options options = {
		.station = assessment->station,
		.channel = assessment->channel,
		.rule = assessment->rule->id,
		.from_us = assessment->start_us,
		.to_us = assessment->end_us,
		.as_of_us = as_of_us,
	};
	struct judging judging;
	struct job *job = NULL;
	*out = (struct day_curve){ 0 };
	int status = judging_begin(&judging, reader, rules, &options, why);
	int n = status == OK ? station_jobs(&job, &judging, assessment->station, why)
	                     : status;
	status = n < 0 ? n : NOT_FOUND;
	for (int i = 0; job != NULL && i < n && status == NOT_FOUND; i++)
		status = curve_of_job(out, &job[i], assessment);
	if (n >= 0)
		jobs_free(job, (size_t)n);
	judging_end(&judging);
	if (status == OK)
		return OK;
	day_curve_free(out);
	return n < 0 ? n
	             : problem_set(why, status, EXIT_INTERNAL,
	                       "no readings to draw for %s", assessment->id);
}

void day_curve_free(struct day_curve *curve)
{
	free(curve->value);
	free(curve->what);
	free(curve->running);
	*curve = (struct day_curve){ 0 };
}
