/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/ports/port_tap.h"

#include <stdlib.h>

struct tap {
	struct port port; /* first: a port is one of these */
	struct port *inner;
	port_passed passed;
	void *context;
};

static struct tap *of(struct port *port)
{
	return (struct tap *)port;
}

static int tap_open(struct port *port, struct problem *why)
{
	struct port *inner = of(port)->inner;
	int status = inner->open(inner, why);
	port->reason = inner->reason;
	return status;
}

static int tap_descriptor(struct port *port)
{
	struct port *inner = of(port)->inner;
	return inner->descriptor(inner);
}

static short tap_events(struct port *port)
{
	struct port *inner = of(port)->inner;
	return inner->events(inner);
}

static int tap_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct tap *tap = of(port);
	int n = tap->inner->read(tap->inner, out, room, readable);
	port->reason = tap->inner->reason;
	if (n > 0)
		tap->passed(tap->context, false, out, (size_t)n);
	return n;
}

static int tap_write(struct port *port, const uint8_t *in, size_t n)
{
	struct tap *tap = of(port);
	int written = tap->inner->write(tap->inner, in, n);
	port->reason = tap->inner->reason;
	if (written > 0)
		tap->passed(tap->context, true, in, (size_t)written);
	return written;
}

static void tap_close(struct port *port)
{
	struct port *inner = of(port)->inner;
	inner->close(inner);
}

static void tap_free(struct port *port)
{
	struct port *inner = of(port)->inner;
	inner->free(inner);
	free(port);
}

struct port *port_tap_new(struct port *inner, port_passed passed, void *context)
{
	struct tap *tap = inner != NULL ? calloc(1, sizeof *tap) : NULL;
	if (tap == NULL) {
		if (inner != NULL)
			inner->free(inner);
		return NULL;
	}
	tap->inner = inner;
	tap->passed = passed;
	tap->context = context;
	tap->port = (struct port){ .open = tap_open,
		.descriptor = tap_descriptor,
		.events = tap_events,
		.read = tap_read,
		.write = tap_write,
		.close = tap_close,
		.free = tap_free };
	return &tap->port;
}
