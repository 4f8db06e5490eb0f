/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A port that answers from a script, with a clock that is handed in. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/ports/port.h"

struct replay {
	struct port port;
	const struct replay_step *step;
	size_t n, used, wrong;
	int64_t now_us, opened_us,
	        asked_us; /* asked_us: of the step that is answering */
	size_t given;     /* bytes of its answer already read */
	bool is_open, answering;
};

static int replay_open(struct port *port, struct problem *why)
{
	struct replay *replay = (struct replay *)port;
	replay->is_open = true;
	replay->answering = false;
	replay->opened_us = replay->now_us;
	return OK;
}

static int replay_descriptor(struct port *port)
{
	return -1;
}

static short replay_events(struct port *port)
{
	return ((struct replay *)port)->is_open ? POLLIN : 0;
}

/* Begin the next step that needs no request, if its time has come. */
static void start_unasked(struct replay *replay)
{
	if (replay->answering || replay->used >= replay->n ||
	        !replay->step[replay->used].unasked)
		return;
	replay->answering = true;
	replay->asked_us = replay->opened_us;
	replay->given = 0;
}

static void finish(struct replay *replay)
{
	replay->answering = false;
	replay->used++;
}

static int replay_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct replay *replay = (struct replay *)port;
	if (!replay->is_open)
		return HUNG_UP;
	start_unasked(replay);
	if (!replay->answering)
		return 0;
	const struct replay_step *step = &replay->step[replay->used];
	if (replay->now_us < replay->asked_us + step->after_us)
		return 0;
	if (step->hang_up) {
		finish(replay);
		return HUNG_UP;
	}
	size_t n = step->answer_size - replay->given;
	if (step->clump > 0 && n > step->clump)
		n = step->clump;
	if (n > room)
		n = room;
	if (n > 0)
		memcpy(out, step->answer + replay->given, n);
	replay->given += n;
	if (replay->given == step->answer_size)
		finish(replay);
	return (int)n;
}

static int replay_write(struct port *port, const uint8_t *in, size_t n)
{
	struct replay *replay = (struct replay *)port;
	if (!replay->is_open)
		return HUNG_UP;
	if (replay->answering)
		finish(replay);
	if (replay->used >= replay->n || replay->step[replay->used].unasked)
		return (int)n;
	const struct replay_step *step = &replay->step[replay->used];
	if (step->request_size > 0 &&
	        (step->request_size != n || memcmp(step->request, in, n) != 0))
		replay->wrong++;
	replay->answering = true;
	replay->asked_us = replay->now_us;
	replay->given = 0;
	return (int)n;
}

static void replay_close(struct port *port)
{
	((struct replay *)port)->is_open = false;
}

static void replay_free(struct port *port)
{
	free(port);
}

struct port *port_replay_new(const struct replay_step *step, size_t n)
{
	struct replay *replay = calloc(1, sizeof *replay);
	if (replay == NULL)
		return NULL;
	replay->step = step;
	replay->n = n;
	replay->port = (struct port){
		.open = replay_open,
		.descriptor = replay_descriptor,
		.events = replay_events,
		.read = replay_read,
		.write = replay_write,
		.close = replay_close,
		.free = replay_free,
	};
	return &replay->port;
}

void port_replay_time(struct port *port, int64_t mono_us)
{
	((struct replay *)port)->now_us = mono_us;
}

size_t port_replay_used(const struct port *port)
{
	return ((const struct replay *)port)->used;
}

size_t port_replay_wrong(const struct port *port)
{
	return ((const struct replay *)port)->wrong;
}
