/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/simulator/simulate_way.h"

#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/coil.h"

#define ILLEGAL_ADDRESS 2

/* The instrument as it is on its line, at another address if it was renumbered. */
struct instrument simulate_renumbered(
        const struct scenario_instrument *instrument, const char *renumbered)
{
	struct instrument who = instrument->instrument;
	if (renumbered == NULL)
		return who;
	who.address = renumbered;
	who.slave = (uint8_t)strtol(renumbered, NULL, 10);
	return who;
}

/* Length of what starts at in[0], if it writes a coil of this instrument. */
static int writes_coil(const struct scenario_instrument *instrument,
        const struct instrument *who, const uint8_t *in, size_t n,
        struct modbus_write *write)
{
	if (instrument->coils == 0)
		return FRAME_NONE;
	int used = modbus_write_get(who->framing, in, n, write);
	bool ours = write->function == WRITE_COIL && write->slave == who->slave;
	return used > 0 && !ours ? FRAME_NONE : used;
}

/* A module has so many coils, counted from 0. */
static size_t say_written(const struct scenario_instrument *instrument,
        const struct instrument *who, const struct modbus_write *write, uint8_t *out)
{
	bool there = write->address < instrument->coils;
	int size =
	        modbus_write_say(who->framing, write, there ? 0 : ILLEGAL_ADDRESS, out);
	return size > 0 ? (size_t)size : 0;
}

/* Turn over so many different bits, wherever chance has it. */
static void flip(uint64_t seed, int flips, uint8_t *bytes, size_t n)
{
	uint8_t turned[FRAME_MOST] = { 0 };
	if ((size_t)flips > 8 * n)
		flips = (int)(8 * n);
	for (uint64_t k = 0; flips > 0; k++) {
		size_t bit = (size_t)(scenario_random(seed, k) % (8 * n));
		uint8_t one = (uint8_t)(1 << bit % 8);
		if (turned[bit / 8] & one)
			continue;
		turned[bit / 8] |= one;
		bytes[bit / 8] ^= one;
		flips--;
	}
}

void simulate_spoil(const struct scenario_condition *now, uint8_t *bytes, size_t n)
{
	for (size_t i = 0; now->garbage && i < n; i++)
		bytes[i] = (uint8_t)scenario_random(now->seed, i);
	if (n > 0)
		flip(now->seed, now->flips, bytes, n);
}

/* What an instrument of the scenario is to say at a time. */
static size_t say_of(const struct scenario *scenario,
        const struct scenario_instrument *instrument, const uint8_t *in, size_t n,
        int64_t time_us, struct simulated *out)
{
	double value[READING_CHANNELS];
	uint8_t state[READING_CHANNELS];
	for (size_t c = 0; c < instrument->profile->n_channels; c++) {
		value[c] = scenario_shown(scenario, instrument, c, time_us);
		state[c] = scenario_state(scenario, instrument, c, time_us);
	}
	struct instrument who =
	        simulate_renumbered(instrument, out->condition.renumbered);
	struct modbus_write write;
	if (n > 0 && out->condition.exception == 0 &&
	        writes_coil(instrument, &who, in, n, &write) > 0)
		return say_written(instrument, &who, &write, out->bytes);
	struct speech speech = {
		.instrument = &who,
		.value = value,
		.state = state,
		.time_us = time_us,
		.exception = out->condition.exception,
		.other_order = out->condition.other_order,
	};
	return instrument->profile->driver->say(&speech, in, n, out->bytes, FRAME_MOST);
}

static void answer_of(const struct scenario *scenario,
        const struct scenario_instrument *instrument, const uint8_t *in, size_t n,
        int64_t time_us, struct simulated *out)
{
	struct scenario_condition now =
	        scenario_condition(scenario, instrument, time_us);
	*out = (struct simulated){ .instrument = instrument, .condition = now };
	out->delay_us = (int64_t)(instrument->delay_s * 1e6) + now.late_us;
	out->hang_up = now.hang_up;
	if (now.silent || now.cable || now.hang_up || now.babble)
		return;
	out->size = say_of(scenario, instrument, in, n, time_us, out);
	simulate_spoil(&now, out->bytes, out->size);
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
		struct scenario_condition now =
		        scenario_condition(scenario, instrument, time_us);
		struct instrument who = simulate_renumbered(instrument, now.renumbered);
		int used = driver->request(&who, in, n);
		struct modbus_write write;
		if (used == FRAME_NONE)
			used = writes_coil(instrument, &who, in, n, &write);
		if (used > 0) {
			answer_of(scenario, instrument, in, (size_t)used, time_us, out);
			return used;
		}
		if (used == FRAME_SHORT)
			found = FRAME_SHORT;
	}
	int used = simulate_command(scenario, port, in, n, time_us, out);
	return used != FRAME_NONE ? used : found;
}

bool simulate_babbles(const struct scenario *scenario, size_t port, int64_t time_us,
        uint8_t *out, size_t n)
{
	for (size_t i = 0; i < scenario->n_instruments; i++) {
		const struct scenario_instrument *one = &scenario->instrument[i];
		struct scenario_condition now =
		        scenario_condition(scenario, one, time_us);
		if (one->port != port || !now.babble)
			continue;
		for (size_t k = 0; k < n; k++)
			out[k] = (uint8_t)scenario_random(now.seed, k);
		return true;
	}
	return false;
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
