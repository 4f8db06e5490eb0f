/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "sensors/drivers/modbus.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"
#include "tests/kits/capture.h"
#include "tests/kits/changed.h"

static const char good[] =
        "name: toy\n"
        "maker: Nobody\n"
        "model: Toy\n"
        "summary: A toy\n"
        "source: test\n"
        "driver: modbus\n"
        "blocks:\n"
        "  - {name: values, function: 3, start: 0, count: 8, source: test}\n"
        "  - {name: bits, function: 2, start: 0, count: 16, source: test}\n"
        "channels:\n"
        "  - name: cod\n"
        "    label_vi: COD\n"
        "    label_en: COD\n"
        "    unit: mg/L\n"
        "    low: 0\n"
        "    high: 225\n"
        "    source: test\n"
        "    accuracy_reading: 5%\n"
        "    block: values\n"
        "    at: 0\n"
        "    type: f32\n"
        "    order: CDAB\n"
        "    none: [\"-9999\", \"0x7FA00000\"]\n"
        "states:\n"
        "  - {block: bits, at: 3, state: fault, channels: [cod]}\n"
        "  - {block: values, at: 2, when: [\"3\", \"0x80-0xBF\"], state: calibrating}\n"
        "sampled:\n"
        "  - {block: values, at: 2, form: words, utc_offset: \"+07:00\"}\n"
        "fresh:\n"
        "  - {block: values, at: 7}\n"
        "vendor:\n"
        "  - {block: values, at: 2, count: 2}\n";

static void refused(const char *from, const char *to, const char *says)
{
	profile_refused(good, from, to, says);
}

static void a_good_profile_is_read(void **state)
{
	struct profile *profile;
	struct problem why;
	assert_int_equal(
	        profile_parse(&profile, good, strlen(good), "toy.yaml", stderr, &why),
	        OK);
	assert_string_equal(profile->name, "toy");
	assert_ptr_equal(profile->driver, &modbus_driver);
	assert_int_equal(profile->n_blocks, 2);
	assert_int_equal(profile->n_channels, 1);
	const struct profile_channel *cod = &profile->channel[0];
	assert_close(cod->about.high, 225, 0);
	assert_close(cod->about.accuracy_reading_percent, 5, 0);
	assert_true(isnan(cod->about.accuracy_span_percent));
	assert_true(isnan(cod->about.result_every_s));
	assert_string_equal(cod->about.kind, "measurement");
	assert_string_equal(cod->about.standard_name, "");
	assert_int_equal(cod->tag.order, ORDER_CDAB);
	assert_close(cod->tag.scale, 1, 0);
	assert_int_equal(cod->tag.n_sentinels, 2);
	assert_true(cod->tag.sentinel_value[1].is_bits);
	assert_int_equal(cod->tag.sentinel_value[1].bits, 0x7FA00000);
	assert_int_equal(profile->rule[0].block_index, 1);
	assert_int_equal(profile->rule[0].state_number, STATE_FAULT);
	assert_int_equal(profile->rule[1].when_range[1].to, 0xBF);
	assert_int_equal(profile->time[0].offset_min, 420);
	assert_int_equal(profile->poll_every_s, 10);
	assert_string_equal(profile->text, good);
	profile_free(profile);
}

static void what_tables_cannot_say_is_checked(void **state)
{
	refused("driver: modbus", "driver: modbsu", "there is no driver 'modbsu'");
	refused("block: values\n    at: 0", "block: valeus\n    at: 0",
	        "did you mean 'values'");
	refused("at: 0\n    type: f32", "at: 7\n    type: f32",
	        "lie outside block 'values'");
	refused("    order: CDAB\n", "", "type f32 needs `order`");
	refused("order: CDAB", "order: ABCDEFGH", "cannot have the order ABCDEFGH");
	refused("unit: mg/L", "unit: mg/LL", "nobody knows the unit 'mg/LL'");
	refused("high: 225", "high: -1", "is empty");
	refused("state: fault", "state: faulty", "did you mean 'fault'");
	refused("channels: [cod]", "channels: [cdo]", "did you mean 'cod'");
	refused("0x80-0xBF", "0xBF-0x80", "neither a number nor a range");
	refused("at: 7}", "at: 8}", "lie outside block 'values'");
	refused("at: 2, form: words", "at: 3, form: words",
	        "lie outside block 'values'");
	refused("\"-9999\"", "\"minus\"", "'minus' is not a number");
	refused("count: 8, source", "count: 126, source", "at most 125 registers");
	refused("function: 2, start: 0, count: 16", "function: 3, start: 9, count: 8",
	        "have the same function and count");
	refused("name: bits", "name: values", "a second block 'values'");
	refused("type: f32", "type: f33", "toy.yaml:21");
	refused("block: values\n    at: 0\n    type: f32",
	        "block: bits\n    at: 0\n    type: f32", "functions 1 and 2 give bits");
}

static void a_misspelt_name_is_answered_with_the_right_one(void **state)
{
	struct profile *profile;
	struct problem why;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	assert_int_equal(
	        profile_find(&profile, "sim-flwo", NULL, NULL, &why), NOT_FOUND);
	assert_contains(why.text, "did you mean 'sim-flow'");
	assert_int_equal(profile_find(&profile, "sim-flow", NULL, stderr, &why), OK);
	profile_free(profile);
	unsetenv("QUANTRAC_PROFILES");
}

/* Facts carry their source, units are known, maps made up for simulation say so. */
static void every_shipped_profile_is_whole(void **state)
{
	size_t n;
	const char **names = profile_names(project_file("sensors/profiles"), &n);
	assert_non_null(names);
	for (size_t i = 0; i < n; i++) {
		struct profile *p;
		struct problem why;
		assert_int_equal(
		        profile_find(&p, names[i], project_file("sensors/profiles"),
		                stderr, &why),
		        OK);
		assert_string_equal(p->name, names[i]);
		assert_int_equal(p->simulation, strncmp(names[i], "sim-", 4) == 0);
		for (size_t b = 0; b < p->n_blocks; b++)
			assert_true(
			        p->block == &p->only || p->block[b].source[0] != '\0');
		assert_true(p->source[0] != '\0');
		if (config_warnings(p->config) > 0)
			fail_msg("%s has a figure without a source", p->name);
		for (size_t c = 0; c < p->n_channels; c++) {
			const struct channel *about = &p->channel[c].about;
			bool accurate = isfinite(about->accuracy_reading_percent) ||
			                isfinite(about->accuracy_absolute);
			assert_true(
			        !accurate || p->channel[c].accuracy_source[0] != '\0');
			assert_non_null(units_cf(about->unit));
		}
		profile_free(p);
	}
	free(names);
}

/* ---- states and values that no shipped instrument shows ---- */

struct toy {
	struct profile *profile;
	struct channel_setting setting;
	struct instrument instrument;
	uint8_t bytes[1024];
	struct exchanges exchanges;
	struct decoded decoded;
};

static void toy_open(struct toy *toy)
{
	memset(toy, 0, sizeof *toy);
	assert_int_equal(profile_parse(&toy->profile, good, strlen(good), "toy.yaml",
	                         stderr, NULL),
	        OK);
	toy->setting = (struct channel_setting){ .low = 0, .high = 225 };
	toy->instrument = (struct instrument){
		.profile = toy->profile, .slave = 1, .setting = &toy->setting
	};
	toy->exchanges.bytes = toy->bytes;
}

static void toy_put(struct toy *toy, uint16_t block, const uint8_t *frame, size_t n)
{
	struct exchange exchange = {
		.block = block, .size = (uint16_t)n, .bytes = frame
	};
	toy->exchanges.size +=
	        (size_t)exchange_put(&exchange, toy->bytes + toy->exchanges.size,
	                sizeof toy->bytes - toy->exchanges.size);
	toy->exchanges.n++;
}

static void toy_answer(struct toy *toy, uint16_t block, const uint8_t *data)
{
	uint8_t frame[FRAME_MOST];
	struct modbus_request request = modbus_block_request(&toy->instrument, block);
	int n = modbus_answer_put(FRAMING_RTU, &request, data, frame, sizeof frame);
	toy_put(toy, block, frame, (size_t)n);
}

static uint8_t toy_state(struct toy *toy)
{
	values_decode(&toy->instrument, &toy->exchanges, NULL, NULL, &toy->decoded);
	return toy->decoded.state[0];
}

static void toy_clear(struct toy *toy)
{
	toy->exchanges.n = toy->exchanges.size = 0;
}

static void every_way_to_fail_is_a_state_and_no_number(void **state)
{
	struct toy toy;
	uint8_t data[16] = { 0 }, bits[2] = { 0 }, frame[FRAME_MOST];
	toy_open(&toy);
	struct modbus_request request = modbus_block_request(&toy.instrument, 0);
	modbus_tag_put(&toy.profile->channel[0].tag, false, 42.5, data);

	assert_int_equal(toy_state(&toy), STATE_SILENT);
	assert_true(isnan(toy.decoded.value[0]));
	toy_put(&toy, 0, (const uint8_t *)"\x01\x03\xFF", 3);
	assert_int_equal(toy_state(&toy), STATE_GARBLED);
	int n = modbus_exception_put(FRAMING_RTU, &request, 2, frame, sizeof frame);
	toy_put(&toy, 0, frame, (size_t)n);
	assert_int_equal(toy_state(&toy), STATE_REFUSED);
	toy_answer(&toy, 0, data);
	assert_int_equal(
	        toy_state(&toy), STATE_SILENT); /* its state block did not come */
	assert_true(isnan(toy.decoded.value[0]));
	toy_answer(&toy, 1, bits);
	assert_int_equal(toy_state(&toy), STATE_OK);
	assert_close(toy.decoded.value[0], 42.5, 0);
	profile_free(toy.profile);
}

static void a_gateway_that_finds_nobody_is_silence(void **state)
{
	struct toy toy;
	uint8_t frame[FRAME_MOST];
	toy_open(&toy);
	struct modbus_request request = modbus_block_request(&toy.instrument, 0);
	for (uint8_t code = 10; code <= 11; code++) {
		toy_clear(&toy);
		int n = modbus_exception_put(
		        FRAMING_RTU, &request, code, frame, sizeof frame);
		toy_put(&toy, 0, frame, (size_t)n);
		assert_int_equal(toy_state(&toy), STATE_SILENT);
	}
	profile_free(toy.profile);
}

static uint8_t state_of(struct toy *toy, double value, uint16_t word, uint8_t bits)
{
	uint8_t data[16] = { 0 }, inputs[2] = { bits, 0 };
	modbus_tag_put(&toy->profile->channel[0].tag, false, value, data);
	data[4] = (uint8_t)(word >> 8);
	data[5] = (uint8_t)word;
	toy_clear(toy);
	toy_answer(toy, 0, data);
	toy_answer(toy, 1, inputs);
	return toy_state(toy);
}

static void states_in_their_order(void **state)
{
	struct toy toy;
	toy_open(&toy);
	assert_int_equal(state_of(&toy, 42, 0, 0), STATE_OK);
	assert_int_equal(state_of(&toy, 42, 3, 0), STATE_CALIBRATING);
	assert_close(toy.decoded.value[0], 42, 0);
	assert_int_equal(
	        state_of(&toy, 42, 3, 8), STATE_FAULT); /* the first rule counts */
	assert_int_equal(state_of(&toy, NAN, 0, 0), STATE_NO_VALUE);
	assert_int_equal(state_of(&toy, NAN, 3, 0), STATE_CALIBRATING);
	assert_true(isnan(toy.decoded.value[0]));
	assert_int_equal(state_of(&toy, 224.5, 0, 0), STATE_OK);
	assert_int_equal(state_of(&toy, 225, 0, 0), STATE_ABOVE_RANGE);
	assert_close(toy.decoded.value[0], 225, 0);
	assert_int_equal(state_of(&toy, 0, 0, 0), STATE_OK);
	assert_int_equal(state_of(&toy, -0.25, 0, 0), STATE_BELOW_RANGE);
	toy.setting.off = true;
	assert_int_equal(state_of(&toy, 42, 3, 8), STATE_OFF);
	assert_true(isnan(toy.decoded.value[0]));
	profile_free(toy.profile);
}

static void an_old_result_is_unchanged_and_not_repeated(void **state)
{
	struct toy toy;
	struct fresh fresh = { .size = { 0 } };
	uint8_t data[16] = { 0 }, bits[2] = { 0 };
	toy_open(&toy);
	modbus_tag_put(&toy.profile->channel[0].tag, false, 42.5, data);
	data[15] = 7;
	toy_answer(&toy, 0, data);
	toy_answer(&toy, 1, bits);
	values_decode(&toy.instrument, &toy.exchanges, &fresh, &fresh, &toy.decoded);
	assert_int_equal(toy.decoded.state[0], STATE_OK);
	values_decode(&toy.instrument, &toy.exchanges, &fresh, &fresh, &toy.decoded);
	assert_int_equal(toy.decoded.state[0], STATE_UNCHANGED);
	assert_true(isnan(toy.decoded.value[0]));
	data[15] = 8;
	toy_clear(&toy);
	toy_answer(&toy, 0, data);
	toy_answer(&toy, 1, bits);
	values_decode(&toy.instrument, &toy.exchanges, &fresh, &fresh, &toy.decoded);
	assert_int_equal(toy.decoded.state[0], STATE_OK);
	profile_free(toy.profile);
}

/* Whatever bytes are turned: read, or refused with a reason; and what is read can be
 * decoded. */
static void a_spoilt_profile_is_read_or_refused(void **state)
{
	uint64_t seed = 5;
	char text[sizeof good];
	size_t read = 0;
	for (int i = 0; i < 4000; i++) {
		struct toy toy;
		struct problem why = { .text = "" };
		uint8_t data[250], how[512];
		memset(&toy, 0, sizeof toy);
		memcpy(text, good, sizeof good);
		text[chance(&seed) % (sizeof good - 1)] = (char)(chance(&seed) % 128);
		int status = profile_parse(
		        &toy.profile, text, sizeof good - 1, "toy.yaml", NULL, &why);
		assert_true((status == OK) == (why.text[0] == '\0'));
		if (status != OK)
			continue;
		read++;
		for (size_t k = 0; k < sizeof data; k++)
			data[k] = (uint8_t)chance(&seed);
		toy.instrument = (struct instrument){
			.profile = toy.profile, .slave = 1, .setting = &toy.setting
		};
		toy.exchanges.bytes = toy.bytes;
		for (uint16_t b = 0; b < toy.profile->n_blocks; b++)
			toy_answer(&toy, b, data);
		toy_state(&toy);
		values_explain(
		        &toy.instrument, &toy.exchanges, 0, (char *)how, sizeof how);
		profile_free(toy.profile);
	}
	assert_true(read > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_profile_is_read),
		cmocka_unit_test(what_tables_cannot_say_is_checked),
		cmocka_unit_test(a_misspelt_name_is_answered_with_the_right_one),
		cmocka_unit_test(every_shipped_profile_is_whole),
		cmocka_unit_test(every_way_to_fail_is_a_state_and_no_number),
		cmocka_unit_test(a_gateway_that_finds_nobody_is_silence),
		cmocka_unit_test(states_in_their_order),
		cmocka_unit_test(an_old_result_is_unchanged_and_not_repeated),
		cmocka_unit_test(a_spoilt_profile_is_read_or_refused),
	};
	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
