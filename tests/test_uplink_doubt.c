/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's side of the link where it is in doubt: numbers that may be another's,
 * records that cannot go, and answers out of turn. */
#include "tests/check.h"

#include <stdio.h>
#include <string.h>

#include "tests/talk_kit.h"

#define DOUBT 11 /* of numbers from here on it is not known whose they are */

/* Welcomed by a collector that wants `wanted`; shown the records in doubt. */
static struct talk *shown(uint64_t committed, uint64_t wanted)
{
	struct talk *c = talk_fresh(committed);
	c->view.doubt_seq = DOUBT;
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, wanted, 8, WIRE_MOST);
	struct wire data = talk_sends(c, WIRE_DATA);
	assert_int_equal(data.first_seq, DOUBT);
	assert_int_equal(
	        data.first_seq + data.count, wanted < committed ? wanted : committed);
	/* one batch and a PING behind it, and nothing more */
	talk_sends(c, WIRE_PING);
	assert_int_equal(talk_next(c), UPLINK_REST);
	return c;
}

static void what_is_shown_and_not_refused_is_ours(void **state)
{
	struct talk *c = shown(31, 20);
	/* an ACK of something said before ends no doubt */
	assert_int_equal(talk_hears_plain(c, WIRE_ACK, 20), OK);
	assert_int_equal(c->uplink.probe_end, 20);
	talk_hears_plain(c, WIRE_PONG, 0);
	assert_int_equal(c->uplink.probe_end, 0);
	assert_int_equal(c->uplink.acked_seq, 20);
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, 20);
}

/* A PONG to a PING said earlier answers nothing. */
static void only_the_answer_behind_it_ends_a_doubt(void **state)
{
	struct talk *c = talk_fresh(31);
	c->view.doubt_seq = DOUBT;
	talk_sends(c, WIRE_HELLO);
	talk_hears_welcome(c, 31, 8, WIRE_MOST);
	talk_hears_plain(c, WIRE_PONG, 0);
	talk_sends(c, WIRE_DATA);
	talk_hears_plain(c, WIRE_PONG, 0);
	assert_true(c->uplink.probe_end > 0);
}

static void ours_and_more_than_we_have_begins_an_epoch(void **state)
{
	struct talk *c = shown(31, 50);
	talk_hears_plain(c, WIRE_PONG, 0);
	assert_int_equal(talk_next(c), UPLINK_NEW_EPOCH);
	assert_int_equal(c->uplink.forked, false);
	assert_int_equal(c->uplink.beyond[0], 31);
	assert_int_equal(c->uplink.beyond[1], 49);
}

static void refuse(struct talk *c, uint64_t wanted, const char *why)
{
	struct wire wire = { .type = WIRE_NAK,
		.source = "nt-01",
		.epoch = c->view.epoch,
		.first_seq = wanted,
		.payload = (const uint8_t *)why,
		.payload_size = strlen(why) };
	assert_int_equal(talk_hears(c, &wire), OK);
}

static void other_bytes_under_a_number_are_anothers(void **state)
{
	struct talk *c = shown(31, 20);
	refuse(c, 20, "record 11 " WIRE_OTHER_BYTES);
	assert_int_equal(talk_next(c), UPLINK_NEW_EPOCH);
	assert_int_equal(c->uplink.forked, true);
	assert_int_equal(c->uplink.beyond[0], DOUBT);
	assert_int_equal(c->uplink.beyond[1], 19);
}

/* A copy of the journal sends too: found in the middle of a window, long after the doubt of the
 * start.  What came before the number is there, and ours. */
static void other_bytes_out_of_a_window_begin_an_epoch_at_their_number(void **state)
{
	struct talk *c = talk_opened(31, 21, 8);
	talk_sends(c, WIRE_DATA);
	refuse(c, 29, "nt-01: record 00000000000000aa/25 " WIRE_OTHER_BYTES " (x)");
	/* neither the ACK of the other's records nor a second refusal moves it */
	assert_int_equal(talk_hears_plain(c, WIRE_ACK, 29), OK);
	refuse(c, 29, "nt-01: record 00000000000000aa/28 " WIRE_OTHER_BYTES " (x)");
	assert_int_equal(talk_next(c), UPLINK_NEW_EPOCH);
	assert_int_equal(c->uplink.forked, true);
	assert_int_equal(c->uplink.beyond[0], 25);
	assert_int_equal(c->uplink.beyond[1], 28);
	assert_int_equal(c->uplink.acked_seq, 21);
}

static void other_bytes_under_no_number_of_ours_are_a_refusal_like_others(void **state)
{
	static const char *const words[] = { WIRE_OTHER_BYTES,
		"record aa/ " WIRE_OTHER_BYTES, "/0 " WIRE_OTHER_BYTES,
		"5 " WIRE_OTHER_BYTES, "record aa/31 " WIRE_OTHER_BYTES };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct talk *c = talk_opened(31, 21, 8);
		talk_sends(c, WIRE_DATA);
		refuse(c, 21, words[i]);
		assert_int_equal(talk_next(c), UPLINK_REST);
		assert_int_equal(c->uplink.forked, false);
		assert_int_equal(c->uplink.naks_in_row, 1);
	}
}

/* A disk that is full there says nothing about whose they are: shown once more. */
static void another_refusal_answers_no_doubt(void **state)
{
	struct talk *c = shown(31, 20);
	refuse(c, 20, "no room");
	assert_int_equal(talk_next(c), UPLINK_REST);
	c->view.now_us = c->uplink.hold_us;
	assert_int_equal(talk_sends(c, WIRE_DATA).first_seq, DOUBT);
	assert_int_equal(c->uplink.probe_end, 20);
}

static void what_is_wanted_before_the_doubt_leaves_none(void **state)
{
	for (int how = 0; how < 3; how++) {
		struct talk *c = talk_fresh(31);
		c->view.doubt_seq = DOUBT;
		if (how == 1) /* nothing was given in doubt yet */
			c->view.doubt_seq = 31;
		if (how == 2) /* what was is gone */
			c->view.first_seq = DOUBT + 1;
		talk_sends(c, WIRE_HELLO);
		talk_hears_welcome(c, how == 0 ? DOUBT : 15, 8, WIRE_MOST);
		assert_int_equal(c->uplink.probe_end, 0);
		assert_int_equal(
		        talk_sends(c, WIRE_DATA).first_seq, how == 0 ? DOUBT : 15);
	}
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
	assert_int_equal(talk_hears_plain(c, WIRE_NAK, 5), MALFORMED);
	c = talk_opened(31, 1, 8);
	talk_sends(c, WIRE_DATA);
	assert_int_equal(talk_hears_plain(c, WIRE_NAK, 0), MALFORMED);
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
	for (uint8_t type = WIRE_HELLO; type <= WIRE_PONG; type++) {
		c->view.now_us += 1;
		wire.type = type;
		if (type == WIRE_DATA || type == WIRE_HELLO || type == WIRE_WELCOME)
			continue;
		wire.first_seq = 0;
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
	refuse(c, 1, "no room");
	int64_t hold_us = c->uplink.hold_us;
	assert_true(hold_us > c->view.now_us);
	assert_true(uplink_wake_us(&c->uplink) == hold_us);
	/* a second one within the same time says nothing new */
	refuse(c, 1, "no room");
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
		cmocka_unit_test(what_is_shown_and_not_refused_is_ours),
		cmocka_unit_test(only_the_answer_behind_it_ends_a_doubt),
		cmocka_unit_test(ours_and_more_than_we_have_begins_an_epoch),
		cmocka_unit_test(other_bytes_under_a_number_are_anothers),
		cmocka_unit_test(
		        other_bytes_out_of_a_window_begin_an_epoch_at_their_number),
		cmocka_unit_test(
		        other_bytes_under_no_number_of_ours_are_a_refusal_like_others),
		cmocka_unit_test(another_refusal_answers_no_doubt),
		cmocka_unit_test(what_is_wanted_before_the_doubt_leaves_none),
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
