/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line that goes and comes: CLOSED, being opened, up; and the times it takes to say
 * something. */
#include <stdio.h>
#include <string.h>

#include "sensors/poller/poller_parts.h"

int64_t bus_us(const struct bus *bus, size_t characters)
{
	if (bus->setting->path[0] == '\0')
		return 0;
	return (int64_t)(line_seconds(&bus->setting->line, characters) * 1e6);
}

/* Silence before a request: 3.5 characters at least (Modbus over serial line 1.02,
 * 2.5.1.1). */
int64_t bus_gap_us(const struct bus *bus)
{
	int64_t gap = bus_us(bus, 7) / 2;
	return gap > QUIET_LEAST ? gap : QUIET_LEAST;
}

void bus_hold(struct bus *bus, int64_t until_us)
{
	if (bus->quiet_us < until_us)
		bus->quiet_us = until_us;
}

void bus_rest(struct bus *bus)
{
	bus->state = RESTING;
	bus->busy = NULL;
}

void bus_down(struct poller *poller, struct bus *bus, const char *why,
        const struct moment *now)
{
	char text[sizeof bus->reason]; /* longer ones would never be the same */
	errand_cut(poller, bus, now);
	bus->port->close(bus->port);
	bus->state = CLOSED;
	bus->opening = false;
	bus->busy = NULL;
	framer_clear(&bus->framer);
	snprintf(text, sizeof text, "%s; trying again", why);
	bus_told(poller, bus, false, text, now);
	bus->next_us = now->mono_us + bus->back_off_us;
	bus->back_off_us *= 2;
	if (bus->back_off_us > BACK_OFF_MOST)
		bus->back_off_us = BACK_OFF_MOST;
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		device->cut = true;
		if (device->polling)
			device_publish(poller, device, now);
		device->driver->begin(device->state, &device->setting->instrument);
	}
}

/* One that opened before and never gave an answer is told to be open when it gives
 * one, unless it was not there at all meanwhile. */
static void bus_up(struct poller *poller, struct bus *bus, const struct moment *now)
{
	bus->opening = false;
	bus->quiet_us = now->mono_us + bus_gap_us(bus);
	framer_clear(&bus->framer);
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		device->cut = false;
		device->counts.reconnects += bus->opened;
		if (device->framer != NULL)
			framer_clear(device->framer);
	}
	bus->opened = true;
	if (bus->missing) { /* plugged in again: who was dead before may have been the cable */
		bus->missing = bus->fruitless = false;
		bus_wake(bus, now->mono_us);
	}
	if (!bus->fruitless)
		bus_told(poller, bus, true, "open", now);
}

/* Messages about a port begin with its name, and so does what is told of it. */
static const char *without_name(const struct bus *bus, const char *text)
{
	char name[64];
	int n = snprintf(name, sizeof name, "port %s: ", bus->setting->id);
	return strncmp(text, name, (size_t)n) == 0 ? text + n : text;
}

static void bus_open(struct poller *poller, struct bus *bus, const struct moment *now)
{
	struct problem why = { .text = "" };
	bus->port->reason = NULL;
	int status = bus->port->open(bus->port, &why);
	/* an adapter that is pulled out is looked for every second, however long that
	 * takes: it is back at once when somebody plugs it in */
	if (status == NOT_FOUND) {
		bus->back_off_us = BACK_OFF_LEAST;
		bus->missing = true;
	}
	if (status != OK) {
		bus_down(poller, bus, without_name(bus, why.text), now);
		return;
	}
	bus_rest(bus);
	bus->opening = true;
	bus->answered = bus->stale = false;
	bus->in_window = 0;
	bus->full = 0;
	bus->deadline_us = now->mono_us + CONNECT_MOST;
}

/* A port whose events are POLLIN is connected. */
void bus_opening(struct poller *poller, struct bus *bus, const struct moment *now)
{
	uint8_t none[1];
	if (!(bus->port->events(bus->port) & POLLIN)) {
		int n = bus->port->read(bus->port, none, 0, false);
		if (n < 0 || now->mono_us >= bus->deadline_us) {
			const char *why = bus->port->reason;
			bus_down(poller, bus, why != NULL ? why : "cannot be reached",
			        now);
			return;
		}
	}
	if (bus->port->events(bus->port) & POLLIN) {
		bus_up(poller, bus, now);
		return;
	}
	for (size_t i = 0; i < bus->n; i++)
		if (bus->device[i]->next_us <= now->mono_us && !bus->device[i]->polling)
			device_pass(poller, bus->device[i], now);
}

/* While a line is closed, its instruments are silent. */
void bus_closed(struct poller *poller, struct bus *bus, const struct moment *now)
{
	if (now->mono_us >= bus->next_us)
		bus_open(poller, bus, now);
	for (size_t i = 0; bus->state == CLOSED && i < bus->n; i++) {
		if (bus->device[i]->next_us > now->mono_us)
			continue;
		device_begin(bus->device[i], now);
		device_publish(poller, bus->device[i], now);
	}
}
