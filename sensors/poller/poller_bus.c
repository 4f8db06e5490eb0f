/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line, and the four states it is in.
 *
 * A late answer of a slave has the same address and function as the one after it.  So
 * nothing that came before a request was fully written is ever its answer; after a
 * silence the slave is not asked again before a time as long as its timeout has passed,
 * while the others are served; and what may be an answer that is owed is not taken
 * (sensors/poller/poller_owed.c).
 */
#include <stdio.h>
#include <string.h>

#include "sensors/poller/poller_parts.h"

/* ---- bytes in ---- */

/* Some devices close a TCP connection when it is idle, or after each answer.  While
 * nothing is asked, and when it had answered, that is no change of state: it is opened
 * again for the next request. */
static bool is_idle_close(const struct bus *bus)
{
	bool asks_nothing =
	        bus->state == RESTING || (bus->state == ASKING && bus->written == 0 &&
	                                         bus->busy->trials.asked == 0);
	return !bus->heard && bus->setting->path[0] == '\0' && asks_nothing &&
	       bus->answered;
}

/* Whoever talks something else, or closes whenever it is asked, is opened ever more
 * seldom. */
void bus_gone(struct poller *poller, struct bus *bus, const struct moment *now)
{
	char text[256];
	const char *why = bus->port->reason != NULL ? bus->port->reason : "hung up";
	bool asked = !bus->heard && bus->state == LISTENING;
	bool babble = asked && !bus_only_noise(bus);
	if (bus->answered)
		bus->back_off_us = BACK_OFF_LEAST;
	if (!is_idle_close(bus)) {
		bus->fruitless = !bus->answered;
		if (asked && bus->request_size > 0) {
			bus_count_missed(bus, bus->busy);
			owed_settle(bus->busy); /* it went with the line */
		}
		if (babble)
			bus_leftover(bus, bus->busy);
		snprintf(text, sizeof text, "%s%s", why,
		        babble && !bus->answered
		                ? "; what it sent before is no answer of this mode: "
		                  "check address and port"
		                : "");
		bus_down(poller, bus, text, now);
		return;
	}
	bus->port->close(bus->port);
	if (bus->busy != NULL) /* in the middle of its poll */
		bus->busy->next_us = now->mono_us;
	bus->busy = NULL;
	bus->state = CLOSED;
	bus->next_us = errand_wanted(bus) ? now->mono_us : next_device(bus)->next_us;
	framer_clear(&bus->framer);
}

/* All that has come; false when the line has gone. */
static bool bus_read(
        struct poller *poller, struct bus *bus, bool readable, const struct moment *now)
{
	uint8_t in[512];
	while (bus_may_read(bus, now)) {
		int n = bus->port->read(bus->port, in, sizeof in, readable);
		if (n < 0) { /* some answer and close at once */
			while (bus->state == LISTENING && bus_frame(poller, bus, now))
				;
			bus_gone(poller, bus, now);
			return false;
		}
		if (n == 0) {
			bus->stale = false;
			return true;
		}
		bus->in_window += (size_t)n;
		bus_bytes(bus, in, (size_t)n, now);
		readable = false;
	}
	if (bus_read_us(bus) != 0) /* nor is it silent until then */
		bus_hold(bus, bus_read_us(bus) + QUIET_CLUMPS);
	return true;
}

/* ---- asking ---- */

/* The request, if there is one, has gone out: what comes from now on may be the
 * answer. */
static void bus_asked(struct bus *bus, const struct moment *now)
{
	bus->noise_before = bus->framer.noise;
	bus->n_came = 0;
	bus->n_heard = 0;
	bus->echoed = false;
	bus->state = LISTENING;
	if (bus->request_size > 0)
		owed_add(bus->busy, now);
	bus->deadline_us = now->mono_us +
	                   (bus->request_size > 0 ? timeout_of(bus->busy)
	                                          : patience_us(bus->busy,
	                                                    bus->busy->timeout_us)) +
	                   bus_us(bus, bus->request_size);
	bus->begin_by_us = bus->deadline_us;
}

void bus_ask(struct bus *bus, struct device *device, const struct moment *now)
{
	if (!device->polling)
		device_begin(device, now);
	bus->busy = device;
	bus->began_us = now->mono_us;
	if (device->trials.asked == 0)
		trial_open(bus, device);
	bus->written = 0;
	bus->state = ASKING;
	bus->deadline_us = now->mono_us + device->timeout_us;
	bus->request_size =
	        device->driver->ask(device->state, bus->request, sizeof bus->request);
	if (bus->request_size == 0)
		bus_asked(bus, now);
}

static void bus_write(struct poller *poller, struct bus *bus, const struct moment *now)
{
	struct device *device = bus->busy;
	/* what came while we were not looking is no answer either */
	if (bus->written == 0 && !bus_read(poller, bus, false, now))
		return;
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
		if (now->mono_us < bus->deadline_us)
			return;
		/* closed, so that half a request does not stand before the next */
		bus->fruitless = !bus->answered;
		bus_down(poller, bus, "it takes no bytes: check the adapter", now);
		return;
	}
	device->counts.requests++;
	device->counts.noise += framer_clear(&bus->framer);
	bus_asked(bus, now);
}

/* ---- a step ---- */

/* An errand goes before the next poll. */
static void bus_next(struct poller *poller, struct bus *bus, const struct moment *now)
{
	if (errand_begin(poller, bus, now))
		return;
	bus_hush(poller, bus, now);
	struct device *device = device_turn(poller, bus, now);
	if (device != NULL)
		bus_ask(bus, device, now);
}

void bus_step(
        struct poller *poller, struct bus *bus, short revents, const struct moment *now)
{
	bool looked = bus->port->descriptor(bus->port) >= 0;
	if (bus->n == 0)
		return;
	errand_late(poller, bus, now);
	if (bus->state == CLOSED)
		bus_closed(poller, bus, now);
	if (bus->state != CLOSED && bus->opening)
		bus_opening(poller, bus, now);
	if (bus->state == CLOSED || bus->opening)
		return;
	if (bus_flooded(poller, bus, now))
		return;
	if (bus->heard) {
		bus_hear(poller, bus, revents, now);
		return;
	}
	if (bus->state == WRITING) {
		errand_step(poller, bus, revents != 0, now);
		return;
	}
	/* nobody can tell whether what waits was there in time */
	if (bus->state == LISTENING && now->mono_us > bus->deadline_us + UNSEEN_US)
		bus_missed(poller, bus, now);
	bool reads = revents != 0 || !looked || bus->stale || bus_read_us(bus) != 0;
	if (reads && !bus_read(poller, bus, revents != 0, now))
		return;
	if ((bus->state == RESTING || (bus->state == ASKING && bus->written == 0)) &&
	        now->mono_us < bus->quiet_us)
		bus_loud(poller, bus, now);
	if (bus->state == LISTENING)
		bus_listen(poller, bus, now);
	if (bus->state == RESTING && now->mono_us >= bus->quiet_us)
		bus_next(poller, bus, now);
	if (bus->state == ASKING)
		bus_write(poller, bus, now);
	if (bus->state == WRITING)
		errand_step(poller, bus, false, now);
	if (bus->state == LISTENING && !looked)
		bus_listen(poller, bus, now);
}

/* When something is due. */
static int64_t due_us(const struct bus *bus)
{
	int64_t device_us = next_device(bus)->next_us;
	if (errand_until_us(bus) < device_us)
		device_us = errand_until_us(bus);
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
		return 0; /* often: a name being looked up has no descriptor */
	if (bus->state == RESTING && errand_due_us(bus) < device_us)
		device_us = errand_due_us(bus);
	if (bus->state == RESTING)
		return device_us > bus->quiet_us ? device_us : bus->quiet_us;
	bool sends = bus->state == ASKING ||
	             (bus->state == WRITING && bus->written < bus->errand->size);
	return sends ? bus->quiet_us : bus->deadline_us;
}

int64_t bus_next_us(const struct bus *bus)
{
	if (bus->n == 0)
		return INT64_MAX;
	int64_t next_us = due_us(bus), read_us = bus_read_us(bus);
	return read_us != 0 && read_us < next_us ? read_us : next_us;
}
