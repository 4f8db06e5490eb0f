/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What two instruments say at the same time: on a wire, and on a TCP connection. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/modbus.h"
#include "sensors/simulator/simulate.h"

#define SECOND   INT64_C(1000000)
#define START_US INT64_C(1793466000000000) /* 2026-11-01T00:00:00+07:00 */

/* The first gives out a byte a second. */
static struct scenario *make(const char *port)
{
	char text[1024];
	struct scenario *scenario;
	struct problem why;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	int n = snprintf(text, sizeof text,
	        "scenario: {name: way, start: 2026-11-01T00:00}\n"
	        "ports: [{id: bus, %s}]\n"
	        "instruments:\n"
	        "  - {id: one, profile: sim-flow, port: bus, slave: 1}\n"
	        "  - {id: two, profile: sim-flow, port: bus, slave: 2}\n"
	        "scenes: [{from: day 1, to: day 9, instrument: one, slow: 1s}]\n",
	        port);
	if (scenario_parse(&scenario, text, (size_t)n, "way.yaml", stderr, &why) != OK)
		fail_msg("%s", why.text);
	scenario_begin(scenario, START_US, INT64_MAX);
	return scenario;
}

static void ask(struct port *port, int framing, int slave, int64_t now_us)
{
	struct modbus_request request = {
		.slave = (uint8_t)slave, .function = 4, .count = 10, .number = 7
	};
	uint8_t out[MODBUS_FRAME];
	int n = modbus_request_put(framing, &request, out, sizeof out);
	assert_true(n > 0);
	simulate_port_time(port, now_us);
	assert_int_equal(port->write(port, out, (size_t)n), n);
}

static size_t hear(struct port *port, int64_t until_us, uint8_t *out, size_t room)
{
	size_t n = 0;
	for (int64_t due_us; (due_us = simulate_port_due(port)) <= until_us;) {
		simulate_port_time(port, due_us);
		int got = port->read(port, out + n, room - n, true);
		assert_true(got > 0);
		n += (size_t)got;
	}
	return n;
}

/* Ask one, and in the middle of its answer the other; all that comes. */
static size_t both(const char *about, int framing, uint8_t *out, size_t room)
{
	struct scenario *scenario = make(about);
	struct port *port = simulate_port_new(scenario, 0);
	struct problem why;
	simulate_port_time(port, START_US);
	assert_int_equal(port->open(port, &why), OK);
	ask(port, framing, 1, START_US);
	size_t n = hear(port, START_US + 5 * SECOND, out, room);
	assert_in_range(n, 4, 6);
	ask(port, framing, 2, START_US + 5 * SECOND);
	n += hear(port, INT64_MAX - 1, out + n, room - n);
	port->free(port);
	scenario_free(scenario);
	return n;
}

static bool is_answer(int framing, int slave, const uint8_t *in, size_t n)
{
	struct modbus_request request = {
		.slave = (uint8_t)slave, .function = 4, .count = 10, .number = 7
	};
	struct modbus_answer answer;
	return modbus_answer_get(framing, &request, in, n, false, &answer) == OK;
}

static void on_a_connection_one_message_ends_before_the_next_begins(void **state)
{
	static const char *const ports[] = { "mode: tcp",
		"mode: rtu-over-tcp, listen: \"127.0.0.1:15020\"" };
	static const int framings[] = { FRAMING_TCP, FRAMING_RTU_OVER_TCP };
	for (int i = 0; i < 2; i++) {
		uint8_t came[256];
		size_t n = both(ports[i], framings[i], came, sizeof came);
		assert_int_equal(n % 2, 0);
		assert_true(is_answer(framings[i], 1, came, n / 2));
		assert_true(is_answer(framings[i], 2, came + n / 2, n / 2));
	}
}

static void on_a_wire_they_talk_at_once(void **state)
{
	uint8_t came[256];
	size_t n = both("mode: rtu", FRAMING_RTU, came, sizeof came);
	assert_false(is_answer(FRAMING_RTU, 1, came, n / 2));
	size_t at = 0;
	while (at + n / 2 <= n && !is_answer(FRAMING_RTU, 2, came + at, n / 2))
		at++;
	assert_in_range(at, 4, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        on_a_connection_one_message_ends_before_the_next_begins),
		cmocka_unit_test(on_a_wire_they_talk_at_once),
	};
	return cmocka_run_group_tests_name("simulate, way", tests, NULL, NULL);
}
