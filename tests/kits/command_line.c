/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/command_line.h"

#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/command_kit.h"

struct command_line line;

static struct port *real(struct port *port)
{
	return ((struct spied *)port)->real;
}
static int spy_open(struct port *port, struct problem *why)
{
	return real(port)->open(real(port), why);
}
static int spy_descriptor(struct port *port)
{
	return -1;
}
static short spy_events(struct port *port)
{
	return real(port)->events(real(port));
}
static int spy_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	return real(port)->read(real(port), out, room, readable);
}
static int spy_write(struct port *port, const uint8_t *in, size_t n)
{
	struct spied *spied = (struct spied *)port;
	spied->n_writes++;
	spied->seen += spied->watch != NULL && n == spied->n_watch &&
	               memcmp(in, spied->watch, n) == 0;
	return real(port)->write(real(port), in, n);
}
static void spy_close(struct port *port)
{
	real(port)->close(real(port));
}
static void spy_free(struct port *port)
{
	real(port)->free(real(port));
}

static struct port *give_port(
        void *context, size_t port, const struct port_setting *setting)
{
	struct spied *spied = &line.spied[port];
	spied->port = (struct port){ .open = spy_open,
		.descriptor = spy_descriptor,
		.events = spy_events,
		.read = spy_read,
		.write = spy_write,
		.close = spy_close,
		.free = spy_free };
	spied->real = simulate_port_new(line.scenario, port);
	return &spied->port;
}

static void on_reading(void *context, size_t instrument, const struct moment *when,
        const struct reading_parts *parts)
{
	line.readings[instrument]++;
	line.good[instrument] += parts->state[0] == STATE_OK;
	line.odd += parts->state[0] != STATE_OK && parts->state[0] != STATE_SILENT;
}

static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
}

static void on_written(
        void *context, const struct poller_written *what, const struct moment *now)
{
	line.n_written++;
	line.written = *what;
	snprintf(line.why, sizeof line.why, "%s", what->why);
	if (what->n > 0)
		memcpy(line.answer, what->answer, what->n < 64 ? what->n : 64);
}

static bool may(void *context)
{
	return !line.ended;
}

static void quiet(enum log_level level, const char *text)
{
}

/* ---- a station of three: two on a Modbus line, one that speaks text ---- */

void command_line_make(const char *folder, const char *scenes, const char *master)
{
	struct problem why;
	struct poller_hooks hooks = { .reading = on_reading,
		.state = on_state,
		.port = give_port,
		.written = on_written,
		.may = may };
	char *gas = command_gas(gas_commands), *probe = command_probe(probe_commands);
	fixture_profiles(folder);
	fixture_write(folder, "profiles/command-gas.yaml", "%s", gas);
	fixture_write(folder, "profiles/command-probe.yaml", "%s", probe);
	free(gas);
	free(probe);
	fixture_write(folder, "scenario.yaml",
	        "scenario: {name: test, seed: 7, start: \"2026-11-09T00:00\", "
	        "profiles: "
	        "%s/profiles}\n"
	        "ports: [{id: bus, mode: rtu}, {id: text, mode: rtu}]\n"
	        "instruments:\n"
	        "  - {id: gas, profile: command-gas, port: bus, slave: 1, delay: 20ms, "
	        "channels: [{name: o2, mean: 8}, {name: range, mean: 25}]}\n"
	        "  - {id: other, profile: command-gas, port: bus, slave: 2, delay: "
	        "20ms, "
	        "channels: [{name: o2, mean: 9}, {name: range, mean: 25}]}\n"
	        "  - {id: probe, profile: command-probe, port: text, address: '7', "
	        "delay: "
	        "20ms, channels: [{name: o3, mean: 30}]}\n"
	        "%s",
	        folder, scenes);
	fixture_write(folder, "station.yaml",
	        "zone: {id: z, name: Z}\nstation: {id: nt-01, name: N, simulation: "
	        "yes}\n"
	        "facility: {id: a, name: A}\noutlets: [{id: x, name: X, kind: stack}]\n"
	        "journal: {folder: journal}\nprofiles: profiles\n"
	        "ports: [{id: bus, path: /dev/ttyS0%s}, {id: text, path: /dev/ttyS1}]\n"
	        "instruments:\n"
	        "  - {id: gas, profile: command-gas, port: bus, slave: 1, poll_every: "
	        "1s}\n"
	        "  - {id: other, profile: command-gas, port: bus, slave: 2, "
	        "poll_every: "
	        "1s}\n"
	        "  - {id: probe, profile: command-probe, port: text, poll_every: 1s}\n",
	        master);
	assert_int_equal(scenario_read(&line.scenario,
	                         in_folder(folder, "scenario.yaml"), stderr, &why),
	        OK);
	scenario_begin(line.scenario, 0, INT64_MAX);
	assert_int_equal(station_read(&line.station, in_folder(folder, "station.yaml"),
	                         stderr, &why),
	        OK);
	line.now = (struct moment){ .time_us = line.scenario->start_us,
		.mono_us = 1000 * SECOND };
	line.poller = poller_new(line.station, &hooks);
	assert_non_null(line.poller);
}

int command_line_setup(void **state)
{
	memset(&line, 0, sizeof line);
	log_catch(quiet);
	return scratch_make(state);
}

int command_line_teardown(void **state)
{
	poller_free(line.poller);
	station_free(line.station);
	scenario_free(line.scenario);
	log_catch(NULL);
	return scratch_remove(state);
}

void command_line_run(int64_t for_us)
{
	for (int64_t end_us = line.now.mono_us + for_us; line.now.mono_us < end_us;) {
		for (size_t i = 0; i < 2; i++)
			simulate_port_time(line.spied[i].real, line.now.time_us);
		poller_step(line.poller, NULL, 0, &line.now);
		line.now.mono_us += 1000;
		line.now.time_us += 1000;
	}
}

int command_line_give(size_t instrument, const char *name, const char *value)
{
	const struct station_instrument *to = &line.station->instrument[instrument];
	struct command_order order = { .instrument = &to->instrument,
		.command = (size_t)command_find(to->profile, name),
		.value = value };
	struct problem why;
	int n = command_request(&order, line.request, &why);
	assert_true(n > 0);
	const struct poller_command command = { .instrument = instrument,
		.command = order.command,
		.n = (size_t)n,
		.request = line.request };
	struct spied *spied = &line.spied[to->port_index];
	spied->watch = line.request;
	spied->n_watch = (size_t)n;
	spied->seen = 0;
	return poller_command(line.poller, &command, &line.now);
}

void command_line_became(int status, const char *why)
{
	assert_int_equal(line.n_written, 1);
	assert_true(line.written.command);
	assert_int_equal(line.written.status, status);
	assert_string_equal(line.why, why);
}
