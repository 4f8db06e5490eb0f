/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one poll of an instrument says, and what is told of instruments and lines. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "sensors/poller_parts.h"

void device_begin(struct device *device, const struct moment *now)
{
	device->polling = true;
	device->tries = 0;
	device->exception = 0;
	device->started = *now;
	device->has_first = false;
	device->exchange_size = 0;
	device->n_exchanges = 0;
}

/* Keep what came for a block; n 0: nothing did.  A sound answer (`first` given) may begin the
 * reading's time. */
void device_exchange(struct device *device, uint16_t block, const uint8_t *bytes,
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
		return;
	device->exchange_size += (size_t)size;
	device->n_exchanges++;
}

static void tell(const struct poller *poller, const struct moment *when,
        const struct state_event *event)
{
	if (poller->hooks.state != NULL)
		poller->hooks.state(poller->hooks.context, when, event);
}

static void device_told(
        struct poller *poller, struct device *device, int what, const char *text)
{
	static const char *const word[] = {
		[TOLD_UP] = "up", [TOLD_DOWN] = "down", [TOLD_REFUSED] = "refused"
	};
	char subject[64];
	const struct station_instrument *setting = device->setting;
	device->told = what;
	device->told_exception = device->exception;
	snprintf(subject, sizeof subject, "instrument %s", setting->id);
	log_line(what == TOLD_UP ? LOG_INFO : LOG_WARN, "%s (slave %d on %s): %s",
	        subject, setting->instrument.slave, setting->port_id, text);
	struct state_event event = {
		.subject = subject,
		.state = word[what],
		.text = text,
	};
	tell(poller, &device->started, &event);
}

void bus_told(struct poller *poller, struct bus *bus, bool up, const char *text,
        const struct moment *now)
{
	char subject[64];
	bool same_reason = strcmp(bus->reason, text) == 0;
	int told = up ? TOLD_UP : TOLD_DOWN;
	if (bus->told == told && (up || same_reason))
		return;
	snprintf(subject, sizeof subject, "port %s", bus->setting->id);
	snprintf(bus->reason, sizeof bus->reason, "%s", text);
	log_line(up ? LOG_INFO : LOG_WARN, "%s: %s", subject, text);
	struct state_event event = {
		.subject = subject,
		.state = up ? "up" : "down",
		.text = text,
	};
	if (bus->told != told)
		tell(poller, now, &event);
	bus->told = told;
}

void device_refused(struct device *device, int exception, const char *why)
{
	device->counts.exceptions++;
	device->exception = exception;
	device->refusal = why;
}

/* The state all channels share when the poll brought nothing, or STATE_OK. */
static uint8_t failure(const struct poller *poller, const struct device *device)
{
	const struct decoded *decoded = &poller->decoded;
	uint8_t found = STATE_OFF;
	for (size_t i = 0; i < device->setting->profile->n_channels; i++) {
		uint8_t state = decoded->state[i];
		if (state == STATE_OFF)
			continue;
		if (state != STATE_SILENT && state != STATE_GARBLED)
			return STATE_OK;
		if (found != STATE_GARBLED)
			found = state;
	}
	return found == STATE_OFF && device->has_first ? STATE_OK : found;
}

/* A dead instrument is asked ever more seldom, up to once a minute. */
static int64_t wait_after(const struct device *device)
{
	int64_t wait = device->period_us;
	for (int i = STRIKES; i <= device->misses && wait < BACK_OFF_MOST; i++)
		wait *= 2;
	if (wait > BACK_OFF_MOST)
		wait = BACK_OFF_MOST > device->period_us ? BACK_OFF_MOST
		                                         : device->period_us;
	return wait;
}

static void set_due(struct device *device, int64_t now_us)
{
	int64_t wait = wait_after(device);
	device->due_us += wait;
	if (device->due_us <= now_us) {
		int64_t late = now_us - device->due_us;
		device->counts.overruns += wait > 0 ? (uint64_t)(late / wait) + 1 : 0;
		device->due_us += wait > 0 ? (late / wait + 1) * wait : late;
	}
	device->next_us =
	        device->due_us > device->guard_us ? device->due_us : device->guard_us;
}

/* It answers, and may have refused one block or all.  Codes 1 to 3 mean that the profile does not fit
 * the device (Modbus application protocol V1.1b3, 7). */
static void tell_answers(struct poller *poller, struct device *device)
{
	char text[160];
	int what = device->exception != 0 ? TOLD_REFUSED : TOLD_UP;
	if (device->told == what && device->told_exception == device->exception)
		return;
	if (what == TOLD_UP)
		snprintf(text, sizeof text, "answers");
	else
		snprintf(text, sizeof text, "refuses: exception %d, %s%s",
		        device->exception, device->refusal,
		        device->exception <= 3
		                ? "; the profile does not fit this device"
		                : "");
	device_told(poller, device, what, text);
}

/* A gateway answers for whoever is dead behind it, and says so by an exception. */
static void tell_silent(struct poller *poller, struct device *device, bool garbled)
{
	char text[200];
	if (device->exception != 0)
		snprintf(text, sizeof text,
		        "does not answer: exception %d, %s; check power, address and "
		        "wiring",
		        device->exception, device->refusal);
	else
		snprintf(text, sizeof text, "%s",
		        garbled ? "something comes, but no sound answer: check speed, "
		                  "parity and wiring"
		                : "does not answer: check power, address and wiring");
	device_told(poller, device, TOLD_DOWN, text);
}

static void health(struct poller *poller, struct device *device)
{
	uint8_t failed = failure(poller, device);
	if (device->cut)
		return;
	if (failed == STATE_OK) {
		device->misses = 0;
		tell_answers(poller, device);
		return;
	}
	device->misses++;
	if (device->misses >= STRIKES && device->told != TOLD_DOWN)
		tell_silent(poller, device, failed == STATE_GARBLED);
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
	device->driver->values(&device->setting->instrument, &exchanges, &device->fresh,
	        &device->fresh, decoded);
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
	poller->hooks.reading(poller->hooks.context, device->number,
	        device->has_first ? &device->first : &device->started, &parts);
	health(poller, device);
	set_due(device, now->mono_us);
}
