/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios that cannot be played, and what is said of them. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/simulator/scenario.h"
#include "tests/kits/cabinet_fixture.h"

static char *errors_of(const char *folder, const char *text)
{
	static char report[8192];
	struct scenario *s;
	struct problem why;
	char path[512];
	snprintf(path, sizeof path, "%s", in_folder(folder, "bad.yaml"));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fixture_write(folder, "bad.yaml", text, folder);
#pragma GCC diagnostic pop
	FILE *out = fmemopen(report, sizeof report, "w");
	assert_int_equal(scenario_read(&s, path, out, &why), MALFORMED);
	fclose(out);
	assert_null(s);
	assert_int_equal(why.exit, EXIT_CONFIG);
	return report;
}

static void all_errors_are_told_at_once(void **state)
{
	const char *report = errors_of(*state,
	        "scenario: {name: test, start: \"2026-11-01\", profiles: %s/profiles, "
	        "slot: "
	        "7s}\n"
	        "ports: [{id: bus}, {id: net, mode: tcp, listen: \"127.0.0.1\"}, "
	        "{id: sub, connect: \"127.0.0.1:0\"}, {id: both, listen: "
	        "\"127.0.0.1:1\", "
	        "connect: \"127.0.0.1:2\"}]\n"
	        "instruments:\n"
	        "  - {id: air, profile: fixture-water, port: bus, slave: 1}\n"
	        "  - {id: water, profile: fixture-water, port: buss, channels: [{name: "
	        "codd}, {name: cod}, {name: cod}]}\n"
	        "  - {id: gas, profile: fixture-water, port: bus, slave: 1, channels: "
	        "[{name: "
	        "cod, peak: \"25:00\", replay: {file: none.csv, column: x}}]}\n"
	        "scenes:\n"
	        "  - {from: day 0, to: day 2, silent: yes}\n"
	        "  - {from: day 3, to: day 3, silent: yes}\n"
	        "  - {from: live, to: day 3, silent: yes}\n"
	        "  - {from: day 3, to: day 3 00:07, mean: 5}\n"
	        "  - {from: day 3, to: day 4, instrument: watr, silent: yes}\n"
	        "  - {from: day 3, to: day 4, channels: [o2], set: 3}\n"
	        "  - {from: day 3, to: day 4, state: broken}\n"
	        "  - {from: day 3, to: day 4, state: stopped}\n"
	        "  - {from: day 3, to: day 4, cable: yes}\n");
	assert_contains(report, "no port 'buss'");
	assert_contains(report, "no channel 'codd'");
	assert_contains(report, "channel 'cod' is there twice");
	assert_contains(report, "'air' answers there already");
	assert_null(strstr(report, "'water' answers there already"));
	assert_contains(report, ":2:49: error: '127.0.0.1' is not address:port");
	assert_contains(report, "'127.0.0.1:0' is not address:port");
	assert_contains(report, "port 'both' cannot both listen and connect");
	assert_contains(report, "'25:00' is no time of day");
	assert_contains(report, "none.csv");
	assert_contains(report, "'day 0' is no time");
	assert_contains(report, "'day 3' is not after");
	assert_contains(report, "'day 3' is no end");
	assert_contains(report, "no whole number of base intervals");
	assert_contains(report, "nobody here is 'watr'");
	assert_contains(report, "channel 'o2'");
	assert_contains(report, "state 'broken'");
	assert_contains(report, "cannot say 'stopped'");
	assert_contains(report, "a cable is pulled from a port");
	assert_contains(report, "whole number of slots");
}

static void a_file_that_is_not_there_is_said(void **state)
{
	struct scenario *s;
	struct problem why;
	assert_int_equal(scenario_read(&s, in_folder(*state, "none.yaml"), NULL, &why),
	        NOT_FOUND);
	assert_contains(why.text, "none.yaml");
	assert_int_equal(why.exit, EXIT_NO_FILE);
}

static void a_slave_is_renumbered_to_a_number(void **state)
{
	static const char wrong[] =
	        "scenario: {name: x}\n"
	        "ports: [{id: bus}]\n"
	        "instruments: [{id: flow, profile: sim-flow, port: bus}]\n"
	        "scenes: [{from: day 1, to: day 2, renumbered: nine}]\n";
	struct scenario *out;
	struct problem why;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	assert_int_equal(
	        scenario_parse(&out, wrong, strlen(wrong), "x.yaml", NULL, &why),
	        MALFORMED);
	assert_contains(why.text, "'nine' is no address of 'flow'");
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, fixture_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(all_errors_are_told_at_once),
		EACH(a_file_that_is_not_there_is_said),
		EACH(a_slave_is_renumbered_to_a_number),
	};
	return cmocka_run_group_tests_name("scenario, errors", tests, NULL, NULL);
}
