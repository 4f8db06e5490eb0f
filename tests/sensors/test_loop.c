/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A current of 4-20 mA that a station gives a meaning: what it is called, its unit, its states. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/station/redecode.h"
#include "sensors/station/station.h"
#include "sensors/tables/values.h"

static const char with[] =
        "zone: {id: kcn-mau, name: KCN Mẫu}\n"
        "station: {id: nt-01, name: Nước thải, simulation: yes}\n"
        "facility: {id: f, name: F}\n"
        "outlets: [{id: cong-xa, name: Cống xả, kind: water}]\n"
        "journal: {folder: j}\n"
        "ports: [{id: bus, path: /dev/modbus0, line: 9600 8N1}]\n"
        "instruments:\n"
        "  - id: ai\n"
        "    profile: icpdas-i-7017\n"
        "    port: bus\n"
        "    channels:\n"
        "      - {name: in0, id: flow_out, signal: 4-20 mA, range: 0..500 m3/h}\n";

static struct station *parse(const char *text, char **errors)
{
	struct station *station;
	struct problem why;
	size_t n;
	FILE *report = open_memstream(errors, &n);
	station_parse(&station, text, strlen(text), "station.yaml", report, &why);
	fclose(report);
	return station;
}

/* What seven characters of the first channel give. */
static uint8_t state_of(const struct station *station, const char *first, double *value)
{
	static uint8_t bytes[256];
	static struct decoded decoded;
	char answer[80];
	snprintf(answer, sizeof answer,
	        ">%s+04.000+04.000+04.000+04.000+04.000+04.000+04.000\r", first);
	struct exchange exchange = { .size = (uint16_t)strlen(answer),
		.bytes = (const uint8_t *)answer };
	int n = exchange_put(&exchange, bytes, sizeof bytes);
	struct exchanges exchanges = { .n = 1, .size = (size_t)n, .bytes = bytes };
	values_decode(
	        &station->instrument[0].instrument, &exchanges, NULL, NULL, &decoded);
	*value = decoded.value[0];
	return decoded.state[0];
}

static void a_current_becomes_what_it_stands_for(void **state)
{
	char *errors;
	double value;
	struct station *station = parse(with, &errors);
	assert_non_null(station);
	assert_int_equal(state_of(station, "+12.000", &value), STATE_OK);
	assert_true(value == 250);
	assert_int_equal(state_of(station, "+04.000", &value), STATE_OK);
	assert_true(value == 0);
	assert_int_equal(state_of(station, "+03.800", &value), STATE_OK);
	assert_true(value == 0);
	assert_int_equal(state_of(station, "+03.799", &value), STATE_BELOW_RANGE);
	assert_int_equal(state_of(station, "+03.600", &value), STATE_BELOW_RANGE);
	assert_int_equal(state_of(station, "+03.599", &value), STATE_FAULT);
	assert_true(isnan(value));
	assert_int_equal(state_of(station, "-00.020", &value), STATE_FAULT);
	assert_int_equal(state_of(station, "+20.000", &value), STATE_OK);
	assert_true(value == 500);
	assert_int_equal(state_of(station, "+20.500", &value), STATE_OK);
	assert_true(value == 515.625);
	assert_int_equal(state_of(station, "+20.501", &value), STATE_ABOVE_RANGE);
	assert_int_equal(state_of(station, "+21.000", &value), STATE_ABOVE_RANGE);
	assert_int_equal(state_of(station, "+21.001", &value), STATE_FAULT);
	assert_true(isnan(value));
	assert_int_equal(state_of(station, "       ", &value), STATE_NO_VALUE);
	station_free(station);
	free(errors);
}

/* The DESCRIBE carries the meaning, and a stored reading is decoded again by it. */
static void the_meaning_is_described_and_decoded_again(void **state)
{
	char *errors;
	struct problem why;
	struct redecode *redecode;
	struct redecoded out;
	uint8_t payload[512], bytes[128];
	const char answer[] =
	        ">+12.000+04.000+04.000+04.000+04.000+04.000+04.000+04.000\r";
	struct station *station = parse(with, &errors);
	struct describe *describe = station_describe_instrument(station, 0);
	assert_string_equal(describe->channel[0].name, "flow_out");
	assert_string_equal(describe->channel[0].label_vi, "Lưu lượng ra");
	assert_string_equal(describe->channel[0].label_en, "Flow out");
	assert_string_equal(describe->channel[0].unit, "m3/h");
	assert_true(describe->channel[0].high == 500);
	assert_string_equal(describe->channel[1].name, "in1");
	assert_string_equal(describe->channel[1].label_en, "Input 1");
	assert_string_equal(describe->channel[1].unit, "mA");
	assert_int_equal(redecode_open(&redecode, describe, &why), OK);
	struct exchange exchange = { .size = sizeof answer - 1,
		.bytes = (const uint8_t *)answer };
	int size = exchange_put(&exchange, bytes, sizeof bytes);
	uint8_t states[8] = { STATE_OK };
	double values[8] = { 250, 4, 4, 4, 4, 4, 4, 4 };
	struct reading_parts parts = { .n_channels = 8,
		.state = states,
		.value = values,
		.n_exchanges = 1,
		.exchanges = bytes,
		.exchanges_size = (size_t)size };
	struct reading reading;
	int n = reading_encode(&parts, payload, sizeof payload);
	assert_true(n > 0);
	assert_int_equal(reading_decode(&reading, payload, (size_t)n), OK);
	assert_int_equal(redecode_check(redecode, &reading), 0);
	assert_int_equal(redecode_channel(redecode, &reading, 0, &out), OK);
	assert_contains(out.how, "4-20 mA (NAMUR NE 43): 12 mA of 0..500 = 250");
	redecode_close(redecode);
	describe_free(describe);
	station_free(station);
	free(errors);
}

static struct station *changed(const char *from, const char *to, char **errors)
{
	char text[2048];
	const char *at = strstr(with, from);
	assert_non_null(at);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - with), with, to,
	        at + strlen(from));
	return parse(text, errors);
}

static void told(const char *from, const char *to, const char *wanted)
{
	char *errors;
	assert_null(changed(from, to, &errors));
	assert_contains(errors, wanted);
	free(errors);
}

/* Allowed; with a warning, or without a word. */
static void fits(const char *from, const char *to, const char *warning)
{
	char *errors;
	struct station *station = changed(from, to, &errors);
	assert_non_null(station);
	if (warning[0] != '\0')
		assert_contains(errors, warning);
	else
		assert_string_equal(errors, "");
	station_free(station);
	free(errors);
}

static void a_loop_without_its_meaning_is_refused(void **state)
{
	told(", range: 0..500 m3/h", "", "a current of 4-20 mA needs a range");
	told("0..500 m3/h", "0..500", "'0..500' is not a range with its unit");
	told("0..500 m3/h", "500..0 m3/h", "is not a range with its unit");
	told("icpdas-i-7017", "palas-fidas-200", "has no channel 'in0'");
	told("4-20 mA", "0-20 mA", "is not one of the choices");
}

static void a_known_quantity_is_in_a_unit_of_it_only(void **state)
{
	told(", signal: 4-20 mA, range: 0..500 m3/h", ", range: 0..20 mA",
	        "flow_out cannot be in mA");
	told(", signal: 4-20 mA, range: 0..500 m3/h", ", range: 0..20 mA",
	        "add `signal: 4-20 mA` and `range: 0..500 m3/h`");
	told("0..500 m3/h", "0..500 mg/L", "flow_out cannot be in mg/L");
	told("id: flow_out, signal: 4-20 mA, range: 0..500 m3/h",
	        "id: no, signal: 4-20 mA, range: 0..500 Cel", "no cannot be in Cel");
	fits("range: 0..500 m3/h", "range: 0..500 L/s", "");
	fits("id: flow_out, signal: 4-20 mA, range: 0..500 m3/h",
	        "id: no, signal: 4-20 mA, range: 0..500 ppm", "");
}

static void a_current_or_a_unit_that_nobody_means_is_warned_of(void **state)
{
	fits("0..500 m3/h", "0..500 m3/hh",
	        "station.yaml:12:59: warning: m3/hh is a unit that nobody uses");
	fits("0..500 m3/h", "0..500 m3/hh", "did you mean 'm3/h'?");
	fits("id: flow_out, signal: 4-20 mA, range: 0..500 m3/h", "id: inflow",
	        "'inflow' is recorded as a current, in mA");
	fits("id: flow_out, signal: 4-20 mA, range: 0..500 m3/h", "id: in0", "");
}

static void a_decimal_comma_is_named_wherever_a_number_has_one(void **state)
{
	static const char cure[] = "write a decimal point instead of the comma";
	told("range: 0..500 m3/h", "range: \"0..22,5 m3/h\"", cure);
	told("id: flow_out, signal: 4-20 mA, range: 0..500 m3/h",
	        "limit: \"5,5..9 mA\", limit_source: permit", cure);
	told("range: 0..500 m3/h}\n",
	        "range: 0..500 m3/h}\n"
	        "sampler: {armed: yes, instrument: ai, channel: in0, above: \"7,5 "
	        "mA\", "
	        "for: 15min, readings: 3, bottles: 24, most_per_day: 4, spacing: "
	        "60min, "
	        "pulse: 1s, port: bus, modem: rts}\n",
	        cure);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_current_becomes_what_it_stands_for),
		cmocka_unit_test(the_meaning_is_described_and_decoded_again),
		cmocka_unit_test(a_loop_without_its_meaning_is_refused),
		cmocka_unit_test(a_known_quantity_is_in_a_unit_of_it_only),
		cmocka_unit_test(a_current_or_a_unit_that_nobody_means_is_warned_of),
		cmocka_unit_test(a_decimal_comma_is_named_wherever_a_number_has_one),
	};
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
