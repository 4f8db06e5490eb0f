/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the poller took for an answer, held against what the instrument really said. */
#include "tests/prove/faults_world.h"

#include <math.h>
#include <string.h>

#include "sensors/simulator/simulate.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

/* What these bytes are to block b; whether they are a sound answer. */
static bool sorted(const struct instrument *instrument, size_t b, const uint8_t *bytes,
        size_t n, struct came_all *out)
{
	static uint8_t kept[FRAME_MOST + 16];
	struct exchange exchange = {
		.block = (uint16_t)b, .size = (uint16_t)n, .bytes = bytes
	};
	struct exchanges one = { .n = 1, .bytes = kept };
	one.size = (size_t)exchange_put(&exchange, kept, sizeof kept);
	values_sort(instrument, &one, out);
	return out->block[b].state == STATE_OK;
}

static bool answers(
        const struct instrument *instrument, size_t b, const uint8_t *bytes, size_t n)
{
	static struct came_all came;
	return sorted(instrument, b, bytes, n, &came);
}

/* The last request of this poll whose true answer would be one to block b. */
static const struct faults_said *truth(
        const struct faults_world *world, size_t i, size_t b)
{
	const struct instrument *instrument = &world->station->instrument[i].instrument;
	const struct faults_asked *asked = &world->asked[i];
	for (size_t k = asked->n; k-- > 0;)
		if (answers(instrument, b, asked->said[k].said, asked->said[k].n))
			return &asked->said[k];
	return NULL;
}

static bool same(const struct came *came, const uint8_t *bytes, size_t n)
{
	return came->frame_size == n && memcmp(came->frame, bytes, n) == 0;
}

/* Whoever is not asked: one of the last things that it said. */
static const struct faults_said *spoken(
        const struct faults_world *world, size_t i, const struct came *came)
{
	const struct faults_asked *asked = &world->asked[i];
	for (size_t k = asked->n; k-- > 0;)
		if (same(came, asked->said[k].said, asked->said[k].n) ||
		        same(came, asked->said[k].came, asked->said[k].n_came))
			return &asked->said[k];
	return NULL;
}

/* Whether two answers to block b say the same numbers (one may write them otherwise). */
static bool same_numbers(const struct instrument *instrument, size_t b,
        const struct came *came, const struct faults_said *said)
{
	static struct came_all true_came;
	const struct profile *profile = instrument->profile;
	if (said == NULL || !sorted(instrument, b, said->said, said->n, &true_came))
		return false;
	for (size_t c = 0; c < profile->n_channels; c++) {
		double value = NAN, true_value = NAN;
		if (profile->channel[c].tag.block_index != b)
			continue;
		bool has = profile->driver->number(instrument, came, c, &value);
		if (has != profile->driver->number(
		                   instrument, &true_came.block[b], c, &true_value) ||
		        (has && value != true_value))
			return false;
	}
	return true;
}

/* Whether a usable value of block b came with the reading. */
static bool has_value(
        const struct profile *profile, const struct reading_parts *parts, size_t b)
{
	for (size_t c = 0; c < parts->n_channels; c++)
		if (profile->channel[c].tag.block_index == b &&
		        isfinite(parts->value[c]))
			return true;
	return false;
}

static bool value_true(
        const struct faults_world *world, size_t i, size_t c, double value)
{
	const struct scenario_instrument *one = &world->twin->instrument[i];
	double off = 0.5001 * pow(10, -(double)one->profile->channel[c].decimals);
	for (size_t k = 0; k < world->asked[i].n; k++)
		if (fabs(scenario_value(
		                 world->twin, one, c, world->asked[i].said[k].time_us) -
		            value) <= off)
			return true;
	return false;
}

/* The same for answers that are put together of several: each value is what the instrument
 * measured at some request of this poll, to half of its last decimal. */
static void judge_values(
        struct faults_world *world, size_t i, const struct reading_parts *parts)
{
	bool right = true;
	for (size_t c = 0; c < parts->n_channels; c++)
		right &= !isfinite(parts->value[c]) ||
		         value_true(world, i, c, parts->value[c]);
	if (!right && world->says_other)
		world->tally[i].admitted++;
	else
		world->tally[i].wrong += !right;
}

static bool said_before(
        const struct faults_world *world, size_t i, const struct came *came)
{
	const struct faults_asked *asked = &world->asked[i];
	bool found = false;
	for (size_t k = 0; k < FAULTS_BEFORE; k++)
		found |= same(came, world->before[i][k].said, world->before[i][k].n);
	for (size_t k = 0; k < asked->n; k++)
		found |= same(came, asked->said[k].said, asked->said[k].n);
	return found;
}

/* What it said to an earlier request, or another one to his, and nothing in an answer says which
 * that is. */
static bool is_stale(const struct faults_world *world, const struct came *came)
{
	return world->kind->lacks & NO_TIE &&
	       (said_before(world, 0, came) || said_before(world, 1, came));
}

/* Whether the reading marks that it is not to be trusted. */
static bool is_marked(const struct reading_parts *parts)
{
	for (size_t c = 0; c < parts->n_channels; c++)
		if (parts->state[c] != STATE_OK && parts->state[c] != STATE_UNCHANGED)
			return true;
	return false;
}

void faults_judge(
        struct faults_world *world, size_t i, const struct reading_parts *parts)
{
	const struct instrument *instrument = &world->station->instrument[i].instrument;
	static struct came_all came;
	struct exchanges exchanges = { .n = parts->n_exchanges,
		.size = parts->exchanges_size,
		.bytes = parts->exchanges };
	if (world->kind->lacks & IN_PIECES) {
		judge_values(world, i, parts);
		return;
	}
	values_sort(instrument, &exchanges, &came);
	for (size_t b = 0; b < instrument->profile->n_blocks; b++) {
		if (came.block[b].state != STATE_OK ||
		        !has_value(instrument->profile, parts, b))
			continue;
		const struct faults_said *said =
		        world->speaks ? spoken(world, i, &came.block[b])
		                      : truth(world, i, b);
		if (said != NULL &&
		        (same(&came.block[b], said->said, said->n) ||
		                same_numbers(instrument, b, &came.block[b], said)))
			continue;
		if ((said != NULL && same(&came.block[b], said->came, said->n_came)) ||
		        is_stale(world, &came.block[b])) {
			world->tally[i].admitted++;
			world->tally[i].marked += is_marked(parts);
		} else {
			world->tally[i].wrong++;
		}
	}
}
