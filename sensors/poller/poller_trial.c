/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trials: requests with an answer that no other has, which show that an instrument is
 * in step (sensors/poller/poller_owed.c says when one is needed). */
#include <string.h>

#include "sensors/poller/poller_parts.h"

bool trial_may(const struct device *device)
{
	return device->driver->trial != NULL && !is_numbered(device) &&
	       device->trials.vain < STRIKES;
}

static bool trial_is_owed(const struct owed *owed, int trial, int64_t since_us)
{
	for (size_t i = 0; i < owed->n; i++)
		if (owed->request[i].trial == trial &&
		        owed->request[i].asked_us > since_us)
			return true;
	return false;
}

/* The first trial that was not asked since, and has no answer. */
static bool trial_find(struct device *device, int64_t since_us)
{
	int trial = 1;
	while (trial_is_owed(&device->owed, trial, since_us))
		trial++;
	if (!device->driver->trial(device->state, (size_t)trial - 1))
		return false;
	device->trials.asked = trial;
	return true;
}

/* The driver asks a trial next: one that was never asked in vain, or one whose time is
 * over. */
static bool trial_next(const struct bus *bus, struct device *device)
{
	if (!trial_may(device))
		return false;
	memcpy(owed_before_trial(&device->owed), device->state,
	        device->owed.state_size);
	return trial_find(device, INT64_MIN) ||
	       trial_find(device, bus->began_us - OWED_US);
}

void trial_back(struct device *device)
{
	memcpy(device->state, owed_before_trial(&device->owed),
	        device->owed.state_size);
	device->trials.asked = 0;
}

/* Where one was in vain the block itself is asked for: whoever answers that and no
 * trial shows it.  So it is of one that is dead: the trials that it does answer are
 * there when it comes back. */
void trial_open(struct bus *bus, struct device *device)
{
	bus->passed = 0;
	bus->maybe_size = 0;
	if (device->trials.unproven && !device->trials.shy && device->misses < STRIKES)
		trial_next(bus, device);
	device->trials.shy = false;
}

bool trial_close(struct bus *bus, struct device *device, const uint8_t *frame, size_t n,
        const struct moment *first)
{
	if (n > sizeof bus->maybe || !trial_next(bus, device)) {
		/* nothing will ever show it: time does */
		device->trials.unproven = false;
		return false;
	}
	bus->passed = 1;
	bus->maybe_first = *first;
	bus->maybe_size = n;
	memcpy(bus->maybe, frame, n);
	return true;
}

/* Refused as unknown, by a device that knows its blocks: that was a trial. */
static bool is_of_trial(const struct device *device, const struct declined *declined)
{
	return declined->kind == DECLINED_UNFIT && !device->trials.unfit;
}

bool trial_refused(const struct device *device, const struct declined *declined,
        const struct moment *now)
{
	return is_of_trial(device, declined) &&
	       now->mono_us >= device->owed.more_until_us;
}

/* A block is not refused by whoever knows it: that is for a trial, however long ago.
 * That of a trial may be for the last one, unless another is still to be had. */
bool trial_refused_late(struct device *device, const struct declined *declined,
        const struct moment *now)
{
	struct owed *owed = &device->owed;
	if (!is_of_trial(device, declined))
		return false;
	for (size_t i = 0; i + 1 < owed->n; i++)
		if (owed->request[i].trial != 0 &&
		        (device->trials.asked == 0 ||
		                now->mono_us - owed->request[i].asked_us < OWED_US)) {
			owed_forget(owed, i);
			device->counts.late++;
			return true;
		}
	return false;
}

int trial_answered(struct bus *bus, struct device *device)
{
	device->trials.vain = 0;
	owed_settle(device); /* the trial */
	trial_back(device);
	if (bus->maybe_size > 0 && bus->passed > 1)
		return TRIAL_FAILED;
	device->trials.unproven = false;
	if (bus->maybe_size == 0)
		return TRIAL_OPENED;
	owed_settle(device); /* and the block */
	return TRIAL_PROVED;
}

void trial_failed(struct bus *bus, struct device *device)
{
	if (device->trials.asked != 0) {
		if (bus->passed == 1) { /* nothing came, not even out of turn */
			device->trials.vain++;
			device->trials.hushed = true;
		}
		trial_back(device);
	}
	device->counts.answers++;
	device->counts.late++;
	owed_pay(device, bus->maybe, bus->maybe_size);
}
