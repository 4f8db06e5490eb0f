/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's side of the link where it is in doubt: numbers that may be another's,
 * records that cannot go, and answers out of turn. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "tests/kits/talk_kit.h"

#define KNOWN 11 /* all before it was acknowledged, as far as is known here */

/* Welcomed by a collector that wants `wanted`. */
static struct talk *greeted(uint64_t committed, uint64_t known, uint64_t wanted)
{
	struct talk *c = talk_fresh(committed);
	uplink_turn(&c->uplink, known, 0);
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, wanted, UPLINK_WINDOW, WIRE_MOST);
	return c;
}

static void is_over(struct talk *c, bool forked, uint64_t first, uint64_t last)
{
	assert_int_equal(talk_next(c), UPLINK_NEW_EPOCH);
	assert_int_equal(c->uplink.forked, forked);
	assert_int_equal(c->uplink.beyond[0], first);
	assert_int_equal(c->uplink.beyond[1], last);
}

static void what_is_not_known_as_acknowledged_is_shown_again(void **state)
{
	struct talk *c = greeted(31, KNOWN, 20);
	struct wire data = talk_sends(c, WIRE_DATA);
	assert_int_equal(data.first_seq, KNOWN);
	assert_int_equal(data.count, 20);
	assert_int_equal(c->uplink.acked_seq, KNOWN);
	talk_hears_plain(c, WIRE_ACK, 31);
	assert_int_equal(c->uplink.acked_seq, 31);
	/* what is known is not */
	c = greeted(31, 20, 20);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 20);
	/* and what the collector has lost comes again */
	c = greeted(31, 20, KNOWN);
	assert_int_equal(c->uplink.acked_seq, KNOWN);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, KNOWN);
}

/* Two copies of one journal: the other's records are there under these numbers, and the
 * ACK of ours, which would have told apart what they are, was lost with the connection. */
static void after_a_lost_ack_all_since_the_last_is_shown(void **state)
{
	struct talk *c = talk_opened(31, 21, 8);
	talk_sends(c, WIRE_DATA);
	c->view.now_us += UPLINK_STUCK_US;
	assert_int_equal(talk_next(c), UPLINK_REST);
	c->view.now_us = uplink_wake_us(&c->uplink);
	assert_int_equal(talk_next(c), UPLINK_RENEW);
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, 31, 8, WIRE_MOST);
	assert_int_equal(c->uplink.acked_seq, 21);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 21);
	talk_hears_nak(c, 31, 25, "came before with other bytes");
	is_over(c, true, 25, 30);
}

static void ours_and_more_than_we_have_begins_an_epoch(void **state)
{
	struct talk *c = greeted(31, KNOWN, 50);
	talk_sends(c, WIRE_DATA);
	assert_int_equal(talk_next(c), UPLINK_REST);
	talk_hears_plain(c, WIRE_ACK, 31);
	is_over(c, false, 31, 49);
	/* nothing is left to be shown */
	is_over(greeted(31, 31, 32), false, 31, 31);
	/* what was measured meanwhile has another's numbers */
	c = greeted(31, KNOWN, 50);
	talk_sends(c, WIRE_DATA);
	c->view.committed_seq = 33;
	talk_sends(c, WIRE_DATA);
	talk_hears_plain(c, WIRE_ACK, 31);
	talk_hears_nak(c, 50, 31, "came before with other bytes");
	is_over(c, true, 31, 49);
}

static void other_bytes_under_a_number_are_anothers(void **state)
{
	for (uint64_t wanted = 15; wanted <= 50; wanted += 35) {
		struct talk *c = greeted(31, KNOWN, wanted);
		talk_sends(c, WIRE_DATA);
		talk_hears_nak(c, wanted, KNOWN, "came before with other bytes");
		is_over(c, true, KNOWN, wanted - 1);
	}
}

/* A copy of the journal sends too: found in the middle of a window, long after the
 * start.  What came before the number is there, and ours. */
static void other_bytes_out_of_a_window_begin_an_epoch_at_their_number(void **state)
{
	struct talk *c = talk_opened(31, 21, 8);
	talk_sends(c, WIRE_DATA);
	talk_hears_nak(c, 29, 25, "came before with other bytes");
	/* neither an ACK nor a second refusal moves it */
	assert_int_equal(talk_hears_plain(c, WIRE_ACK, 29), OK);
	talk_hears_nak(c, 29, 28, "came before with other bytes");
	is_over(c, true, 25, 28);
	assert_int_equal(c->uplink.acked_seq, 21);
}

/* Also while another refusal holds the sending: after this one nothing is heard. */
static void other_bytes_are_heard_of_while_the_sending_is_held(void **state)
{
	struct talk *c = talk_opened(1001, 1, 8);
	for (int i = 0; i < 2; i++)
		talk_sends(c, WIRE_DATA);
	talk_hears_nak(c, 1, 0, "no room");
	c->uplink.next_seq = 1001; /* as if it had gone on */
	talk_hears_nak(c, 1, 300, "came before with other bytes");
	is_over(c, true, 300, 300);
	assert_string_equal(c->uplink.refusal.reason, "came before with other bytes");
}

static void other_bytes_under_no_number_of_ours_are_a_refusal_like_others(void **state)
{
	static const uint64_t number[] = { 0, 1, 20, 31, UINT64_MAX };
	for (size_t i = 0; i < sizeof number / sizeof number[0]; i++) {
		struct talk *c = talk_opened(31, 21, 8);
		talk_sends(c, WIRE_DATA);
		talk_hears_nak(c, 21, number[i], "came before with other bytes");
		assert_int_equal(talk_next(c), UPLINK_REST);
		assert_int_equal(c->uplink.forked, false);
		assert_int_equal(c->uplink.naks_in_row, 1);
	}
	/* let go here meanwhile: there is nothing to be numbered anew */
	struct talk *c = talk_opened(31, 21, 8);
	talk_sends(c, WIRE_DATA);
	c->view.first_seq = 26;
	talk_hears_nak(c, 29, 25, "came before with other bytes");
	assert_int_equal(c->uplink.owes_epoch, false);
}

/* Nothing is known of what was acknowledged (its file is gone): of a long journal the last
 * batch is shown. */
static void of_very_many_only_the_last_are_shown(void **state)
{
	const uint64_t end = UPLINK_SHOW + 2;
	assert_int_equal(talk_sends(greeted(end, 2, end), WIRE_DATA).first_seq, 2);
	struct talk *c = greeted(end, 1, end);
	struct wire data = talk_sends(c, WIRE_DATA);
	assert_int_equal(data.first_seq, end - WIRE_COUNT);
	talk_hears_plain(c, WIRE_ACK, data.first_seq + data.count);
	assert_int_equal(c->uplink.acked_seq, data.first_seq + data.count);
	/* of those the collector has: the rest follows */
	c = greeted(end + 100, 1, end);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, end - WIRE_COUNT);
	c = greeted(end, 1, end + 100);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, end - WIRE_COUNT);
	/* refused in their middle: what is before is ours */
	c = greeted(end, 1, end);
	talk_sends(c, WIRE_DATA);
	talk_hears_nak(c, end, end - 400, "came before with other bytes");
	is_over(c, true, end - 400, end - 1);
}

static void are_these_anothers_all_are_shown(void **state)
{
	const uint64_t end = UPLINK_SHOW + 2;
	struct talk *c = greeted(end, 1, end);
	talk_sends(c, WIRE_DATA);
	talk_hears_nak(c, end, end - WIRE_COUNT, "came before with other bytes");
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, end, UPLINK_WINDOW, WIRE_MOST);
	struct wire data = talk_sends(c, WIRE_DATA);
	assert_int_equal(data.first_seq, 1);
	talk_hears_plain(c, WIRE_ACK, data.first_seq + data.count);
	data = talk_sends(c, WIRE_DATA);
	talk_hears_nak(c, end, data.first_seq + 7, "came before with other bytes");
	is_over(c, true, data.first_seq + 7, end - 1);
	/* the next epoch begins as if nothing had been */
	uplink_turn(&c->uplink, 1, c->view.now_us);
	assert_int_equal(c->uplink.show_all, false);
}

/* A disk that is full there says nothing about whose they are: shown once more. */
static void another_refusal_answers_no_doubt(void **state)
{
	struct talk *c = greeted(31, KNOWN, 20);
	talk_sends(c, WIRE_DATA);
	talk_hears_nak(c, 20, 0, "no room");
	assert_int_equal(talk_next(c), UPLINK_REST);
	c->view.now_us = c->uplink.hold_us;
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, KNOWN);
}

/* What HELLO said that it is gone can be shown to nobody. */
static void what_is_gone_here_is_not_shown(void **state)
{
	struct talk *c = talk_fresh(31);
	uplink_turn(&c->uplink, 3, 0);
	c->view.first_seq = 15;
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, 20, 8, WIRE_MOST);
	assert_int_equal(c->uplink.acked_seq, 15);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 15);
	/* all of it */
	c = talk_fresh(31);
	uplink_turn(&c->uplink, 3, 0);
	c->view.first_seq = 31;
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, 31, 8, WIRE_MOST);
	assert_int_equal(talk_next(c), UPLINK_REST);
	assert_int_equal(c->uplink.acked_seq, 31);
}

/* The batches before a refused one are acknowledged after it: they do not go again. */
static void an_ack_behind_a_refusal_is_heard(void **state)
{
	struct talk *c = talk_opened(1001, 1, 8);
	struct wire first = talk_sends(c, WIRE_DATA);
	talk_sends(c, WIRE_DATA);
	talk_hears_nak(c, 1, 0, "no room");
	assert_int_equal(c->uplink.next_seq, 1);
	talk_hears_plain(c, WIRE_ACK, 1u + first.count);
	assert_int_equal(c->uplink.counts.malformed, 0);
	c->view.now_us = c->uplink.hold_us;
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 1u + first.count);
}

/* ---- answers out of turn ---- */

static void a_welcome_that_wants_no_number_opens_nothing(void **state)
{
	uint8_t payload[64];
	struct wire_welcome welcome = { .window = 4, .most = WIRE_MOST };
	size_t n = (size_t)wire_welcome_put(&welcome, payload, sizeof payload);
	struct talk *c = talk_fresh(31);
	talk_sends(c, WIRE_HELLO);
	struct wire wire = { .type = WIRE_WELCOME,
		.source = "nt-01",
		.epoch = c->view.epoch,
		.first_seq = 1,
		.payload = payload,
		.payload_size = n };
	wire.first_seq = 0;
	assert_int_equal(talk_hears(c, &wire), MALFORMED);
	assert_int_equal(c->uplink.state, UPLINK_GREETING);
	assert_int_equal(c->uplink.counts.malformed, 1);
	wire.first_seq = 1;
	assert_int_equal(talk_hears(c, &wire), OK);
	assert_int_equal(c->uplink.state, UPLINK_OPEN);
}

static void nothing_is_acknowledged_or_refused_before_welcome(void **state)
{
	struct talk *c = talk_fresh(31);
	talk_sends(c, WIRE_HELLO);
	assert_int_equal(talk_hears_plain(c, WIRE_ACK, 5), MALFORMED);
	assert_int_equal(talk_hears_nak(c, 5, 0, ""), MALFORMED);
	c = talk_opened(31, 1, 8);
	talk_sends(c, WIRE_DATA);
	assert_int_equal(talk_hears_nak(c, 0, 0, ""), MALFORMED);
	assert_int_equal(talk_hears_plain(c, WIRE_ACK, 32), MALFORMED); /* unsaid */
	assert_int_equal(talk_hears_plain(c, WIRE_ACK, 31), OK);
	assert_int_equal(talk_hears_plain(c, WIRE_ACK, 31), OK); /* nothing new */
	assert_int_equal(c->uplink.counts.acked, 30);
}

/* What a collector would never say, and what it says of an epoch that is over. */
static void signs_of_life_of_another_epoch_count(void **state)
{
	struct talk *c = talk_opened(1, 1, 8);
	struct wire wire = { .source = "nt-01", .epoch = c->view.epoch + 1 };
	const uint8_t reason[8] = { 0 };
	for (uint8_t type = WIRE_HELLO; type <= WIRE_PONG; type++) {
		c->view.now_us += 1;
		wire.type = type;
		if (type == WIRE_DATA || type == WIRE_HELLO || type == WIRE_WELCOME)
			continue;
		wire.first_seq = 0;
		wire.payload = reason;
		wire.payload_size = type == WIRE_NAK ? sizeof reason : 0;
		assert_int_equal(talk_hears(c, &wire), OK);
		assert_true(c->uplink.heard_us == c->view.now_us);
	}
	talk_sends(c, WIRE_PONG);
	assert_int_equal(c->uplink.acked_seq, 1);
	/* a closed link hears nothing */
	c->view.now_us += UPLINK_SILENT_US;
	assert_int_equal(talk_next(c), UPLINK_REST);
	int64_t heard_us = c->uplink.heard_us;
	wire.type = WIRE_PONG;
	wire.payload_size = 0;
	assert_int_equal(talk_hears(c, &wire), OK);
	assert_true(c->uplink.heard_us == heard_us);
	assert_string_equal(uplink_state_text(c->uplink.state), "closed");
}

/* ---- what may not go now ---- */

static void a_pause_lets_what_is_on_its_way_come_home(void **state)
{
	struct talk *c = talk_opened(1001, 1, 8);
	talk_sends(c, WIRE_DATA);
	c->view.pause = true;
	assert_int_equal(talk_next(c), UPLINK_REST);
	c->view.pause = false;
	talk_sends(c, WIRE_DATA);
}

/* Let go while batches of it are on their way: greeted anew only when these are home. */
static void what_was_let_go_meanwhile_is_told_when_nothing_is_on_its_way(void **state)
{
	struct talk *c = talk_opened(601, 1, 2);
	uint64_t end = talk_sends(c, WIRE_DATA).count + 1;
	c->view.first_seq = 500;
	assert_int_equal(talk_next(c), UPLINK_REST);
	assert_int_equal(c->uplink.state, UPLINK_OPEN);
	talk_hears_plain(c, WIRE_ACK, end);
	struct wire hello = talk_sends(c, WIRE_HELLO);
	assert_int_equal(hello.first_seq, 500);
}

static void a_refused_batch_is_tried_again_when_it_is_time(void **state)
{
	struct talk *c = talk_opened(31, 1, 8);
	talk_sends(c, WIRE_DATA);
	talk_hears_nak(c, 1, 0, "no room");
	int64_t hold_us = c->uplink.hold_us;
	assert_true(hold_us > c->view.now_us);
	assert_true(uplink_wake_us(&c->uplink) == hold_us);
	/* a second one within the same time says nothing new */
	talk_hears_nak(c, 1, 0, "no room");
	assert_true(c->uplink.hold_us == hold_us);
	c->view.now_us = hold_us - 1;
	assert_int_equal(talk_next(c), UPLINK_REST);
	c->view.now_us = hold_us;
	talk_sends(c, WIRE_DATA);
	assert_int_equal(c->uplink.counts.again, 30);
}

static void a_seed_of_nothing_is_some_seed(void **state)
{
	struct uplink uplink;
	uplink_init(&uplink, "nt-01", 0, 0);
	assert_true(uplink.jitter != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_known_as_acknowledged_is_shown_again),
		cmocka_unit_test(after_a_lost_ack_all_since_the_last_is_shown),
		cmocka_unit_test(ours_and_more_than_we_have_begins_an_epoch),
		cmocka_unit_test(other_bytes_under_a_number_are_anothers),
		cmocka_unit_test(
		        other_bytes_out_of_a_window_begin_an_epoch_at_their_number),
		cmocka_unit_test(other_bytes_are_heard_of_while_the_sending_is_held),
		cmocka_unit_test(
		        other_bytes_under_no_number_of_ours_are_a_refusal_like_others),
		cmocka_unit_test(of_very_many_only_the_last_are_shown),
		cmocka_unit_test(are_these_anothers_all_are_shown),
		cmocka_unit_test(another_refusal_answers_no_doubt),
		cmocka_unit_test(what_is_gone_here_is_not_shown),
		cmocka_unit_test(an_ack_behind_a_refusal_is_heard),
		cmocka_unit_test(a_welcome_that_wants_no_number_opens_nothing),
		cmocka_unit_test(nothing_is_acknowledged_or_refused_before_welcome),
		cmocka_unit_test(signs_of_life_of_another_epoch_count),
		cmocka_unit_test(a_pause_lets_what_is_on_its_way_come_home),
		cmocka_unit_test(
		        what_was_let_go_meanwhile_is_told_when_nothing_is_on_its_way),
		cmocka_unit_test(a_refused_batch_is_tried_again_when_it_is_time),
		cmocka_unit_test(a_seed_of_nothing_is_some_seed),
	};
	return cmocka_run_group_tests_name("uplink doubt", tests, NULL, NULL);
}
