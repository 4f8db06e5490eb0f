/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Real measurements through the real programs: columns of a wastewater plant's record
 * as Modbus RTU on a pseudo-terminal, of an air station as Modbus TCP, at a speed
 * factor.  sensord keeps them, collectd takes them over CURVE, and the sealed day holds
 * every value as it was sent, once.
 */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "base/reading.h"
#include "tests/kits/cabinet_fixture.h"
#include "tests/kits/e2e_cabinet.h"
#include "tests/kits/e2e_collector.h"

enum { PLANT, AIR, INSTRUMENTS };

static struct seen seen[INSTRUMENTS];

static void write_files(
        const char *folder, const char *plant, const char *air, const char *collector)
{
	int port = free_port();
	fixture_three(folder, "DCBA");
	fixture_write(folder, "scenario.yaml",
	        "scenario: {name: replay, start: \"2026-11-01T00:00\", profiles: "
	        "%s/profiles}\n"
	        "ports: [{id: bus, mode: rtu}, {id: air, mode: tcp, listen: "
	        "\"127.0.0.1:%d\"}]\n"
	        "instruments:\n"
	        "  - id: plant\n"
	        "    profile: fixture-replay\n"
	        "    port: bus\n"
	        "    delay: 5ms\n"
	        "    channels:\n"
	        "      - {name: a, replay: {file: %s, column: VSS, every: 5min}}\n"
	        "      - {name: b, replay: {file: %s, column: S_NH, every: 5min}}\n"
	        "      - {name: c, replay: {file: %s, column: S_P, every: 5min}}\n"
	        "  - id: air\n"
	        "    profile: fixture-replay\n"
	        "    port: air\n"
	        "    delay: 5ms\n"
	        "    channels:\n"
	        "      - {name: a, replay: {file: %s, column: CO(GT), every: 5min, "
	        "missing: -200}}\n"
	        "      - {name: b, replay: {file: %s, column: C6H6(GT), every: 5min, "
	        "missing: "
	        "-200}}\n"
	        "      - {name: c, replay: {file: %s, column: T, every: 5min, missing: "
	        "-200}}\n",
	        folder, port, plant, plant, plant, air, air, air);
	fixture_write(folder, "station.yaml",
	        "zone: {id: kcn-mau, name: KCN Mau}\n"
	        "station: {id: nt-01, name: Nuoc thai, simulation: yes}\n"
	        "facility: {id: a, name: A}\n"
	        "outlets: [{id: x, name: X, kind: water}]\n"
	        "journal: {folder: journal}\n"
	        "profiles: profiles\n"
	        "ports: [{id: bus, path: run/bus, line: 115200 8N1}, {id: air, tcp: "
	        "\"127.0.0.1:%d\"}]\n"
	        "instruments:\n"
	        "  - {id: plant, profile: fixture-replay, port: bus, poll_every: "
	        "100ms}\n"
	        "  - {id: air, profile: fixture-replay, port: air, poll_every: "
	        "100ms}\n"
	        "%s",
	        port, collector);
}

/* Rows of the column that came, first to last: each is there, in order. */
static size_t rows_come_in_order(
        const struct seen *one, const struct scenario *scenario)
{
	int64_t before = -1, first = -1;
	for (size_t k = 0; k < one->n_kept; k++) {
		const struct poll_kept *kept = &one->kept[k];
		if (kept->n_frames == 0)
			continue;
		int64_t row = (kept->frame[0].asked_us - scenario->start_us) /
		              (5 * US_PER_MIN);
		if (first < 0)
			first = before = row;
		if (row != before && row != before + 1)
			fail_msg("%s: row %lld follows row %lld", one->id,
			        (long long)row, (long long)before);
		before = row;
	}
	return (size_t)(before - first + 1);
}

static size_t without_value(const struct seen *one)
{
	size_t n = 0;
	for (size_t k = 0; k < one->n_kept; k++)
		for (size_t c = 0; c < 3; c++)
			n += one->kept[k].state[c] == STATE_NO_VALUE;
	return n;
}

static void every_value_of_the_columns_is_sealed_as_it_was_sent(void **state)
{
	char plant[512], air[512];
	const char *found = data_folder("ecorecover_scada/conti_scada_cali.csv");
	const char *states;
	if (found == NULL)
		skip();
	snprintf(plant, sizeof plant, "%s", found);
	found = data_folder("uci_air_quality/AirQualityUCI_2004-03_2004-09.csv");
	if (found == NULL)
		skip();
	snprintf(air, sizeof air, "%s", found);
	struct collector collector = collector_begin(*state, "nt-01");
	write_files(*state, plant, air, collector_section(&collector, "nt-01"));
	/* 5 minutes of the file in 400 ms: each row is asked for about four times */
	struct run run =
	        run_begin(*state, in_folder(*state, "run/bus"), "750", NULL, "16s");
	run_finish(*state, &run);
	collector_finish(&collector);
	struct scenario *scenario = fixture_scenario(*state, "scenario.yaml");
	seen[PLANT] = (struct seen){ .id = "plant" };
	seen[AIR] = (struct seen){ .id = "air" };
	seen_read(*state, seen, INSTRUMENTS, &states);
	for (size_t i = 0; i < INSTRUMENTS; i++) {
		frames_agree(&seen[i], 1);
		assert_int_equal(seen[i].n_silent, 0);
		assert_true(values_agree(&seen[i], scenario) > 200);
		assert_true(rows_come_in_order(&seen[i], scenario) >= 30);
	}
	assert_int_equal(without_value(&seen[PLANT]), 0);
	assert_true(sealed_equals_journal(*state, "nt-01") > 200);
	assert_true(without_value(&seen[AIR]) > 0);
	seen_free(seen, INSTRUMENTS);
	scenario_free(scenario);
}

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	fixture_profiles(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        every_value_of_the_columns_is_sealed_as_it_was_sent, setup,
		        scratch_remove),
	};
	return cmocka_run_group_tests_name("e2e_replay", tests, NULL, NULL);
}
