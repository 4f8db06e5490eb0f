/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose turn it is on a line, and what one that does not answer may cost the others: nothing. */
#include "sensors/poller_parts.h"

struct device *next_device(const struct bus *bus)
{
	struct device *found = NULL;
	for (size_t i = 0; i < bus->n; i++)
		if (found == NULL || bus->device[i]->next_us < found->next_us)
			found = bus->device[i];
	return found;
}

int64_t timeout_of(const struct device *device)
{
	const struct profile *profile = device->setting->profile;
	uint16_t block = device->driver->block(device->state);
	int64_t wait = device->driver->wait_us != NULL
	                       ? device->driver->wait_us(device->state)
	                       : 0;
	if (wait > 0)
		return wait;
	double own = block < profile->n_blocks ? profile->block[block].timeout_s : 0;
	return own > 0 ? (int64_t)(own * 1e6) : device->timeout_us;
}

static bool is_suspect(const struct device *device)
{
	return device->misses > 0 || device->tries > 0;
}

/* When the next poll of an instrument that answers is due, beside this one. */
static int64_t others_due_us(const struct bus *bus, const struct device *device)
{
	int64_t due_us = INT64_MAX;
	for (size_t i = 0; i < bus->n; i++)
		if (bus->device[i] != device && !is_suspect(bus->device[i]) &&
		        bus->device[i]->next_us < due_us)
			due_us = bus->device[i]->next_us;
	return due_us;
}

/* Request, its time to answer, and the silence behind. */
static int64_t cost_us(const struct bus *bus, const struct device *device)
{
	return timeout_of(device) + bus_us(bus, 2 * MODEST_REQUEST) + bus_gap_us(bus);
}

static bool fits(const struct bus *bus, const struct device *device, int64_t now_us)
{
	int64_t due_us = others_due_us(bus, device);
	return due_us == INT64_MAX || due_us - now_us >= cost_us(bus, device);
}

struct device *device_turn(struct bus *bus, const struct moment *now)
{
	int64_t now_us = now->mono_us;
	for (size_t i = 0; i <= bus->n; i++) {
		struct device *device = next_device(bus);
		if (device == NULL || device->next_us > now_us)
			return NULL;
		bool waited =
		        device->held_us != 0 && now_us - device->held_us >= HELD_MOST;
		if (!is_suspect(device) || waited || fits(bus, device, now_us)) {
			device->held_us = 0;
			return device;
		}
		if (device->held_us == 0)
			device->held_us = now_us;
		int64_t due_us = others_due_us(bus, device);
		device->next_us = (due_us > now_us ? due_us : now_us) + 1;
	}
	return NULL;
}
