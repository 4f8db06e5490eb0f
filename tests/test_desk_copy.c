/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two cabinets that speak with one key: a disk or a key was copied. */
#include "tests/collector_fixture.h"

#include "collector/desk.h"

static struct desk desk;
static uint8_t answer[WIRE_MOST];
static const struct moment now = { .time_us = NOW, .mono_us = 1000000, .boot = 1 };
static const struct peer bt = { .route = "r", .route_size = 1, .user = "bt-outlet" };
static const struct peer copy = { .route = "s", .route_size = 1, .user = "bt-outlet" };

static int hear(const struct wire *wire, const struct peer *peer, struct wire *out)
{
	static uint8_t message[WIRE_MOST];
	int n = wire_encode(wire, message, sizeof message);
	assert_true(n > 0);
	n = desk_hear(&desk, peer, message, (size_t)n, &now, answer);
	if (n > 0)
		assert_int_equal(wire_decode(out, answer, (size_t)n), OK);
	return n;
}

static void copy_greets(void)
{
	struct wire out = { .type = 0 };
	uint8_t payload[64];
	struct wire_hello hello = {
		.newest_seq = 25, .time_us = NOW, .version = "0.1"
	};
	struct wire wire = { .type = WIRE_HELLO,
		.source = "bt-outlet",
		.epoch = EPOCH,
		.first_seq = 1,
		.payload = payload };
	wire.payload_size = (size_t)wire_hello_put(&hello, payload, sizeof payload);
	assert_true(hear(&wire, &copy, &out) > 0);
	assert_int_equal(out.type, WIRE_WELCOME);
}

/* At work with copies of one disk: what the second sent behind a record with other bytes
 * is not taken for the next wanted. */
static void behind_other_bytes_nothing_is_taken_before_hello(void **state)
{
	struct agent other;
	struct agent_book apart = { 0 };
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 }, data;
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	fill(&cabinet, 19);
	data = agent_message(&cabinet);
	assert_int_equal(hear(&data, &bt, &out), 0);
	agent_start(&other, &apart, "bt-outlet", EPOCH);
	more(&other, 20);
	data = agent_message(&other);
	assert_true(hear(&data, &copy, &out) > 0);
	assert_int_equal(out.type, WIRE_NAK);
	more(&other, 5);
	data = agent_message(&other);
	assert_int_equal(data.first_seq, ingest_next(ingest, "bt-outlet", EPOCH));
	assert_int_equal(hear(&data, &copy, &out), 0);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 21);
	more(&cabinet, 1);
	data = agent_message(&cabinet);
	assert_int_equal(hear(&data, &bt, &out), 0);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 22);
	copy_greets();
	data = agent_again(&other, 22, 25);
	assert_int_equal(hear(&data, &copy, &out), 0);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 26);
	agent_end(&other);
	agent_book_free(&apart);
	desk_close(&desk);
	ingest_close(ingest);
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collector_setup, collector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(behind_other_bytes_nothing_is_taken_before_hello),
	};
	return cmocka_run_group_tests_name("desk copy", tests, NULL, NULL);
}
