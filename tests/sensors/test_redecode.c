/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every capture becomes a reading, and the reading gives the same values again, to the
 * bit. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/legal_time.h"
#include "sensors/drivers/modbus.h"
#include "sensors/station/redecode.h"
#include "sensors/tables/values.h"
#include "tests/kits/capture.h"

/* A reading's payload from the decoded poll; its size. */
static size_t encode(const struct capture *capture, const struct exchanges *exchanges,
        const struct decoded *decoded, uint8_t *out, size_t room)
{
	struct reading_parts parts = {
		.n_channels = capture->profile->n_channels,
		.state = decoded->state,
		.value = decoded->value,
		.n_sampled = decoded->n_sampled,
		.sampled_channel = decoded->sampled_channel,
		.sampled_us = decoded->sampled_us,
		.vendor = decoded->vendor,
		.vendor_size = decoded->vendor_size,
		.n_exchanges = exchanges->n,
		.exchanges = exchanges->bytes,
		.exchanges_size = exchanges->size,
	};
	int n = reading_encode(&parts, out, room);
	assert_true(n > 0);
	return (size_t)n;
}

/* The DESCRIBE of a capture's instrument, as a station would write it. */
static struct describe *describe_of(const struct capture *capture)
{
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	char settings[8192];
	char offset[16];
	int n = snprintf(settings, sizeof settings,
	        "{\"port\":\"bus\",\"framing\":\"%s\",\"slave\":%d,\"address\":\"%s\","
	        "\"listen\":%s,"
	        "\"utc_offset\":\"%s\",\"channels\":[",
	        modbus_framings[capture->framing], capture->slave, capture->address,
	        capture->listen ? "true" : "false",
	        offset_print(capture->utc_offset_min, offset));
	for (size_t i = 0; i < capture->profile->n_channels; i++) {
		char low[32], high[32];
		const struct channel_setting *setting = &capture->setting[i];
		n += snprintf(settings + n, sizeof settings - (size_t)n,
		        "%s{\"name\":\"%s\"", i > 0 ? "," : "",
		        capture->profile->channel[i].about.name);
		if (isfinite(setting->low))
			n += snprintf(settings + n, sizeof settings - (size_t)n,
			        ",\"low\":%s,\"high\":%s",
			        number_print(setting->low, low),
			        number_print(setting->high, high));
		n += snprintf(
		        settings + n, sizeof settings - (size_t)n, ",\"off\":false}");
	}
	snprintf(settings + n, sizeof settings - (size_t)n, "]}");
	snprintf(describe->instrument, sizeof describe->instrument, "i1");
	describe->profile = describe_text(describe, capture->profile->text);
	describe->settings = describe_text(describe, settings);
	return describe;
}

struct all {
	size_t readings, values;
};

/* Put every poll of a capture into a reading and out again. */
static void there_and_back(const char *name, struct all *all)
{
	struct capture capture;
	struct redecode *redecode;
	struct problem why;
	struct fresh fresh = { .size = { 0 } };
	static uint8_t exchanges_bytes[8192], payload[16384];
	capture_read(&capture, name);
	struct describe *describe = describe_of(&capture);
	if (redecode_open(&redecode, describe, &why) != OK)
		fail_msg("%s: %s", name, why.text);
	void *walk = calloc(1, driver_state_size(&capture.instrument));
	capture.profile->driver->begin(walk, &capture.instrument);
	for (size_t p = 0; p < capture.n_polls; p++) {
		struct decoded decoded;
		struct reading reading;
		struct exchanges exchanges = capture_drive(
		        &capture, p, walk, exchanges_bytes, sizeof exchanges_bytes);
		values_decode(
		        &capture.instrument, &exchanges, &fresh, &fresh, &decoded);
		size_t n =
		        encode(&capture, &exchanges, &decoded, payload, sizeof payload);
		assert_int_equal(reading_decode(&reading, payload, n), OK);
		assert_int_equal(redecode_check(redecode, &reading), 0);
		all->readings++;
		all->values += reading.n_channels;
	}
	free(walk);
	redecode_close(redecode);
	describe_free(describe);
	capture_free(&capture);
}

static void every_capture_decodes_again_to_the_bit(void **state)
{
	struct all all = { 0 };
	const char **names = capture_list();
	for (size_t i = 0; names[i] != NULL; i++)
		there_and_back(names[i], &all);
	free(names);
	assert_true(all.readings >= 28);
	assert_true(all.values >= 100);
}

/* A reading of the simulated water analyser, to be spoilt. */
struct one {
	struct capture capture;
	struct describe *describe;
	struct redecode *redecode;
	uint8_t exchanges[1024], payload[2048];
	struct reading reading;
};

static void one_open(struct one *one, const char *name, size_t poll)
{
	struct decoded decoded;
	struct problem why;
	capture_read(&one->capture, name);
	one->describe = describe_of(&one->capture);
	assert_int_equal(redecode_open(&one->redecode, one->describe, &why), OK);
	void *walk = calloc(1, driver_state_size(&one->capture.instrument));
	one->capture.profile->driver->begin(walk, &one->capture.instrument);
	struct exchanges exchanges = capture_drive(
	        &one->capture, poll, walk, one->exchanges, sizeof one->exchanges);
	values_decode(&one->capture.instrument, &exchanges, NULL, NULL, &decoded);
	size_t n = encode(
	        &one->capture, &exchanges, &decoded, one->payload, sizeof one->payload);
	assert_int_equal(reading_decode(&one->reading, one->payload, n), OK);
	free(walk);
}

static void one_close(struct one *one)
{
	redecode_close(one->redecode);
	describe_free(one->describe);
	capture_free(&one->capture);
}

static void the_way_of_a_value_is_told(void **state)
{
	static struct one one;
	struct redecoded out;
	one_open(&one, "endress-hauser-liquiline-cm44x", 0);
	assert_int_equal(redecode_channel(one.redecode, &one.reading, 0, &out), OK);
	assert_true(out.same);
	assert_int_equal(out.state, STATE_OK);
	assert_string_equal(out.how,
	        "block inputs: slave 1, function 4, register 0..1; bytes 3.. of "
	        "the answer D7 0A 40 E3, f32 CDAB = 7.119999885559082 pH");
	assert_int_equal(
	        redecode_channel(one.redecode, &one.reading, 4, &out), NOT_FOUND);
	one_close(&one);
	one_open(&one, "krohne-ifc050", 0);
	assert_int_equal(redecode_channel(one.redecode, &one.reading, 0, &out), OK);
	assert_contains(out.how, "* 3600 = 45.0000006");
	one_close(&one);
	one_open(&one, "sim-water-quality", 1);
	assert_int_equal(redecode_channel(one.redecode, &one.reading, 0, &out), OK);
	assert_contains(
	        out.how, "; state from block values, register 0 = 0x0002: fault");
	one_close(&one);
	one_open(&one, "hach-uvas-sc", 2);
	assert_int_equal(redecode_channel(one.redecode, &one.reading, 0, &out), OK);
	assert_contains(out.how, "exception 6, busy");
	one_close(&one);
}

/* A key-switch is in no answer of an instrument: the mark is believed, the value is not. */
static void a_mark_of_maintenance_agrees_where_it_may_stand(void **state)
{
	static struct one one;
	struct redecoded out;
	one_open(&one, "endress-hauser-liquiline-cm44x", 0);
	uint8_t *states = one.payload + (one.reading.state - one.payload);
	assert_int_equal(states[0], STATE_OK);
	states[0] = STATE_MAINTENANCE;
	assert_int_equal(redecode_channel(one.redecode, &one.reading, 0, &out), OK);
	assert_true(out.same && out.marked);
	assert_contains(out.how, "; maintenance, by the cabinet's switch or an order");
	states[0] = STATE_CALIBRATING;
	assert_int_equal(redecode_check(one.redecode, &one.reading), 1);
	states[0] = STATE_MAINTENANCE;
	one.payload[one.reading.values - one.payload] ^= 1;
	assert_int_equal(redecode_check(one.redecode, &one.reading), 1);
	one_close(&one);
	/* where the instrument says fault nobody marks */
	one_open(&one, "sim-water-quality", 1);
	states = one.payload + (one.reading.state - one.payload);
	assert_int_equal(states[0], STATE_FAULT);
	states[0] = STATE_MAINTENANCE;
	assert_int_equal(redecode_check(one.redecode, &one.reading), 1);
	one_close(&one);
}

/* Whatever bit of a stored value or of its raw bytes is turned, the two no longer
 * agree. */
static void a_spoilt_value_does_not_agree(void **state)
{
	static struct one one;
	one_open(&one, "sim-water-quality", 0);
	assert_int_equal(redecode_check(one.redecode, &one.reading), 0);
	size_t values = (size_t)(one.reading.values - one.payload);
	for (size_t bit = 0; bit < 3 * 64; bit++) {
		one.payload[values + bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(redecode_check(one.redecode, &one.reading), 1);
		one.payload[values + bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	size_t raw = (size_t)(one.reading.exchanges - one.payload) + 8;
	for (size_t bit = 0; bit < 8 * 25; bit++) {
		one.payload[raw + bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_true(redecode_check(one.redecode, &one.reading) > 0);
		one.payload[raw + bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(redecode_check(one.redecode, &one.reading), 0);
	one_close(&one);
}

static void unchanged_is_believed_only_where_it_can_be(void **state)
{
	static struct one one;
	one_open(&one, "sim-water-quality", 0);
	one.payload[(size_t)(one.reading.state - one.payload)] = STATE_UNCHANGED;
	assert_int_equal(redecode_check(one.redecode, &one.reading), 1);
	one_close(&one);
	/* a setting that has not changed: its bytes are there, its value is not repeated */
	one_open(&one, "hach-uvas-sc", 0);
	for (size_t i = 0; i < 2; i++) {
		one.payload[(size_t)(one.reading.state - one.payload) + i] =
		        STATE_UNCHANGED;
		put_le64(one.payload + (size_t)(one.reading.values - one.payload) +
		                 8 * i,
		        READING_FILL);
		assert_string_equal(one.capture.profile->channel[i].about.kind,
		        i == 0 ? "measurement" : "setting");
	}
	assert_int_equal(redecode_check(one.redecode, &one.reading), 1);
	one_close(&one);
}

static void an_import_has_nothing_to_decode(void **state)
{
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	struct redecode *redecode;
	struct problem why;
	assert_int_equal(redecode_open(&redecode, describe, &why), REFUSED);
	assert_contains(why.text, "there are no raw bytes");
	describe_free(describe);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_capture_decodes_again_to_the_bit),
		cmocka_unit_test(the_way_of_a_value_is_told),
		cmocka_unit_test(a_mark_of_maintenance_agrees_where_it_may_stand),
		cmocka_unit_test(a_spoilt_value_does_not_agree),
		cmocka_unit_test(unchanged_is_believed_only_where_it_can_be),
		cmocka_unit_test(an_import_has_nothing_to_decode),
	};
	return cmocka_run_group_tests_name("redecode", tests, NULL, NULL);
}
