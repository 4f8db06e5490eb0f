/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rehearsal plays the cabinet's own senses too: a door that an input module reads, and a sampler that a coil
 * starts; and what the cabinet remembers of it is there for the run that follows. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/describe.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "base/record.h"
#include "sensors/cabinet/cabinet_memory.h"
#include "sensors/simulator/rehearse.h"
#include "tests/kits/cabinet_fixture.h"

static const char scenario_text[] =
        "ports: [{id: bus, mode: rtu}, {id: loops}]\n"
        "instruments:\n"
        "  - {id: water, profile: fixture-water, port: bus, slave: 1, channels: "
        "[{name: "
        "cod, mean: 42}]}\n"
        "  - {id: contacts, profile: modbus-di-4, port: bus, slave: 17, coils: 1, "
        "channels: [{name: di1, mean: 1}]}\n"
        "  - {id: loops, profile: icpdas-i-7017, port: loops, channels: [{name: in0, "
        "mean: 12}]}\n"
        "scenes:\n"
        "  - {from: day 1 01:00, to: day 1 01:20, instrument: contacts, channels: "
        "[di1], set: 0}\n"
        "  - {from: day 1 02:00, to: day 1 02:30, instrument: water, channels: [cod], "
        "set: 90}\n"
        "  - {from: day 1 05:00, to: day 1 05:30, instrument: water, channels: [cod], "
        "set: 90}\n";

static const char station_text[] =
        "zone: {id: kcn-mau, name: KCN Mau}\n"
        "station: {id: nt-01, name: Nuoc thai, simulation: yes}\n"
        "facility: {id: a, name: A}\n"
        "outlets: [{id: x, name: X, kind: water}]\n"
        "journal: {folder: journal}\n"
        "profiles: profiles\n"
        "ports: [{id: bus, path: bus}, {id: loops, path: loops}]\n"
        "instruments:\n"
        "  - {id: water, profile: fixture-water, port: bus, slave: 1, channels: "
        "[{name: "
        "flow_out, off: yes}]}\n"
        "  - {id: contacts, profile: modbus-di-4, port: bus, slave: 17, poll_every: "
        "60s}\n"
        "  - id: loops\n"
        "    profile: icpdas-i-7017\n"
        "    port: loops\n"
        "    poll_every: 60s\n"
        "    channels:\n"
        "      - {name: in0, id: flow_out, signal: 4-20 mA, range: 0..600 m3/h}\n"
        "inputs:\n"
        "  - {id: door, kind: door, instrument: contacts, channel: di1, active: low}\n"
        "  - {id: far, kind: mains, gpio: /dev/gpiochip77, gpio_line: 1}\n"
        "sampler: {armed: yes, instrument: water, channel: cod, above: 75 mg/L, for: "
        "15min, bottles: 24, port: bus, slave: 17, coil: 0}\n";

static struct scenario *scenario;
static struct station *station;
static struct describe *described[4];
static size_t n_described;
static char states[16384];

static int setup(void **state)
{
	char head[512];
	if (scratch_make(state) != 0)
		return -1;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	fixture_profiles(*state);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(head, sizeof head, fixture_head, (const char *)*state);
#pragma GCC diagnostic pop
	fixture_write(*state, "scenario.yaml", "%s%s", head, scenario_text);
	fixture_write(*state, "station.yaml", "%s", station_text);
	scenario = fixture_scenario(*state, "scenario.yaml");
	station = fixture_station(*state, "station.yaml");
	states[0] = '\0';
	n_described = 0;
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < n_described; i++)
		describe_free(described[i]);
	scenario_free(scenario);
	station_free(station);
	return scratch_remove(state);
}

/* A line for each STATE record: hour and minute, then what it says. */
static int each(void *with, uint8_t *bytes, size_t n, int64_t time_us)
{
	struct record record;
	struct problem why;
	size_t used = strlen(states);
	int64_t minute = (time_us - FIXTURE_DAY1) / US_PER_MIN;
	assert_int_equal(record_decode(&record, bytes, n), (int)n);
	if (record.type == RECORD_DESCRIBE)
		assert_int_equal(describe_decode(&described[n_described++],
		                         record.payload, record.payload_size, &why),
		        OK);
	if (record.type == RECORD_STATE)
		snprintf(states + used, sizeof states - used, "%02d:%02d %.*s\n",
		        (int)(minute / 60), (int)(minute % 60),
		        (int)record.payload_size, (const char *)record.payload);
	return OK;
}

static void play(const char *memory)
{
	struct problem why = { 0 };
	struct rehearsal rehearsal = { .station = station,
		.scenario = scenario,
		.from_us = FIXTURE_DAY1,
		.to_us = FIXTURE_DAY1 + 8 * US_PER_HOUR,
		.memory = memory,
		.each = each };
	scenario_begin(scenario, FIXTURE_DAY1, INT64_MAX);
	if (rehearse(&rehearsal, &why) < 0)
		fail_msg("%s", why.text);
}

static void a_door_that_is_opened_stands_in_the_record(void **state)
{
	play(NULL);
	assert_contains(
	        states, "00:00 {\"subject\":\"input door\",\"state\":\"closed\"");
	assert_contains(states, "01:00 {\"subject\":\"input door\",\"state\":\"open\"");
	assert_contains(
	        states, "01:20 {\"subject\":\"input door\",\"state\":\"closed\"");
	assert_int_equal(times_in(states, "\"subject\":\"input door\""), 3);
}

static void an_episode_gets_its_bottle_by_a_coil_that_is_written(void **state)
{
	play(NULL);
	assert_contains(states, "\"sampler\",\"state\":\"armed\"");
	assert_contains(states,
	        "02:15 {\"subject\":\"sampler\",\"state\":\"bottle\",\"text\":\"1 of "
	        "24: cod of water above 75 mg/L for 900 s, 90 at 2026-11-01T02:15:");
	assert_contains(states, "05:15 {\"subject\":\"sampler\",\"state\":\"bottle\"");
	assert_int_equal(times_in(states, "\"sampler\",\"state\":\"bottle\""), 2);
	assert_int_equal(times_in(states, "\"sampler\",\"state\":\"failed\""), 0);
}

static void a_module_without_the_coil_takes_no_bottle(void **state)
{
	scenario->instrument[1].coils = 0;
	play(NULL);
	assert_int_equal(times_in(states, "\"sampler\",\"state\":\"bottle\""), 0);
	assert_true(times_in(states, "\"sampler\",\"state\":\"doubtful\"") > 0);
}

/* Nothing of this machine: no boot, no login, no USB, and a GPIO line is nobody's. */
static void nothing_of_this_machine_is_looked_at(void **state)
{
	play(NULL);
	assert_int_equal(times_in(states, "\"subject\":\"cabinet\""), 0);
	assert_int_equal(
	        times_in(states, "\"subject\":\"input far\",\"state\":\"unknown\""), 1);
}

static void what_it_remembers_is_there_for_the_run_that_follows(void **state)
{
	struct cabinet_memory memory;
	struct problem why;
	char path[512];
	snprintf(path, sizeof path, "%s", in_folder(*state, CABINET_FILE));
	play(path);
	assert_int_equal(cabinet_memory_read(&memory, path, &why), OK);
	assert_true(memory.known && memory.ended_well);
	assert_int_equal(memory.sampler.used, 2);
	cabinet_memory_free(&memory);
}

/* Another instrument of the station has the name of a channel that is switched off. */
static void a_name_belongs_to_the_channel_that_is_in_use(void **state)
{
	play(NULL);
	const struct describe *water = described[0], *loops = described[2];
	assert_string_equal(water->channel[3].name, "flow_out");
	assert_string_equal(water->channel[3].kind, CHANNEL_OFF);
	assert_int_equal(describe_channel(water, "flow_out"), NOT_FOUND);
	assert_int_equal(describe_channel(water, "cod"), 0);
	assert_int_equal(describe_channel(loops, "flow_out"), 0);
	assert_string_equal(loops->channel[0].unit, "m3/h");
	/* 0.001 mA of 16 are 0.04 of 600 m3/h */
	assert_int_equal(loops->channel[0].decimals, 1);
	assert_int_equal(loops->channel[1].decimals, 3);
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(a_door_that_is_opened_stands_in_the_record),
		scratch_test(an_episode_gets_its_bottle_by_a_coil_that_is_written),
		scratch_test(a_module_without_the_coil_takes_no_bottle),
		scratch_test(nothing_of_this_machine_is_looked_at),
		scratch_test(what_it_remembers_is_there_for_the_run_that_follows),
		scratch_test(a_name_belongs_to_the_channel_that_is_in_use),
	};
	return cmocka_run_group_tests_name("rehearse_cabinet", tests, NULL, NULL);
}
