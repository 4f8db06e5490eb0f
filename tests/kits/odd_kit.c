/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/odd_kit.h"
#include "tests/kits/station_head.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "base/log.h"
#include "base/reading.h"

size_t odd_lines;

static void count_line(enum log_level level, const char *text)
{
	odd_lines++;
}

static struct odd *of(struct port *port)
{
	return (struct odd *)port;
}

void odd_send(struct odd *odd, int64_t after_us, const uint8_t *bytes, size_t n)
{
	size_t i = 0;
	while (i < MESSAGES && odd->message[i].due_us != 0)
		i++;
	assert_true(i < MESSAGES);
	odd->message[i].due_us = odd->now.mono_us + after_us;
	odd->message[i].n = n;
	memcpy(odd->message[i].bytes, bytes, n);
}

void odd_hang_up(struct odd *odd, int64_t after_us)
{
	odd_send(odd, after_us, (const uint8_t[1]){ 0 }, 0);
}

static struct message *first(struct odd *odd)
{
	struct message *found = NULL;
	for (size_t i = 0; i < MESSAGES; i++)
		if (odd->message[i].due_us != 0 &&
		        (found == NULL || odd->message[i].due_us < found->due_us))
			found = &odd->message[i];
	return found;
}

static int odd_open(struct port *port, struct problem *why)
{
	memset(of(port)->message, 0, sizeof of(port)->message);
	of(port)->opened++;
	return OK;
}

static int odd_descriptor(struct port *port)
{
	return -1;
}

static short odd_events(struct port *port)
{
	return of(port)->unreachable ? POLLOUT : POLLIN;
}

static int odd_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	struct odd *odd = of(port);
	if (odd->floods > 0) {
		size_t n = odd->floods < room ? odd->floods : room;
		memset(out, 0x55, n);
		odd->floods -= n;
		odd->taken += n;
		return (int)n;
	}
	struct message *message = first(odd);
	if (message == NULL || message->due_us > of(port)->now.mono_us)
		return 0;
	message->due_us = 0;
	if (message->n == 0)
		return HUNG_UP;
	assert_true(message->n <= room);
	memcpy(out, message->bytes, message->n);
	return (int)message->n;
}

static int odd_write(struct port *port, const uint8_t *in, size_t n)
{
	struct odd *odd = of(port);
	struct simulated said;
	if (odd->takes < n) {
		int some = (int)odd->takes;
		odd->takes = 0;
		return some;
	}
	assert_int_equal(
	        simulate_answer(odd->scenario, 0, in, n, odd->now.time_us, &said), n);
	size_t who = (size_t)(said.instrument - odd->scenario->instrument);
	odd->asked[who]++;
	odd->answer(odd, who, in, n, &said);
	return (int)n;
}

static void odd_close(struct port *port)
{
}

static struct port *give_port(
        void *context, size_t port, const struct port_setting *setting)
{
	struct odd *odd = context;
	odd->port = (struct port){ .open = odd_open,
		.descriptor = odd_descriptor,
		.events = odd_events,
		.read = odd_read,
		.write = odd_write,
		.close = odd_close,
		.free = odd_close };
	return &odd->port;
}

static void on_reading(void *context, size_t i, const struct moment *when,
        const struct reading_parts *parts)
{
	struct odd *odd = context;
	int64_t since_us = odd->now.mono_us - odd->last_us[i];
	if (odd->readings[i]++ > 0 && since_us > odd->longest_us[i])
		odd->longest_us[i] = since_us;
	odd->last_us[i] = odd->now.mono_us;
	odd->ok[i] += parts->state[0] == STATE_OK;
	odd->silent[i] += parts->state[0] == STATE_SILENT;
}

static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct odd *odd = context;
	size_t n = strlen(odd->told);
	odd->states++;
	snprintf(odd->told + n, sizeof odd->told - n, "%s %s %s\n", event->subject,
	        event->state, event->text);
}

/* `polls`: of each instrument, "poll_every: 1s, timeout: 300ms". */
struct odd *odd_new(
        const char *port, const char *profile, size_t n, const char *const *polls)
{
	struct odd *odd = calloc(1, sizeof *odd);
	struct poller_hooks hooks = { .context = odd,
		.reading = on_reading,
		.state = on_state,
		.port = give_port };
	char scenario[2048], station[4096];
	struct problem why;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	int a = snprintf(scenario, sizeof scenario,
	        "scenario: {name: odd, start: 2026-11-01T00:00}\n"
	        "ports: [{id: bus, mode: %s}]\ninstruments:\n",
	        strncmp(port, "tcp", 3) == 0 ? "tcp" : "rtu");
	int b = snprintf(station, sizeof station,
	        STATION_HEAD "ports: [{id: bus, %s}]\ninstruments:\n", port);
	for (size_t i = 0; i < n; i++) {
		a += snprintf(scenario + a, sizeof scenario - (size_t)a,
		        "  - {id: i%zu, profile: %s, port: bus, slave: %zu}\n", i,
		        profile, i + 1);
		b += snprintf(station + b, sizeof station - (size_t)b,
		        "  - {id: i%zu, profile: %s, port: bus, slave: %zu, %s}\n", i,
		        profile, i + 1, polls[i]);
	}
	assert_int_equal(scenario_parse(&odd->scenario, scenario, (size_t)a, "odd.yaml",
	                         stderr, &why),
	        OK);
	scenario_begin(odd->scenario, START_US, INT64_MAX);
	assert_int_equal(station_parse(&odd->station, station, (size_t)b,
	                         "station.yaml", NULL, &why),
	        OK);
	odd->takes = SIZE_MAX;
	odd->now = (struct moment){ .time_us = START_US, .mono_us = START_US };
	odd_lines = 0;
	log_catch(count_line);
	odd->poller = poller_new(odd->station, &hooks);
	assert_non_null(odd->poller);
	return odd;
}

void odd_end(struct odd *odd)
{
	poller_free(odd->poller);
	station_free(odd->station);
	scenario_free(odd->scenario);
	log_catch(NULL);
	free(odd);
}

void odd_run(struct odd *odd, int64_t for_us)
{
	int64_t end_us = odd->now.mono_us + for_us;
	while (odd->now.mono_us < end_us) {
		poller_step(odd->poller, NULL, 0, &odd->now);
		odd->steps++;
		int64_t wait_us = poller_wait_ms(odd->poller, &odd->now) * MS;
		const struct message *next = first(odd);
		if (next != NULL && next->due_us - odd->now.mono_us < wait_us)
			wait_us = next->due_us - odd->now.mono_us;
		if (wait_us <= 0)
			wait_us = MS;
		if (wait_us > end_us - odd->now.mono_us)
			wait_us = end_us - odd->now.mono_us;
		odd->now.time_us += wait_us;
		odd->now.mono_us += wait_us;
	}
}

void odd_well(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	odd_send(odd, 60 * MS, said->bytes, said->size);
}

void odd_refuse(struct odd *odd, const uint8_t *in, uint8_t exception)
{
	uint8_t out[5] = { in[0], in[1] | 0x80, exception };
	uint16_t crc = crc16_modbus(out, 3);
	out[3] = (uint8_t)crc;
	out[4] = (uint8_t)(crc >> 8);
	odd_send(odd, 60 * MS, out, sizeof out);
}
