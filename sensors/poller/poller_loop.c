/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Current loops of an instrument: each is told when its current begins to say that it is broken, or that
 * its transmitter is, and when it does no longer. */
#include <math.h>
#include <stdio.h>

#include "base/json.h"
#include "base/log.h"
#include "sensors/poller/poller_parts.h"
#include "sensors/tables/analog.h"

#define LOOPS_AT_ONCE 32 /* a module has many, and all begin at one time */

enum { LOOP_NOTHING, LOOP_UP, LOOP_LOW, LOOP_HIGH };

static uint8_t loop_of(double mA)
{
	static const uint8_t loop[] = { LOOP_LOW, LOOP_UP, LOOP_HIGH };
	return loop[analog_fault(mA) + 1];
}

static void put(double mA, uint8_t is, char *out, size_t room)
{
	char current[32], low[32], high[32];
	snprintf(current, sizeof current, "%.5g", mA);
	number_print(ANALOG_FAULT_LOW, low);
	number_print(ANALOG_FAULT_HIGH, high);
	if (is == LOOP_LOW)
		snprintf(out, room,
		        "current %s mA, below %s mA: check the loop and its "
		        "transmitter",
		        current, low);
	else if (is == LOOP_HIGH)
		snprintf(out, room,
		        "current %s mA, above %s mA: check the loop and its "
		        "transmitter",
		        current, high);
	else
		snprintf(out, room, "current %s mA", current);
}

/* That it is well is no news at the start: recorded, since nobody knows what was told before. */
static void loop_told(struct poller *poller, struct device *device, size_t i, double mA)
{
	const char *id = device->setting->id;
	const char *channel = station_channel_name(device->setting, i);
	const struct moment *when =
	        device->has_first ? &device->first : &device->started;
	uint8_t is = loop_of(mA), was = device->loop[i];
	char subject[160], text[160];
	if (is == was ||
	        !purse_spend(&device->loop_purse, LOOPS_AT_ONCE, when->mono_us))
		return;
	device->loop[i] = is;
	put(mA, is, text, sizeof text);
	snprintf(subject, sizeof subject, "loop %s/%s", id, channel);
	struct state_event event = {
		.subject = subject, .state = is == LOOP_UP ? "up" : "down", .text = text
	};
	if (is != LOOP_UP || was != LOOP_NOTHING)
		log_line(is == LOOP_UP ? LOG_INFO : LOG_WARN, "%s: %s", subject, text);
	if (poller->hooks.state != NULL)
		poller->hooks.state(poller->hooks.context, when, &event);
}

bool loops_any(const struct station_instrument *setting)
{
	for (size_t i = 0; i < setting->profile->n_channels; i++)
		if (setting->instrument.setting[i].signal == SIGNAL_4_20_MA)
			return true;
	return false;
}

void device_loops(
        struct poller *poller, struct device *device, const struct exchanges *exchanges)
{
	double mA[READING_CHANNELS];
	if (device->loop == NULL)
		return;
	values_currents(&device->setting->instrument, exchanges, mA);
	for (size_t i = 0; i < device->setting->profile->n_channels; i++)
		if (isfinite(mA[i]))
			loop_told(poller, device, i, mA[i]);
}
