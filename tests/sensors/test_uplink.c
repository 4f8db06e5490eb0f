/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's side of the link: what is sent, and what is not sent twice. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "tests/kits/talk_kit.h"

static void hello_says_what_is_kept(void **state)
{
	struct talk *c = talk_fresh(41);
	c->view.first_seq = 7;
	c->view.clock = CLOCK_SYNCED;
	struct wire wire = talk_sends(c, WIRE_HELLO);
	struct wire_hello hello;
	assert_int_equal(wire_hello_get(&hello, wire.payload, wire.payload_size), OK);
	assert_int_equal(wire.first_seq, 7);
	assert_int_equal(wire.epoch, 9);
	assert_int_equal(hello.newest_seq, 40);
	assert_int_equal(hello.clock, CLOCK_SYNCED);
	assert_int_equal(talk_next(c), UPLINK_REST);
}

static void nothing_is_sent_before_welcome_but_another_hello_after_ten_seconds(
        void **state)
{
	struct talk *c = talk_fresh(41);
	talk_sends(c, WIRE_HELLO);
	c->view.now_us = 10 * S - 1;
	assert_int_equal(talk_next(c), UPLINK_REST);
	assert_int_equal(uplink_wake_us(&c->uplink), 10 * S);
	c->view.now_us = 10 * S;
	talk_sends(c, WIRE_HELLO);
}

static void records_go_in_order_and_only_once(void **state)
{
	struct talk *c = talk_opened(1001, 1, 8);
	uint64_t seq = 1;
	while (talk_next(c) == UPLINK_SEND) {
		struct wire wire = talk_sends(c, WIRE_DATA);
		assert_int_equal(wire.first_seq, seq);
		seq += wire.count;
	}
	assert_int_equal(seq, 1001);
	assert_int_equal(c->uplink.counts.sent, 1000);
	assert_int_equal(c->uplink.counts.again, 0);
	assert_int_equal(talk_hears_plain(c, WIRE_ACK, 1001), OK);
	assert_int_equal(c->uplink.counts.acked, 1000);
	assert_int_equal(talk_next(c), UPLINK_REST);
}

static void what_is_not_committed_stays(void **state)
{
	struct talk *c = talk_opened(11, 1, 8);
	assert_int_equal(talk_sends(c, WIRE_DATA).count, 10);
	assert_int_equal(talk_next(c), UPLINK_REST);
	c->view.committed_seq = 12;
	struct wire wire = talk_sends(c, WIRE_DATA);
	assert_int_equal(wire.first_seq, 11);
	assert_int_equal(wire.count, 1);
}

static void the_window_of_welcome_is_kept(void **state)
{
	struct talk *c = talk_opened(RECORDS, 1, 2);
	uint64_t first_end = talk_sends(c, WIRE_DATA).count + 1u;
	talk_sends(c, WIRE_DATA);
	assert_int_equal(talk_next(c), UPLINK_REST);
	assert_int_equal(talk_hears_plain(c, WIRE_ACK, first_end - 1), OK);
	assert_int_equal(talk_next(c), UPLINK_REST);
	assert_int_equal(talk_hears_plain(c, WIRE_ACK, first_end), OK);
	talk_sends(c, WIRE_DATA);
	assert_int_equal(talk_next(c), UPLINK_REST);
}

static void a_window_of_nothing_or_too_much_is_put_right(void **state)
{
	struct talk *c = talk_opened(RECORDS, 1, 0);
	assert_int_equal(c->uplink.window, 1);
	talk_hears_welcome(c, 1, 1000, 10);
	assert_int_equal(c->uplink.window, UPLINK_WINDOW);
	assert_int_equal(c->uplink.most, 4096);
}

static void batches_are_as_long_as_the_collector_takes(void **state)
{
	struct talk *c = talk_fresh(RECORDS);
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, 1, 8, 4096 + WIRE_HEADER);
	struct wire wire = talk_sends(c, WIRE_DATA);
	assert_int_equal(wire.count, 20);
	assert_true(c->n <= 4096 + WIRE_HEADER);
}

static void the_longest_record_goes_alone(void **state)
{
	struct talk *c = talk_opened(4, 1, 8);
	c->odd_seq = 2;
	assert_int_equal(talk_sends(c, WIRE_DATA).count, 1);
	assert_int_equal(talk_sends(c, WIRE_DATA).count, 1);
	assert_int_equal(c->n, WIRE_MOST);
	assert_int_equal(talk_sends(c, WIRE_DATA).count, 1);
}

static void a_full_socket_loses_nothing(void **state)
{
	struct talk *c = talk_opened(11, 1, 8);
	assert_int_equal(talk_next(c), UPLINK_SEND);
	uplink_sent(&c->uplink, c->view.now_us, FULL);
	assert_int_equal(talk_next(c), UPLINK_REST);
	c->view.now_us = uplink_wake_us(&c->uplink);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 1);
}

static void welcome_from_the_middle_sends_the_rest(void **state)
{
	struct talk *c = talk_opened(11, 6, 8);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 6);
}

static void welcome_before_the_last_acknowledged_sends_again(void **state)
{
	struct talk *c = talk_opened(11, 1, 8);
	talk_sends(c, WIRE_DATA);
	talk_hears_plain(c, WIRE_ACK, 11);
	talk_hears_welcome(c, 4, 8, WIRE_MOST);
	struct wire wire = talk_sends(c, WIRE_DATA);
	assert_int_equal(wire.first_seq, 4);
	assert_int_equal(wire.count, 7);
	assert_int_equal(c->uplink.counts.again, 7);
}

static void welcome_beyond_the_end_begins_an_epoch(void **state)
{
	struct talk *c = talk_opened(11, 11, 8);
	assert_int_equal(talk_next(c), UPLINK_REST);
	talk_hears_welcome(c, 12, 8, WIRE_MOST);
	assert_int_equal(talk_next(c), UPLINK_NEW_EPOCH);
	assert_int_equal(c->uplink.beyond[0], 11);
	assert_int_equal(c->uplink.beyond[1], 11);
	c->view.epoch = 10;
	c->view.committed_seq = 2;
	uplink_greet(&c->uplink, c->view.now_us);
	assert_int_equal(talk_sends(c, WIRE_HELLO).epoch, 10);
	talk_hears_welcome(c, 1, 8, WIRE_MOST);
	assert_int_equal(talk_sends(c, WIRE_DATA).epoch, 10);
}

static void refusals_of_a_whole_window_are_one(void **state)
{
	struct talk *c = talk_opened(RECORDS, 1, 8);
	for (int i = 0; i < 4; i++)
		talk_sends(c, WIRE_DATA);
	for (int i = 0; i < 4; i++)
		assert_int_equal(talk_hears_nak(c, 1, 0, "simulated data"), OK);
	assert_string_equal(c->uplink.refusal.reason, "simulated data");
	assert_int_equal(talk_next(c), UPLINK_REST);
	c->view.now_us = c->uplink.hold_us - 1;
	assert_int_equal(talk_next(c), UPLINK_REST);
	assert_true(c->uplink.hold_us >= S && c->uplink.hold_us <= 2 * S);
	c->view.now_us = uplink_wake_us(&c->uplink);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 1);
	int64_t before = c->view.now_us;
	assert_int_equal(talk_hears_nak(c, 1, 0, "simulated data"), OK);
	assert_true(c->uplink.hold_us - before >= S);
	talk_hears_plain(c, WIRE_PONG, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_says_what_is_kept),
		cmocka_unit_test(
		        nothing_is_sent_before_welcome_but_another_hello_after_ten_seconds),
		cmocka_unit_test(records_go_in_order_and_only_once),
		cmocka_unit_test(what_is_not_committed_stays),
		cmocka_unit_test(the_window_of_welcome_is_kept),
		cmocka_unit_test(a_window_of_nothing_or_too_much_is_put_right),
		cmocka_unit_test(batches_are_as_long_as_the_collector_takes),
		cmocka_unit_test(the_longest_record_goes_alone),
		cmocka_unit_test(a_full_socket_loses_nothing),
		cmocka_unit_test(welcome_from_the_middle_sends_the_rest),
		cmocka_unit_test(welcome_before_the_last_acknowledged_sends_again),
		cmocka_unit_test(welcome_beyond_the_end_begins_an_epoch),
		cmocka_unit_test(refusals_of_a_whole_window_are_one),
	};
	return cmocka_run_group_tests_name("uplink", tests, NULL, NULL);
}
