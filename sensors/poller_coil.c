/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A coil is written between two polls of its line: the request, then its answer or a second without one.
 *
 * The answer of a coil is its request once more, and an adapter that hears itself gives the request
 * back too: on a line where echoes were seen, two of them are waited for.
 */
#include <string.h>

#include "sensors/modbus.h"
#include "sensors/poller_parts.h"

#define ANSWER_US INT64_C(1000000)
#define BEGIN_US                                                                       \
	INT64_C(10000000) /* a line that cannot be used for so long has failed */

static bool hears_itself(const struct bus *bus)
{
	for (size_t i = 0; i < bus->n; i++)
		if (bus->device[i]->counts.echoes > 0)
			return true;
	return false;
}

int poller_coil(struct poller *poller, size_t port, const struct coil *coil,
        const struct moment *now)
{
	struct bus *bus = &poller->bus[port];
	if (bus->heard || bus->coil_wanted || bus->n == 0)
		return REFUSED;
	bus->coil = *coil;
	bus->coil_wanted = true;
	bus->coil_until_us = now->mono_us + BEGIN_US;
	/* closed between two polls, as some devices do */
	if (bus->state == CLOSED && bus->told == TOLD_UP)
		bus->next_us = now->mono_us;
	return OK;
}

/* Told once for each coil that was taken. */
static void done(struct poller *poller, struct bus *bus, int status, const char *why,
        const struct moment *now)
{
	bus->coil_wanted = false;
	if (bus->state == WRITING)
		bus_rest(bus);
	if (poller->hooks.written != NULL)
		poller->hooks.written(poller->hooks.context, status, why, now);
}

void coil_begin(struct bus *bus, const struct moment *now)
{
	bus->request_size = coil_request(
	        bus->setting->framing, &bus->coil, ++bus->coil_number, bus->request);
	bus->written = 0;
	bus->n_came = 0;
	bus->echoes_due = hears_itself(bus) ? 1 : 0;
	bus->state = WRITING;
	bus->deadline_us = now->mono_us + ANSWER_US;
}

void coil_cut(struct poller *poller, struct bus *bus, const struct moment *now)
{
	if (!bus->coil_wanted)
		return;
	bool sent = bus->state == WRITING && bus->written > 0;
	done(poller, bus, sent ? TIMED_OUT : REFUSED,
	        sent ? "the line was closed before an answer came"
	             : "the line cannot be used",
	        now);
}

bool coil_late(const struct bus *bus, const struct moment *now)
{
	return bus->coil_wanted && bus->state != WRITING &&
	       now->mono_us >= bus->coil_until_us;
}

static bool send_rest(struct poller *poller, struct bus *bus, const struct moment *now)
{
	int n = bus->port->write(bus->port, bus->request + bus->written,
	        bus->request_size - bus->written);
	if (n < 0) {
		bus_gone(poller, bus, now);
		return false;
	}
	bus->written += (size_t)n;
	if (bus->written == bus->request_size)
		bus->deadline_us =
		        now->mono_us + ANSWER_US + bus_us(bus, 2 * bus->request_size);
	return true;
}

/* Look through what has come; true when the answer was in it. */
static bool look(struct poller *poller, struct bus *bus, const struct moment *now)
{
	uint8_t exception;
	size_t at = 0;
	while (at < bus->n_came) {
		int n = coil_answer(bus->setting->framing, bus->request, bus->came + at,
		        bus->n_came - at, &exception);
		if (n == FRAME_SHORT)
			break;
		at += n > 0 ? (size_t)n : 1;
		if (n <= 0 || (exception == 0 && bus->echoes_due-- > 0))
			continue;
		bus->quiet_us = now->mono_us + bus_gap_us(bus);
		done(poller, bus, exception == 0 ? OK : REFUSED,
		        exception == 0 ? "" : modbus_exception_text(exception), now);
		return true;
	}
	memmove(bus->came, bus->came + at, bus->n_came - at);
	bus->n_came -= at;
	return false;
}

/* False when the line has gone. */
static bool take(
        struct poller *poller, struct bus *bus, bool readable, const struct moment *now)
{
	for (int i = 0; i < 16; i++) {
		size_t room = sizeof bus->came - bus->n_came;
		int n = bus->port->read(
		        bus->port, bus->came + bus->n_came, room, readable);
		if (n < 0) {
			bus_gone(poller, bus, now);
			return false;
		}
		if (n == 0)
			break;
		readable = false;
		/* what came before the whole request was out is no answer of it */
		if (bus->written < bus->request_size)
			continue;
		bus->n_came += (size_t)n;
		if (look(poller, bus, now))
			break;
	}
	return true;
}

void coil_step(
        struct poller *poller, struct bus *bus, bool readable, const struct moment *now)
{
	if (!take(poller, bus, readable, now) || bus->state != WRITING)
		return;
	if (bus->written < bus->request_size && now->mono_us >= bus->quiet_us &&
	        !send_rest(poller, bus, now))
		return;
	if (now->mono_us < bus->deadline_us)
		return;
	bus->quiet_us = now->mono_us + bus_gap_us(bus);
	done(poller, bus, bus->written > 0 ? TIMED_OUT : REFUSED,
	        bus->written > 0 ? "no answer" : "the line takes nothing", now);
}
