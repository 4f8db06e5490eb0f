/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that mean "none", and numbers that cannot be. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/sdi12_frame.h"
#include "tests/kits/hj212_vectors.h"
#include "tests/kits/meter_kit.h"

#define HEAD "name: toy\nmaker: m\nmodel: m\nsummary: s\nsource: s\n"

/* ---- sizes ---- */

static const char floats[] = HEAD
        "driver: modbus\n"
        "blocks:\n"
        "  - {name: values, function: 3, start: 0, count: 8, source: s}\n"
        "channels:\n"
        "  - {name: cod, label_vi: v, label_en: v, unit: mg/L, block: values, at: 0, "
        "type: f32, order: ABCD, none: [\"-9999.9\"]}\n"
        "  - {name: total, label_vi: v, label_en: v, unit: m3, block: values, at: 2, "
        "type: f64, order: ABCDEFGH}\n";

static uint8_t state_of_f32(uint32_t bits)
{
	struct meter meter;
	uint16_t word[8] = { (uint16_t)(bits >> 16), (uint16_t)bits };
	meter_parse(&meter, floats);
	meter_words(&meter, 0, word);
	uint8_t state = meter_state(&meter, "cod");
	assert_int_equal(state == STATE_OK, !isnan(meter_value(&meter, "cod")));
	meter_close(&meter);
	return state;
}

static uint32_t bits_of(float number)
{
	uint32_t bits;
	memcpy(&bits, &number, sizeof bits);
	return bits;
}

static void a_number_of_absurd_size_is_no_value(void **state)
{
	assert_int_equal(state_of_f32(0x42480000), STATE_OK); /* 50.0 */
	assert_int_equal(state_of_f32(0x00004248), STATE_NO_VALUE);
	assert_int_equal(state_of_f32(0), STATE_OK);
	assert_int_equal(state_of_f32(0x80000000), STATE_OK); /* -0 */
	assert_int_equal(state_of_f32(bits_of(1.01e-30f)), STATE_OK);
	assert_int_equal(state_of_f32(bits_of(0.99e-30f)), STATE_NO_VALUE);
	assert_int_equal(state_of_f32(bits_of(-0.99e-30f)), STATE_NO_VALUE);
	assert_int_equal(state_of_f32(bits_of(0.99e12f)), STATE_OK);
	assert_int_equal(state_of_f32(bits_of(1.01e12f)), STATE_NO_VALUE);
	assert_int_equal(state_of_f32(bits_of(-1.01e12f)), STATE_NO_VALUE);
}

static void a_double_of_absurd_size_is_no_value(void **state)
{
	struct meter meter;
	uint16_t word[8] = { 0, 0, 0x0000, 0x0000, 0x0000, 0x4093 };
	meter_parse(&meter, floats);
	meter_words(&meter, 0, word);
	assert_int_equal(meter_state(&meter, "total"), STATE_NO_VALUE);
	meter_close(&meter);
}

/* 26.679 (D6 6E D5 41, DCBA) from a probe set to ABCD: 41 D5 6E D6. */
static void a_wrong_order_of_words_is_told_by_its_size(void **state)
{
	struct meter meter;
	char how[512];
	meter_open(&meter, "yosemitech-y5xx");
	meter_words(&meter, 0, (uint16_t[]){ 0x41D5, 0x6ED6, 0x4248, 0x0000 });
	assert_int_equal(meter_state(&meter, "temperature"), STATE_NO_VALUE);
	assert_int_equal(meter.decoded.state[1], STATE_NO_VALUE);
	assert_true(values_absurd(&meter.instrument, &meter.said));
	values_explain(&meter.instrument, &meter.said, 1, how, sizeof how);
	assert_contains(how, "no instrument shows a number of that size");
	meter_clear(&meter);
	meter_words(&meter, 0, (uint16_t[]){ 0xD66E, 0xD541, 0x0000, 0x4842 });
	assert_int_equal(meter_state(&meter, "temperature"), STATE_OK);
	assert_false(values_absurd(&meter.instrument, &meter.said));
	meter_close(&meter);
}

/* ---- numbers that mean "none" ---- */

/* Announcement and one answer of an SDI-12 measurement. */
static void measured(struct meter *meter, const char *announced, const char *values)
{
	meter_clear(meter);
	meter_text(meter, 0, announced);
	meter_text(meter, 0, values);
}

static void what_sdi_12_sends_for_none_is_no_value(void **state)
{
	static const char *const none[] = { "0-9999-9999-9999\r\n",
		"0+9999999+9999999+9999999\r\n", "0-9999999-9999.0-9999999\r\n", NULL };
	struct meter meter;
	meter_open(&meter, "meter-hydros-21");
	measured(&meter, "000003\r\n", "0+1234+21.5+305\r\n");
	assert_int_equal(meter_state(&meter, "depth"), STATE_OK);
	assert_close(meter_value(&meter, "temperature"), 21.5, 1e-12);
	measured(&meter, "000003\r\n", "0+9998+999.9-0\r\n");
	assert_int_equal(meter_state(&meter, "temperature"), STATE_OK);
	for (size_t i = 0; none[i] != NULL; i++) {
		measured(&meter, "000003\r\n", none[i]);
		for (size_t c = 0; c < 3; c++) {
			assert_int_equal(meter_state(&meter, "depth"), STATE_NO_VALUE);
			assert_int_equal(meter.decoded.state[c], STATE_NO_VALUE);
			assert_true(isnan(meter.decoded.value[c]));
		}
	}
	meter_close(&meter);
}

/* Depth comes in feet: what means none is looked at before it is scaled. */
static void a_sensor_off_line_has_no_value(void **state)
{
	struct meter meter;
	char one[40] = "0+0+0+18.5", two[40] = "0+305-9999+0", three[40] = "0+212";
	size_t n = strlen(one), m = strlen(two), k = strlen(three);
	meter_open(&meter, "insitu-aqua-troll-400");
	n = sdi12_close(true, one, n);
	m = sdi12_close(true, two, m);
	k = sdi12_close(true, three, k);
	meter_text(&meter, 0, "00047\r\n");
	meter_bytes(&meter, 0, (const uint8_t *)one, n);
	meter_bytes(&meter, 0, (const uint8_t *)two, m);
	meter_bytes(&meter, 0, (const uint8_t *)three, k);
	assert_int_equal(meter_state(&meter, "ph"), STATE_NO_VALUE);
	assert_int_equal(meter_state(&meter, "depth"), STATE_NO_VALUE);
	assert_int_equal(meter_state(&meter, "do"), STATE_OK); /* nobody can tell */
	assert_int_equal(meter_state(&meter, "temperature"), STATE_OK);
	meter_close(&meter);
}

/* What was said of the frame before does not stick to the next. */
static void a_message_that_refuses_nothing_is_told_so(void **state)
{
	struct meter meter;
	struct declined declined = { .kind = DECLINED_BUSY, .code = 5 };
	meter_open(&meter, "hj212-2017-waste-water");
	const struct driver *driver = meter.profile->driver;
	const char *frame =
	        hj212_framed("CN=2011;CP=&&w01018-Rtd=62.5,w01018-Flag=N&&");
	void *walk = calloc(1, driver_state_size(&meter.instrument));
	driver->begin(walk, &meter.instrument);
	int kind =
	        driver->refusal(walk, (const uint8_t *)frame, strlen(frame), &declined);
	assert_int_equal(kind, 0);
	assert_int_equal(declined.kind, 0);
	free(walk);
	meter_close(&meter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_of_absurd_size_is_no_value),
		cmocka_unit_test(a_double_of_absurd_size_is_no_value),
		cmocka_unit_test(a_wrong_order_of_words_is_told_by_its_size),
		cmocka_unit_test(what_sdi_12_sends_for_none_is_no_value),
		cmocka_unit_test(a_sensor_off_line_has_no_value),
		cmocka_unit_test(a_message_that_refuses_nothing_is_told_so),
	};
	return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
