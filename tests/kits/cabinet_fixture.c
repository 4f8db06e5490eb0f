/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/cabinet_fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/folder.h"
#include "tests/kits/check.h"

static const char water[] =
        "name: fixture-water\n"
        "maker: nobody\n"
        "model: made up for tests\n"
        "summary: COD, TSS, pH and flow with two status registers\n"
        "source: made up for tests\n"
        "driver: modbus\n"
        "simulation: yes\n"
        "slave: 1\n"
        "poll_every: 60s\n"
        "timeout: 300ms\n"
        "blocks:\n"
        "  - {name: values, function: 4, start: 100, count: 6, source: made up}\n"
        "  - {name: status, function: 3, start: 10, count: 2, source: made up}\n"
        "channels:\n"
        "  - {name: cod, label_vi: COD, label_en: COD, unit: mg/L, low: 0, high: 225,\n"
        "     block: values, at: 0, type: f32, order: CDAB, result_every: 60s}\n"
        "  - {name: tss, label_vi: TSS, label_en: TSS, unit: mg/L, low: 0, high: 150,\n"
        "     block: values, at: 2, type: u16, divide: 10, result_every: 60s}\n"
        "  - {name: ph, label_vi: pH, label_en: pH, unit: pH, low: 0, high: 14,\n"
        "     block: values, at: 3, type: u16, divide: 100, result_every: 60s, "
        "decimals: 2}\n"
        "  - {name: flow_out, label_vi: Flow, label_en: Flow, unit: m3/h, low: 0, "
        "high: 400,\n"
        "     block: values, at: 4, type: i32, order: ABCD, divide: 1000, "
        "result_every: 60s}\n"
        "states:\n"
        "  - {block: status, at: 1, unless: [1], state: fault, meaning: data alive}\n"
        "  - {block: status, at: 0, bit: 2, state: fault, channels: [cod]}\n"
        "  - {block: status, at: 0, bit: 0, state: calibrating, channels: [cod, tss]}\n"
        "  - {block: status, at: 0, mask: 0xF0, when: [0x30], state: maintenance}\n"
        "vendor:\n"
        "  - {block: status, at: 0, count: 2}\n";

static const char gas[] =
        "name: fixture-gas\n"
        "maker: nobody\n"
        "model: made up for tests\n"
        "summary: dust and oxygen as floats, running as a bit\n"
        "source: made up for tests\n"
        "driver: modbus\n"
        "simulation: yes\n"
        "slave: 2\n"
        "poll_every: 60s\n"
        "timeout: 300ms\n"
        "blocks:\n"
        "  - {name: values, function: 3, start: 0, count: 4, source: made up}\n"
        "  - {name: bits, function: 2, start: 1000, count: 12, source: made up}\n"
        "channels:\n"
        "  - {name: dust, label_vi: Dust, label_en: Dust, unit: mg/m3, low: 0, high: "
        "600,\n"
        "     block: values, at: 0, type: f32, order: ABCD, result_every: 60s}\n"
        "  - {name: o2, label_vi: O2, label_en: O2, unit: \"%\", low: 0, high: 25,\n"
        "     block: values, at: 2, type: f32, order: DCBA, result_every: 60s, none: "
        "[-9999]}\n"
        "states:\n"
        "  - {block: bits, at: 9, state: fault}\n"
        "  - {block: bits, at: 4, unless: [1], state: calibrating, channels: [dust]}\n";

const char fixture_head[] = "scenario: {name: test, seed: 7, start: "
                            "\"2026-11-01T00:00\", profiles: %s/profiles}\n";

void fixture_write(const char *folder, const char *name, const char *format, ...)
{
	va_list args;
	FILE *out = fopen(in_folder(folder, name), "w");
	assert_non_null(out);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	assert_int_equal(fclose(out), 0);
}

void fixture_profiles(const char *folder)
{
	assert_int_equal(folder_make(in_folder(folder, "profiles")), OK);
	fixture_write(folder, "profiles/fixture-water.yaml", "%s", water);
	fixture_write(folder, "profiles/fixture-gas.yaml", "%s", gas);
}

struct scenario *fixture_scenario(const char *folder, const char *name)
{
	struct scenario *scenario;
	struct problem why = { 0 };
	if (scenario_read(&scenario, in_folder(folder, name), stderr, &why) != OK)
		fail_msg("%s", why.text);
	return scenario;
}

struct station *fixture_station(const char *folder, const char *name)
{
	struct station *station;
	struct problem why = { 0 };
	if (station_read(&station, in_folder(folder, name), stderr, &why) != OK)
		fail_msg("%s", why.text);
	return station;
}

const char fixture_lone_ph[] =
        "zone: {id: kcn-mau, name: KCN Mau}\n"
        "station: {id: nt-01, name: X, simulation: yes}\n"
        "facility: {id: a, name: A}\n"
        "outlets: [{id: x, name: X, kind: water}]\n"
        "journal: {folder: journal}\n"
        "ports: [{id: bus, path: no-such-tty}]\n"
        "instruments: [{id: ph, profile: sim-ph-temperature, port: bus, slave: 1}]\n";

void fixture_three(const char *folder, const char *third)
{
	static const char profile[] = "name: fixture-replay\n"
	                              "maker: nobody\n"
	                              "model: made up for tests\n"
	                              "summary: three numbers\n"
	                              "source: made up for tests\n"
	                              "driver: modbus\n"
	                              "simulation: yes\n"
	                              "timeout: 300ms\n"
	                              "blocks: [{name: values, function: 4, start: 0, "
	                              "count: 6, source: made up}]\n"
	                              "channels:\n"
	                              "  - {name: a, label_vi: A, label_en: A, unit: "
	                              "mg/L, block: values, at: 0, "
	                              "type: f32, order: "
	                              "CDAB}\n"
	                              "  - {name: b, label_vi: B, label_en: B, unit: "
	                              "mg/L, block: values, at: 2, "
	                              "type: f32, order: "
	                              "ABCD}\n"
	                              "  - {name: c, label_vi: C, label_en: C, unit: "
	                              "mg/L, block: values, at: 4, "
	                              "type: f32, order: "
	                              "%s}\n";

	fixture_write(folder, "profiles/fixture-replay.yaml", profile, third);
}

int fixture_make(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	fixture_profiles(*state);
	return 0;
}
