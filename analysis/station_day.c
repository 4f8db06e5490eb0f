/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/station_day.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/operating.h"
#include "analysis/series_parts.h"
#include "base/legal_time.h"

#define DEFAULT_BASE_S 300

int64_t rule_base_us(const struct rule *rule)
{
	double period_s = rule->n_stages > 0 ? rule->stage[0].period_s : DEFAULT_BASE_S;
	return (int64_t)(period_s * 1e6);
}

size_t rule_base_count(const struct rule *rule)
{
	return (size_t)(US_PER_DAY / rule_base_us(rule));
}

void measured_free(struct measured *measured, size_t n)
{
	for (size_t i = 0; i < n; i++)
		base_sums_free(&measured[i].sums);
}

const struct describe *station_channel(const struct reader *reader, const char *station,
        const char *channel, size_t *index)
{
	const struct describe *const *instrument;
	size_t n = reader_instruments(reader, station, &instrument);
	for (size_t i = 0; i < n; i++) {
		int c = describe_channel(instrument[i], channel);
		if (c < 0)
			continue;
		*index = (size_t)c;
		return instrument[i];
	}
	return NULL;
}

static double longest_dwell_s(const struct rule *rule)
{
	double most_s = 0;
	for (size_t i = 0; i < rule->n_operating; i++)
		most_s = fmax(most_s, rule->operating[i].dwell_s);
	return most_s;
}

static int64_t round_up(double seconds, int64_t base_us)
{
	int64_t us = (int64_t)(seconds * 1e6);
	return (us + base_us - 1) / base_us * base_us;
}

static int64_t longest_delay_us(const struct reader *reader, const char *station)
{
	const struct describe *const *instrument;
	size_t n = reader_instruments(reader, station, &instrument);
	int64_t most_us = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t delay_us = sample_delay_us(instrument[i]);
		most_us = delay_us > most_us ? delay_us : most_us;
	}
	return most_us;
}

int stretch_read(struct stretch_rows *out, struct reader *reader,
        const struct rule *rule, const struct query *query, struct problem *why)
{
	int64_t base_us = rule_base_us(rule);
	int64_t dwell_us = round_up(longest_dwell_s(rule), base_us);
	int64_t recovery_us = round_up(rule->recovery_s, base_us);
	struct query wide = *query;
	wide.from_us -= recovery_us > dwell_us ? recovery_us : dwell_us;
	wide.to_us += dwell_us + longest_delay_us(reader, query->station);
	*out = (struct stretch_rows){ 0 };
	int status = reader_rows(reader, &wide, &out->rows, &out->n, why);
	return status < 0 && status != NOT_FOUND ? status : OK;
}

void stretch_free(struct stretch_rows *rows)
{
	if (rows->rows != NULL)
		rows_free(rows->rows, rows->n);
	*rows = (struct stretch_rows){ 0 };
}

#define STRETCH_VALUES 4e6 /* 17 bytes each: some 70 MB */

size_t stretch_days(const struct reader *reader, const char *station)
{
	const struct describe *const *instrument;
	size_t n = reader_instruments(reader, station, &instrument);
	double per_day = 1;
	for (size_t i = 0; i < n; i++) {
		double poll_s = instrument[i]->poll_every_s;
		poll_s = poll_s > 0.1 ? poll_s : 60;
		per_day += 86400 / poll_s * (double)instrument[i]->n_channels;
	}
	return (size_t)fmin(fmax(STRETCH_VALUES / per_day, 1), 31);
}

/* A day being put together. */
struct window {
	const struct day_request *request;
	int64_t base_us, end_us, margin_us;
};

static int make_series(struct series *series, const struct window *window,
        const char *channel, int64_t from_us, int64_t to_us, struct problem *why)
{
	const struct query query = {
		.station = window->request->station,
		.channel = channel,
		.from_us = from_us,
		.to_us = to_us,
	};
	int status = series_from_rows(series, window->request->rows->rows,
	        window->request->rows->n, &query, window->request->ledger, why);
	if (status == OK)
		series->utc_offset_min =
		        reader_identity(window->request->reader)->utc_offset_min;
	return status;
}

/* The readings of the day with those before it that calibrating may reach over from; a
 * channel that changed just before the day is read from the day on. */
static int day_series(struct series *series, const struct window *window,
        const char *channel, struct problem *why)
{
	const struct day_request *request = window->request;
	int64_t recovery_us = (int64_t)(request->rule->recovery_s * 1e6);
	int status = make_series(series, window, channel,
	        request->start_us - recovery_us, window->end_us, why);
	if (status == REFUSED)
		status = make_series(series, window, channel, request->start_us,
		        window->end_us, why);
	if (status == OK)
		series_recover(series, request->rule->recovery_s);
	return status;
}

/* Nothing came: what the newest DESCRIBE says, and no sums. */
static void describe_only(
        struct measured *out, const struct window *window, const char *channel)
{
	const struct day_request *request = window->request;
	size_t index;
	out->sums = (struct base_sums){ .period_us = window->base_us,
		.from_us = request->start_us,
		.n = rule_base_count(request->rule),
		.utc_offset_min = reader_identity(request->reader)->utc_offset_min };
	out->cycle_s = NAN;
	out->describe =
	        station_channel(request->reader, request->station, channel, &index);
	if (out->describe == NULL)
		return;
	out->about = out->describe->channel[index];
	out->simulated = describe_simulated(out->describe);
	out->cycle_s = channel_cycle_s(&out->about, out->describe->poll_every_s);
}

static int measure(struct measured *out, const struct window *window,
        const char *channel, struct problem *why)
{
	struct series series;
	describe_only(out, window, channel);
	int status = day_series(&series, window, channel, why);
	if (status == REFUSED) {
		snprintf(out->refusal, sizeof out->refusal, "%.255s", why->text);
		return OK;
	}
	if (status != OK)
		return status;
	if (series.n > 0) {
		out->describe = series.describe;
		out->about = series.about;
		out->simulated = series.simulated;
		out->cycle_s = series_cycle_s(&series);
		status = base_sums_make(&out->sums, &series, window->base_us,
		        window->request->start_us, window->end_us);
	}
	series_free(&series);
	if (status != OK)
		return problem_set(why, FAILED, EXIT_INTERNAL,
		        "no memory for a day of %s/%s", window->request->station,
		        channel);
	return OK;
}

/* ---- operating state ---- */

#define CONDITIONS 8

static void condition_sums(struct operating_channel *out, struct base_sums *sums,
        struct series *series, const struct window *window, const char *channel)
{
	struct problem ignored;
	int64_t from_us = window->request->start_us - window->margin_us;
	int64_t to_us = window->end_us + window->margin_us;
	*out = (struct operating_channel){ 0 };
	*sums = (struct base_sums){ 0 };
	if (make_series(series, window, channel, from_us, to_us, &ignored) != OK)
		return;
	if (series->n == 0 ||
	        base_sums_make(sums, series, window->base_us, from_us, to_us) != OK)
		return;
	*out = (struct operating_channel){ .sums = sums, .unit = series->about.unit };
}

static int find_running(uint8_t *running, const struct window *window)
{
	const struct rule *rule = window->request->rule;
	struct operating_channel channel[CONDITIONS];
	struct base_sums sums[CONDITIONS];
	struct series series[CONDITIONS];
	struct rule known = *rule;
	if (known.n_operating > CONDITIONS)
		known.n_operating = CONDITIONS;
	for (size_t i = 0; i < known.n_operating; i++)
		condition_sums(&channel[i], &sums[i], &series[i], window,
		        known.operating[i].channel);
	int status = operating_make(running, rule_base_count(rule),
	        window->request->start_us, &known, channel);
	for (size_t i = 0; i < known.n_operating; i++) {
		base_sums_free(&sums[i]);
		series_free(&series[i]);
	}
	return status;
}

int station_day_load(struct measured *measured, uint8_t *running,
        const struct day_request *request, struct problem *why)
{
	struct window window = { .request = request,
		.base_us = rule_base_us(request->rule) };
	window.end_us = request->start_us + US_PER_DAY;
	window.margin_us = round_up(longest_dwell_s(request->rule), window.base_us);
	memset(measured, 0, request->n_channels * sizeof *measured);
	int status = OK;
	for (size_t i = 0; i < request->n_channels && status == OK; i++)
		status = measure(&measured[i], &window, request->channel[i], why);
	if (status == OK && find_running(running, &window) != OK)
		status = problem_set(why, FAILED, EXIT_INTERNAL,
		        "no memory for a day of %s", request->station);
	return status;
}
