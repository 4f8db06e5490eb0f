/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/desk_kit.h"

struct desk desk;
uint8_t answer[WIRE_MOST];
const struct moment desk_now = { .time_us = NOW, .mono_us = 1000000, .boot = 1 };
const struct peer bt = { .route = "r", .route_size = 1, .user = "bt-outlet" };
const struct peer bt_copy = { .route = "s", .route_size = 1, .user = "bt-outlet" };

int desk_hears(const struct wire *wire, const struct peer *peer, struct wire *out)
{
	static uint8_t message[WIRE_MOST];
	int n = wire_encode(wire, message, sizeof message);
	assert_true(n > 0);
	n = desk_hear(&desk, peer, message, (size_t)n, &desk_now, answer);
	if (n > 0)
		assert_int_equal(wire_decode(out, answer, (size_t)n), OK);
	return n;
}

int desk_hears_hello(
        const struct peer *peer, int64_t time_us, uint64_t oldest, struct wire *out)
{
	uint8_t payload[64];
	struct wire_hello hello = {
		.newest_seq = 99, .time_us = time_us, .version = "0.1"
	};
	struct wire wire = { .type = WIRE_HELLO,
		.source = "bt-outlet",
		.epoch = EPOCH,
		.first_seq = oldest,
		.payload = payload };
	wire.payload_size = (size_t)wire_hello_put(&hello, payload, sizeof payload);
	return desk_hears(&wire, peer, out);
}

struct wire desk_acks(void)
{
	struct wire ack;
	int n = desk_ack(&desk, 0, answer);
	assert_true(n > 0);
	assert_int_equal(wire_decode(&ack, answer, (size_t)n), OK);
	assert_int_equal(ack.type, WIRE_ACK);
	return ack;
}
