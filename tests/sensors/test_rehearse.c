/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/describe.h"
#include "base/event.h"
#include "base/legal_time.h"
#include "base/reading.h"
#include "base/record.h"
#include "sensors/drivers/modbus.h"
#include "sensors/simulator/rehearse.h"
#include "sensors/station/redecode.h"
#include "tests/kits/cabinet_fixture.h"

enum { COD, TSS, PH, FLOW };

static const char scenario_text[] =
        "ports:\n"
        "  - {id: bus, mode: rtu}\n"
        "  - {id: stack, mode: tcp, listen: \"127.0.0.1:0\"}\n"
        "instruments:\n"
        "  - id: water\n"
        "    profile: fixture-water\n"
        "    port: bus\n"
        "    channels:\n"
        "      - {name: cod, mean: 42, daily: 6, noise: 1.5, decimals: 1}\n"
        "      - {name: tss, mean: 20, noise: 0.5, decimals: 1}\n"
        "      - {name: ph, mean: 7.3, noise: 0.02, decimals: 2}\n"
        "      - {name: flow_out, mean: 120, noise: 20, decimals: 3}\n"
        "  - id: second\n"
        "    profile: fixture-water\n"
        "    port: bus\n"
        "    slave: 2\n"
        "    channels:\n"
        "      - {name: cod, mean: 30, noise: 1.5, decimals: 1}\n"
        "  - id: gas\n"
        "    profile: fixture-gas\n"
        "    port: stack\n"
        "    channels:\n"
        "      - {name: dust, mean: 120, noise: 5}\n"
        "      - {name: o2, mean: 10, noise: 0.1}\n"
        "scenes:\n"
        "  - {from: day 1, to: day 1 10:00, instrument: water, channels: [cod], mean: "
        "80.0}\n"
        "  - {from: day 1 10:00, to: day 1 14:00, instrument: water, channels: [cod], "
        "state: fault}\n"
        "  - {from: day 1 14:00, to: day 2, instrument: water, channels: [cod], mean: "
        "80.0}\n"
        "  - {from: day 2, to: day 2 01:00, instrument: second, silent: yes}\n"
        "  - {from: day 2 02:00, to: day 2 03:00, port: bus, cable: yes}\n"
        "  - {from: day 2 04:00, to: day 2 05:00, instrument: gas, exception: 4}\n"
        "  - {from: day 2 06:00, to: day 2 07:00, instrument: water, garbage: yes}\n";

static const char station_text[] =
        "zone: {id: kcn-mau, name: KCN Mau}\n"
        "station: {id: nt-01, name: Nuoc thai, simulation: yes}\n"
        "facility: {id: a, name: A}\n"
        "outlets: [{id: x, name: X, kind: water}]\n"
        "journal: {folder: journal}\n"
        "profiles: profiles\n"
        "ports:\n"
        "  - {id: bus, path: bus}\n"
        "  - {id: stack, tcp: \"127.0.0.1:502\"}\n"
        "instruments:\n"
        "  - {id: water, profile: fixture-water, port: bus, slave: 1}\n"
        "  - {id: second, profile: fixture-water, port: bus, slave: 2}\n"
        "  - {id: gas, profile: fixture-gas, port: stack, slave: 2}\n";

/* What came out, by instrument. */
enum { MOST = 4000, INSTRUMENTS = 3 };

static struct caught {
	size_t n_describes, n_states;
	struct describe *describe[INSTRUMENTS + 1];
	struct state_line {
		int64_t time_us;
		char json[300];
	} state[64];
	struct one {
		int64_t time_us;
		uint8_t state[4];
		double value[4];
	} reading[INSTRUMENTS][MOST];
	size_t n[INSTRUMENTS];
	struct redecode *redecode[INSTRUMENTS];
	size_t differing;
} heard;

static void hear_describe(const struct record *record)
{
	struct problem why;
	struct describe **out = &heard.describe[heard.n_describes++];
	assert_true(heard.n_describes <= INSTRUMENTS + 1);
	assert_int_equal(
	        describe_decode(out, record->payload, record->payload_size, &why), OK);
	assert_true(describe_simulated(*out));
	if (heard.n_describes <= INSTRUMENTS)
		assert_int_equal(redecode_open(&heard.redecode[heard.n_describes - 1],
		                         *out, &why),
		        OK);
}

static void hear_reading(const struct record *record)
{
	struct reading reading;
	size_t i = 0;
	assert_int_equal(
	        reading_decode(&reading, record->payload, record->payload_size), OK);
	while (memcmp(reading.describe, heard.describe[i]->hash, 32) != 0)
		assert_true(++i < INSTRUMENTS);
	assert_true(heard.n[i] < MOST);
	struct one *one = &heard.reading[i][heard.n[i]++];
	one->time_us = record->time_us;
	for (size_t c = 0; c < reading.n_channels; c++) {
		one->state[c] = reading.state[c];
		one->value[c] = reading_value(&reading, c);
	}
	heard.differing += redecode_check(heard.redecode[i], &reading);
}

static int each(void *with, uint8_t *bytes, size_t n, int64_t time_us)
{
	struct record record;
	assert_int_equal(record_decode(&record, bytes, n), (int)n);
	assert_true(record.time_us == time_us);
	assert_int_equal(record.seq, 0);
	assert_int_equal(record.clock, CLOCK_SYNCED);
	if (record.type == RECORD_DESCRIBE)
		hear_describe(&record);
	else if (record.type == RECORD_READING)
		hear_reading(&record);
	else if (heard.n_states < 64) {
		struct state_line *line = &heard.state[heard.n_states++];
		line->time_us = time_us;
		snprintf(line->json, sizeof line->json, "%.*s",
		        (int)record.payload_size, (const char *)record.payload);
	}
	return OK;
}

static struct scenario *scenario;
static struct station *station;

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	memset(&heard, 0, sizeof heard);
	fixture_profiles(*state);
	char head[512];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(head, sizeof head, fixture_head, (const char *)*state);
#pragma GCC diagnostic pop
	fixture_write(*state, "scenario.yaml", "%s%s", head, scenario_text);
	fixture_write(*state, "station.yaml", "%s", station_text);
	scenario = fixture_scenario(*state, "scenario.yaml");
	station = fixture_station(*state, "station.yaml");
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < INSTRUMENTS + 1; i++)
		describe_free(heard.describe[i]);
	for (size_t i = 0; i < INSTRUMENTS; i++)
		redecode_close(heard.redecode[i]);
	scenario_free(scenario);
	station_free(station);
	return scratch_remove(state);
}

static int64_t at(int day, int hour, int minute)
{
	return FIXTURE_DAY1 + (day - 1) * US_PER_DAY + hour * US_PER_HOUR +
	       minute * US_PER_MIN;
}

static void play(int64_t from_us, int64_t to_us)
{
	struct problem why = { 0 };
	struct rehearsal rehearsal = { .station = station,
		.scenario = scenario,
		.from_us = from_us,
		.to_us = to_us,
		.each = each };
	if (rehearse(&rehearsal, &why) < 0)
		fail_msg("%s", why.text);
}

static void a_day_has_a_reading_a_minute_of_every_instrument(void **state)
{
	play(at(1, 0, 0), at(2, 0, 0));
	assert_int_equal(heard.n_describes, 4);
	for (size_t i = 0; i < INSTRUMENTS; i++) {
		assert_int_equal(heard.n[i], 1440);
		for (size_t k = 0; k < 1440; k++) {
			int64_t minute = at(1, 0, 0) + (int64_t)k * US_PER_MIN;
			assert_true(heard.reading[i][k].time_us >= minute);
			assert_true(heard.reading[i][k].time_us < minute + US_PER_S);
		}
	}
	assert_int_equal(heard.differing, 0);
}

static void values_are_what_the_scenario_says(void **state)
{
	play(at(1, 0, 0), at(1, 9, 0));
	const struct scenario_instrument *water = &scenario->instrument[0];
	for (size_t k = 0; k < heard.n[0]; k++) {
		const struct one *one = &heard.reading[0][k];
		int64_t minute = at(1, 0, (int)k);
		for (size_t c = 0; c < 4; c++)
			assert_int_equal(one->state[c], STATE_OK);
		/* noise that is a second old differs: the request went at the minute */
		double cod = scenario_value(scenario, water, COD, minute);
		assert_true(one->value[COD] == (float)cod);
		assert_true(
		        one->value[PH] == scenario_value(scenario, water, PH, minute));
	}
}

static void planted_means_come_out_of_the_records(void **state)
{
	play(at(1, 0, 0), at(2, 0, 0));
	double sum = 0;
	int bases = 0, faults = 0;
	for (size_t base = 0; base < 288; base++) {
		double five = 0;
		int n = 0;
		for (size_t k = 5 * base; k < 5 * base + 5; k++) {
			faults += heard.reading[0][k].state[COD] == STATE_FAULT;
			if (heard.reading[0][k].state[COD] != STATE_OK)
				continue;
			five += heard.reading[0][k].value[COD];
			n++;
		}
		if (n == 0)
			continue;
		sum += five / n;
		bases++;
	}
	assert_int_equal(bases, 240);
	assert_int_equal(faults, 240);
	assert_close(sum / bases, 80.0, 1e-6);
}

static size_t states_saying(const char *subject, const char *what)
{
	char a[80], b[80];
	size_t n = 0;
	snprintf(a, sizeof a, "\"subject\":\"%s\"", subject);
	snprintf(b, sizeof b, "\"state\":\"%s\"", what);
	for (size_t i = 0; i < heard.n_states; i++)
		n += strstr(heard.state[i].json, a) != NULL &&
		     strstr(heard.state[i].json, b) != NULL;
	return n;
}

static size_t counted(size_t i, int64_t from_us, int64_t to_us, uint8_t state)
{
	size_t n = 0;
	for (size_t k = 0; k < heard.n[i]; k++)
		n += heard.reading[i][k].time_us >= from_us &&
		     heard.reading[i][k].time_us < to_us &&
		     heard.reading[i][k].state[0] == state;
	return n;
}

static void what_happens_on_the_wire_is_told(void **state)
{
	play(at(1, 23, 0), at(2, 8, 0));
	assert_int_equal(counted(1, at(2, 0, 0), at(2, 1, 0), STATE_SILENT), 60);
	assert_int_equal(counted(0, at(2, 0, 0), at(2, 1, 0), STATE_OK), 60);
	assert_int_equal(states_saying("instrument second", "down"), 1);
	assert_int_equal(counted(0, at(2, 2, 0), at(2, 3, 0), STATE_SILENT), 60);
	assert_int_equal(counted(1, at(2, 2, 0), at(2, 3, 0), STATE_SILENT), 60);
	assert_int_equal(counted(2, at(2, 2, 0), at(2, 3, 0), STATE_OK), 60);
	assert_int_equal(states_saying("port bus", "down"), 1);
	assert_int_equal(states_saying("port bus", "up"), 2);
	assert_int_equal(counted(2, at(2, 4, 0), at(2, 5, 0), STATE_REFUSED), 60);
	assert_int_equal(counted(0, at(2, 6, 0), at(2, 7, 0), STATE_GARBLED), 60);
	assert_int_equal(counted(0, at(2, 7, 1), at(2, 8, 0), STATE_OK), 59);
	assert_int_equal(heard.differing, 0);
}

static int stop_at_ten(void *with, uint8_t *bytes, size_t n, int64_t time_us)
{
	int *count = with;
	return ++*count == 10 ? FULL : OK;
}

static void a_callback_can_stop_it(void **state)
{
	struct problem why;
	int count = 0;
	struct rehearsal rehearsal = { .station = station,
		.scenario = scenario,
		.from_us = at(1, 0, 0),
		.to_us = at(2, 0, 0),
		.each = stop_at_ten,
		.with = &count };
	assert_int_equal(rehearse(&rehearsal, &why), FULL);
	assert_int_equal(count, 10);
}

static void ports_must_be_those_of_the_scenario(void **state)
{
	struct problem why;
	struct rehearsal rehearsal = {
		.station = station, .scenario = scenario, .each = each
	};
	scenario->port[1].mode = FRAMING_RTU;
	assert_int_equal(rehearse(&rehearsal, &why), REFUSED);
	assert_contains(why.text, "'stack'");
	scenario->port[1].id = "other";
	assert_int_equal(rehearse(&rehearsal, &why), NOT_FOUND);
	assert_contains(why.text, "no port 'stack'");
	scenario->port[1].id = "stack";
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(a_day_has_a_reading_a_minute_of_every_instrument),
		scratch_test(values_are_what_the_scenario_says),
		scratch_test(planted_means_come_out_of_the_records),
		scratch_test(what_happens_on_the_wire_is_told),
		scratch_test(a_callback_can_stop_it),
		scratch_test(ports_must_be_those_of_the_scenario),
	};
	return cmocka_run_group_tests_name("rehearse", tests, NULL, NULL);
}
