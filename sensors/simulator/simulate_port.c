/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A port of a scenario without a wire: what is written is answered when its time has come. */
#include "sensors/simulator/simulate_way.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define BABBLE_US     1000 /* from byte to byte: about 9600 baud */
#define BABBLE        256  /* bytes in one read */
#define BABBLE_DUE_US (4 * BABBLE_US)

struct wireless {
	struct port port; /* first: a port is one of these */
	const struct scenario *scenario;
	size_t index;
	int64_t time_us;
	int64_t spoken_us;  /* until then all that comes unasked was given out */
	int64_t babbled_us; /* and what somebody babbled */
	bool open;
	struct simulate_way *way;
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
	wireless->spoken_us = wireless->babbled_us = wireless->time_us;
	simulate_way_clear(wireless->way);
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

/* Several may speak at the same moment. */
static void speak(struct wireless *wireless)
{
	const struct scenario *scenario = wireless->scenario;
	struct simulated said;
	int64_t when_us;
	while (next_speaker(wireless, &when_us) != NULL &&
	        when_us <= wireless->time_us) {
		for (size_t i = 0; i < scenario->n_instruments; i++) {
			const struct scenario_instrument *one =
			        &scenario->instrument[i];
			if (one->port != wireless->index || !simulate_speaks(one) ||
			        simulate_speaks_next(one, wireless->spoken_us) !=
			                when_us)
				continue;
			simulate_unasked(scenario, one, when_us, &said);
			simulate_way_put(wireless->way, &said, NULL, 0, when_us);
		}
		wireless->spoken_us = when_us;
	}
}

static int babble(struct wireless *wireless, uint8_t *out, size_t room)
{
	int64_t since_us = wireless->time_us - wireless->babbled_us;
	size_t n = (size_t)(since_us / BABBLE_US);
	if (n > BABBLE || n > room)
		n = BABBLE < room ? BABBLE : room;
	if (!simulate_babbles(
	            wireless->scenario, wireless->index, wireless->time_us, out, n)) {
		wireless->babbled_us = wireless->time_us;
		return 0;
	}
	if (n > 0)
		wireless->babbled_us = wireless->time_us;
	return (int)n;
}

static int wireless_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct wireless *wireless = of(port);
	const struct way_message *whole;
	if (!wireless->open || gone(wireless))
		return HUNG_UP;
	speak(wireless);
	int n = simulate_way_take(wireless->way, wireless->time_us, out, room, &whole);
	return n != 0 ? n : babble(wireless, out, room);
}

static int wireless_write(struct port *port, const uint8_t *in, size_t n)
{
	struct wireless *wireless = of(port);
	struct simulated answer;
	if (!wireless->open || gone(wireless))
		return HUNG_UP;
	int used = simulate_answer(
	        wireless->scenario, wireless->index, in, n, wireless->time_us, &answer);
	if (used > 0)
		simulate_way_put(
		        wireless->way, &answer, in, (size_t)used, wireless->time_us);
	return (int)n;
}

static void wireless_close(struct port *port)
{
	of(port)->open = false;
	simulate_way_clear(of(port)->way);
}

static void wireless_free(struct port *port)
{
	simulate_way_free(of(port)->way);
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
	wireless->way = simulate_way_new(scenario);
	if (wireless->way != NULL)
		return &wireless->port;
	free(wireless);
	return NULL;
}

void simulate_port_time(struct port *port, int64_t time_us)
{
	of(port)->time_us = time_us;
}

int64_t simulate_port_due(const struct port *port)
{
	const struct wireless *wireless = (const struct wireless *)port;
	uint8_t none[1];
	int64_t due_us = simulate_way_due(wireless->way), speaks_us;
	next_speaker(wireless, &speaks_us);
	if (speaks_us < due_us)
		due_us = speaks_us;
	if (simulate_babbles(
	            wireless->scenario, wireless->index, wireless->time_us, none, 0) &&
	        wireless->time_us + BABBLE_DUE_US < due_us)
		due_us = wireless->time_us + BABBLE_DUE_US;
	return due_us;
}
