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
	int64_t spoken_us;       /* until then all that comes unasked was given out */
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
	wireless->spoken_us = wireless->time_us;
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

/* The instrument that speaks next by itself, and when; NULL: all are asked. */
static const struct scenario_instrument *next_speaker(
        const struct wireless *wireless, int64_t *when_us)
{
	const struct scenario_instrument *found = NULL;
	*when_us = INT64_MAX;
	for (size_t i = 0; i < wireless->scenario->n_instruments; i++) {
		const struct scenario_instrument *one =
		        &wireless->scenario->instrument[i];
		if (one->port != wireless->index || !simulate_speaks(one))
			continue;
		int64_t at_us = simulate_speaks_next(one, wireless->spoken_us);
		if (at_us >= *when_us)
			continue;
		*when_us = at_us;
		found = one;
	}
	return found;
}

static int read_unasked(struct wireless *wireless, uint8_t *out, size_t room)
{
	struct simulated said;
	int64_t when_us;
	const struct scenario_instrument *speaker = next_speaker(wireless, &when_us);
	if (speaker == NULL || when_us > wireless->time_us)
		return 0;
	wireless->spoken_us = when_us;
	simulate_unasked(wireless->scenario, speaker, when_us, &said);
	if (said.hang_up)
		return HUNG_UP;
	if (said.size > room)
		return 0;
	memcpy(out, said.bytes, said.size);
	return (int)said.size;
}

static int wireless_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct wireless *wireless = of(port);
	if (!wireless->open || gone(wireless))
		return HUNG_UP;
	if (wireless->time_us < wireless->due_us)
		return read_unasked(wireless, out, room);
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
	const struct wireless *wireless = (const struct wireless *)port;
	int64_t when_us;
	next_speaker(wireless, &when_us);
	return when_us < wireless->due_us ? when_us : wireless->due_us;
}
