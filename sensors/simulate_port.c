/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A port of a scenario without a wire: what is written is answered when its time has come. */
#include "sensors/simulate.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

struct wireless {
	struct port port; /* first: a port is one of these */
	const struct scenario *scenario;
	size_t index;
	int64_t time_us, due_us; /* due: INT64_MAX, nothing is on its way */
	bool open;
	struct simulated answer;
};

static struct wireless *of(struct port *port)
{
	return (struct wireless *)port;
}

static bool gone(const struct wireless *wireless)
{
	return scenario_cable_out(
	        wireless->scenario, wireless->index, wireless->time_us);
}

static int wireless_open(struct port *port, struct problem *why)
{
	struct wireless *wireless = of(port);
	if (gone(wireless))
		return problem_set(why, NOT_FOUND, EXIT_CONFIG,
		        "port '%s' is not there",
		        wireless->scenario->port[wireless->index].id);
	wireless->open = true;
	wireless->due_us = INT64_MAX;
	return OK;
}

static int wireless_descriptor(struct port *port)
{
	return -1;
}

/* POLLIN: connected. */
static short wireless_events(struct port *port)
{
	return of(port)->open ? POLLIN : 0;
}

static int wireless_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct wireless *wireless = of(port);
	if (!wireless->open || gone(wireless))
		return HUNG_UP;
	if (wireless->time_us < wireless->due_us)
		return 0;
	wireless->due_us = INT64_MAX;
	if (wireless->answer.hang_up)
		return HUNG_UP;
	if (wireless->answer.size > room)
		return 0;
	memcpy(out, wireless->answer.bytes, wireless->answer.size);
	return (int)wireless->answer.size;
}

static int wireless_write(struct port *port, const uint8_t *in, size_t n)
{
	struct wireless *wireless = of(port);
	if (!wireless->open || gone(wireless))
		return HUNG_UP;
	int used = simulate_answer(wireless->scenario, wireless->index, in, n,
	        wireless->time_us, &wireless->answer);
	if (used > 0)
		wireless->due_us = INT64_MAX;
	if (used > 0 && (wireless->answer.size > 0 || wireless->answer.hang_up))
		wireless->due_us = wireless->time_us + wireless->answer.delay_us;
	return (int)n;
}

static void wireless_close(struct port *port)
{
	of(port)->open = false;
	of(port)->due_us = INT64_MAX;
}

static void wireless_free(struct port *port)
{
	free(port);
}

struct port *simulate_port_new(const struct scenario *scenario, size_t port)
{
	struct wireless *wireless = calloc(1, sizeof *wireless);
	if (wireless == NULL)
		return NULL;
	wireless->port = (struct port){ .open = wireless_open,
		.descriptor = wireless_descriptor,
		.events = wireless_events,
		.read = wireless_read,
		.write = wireless_write,
		.close = wireless_close,
		.free = wireless_free };
	wireless->scenario = scenario;
	wireless->index = port;
	wireless->due_us = INT64_MAX;
	return &wireless->port;
}

void simulate_port_time(struct port *port, int64_t time_us)
{
	of(port)->time_us = time_us;
}

int64_t simulate_port_due(const struct port *port)
{
	return ((const struct wireless *)port)->due_us;
}
