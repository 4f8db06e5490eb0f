/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of several instruments and DESCRIBEs become the one series of a channel. */
#include "analysis/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/series_parts.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "base/units.h"
#include "calibration/ledger.h"

/* One set of rows that has the channel. */
struct part {
	const struct rows *rows;
	size_t column;
	const struct channel *about;
	size_t from, to;           /* rows that may lie in the interval */
	int64_t first_us, last_us; /* of its rows in the interval; first > last: none */
};

/* An instrument's own time lies at most so far beside that of the record. */
#define SAMPLE_BESIDE_US (12 * US_PER_HOUR)

#define PARTS 64

static bool same_number(double a, double b)
{
	return (isnan(a) && isnan(b)) || a == b;
}

bool channel_same_quantity(
        const struct channel *a, const struct channel *b, char *difference, size_t room)
{
	if (units_same(a->unit, b->unit) == 1 || strcmp(a->unit, b->unit) == 0) {
		if (strcmp(a->expressed_as, b->expressed_as) == 0 &&
		        strcmp(a->basis, b->basis) == 0 &&
		        strcmp(a->gas_state, b->gas_state) == 0 &&
		        same_number(a->reference_temperature_C,
		                b->reference_temperature_C) &&
		        same_number(
		                a->reference_pressure_kPa, b->reference_pressure_kPa))
			return true;
	}
	snprintf(difference, room,
	        "%s %s %s %s at %g C, %g kPa and %s %s %s %s at %g C, %g kPa", a->unit,
	        a->expressed_as, a->basis, a->gas_state, a->reference_temperature_C,
	        a->reference_pressure_kPa, b->unit, b->expressed_as, b->basis,
	        b->gas_state, b->reference_temperature_C, b->reference_pressure_kPa);
	return false;
}

static int64_t row_time(const struct part *part, size_t i)
{
	const int64_t *const *sampled = (const int64_t *const *)part->rows->sampled_us;
	if (sampled != NULL && sampled[part->column] != NULL &&
	        sampled[part->column][i] != 0)
		return sampled[part->column][i];
	return part->rows->time_us[i];
}

/* Which column of these rows is the channel; false if none. */
static bool part_find(
        struct part *part, const struct rows *rows, const struct query *query)
{
	if (query->instrument != NULL &&
	        strcmp(rows->describe->instrument, query->instrument) != 0)
		return false;
	int c = describe_channel(rows->describe, query->channel);
	if (c < 0)
		return false;
	for (size_t k = 0; k < rows->n_channels; k++) {
		if (rows->channel[k] != (size_t)c)
			continue;
		*part = (struct part){ .rows = rows,
			.column = k,
			.about = &rows->describe->channel[c],
			.first_us = INT64_MAX,
			.last_us = INT64_MIN };
		return true;
	}
	return false;
}

/* Index of the first row at or after a time. */
static size_t first_row(const struct rows *rows, int64_t time_us)
{
	size_t low = 0, high = rows->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (rows->time_us[middle] < time_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void part_narrow(struct part *part, const struct query *query)
{
	part->to = part->rows->n;
	if (query->from_us > INT64_MIN + SAMPLE_BESIDE_US)
		part->from = first_row(part->rows, query->from_us - SAMPLE_BESIDE_US);
	if (query->to_us < INT64_MAX - SAMPLE_BESIDE_US)
		part->to = first_row(part->rows, query->to_us + SAMPLE_BESIDE_US);
}

static size_t part_measure(struct part *part, const struct query *query)
{
	size_t n = 0;
	part_narrow(part, query);
	for (size_t i = part->from; i < part->to; i++) {
		int64_t time_us = row_time(part, i);
		if (time_us < query->from_us || time_us >= query->to_us)
			continue;
		n++;
		if (time_us < part->first_us)
			part->first_us = time_us;
		if (time_us > part->last_us)
			part->last_us = time_us;
	}
	return n;
}

/* Two instruments may follow one another (a replacement), not measure the same at
 * once. */
static int check_pair(const struct part *a, const struct part *b,
        const struct query *query, struct problem *why)
{
	char difference[256];
	if (!channel_same_quantity(a->about, b->about, difference, sizeof difference))
		return problem_set(why, REFUSED, EXIT_DAMAGED,
		        "%s/%s changed what it measures in the interval: %s; ask for "
		        "the time before "
		        "and after the change",
		        query->station, query->channel, difference);
	const char *one = a->rows->describe->instrument;
	const char *two = b->rows->describe->instrument;
	if (strcmp(one, two) != 0 && a->first_us <= b->last_us &&
	        b->first_us <= a->last_us)
		return problem_set(why, REFUSED, EXIT_DAMAGED,
		        "two instruments of '%s' measure '%s' at the same time, '%s' "
		        "and '%s': "
		        "name one",
		        query->station, query->channel, one, two);
	return OK;
}

/* Parts with readings in the interval, and how many readings; or REFUSED. */
static int find_parts(struct part *part, const struct rows *rows, size_t n_rows,
        const struct query *query, size_t *total, struct problem *why)
{
	int n = 0;
	*total = 0;
	for (size_t r = 0; r < n_rows; r++) {
		if (n == PARTS)
			return problem_set(why, REFUSED, EXIT_DAMAGED,
			        "%s/%s was described anew more than %d times in the "
			        "interval: ask for a "
			        "shorter one",
			        query->station, query->channel, PARTS);
		if (!part_find(&part[n], &rows[r], query))
			continue;
		size_t readings = part_measure(&part[n], query);
		if (readings == 0)
			continue;
		*total += readings;
		for (int k = 0; k < n; k++) {
			int status = check_pair(&part[k], &part[n], query, why);
			if (status != OK)
				return status;
		}
		n++;
	}
	return n;
}

static int series_room(struct series *out, size_t n)
{
	size_t room = n > 0 ? n : 1;
	out->time_us = calloc(room, sizeof *out->time_us);
	out->value = calloc(room, sizeof *out->value);
	out->raw = calloc(room, sizeof *out->raw);
	out->state = calloc(room, sizeof *out->state);
	out->stored_us = calloc(room, sizeof *out->stored_us);
	if (out->time_us != NULL && out->value != NULL && out->raw != NULL &&
	        out->state != NULL && out->stored_us != NULL)
		return OK;
	series_free(out);
	return FAILED;
}

static void take_rows(
        struct series *out, const struct part *part, const struct query *query)
{
	const struct rows *rows = part->rows;
	for (size_t i = part->from; i < part->to; i++) {
		int64_t time_us = row_time(part, i);
		if (time_us < query->from_us || time_us >= query->to_us)
			continue;
		out->time_us[out->n] = time_us;
		out->raw[out->n] = rows->value[part->column][i];
		out->value[out->n] = out->raw[out->n];
		out->state[out->n] = rows->state[part->column][i];
		out->stored_us[out->n] =
		        rows->stored_us != NULL ? rows->stored_us[i] : 0;
		out->n++;
	}
}

struct place {
	int64_t time_us;
	size_t i;
};

static int by_time(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	return (x->i > y->i) - (x->i < y->i);
}

static bool in_order(const struct series *series)
{
	for (size_t i = 1; i < series->n; i++)
		if (series->time_us[i] < series->time_us[i - 1])
			return false;
	return true;
}

/* Into time order; equal times stay as they were. */
static int series_sort(struct series *series)
{
	if (in_order(series))
		return OK;
	struct series sorted = *series;
	struct place *place = malloc(series->n * sizeof *place);
	if (place == NULL || series_room(&sorted, series->n) != OK) {
		free(place);
		return FAILED;
	}
	for (size_t i = 0; i < series->n; i++)
		place[i] = (struct place){ .time_us = series->time_us[i], .i = i };
	qsort(place, series->n, sizeof *place, by_time);
	for (size_t k = 0; k < series->n; k++) {
		size_t i = place[k].i;
		sorted.time_us[k] = series->time_us[i];
		sorted.value[k] = series->value[i];
		sorted.raw[k] = series->raw[i];
		sorted.state[k] = series->state[i];
		sorted.stored_us[k] = series->stored_us[i];
	}
	free(place);
	series_free(series);
	*series = sorted;
	return OK;
}

static void series_name(
        struct series *out, const struct part *part, int n, const struct query *query)
{
	snprintf(out->station, sizeof out->station, "%s", query->station);
	snprintf(out->channel, sizeof out->channel, "%s", query->channel);
	out->utc_offset_min = OFFSET_VIETNAM;
	const struct part *newest = NULL;
	for (int k = 0; k < n; k++) {
		out->simulated |= describe_simulated(part[k].rows->describe);
		if (newest == NULL || part[k].last_us >= newest->last_us)
			newest = &part[k];
	}
	if (newest == NULL)
		return;
	out->about = *newest->about;
	out->describe = newest->rows->describe;
	memcpy(out->instrument, newest->rows->describe->instrument,
	        sizeof out->instrument);
}

int series_from_rows(struct series *out, const struct rows *rows, size_t n_rows,
        const struct query *query, const struct ledger *ledger, struct problem *why)
{
	struct part part[PARTS];
	size_t total;
	*out = (struct series){ 0 };
	int n = find_parts(part, rows, n_rows, query, &total, why);
	if (n < 0)
		return n;
	series_name(out, part, n, query);
	if (series_room(out, total) != OK)
		return problem_set(why, FAILED, EXIT_INTERNAL,
		        "no memory for %zu readings of %s/%s", total, query->station,
		        query->channel);
	for (int k = 0; k < n; k++)
		take_rows(out, &part[k], query);
	if (series_sort(out) != OK) {
		series_free(out);
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "no memory to sort readings");
	}
	if (ledger != NULL)
		out->n_calibrated = ledger_apply(ledger, query->station, query->channel,
		        out->time_us, out->value, out->n);
	return OK;
}
