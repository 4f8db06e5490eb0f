/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The channels of a scenario's instruments: what is written of them, and columns of real data. */
#include "sensors/simulator/scenario_parts.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/legal_time.h"

#define ROWS_MOST 4000000

/* FNV-1a: a channel's chance depends on names, so that one more channel changes no
 * other. */
static uint64_t name_seed(uint64_t seed, const char *a, const char *b)
{
	uint64_t hash = UINT64_C(14695981039346656037) ^ seed;
	for (const char *at = a; *at != '\0'; at++)
		hash = (hash ^ (uint8_t)*at) * UINT64_C(1099511628211);
	for (const char *at = b; *at != '\0'; at++)
		hash = (hash ^ (uint8_t)*at) * UINT64_C(1099511628211);
	return hash;
}

/* ---- columns of real data ---- */

static int row_add(
        struct scenario_replay *replay, size_t *room, double value, int64_t us)
{
	if (replay->n == *room) {
		size_t more = *room == 0 ? 1024 : *room * 2;
		double *value_more = realloc(replay->value, more * sizeof value);
		if (value_more == NULL)
			return FAILED;
		replay->value = value_more;
		int64_t *at_more = realloc(replay->at_us, more * sizeof us);
		if (at_more == NULL)
			return FAILED;
		replay->at_us = at_more;
		*room = more;
	}
	replay->value[replay->n] = value;
	replay->at_us[replay->n] = us;
	replay->n++;
	return OK;
}

/* One row: an empty cell, or the number that means missing, is NAN. */
static int row_read(struct scenario_replay *replay, struct csv *csv,
        const int column[2], size_t *room, int offset_min)
{
	const char *cell = csv_cell(csv, (size_t)column[0]);
	double value = NAN;
	int64_t us = 0;
	if (cell[0] != '\0' && number_parse(cell, &value) != OK)
		return MALFORMED;
	if (value == replay->missing)
		value = NAN;
	if (column[1] >= 0 &&
	        time_parse(csv_cell(csv, (size_t)column[1]), offset_min, &us) != OK)
		return MALFORMED;
	return row_add(replay, room, value, us);
}

static void times_from_zero(struct scenario_replay *replay)
{
	int64_t first = replay->n > 0 ? replay->at_us[0] : 0;
	for (size_t i = 0; i < replay->n; i++)
		replay->at_us[i] -= first;
}

static int column_read(struct scenario_replay *replay, struct csv *csv, int offset_min,
        struct problem *why)
{
	int column[2] = { csv_find(csv, replay->column), NOT_FOUND };
	size_t room = 0;
	int more;
	if (replay->time[0] != '\0')
		column[1] = csv_find(csv, replay->time);
	if (column[0] < 0 || (replay->time[0] != '\0' && column[1] < 0))
		return problem_set(why, NOT_FOUND, EXIT_CONFIG, "%s has no column '%s'",
		        replay->file, column[0] < 0 ? replay->column : replay->time);
	while ((more = csv_next(csv, why)) > 0 && replay->n < ROWS_MOST) {
		int status = row_read(replay, csv, column, &room, offset_min);
		if (status != OK)
			return problem_set(why, status, EXIT_DAMAGED,
			        "%s:%zu: column '%s' is no number", replay->file,
			        csv_line(csv), replay->column);
	}
	if (more < 0)
		return more;
	times_from_zero(replay);
	if (replay->time[0] == '\0') {
		free(replay->at_us);
		replay->at_us = NULL;
	}
	return replay->n > 0 ? OK
	                     : problem_set(why, MALFORMED, EXIT_DAMAGED,
	                               "%s has no rows", replay->file);
}

static void replay_load(struct reading_of *of, size_t i, struct scenario_replay *replay)
{
	char path[PATH_MAX];
	struct csv *csv;
	struct problem why;
	const char *slash = strrchr(of->scenario->path, '/');
	int folder = slash != NULL ? (int)(slash - of->scenario->path) + 1 : 0;
	if (replay->file == NULL || replay->file[0] == '\0')
		return;
	snprintf(path, sizeof path, "%.*s%s", replay->file[0] == '/' ? 0 : folder,
	        of->scenario->path, replay->file);
	int status = csv_open(&csv, path, &why);
	if (status == OK) {
		status = column_read(replay, csv, of->scenario->head.offset_min, &why);
		csv_close(csv);
	}
	if (status != OK)
		complain(of, "the file is looked for beside the scenario",
		        place("instruments", i, "channels"), "%s", why.text);
}

/* ---- channels ---- */

/* A time of day of a channel; it is as it was where that is none. */
static void peak_check(
        struct reading_of *of, size_t i, const char *text, double *peak_us)
{
	int64_t us;
	if (clock_parse(text, &us) == OK)
		*peak_us = (double)us;
	else
		complain(of, "write hours and minutes, \"15:00\"",
		        place("instruments", i, "channels"), "'%s' is no time of day",
		        text);
}

static void channel_check(
        struct reading_of *of, size_t i, const struct scenario_channel *written)
{
	struct scenario_instrument *instrument = &of->scenario->instrument[i];
	int index = profile_channel_index(instrument->profile, written->name);
	if (index < 0) {
		complain(of, "channels are called as in the profile",
		        place("instruments", i, "channels"),
		        "the profile has no channel '%s'", written->name);
		return;
	}
	struct scenario_channel *channel = &instrument->of_profile[index];
	if (channel->listed) {
		complain(of, "leave one of them out",
		        place("instruments", i, "channels"),
		        "channel '%s' is there twice", written->name);
		return;
	}
	uint64_t seed = channel->seed;
	*channel = *written;
	channel->listed = true;
	channel->seed = seed;
	peak_check(of, i, channel->peak, &channel->peak_us);
	peak_check(of, i, channel->half_peak, &channel->half_peak_us);
	replay_load(of, i, &channel->replay);
}

int channels_fill(const struct scenario *scenario, struct scenario_instrument *one)
{
	size_t n = one->profile->n_channels;
	one->of_profile = calloc(n + 1, sizeof one->of_profile[0]);
	one->written = calloc(n + 1, sizeof one->written[0]);
	if (one->of_profile == NULL || one->written == NULL)
		return FAILED;
	for (size_t c = 0; c < n; c++) {
		const char *name = one->profile->channel[c].about.name;
		one->written[c] = NAN;
		one->of_profile[c] = (struct scenario_channel){ .name = name,
			.low = NAN,
			.high = NAN,
			.decimals = -1,
			.seed = name_seed(
			        (uint64_t)scenario->head.seed, one->id, name) };
	}
	return OK;
}

void channels_check(struct reading_of *of, size_t i)
{
	const struct scenario_instrument *instrument = &of->scenario->instrument[i];
	for (size_t c = 0; c < instrument->n_channels; c++)
		channel_check(of, i, &instrument->channel[c]);
}

void channels_free(const struct scenario_instrument *instrument)
{
	size_t n = instrument->of_profile != NULL ? instrument->profile->n_channels : 0;
	for (size_t c = 0; c < n; c++) {
		struct scenario_channel *channel = &instrument->of_profile[c];
		free(channel->replay.value);
		free(channel->replay.at_us);
		free(channel->scene);
	}
}
