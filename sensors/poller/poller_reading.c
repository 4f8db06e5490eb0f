/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one poll of an instrument says, and when the next is due. */
#include <string.h>

#include "sensors/poller/poller_parts.h"

void device_begin(struct device *device, const struct moment *now)
{
	device->polling = true;
	device->tries = 0;
	device->trials.gave_up = false;
	device->declined = (struct declined){ .kind = 0 };
	device->blame.sound = false;
	device->blame.text[0] = '\0';
	device->started = *now;
	device->has_first = false;
	device->exchange_size = 0;
	device->n_exchanges = 0;
	device->line_us = 0;
	device->trials.asked = 0;
}

/* Keep what came for a block; n 0: nothing did.  A sound answer (`first` given) may
 * begin the reading's time.  False: there is no room. */
bool device_exchange(struct device *device, uint16_t block, const uint8_t *bytes,
        size_t n, const struct moment *first)
{
	if (first != NULL && !device->has_first) {
		device->first = *first;
		device->has_first = true;
	}
	int64_t after_us = first != NULL ? first->mono_us - device->first.mono_us : 0;
	struct exchange exchange = {
		.block = block,
		.after_ms = after_us > 0 ? (uint32_t)(after_us / 1000) : 0,
		.size = (uint16_t)(n < FRAME_MOST ? n : FRAME_MOST),
		.bytes = bytes,
	};
	int size = exchange_put(&exchange, device->exchange + device->exchange_size,
	        device->exchange_room - device->exchange_size);
	if (size < 0)
		return false;
	device->exchange_size += (size_t)size;
	device->n_exchanges++;
	return true;
}

void device_leftover(
        struct device *device, uint16_t block, const uint8_t *bytes, size_t n)
{
	const struct instrument *instrument = &device->setting->instrument;
	while (n > 1 && values_would_take(instrument, block, bytes, n)) {
		bytes++;
		n--;
	}
	device_exchange(device, block, bytes, n, NULL);
}

void device_declined(
        struct device *device, uint16_t block, const struct declined *declined)
{
	device->counts.exceptions++;
	device->declined = *declined;
	device->declined_block = block;
}

/* A dead instrument is asked ever more seldom, up to once a minute. */
int64_t device_wait(const struct device *device)
{
	int64_t wait = device->period_us;
	if (device->framer != NULL) /* listening costs nothing */
		return wait;
	for (int i = STRIKES; i <= device->misses && wait < BACK_OFF_MOST; i++)
		wait *= 2;
	if (wait > BACK_OFF_MOST)
		wait = BACK_OFF_MOST > device->period_us ? BACK_OFF_MOST
		                                         : device->period_us;
	return wait;
}

static void set_due(struct device *device, int64_t now_us)
{
	int64_t wait = device_wait(device);
	bool spoke = device->framer != NULL && device->driver->every_frame &&
	             device->has_first;
	/* those of one line are all due at the start: each keeps the place it gets
	 * then */
	if (device->framer == NULL && device->counts.readings == 1 &&
	        device->started.mono_us > device->due_us)
		device->due_us = device->started.mono_us;
	/* who speaks when it likes is next expected a period after it spoke */
	device->due_us = spoke ? now_us + wait : device->due_us + wait;
	/* who is only heard may be heard until the next period begins */
	int64_t least_us = device->framer != NULL ? now_us - wait : now_us;
	if (device->due_us <= least_us) {
		int64_t late = now_us - device->due_us;
		if (device->framer == NULL && wait > 0)
			device->counts.overruns += (uint64_t)(late / wait) + 1;
		device->due_us += wait > 0 ? (late / wait + 1) * wait : late;
	}
	device->next_us =
	        device->due_us > device->guard_us ? device->due_us : device->guard_us;
}

/* The longest of late, which shrinks slowly. */
static void note_time(struct device *device)
{
	if (device->line_us == 0) /* it was not asked */
		return;
	device->took_us -= device->took_us / 8;
	if (device->line_us > device->took_us)
		device->took_us = device->line_us;
}

void device_publish(
        struct poller *poller, struct device *device, const struct moment *now)
{
	struct decoded *decoded = &poller->decoded;
	struct exchanges exchanges = {
		.n = device->n_exchanges,
		.size = device->exchange_size,
		.bytes = device->exchange,
	};
	device->fresh.now_us = device->started.mono_us;
	values_decode(&device->setting->instrument, &exchanges, &device->fresh,
	        &device->fresh, decoded);
	device_settings(poller, device);
	device_loops(poller, device, &exchanges);
	struct reading_parts parts = {
		.n_channels = device->setting->profile->n_channels,
		.state = decoded->state,
		.value = decoded->value,
		.n_sampled = decoded->n_sampled,
		.sampled_channel = decoded->sampled_channel,
		.sampled_us = decoded->sampled_us,
		.vendor = decoded->vendor,
		.vendor_size = decoded->vendor_size,
		.n_exchanges = exchanges.n,
		.exchanges = exchanges.bytes,
		.exchanges_size = exchanges.size,
	};
	memcpy(parts.describe, device->hash, sizeof parts.describe);
	device->polling = false;
	device->counts.readings++;
	struct moment when = device->has_first ? device->first : device->started;
	stall_moment(&poller->bus[device->setting->port_index], decoded, &when);
	poller->hooks.reading(poller->hooks.context, device->number, &when, &parts);
	int misses = device->misses;
	device_health(poller, device, now);
	if (device->misses == 0)
		note_time(device);
	if (device->misses == 0 && misses >= STRIKES)
		bus_wake(&poller->bus[device->setting->port_index], now->mono_us);
	device_failures(device, now);
	set_due(device, now->mono_us);
}

void device_pass(struct poller *poller, struct device *device, const struct moment *now)
{
	bool cut = device->cut;
	device_begin(device, now);
	device->cut = true;
	device_publish(poller, device, now);
	device->cut = cut;
}
