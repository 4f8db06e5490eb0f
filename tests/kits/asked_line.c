/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/asked_line.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static int line_open(struct port *port, struct problem *why)
{
	return OK;
}

static int line_descriptor(struct port *port)
{
	return -1;
}

static short line_events(struct port *port)
{
	return POLLIN;
}

static int line_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct asked_line *line = (struct asked_line *)port;
	struct asked_message *first = NULL;
	for (size_t i = 0; i < ASKED_MESSAGES; i++) {
		struct asked_message *one = &line->message[i];
		if (one->n > 0 && one->due_us <= line->now.mono_us &&
		        (first == NULL || one->due_us < first->due_us))
			first = one;
	}
	if (first == NULL)
		return 0;
	size_t n = first->n;
	assert_true(n <= room);
	memcpy(out, first->byte, n);
	first->n = 0;
	return (int)n;
}

static int line_write(struct port *port, const uint8_t *in, size_t n)
{
	struct asked_line *line = (struct asked_line *)port;
	line->asked(line->context, in, n);
	return (int)n;
}

static void line_close(struct port *port)
{
}

static struct port *give(void *context, size_t port, const struct port_setting *setting)
{
	return &((struct asked_line *)context)->port;
}

static void on_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	struct asked_line *line = context;
	line->reading(line->context, instrument, when, parts);
}

static void on_written(
        void *context, const struct poller_written *what, const struct moment *now)
{
	struct asked_line *line = context;
	if (line->written != NULL)
		line->written(line->context, what, now);
}

static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct asked_line *line = context;
	if (line->told != NULL)
		line->told(line->context, event);
}

static void not_logged(enum log_level level, const char *text)
{
}

int asked_line_open(struct asked_line *line, const char *configuration)
{
	struct problem why;
	const struct poller_hooks hooks = { .context = line,
		.reading = on_reading,
		.state = on_state,
		.port = give,
		.written = on_written };
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	log_catch(not_logged);
	line->port = (struct port){ .open = line_open,
		.descriptor = line_descriptor,
		.events = line_events,
		.read = line_read,
		.write = line_write,
		.close = line_close,
		.free = line_close };
	line->now = (struct moment){ .time_us = INT64_C(1794188880000000),
		.mono_us = INT64_C(1000000000) };
	if (station_parse(&line->station, configuration, strlen(configuration),
	            "station.yaml", stderr, &why) != OK)
		return -1;
	line->poller = poller_new(line->station, &hooks);
	return line->poller != NULL ? 0 : -1;
}

void asked_line_close(struct asked_line *line)
{
	poller_free(line->poller);
	station_free(line->station);
	log_catch(NULL);
}

void asked_line_run(struct asked_line *line, int64_t for_us)
{
	struct moment *now = &line->now;
	int64_t end_us = now->mono_us + for_us;
	for (; now->mono_us < end_us; now->mono_us += 1000, now->time_us += 1000)
		poller_step(line->poller, NULL, 0, now);
}

void asked_line_say(
        struct asked_line *line, int64_t due_us, const void *bytes, size_t n)
{
	size_t i = 0;
	while (i < ASKED_MESSAGES - 1 && line->message[i].n > 0)
		i++;
	assert_int_equal(line->message[i].n, 0);
	assert_true(n <= sizeof line->message[i].byte);
	line->message[i].due_us = due_us;
	line->message[i].n = n;
	memcpy(line->message[i].byte, bytes, n);
}

void asked_line_answer(
        struct asked_line *line, const uint8_t *in, size_t n, double value)
{
	const struct instrument *one = &line->station->instrument[0].instrument;
	double all[READING_CHANNELS];
	uint8_t state[READING_CHANNELS] = { STATE_OK }, out[FRAME_MOST];
	struct speech speech = { .instrument = one,
		.value = all,
		.state = state,
		.time_us = line->now.time_us };
	for (size_t i = 0; i < READING_CHANNELS; i++)
		all[i] = value;
	size_t size = one->profile->driver->say(&speech, in, n, out, sizeof out);
	assert_true(size > 0);
	asked_line_say(line, line->now.mono_us + 300000, out, size);
}
