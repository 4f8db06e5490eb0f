/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose an answer is that another master's slave gives: said for certain, or not at all. */
#include "tests/kits/check.h"

#include <string.h>

#include "base/reading.h"
#include "sensors/drivers/modbus_heard.h"

struct taken {
	size_t n, sound;
	uint8_t state; /* of the last one */
	uint8_t data[MODBUS_PLAIN];
	struct modbus_request request;
};

static void take_pair(struct taken *taken, const struct modbus_pair *pair)
{
	struct modbus_heard heard;
	assert_int_equal(
	        modbus_heard_get(FRAMING_RTU, pair->bytes, pair->size, &heard), OK);
	taken->n++;
	taken->state = heard.state;
	taken->request = heard.request;
	if (heard.state != STATE_OK)
		return;
	taken->sound++;
	memcpy(taken->data, heard.answer.data, heard.answer.size);
}

struct script {
	struct modbus_tap tap;
	int64_t now_us;
	struct taken taken;
};

static void hear_at(struct script *script, int at_ms, const uint8_t *in, size_t n)
{
	struct modbus_pair pair;
	struct moment when = { .mono_us = at_ms * INT64_C(1000) };
	modbus_tap_idle(&script->tap, when.mono_us);
	while (modbus_tap_next(&script->tap, &pair))
		take_pair(&script->taken, &pair);
	modbus_tap_add(&script->tap, in, n, &when);
	while (modbus_tap_next(&script->tap, &pair))
		take_pair(&script->taken, &pair);
}

static void ask_at(struct script *script, int at_ms, uint16_t start, uint16_t count)
{
	uint8_t out[16];
	struct modbus_request request = {
		.slave = 1, .function = 3, .start = start, .count = count
	};
	int n = modbus_request_put(FRAMING_RTU, &request, out, sizeof out);
	hear_at(script, at_ms, out, (size_t)n);
}

/* Registers that tell where they were read: each is its own address. */
static void answer_at(struct script *script, int at_ms, uint16_t start, uint16_t count)
{
	uint8_t data[250], out[MODBUS_FRAME];
	struct modbus_request request = {
		.slave = 1, .function = 3, .start = start, .count = count
	};
	for (size_t i = 0; i < count; i++) {
		data[2 * i] = (uint8_t)((start + i) >> 8);
		data[2 * i + 1] = (uint8_t)(start + i);
	}
	int n = modbus_answer_put(FRAMING_RTU, &request, data, out, sizeof out);
	hear_at(script, at_ms, out, (size_t)n);
}

static void an_answer_is_in_time_up_to_the_last_microsecond(void **state)
{
	static struct script script;
	for (int late = 0; late <= 1; late++) {
		memset(&script.taken, 0, sizeof script.taken);
		modbus_tap_init(&script.tap, FRAMING_RTU, 300000);
		ask_at(&script, 0, 7, 2);
		answer_at(&script, 300 + late, 7, 2);
		assert_int_equal(script.taken.sound, late == 0);
		assert_int_equal(script.tap.counts.orphans, late);
		assert_int_equal(script.tap.counts.unanswered, late);
	}
}

/* Requests and answers that get lost by chance, alone or together, and answers that come
 * late: a register that is taken is the one it says it is. */
static void whatever_gets_lost_no_register_is_taken_for_another(void **state)
{
	static struct script script;
	uint64_t seed = 4;
	size_t paired = 0, dropped = 0;
	for (int round = 0; round < 400; round++) {
		int at_ms = 0;
		modbus_tap_init(&script.tap, FRAMING_RTU, 1000000);
		for (int k = 0; k < 40; k++) {
			uint16_t start = (uint16_t)(10 * (chance(&seed) % 5));
			uint16_t count = (uint16_t)(1 + chance(&seed) % 3);
			bool ask = chance(&seed) % 8 != 0;
			bool answer = chance(&seed) % 4 != 0;
			memset(&script.taken, 0, sizeof script.taken);
			/* a master waits for the answer as long as the tap does */
			at_ms += 1100;
			if (ask)
				ask_at(&script, at_ms, start, count);
			if (answer)
				answer_at(&script, at_ms + (int)(chance(&seed) % 900),
				        start, count);
			assert_true(script.taken.sound <= 1);
			dropped += answer && script.taken.sound == 0;
			if (script.taken.sound == 0)
				continue;
			paired++;
			assert_int_equal(script.taken.request.start, start);
			assert_int_equal(script.taken.data[1], start);
		}
	}
	assert_true(paired > 8000 && dropped > 500);
}

static void registers_of_two_requests_are_told_apart_by_their_number_only(void **state)
{
	static struct script script;
	modbus_tap_init(&script.tap, FRAMING_RTU, 1000000);
	ask_at(&script, 0, 0, 2);
	ask_at(&script, 5, 100, 2);
	answer_at(&script, 40, 0, 2);
	answer_at(&script, 60, 100, 2);
	assert_int_equal(script.taken.sound, 0);
	assert_int_equal(script.tap.counts.ambiguous, 1);
	assert_int_equal(script.tap.counts.orphans, 1);
	ask_at(&script, 5000, 0, 2);
	ask_at(&script, 5005, 100, 3);
	answer_at(&script, 5040, 0, 2);
	assert_int_equal(script.taken.request.start, 0);
	answer_at(&script, 5060, 100, 3);
	assert_int_equal(script.taken.request.start, 100);
	assert_int_equal(script.taken.sound, 2);
}

static void more_requests_than_can_wait_push_out_the_oldest(void **state)
{
	static struct script script;
	modbus_tap_init(&script.tap, FRAMING_RTU, 1000000);
	for (uint16_t i = 0; i <= TAP_OPEN; i++)
		ask_at(&script, i, (uint16_t)(10 * i), (uint16_t)(i + 1));
	assert_int_equal(script.taken.n, 1);
	assert_int_equal(script.taken.state, STATE_SILENT);
	assert_int_equal(script.taken.request.start, 0);
	answer_at(&script, 50, 10, 2);
	assert_int_equal(script.taken.state, STATE_OK);
	assert_int_equal(script.taken.request.start, 10);
}

static void turn_round_noise_of_three_bytes_is_suffered_and_four_are_not(void **state)
{
	static struct script script;
	for (size_t n = 0; n <= TAP_STRAY + 1; n++) {
		memset(&script.taken, 0, sizeof script.taken);
		modbus_tap_init(&script.tap, FRAMING_RTU, 1000000);
		ask_at(&script, 0, 7, 2);
		if (n > 0)
			hear_at(&script, 10, (const uint8_t *)"\xFF\xFF\xFF\xFF", n);
		answer_at(&script, 20, 7, 2);
		assert_int_equal(script.taken.sound, n <= TAP_STRAY);
		assert_int_equal(script.tap.counts.noise, n);
	}
}

static void more_than_fits_loses_the_oldest_and_is_counted(void **state)
{
	static struct script script;
	static uint8_t noise[TAP_ROOM + 100];
	memset(noise, 0x63, sizeof noise);
	modbus_tap_init(&script.tap, FRAMING_RTU, 1000000);
	hear_at(&script, 0, noise, sizeof noise);
	assert_int_equal(script.tap.counts.noise, sizeof noise - script.tap.n);
	assert_true(script.tap.n < 2);
	ask_at(&script, 5, 7, 2);
	answer_at(&script, 20, 7, 2);
	assert_int_equal(script.taken.sound, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_in_time_up_to_the_last_microsecond),
		cmocka_unit_test(whatever_gets_lost_no_register_is_taken_for_another),
		cmocka_unit_test(
		        registers_of_two_requests_are_told_apart_by_their_number_only),
		cmocka_unit_test(more_requests_than_can_wait_push_out_the_oldest),
		cmocka_unit_test(
		        turn_round_noise_of_three_bytes_is_suffered_and_four_are_not),
		cmocka_unit_test(more_than_fits_loses_the_oldest_and_is_counted),
	};
	return cmocka_run_group_tests_name("modbus_guess", tests, NULL, NULL);
}
