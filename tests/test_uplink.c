/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's side of the link against a scripted collector and a clock moved by hand. */
#include "tests/check.h"

#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "sensors/uplink.h"

#define S INT64_C(1000000)

enum { RECORDS = 2000 };

/* A journal in memory: records of 200 bytes (or one of another size). */
struct cabinet {
	struct uplink uplink;
	struct uplink_view view;
	uint8_t bytes[RECORD_MOST];
	uint64_t odd_seq; /* this one is as long as a record may be */
	uint64_t hole[2]; /* these cannot be read; 0: all can */
	uint8_t out[WIRE_MOST];
	size_t n;
};

static size_t make_record(struct cabinet *cabinet, uint64_t seq)
{
	static uint8_t payload[RECORD_MOST];
	struct record record = { .type = RECORD_STATE,
		.source = "nt-01",
		.epoch = cabinet->view.epoch,
		.seq = seq,
		.time_us = 1,
		.payload = payload,
		.payload_size =
		        seq == cabinet->odd_seq ? RECORD_MOST - RECORD_HEADER : 136 };
	int n = record_encode(&record, cabinet->bytes, sizeof cabinet->bytes);
	assert_true(n > 0);
	return (size_t)n;
}

static size_t record_at(void *with, uint64_t seq, const uint8_t **out)
{
	struct cabinet *cabinet = with;
	/* records that are not committed are there too, and must not go */
	if (seq < cabinet->view.first_seq || seq >= cabinet->view.committed_seq + 5)
		return 0;
	if (seq >= cabinet->hole[0] && seq <= cabinet->hole[1])
		return 0;
	*out = cabinet->bytes;
	return make_record(cabinet, seq);
}

static uint64_t behind(void *with, uint64_t seq)
{
	struct cabinet *cabinet = with;
	assert_int_equal(seq, cabinet->hole[0]);
	return cabinet->hole[1] + 1 < cabinet->view.committed_seq ? cabinet->hole[1] + 1
	                                                          : 0;
}

static struct cabinet cabinet;

static struct cabinet *fresh(uint64_t committed)
{
	memset(&cabinet, 0, sizeof cabinet);
	uplink_init(&cabinet.uplink, "nt-01", 77, 0);
	cabinet.view = (struct uplink_view){ .epoch = 9,
		.first_seq = 1,
		.committed_seq = committed,
		.time_us = 1700000000 * S,
		.with = &cabinet,
		.record = record_at,
		.behind = behind };
	return &cabinet;
}

static enum uplink_act next(struct cabinet *c)
{
	return uplink_next(&c->uplink, &c->view, c->out, &c->n);
}

/* The next message goes out and is of this type. */
static struct wire sends(struct cabinet *c, uint8_t type)
{
	struct wire wire;
	assert_int_equal(next(c), UPLINK_SEND);
	assert_int_equal(wire_decode(&wire, c->out, c->n), OK);
	assert_int_equal(wire.type, type);
	assert_string_equal(wire.source, "nt-01");
	uplink_sent(&c->uplink, c->view.now_us, OK);
	return wire;
}

static int hears(struct cabinet *c, const struct wire *wire)
{
	uint8_t message[4096];
	int n = wire_encode(wire, message, sizeof message);
	assert_true(n > 0);
	return uplink_hear(&c->uplink, &c->view, message, (size_t)n);
}

static int hears_plain(struct cabinet *c, uint8_t type, uint64_t first_seq)
{
	struct wire wire = { .type = type,
		.source = "nt-01",
		.epoch = c->view.epoch,
		.first_seq = first_seq };
	return hears(c, &wire);
}

static void hears_welcome(
        struct cabinet *c, uint64_t wanted, uint32_t window, uint32_t most)
{
	uint8_t payload[64];
	struct wire_welcome welcome = { .window = window, .most = most };
	int n = wire_welcome_put(&welcome, payload, sizeof payload);
	struct wire wire = { .type = WIRE_WELCOME,
		.source = "nt-01",
		.epoch = c->view.epoch,
		.first_seq = wanted,
		.payload = payload,
		.payload_size = (size_t)n };
	assert_int_equal(hears(c, &wire), OK);
}

static struct cabinet *opened(uint64_t committed, uint64_t wanted, uint32_t window)
{
	struct cabinet *c = fresh(committed);
	sends(c, WIRE_HELLO);
	hears_welcome(c, wanted, window, WIRE_MOST);
	assert_int_equal(c->uplink.state, UPLINK_OPEN);
	return c;
}

static void hello_says_what_is_kept(void **state)
{
	struct cabinet *c = fresh(41);
	c->view.first_seq = 7;
	c->view.clock = CLOCK_SYNCED;
	struct wire wire = sends(c, WIRE_HELLO);
	struct wire_hello hello;
	assert_int_equal(wire_hello_get(&hello, wire.payload, wire.payload_size), OK);
	assert_int_equal(wire.first_seq, 7);
	assert_int_equal(wire.epoch, 9);
	assert_int_equal(hello.newest_seq, 40);
	assert_int_equal(hello.clock, CLOCK_SYNCED);
	assert_int_equal(next(c), UPLINK_REST);
}

static void nothing_is_sent_before_welcome_but_another_hello_after_ten_seconds(
        void **state)
{
	struct cabinet *c = fresh(41);
	sends(c, WIRE_HELLO);
	c->view.now_us = 10 * S - 1;
	assert_int_equal(next(c), UPLINK_REST);
	assert_int_equal(uplink_wake_us(&c->uplink), 10 * S);
	c->view.now_us = 10 * S;
	sends(c, WIRE_HELLO);
}

static void records_go_in_order_and_only_once(void **state)
{
	struct cabinet *c = opened(1001, 1, 8);
	uint64_t seq = 1;
	while (next(c) == UPLINK_SEND) {
		struct wire wire = sends(c, WIRE_DATA);
		assert_int_equal(wire.first_seq, seq);
		seq += wire.count;
	}
	assert_int_equal(seq, 1001);
	assert_int_equal(c->uplink.counts.sent, 1000);
	assert_int_equal(c->uplink.counts.again, 0);
	assert_int_equal(hears_plain(c, WIRE_ACK, 1001), OK);
	assert_int_equal(c->uplink.counts.acked, 1000);
	assert_int_equal(next(c), UPLINK_REST);
}

static void what_is_not_committed_stays(void **state)
{
	struct cabinet *c = opened(11, 1, 8);
	assert_int_equal(sends(c, WIRE_DATA).count, 10);
	assert_int_equal(next(c), UPLINK_REST);
	c->view.committed_seq = 12;
	struct wire wire = sends(c, WIRE_DATA);
	assert_int_equal(wire.first_seq, 11);
	assert_int_equal(wire.count, 1);
}

static void the_window_of_welcome_is_kept(void **state)
{
	struct cabinet *c = opened(RECORDS, 1, 2);
	uint64_t first_end = sends(c, WIRE_DATA).count + 1u;
	sends(c, WIRE_DATA);
	assert_int_equal(next(c), UPLINK_REST);
	assert_int_equal(hears_plain(c, WIRE_ACK, first_end - 1), OK);
	assert_int_equal(next(c), UPLINK_REST);
	assert_int_equal(hears_plain(c, WIRE_ACK, first_end), OK);
	sends(c, WIRE_DATA);
	assert_int_equal(next(c), UPLINK_REST);
}

static void a_window_of_nothing_or_too_much_is_put_right(void **state)
{
	struct cabinet *c = opened(RECORDS, 1, 0);
	assert_int_equal(c->uplink.window, 1);
	hears_welcome(c, 1, 1000, 10);
	assert_int_equal(c->uplink.window, UPLINK_WINDOW);
	assert_int_equal(c->uplink.most, 4096);
}

static void batches_are_as_long_as_the_collector_takes(void **state)
{
	struct cabinet *c = fresh(RECORDS);
	sends(c, WIRE_HELLO);
	hears_welcome(c, 1, 8, 4096 + WIRE_HEADER);
	struct wire wire = sends(c, WIRE_DATA);
	assert_int_equal(wire.count, 20);
	assert_true(c->n <= 4096 + WIRE_HEADER);
}

static void the_longest_record_goes_alone(void **state)
{
	struct cabinet *c = opened(4, 1, 8);
	c->odd_seq = 2;
	assert_int_equal(sends(c, WIRE_DATA).count, 1);
	assert_int_equal(sends(c, WIRE_DATA).count, 1);
	assert_int_equal(c->n, WIRE_MOST);
	assert_int_equal(sends(c, WIRE_DATA).count, 1);
}

static void a_full_socket_loses_nothing(void **state)
{
	struct cabinet *c = opened(11, 1, 8);
	assert_int_equal(next(c), UPLINK_SEND);
	uplink_sent(&c->uplink, c->view.now_us, FULL);
	assert_int_equal(next(c), UPLINK_REST);
	c->view.now_us = uplink_wake_us(&c->uplink);
	assert_int_equal(sends(c, WIRE_DATA).first_seq, 1);
}

static void welcome_from_the_middle_sends_the_rest(void **state)
{
	struct cabinet *c = opened(11, 6, 8);
	assert_int_equal(sends(c, WIRE_DATA).first_seq, 6);
}

static void welcome_before_the_last_acknowledged_sends_again(void **state)
{
	struct cabinet *c = opened(11, 1, 8);
	sends(c, WIRE_DATA);
	hears_plain(c, WIRE_ACK, 11);
	hears_welcome(c, 4, 8, WIRE_MOST);
	struct wire wire = sends(c, WIRE_DATA);
	assert_int_equal(wire.first_seq, 4);
	assert_int_equal(wire.count, 7);
	assert_int_equal(c->uplink.counts.again, 7);
}

static void welcome_beyond_the_end_begins_an_epoch(void **state)
{
	struct cabinet *c = opened(11, 11, 8);
	assert_int_equal(next(c), UPLINK_REST);
	hears_welcome(c, 12, 8, WIRE_MOST);
	assert_int_equal(next(c), UPLINK_NEW_EPOCH);
	assert_int_equal(c->uplink.beyond[0], 11);
	assert_int_equal(c->uplink.beyond[1], 11);
	c->view.epoch = 10;
	c->view.committed_seq = 2;
	uplink_greet(&c->uplink, c->view.now_us);
	assert_int_equal(sends(c, WIRE_HELLO).epoch, 10);
	hears_welcome(c, 1, 8, WIRE_MOST);
	assert_int_equal(sends(c, WIRE_DATA).epoch, 10);
}

static void refusals_of_a_whole_window_are_one(void **state)
{
	struct cabinet *c = opened(RECORDS, 1, 8);
	for (int i = 0; i < 4; i++)
		sends(c, WIRE_DATA);
	struct wire nak = { .type = WIRE_NAK,
		.source = "nt-01",
		.epoch = 9,
		.first_seq = 1,
		.payload = (const uint8_t *)"simulated data",
		.payload_size = 14 };
	for (int i = 0; i < 4; i++)
		assert_int_equal(hears(c, &nak), OK);
	assert_string_equal(c->uplink.refusal, "simulated data");
	assert_int_equal(next(c), UPLINK_REST);
	c->view.now_us = c->uplink.hold_us - 1;
	assert_int_equal(next(c), UPLINK_REST);
	assert_true(c->uplink.hold_us >= S && c->uplink.hold_us <= 2 * S);
	c->view.now_us = uplink_wake_us(&c->uplink);
	assert_int_equal(sends(c, WIRE_DATA).first_seq, 1);
	int64_t before = c->view.now_us;
	assert_int_equal(hears(c, &nak), OK);
	assert_true(c->uplink.hold_us - before >= S);
	hears_plain(c, WIRE_PONG, 0);
}

static void ping_goes_when_quiet_and_is_answered(void **state)
{
	struct cabinet *c = opened(1, 1, 8);
	c->view.now_us = 10 * S;
	assert_int_equal(uplink_wake_us(&c->uplink), 10 * S);
	sends(c, WIRE_PING);
	assert_int_equal(next(c), UPLINK_REST);
	assert_int_equal(hears_plain(c, WIRE_PING, 0), OK);
	sends(c, WIRE_PONG);
	assert_int_equal(next(c), UPLINK_REST);
}

static void thirty_silent_seconds_make_a_new_socket(void **state)
{
	struct cabinet *c = opened(11, 1, 8);
	sends(c, WIRE_DATA);
	c->view.now_us = 20 * S;
	sends(c, WIRE_PING);
	c->view.now_us = 30 * S - 1;
	assert_int_equal(next(c), UPLINK_REST);
	assert_int_equal(c->uplink.state, UPLINK_OPEN);
	c->view.now_us = 30 * S;
	assert_int_equal(next(c), UPLINK_REST);
	assert_int_equal(c->uplink.state, UPLINK_CLOSED);
	c->view.now_us = uplink_wake_us(&c->uplink) - 1;
	assert_int_equal(next(c), UPLINK_REST);
	c->view.now_us++;
	assert_int_equal(next(c), UPLINK_RENEW);
	sends(c, WIRE_HELLO);
	hears_welcome(c, 1, 8, WIRE_MOST);
	assert_int_equal(sends(c, WIRE_DATA).first_seq, 1);
	assert_int_equal(c->uplink.counts.again, 10);
}

static void pongs_without_acks_do_not_keep_a_stuck_link(void **state)
{
	struct cabinet *c = opened(11, 1, 8);
	sends(c, WIRE_DATA);
	for (int t = 10; t < 60; t += 10) {
		c->view.now_us = t * S;
		sends(c, WIRE_PING);
		hears_plain(c, WIRE_PONG, 0);
	}
	c->view.now_us = 60 * S;
	next(c);
	assert_int_equal(c->uplink.state, UPLINK_CLOSED);
}

static void back_off_doubles_to_a_minute_with_jitter(void **state)
{
	struct cabinet *c = fresh(11);
	int64_t longest = 0;
	for (int i = 0; i < 12; i++) {
		sends(c, WIRE_HELLO);
		c->view.now_us = c->uplink.heard_us + UPLINK_SILENT_US;
		assert_int_equal(next(c), UPLINK_REST);
		int64_t wait = c->uplink.next_us - c->view.now_us;
		int64_t full = (i < 6 ? 1 << i : 60) * S;
		assert_true(wait >= S && wait <= full && 2 * wait >= full);
		longest = wait > longest ? wait : longest;
		c->view.now_us = c->uplink.next_us;
		assert_int_equal(next(c), UPLINK_RENEW);
	}
	assert_true(longest > 30 * S);
}

static void two_cabinets_do_not_come_back_together(void **state)
{
	static struct uplink a, b;
	uint8_t out[WIRE_MOST];
	size_t n;
	uplink_init(&a, "nt-01", 1, 0);
	uplink_init(&b, "nt-02", 2, 0);
	struct uplink_view view = fresh(1)->view;
	view.now_us = UPLINK_SILENT_US;
	for (int i = 0; i < 4; i++) {
		uplink_next(&a, &view, out, &n);
		uplink_next(&b, &view, out, &n);
		assert_int_equal(a.state, UPLINK_CLOSED);
		if (a.next_us != b.next_us)
			return;
		view.now_us = a.next_us;
		uplink_next(&a, &view, out, &n);
		uplink_next(&b, &view, out, &n);
		view.now_us += UPLINK_SILENT_US;
	}
	fail_msg("the same back-off four times");
}

static void strangers_and_damage_change_nothing(void **state)
{
	struct cabinet *c = opened(11, 1, 8);
	uint8_t message[256];
	struct wire ack = {
		.type = WIRE_ACK, .source = "nt-01", .epoch = 9, .first_seq = 5
	};
	sends(c, WIRE_DATA);
	int n = wire_encode(&ack, message, sizeof message);
	for (int bit = 0; bit < 8 * n; bit++) {
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(uplink_hear(&c->uplink, &c->view, message, (size_t)n),
		        MALFORMED);
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	struct wire stranger = ack;
	strcpy(stranger.source, "nt-02");
	assert_int_equal(hears(c, &stranger), MALFORMED);
	assert_int_equal(hears_plain(c, WIRE_ACK, 12), MALFORMED);
	uint8_t payload[24] = { 0 };
	struct wire hello = { .type = WIRE_HELLO,
		.source = "nt-01",
		.epoch = 9,
		.payload = payload,
		.payload_size = sizeof payload };
	assert_int_equal(hears(c, &hello), MALFORMED);
	assert_int_equal(c->uplink.acked_seq, 1);
	assert_int_equal(uplink_hear(&c->uplink, &c->view, message, (size_t)n), OK);
	assert_int_equal(c->uplink.acked_seq, 5);
}

static void an_ack_of_an_old_epoch_moves_nothing(void **state)
{
	struct cabinet *c = opened(11, 1, 8);
	sends(c, WIRE_DATA);
	struct wire old = {
		.type = WIRE_ACK, .source = "nt-01", .epoch = 8, .first_seq = 5
	};
	assert_int_equal(hears(c, &old), OK);
	assert_int_equal(c->uplink.acked_seq, 1);
}

static void a_collector_that_wants_what_is_gone_is_asked_again_later(void **state)
{
	struct cabinet *c = fresh(21);
	c->view.first_seq = 15;
	sends(c, WIRE_HELLO);
	hears_welcome(c, 3, 8, WIRE_MOST);
	assert_int_equal(sends(c, WIRE_DATA).first_seq, 15);
	hears_plain(c, WIRE_NAK, 3);
	assert_int_equal(next(c), UPLINK_REST);
	c->view.now_us = uplink_wake_us(&c->uplink);
	assert_int_equal(sends(c, WIRE_DATA).first_seq, 15);
}

/* PINGs keep the link; the collector answers them. */
static void waits(struct cabinet *c, int64_t us)
{
	for (int64_t end = c->view.now_us + us; c->view.now_us < end;) {
		c->view.now_us += S;
		if (c->view.now_us - c->uplink.said_us >= UPLINK_PING_US) {
			sends(c, WIRE_PING);
			hears_plain(c, WIRE_PONG, 0);
		}
	}
}

/* Damage on the disk between records that are sound. */
static void records_that_cannot_be_read_are_passed_over_after_a_minute(void **state)
{
	struct cabinet *c = fresh(21);
	c->hole[0] = 6;
	c->hole[1] = 9;
	sends(c, WIRE_HELLO);
	hears_welcome(c, 1, 8, WIRE_MOST);
	assert_int_equal(sends(c, WIRE_DATA).count, 5);
	assert_int_equal(next(c), UPLINK_REST);
	hears_plain(c, WIRE_ACK, 6);
	assert_int_equal(next(c), UPLINK_REST);
	waits(c, 59 * S);
	assert_int_equal(next(c), UPLINK_REST);
	c->view.now_us += S;
	assert_int_equal(sends(c, WIRE_HELLO).first_seq, 10);
	hears_welcome(c, 10, 8, WIRE_MOST);
	struct wire data = sends(c, WIRE_DATA);
	assert_int_equal(data.first_seq, 10);
	assert_int_equal(data.count, 11);
}

/* What cannot be read now and can a little later was no damage. */
static void a_disk_that_answers_again_loses_nothing(void **state)
{
	struct cabinet *c = fresh(21);
	c->hole[0] = 6;
	c->hole[1] = 20;
	sends(c, WIRE_HELLO);
	hears_welcome(c, 1, 8, WIRE_MOST);
	assert_int_equal(sends(c, WIRE_DATA).count, 5);
	hears_plain(c, WIRE_ACK, 6);
	assert_int_equal(next(c), UPLINK_REST);
	waits(c, 200 * S); /* nothing behind can be read either */
	assert_int_equal(c->uplink.state, UPLINK_OPEN);
	c->hole[0] = c->hole[1] = 0;
	assert_int_equal(sends(c, WIRE_DATA).first_seq, 6);
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
		cmocka_unit_test(ping_goes_when_quiet_and_is_answered),
		cmocka_unit_test(thirty_silent_seconds_make_a_new_socket),
		cmocka_unit_test(pongs_without_acks_do_not_keep_a_stuck_link),
		cmocka_unit_test(back_off_doubles_to_a_minute_with_jitter),
		cmocka_unit_test(two_cabinets_do_not_come_back_together),
		cmocka_unit_test(strangers_and_damage_change_nothing),
		cmocka_unit_test(
		        records_that_cannot_be_read_are_passed_over_after_a_minute),
		cmocka_unit_test(a_disk_that_answers_again_loses_nothing),
		cmocka_unit_test(an_ack_of_an_old_epoch_moves_nothing),
		cmocka_unit_test(
		        a_collector_that_wants_what_is_gone_is_asked_again_later),
	};
	return cmocka_run_group_tests_name("uplink", tests, NULL, NULL);
}
