/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line, and the four states it is in.
 *
 * A late answer of a slave has the same address and function as the one after it.  So nothing that
 * came before a request was fully written is ever its answer; and after a silence the slave is not
 * asked again before a time as long as its timeout has passed, while the others are served.
 */
#include <stdio.h>
#include <string.h>

#include "sensors/poller_parts.h"

/* ---- bytes in ---- */

/* Bytes nobody waits for: late answers, noise.  The line must fall silent before the next request. */
static void discard(struct bus *bus, size_t n, const struct moment *now)
{
	bus->quiet_us = now->mono_us + bus_gap_us(bus);
	for (size_t i = 0; i < bus->n; i++) {
		struct device *device = bus->device[i];
		if (device->guard_us <= now->mono_us)
			continue;
		device->counts.late++;
		return;
	}
	struct device *device = bus->busy != NULL ? bus->busy : bus->device[0];
	device->counts.noise += n;
}

static void heard(
        struct bus *bus, const uint8_t *in, size_t n, const struct moment *now)
{
	if (bus->state != LISTENING) {
		discard(bus, n, now);
		return;
	}
	framer_add(&bus->framer, in, n, now);
	bus->quiet_us = now->mono_us + bus_gap_us(bus);
	if (bus->n_came == 0) {
		int64_t end = now->mono_us + bus_us(bus, bus->busy->driver->frame_most);
		if (end > bus->deadline_us)
			bus->deadline_us = end;
	}
	size_t room = sizeof bus->came - bus->n_came;
	memcpy(bus->came + bus->n_came, in, n < room ? n : room);
	bus->n_came += n < room ? n : room;
	bus->n_heard += n;
	/* whoever says more than several answers at once babbles: no longer waited for */
	if (bus->n_heard > BUDGET * bus->busy->driver->frame_most)
		bus->deadline_us = now->mono_us;
}

/* Some devices close an idle TCP connection.  Between polls, and when it had answered, that is no
 * change of state: it is opened again for the next poll. */
static bool is_idle_close(const struct bus *bus)
{
	if (bus->heard || bus->setting->path[0] != '\0' || bus->state != RESTING ||
	        !bus->answered)
		return false;
	for (size_t i = 0; i < bus->n; i++)
		if (bus->device[i]->polling)
			return false;
	return true;
}

/* Whoever talks something else, or closes whenever it is asked, is opened ever more seldom. */
void bus_gone(struct poller *poller, struct bus *bus, const struct moment *now)
{
	char text[256];
	const char *why = bus->port->reason != NULL ? bus->port->reason : "hung up";
	bool babble = !bus->heard && bus->state == LISTENING && bus->n_came > 0;
	if (bus->answered)
		bus->back_off_us = BACK_OFF_LEAST;
	if (!is_idle_close(bus)) {
		bus->fruitless = !bus->answered;
		if (babble)
			device_exchange(bus->busy,
			        bus->busy->driver->block(bus->busy->state), bus->came,
			        bus->n_came, NULL);
		snprintf(text, sizeof text, "%s%s", why,
		        babble && !bus->answered
		                ? "; what it sent before is no answer of this mode: "
		                  "check address and port"
		                : "");
		bus_down(poller, bus, text, now);
		return;
	}
	bus->port->close(bus->port);
	bus->state = CLOSED;
	bus->next_us = bus->coil_wanted ? now->mono_us : next_device(bus)->next_us;
	framer_clear(&bus->framer);
}

static bool bus_frame(struct poller *poller, struct bus *bus, const struct moment *now);

/* All that has come; false when the line has gone. */
static bool bus_read(
        struct poller *poller, struct bus *bus, bool readable, const struct moment *now)
{
	uint8_t in[512];
	for (int i = 0; i < 16; i++) {
		int n = bus->port->read(bus->port, in, sizeof in, readable);
		if (n < 0) { /* some answer and close at once */
			while (bus->state == LISTENING && bus_frame(poller, bus, now))
				;
			bus_gone(poller, bus, now);
			return false;
		}
		if (n == 0)
			return true;
		heard(bus, in, (size_t)n, now);
		readable = false;
	}
	return true;
}

/* ---- asking ---- */

/* The request, if there is one, has gone out: what comes from now on may be the answer. */
static void bus_asked(struct bus *bus, const struct moment *now)
{
	bus->noise_before = bus->framer.noise;
	bus->n_came = 0;
	bus->n_heard = 0;
	bus->state = LISTENING;
	bus->deadline_us =
	        now->mono_us + timeout_of(bus->busy) + bus_us(bus, bus->request_size);
}

static void bus_ask(struct bus *bus, struct device *device, const struct moment *now)
{
	if (!device->polling)
		device_begin(device, now);
	bus->busy = device;
	bus->written = 0;
	bus->state = ASKING;
	bus->deadline_us = now->mono_us + device->timeout_us;
	bus->request_size =
	        device->driver->ask(device->state, bus->request, sizeof bus->request);
	if (bus->request_size == 0)
		bus_asked(bus, now);
}

static void bus_missed(
        struct poller *poller, struct bus *bus, const struct moment *now);

static void bus_write(struct poller *poller, struct bus *bus, const struct moment *now)
{
	struct device *device = bus->busy;
	if (now->mono_us < bus->quiet_us)
		return;
	int n = bus->port->write(bus->port, bus->request + bus->written,
	        bus->request_size - bus->written);
	if (n < 0) {
		bus_gone(poller, bus, now);
		return;
	}
	bus->written += (size_t)n;
	if (bus->written < bus->request_size) {
		if (now->mono_us >= bus->deadline_us)
			bus_missed(poller, bus, now);
		return;
	}
	device->counts.requests++;
	framer_clear(&bus->framer);
	bus_asked(bus, now);
}

/* ---- listening ---- */

/* After ASK_AGAIN, ASK_LATER or READING_DONE. */
static void go_on(
        struct poller *poller, struct bus *bus, int what, const struct moment *now)
{
	struct device *device = bus->busy;
	device->tries = 0;
	if (what == READING_DONE) {
		bus_rest(bus);
		device_publish(poller, device, now);
		return;
	}
	int64_t next_us = what == ASK_LATER ? now->mono_us + timeout_of(device) : 0;
	if (device->guard_us > next_us)
		next_us = device->guard_us;
	if (next_us <= now->mono_us) {
		bus_ask(bus, device, now);
		return;
	}
	device->next_us = next_us;
	bus_rest(bus);
}

void bus_answered(struct poller *poller, struct bus *bus, const struct moment *now)
{
	bus->answered = true;
	bus->fruitless = false;
	bus_told(poller, bus, true, "open", now);
}

/* One who is busy is asked again within this poll; true if it will be. */
static bool bus_waits_for_busy(
        struct bus *bus, struct device *device, const struct moment *now)
{
	if (device->declined.kind != DECLINED_BUSY ||
	        device->tries >= device->setting->retries)
		return false;
	device->tries++;
	device->next_us = now->mono_us + BUSY_WAIT;
	bus_rest(bus);
	return true;
}

static bool is_numbered(const struct device *device)
{
	return device->driver->numbered != NULL &&
	       device->driver->numbered(device->state);
}

/* One frame; true while the same answer is still waited for. */
static bool bus_frame(struct poller *poller, struct bus *bus, const struct moment *now)
{
	struct device *device = bus->busy;
	const struct driver *driver = device->driver;
	const uint8_t *frame;
	struct moment first;
	struct declined declined = { .kind = 0 };
	int n = framer_next(&bus->framer, driver, device->state, &frame, &first);
	if (n <= 0)
		return false;
	uint16_t block = driver->block(device->state);
	if (driver->refusal != NULL)
		driver->refusal(device->state, frame, (size_t)n, &declined);
	if (declined.kind != 0)
		device_declined(device, &declined);
	if (declined.kind == DECLINED_BUSY && bus_waits_for_busy(bus, device, now)) {
		bus_answered(poller, bus, now);
		return false;
	}
	int what = driver->decode(device->state, frame, (size_t)n);
	bus_thanks(bus, device);
	if (what == NOT_USABLE) {
		if (is_numbered(device))
			device->counts.late++;
		else
			device->counts.echoes++;
		return true;
	}
	device_exchange(device, block, frame, (size_t)n, &first);
	device->counts.answers++;
	bus_answered(poller, bus, now);
	device->counts.noise += bus->framer.noise - bus->noise_before;
	bus->noise_before = bus->framer.noise;
	go_on(poller, bus, what, now);
	return false;
}

/* The deadline has passed: silence, or something that is no answer. */
static bool bus_silent(struct bus *bus, struct device *device)
{
	uint64_t noise = bus->framer.noise - bus->noise_before;
	bool silent = bus->n_came == 0;
	device_exchange(device, device->driver->block(device->state), bus->came,
	        bus->n_came, NULL);
	device->counts.noise += noise;
	if (silent)
		device->counts.timeouts++;
	else if (device->driver->fault != NULL &&
	         device->driver->fault(device->state, bus->came, bus->n_came) ==
	                 FAULT_CHECKSUM)
		device->counts.checksum++;
	else
		device->counts.malformed++;
	return silent;
}

static void bus_missed(struct poller *poller, struct bus *bus, const struct moment *now)
{
	struct device *device = bus->busy;
	/* nothing was asked: the instrument was only given time */
	if (bus->request_size == 0 && bus->n_came == 0) {
		go_on(poller, bus, device->driver->missed(device->state, true), now);
		return;
	}
	bool silent = bus_silent(bus, device);
	if (!is_numbered(device))
		device->guard_us = now->mono_us + timeout_of(device);
	if (device->misses == 0 && device->tries < device->setting->retries) {
		device->tries++;
		device->next_us = device->guard_us > now->mono_us ? device->guard_us
		                                                  : now->mono_us;
		bus_rest(bus);
		return;
	}
	go_on(poller, bus, device->driver->missed(device->state, silent), now);
}

static void bus_listen(struct poller *poller, struct bus *bus, const struct moment *now)
{
	while (bus->state == LISTENING && bus_frame(poller, bus, now))
		;
	if (bus->state == LISTENING && now->mono_us >= bus->deadline_us)
		bus_missed(poller, bus, now);
}

/* A coil that is wanted goes before the next poll. */
static void bus_next(struct bus *bus, const struct moment *now)
{
	if (bus->coil_wanted) {
		coil_begin(bus, now);
		return;
	}
	struct device *device = device_turn(bus, now);
	if (device != NULL)
		bus_ask(bus, device, now);
}

void bus_step(
        struct poller *poller, struct bus *bus, short revents, const struct moment *now)
{
	bool looked = bus->port->descriptor(bus->port) >= 0;
	if (bus->n == 0)
		return;
	if (coil_late(bus, now))
		coil_cut(poller, bus, now);
	if (bus->state == CLOSED)
		bus_closed(poller, bus, now);
	if (bus->state != CLOSED && bus->opening)
		bus_opening(poller, bus, now);
	if (bus->state == CLOSED || bus->opening)
		return;
	if (bus->heard) {
		bus_hear(poller, bus, revents, now);
		return;
	}
	if (bus->state == WRITING) {
		coil_step(poller, bus, revents != 0, now);
		return;
	}
	if ((revents != 0 || !looked || bus->state == ASKING) &&
	        !bus_read(poller, bus, revents != 0, now))
		return;
	if (bus->state == LISTENING)
		bus_listen(poller, bus, now);
	if (bus->state == RESTING && now->mono_us >= bus->quiet_us)
		bus_next(bus, now);
	if (bus->state == ASKING)
		bus_write(poller, bus, now);
	if (bus->state == WRITING)
		coil_step(poller, bus, false, now);
	if (bus->state == LISTENING && !looked)
		bus_listen(poller, bus, now);
}

int64_t bus_next_us(const struct bus *bus)
{
	if (bus->n == 0)
		return INT64_MAX;
	int64_t device_us = next_device(bus)->next_us;
	if (bus->coil_wanted && bus->state != WRITING && bus->coil_until_us < device_us)
		device_us = bus->coil_until_us;
	if (bus->state == CLOSED)
		return device_us < bus->next_us ? device_us : bus->next_us;
	if (bus->heard && !bus->opening) {
		int64_t next_us = INT64_MAX;
		for (size_t i = 0; i < bus->n; i++)
			if (heard_deadline_us(bus->device[i]) < next_us)
				next_us = heard_deadline_us(bus->device[i]);
		return next_us;
	}
	if (bus->opening)
		return 0; /* looked at often: a name being looked up has no descriptor */
	if (bus->state == RESTING && bus->coil_wanted)
		return bus->quiet_us;
	if (bus->state == RESTING)
		return device_us > bus->quiet_us ? device_us : bus->quiet_us;
	bool sends = bus->state == ASKING ||
	             (bus->state == WRITING && bus->written < bus->request_size);
	return sends ? bus->quiet_us : bus->deadline_us;
}
