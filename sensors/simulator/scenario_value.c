/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the instruments of a scenario say at a time: nothing here remembers anything. */
#include "sensors/simulator/scenario.h"

#include <math.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/reading.h"

/* splitmix64 */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

uint64_t scenario_random(uint64_t seed, uint64_t k)
{
	return mix(seed ^ mix(k));
}

double scenario_chance(uint64_t seed, int64_t k)
{
	uint64_t bits = scenario_random(seed, (uint64_t)k);
	double sum = 0;
	for (int i = 0; i < 4; i++)
		sum += (double)(bits >> 16 * i & 0xffff) / 65536;
	return (sum - 2) * sqrt(3);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Between two numbers of chance on a grid of one correlation time, so mixed that the
 * variance stays what it is; a tenth of it is fresh every second. */
static double noise(const struct scenario_channel *channel, int64_t time_us)
{
	double fresh = scenario_chance(channel->seed + 1, floor_div(time_us, US_PER_S));
	int64_t grid = (int64_t)(channel->correlation_s * 1e6);
	if (channel->noise == 0)
		return 0;
	if (grid <= 0)
		return channel->noise * fresh;
	int64_t k = floor_div(time_us, grid);
	double turn = M_PI / 2 * (double)(time_us - k * grid) / (double)grid;
	double slow = cos(turn) * scenario_chance(channel->seed, k) +
	              sin(turn) * scenario_chance(channel->seed, k + 1);
	return channel->noise * (sqrt(0.9) * slow + sqrt(0.1) * fresh);
}

static double swing(const struct scenario *scenario,
        const struct scenario_channel *channel, int64_t time_us)
{
	int64_t midnight = day_start(time_us, scenario->head.offset_min);
	double since = (double)(time_us - midnight), day = (double)US_PER_DAY, sum = 0;
	if (channel->daily != 0)
		sum += channel->daily *
		       cos(2 * M_PI * (since - channel->peak_us) / day);
	if (channel->half_day != 0)
		sum += channel->half_day *
		       cos(4 * M_PI * (since - channel->half_peak_us) / day);
	return sum + noise(channel, time_us);
}

/* ---- columns of real data ---- */

static size_t row_after(const struct scenario_replay *replay, int64_t since_us)
{
	size_t low = 0, high = replay->n;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (replay->at_us[middle] <= since_us)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static double replayed(const struct scenario_replay *replay, int64_t since_us)
{
	int64_t every_us = (int64_t)(replay->every_s * 1e6), n = (int64_t)replay->n;
	if (since_us < 0)
		return NAN;
	if (replay->at_us != NULL) {
		int64_t length_us = replay->at_us[n - 1] + every_us;
		if (since_us >= length_us && !replay->loop)
			return NAN;
		return replay->value[row_after(replay, since_us % length_us)];
	}
	int64_t row = since_us / every_us;
	if (row >= n && !replay->loop)
		return NAN;
	return replay->value[row % n];
}

/* ---- scenes ---- */

int64_t scenario_scene_start(const struct scenario *scenario,
        const struct scenario_scene *scene, int64_t time_us)
{
	int64_t start = scene->live ? scenario->live_us : scenario->start_us;
	if (start == INT64_MAX)
		return INT64_MAX;
	start += scene->from_us;
	if (!(scene->every_s > 0))
		return start;
	int64_t every_us = (int64_t)(scene->every_s * 1e6);
	return start + floor_div(time_us - start, every_us) * every_us;
}

bool scenario_scene_now(const struct scenario *scenario,
        const struct scenario_scene *scene, int64_t time_us)
{
	int64_t start = scenario_scene_start(scenario, scene, time_us);
	return time_us >= start && time_us - start < scene->to_us - scene->from_us;
}

static int64_t units(double value, double per_unit)
{
	return llround(value * per_unit);
}

/* The chance within a base interval that sums to zero over its slots. */
static int64_t slot_units(const struct scenario_channel *channel, uint64_t seed,
        int64_t slot, int64_t n_slots, double per_unit)
{
	double width = 0.3 * channel->noise * per_unit;
	int64_t sum = 0;
	if (slot < n_slots - 1)
		return llround(width * scenario_chance(seed, slot));
	for (int64_t i = 0; i < n_slots - 1; i++)
		sum += llround(width * scenario_chance(seed, i));
	return -sum;
}

/*
 * A planted mean.  In units of the last decimal, which are whole numbers and so add up
 * exactly:
 *
 *     mean + bend of the base interval + chance of the slot
 *
 * The bends are what the channel does anyway, made odd about the middle of the scene;
 * the chances of a base interval's slots sum to zero.
 */
static double planted(const struct scenario *scenario,
        const struct scenario_channel *channel, const struct scenario_scene *scene,
        int64_t time_us)
{
	int64_t base_us = (int64_t)(scenario->head.base_s * 1e6);
	int64_t slot_us = (int64_t)(scenario->head.slot_s * 1e6);
	int64_t start = scenario_scene_start(scenario, scene, time_us);
	int64_t n = (scene->to_us - scene->from_us) / base_us;
	int64_t i = (time_us - start) / base_us, opposite = n - 1 - i;
	double per_unit =
	        pow(10, (double)(channel->decimals < 0 ? 6 : channel->decimals));
	double here = swing(scenario, channel, start + i * base_us + base_us / 2);
	double there =
	        swing(scenario, channel, start + opposite * base_us + base_us / 2);
	double bend = scene->swing * (here - there) / sqrt(2);
	int64_t slot = (time_us - start - i * base_us) / slot_us;
	uint64_t seed = mix(channel->seed ^ scene->seed ^ mix((uint64_t)i));
	return (double)(units(scene->mean, per_unit) + units(bend, per_unit) +
	                slot_units(channel, seed, slot, base_us / slot_us, per_unit)) /
	       per_unit;
}

static double played(const struct scenario *scenario,
        const struct scenario_channel *channel, const struct scenario_scene *scene,
        int64_t time_us, double value)
{
	int64_t second = floor_div(time_us, US_PER_S);
	if (!isnan(scene->mean))
		value = planted(scenario, channel, scene, time_us);
	if (!isnan(scene->set))
		value = scene->set;
	if (!isnan(scene->noise))
		value += scene->noise *
		         scenario_chance(channel->seed ^ scene->seed, second);
	if (!isnan(scene->multiply))
		value *= scene->multiply;
	return isnan(scene->add) ? value : value + scene->add;
}

static double finished(const struct scenario_channel *channel, double value)
{
	if (value < channel->low)
		value = channel->low;
	if (value > channel->high)
		value = channel->high;
	if (channel->decimals < 0)
		return value;
	double per_unit = pow(10, (double)channel->decimals);
	return round(value * per_unit) / per_unit;
}

double scenario_value(const struct scenario *scenario,
        const struct scenario_instrument *instrument, size_t c, int64_t time_us)
{
	const struct scenario_channel *channel = &instrument->of_profile[c];
	double every_s = instrument->profile->channel[c].about.result_every_s;
	/* an analyser shows its last result until the next; others are read as they are
	 */
	if (instrument->profile->n_fresh > 0 && every_s > 0)
		time_us = floor_div(time_us, (int64_t)(every_s * 1e6)) *
		          (int64_t)(every_s * 1e6);
	double value =
	        channel->replay.n > 0
	                ? replayed(&channel->replay, time_us - scenario->start_us)
	                : channel->mean + swing(scenario, channel, time_us);
	for (size_t i = 0; i < channel->n_scenes; i++)
		if (scenario_scene_now(scenario, channel->scene[i], time_us))
			value = played(
			        scenario, channel, channel->scene[i], time_us, value);
	return isnan(value) ? NAN : finished(channel, value);
}
