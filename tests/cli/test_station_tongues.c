/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station test of instruments whose line is not Modbus: their loops and their cures. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "cli/station.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/line_kit.h"
#include "tests/kits/station_head.h"

static pid_t begin(const char *folder)
{
	fixture_write(folder, "scenario.yaml",
	        "scenario: {name: test, seed: 7}\n"
	        "ports: [{id: dc, mode: rtu}]\n"
	        "instruments:\n"
	        "  - {id: ai, profile: icpdas-i-7017, port: dc, address: \"01\", "
	        "channels: [{name: in0, mean: 12}, {name: in1, mean: 20}]}\n");
	fixture_write(folder, "station.yaml",
	        STATION_HEAD
	        "ports: [{id: dc, path: run/dc, line: 9600 8N1}]\n"
	        "instruments:\n"
	        "  - {id: ai, profile: icpdas-i-7017, port: dc, address: \"01\", "
	        "channels: [{name: in0, id: flow_out, signal: 4-20 mA, range: 0..500 "
	        "m3/h}, {name: in1, id: boiler, label_en: Boiler, signal: 4-20 mA, "
	        "range: 0..2 bar}]}\n"
	        "  - {id: nox, profile: thermo-42i-clink, port: dc, address: "
	        "\"42\"}\n");
	return line_simulate(folder, "run/dc", 0);
}

static void a_loop_is_shown_as_the_station_names_it(void **state)
{
	pid_t line = begin(*state);
	char *text = line_said(*state, "station test ai --for 1500ms --lang en", 0);
	assert_contains(text, "Flow out                           250.0 m³/h     ok\n");
	assert_contains(text, "Boiler                             2.000 bar      ok\n");
	assert_contains(text, "Flow out 250.0 m³/h  Boiler 2.000 bar  ");
	assert_null(strstr(text, "Input 0"));
	free(text);
	text = line_said(
	        *state, "station test ai --for 200ms --format json 2>/dev/null", 0);
	assert_contains(
	        text, "\"channel\":\"flow_out\",\"value\":250,\"unit\":\"m3/h\"");
	assert_contains(text, "\"channel\":\"boiler\",\"value\":2,\"unit\":\"bar\"");
	assert_contains(text, "\"channel\":\"in2\",");
	free(text);
	line_end(line);
}

/* It speaks Modbus alone. */
static void serial_probe_is_proposed_for_modbus_only(void **state)
{
	pid_t line = begin(*state);
	char *text =
	        line_said(*state, "station test nox --for 1s --lang en", EXIT_FOUND);
	assert_contains(text, "quantrac serial monitor shows whether anything comes");
	assert_null(strstr(text, "serial probe"));
	free(text);
	line_end(line);
	for (int verdict = TRIAL_GOOD; verdict <= TRIAL_NO_PORT; verdict++)
		for (int way = 0; way < 4; way++) {
			const char *cure =
			        station_cure(verdict, way & 1, false, way & 2);
			assert_true((cure[0] == '\0') == (verdict == TRIAL_GOOD));
			assert_null(strstr(cure, "serial probe"));
			assert_null(strstr(cure, "slave"));
			assert_null(strstr(cure, "rtu"));
		}
	assert_contains(
	        station_cure(TRIAL_GARBLED, false, true, false), "serial probe");
	assert_contains(station_cure(TRIAL_SILENT, true, true, false), "slave");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_loop_is_shown_as_the_station_names_it),
		WITH(serial_probe_is_proposed_for_modbus_only),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	return cmocka_run_group_tests_name("station_tongues", tests, NULL, NULL);
}
