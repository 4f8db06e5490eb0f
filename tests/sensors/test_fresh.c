/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results of slow analysers: each is told once, and none is lost. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>

#include "tests/kits/meter_kit.h"

static const char counted[] =
        "name: slow\nmaker: m\nmodel: m\nsummary: s\nsource: s\ndriver: modbus\n"
        "blocks:\n"
        "  - {name: value, function: 3, start: 0, count: 5, source: s}\n"
        "  - {name: status, function: 3, start: 100, count: 1, source: s}\n"
        "channels:\n"
        "  - {name: cod, label_vi: v, label_en: v, unit: mg/L, result_every: 1h, "
        "block: value, at: 1, type: f32, order: ABCD}\n"
        "  - {name: tss, label_vi: v, label_en: v, unit: mg/L, result_every: 1h, "
        "block: value, at: 3, type: f32, order: ABCD}\n"
        "fresh:\n"
        "  - {block: value, at: 0}\n"
        "states:\n"
        "  - {block: status, at: 0, when: [\"1\"], state: fault, channels: [cod]}\n";

/* Result number `mark`: cod 50, tss 25; status `status`, or (-1) one bit of its answer turned. */
static void result(struct meter *meter, uint16_t mark, int status)
{
	uint16_t word[] = { mark, 0x4248, 0, 0x41C8, 0 };
	static const uint8_t spoilt[] = { 0x01, 0x03, 0x02, 0x00, 0x00, 0xB8, 0x45 };
	meter_clear(meter);
	meter_words(meter, 0, word);
	if (status < 0)
		meter_bytes(meter, 1, spoilt, sizeof spoilt);
	else
		meter_words(meter, 1, (uint16_t[]){ (uint16_t)status });
}

static void a_result_is_told_once(void **state)
{
	struct meter meter;
	meter_parse(&meter, counted);
	result(&meter, 7, 0);
	assert_int_equal(meter_state(&meter, "cod"), STATE_OK);
	assert_close(meter_value(&meter, "cod"), 50, 0);
	assert_int_equal(meter_state(&meter, "cod"), STATE_UNCHANGED);
	assert_true(isnan(meter_value(&meter, "cod")));
	result(&meter, 8, 0);
	assert_int_equal(meter_state(&meter, "cod"), STATE_OK);
	meter_close(&meter);
}

/* The mark came, the status did not: nobody has the result yet. */
static void a_result_whose_state_was_garbled_is_told_by_the_next_poll(void **state)
{
	struct meter meter;
	meter_parse(&meter, counted);
	result(&meter, 7, -1);
	assert_int_equal(meter_state(&meter, "cod"), STATE_GARBLED);
	result(&meter, 7, 0);
	assert_int_equal(meter_state(&meter, "cod"), STATE_OK);
	assert_close(meter_value(&meter, "cod"), 50, 0);
	assert_int_equal(meter_state(&meter, "cod"), STATE_UNCHANGED);
	meter_close(&meter);
}

static void a_result_shown_first_during_a_brief_alarm_is_told_after_it(void **state)
{
	struct meter meter;
	meter_parse(&meter, counted);
	result(&meter, 7, 1);
	assert_int_equal(meter_state(&meter, "cod"), STATE_FAULT);
	result(&meter, 7, 0);
	assert_int_equal(meter_state(&meter, "cod"), STATE_OK);
	assert_int_equal(meter_state(&meter, "cod"), STATE_UNCHANGED);
	result(&meter, 7,
	        1); /* an alarm afterwards is told, and the result not again */
	assert_int_equal(meter_state(&meter, "cod"), STATE_FAULT);
	result(&meter, 7, 0);
	assert_int_equal(meter_state(&meter, "cod"), STATE_UNCHANGED);
	meter_close(&meter);
}

/* One mark, two channels: each takes its own. */
static void what_one_channel_missed_is_not_told_twice_of_the_other(void **state)
{
	struct meter meter;
	meter_parse(&meter, counted);
	result(&meter, 7, -1);
	assert_int_equal(meter_state(&meter, "tss"), STATE_OK);
	result(&meter, 7, 0);
	assert_int_equal(meter_state(&meter, "tss"), STATE_UNCHANGED);
	assert_int_equal(meter.decoded.state[0], STATE_OK);
	meter_close(&meter);
}

/* ---- no mark ---- */

#define MINUTE_US INT64_C(60000000)

/* An AMTAX that shows `number` (of its f32, the high word) at this minute; what it is doing. */
static uint8_t shown(struct meter *meter, int minute, uint16_t number, uint16_t doing)
{
	uint16_t word[81] = { 0 };
	word[48] = doing;
	meter_clear(meter);
	meter_words(meter, 0, (uint16_t[]){ 0, number });
	meter_words(meter, 1, word);
	meter->fresh.now_us = minute * MINUTE_US;
	return meter_state(meter, "nh4");
}

/* One result an hour, asked every minute: told once an hour, whether it differs or not. */
static void a_result_without_a_mark_is_told_once_until_the_next_is_due(void **state)
{
	struct meter meter;
	size_t told = 0;
	meter_open(&meter, "hach-amtax-compact-ii");
	for (int minute = 0; minute < 60; minute++)
		told += shown(&meter, minute, 0x4120, 0) == STATE_OK;
	assert_int_equal(told, 1);
	for (int minute = 60; minute < 120; minute++)
		told += shown(&meter, minute, 0x4120, 0) == STATE_OK;
	assert_int_equal(told, 2);
	assert_int_equal(shown(&meter, 120, 0x4121, 0), STATE_OK);
	assert_int_equal(shown(&meter, 121, 0x4121, 0), STATE_UNCHANGED);
	assert_int_equal(shown(&meter, 130, 0x4122, 0), STATE_OK); /* early, but new */
	assert_int_equal(shown(&meter, 131, 0x4122, 8), STATE_FAULT);
	assert_int_equal(shown(&meter, 132, 0x4122, 0), STATE_UNCHANGED);
	assert_int_equal(shown(&meter, 133, 0x4123, 2), STATE_CALIBRATING);
	assert_int_equal(shown(&meter, 134, 0x4123, 0), STATE_OK); /* not told before */
	meter_close(&meter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_result_is_told_once),
		cmocka_unit_test(
		        a_result_whose_state_was_garbled_is_told_by_the_next_poll),
		cmocka_unit_test(
		        a_result_shown_first_during_a_brief_alarm_is_told_after_it),
		cmocka_unit_test(
		        what_one_channel_missed_is_not_told_twice_of_the_other),
		cmocka_unit_test(
		        a_result_without_a_mark_is_told_once_until_the_next_is_due),
	};
	return cmocka_run_group_tests_name("fresh", tests, NULL, NULL);
}
