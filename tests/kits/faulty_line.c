/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/faulty_line.h"

#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scenario *faulty_scenario;

/* One fault an hour of day 2; on day 1 all is well. */
static const char *const scenes[] = { "late: 0s", "garbage: yes", "flips: 1",
	"flips: 3", "echo: yes", "twice: yes", "stray: 3", "split: 50ms", "slow: 1s",
	"behind: yes", "foreign: yes", "frozen: yes", "other_order: yes", "shift: 1",
	"renumbered: \"9\"", "babble: yes", "silent: yes, echo: yes", "hang_up: yes",
	"clumps: 8ms" };
static const char text[] =
        "ports: [{id: bus, mode: rtu}]\n"
        "instruments:\n"
        "  - id: flow\n"
        "    profile: sim-flow\n"
        "    port: bus\n"
        "    slave: 1\n"
        "    delay: 30ms\n"
        "    channels:\n"
        "      - {name: flow_in, mean: 300, daily: 100, noise: 10, correlation: 1s}\n"
        "      - {name: flow_out, mean: 200, daily: 50, noise: 10, correlation: 1s}\n"
        "  - {id: ph, profile: sim-ph-temperature, port: bus, slave: 2, delay: 30ms, "
        "channels: [{name: ph, mean: 7}]}\n"
        "scenes:\n";

int faulty_setup(void **state)
{
	char head[1024], all[4096] = "";
	if (scratch_make(state) != 0)
		return -1;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	fixture_profiles(*state);
	snprintf(head, sizeof head, fixture_head, (const char *)*state);
	for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
		snprintf(all + strlen(all), sizeof all - strlen(all),
		        "  - {from: day 2 %02zu:00, to: day 2 %02zu:00, instrument: "
		        "flow, "
		        "%s}\n",
		        i, i + 1, scenes[i]);
	fixture_write(*state, "scenario.yaml", "%s%s%s", head, text, all);
	faulty_scenario = fixture_scenario(*state, "scenario.yaml");
	return 0;
}

int faulty_teardown(void **state)
{
	scenario_free(faulty_scenario);
	return scratch_remove(state);
}

size_t faulty_request(int slave, uint8_t out[MODBUS_FRAME])
{
	struct modbus_request request = { .slave = (uint8_t)slave,
		.function = slave == 1 ? 4 : 3,
		.start = slave == 1 ? 0 : 100,
		.count = slave == 1 ? 10 : 5 };
	int n = modbus_request_put(FRAMING_RTU, &request, out, MODBUS_FRAME);
	assert_true(n > 0);
	return (size_t)n;
}

struct simulated faulty_ask(int slave, int64_t time_us)
{
	struct simulated answer;
	uint8_t request[MODBUS_FRAME];
	size_t n = faulty_request(slave, request);
	assert_int_equal(
	        simulate_answer(faulty_scenario, 0, request, n, time_us, &answer), n);
	return answer;
}

bool faulty_is_sound(const uint8_t *bytes, size_t n)
{
	struct modbus_request request = {
		.slave = 1, .function = 4, .start = 0, .count = 10
	};
	struct modbus_answer answer;
	return modbus_answer_get(FRAMING_RTU, &request, bytes, n, false, &answer) == OK;
}

int faulty_bits(const uint8_t *a, const uint8_t *b, size_t n)
{
	int different = 0;
	for (size_t i = 0; i < n; i++)
		different += __builtin_popcount((unsigned)(a[i] ^ b[i]));
	return different;
}
