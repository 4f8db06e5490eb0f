/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is planted in the thirty days of the demonstration, by a plain judge of its own:
 * mean of the 5-minute means of a legal day.  Exactly COD on days 9 and 11 and dust on
 * day 22 are over.
 */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/describe.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "base/record.h"
#include "sensors/simulator/rehearse.h"

enum { DAYS = 30, BASES = 288, CHANNELS = 64, INSTRUMENTS = 8 };

/* 2026-11-01T00:00:00+07:00 is a Sunday; so is day 18 of what begins on 2026-10-15. */
#define DAY1 INT64_C(1791997200000000)

static struct track {
	char name[ID_SIZE];
	struct base {
		double sum;
		int n, all, over, silent, fault;
	} base[DAYS][BASES];
} track[CHANNELS];

static size_t n_tracks;

static struct known { /* instruments by the hash of their DESCRIBE */
	struct describe *describe;
	size_t track[16];
} known[INSTRUMENTS];

static size_t n_known;

static struct track *named(const char *name)
{
	for (size_t i = 0; i < n_tracks; i++)
		if (strcmp(track[i].name, name) == 0)
			return &track[i];
	fail_msg("no channel %s", name);
	return NULL;
}

static void hear_describe(const struct record *record)
{
	struct problem why;
	struct known *one = &known[n_known];
	assert_true(n_known < INSTRUMENTS);
	assert_int_equal(describe_decode(&one->describe, record->payload,
	                         record->payload_size, &why),
	        OK);
	for (size_t c = 0; c < one->describe->n_channels; c++) {
		const struct channel *channel = &one->describe->channel[c];
		bool off = strcmp(channel->kind, CHANNEL_OFF) == 0;
		one->track[c] = n_tracks;
		snprintf(track[n_tracks++].name, ID_SIZE, "%s",
		        off ? "" : channel->name);
	}
	n_known++;
}

static void count(struct base *base, uint8_t state, double value)
{
	base->all++;
	base->silent += state == STATE_SILENT;
	base->fault += state == STATE_FAULT;
	base->over += state == STATE_ABOVE_RANGE;
	if (state != STATE_OK && state != STATE_ABOVE_RANGE)
		return;
	base->sum += value;
	base->n++;
}

static int each(void *with, uint8_t *bytes, size_t n, int64_t time_us)
{
	struct record record;
	struct reading reading;
	size_t k = 0;
	int64_t since = time_us - DAY1;
	if (record_decode(&record, bytes, n) < 0)
		return MALFORMED;
	if (record.type == RECORD_DESCRIBE)
		hear_describe(&record);
	if (record.type != RECORD_READING)
		return OK;
	reading_decode(&reading, record.payload, record.payload_size);
	while (memcmp(known[k].describe->hash, reading.describe, 32) != 0)
		k++;
	for (size_t c = 0; c < reading.n_channels; c++)
		count(&track[known[k].track[c]]
		                .base[since / US_PER_DAY]
		                     [since % US_PER_DAY / (5 * US_PER_MIN)],
		        reading.state[c], reading_value(&reading, c));
	return OK;
}

static char played[16]; /* the station whose days are in `track` */

static int forget(void **state)
{
	for (size_t i = 0; i < n_known; i++)
		describe_free(known[i].describe);
	memset(track, 0, sizeof track);
	n_tracks = n_known = 0;
	return 0;
}

static void play(const char *which)
{
	char path[256];
	struct scenario *scenario;
	struct station *station;
	struct problem why = { 0 };
	if (strcmp(played, which) == 0)
		return;
	forget(NULL);
	snprintf(played, sizeof played, "%s", which);
	snprintf(path, sizeof path, "cli/demo/scenario-%s.yaml", which);
	if (scenario_read(&scenario, project_file(path), stderr, &why) != OK)
		fail_msg("%s", why.text);
	snprintf(path, sizeof path, "cli/demo/station-%s.yaml", which);
	if (station_read(&station, project_file(path), stderr, &why) != OK)
		fail_msg("%s", why.text);
	scenario_begin(scenario, DAY1, INT64_MAX);
	struct rehearsal rehearsal = { .station = station,
		.scenario = scenario,
		.from_us = DAY1,
		.to_us = DAY1 + DAYS * US_PER_DAY,
		.each = each };
	if (rehearse(&rehearsal, &why) < 0)
		fail_msg("%s", why.text);
	scenario_free(scenario);
	station_free(station);
}

/* The boiler burns: O2 under 19 %, over 60 degrees. */
static bool burning(int day, int base)
{
	const struct base *o2 = &named("o2")->base[day - 1][base];
	const struct base *hot = &named("temperature")->base[day - 1][base];
	return o2->n > 0 && o2->sum / o2->n < 19 && hot->sum / hot->n > 60;
}

struct day {
	double mean;
	int valid, expected;
};

static struct day judged(const char *channel, int day, bool stack)
{
	const struct track *one = named(channel);
	struct day out = { 0 };
	for (int b = 0; b < BASES; b++) {
		const struct base *base = &one->base[day - 1][b];
		if (stack && !burning(day, b))
			continue;
		out.expected++;
		if (base->n == 0)
			continue;
		out.mean += base->sum / base->n;
		out.valid++;
	}
	out.mean /= out.valid;
	return out;
}

static void only_these_days_are_over(
        const char *channel, double limit, bool stack, const int *over)
{
	for (int day = 1; day <= DAYS; day++) {
		struct day one = judged(channel, day, stack);
		bool wanted = false;
		for (const int *d = over; *d != 0; d++)
			wanted |= *d == day;
		if (one.valid == 0)
			continue;
		if (wanted ? one.mean <= limit : one.mean > limit)
			fail_msg("%s on day %d: %g against %g", channel, day, one.mean,
			        limit);
	}
}

static void the_water_days_are_as_planted(void **state)
{
	static const int cod[] = { 9, 11, 0 }, none[] = { 0 };
	play("water");
	only_these_days_are_over("cod", 75, false, cod);
	only_these_days_are_over("tss", 50, false, none);
	only_these_days_are_over("nh4", 5, false, none);
	only_these_days_are_over("temperature", 40, false, none);
	only_these_days_are_over("ph", 9, false, none);

	struct day day = judged("cod", 4, false);
	assert_close(day.mean, 74.2, 1e-6);
	assert_int_equal(day.valid, 288);
	day = judged("cod", 9, false);
	assert_close(day.mean, 80.0, 1e-6);
	assert_int_equal(day.valid, 240);
	for (int b = 120; b < 168; b++)
		assert_int_equal(named("cod")->base[8][b].fault, 5);
	day = judged("cod", 11, false);
	assert_close(day.mean, 160, 1e-6);
	assert_int_equal(day.valid, 150);
	assert_int_equal(named("cod")->base[10][150].silent, 5);
	day = judged("cod", 13, false);
	assert_close(day.mean, 20, 1e-6);
	assert_int_equal(day.valid, 200);
	day = judged("ph", 14, false);
	assert_close(day.mean, 7.1, 1e-6);
	assert_int_equal(day.valid, 288);
	assert_true(named("ph")->base[13][30].sum / 5 < 5.5);
}

static void the_scenes_that_change_no_result_are_there(void **state)
{
	play("water");
	/* day 16: three values times six, none over the range */
	for (int b = 36; b < 39; b++) {
		assert_int_equal(named("cod")->base[15][b].over, 0);
		assert_true(named("cod")->base[15][b].sum / 5 > 150);
	}
	assert_true(judged("cod", 16, false).mean < 50);
	assert_true(judged("flow_out", 18, false).mean == 0);
	assert_true(judged("flow_out", 17, false).mean > 80);
	for (int b = 108; b < 192; b++)
		assert_close(named("tss")->base[23][b].sum / 5, 18.4, 1e-6);
	assert_true(fabs(named("tss")->base[23][107].sum / 5 - 18.4) > 0.01 ||
	            fabs(named("tss")->base[23][192].sum / 5 - 18.4) > 0.01);
}

static void the_stack_days_are_as_planted(void **state)
{
	static const int dust[] = { 22, 0 }, none[] = { 0 };
	play("stack");
	only_these_days_are_over("dust", 200, true, dust);
	only_these_days_are_over("so2", 500, true, none);
	only_these_days_are_over("nox", 850, true, none);
	only_these_days_are_over("co", 1000, true, none);
	struct day day = judged("dust", 22, true);
	assert_close(day.mean, 260, 1e-6);
	assert_int_equal(day.expected, 204);
	assert_int_equal(judged("dust", 20, true).expected, 192);
	assert_int_equal(judged("dust", 18, true).expected, 0);
	assert_true(named("co")->base[19][65].sum / 5 > 3500);
	assert_true(named("o2")->base[19][65].sum / 5 > 20);
}

static void the_air_days_are_as_planted(void **state)
{
	static const int haze[] = { 23, 0 }, none[] = { 0 };
	play("ambient");
	only_these_days_are_over("pm2_5", 45, false, haze);
	only_these_days_are_over("pm10", 100, false, none);
	only_these_days_are_over("so2", 125, false, none);
	only_these_days_are_over("no2", 100, false, none);
	assert_close(judged("pm2_5", 23, false).mean, 61, 1e-6);
	for (int day = 1; day <= DAYS; day++) {
		const struct base *o3 = named("o3")->base[day - 1];
		for (int b = 0; b < BASES; b++) {
			assert_true(o3[b].sum / o3[b].n < 110);
			assert_int_equal(o3[b].n, 5);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_water_days_are_as_planted),
		cmocka_unit_test(the_scenes_that_change_no_result_are_there),
		cmocka_unit_test(the_stack_days_are_as_planted),
		cmocka_unit_test(the_air_days_are_as_planted),
	};
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	return cmocka_run_group_tests_name("demo_scenes", tests, NULL, forget);
}
