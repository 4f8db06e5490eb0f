/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac serial probe --match: which model a slave may be, by its registers. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/line_kit.h"

#define QUICK "--i-own-this-bus --listen 0s --timeout 20ms "

static void known_models_are_told_by_the_registers_a_slave_has(void **state)
{
	fixture_write(*state, "scenario.yaml",
	        "scenario: {name: test, seed: 7}\n"
	        "ports: [{id: bus, mode: rtu}]\n"
	        "instruments:\n"
	        "  - {id: ph, profile: endress-hauser-liquiline-cm44x, port: bus, "
	        "slave: 1, "
	        "channels: [{name: ph, mean: 7.3}, {name: temperature, mean: 30.5}], "
	        "delay: "
	        "2ms}\n"
	        "  - {id: flow, profile: krohne-ifc050, port: bus, slave: 2, channels: "
	        "[{name: flow_out, mean: 125}], delay: 2ms}\n");
	pid_t line = line_simulate(*state, "run/bus", 0);
	char *text = line_said(
	        *state, "serial probe run/bus " QUICK "--slave 1 --match --lang en", 0);
	assert_contains(text,
	        "Models that slave 1 may be (compare with its display):\n  "
	        "endress-hauser-liquiline-cm44x (2/2): ph=7.30 "
	        "temperature=30.5 °C\n");
	assert_null(strstr(text, "krohne"));
	assert_contains(text,
	        "\n  quantrac station add --port run/bus --line \"9600 8N1\" "
	        "--slave 1 --model endress-hauser-liquiline-cm44x\n");
	assert_null(strstr(text, "--match"));
	free(text);
	line_says(*state, "serial probe run/bus " QUICK "--slave 2 --match --lang vi",
	        0, "krohne-ifc050 (2/2): flow_out=125.0 m³/h");
	line_says(*state, "serial probe run/bus " QUICK "--slave 2", 0,
	        "\n  quantrac serial probe run/bus --line \"9600 8N1\" --slave 2 "
	        "--i-own-this-bus --match\n");
	line_end(line);
}

/* Registers of 0 are -20 mA of an ADAM-4017: eight of eight, and no sign of one. */
static void registers_that_are_empty_are_no_match(void **state)
{
	fixture_write(*state, "scenario.yaml",
	        "scenario: {name: test, seed: 7}\n"
	        "ports: [{id: bus, mode: rtu}]\n"
	        "instruments:\n"
	        "  - {id: ai, profile: advantech-adam-4017, port: bus, slave: 1, "
	        "delay: 2ms}\n"
	        "scenes:\n"
	        "  - {from: live +0s, to: live +600s, instrument: ai, set: -20}\n");
	pid_t line = line_simulate(*state, "run/bus", 0);
	char *text = line_said(
	        *state, "serial probe run/bus " QUICK "--slave 1 --match --lang en", 0);
	assert_null(strstr(text, "adam-4017"));
	free(text);
	line_end(line);
	fixture_write(*state, "scenario.yaml",
	        "scenario: {name: test, seed: 7}\n"
	        "ports: [{id: bus, mode: rtu}]\n"
	        "instruments: [{id: ai, profile: advantech-adam-4017, port: bus, "
	        "slave: 1, delay: 2ms, channels: [{name: in0, mean: 12}]}]\n");
	line = line_simulate(*state, "run/bus", 0);
	line_says(*state, "serial probe run/bus " QUICK "--slave 1 --match --lang en",
	        0, "advantech-adam-4017 (8/8): in0=12.000 mA");
	line_end(line);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(known_models_are_told_by_the_registers_a_slave_has),
		WITH(registers_that_are_empty_are_no_match),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	return cmocka_run_group_tests_name("serial_match", tests, NULL, NULL);
}
