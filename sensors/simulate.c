/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/simulate.h"

#include <math.h>
#include <string.h>

/* What an instrument of the scenario is to say at a time. */
static size_t say_of(const struct scenario *scenario,
        const struct scenario_instrument *instrument, const uint8_t *in, size_t n,
        int64_t time_us, uint8_t *out)
{
	struct scenario_condition now =
	        scenario_condition(scenario, instrument, time_us);
	double value[READING_CHANNELS];
	uint8_t state[READING_CHANNELS];
	for (size_t c = 0; c < instrument->profile->n_channels; c++) {
		value[c] = scenario_value(scenario, instrument, c, time_us);
		state[c] = scenario_state(scenario, instrument, c, time_us);
	}
	struct speech speech = {
		.instrument = &instrument->instrument,
		.value = value,
		.state = state,
		.time_us = time_us,
		.exception = now.exception,
	};
	size_t size = instrument->profile->driver->say(&speech, in, n, out, FRAME_MOST);
	if (now.garbage && size > 0)
		out[size / 2] ^= 0x10;
	return size;
}

static void answer_of(const struct scenario *scenario,
        const struct scenario_instrument *instrument, const uint8_t *in, size_t n,
        int64_t time_us, struct simulated *out)
{
	struct scenario_condition now =
	        scenario_condition(scenario, instrument, time_us);
	*out = (struct simulated){ .instrument = instrument };
	out->delay_us = (int64_t)(instrument->delay_s * 1e6) + now.late_us;
	out->hang_up = now.hang_up;
	if (!now.silent && !now.cable && !now.hang_up)
		out->size = say_of(scenario, instrument, in, n, time_us, out->bytes);
}

int simulate_answer(const struct scenario *scenario, size_t port, const uint8_t *in,
        size_t n, int64_t time_us, struct simulated *out)
{
	int found = FRAME_NONE;
	for (size_t i = 0; i < scenario->n_instruments; i++) {
		const struct scenario_instrument *instrument = &scenario->instrument[i];
		const struct driver *driver = instrument->profile->driver;
		if (instrument->port != port || driver->request == NULL)
			continue;
		int used = driver->request(&instrument->instrument, in, n);
		if (used > 0) {
			answer_of(scenario, instrument, in, (size_t)used, time_us, out);
			return used;
		}
		if (used == FRAME_SHORT)
			found = FRAME_SHORT;
	}
	return found;
}

bool simulate_speaks(const struct scenario_instrument *instrument)
{
	return !driver_asks(&instrument->instrument);
}

int64_t simulate_speaks_next(
        const struct scenario_instrument *instrument, int64_t time_us)
{
	int64_t every_us = (int64_t)(instrument->every_s * 1e6);
	return (time_us / every_us + 1) * every_us;
}

void simulate_unasked(const struct scenario *scenario,
        const struct scenario_instrument *instrument, int64_t time_us,
        struct simulated *out)
{
	answer_of(scenario, instrument, NULL, 0, time_us, out);
}
