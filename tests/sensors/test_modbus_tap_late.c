/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another master's line in time: how long an answer is waited for, and answers that come after the
 * next request. */
#include "tests/kits/check.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "sensors/drivers/modbus_tap.h"

static size_t put_crc(uint8_t *frame, size_t n)
{
	put_le16(frame + n, crc16_modbus(frame, n));
	return n + 2;
}

/* A push of 60 registers at 1200 baud, its bytes one by one, and an answer 0.9 s later: no frame is
 * so long that its last byte would get the time of an earlier one. */
static void a_slow_line_has_its_time_to_answer(void **state)
{
	static struct modbus_tap tap;
	struct modbus_pair pair;
	struct moment when = { .mono_us = 1 };
	uint8_t push[129] = { 0x01, 0x10, 0x00, 0x18, 0x00, 0x3C, 0x78 };
	uint8_t answer[8];
	memcpy(answer, push, 6);
	assert_int_equal(put_crc(push, 127), sizeof push);
	assert_int_equal(put_crc(answer, 6), sizeof answer);
	modbus_tap_init(&tap, FRAMING_RTU, 1000000);
	for (size_t i = 0; i < sizeof push; i++, when.mono_us += 9167) {
		modbus_tap_add(&tap, push + i, 1, &when);
		assert_false(modbus_tap_next(&tap, &pair));
	}
	when.mono_us += 900000;
	modbus_tap_add(&tap, answer, sizeof answer, &when);
	assert_true(modbus_tap_next(&tap, &pair));
	assert_true(pair.answered);
	assert_int_equal(tap.counts.orphans, 0);
}

static void ask_for(struct modbus_tap *tap, int64_t at_us, uint8_t start, uint8_t count)
{
	uint8_t frame[8] = { 0x01, 0x03, 0x00, start, 0x00, count };
	struct moment when = { .mono_us = at_us };
	modbus_tap_add(tap, frame, put_crc(frame, 6), &when);
}

static void answer_with(struct modbus_tap *tap, int64_t at_us, uint8_t count)
{
	uint8_t frame[64] = { 0x01, 0x03, (uint8_t)(2 * count) };
	struct moment when = { .mono_us = at_us };
	modbus_tap_add(tap, frame, put_crc(frame, 3 + 2 * (size_t)count), &when);
}

/* Pairs there are now; the registers of the last that was answered, -1: none. */
static int answered_start(struct modbus_tap *tap)
{
	struct modbus_pair pair;
	int start = -1;
	while (modbus_tap_next(tap, &pair))
		start = pair.answered ? pair.request.start : start;
	return start;
}

static void begin_late(struct modbus_tap *tap)
{
	modbus_tap_init(tap, FRAMING_RTU, 300000);
	ask_for(tap, 1, 0, 2);
	assert_int_equal(answered_start(tap), -1);
	modbus_tap_idle(tap, 900000);
	assert_int_equal(answered_start(tap), -1);
	assert_int_equal(tap->counts.unanswered, 1);
}

static void a_late_answer_is_not_that_to_the_next_request(void **state)
{
	static struct modbus_tap tap;
	begin_late(&tap);
	ask_for(&tap, 1000000, 10, 2);
	answer_with(&tap, 1050000, 2);
	assert_int_equal(answered_start(&tap), -1);
	assert_int_equal(tap.counts.ambiguous, 1);
	answer_with(&tap, 1100000, 2); /* that to the second one */
	assert_int_equal(answered_start(&tap), -1);
	assert_int_equal(tap.counts.orphans, 1);
}

/* Up to 5 s after the time of its answer, to the microsecond. */
static void a_late_answer_is_reckoned_with_for_a_while(void **state)
{
	static struct modbus_tap tap;
	for (int late = 0; late < 2; late++) {
		int64_t at_us = 1 + 300000 + TAP_LATE_US + late;
		begin_late(&tap);
		ask_for(&tap, at_us - 10000, 10, 2);
		answer_with(&tap, at_us, 2);
		assert_int_equal(answered_start(&tap), late ? 10 : -1);
	}
}

static void an_answer_of_another_size_settles_what_came_before(void **state)
{
	static struct modbus_tap tap;
	begin_late(&tap);
	ask_for(&tap, 1000000, 20, 3);
	answer_with(&tap, 1050000, 3);
	assert_int_equal(answered_start(&tap), 20);
	ask_for(&tap, 1100000, 10, 2);
	answer_with(&tap, 1150000, 2);
	assert_int_equal(answered_start(&tap), 10);
}

static void the_same_registers_asked_again_are_those_registers(void **state)
{
	static struct modbus_tap tap;
	begin_late(&tap);
	ask_for(&tap, 1000000, 0, 2);
	answer_with(&tap, 1050000, 2);
	assert_int_equal(answered_start(&tap), 0);
	/* one of the two was answered: the other answer may still come */
	ask_for(&tap, 1100000, 10, 2);
	answer_with(&tap, 1150000, 2);
	assert_int_equal(answered_start(&tap), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_line_has_its_time_to_answer),
		cmocka_unit_test(a_late_answer_is_not_that_to_the_next_request),
		cmocka_unit_test(a_late_answer_is_reckoned_with_for_a_while),
		cmocka_unit_test(an_answer_of_another_size_settles_what_came_before),
		cmocka_unit_test(the_same_registers_asked_again_are_those_registers),
	};
	return cmocka_run_group_tests_name("modbus_tap_late", tests, NULL, NULL);
}
