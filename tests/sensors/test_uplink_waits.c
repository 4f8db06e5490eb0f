/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's side of the link: silence, strangers, and what is gone or cannot be
 * read. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "tests/kits/talk_kit.h"

static void ping_goes_when_quiet_and_is_answered(void **state)
{
	struct talk *c = talk_opened(1, 1, 8);
	c->view.now_us = 10 * S;
	assert_int_equal(uplink_wake_us(&c->uplink), 10 * S);
	talk_sends(c, WIRE_PING);
	assert_int_equal(talk_next(c), UPLINK_REST);
	assert_int_equal(talk_hears_plain(c, WIRE_PING, 0), OK);
	talk_sends(c, WIRE_PONG);
	assert_int_equal(talk_next(c), UPLINK_REST);
}

static void thirty_silent_seconds_make_a_new_socket(void **state)
{
	struct talk *c = talk_opened(11, 1, 8);
	talk_sends(c, WIRE_DATA);
	c->view.now_us = 20 * S;
	talk_sends(c, WIRE_PING);
	c->view.now_us = 30 * S - 1;
	assert_int_equal(talk_next(c), UPLINK_REST);
	assert_int_equal(c->uplink.state, UPLINK_OPEN);
	c->view.now_us = 30 * S;
	assert_int_equal(talk_next(c), UPLINK_REST);
	assert_int_equal(c->uplink.state, UPLINK_CLOSED);
	c->view.now_us = uplink_wake_us(&c->uplink) - 1;
	assert_int_equal(talk_next(c), UPLINK_REST);
	c->view.now_us++;
	assert_int_equal(talk_next(c), UPLINK_RENEW);
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, 1, 8, WIRE_MOST);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 1);
	assert_int_equal(c->uplink.counts.again, 10);
}

static void pongs_without_acks_do_not_keep_a_stuck_link(void **state)
{
	struct talk *c = talk_opened(11, 1, 8);
	talk_sends(c, WIRE_DATA);
	for (int t = 10; t < 60; t += 10) {
		c->view.now_us = t * S;
		talk_sends(c, WIRE_PING);
		talk_hears_plain(c, WIRE_PONG, 0);
	}
	c->view.now_us = 60 * S;
	talk_next(c);
	assert_int_equal(c->uplink.state, UPLINK_CLOSED);
}

static void back_off_doubles_to_a_minute_with_jitter(void **state)
{
	struct talk *c = talk_fresh(11);
	int64_t longest = 0;
	for (int i = 0; i < 12; i++) {
		talk_sends(c, WIRE_HELLO);
		c->view.now_us = c->uplink.heard_us + UPLINK_SILENT_US;
		assert_int_equal(talk_next(c), UPLINK_REST);
		int64_t wait = c->uplink.next_us - c->view.now_us;
		int64_t full = (i < 6 ? 1 << i : 60) * S;
		assert_true(wait >= S && wait <= full && 2 * wait >= full);
		longest = wait > longest ? wait : longest;
		c->view.now_us = c->uplink.next_us;
		assert_int_equal(talk_next(c), UPLINK_RENEW);
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
	struct uplink_view view = talk_fresh(1)->view;
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
	struct talk *c = talk_opened(11, 1, 8);
	uint8_t message[256];
	struct wire ack = {
		.type = WIRE_ACK, .source = "nt-01", .epoch = 9, .first_seq = 5
	};
	talk_sends(c, WIRE_DATA);
	int n = wire_encode(&ack, message, sizeof message);
	for (int bit = 0; bit < 8 * n; bit++) {
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(uplink_hear(&c->uplink, &c->view, message, (size_t)n),
		        MALFORMED);
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	struct wire stranger = ack;
	strcpy(stranger.source, "nt-02");
	assert_int_equal(talk_hears(c, &stranger), MALFORMED);
	assert_int_equal(talk_hears_plain(c, WIRE_ACK, 12), MALFORMED);
	uint8_t payload[24] = { 0 };
	struct wire hello = { .type = WIRE_HELLO,
		.source = "nt-01",
		.epoch = 9,
		.payload = payload,
		.payload_size = sizeof payload };
	assert_int_equal(talk_hears(c, &hello), MALFORMED);
	assert_int_equal(c->uplink.acked_seq, 1);
	assert_int_equal(uplink_hear(&c->uplink, &c->view, message, (size_t)n), OK);
	assert_int_equal(c->uplink.acked_seq, 5);
}

static void an_ack_of_an_old_epoch_moves_nothing(void **state)
{
	struct talk *c = talk_opened(11, 1, 8);
	talk_sends(c, WIRE_DATA);
	struct wire old = {
		.type = WIRE_ACK, .source = "nt-01", .epoch = 8, .first_seq = 5
	};
	assert_int_equal(talk_hears(c, &old), OK);
	assert_int_equal(c->uplink.acked_seq, 1);
}

static void a_collector_that_wants_what_is_gone_is_asked_again_later(void **state)
{
	struct talk *c = talk_fresh(21);
	c->view.first_seq = 15;
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, 3, 8, WIRE_MOST);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 15);
	talk_hears_nak(c, 3, 0, "begins beyond");
	assert_int_equal(talk_next(c), UPLINK_REST);
	c->view.now_us = uplink_wake_us(&c->uplink);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 15);
}

/* PINGs keep the link; the collector answers them. */
static void waits(struct talk *c, int64_t us)
{
	for (int64_t end = c->view.now_us + us; c->view.now_us < end;) {
		c->view.now_us += S;
		if (c->view.now_us - c->uplink.said_us >= UPLINK_PING_US) {
			talk_sends(c, WIRE_PING);
			talk_hears_plain(c, WIRE_PONG, 0);
		}
	}
}

/* Damage on the disk between records that are sound. */
static void records_that_cannot_be_read_are_passed_over_after_a_minute(void **state)
{
	struct talk *c = talk_fresh(21);
	c->hole[0] = 6;
	c->hole[1] = 9;
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, 1, 8, WIRE_MOST);
	assert_int_equal(talk_sends(c, WIRE_DATA).count, 5);
	assert_int_equal(talk_next(c), UPLINK_REST);
	talk_hears_plain(c, WIRE_ACK, 6);
	assert_int_equal(talk_next(c), UPLINK_REST);
	waits(c, 59 * S);
	assert_int_equal(talk_next(c), UPLINK_REST);
	c->view.now_us += S;
	assert_int_equal(talk_sends(c, WIRE_HELLO).first_seq, 10);
	talk_hears_welcome(c, 10, 8, WIRE_MOST);
	struct wire data = talk_sends(c, WIRE_DATA);
	assert_int_equal(data.first_seq, 10);
	assert_int_equal(data.count, 11);
}

/* What cannot be read now and can a little later was no damage. */
static void a_disk_that_answers_again_loses_nothing(void **state)
{
	struct talk *c = talk_fresh(21);
	c->hole[0] = 6;
	c->hole[1] = 20;
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, 1, 8, WIRE_MOST);
	assert_int_equal(talk_sends(c, WIRE_DATA).count, 5);
	talk_hears_plain(c, WIRE_ACK, 6);
	assert_int_equal(talk_next(c), UPLINK_REST);
	waits(c, 200 * S); /* nothing behind can be read either */
	assert_int_equal(c->uplink.state, UPLINK_OPEN);
	c->hole[0] = c->hole[1] = 0;
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	return cmocka_run_group_tests_name("uplink waits", tests, NULL, NULL);
}
