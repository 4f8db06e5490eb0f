/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command on its line: written once, between two polls, and no poll is lost by it. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "base/log.h"
#include "sensors/poller/poller.h"
#include "sensors/simulator/simulate.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/command_kit.h"

#define SECOND INT64_C(1000000)

/* A port of the simulator, and what is written to it. */
struct spied {
	struct port port;
	struct port *real;
	size_t n_writes;
	const uint8_t *watch; /* writes of these bytes are counted */
	size_t n_watch, seen;
};

static struct {
	struct station *station;
	struct scenario *scenario;
	struct poller *poller;
	struct spied spied[2];
	struct moment now;
	size_t n_written, readings[3], good[3], odd;
	bool ended; /* maintenance */
	struct poller_written written;
	char why[128];
	uint8_t answer[64], request[COMMAND_MOST];
} line;

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

static void make(const char *folder, const char *scenes, const char *master)
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

static int setup(void **state)
{
	memset(&line, 0, sizeof line);
	log_catch(quiet);
	return scratch_make(state);
}

static int teardown(void **state)
{
	poller_free(line.poller);
	station_free(line.station);
	scenario_free(line.scenario);
	log_catch(NULL);
	return scratch_remove(state);
}

static void run(int64_t for_us)
{
	for (int64_t end_us = line.now.mono_us + for_us; line.now.mono_us < end_us;) {
		for (size_t i = 0; i < 2; i++)
			simulate_port_time(line.spied[i].real, line.now.time_us);
		poller_step(line.poller, NULL, 0, &line.now);
		line.now.mono_us += 1000;
		line.now.time_us += 1000;
	}
}

/* Hand a command to the poller; what that says. */
static int give(size_t instrument, const char *name, const char *value)
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

static void became(int status, const char *why)
{
	assert_int_equal(line.n_written, 1);
	assert_true(line.written.command);
	assert_int_equal(line.written.status, status);
	assert_string_equal(line.why, why);
}

/* ---- what is done ---- */

static void a_command_is_written_once_and_costs_no_poll(void **state)
{
	make(*state, "", "");
	run(10 * SECOND);
	size_t before[3];
	memcpy(before, line.good, sizeof before);
	assert_int_equal(give(0, "zero", ""), OK);
	run(10 * SECOND);
	became(OK, "");
	assert_int_equal(line.written.n, 8);
	assert_memory_equal(line.answer, line.request, 8);
	assert_int_equal(line.spied[0].seen, 1);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(line.good[i] - before[i], 10);
}

static void what_is_written_is_read_from_then_on(void **state)
{
	make(*state, "", "");
	run(3 * SECOND);
	assert_int_equal(give(0, "set_range", "50"), OK);
	run(3 * SECOND);
	became(OK, "");
	assert_close(scenario_shown(line.scenario, &line.scenario->instrument[0], 1,
	                     line.now.time_us),
	        50, 0);
	assert_close(scenario_shown(line.scenario, &line.scenario->instrument[1], 1,
	                     line.now.time_us),
	        25, 0);
}

static void a_text_command_is_done(void **state)
{
	make(*state, "", "");
	run(3 * SECOND);
	assert_int_equal(give(2, "calibrate", "40.5"), OK);
	run(3 * SECOND);
	became(OK, "");
	assert_memory_equal(line.request, "7cal 40.5\r", 10);
	assert_int_equal(line.spied[1].seen, 1);
	assert_int_equal(line.good[2], line.readings[2]);
}

static void a_refusal_is_told_as_one(void **state)
{
	make(*state, "scenes: [{name: s, from: day 1, to: day 2, commands: refused}]\n",
	        "");
	run(3 * SECOND);
	assert_int_equal(give(0, "set_range", "50"), OK);
	run(3 * SECOND);
	became(REFUSED, "device failure");
	line.n_written = 0;
	assert_int_equal(give(2, "calibrate", "40.5"), OK);
	run(3 * SECOND);
	became(REFUSED, "");
	assert_int_equal(line.good[0], line.readings[0]);
}

/* ---- what nobody knows ---- */

static void silence_is_unknown_and_nothing_is_sent_again(void **state)
{
	make(*state, "scenes: [{name: s, from: day 1, to: day 2, commands: ignored}]\n",
	        "");
	run(10 * SECOND);
	size_t before[3];
	memcpy(before, line.good, sizeof before);
	assert_int_equal(give(0, "zero", ""), OK);
	run(60 * SECOND);
	became(TIMED_OUT, "no answer");
	assert_int_equal(line.spied[0].seen, 1);
	/* its neighbours lose nothing */
	assert_true(line.good[0] - before[0] >= 59);
	assert_true(line.good[1] - before[1] >= 59);
	assert_int_equal(line.good[2] - before[2], 60);
}

static void an_answer_too_late_is_no_answer_to_the_next_poll(void **state)
{
	make(*state,
	        "scenes: [{name: s, from: day 1, to: day 2, instrument: "
	        "probe, late: 700ms}]\n",
	        "");
	line.scenario->scene[0].late_s = 0;
	run(3 * SECOND);
	line.scenario->scene[0].late_s = 0.7;
	assert_int_equal(give(2, "adjust", ""), OK); /* its answer is like one */
	run(1 * SECOND);
	became(TIMED_OUT, "no answer");
	line.scenario->scene[0].late_s = 0;
	run(30 * SECOND);
	assert_int_equal(line.odd, 0);
	assert_int_equal(line.spied[1].seen, 1);
}

static void a_line_that_goes_meanwhile_leaves_it_unknown(void **state)
{
	make(*state,
	        "scenes: [{name: s, from: day 1 00:00, to: day 1 00:02, port: bus, "
	        "commands: ignored}, {name: c, from: day 1 00:01, to: day 1 00:02, "
	        "port: bus, cable: yes}]\n",
	        "");
	line.now.time_us += 50 * SECOND;
	run(9 * SECOND + SECOND * 7 / 10);
	assert_int_equal(give(0, "zero", ""), OK);
	run(2 * SECOND);
	became(TIMED_OUT, "the line was closed before an answer came");
	assert_int_equal(line.spied[0].seen, 1);
	run(120 * SECOND);
	assert_int_equal(line.spied[0].seen, 1);
}

/* Nobody knows whether it will still come; the answer to a write says that it is one. */
static void an_answer_lost_long_ago_holds_no_command_back(void **state)
{
	make(*state,
	        "scenes: [{name: s, from: 2026-11-09T00:00:05, to: "
	        "2026-11-09T00:00:06, "
	        "instrument: gas, silent: yes}]\n",
	        "");
	run(20 * SECOND);
	assert_int_equal(poller_counts(line.poller, 0)->timeouts, 1);
	assert_int_equal(give(0, "zero", ""), OK);
	run(5 * SECOND);
	became(OK, "");
}

/* ---- what is not sent ---- */

static void a_dead_instrument_gets_no_command(void **state)
{
	make(*state,
	        "scenes: [{name: s, from: day 1, to: day 2, instrument: probe, silent: "
	        "yes}]\n",
	        "");
	run(20 * SECOND);
	assert_int_equal(give(2, "calibrate", "40.5"), OK);
	run(40 * SECOND);
	became(REFUSED, "the instrument does not answer, or its line is busy");
	assert_false(line.written.sent);
	assert_int_equal(line.spied[1].seen, 0);
}

static void maintenance_that_ends_before_it_goes_out_keeps_it_back(void **state)
{
	make(*state, "", "");
	run(3 * SECOND);
	line.ended = true;
	assert_int_equal(give(0, "zero", ""), OK);
	run(3 * SECOND);
	became(REFUSED, "maintenance has ended");
	assert_false(line.written.sent);
	assert_int_equal(line.spied[0].seen, 0);
}

static void a_line_that_is_listened_to_is_never_written(void **state)
{
	make(*state, "", ", master: other");
	run(2 * SECOND);
	assert_int_equal(give(0, "zero", ""), REFUSED);
	run(60 * SECOND);
	assert_int_equal(line.n_written, 0);
	assert_int_equal(line.spied[0].n_writes, 0);
}

static void one_at_a_time(void **state)
{
	make(*state, "", "");
	run(2 * SECOND);
	assert_int_equal(give(0, "zero", ""), OK);
	assert_int_equal(give(1, "zero", ""), REFUSED);
	run(2 * SECOND);
	assert_int_equal(line.n_written, 1);
	assert_int_equal(give(1, "zero", ""), OK);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_command_is_written_once_and_costs_no_poll),
		EACH(what_is_written_is_read_from_then_on),
		EACH(a_text_command_is_done),
		EACH(an_answer_lost_long_ago_holds_no_command_back),
		EACH(a_refusal_is_told_as_one),
		EACH(silence_is_unknown_and_nothing_is_sent_again),
		EACH(an_answer_too_late_is_no_answer_to_the_next_poll),
		EACH(a_line_that_goes_meanwhile_leaves_it_unknown),
		EACH(a_dead_instrument_gets_no_command),
		EACH(maintenance_that_ends_before_it_goes_out_keeps_it_back),
		EACH(a_line_that_is_listened_to_is_never_written),
		EACH(one_at_a_time),
	};
	return cmocka_run_group_tests_name("command_line", tests, NULL, NULL);
}
