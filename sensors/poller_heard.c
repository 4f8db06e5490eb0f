/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line on which nobody is asked: its instruments speak by themselves, or another master asks
 * them.  All that comes is looked at by every instrument of the line; of each one reading a period
 * is taken, the first that is whole once it is due.
 */
#include <string.h>

#include "sensors/poller_parts.h"

/* Until when a reading is waited for. */
int64_t heard_deadline_us(const struct device *device)
{
	int64_t wait = device->timeout_us;
	if (device->driver->every_frame)
		wait += device->period_us / 2;
	return device->due_us + wait;
}

static void hear_bytes(
        struct bus *bus, const uint8_t *in, size_t n, const struct moment *now)
{
	for (size_t i = 0; i < bus->n; i++)
		framer_add(bus->device[i]->framer, in, n, now);
	size_t room = sizeof bus->came - bus->n_came;
	memcpy(bus->came + bus->n_came, in, n < room ? n : room);
	bus->n_came += n < room ? n : room;
}

/* An acknowledgement that does not go out whole is not sent again: the instrument will say its
 * reading once more. */
void bus_thanks(struct bus *bus, struct device *device)
{
	uint8_t out[FRAME_MOST];
	if (device->driver->thanks == NULL || device->setting->instrument.listen)
		return;
	size_t n = device->driver->thanks(device->state, out, sizeof out);
	if (n > 0)
		bus->port->write(bus->port, out, n);
}

static void keep(struct device *device, const uint8_t *frame, size_t n,
        const struct moment *first, const struct moment *now)
{
	if (!device->polling)
		device_begin(device, now);
	uint16_t block = device->driver->block(device->state);
	if (device->driver->kept != NULL)
		frame = device->driver->kept(device->state, &n);
	device_exchange(device, block, frame, n, first);
}

static void hear_frame(struct poller *poller, struct bus *bus, struct device *device,
        const struct moment *now)
{
	const uint8_t *frame;
	struct moment first;
	int n;
	while ((n = framer_next(device->framer, device->driver, device->state, &frame,
	                &first)) > 0) {
		bool wanted = device->driver->every_frame || device->polling ||
		              now->mono_us >= device->due_us;
		int what = device->driver->decode(device->state, frame, (size_t)n);
		bus_thanks(bus, device);
		if (what == NOT_USABLE)
			continue;
		bus_answered(poller, bus, now);
		device->counts.answers++;
		if (!wanted)
			continue;
		keep(device, frame, (size_t)n, &first, now);
		if (what != READING_DONE)
			continue;
		bus->n_came = 0;
		device_publish(poller, device, now);
	}
}

/* Nothing whole came in time: what did come is kept, for whoever looks for the fault. */
static void hear_nothing(struct poller *poller, struct bus *bus, struct device *device,
        const struct moment *now)
{
	if (!device->polling)
		device_begin(device, now);
	if (!device->has_first) {
		uint16_t block = device->driver->block(device->state);
		size_t n = bus->n_came;
		device_exchange(device, block, bus->came, n, NULL);
		if (n == 0)
			device->counts.timeouts++;
		else if (device->driver->fault != NULL &&
		         device->driver->fault(device->state, bus->came, n) ==
		                 FAULT_CHECKSUM)
			device->counts.checksum++;
		else
			device->counts.malformed++;
	}
	bus->n_came = 0;
	device->driver->begin(device->state, &device->setting->instrument);
	device_publish(poller, device, now);
}

static bool hear_port(
        struct poller *poller, struct bus *bus, bool readable, const struct moment *now)
{
	uint8_t in[512];
	for (int i = 0; i < 16; i++) {
		int n = bus->port->read(bus->port, in, sizeof in, readable);
		if (n == 0)
			return true;
		if (n > 0)
			hear_bytes(bus, in, (size_t)n, now);
		for (size_t k = 0; k < bus->n; k++)
			hear_frame(poller, bus, bus->device[k], now);
		if (n < 0) {
			bus_gone(poller, bus, now);
			return false;
		}
		readable = false;
	}
	return true;
}

void bus_hear(
        struct poller *poller, struct bus *bus, short revents, const struct moment *now)
{
	bool looked = bus->port->descriptor(bus->port) >= 0;
	if ((revents != 0 || !looked) && !hear_port(poller, bus, revents != 0, now))
		return;
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		uint64_t noise = device->framer->noise;
		device->counts.noise += noise;
		device->framer->noise = 0;
		if (now->mono_us >= heard_deadline_us(device))
			hear_nothing(poller, bus, device, now);
	}
}
