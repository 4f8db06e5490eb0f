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
	bool asked = !bus->heard && bus->state == LISTENING;
	bool babble = asked && !bus_only_noise(bus);
	if (bus->answered)
		bus->back_off_us = BACK_OFF_LEAST;
	if (!is_idle_close(bus)) {
		bus->fruitless = !bus->answered;
		if (asked && bus->request_size > 0)
			bus_count_missed(bus, bus->busy);
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
	bus->state = CLOSED;
	bus->next_us = errand_wanted(bus) ? now->mono_us : next_device(bus)->next_us;
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
		bus_bytes(bus, in, (size_t)n, now);
		readable = false;
	}
	return true;
}

/* ---- asking ---- */

/* How long an instrument that measures is waited for, or left alone: what it says of that itself may
 * have a bit turned over (SDI-12: up to 999 s, without a check). */
static int64_t patience_us(const struct device *device, int64_t most_us)
{
	int64_t wait_us = timeout_of(device);
	if (most_us < device->period_us)
		most_us = device->period_us;
	return wait_us < most_us ? wait_us : most_us;
}

/* The request, if there is one, has gone out: what comes from now on may be the answer. */
static void bus_asked(struct bus *bus, const struct moment *now)
{
	bus->noise_before = bus->framer.noise;
	bus->n_came = 0;
	bus->n_heard = 0;
	bus->state = LISTENING;
	bus->deadline_us = now->mono_us +
	                   (bus->request_size > 0 ? timeout_of(bus->busy)
	                                          : patience_us(bus->busy,
	                                                    bus->busy->timeout_us)) +
	                   bus_us(bus, bus->request_size);
}

static void bus_ask(struct bus *bus, struct device *device, const struct moment *now)
{
	if (!device->polling)
		device_begin(device, now);
	bus->busy = device;
	bus->began_us = now->mono_us;
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
		if (now->mono_us >= bus->deadline_us)
			bus_missed(poller, bus, now);
		return;
	}
	device->counts.requests++;
	device->counts.noise += framer_clear(&bus->framer);
	bus_asked(bus, now);
}

/* ---- listening ---- */

/* After ASK_AGAIN, ASK_LATER or READING_DONE. */
static void go_on(
        struct poller *poller, struct bus *bus, int what, const struct moment *now)
{
	struct device *device = bus->busy;
	device->tries = 0;
	device->line_us += now->mono_us - bus->began_us + bus_gap_us(bus);
	if (what == READING_DONE) {
		bus_rest(bus);
		device_publish(poller, device, now);
		return;
	}
	int64_t next_us =
	        what == ASK_LATER ? now->mono_us + patience_us(device, LATER_MOST) : 0;
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

/* A refusal is noted; true if the instrument is busy and will be asked again. */
static bool bus_refused(struct bus *bus, struct device *device, const uint8_t *frame,
        size_t n, const struct moment *now)
{
	struct declined declined = { .kind = 0 };
	if (device->driver->refusal != NULL)
		device->driver->refusal(device->state, frame, n, &declined);
	if (declined.kind == 0)
		return false;
	device_declined(device, &declined);
	if (declined.kind != DECLINED_BUSY || !bus_waits_for_busy(bus, device, now))
		return false;
	if (device->driver->busy != NULL)
		device->driver->busy(device->state);
	return true;
}

static void bus_sound(struct poller *poller, struct bus *bus, struct device *device,
        const struct moment *now)
{
	device->counts.answers++;
	device->counts.noise += bus->framer.noise - bus->noise_before;
	bus->noise_before = bus->framer.noise;
	bus_answered(poller, bus, now);
}

/* One frame; true while the same answer is still waited for. */
static bool bus_frame(struct poller *poller, struct bus *bus, const struct moment *now)
{
	struct device *device = bus->busy;
	const struct driver *driver = device->driver;
	const uint8_t *frame;
	struct moment first;
	int n = framer_next(&bus->framer, driver, device->state, &frame, &first);
	if (n <= 0)
		return false;
	if (device->doubt) {
		device->counts.answers += !device->flushed;
		device->counts.late += device->flushed;
		device->flushed = true;
		bus->n_came = 0;
		bus_answered(poller, bus, now);
		return true;
	}
	uint16_t block = driver->block(device->state);
	if (bus_refused(bus, device, frame, (size_t)n, now)) {
		bus_sound(poller, bus, device, now);
		return false;
	}
	int what = driver->decode(device->state, frame, (size_t)n);
	bus_thanks(bus, device);
	if (what == NOT_USABLE || what == OUT_OF_STEP) {
		bool echo = (size_t)n == bus->request_size &&
		            memcmp(frame, bus->request, (size_t)n) == 0;
		device->counts.echoes += echo;
		device->counts.late += what == OUT_OF_STEP;
		if (echo || what == OUT_OF_STEP)
			bus->n_came = 0; /* it is known what that was */
		return true;
	}
	if (what != ASK_ON)
		device_exchange(device, block, frame, (size_t)n, &first);
	bus_sound(poller, bus, device, now);
	if (what == ASK_ON)
		bus_ask(bus, device, now);
	else
		go_on(poller, bus, what, now);
	return false;
}

/* The deadline has passed: silence, or something that is no answer. */
/* Where nothing in an answer says which request it is to, the first one after a silence is let go
 * by, and so is all that comes until its time is up: whatever was late has come by then. */
static void bus_missed(struct poller *poller, struct bus *bus, const struct moment *now)
{
	struct device *device = bus->busy;
	/* nothing was asked: the instrument was only given time */
	if (bus->request_size == 0 && bus->n_came == 0) {
		go_on(poller, bus, device->driver->missed(device->state, true), now);
		return;
	}
	if (device->flushed) { /* in step again: now for what counts */
		device->doubt = device->flushed = false;
		bus_ask(bus, device, now);
		return;
	}
	bus_trim_echo(bus, device);
	bool silent = bus_count_missed(bus, device);
	bus_leftover(bus, device);
	if (!is_numbered(device)) {
		device->guard_us = now->mono_us + timeout_of(device);
		device->doubt = !device->driver->ties;
	}
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

/* An errand goes before the next poll. */
static void bus_next(struct bus *bus, const struct moment *now)
{
	if (errand_begin(bus, now))
		return;
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
	errand_late(poller, bus, now);
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
		errand_step(poller, bus, revents != 0, now);
		return;
	}
	if ((revents != 0 || !looked) && !bus_read(poller, bus, revents != 0, now))
		return;
	if ((bus->state == RESTING || (bus->state == ASKING && bus->written == 0)) &&
	        now->mono_us < bus->quiet_us)
		bus_loud(poller, bus, now);
	if (bus->state == LISTENING)
		bus_listen(poller, bus, now);
	if (bus->state == RESTING && now->mono_us >= bus->quiet_us)
		bus_next(bus, now);
	if (bus->state == ASKING)
		bus_write(poller, bus, now);
	if (bus->state == WRITING)
		errand_step(poller, bus, false, now);
	if (bus->state == LISTENING && !looked)
		bus_listen(poller, bus, now);
}

int64_t bus_next_us(const struct bus *bus)
{
	if (bus->n == 0)
		return INT64_MAX;
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
		return 0; /* looked at often: a name being looked up has no descriptor */
	if (bus->state == RESTING && errand_due_us(bus) < device_us)
		device_us = errand_due_us(bus);
	if (bus->state == RESTING)
		return device_us > bus->quiet_us ? device_us : bus->quiet_us;
	bool sends = bus->state == ASKING ||
	             (bus->state == WRITING && bus->written < bus->errand->size);
	return sends ? bus->quiet_us : bus->deadline_us;
}
