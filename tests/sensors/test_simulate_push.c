/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plant's own master that writes to us, played by the simulator and heard by the real poller. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reading.h"
#include "base/record.h"
#include "sensors/drivers/modbus.h"
#include "sensors/drivers/modbus_write.h"
#include "sensors/simulator/rehearse.h"
#include "sensors/simulator/simulate.h"

#define BEGIN_US INT64_C(1793466000000000) /* 2026-11-01T00:00:00+07:00 */

static const char scenario_text[] =
        "scenario: {name: push, seed: 1}\n"
        "ports: [{id: d, mode: rtu}]\n"
        "instruments:\n"
        "  - {id: dcs, profile: dcs-push-incinerator, port: d, every: 10s, channels: "
        "[{name: reductant, mean: 42.5}]}\n"
        "scenes: [{from: live +60s, to: live +120s, instrument: dcs, silent: yes}]\n";

static const char station_text[] =
        "zone: {id: z, name: Z}\n"
        "station: {id: nt-01, name: S, simulation: yes}\n"
        "facility: {id: f, name: F}\n"
        "outlets: [{id: o, name: O, kind: stack}]\n"
        "journal: {folder: j}\n"
        "ports: [{id: d, path: /dev/modbus0}]\n"
        "instruments: [{id: dcs, profile: dcs-push-incinerator, port: d}]\n";

static struct scenario *begin(void)
{
	struct scenario *scenario;
	struct problem why = { .text = "" };
	assert_int_equal(scenario_parse(&scenario, scenario_text, strlen(scenario_text),
	                         "push", NULL, &why),
	        OK);
	scenario_begin(scenario, BEGIN_US, BEGIN_US);
	return scenario;
}

static void its_registers_are_written_by_function_16(void **state)
{
	struct scenario *scenario = begin();
	struct simulated said;
	struct modbus_write write;
	assert_true(simulate_speaks(&scenario->instrument[0]));
	simulate_unasked(scenario, &scenario->instrument[0], BEGIN_US, &said);
	assert_int_equal(said.size, 7 + 2 * 16 + 2);
	assert_int_equal(modbus_write_get(FRAMING_RTU, said.bytes, said.size, &write),
	        said.size);
	assert_int_equal(write.function, WRITE_REGISTERS);
	assert_int_equal(write.address, 24);
	assert_int_equal(write.count, 16);
	/* 42.5 is 422A0000, its low word first */
	static const uint8_t value[] = { 0, 0, 0x42, 0x2a };
	assert_memory_equal(write.data + 4, value, 4);
	scenario_free(scenario);
}

static size_t ok, silent;

static int each(void *with, uint8_t *record, size_t n, int64_t time_us)
{
	struct record now;
	struct reading reading;
	assert_int_equal(record_decode(&now, record, n), (int)n);
	if (now.type != RECORD_READING)
		return OK;
	assert_int_equal(reading_decode(&reading, now.payload, now.payload_size), OK);
	ok += reading.state[0] == STATE_OK;
	silent += reading.state[0] == STATE_SILENT;
	if (reading.state[0] == STATE_OK)
		assert_close(reading_value(&reading, 0), 42.5, 1e-6);
	return OK;
}

static void what_it_writes_is_a_reading_a_period(void **state)
{
	struct scenario *scenario = begin();
	struct station *station;
	struct problem why = { .text = "" };
	assert_int_equal(station_parse(&station, station_text, strlen(station_text),
	                         "push", NULL, &why),
	        OK);
	const struct rehearsal rehearsal = { .station = station,
		.scenario = scenario,
		.from_us = BEGIN_US,
		.to_us = BEGIN_US + INT64_C(180000000),
		.each = each };
	ok = silent = 0;
	assert_true(rehearse(&rehearsal, &why) > 0);
	/* the last one would be read when nobody has answered it */
	assert_in_range(ok, 10, 12);
	assert_in_range(silent, 5, 7);
	station_free(station);
	scenario_free(scenario);
}

static int use_profiles(void **state)
{
	return setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_registers_are_written_by_function_16),
		cmocka_unit_test(what_it_writes_is_a_reading_a_period),
	};
	return cmocka_run_group_tests_name("simulate_push", tests, use_profiles, NULL);
}
