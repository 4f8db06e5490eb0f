/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nobody was there: the program was stopped, the machine slept (the clock counts on
 * meanwhile, base/clock.h), or it had too much to do.  What waits in a port then came
 * at a moment nobody knows.
 *
 *     asked    an answer that was not read by its deadline is late, whenever it came
 *     heard    what waits is dropped as noise; but where every message is kept and says
 *              when it was sampled, each is taken, at that time if it lies in between
 *
 * So a value is never recorded as fresher than it is by more than the time an answer
 * may take, or STALL_US on a line that is only heard.  A machine whose clocks stood
 * still too (a virtual one, paused) cannot know of it: its clock is put forward later,
 * which the records say.
 */
#include <string.h>

#include "base/log.h"
#include "sensors/poller/poller_parts.h"

/* Its poll ends with what it has: that the rest is missing says nothing of the
 * instrument. */
void device_cut(struct poller *poller, struct device *device, const struct moment *now)
{
	if (!device->polling)
		device_begin(device, now);
	device->driver->begin(device->state, &device->setting->instrument);
	device->cut = true;
	device_publish(poller, device, now);
	device->cut = false;
}

/* When it should have gone on with its poll. */
static int64_t goes_on_us(const struct bus *bus, const struct device *device)
{
	return bus->busy == device && bus->state == LISTENING ? bus->deadline_us
	                                                      : device->next_us;
}

static void stall_asked(
        struct poller *poller, struct bus *bus, const struct moment *now)
{
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		if (!device->polling ||
		        now->mono_us - goes_on_us(bus, device) < UNSEEN_US)
			continue;
		if (bus->busy == device) {
			if (bus->state == LISTENING && bus->request_size > 0)
				bus_count_missed(bus, device);
			bus_unanswered(bus, device, now);
			bus_rest(bus);
		}
		device_cut(poller, device, now);
	}
}

static void stall_heard(
        struct poller *poller, struct bus *bus, const struct moment *now)
{
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		if (device->driver->every_frame)
			continue;
		device->counts.noise += framer_clear(device->framer);
		device->n_heard = 0;
		device->unpaired = (struct unpaired){ 0 };
		if (device->polling || now->mono_us >= heard_deadline_us(device))
			device_cut(poller, device, now);
		else
			device->driver->begin(
			        device->state, &device->setting->instrument);
	}
}

void poller_stalled(struct poller *poller, const struct moment *now)
{
	log_seldom(LOG_WARN, "stall",
	        "nothing was read for %.1f s (stopped, asleep, or too much to do): "
	        "what came meanwhile is not taken for new",
	        (double)(now->mono_us - poller->stepped.mono_us) / 1e6);
	for (size_t i = 0; i < poller->n_buses; i++) {
		struct bus *bus = &poller->bus[i];
		if (bus->state == CLOSED || bus->opening)
			continue;
		bus->stale = true;
		bus->away = poller->stepped;
		if (bus->heard)
			stall_heard(poller, bus, now);
		else
			stall_asked(poller, bus, now);
	}
}

/* When one that came meanwhile says that it was sampled, where that lies in between: of
 * its channels the newest, for an analyser may have taken its own long before. */
void stall_moment(
        const struct bus *bus, const struct decoded *decoded, struct moment *when)
{
	int64_t most_us = when->mono_us - bus->away.mono_us, back_us = most_us + 1;
	for (size_t i = 0; bus->stale && i < decoded->n_sampled; i++) {
		int64_t ago_us = when->time_us - decoded->sampled_us[i];
		if (ago_us >= 0 && ago_us < back_us)
			back_us = ago_us;
	}
	if (back_us > most_us)
		return;
	when->time_us -= back_us;
	when->mono_us -= back_us;
}
