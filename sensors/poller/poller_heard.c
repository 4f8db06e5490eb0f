/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line on which nobody is asked: its instruments speak by themselves, or another
 * master asks them.  All that comes is looked at by every instrument of the line; of
 * each one reading a period is taken, the first that is whole once it is due.
 */
#include <stdio.h>
#include <string.h>

#include "sensors/poller/poller_parts.h"

/* Until when a reading is waited for. */
int64_t heard_deadline_us(const struct device *device)
{
	int64_t wait = device->timeout_us;
	if (device->driver->hear != NULL) /* whenever its own master asks */
		return device->due_us + device->period_us;
	if (device->driver->every_frame)
		wait += device->period_us / 2;
	return device->due_us + wait;
}

static void note(struct device *device, const uint8_t *in, size_t n)
{
	size_t room = FRAME_MOST - device->n_heard;
	memcpy(device->heard + device->n_heard, in, n < room ? n : room);
	device->n_heard += n < room ? n : room;
}

/* A frame that is one instrument's says nothing of the others. */
static void is_of(
        struct bus *bus, const struct device *owner, const uint8_t *frame, size_t n)
{
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		if (device == owner)
			continue;
		uint8_t *at = memmem(device->heard, device->n_heard, frame, n);
		if (at == NULL)
			continue;
		device->n_heard -= n;
		memmove(at, at + n, device->n_heard - (size_t)(at - device->heard));
	}
}

static void hear_bytes(
        struct bus *bus, const uint8_t *in, size_t n, const struct moment *now)
{
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		if (bus->stale && !device->driver->every_frame) {
			device->counts.noise += n;
			continue;
		}
		if (device->driver->hear != NULL)
			device->driver->hear(device->state, in, n, now);
		else
			framer_add(device->framer, in, n, now);
		note(device, in, n);
	}
}

/* An acknowledgement that does not go out whole is not sent again: the instrument will
 * say its reading once more. */
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

static bool is_wanted(const struct device *device, const struct moment *now)
{
	return device->driver->every_frame || device->polling ||
	       now->mono_us >= device->due_us;
}

static void hear_frame(struct poller *poller, struct bus *bus, struct device *device,
        const struct moment *now)
{
	const uint8_t *frame;
	struct moment first;
	int n;
	while ((n = framer_next(device->framer, device->driver, device->state, &frame,
	                &first)) > 0) {
		bool wanted = is_wanted(device, now);
		int what = device->driver->decode(device->state, frame, (size_t)n);
		bus_thanks(bus, device);
		if (what == NOT_USABLE)
			continue;
		is_of(bus, device, frame, (size_t)n);
		bus_answered(poller, bus, now);
		device->counts.answers++;
		if (!wanted)
			continue;
		keep(device, frame, (size_t)n, &first, now);
		if (what != READING_DONE)
			continue;
		device->n_heard = 0;
		device_publish(poller, device, now);
	}
}

static void count_heard(struct device *device, const struct heard *heard)
{
	device->counts.requests++;
	if (heard->state == STATE_OK || heard->declined.kind != 0)
		device->counts.answers++;
	else if (heard->state == STATE_SILENT)
		device->counts.timeouts++;
	else
		device->counts.malformed++;
}

/* What came besides; of an answer without its request the bytes were none for us. */
static void count_unpaired(struct device *device)
{
	struct unpaired now, *all = &device->unpaired;
	device->driver->unpaired(device->state, &now);
	device->counts.noise += now.noise;
	device->counts.malformed += now.answers;
	all->noise += now.noise;
	all->frames += now.frames;
	all->requests += now.requests;
	all->answers += now.answers;
}

static void publish_pairs(
        struct poller *poller, struct device *device, const struct moment *now)
{
	count_unpaired(device);
	device_publish(poller, device, now);
	device->unpaired = (struct unpaired){ 0 };
	device->n_heard = 0;
}

/* What another master asked this instrument, and what it answered. */
static void hear_pairs(struct poller *poller, struct bus *bus, struct device *device,
        const struct moment *now)
{
	struct heard heard;
	int what;
	while ((what = device->driver->heard(
	                device->state, is_wanted(device, now), &heard)) != NOT_USABLE) {
		bool sound = heard.state == STATE_OK || heard.declined.kind != 0;
		count_heard(device, &heard);
		if (sound)
			bus_answered(poller, bus, now);
		if (!heard.keep)
			continue;
		if (!device->polling)
			device_begin(device, now);
		if (heard.declined.kind != 0)
			device_declined(device, heard.block, &heard.declined);
		bool kept = device_exchange(device, heard.block, heard.bytes, heard.n,
		        sound ? &heard.first : NULL);
		if (!kept)
			device->driver->missed(device->state, false);
		if (!kept || what == READING_DONE)
			publish_pairs(poller, device, now);
	}
	count_unpaired(device);
}

static void hear_out(struct poller *poller, struct bus *bus, struct device *device,
        const struct moment *now)
{
	if (device->driver->hear != NULL)
		hear_pairs(poller, bus, device, now);
	else
		hear_frame(poller, bus, device, now);
}

/* Why there is no pair, as far as what came shows it; false: nothing came for this
 * instrument. */
static bool blame_unpaired(struct device *device)
{
	const struct unpaired *came = &device->unpaired;
	struct poller_blame *blame = &device->blame;
	const char *text = "bytes come that are no frames";
	if (came->answers > 0 && came->requests == 0)
		text = "answers are heard, their requests are not: the tap is on one "
		       "pair of a four-wire line";
	else if (came->answers > 0)
		text = "answers are heard, and to which request cannot be told: they "
		       "are late, or two masters ask";
	else if (came->frames > 0 || came->noise <= NOISE_MOST)
		return false;
	blame->sound = came->answers > 0;
	snprintf(blame->text, sizeof blame->text, "%s", text);
	return true;
}

/* Nothing whole came in a period. */
static void hear_no_pairs(
        struct poller *poller, struct device *device, const struct moment *now)
{
	if (!device->polling)
		device_begin(device, now);
	if (device->n_exchanges == 0 && blame_unpaired(device)) {
		device_leftover(device, 0, device->heard, device->n_heard);
		device->counts.malformed += !device->blame.sound;
	} else if (device->n_exchanges == 0) {
		device->counts.timeouts++;
	}
	device->driver->missed(device->state, true);
	publish_pairs(poller, device, now);
}

/* Nothing whole came in time: what did come is kept, for whoever looks for the
 * fault. */
static void hear_nothing(
        struct poller *poller, struct device *device, const struct moment *now)
{
	if (!device->polling)
		device_begin(device, now);
	if (!device->has_first) {
		uint16_t block = device->driver->block(device->state);
		size_t n = device->n_heard;
		device_exchange(device, block, device->heard, n, NULL);
		if (n > 0)
			device_blame(device, device->heard, n);
		if (n == 0)
			device->counts.timeouts++;
		else if (device->driver->fault != NULL &&
		         device->driver->fault(device->state, device->heard, n) ==
		                 FAULT_CHECKSUM)
			device->counts.checksum++;
		else
			device->counts.malformed++;
	}
	device->n_heard = 0;
	device->driver->begin(device->state, &device->setting->instrument);
	device_publish(poller, device, now);
}

static bool hear_port(
        struct poller *poller, struct bus *bus, bool readable, const struct moment *now)
{
	uint8_t in[512];
	while (bus_may_read(bus, now)) {
		int n = bus->port->read(bus->port, in, sizeof in, readable);
		if (n == 0) {
			bus->stale = false;
			return true;
		}
		if (n > 0) {
			bus->in_window += (size_t)n;
			hear_bytes(bus, in, (size_t)n, now);
		}
		for (size_t k = 0; k < bus->n; k++)
			hear_out(poller, bus, bus->device[k], now);
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
	bool reads = revents != 0 || !looked || bus->stale || bus_read_us(bus) != 0;
	if (reads && !hear_port(poller, bus, revents != 0, now))
		return;
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		if (device->driver->hear != NULL) {
			device->driver->hear(device->state, NULL, 0, now);
			hear_pairs(poller, bus, device, now);
		} else {
			device->counts.noise += device->framer->noise;
			device->framer->noise = 0;
		}
		if (now->mono_us < heard_deadline_us(device))
			continue;
		if (device->driver->hear != NULL)
			hear_no_pairs(poller, device, now);
		else
			hear_nothing(poller, device, now);
	}
}
