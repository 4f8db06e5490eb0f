/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What HELLO, WELCOME and NAK carry. */
#include "tests/kits/check.h"

#include <string.h>

#include "base/status.h"
#include "base/wire.h"

#define EPOCH UINT64_C(0x1122334455667788)

static void the_other_messages_carry_what_they_must(void **state)
{
	uint8_t payload[64], out[256];
	struct wire got, wire = { .source = "tram-01", .epoch = EPOCH, .first_seq = 7 };
	const uint8_t empty[] = { WIRE_ACK, WIRE_PING, WIRE_PONG };
	for (size_t i = 0; i < sizeof empty; i++) {
		wire.type = empty[i];
		assert_int_equal(wire_encode(&wire, out, sizeof out), WIRE_HEADER);
		assert_int_equal(wire_decode(&got, out, WIRE_HEADER), OK);
		assert_int_equal(got.type, empty[i]);
		assert_int_equal(got.first_seq, 7);
	}
	wire.type = WIRE_HELLO;
	assert_int_equal(wire_encode(&wire, out, sizeof out), REFUSED);
	wire.type = WIRE_WELCOME;
	assert_int_equal(wire_encode(&wire, out, sizeof out), REFUSED);
	wire.type = WIRE_NAK;
	assert_int_equal(wire_encode(&wire, out, sizeof out), REFUSED);
	wire.type = WIRE_WELCOME;
	wire.payload = payload;
	const struct wire_welcome welcome = { .window = 8, .most = WIRE_MOST };
	wire.payload_size = (size_t)wire_welcome_put(&welcome, payload, sizeof payload);
	assert_int_equal(wire_encode(&wire, out, sizeof out), WIRE_HEADER + 16);
	assert_int_equal(wire_decode(&got, out, WIRE_HEADER + 16), OK);
}

static void a_refusal_names_the_record_that_is_anothers(void **state)
{
	uint8_t payload[512], out[512];
	struct wire_nak nak = { .other_seq = UINT64_C(0x0102030405060708) }, got;
	for (size_t n = 0; n < sizeof nak.reason; n++) {
		memset(nak.reason, 'x', n);
		struct wire back, wire = { .type = WIRE_NAK,
			.source = "tram-01",
			.epoch = EPOCH,
			.first_seq = 7,
			.payload = payload,
			.payload_size = 8 + n };
		assert_int_equal(wire_nak_put(&nak, payload, 8 + n), 8 + n);
		assert_int_equal(wire_nak_put(&nak, payload, 7 + n), FULL);
		assert_int_equal(
		        wire_encode(&wire, out, sizeof out), WIRE_HEADER + 8 + n);
		assert_int_equal(wire_decode(&back, out, WIRE_HEADER + 8 + n), OK);
		assert_int_equal(
		        wire_nak_get(&got, back.payload, back.payload_size), OK);
		assert_true(got.other_seq == nak.other_seq);
		assert_string_equal(got.reason, nak.reason);
	}
	/* longer than is kept: cut; shorter than its number: none */
	memset(payload + 8, 'y', sizeof payload - 8);
	assert_int_equal(wire_nak_get(&got, payload, sizeof payload), OK);
	assert_int_equal(strlen(got.reason), sizeof got.reason - 1);
	assert_int_equal(wire_nak_get(&got, payload, 7), MALFORMED);
}

static void hello_comes_back(void **state)
{
	const struct wire_hello want = {
		.newest_seq = 99,
		.time_us = INT64_C(1794712500123456),
		.clock = CLOCK_HOLDOVER,
		.version = "quantrac 0.1.0",
	};
	uint8_t out[64];
	struct wire_hello got;
	int n = wire_hello_put(&want, out, sizeof out);
	assert_int_equal(n, 24 + strlen(want.version));
	assert_int_equal(wire_hello_put(&want, out, (size_t)n - 1), FULL);
	assert_int_equal(wire_hello_get(&got, out, (size_t)n), OK);
	assert_int_equal(got.newest_seq, 99);
	assert_int_equal(got.time_us, want.time_us);
	assert_int_equal(got.clock, CLOCK_HOLDOVER);
	assert_string_equal(got.version, want.version);
	for (size_t cut = 0; cut < 24; cut++)
		assert_int_equal(wire_hello_get(&got, out, cut), MALFORMED);
	memset(out + 24, 'a', 24);
	assert_int_equal(wire_hello_get(&got, out, 24 + 23), OK);
	assert_int_equal(wire_hello_get(&got, out, 24 + 24), MALFORMED);
	const uint8_t letter = out[24];
	for (int i = 0; i < 256; i++) { /* a version is of letters that print */
		out[24] = (uint8_t)i;
		assert_int_equal(wire_hello_get(&got, out, 24 + 23),
		        i >= ' ' && i <= '~' ? OK : MALFORMED);
	}
	out[24] = letter;
	out[30] = '\n';
	assert_int_equal(wire_hello_get(&got, out, 24 + 23), MALFORMED);
	assert_int_equal(wire_hello_get(&got, out, 24), OK);
	for (size_t i = 17; i < 24; i++) { /* kept for later */
		out[i] = 1;
		assert_int_equal(wire_hello_get(&got, out, 24), MALFORMED);
		out[i] = 0;
	}
	out[16] = CLOCK_STEPPED + 1;
	assert_int_equal(wire_hello_get(&got, out, 24), MALFORMED);
}

static void welcome_comes_back(void **state)
{
	const struct wire_welcome want = {
		.time_us = -1, .window = 8, .most = WIRE_MOST
	};
	uint8_t out[16];
	struct wire_welcome got;
	assert_int_equal(wire_welcome_put(&want, out, 15), FULL);
	assert_int_equal(wire_welcome_put(&want, out, 16), 16);
	assert_int_equal(wire_welcome_get(&got, out, 16), OK);
	assert_int_equal(got.time_us, -1);
	assert_int_equal(got.window, 8);
	assert_int_equal(got.most, WIRE_MOST);
	for (size_t cut = 0; cut < 16; cut++)
		assert_int_equal(wire_welcome_get(&got, out, cut), MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_other_messages_carry_what_they_must),
		cmocka_unit_test(a_refusal_names_the_record_that_is_anothers),
		cmocka_unit_test(hello_comes_back),
		cmocka_unit_test(welcome_comes_back),
	};
	return cmocka_run_group_tests_name("payloads on the wire", tests, NULL, NULL);
}
