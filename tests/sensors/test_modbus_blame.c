/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sound frames of Modbus that are not the answer: what the driver says of them, and the poller tells. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "sensors/drivers/modbus.h"
#include "sensors/tables/sentence.h"
#include "tests/kits/odd_kit.h"

static const struct modbus_request asked = {
	.slave = 1, .function = 3, .start = 100, .count = 24, .number = 7
};
static const int framings[] = { FRAMING_RTU, FRAMING_ASCII, FRAMING_TCP };

static char text[400];

/* What is said of an answer to `as`, behind two bytes of noise where a line has such. */
static bool blames(int framing, const struct modbus_request *as, int flip)
{
	uint8_t data[2 * MODBUS_REGISTERS] = { 0 },
	                 in[2 + MODBUS_FRAME] = { 0xfe, 0xfe };
	size_t before = framing == FRAMING_TCP ? 0 : 2;
	struct sentence out = { .out = text, .room = sizeof text };
	int n = modbus_answer_put(framing, as, data, in + before, MODBUS_FRAME);
	assert_true(n > 0);
	in[before + (size_t)n - 3] ^= (uint8_t)flip;
	text[0] = '\0';
	return modbus_blame(framing, &asked, in, before + (size_t)n, &out);
}

static void a_frame_of_another_slave_or_function_or_size_is_named(void **state)
{
	for (size_t i = 0; i < 3; i++) {
		struct modbus_request as = asked;
		as.slave = 2;
		assert_true(blames(framings[i], &as, 0));
		assert_contains(text, "frame of slave 2 comes, and slave 1 was asked");
		as.slave = 1;
		as.function = 4;
		assert_true(blames(framings[i], &as, 0));
		assert_contains(text, "frame of function 4 comes, and 3 was asked");
		as.function = 3;
		as.count = 22;
		assert_true(blames(framings[i], &as, 0));
		assert_contains(
		        text, "answer of 22 registers comes to a request of 24");
	}
}

static void an_answer_with_another_number_than_its_request_is_named(void **state)
{
	struct modbus_request as = asked;
	as.number = 0;
	assert_true(blames(FRAMING_TCP, &as, 0));
	assert_contains(text, "carries number 0, and its request had 7");
}

static void of_what_is_no_sound_frame_nothing_is_said(void **state)
{
	struct modbus_request as = asked;
	as.slave = 2;
	for (size_t i = 0; i < 2; i++) { /* RTU and ASCII have a check */
		assert_true(blames(framings[i], &as, 0));
		assert_false(blames(framings[i], &as, 1));
		assert_string_equal(text, "");
	}
	/* nor of the answer itself */
	for (size_t i = 0; i < 3; i++)
		assert_false(blames(framings[i], &asked, 0));
}

static void our_own_request_is_no_other_masters(void **state)
{
	struct sentence out = { .out = text, .room = sizeof text };
	struct modbus_request other = asked;
	uint8_t in[MODBUS_FRAME];
	text[0] = '\0';
	int n = modbus_request_put(FRAMING_RTU, &asked, in, sizeof in);
	assert_false(modbus_blame(FRAMING_RTU, &asked, in, (size_t)n, &out));
	assert_string_equal(text, "");
	other.slave = 9;
	n = modbus_request_put(FRAMING_RTU, &other, in, sizeof in);
	assert_true(modbus_blame(FRAMING_RTU, &asked, in, (size_t)n, &out));
	assert_contains(text, "request to slave 9 comes that is not ours");
}

/* ---- what the poller tells ---- */

static const char *const each_second[MOST] = { "poll_every: 1s, timeout: 300ms" };

static void of_its_neighbour(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	uint8_t plain[MODBUS_PLAIN], out[MODBUS_FRAME];
	const struct modbus_wire wire = { FRAMING_RTU, 0, said->size - MODBUS_CRC };
	memcpy(plain, said->bytes, wire.n);
	plain[0]++;
	int size = modbus_close_frame(&wire, plain, out, sizeof out);
	odd_send(odd, 60 * MS, out, (size_t)size);
}

static void a_register_more(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	uint8_t out[MODBUS_FRAME], data[2 * MODBUS_REGISTERS] = { 0 };
	struct modbus_request request;
	assert_true(modbus_request_get(FRAMING_RTU, in, n, &request) > 0);
	request.count++;
	int size = modbus_answer_put(FRAMING_RTU, &request, data, out, sizeof out);
	odd_send(odd, 60 * MS, out, (size_t)size);
}

static void number_0(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	struct simulated now = *said;
	put_be16(now.bytes, 0);
	odd_send(odd, 60 * MS, now.bytes, now.size);
}

static void noise(struct odd *odd, size_t who, const uint8_t *in, size_t n,
        const struct simulated *said)
{
	odd_send(odd, 60 * MS, (const uint8_t *)"not Modbus", 10);
}

static void an_instrument_is_down_for_what_its_frames_show(void **state)
{
	static const struct {
		const char *port;
		void (*answer)(struct odd *odd, size_t who, const uint8_t *in, size_t n,
		        const struct simulated *said);
		const char *told;
	} all[] = {
		{ SERIAL, of_its_neighbour, "slave 2 comes, and slave 1 was asked" },
		{ SERIAL, a_register_more, "registers comes to a request of " },
		{ TCP, number_0, "carries number 0, and its request had " },
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct odd *odd = odd_new(all[i].port, "sim-flow", 1, each_second);
		odd->answer = all[i].answer;
		odd_run(odd, 60 * SECOND);
		assert_contains(odd->told, "instrument i0 down ");
		assert_contains(odd->told, all[i].told);
		assert_null(strstr(odd->told, "speed"));
		assert_null(strstr(odd->told, "too late"));
		assert_int_equal(odd->ok[0], 0);
		assert_int_equal(poller_counts(odd->poller, 0)->late, 0);
		assert_true(poller_counts(odd->poller, 0)->malformed >= 3);
		assert_true(poller_blame(odd->poller, 0)->sound);
		odd_end(odd);
	}
}

static void of_noise_it_is_the_line_that_is_to_be_looked_at(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = noise;
	odd_run(odd, 60 * SECOND);
	assert_contains(odd->told,
	        "down something comes, but no sound answer: check speed, parity and");
	assert_false(poller_blame(odd->poller, 0)->sound);
	odd_end(odd);
}

/* One that is down is down for another reason: three polls of it are believed. */
static void noise_that_becomes_sound_frames_is_told_anew(void **state)
{
	struct odd *odd = odd_new(SERIAL, "sim-flow", 1, each_second);
	odd->answer = noise;
	odd_run(odd, 60 * SECOND);
	assert_null(strstr(odd->told, "slave 2 comes"));
	odd->answer = of_its_neighbour;
	odd_run(odd, 600 * SECOND);
	assert_contains(odd->told, "slave 2 comes, and slave 1 was asked");
	odd_end(odd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_of_another_slave_or_function_or_size_is_named),
		cmocka_unit_test(
		        an_answer_with_another_number_than_its_request_is_named),
		cmocka_unit_test(of_what_is_no_sound_frame_nothing_is_said),
		cmocka_unit_test(our_own_request_is_no_other_masters),
		cmocka_unit_test(an_instrument_is_down_for_what_its_frames_show),
		cmocka_unit_test(noise_that_becomes_sound_frames_is_told_anew),
		cmocka_unit_test(of_noise_it_is_the_line_that_is_to_be_looked_at),
	};
	return cmocka_run_group_tests_name("modbus_blame", tests, NULL, NULL);
}
