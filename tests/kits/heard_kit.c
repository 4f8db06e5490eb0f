/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/heard_kit.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "sensors/drivers/modbus.h"

static const char configuration[] =
        "zone: {id: z, name: Z}\n"
        "station: {id: s, name: S, role: B}\n"
        "facility: {id: f, name: F}\n"
        "outlets: [{id: o, name: O, kind: water}]\n"
        "journal: {folder: j}\n"
        "ports: [{id: tap, %s, master: other}]\n"
        "instruments:\n"
        "  - {id: pb, profile: szlangshi-phototek-6000-pb, port: tap, slave: 1, "
        "poll_every: 10s}\n"
        "  - {id: di, profile: modbus-di-4, port: tap, slave: 17, poll_every: 5s}\n";

static int tap_open(struct port *port, struct problem *why)
{
	((struct tap_port *)port)->open = true;
	return OK;
}

static int tap_descriptor(struct port *port)
{
	return -1;
}

static short tap_events(struct port *port)
{
	return ((struct tap_port *)port)->open ? POLLIN : 0;
}

static int tap_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct tap_port *tap = (struct tap_port *)port;
	size_t n = tap->n < room ? tap->n : room;
	memcpy(out, tap->byte, n);
	memmove(tap->byte, tap->byte + n, tap->n - n);
	tap->n -= n;
	return (int)n;
}

static int tap_write(struct port *port, const uint8_t *in, size_t n)
{
	((struct tap_port *)port)->writes++;
	return (int)n;
}

static void tap_close(struct port *port)
{
	((struct tap_port *)port)->open = false;
}

static struct port *tap_port(
        void *context, size_t port, const struct port_setting *setting)
{
	struct world *world = context;
	assert_true(setting->listen);
	world->line = (struct tap_port){ .port = {
		                                 .open = tap_open,
		                                 .descriptor = tap_descriptor,
		                                 .events = tap_events,
		                                 .read = tap_read,
		                                 .write = tap_write,
		                                 .close = tap_close,
		                                 .free = tap_close,
		                         } };
	return &world->line.port;
}

/* What is kept of a reading says all of it again. */
static void decode_again(
        struct world *world, size_t instrument, const struct reading_parts *parts)
{
	static uint8_t payload[1 << 16];
	struct reading reading;
	int n = reading_encode(parts, payload, sizeof payload);
	assert_true(n > 0);
	assert_int_equal(reading_decode(&reading, payload, (size_t)n), OK);
	assert_int_equal(redecode_check(world->redecode[instrument], &reading), 0);
}

static void take_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	struct world *world = context;
	assert_true(world->n < 256);
	decode_again(world, instrument, parts);
	world->got[world->n++] = (struct got){
		.instrument = instrument,
		.n_exchanges = parts->n_exchanges,
		.when = *when,
		.state = parts->state[0],
		.value = parts->value[0],
	};
}

static void take_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct world *world = context;
	assert_true(world->n_told < 16);
	snprintf(world->said[world->n_told], sizeof world->said[0], "%s %s %s",
	        event->subject, event->state, event->text);
	bool changed = strcmp(event->state, "settings changed") == 0;
	snprintf(world->told[world->n_told++], 160, "%s %s%s%s", event->subject,
	        event->state, changed ? " " : "", changed ? event->text : "");
}

void heard_describe(struct world *world)
{
	struct problem why;
	for (size_t i = 0; i < 2; i++) {
		struct describe *describe =
		        station_describe_instrument(world->station, i);
		redecode_close(world->redecode[i]);
		if (redecode_open(&world->redecode[i], describe, &why) != OK)
			fail_msg("%s", why.text);
		describe_free(describe);
	}
}

void heard_begin(struct world *world, const char *path)
{
	char text[2048];
	struct problem why;
	memset(world, 0, sizeof *world);
	int n = snprintf(text, sizeof text, configuration,
	        path != NULL ? path : "path: /dev/ttyS0");
	if (station_parse(&world->station, text, (size_t)n, "listen", stderr, &why) !=
	        OK)
		fail_msg("%s", why.text);
	heard_describe(world);
	const struct poller_hooks hooks = { .context = world,
		.reading = take_reading,
		.state = take_state,
		.port = path != NULL ? NULL : tap_port };
	world->poller = poller_new(world->station, &hooks);
	world->now = (struct moment){ .time_us = START_TIME, .mono_us = START_US };
}

void heard_end(struct world *world)
{
	poller_free(world->poller);
	for (size_t i = 0; i < 2; i++)
		redecode_close(world->redecode[i]);
	station_free(world->station);
}

void heard_wait(struct world *world, int ms)
{
	for (int i = 0; i < ms; i++) {
		poller_step(world->poller, NULL, 0, &world->now);
		world->now.time_us += 1000;
		world->now.mono_us += 1000;
	}
}

void line_say(struct world *world, const uint8_t *in, size_t n)
{
	assert_true(world->line.n + n <= sizeof world->line.byte);
	memcpy(world->line.byte + world->line.n, in, n);
	world->line.n += n;
}

void other_asks(struct world *world, uint16_t start, uint16_t count)
{
	uint8_t out[MODBUS_FRAME];
	const struct modbus_request request = {
		.slave = 1, .function = 3, .start = start, .count = count
	};
	int n = modbus_request_put(FRAMING_RTU, &request, out, sizeof out);
	line_say(world, out, (size_t)n);
	heard_wait(world, 30);
}

void slave_answers(
        struct world *world, uint16_t start, const uint16_t *word, uint16_t count)
{
	uint8_t data[250], out[MODBUS_FRAME];
	const struct modbus_request request = {
		.slave = 1, .function = 3, .start = start, .count = count
	};
	for (size_t i = 0; i < count; i++)
		put_be16(data + 2 * i, word[i]);
	int n = modbus_answer_put(FRAMING_RTU, &request, data, out, sizeof out);
	line_say(world, out, (size_t)n);
	heard_wait(world, 20);
}

void other_round(struct world *world)
{
	static const uint16_t lead[] = { 0xECAA, 0x416F };
	static const uint16_t rest[] = { 0, 0, 0, 1, 0, 0, 48, 0, 0 };
	other_asks(world, LEAD, 2);
	slave_answers(world, LEAD, lead, 2);
	other_asks(world, STATE, 9);
	slave_answers(world, STATE, rest, 9);
}

size_t heard_count(const struct world *world, size_t instrument, uint8_t state)
{
	size_t n = 0;
	for (size_t i = 0; i < world->n; i++)
		n += world->got[i].instrument == instrument &&
		     world->got[i].state == state;
	return n;
}

bool heard_told(const struct world *world, const char *text)
{
	for (size_t i = 0; i < world->n_told; i++)
		if (strcmp(world->told[i], text) == 0)
			return true;
	return false;
}

bool heard_said(const struct world *world, const char *part)
{
	for (size_t i = 0; i < world->n_told; i++)
		if (strstr(world->said[i], part) != NULL)
			return true;
	return false;
}

int heard_setup(void **state)
{
	static struct world world;
	heard_begin(&world, NULL);
	*state = &world;
	return 0;
}

int heard_teardown(void **state)
{
	heard_end(*state);
	return 0;
}
