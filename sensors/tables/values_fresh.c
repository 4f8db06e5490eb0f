/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results of slow analysers: each is told once, by a mark that changes with it or by its own number. */
#include <math.h>
#include <string.h>

#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

/* A channel takes a result once.  Whose value did not come, or was void when the mark was new,
 * takes it from a later poll. */
static void take_results(const struct profile *profile,
        const struct profile_fresh *fresh, uint8_t *taken, struct decoded *out)
{
	for (size_t i = 0; i < profile->n_channels; i++) {
		if (!map_covers(fresh->covers, i) ||
		        !channel_state_measured(out->state[i]))
			continue;
		if (map_covers(taken, i)) {
			out->state[i] = STATE_UNCHANGED;
			out->value[i] = NAN;
		}
		taken[i / 8] |= (uint8_t)(1 << i % 8);
	}
}

#define HELD_PART 0.99 /* of result_every: a poll may come a little early */

/* Whether channel i shows the result it was told with, and the next is not yet due. */
static bool is_held(
        const struct told_result *told, double value, int64_t past_us, double wait_us)
{
	return told->known && told->value == value && (double)past_us < wait_us;
}

/* No counter tells results apart: the same number is the same result until the next is due. */
static void hold_results(
        const struct profile *profile, struct fresh *seen, struct decoded *out)
{
	for (size_t i = 0; i < profile->n_channels; i++) {
		struct told_result *told = &seen->told[i];
		double wait_us =
		        HELD_PART * 1e6 * profile->channel[i].about.result_every_s;
		if (!profile->channel[i].holds_result ||
		        !channel_state_measured(out->state[i]))
			continue;
		if (is_held(told, out->value[i], seen->now_us - told->time_us,
		            wait_us)) {
			out->state[i] = STATE_UNCHANGED;
			out->value[i] = NAN;
		} else {
			*told = (struct told_result){ true, out->value[i],
				seen->now_us };
		}
	}
}

void values_fresh(const struct instrument *instrument, const struct came_all *came,
        struct fresh *seen, struct decoded *out)
{
	const struct profile *profile = instrument->profile;
	for (size_t k = 0; k < profile->n_fresh; k++) {
		const struct profile_fresh *fresh = &profile->fresh[k];
		const struct came *block = &came->block[fresh->block_index];
		uint8_t mark[FRESH_SIZE];
		if (block->state != STATE_OK)
			continue;
		size_t n = profile->driver->mark(instrument, block, fresh, mark);
		if (n == 0)
			continue;
		if (seen->size[k] != n || memcmp(seen->mark[k], mark, n) != 0)
			memset(seen->taken[k], 0, sizeof seen->taken[k]);
		seen->size[k] = (uint8_t)n;
		memcpy(seen->mark[k], mark, n);
		take_results(profile, fresh, seen->taken[k], out);
	}
	hold_results(profile, seen, out);
}
