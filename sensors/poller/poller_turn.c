/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose turn it is on a line, and what one that does not answer may cost the others:
 * nothing. */
#include "sensors/poller/poller_parts.h"

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

static bool is_dead(const struct device *device)
{
	return device->misses >= STRIKES;
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

/* What it takes of the line if it does not answer: request, its time to answer, an
 * answer that begins in the last moment, and the silence behind. */
static int64_t cost_us(const struct bus *bus, const struct device *device)
{
	int64_t again_us = device->owed.n > 0 ? device->took_us : 0;
	return timeout_of(device) + bus_us(bus, MODEST_REQUEST) +
	       bus_answer_us(bus, device) + bus_gap_us(bus) + again_us;
}

static bool delays_nobody(
        const struct bus *bus, const struct device *device, int64_t now_us)
{
	int64_t due_us = others_due_us(bus, device);
	return due_us == INT64_MAX || due_us - now_us >= cost_us(bus, device);
}

/* The next of those that answer, in the order in which they are due; `before` is the
 * last. */
static const struct device *after(
        const struct bus *bus, const struct device *device, const struct device *before)
{
	const struct device *found = NULL;
	for (size_t i = 0; i < bus->n; i++) {
		const struct device *one = bus->device[i];
		if (one == device || is_suspect(one))
			continue;
		if (before != NULL &&
		        (one->next_us < before->next_us ||
		                (one->next_us == before->next_us && one <= before)))
			continue;
		if (found == NULL || one->next_us < found->next_us ||
		        (one->next_us == found->next_us && one < found))
			found = one;
	}
	return found;
}

/* Whether everybody who answers still gets his poll done before the one after it is
 * due. */
static bool costs_no_poll(
        const struct bus *bus, const struct device *device, int64_t now_us)
{
	int64_t at_us = now_us + cost_us(bus, device);
	for (const struct device *one = after(bus, device, NULL); one != NULL;
	        one = after(bus, device, one)) {
		int64_t took_us = one->took_us > 0 ? one->took_us : cost_us(bus, one);
		at_us = (at_us > one->next_us ? at_us : one->next_us) + took_us;
		if (at_us >= one->due_us + one->period_us)
			return false;
	}
	return true;
}

/* One that has only missed a poll or a try is asked as soon as that costs nobody a
 * poll, and after a period all the same: it may be well.  A dead one is asked where
 * that delays nobody, after a while where it costs nobody a poll, and seldom where it
 * does. */
static bool may_ask(const struct bus *bus, const struct device *device, int64_t now_us)
{
	int64_t held_us = device->held_us != 0 ? now_us - device->held_us : 0;
	int64_t politely_us =
	        device->period_us < HELD_POLITELY ? device->period_us : HELD_POLITELY;
	if (!is_suspect(device) || delays_nobody(bus, device, now_us))
		return true;
	if (!is_dead(device))
		return held_us >= politely_us || costs_no_poll(bus, device, now_us);
	return held_us >= HELD_MOST ||
	       (held_us >= politely_us && costs_no_poll(bus, device, now_us));
}

/* Others go before it: that its readings are missing is said in each of its periods. */
static void hold(struct poller *poller, const struct bus *bus, struct device *device,
        const struct moment *now)
{
	int64_t due_us = others_due_us(bus, device);
	if (device->held_us == 0)
		device->held_us = device->held_said_us = now->mono_us;
	if (!device->polling &&
	        now->mono_us - device->held_said_us >= device_wait(device)) {
		device_pass(poller, device, now);
		device->held_said_us = now->mono_us;
	}
	device->next_us = (due_us > now->mono_us ? due_us : now->mono_us) + 1;
}

struct device *device_turn(
        struct poller *poller, struct bus *bus, const struct moment *now)
{
	int64_t now_us = now->mono_us;
	for (size_t i = 0; i <= bus->n; i++) {
		struct device *device = next_device(bus);
		if (device == NULL || device->next_us > now_us)
			return NULL;
		if (may_ask(bus, device, now_us)) {
			device->held_us = 0;
			return device;
		}
		hold(poller, bus, device, now);
	}
	return NULL;
}

/* What had made several silent may be over for all of them. */
void bus_wake(struct bus *bus, int64_t now_us)
{
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		if (!is_dead(device) || device->polling || device->next_us <= now_us)
			continue;
		device->due_us = now_us;
		device->next_us = device->guard_us > now_us ? device->guard_us : now_us;
	}
}

/* Waiting for what is owed takes nothing of the line, and says nothing of the
 * instrument. */
void bus_hush(struct poller *poller, struct bus *bus, const struct moment *now)
{
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		if (!device->trials.hushed || device->polling ||
		        device->next_us > now->mono_us)
			continue;
		device->trials.hushed = owed_any(device, now);
		/* no need of a trial that it does not answer */
		if (!device->trials.hushed) {
			device->trials.unproven &= device->trials.vain == 0;
			device->owed.lost = false; /* nothing came for so long */
			continue;
		}
		device_pass(poller, device, now);
	}
}
