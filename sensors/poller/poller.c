/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/poller/poller.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/poller/poller_parts.h"

#define MOST_MS 1000 /* so that a step that comes late is seen to (STALL_US) */

static int device_init(struct device *device, const struct station_instrument *setting)
{
	size_t tries = (size_t)setting->retries + 1, frames;
	device->setting = setting;
	device->driver = setting->profile->driver;
	device->period_us = (int64_t)(setting->poll_every_s * 1e6);
	device->timeout_us = (int64_t)(setting->timeout_s * 1e6);
	frames = device->driver->frames_most > 0 ? device->driver->frames_most : 1;
	device->exchange_room = setting->profile->n_blocks * tries * frames *
	                        (device->driver->frame_most + 8);
	bool heard = !driver_asks(&setting->instrument);
	if (heard && device->exchange_room < HEARD_ROOM)
		device->exchange_room = HEARD_ROOM;
	device->exchange = malloc(device->exchange_room);
	device->owed.state_size = driver_state_size(&setting->instrument);
	device->state = calloc(1, device->owed.state_size);
	if (heard) {
		device->framer = malloc(sizeof *device->framer);
		device->heard = malloc(FRAME_MOST);
		if (device->framer == NULL || device->heard == NULL)
			return FAILED;
		framer_init(device->framer);
	}
	if (device->exchange == NULL || device->state == NULL)
		return FAILED;
	if (settings_any(setting->profile)) {
		device->settings = malloc(sizeof *device->settings);
		if (device->settings == NULL)
			return FAILED;
		settings_begin(device->settings, setting->profile);
	}
	if (loops_any(setting)) {
		device->loop = calloc(setting->profile->n_channels, 1);
		if (device->loop == NULL)
			return FAILED;
	}
	device->driver->begin(device->state, &setting->instrument);
	return OK;
}

static int bus_init(struct poller *poller, size_t i)
{
	struct bus *bus = &poller->bus[i];
	bus->setting = &poller->station->port[i].setting;
	bus->back_off_us = BACK_OFF_LEAST;
	framer_init(&bus->framer);
	if (poller->hooks.port != NULL)
		bus->port = poller->hooks.port(poller->hooks.context, i, bus->setting);
	else
		bus->port = port_new(bus->setting);
	return bus->port != NULL ? OK : FAILED;
}

/* [3 + OWED_MOST] states in whole units of the widest alignment. */
static size_t owed_size(const struct device *device)
{
	size_t widest = sizeof(max_align_t);
	size_t bytes = (3 + OWED_MOST) * device->owed.state_size;
	return (bytes + widest - 1) / widest * widest;
}

/* One piece for all: what of it is never needed is never taken from the system. */
static int owed_init(struct poller *poller)
{
	size_t room = 1;
	for (size_t i = 0; i < poller->n_devices; i++)
		room += owed_size(&poller->device[i]);
	uint8_t *next = poller->owed_room = calloc(1, room);
	if (next == NULL)
		return FAILED;
	for (size_t i = 0; i < poller->n_devices; i++) {
		poller->device[i].owed.state = next;
		next += owed_size(&poller->device[i]);
	}
	return OK;
}

static int fill(struct poller *poller)
{
	const struct station *station = poller->station;
	struct device **next = poller->order;
	for (size_t i = 0; i < station->n_instruments; i++) {
		poller->device[i].number = i;
		if (device_init(&poller->device[i], &station->instrument[i]) != OK)
			return FAILED;
	}
	if (owed_init(poller) != OK)
		return FAILED;
	for (size_t i = 0; i < station->n_ports; i++) {
		struct bus *bus = &poller->bus[i];
		if (bus_init(poller, i) != OK)
			return FAILED;
		bus->device = next;
		for (size_t k = 0; k < station->n_instruments; k++)
			if (station->instrument[k].port_index == i) {
				bus->device[bus->n++] = &poller->device[k];
				bus->heard |= poller->device[k].framer != NULL;
			}
		next += bus->n;
	}
	return OK;
}

struct poller *poller_new(
        const struct station *station, const struct poller_hooks *hooks)
{
	struct poller *poller = calloc(1, sizeof *poller);
	if (poller == NULL)
		return NULL;
	poller->station = station;
	poller->hooks = *hooks;
	poller->n_buses = station->n_ports;
	poller->n_devices = station->n_instruments;
	poller->bus = calloc(station->n_ports + 1, sizeof *poller->bus);
	poller->device = calloc(station->n_instruments + 1, sizeof *poller->device);
	poller->order = calloc(station->n_instruments + 1, sizeof(struct device *));
	if (poller->bus == NULL || poller->device == NULL || poller->order == NULL ||
	        fill(poller) != OK) {
		poller_free(poller);
		return NULL;
	}
	return poller;
}

void poller_free(struct poller *poller)
{
	if (poller == NULL)
		return;
	for (size_t i = 0; poller->bus != NULL && i < poller->n_buses; i++)
		if (poller->bus[i].port != NULL)
			poller->bus[i].port->free(poller->bus[i].port);
	for (size_t i = 0; poller->device != NULL && i < poller->n_devices; i++) {
		free(poller->device[i].exchange);
		free(poller->device[i].state);
		free(poller->device[i].settings);
		free(poller->device[i].loop);
		free(poller->device[i].framer);
		free(poller->device[i].heard);
	}
	free(poller->owed_room);
	free(poller->bus);
	free(poller->device);
	free(poller->order);
	free(poller);
}

void poller_describe(struct poller *poller, size_t instrument, const uint8_t hash[32])
{
	memcpy(poller->device[instrument].hash, hash, 32);
}

size_t poller_descriptors(struct poller *poller, struct pollfd *out, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; i < poller->n_buses; i++) {
		struct bus *bus = &poller->bus[i];
		int descriptor =
		        bus->state != CLOSED ? bus->port->descriptor(bus->port) : -1;
		bus->slot = SIZE_MAX;
		if (descriptor < 0 || n == room || bus_read_us(bus) != 0)
			continue;
		out[n] = (struct pollfd){ .fd = descriptor,
			.events = bus->port->events(bus->port) };
		bus->slot = n++;
	}
	return n;
}

int poller_wait_ms(const struct poller *poller, const struct moment *now)
{
	int64_t next = now->mono_us + INT64_C(1000) * MOST_MS;
	if (!poller->started)
		return 0;
	for (size_t i = 0; i < poller->n_buses; i++) {
		const struct bus *bus = &poller->bus[i];
		int64_t bus_us = bus_next_us(bus);
		bool sends =
		        bus->state == ASKING ||
		        (bus->state == WRITING && bus->written < bus->errand->size);
		bool look = bus->opening || (sends && bus->quiet_us <= now->mono_us);
		if (look && bus_us < now->mono_us + LOOK_US)
			bus_us = now->mono_us + LOOK_US;
		if (bus_us < next)
			next = bus_us;
	}
	if (next <= now->mono_us)
		return 0;
	return (int)((next - now->mono_us + 999) / 1000);
}

void poller_step(struct poller *poller, const struct pollfd *fds, size_t n,
        const struct moment *now)
{
	if (!poller->started) {
		for (size_t i = 0; i < poller->n_devices; i++) {
			struct device *device = &poller->device[i];
			device->due_us = device->next_us = now->mono_us;
			if (device->framer != NULL && device->driver->every_frame)
				device->due_us += device->period_us;
		}
		poller->started = true;
	} else if (now->mono_us - poller->stepped.mono_us > STALL_US) {
		poller_stalled(poller, now);
	}
	poller->stepped = *now;
	for (size_t i = 0; i < poller->n_buses; i++) {
		struct bus *bus = &poller->bus[i];
		short revents = n > 0 && bus->slot < n ? fds[bus->slot].revents : 0;
		bus_step(poller, bus, revents, now);
	}
}

const struct poller_counts *poller_counts(
        const struct poller *poller, size_t instrument)
{
	return &poller->device[instrument].counts;
}

const struct poller_blame *poller_blame(const struct poller *poller, size_t instrument)
{
	return &poller->device[instrument].blame;
}

bool poller_tries(const struct poller *poller, size_t instrument)
{
	return poller->device[instrument].trials.asked != 0;
}

bool poller_port_up(const struct poller *poller, size_t port)
{
	return poller->bus[port].state != CLOSED && !poller->bus[port].opening;
}

int poller_port_descriptor(const struct poller *poller, size_t port)
{
	struct port *one = poller->bus[port].port;
	return poller_port_up(poller, port) ? one->descriptor(one) : -1;
}
