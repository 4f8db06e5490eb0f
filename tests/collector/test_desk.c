/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/desk_kit.h"

#include <stdio.h>

#include "sensors/keeper/uplink.h"

static int say_hello(uint64_t oldest, struct wire *out)
{
	return desk_hears_hello(&bt, NOW, oldest, out);
}

static void the_desk_welcomes_takes_and_acknowledges_what_is_durable(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 };
	struct wire_welcome welcome;
	assert_int_equal(desk_open(&desk, ingest, 200), OK);
	assert_true(say_hello(1, &out) > 0);
	assert_int_equal(out.type, WIRE_WELCOME);
	assert_int_equal(out.first_seq, 1);
	assert_int_equal(wire_welcome_get(&welcome, out.payload, out.payload_size), OK);
	assert_int_equal(welcome.window, 1);
	assert_int_equal(welcome.most, WIRE_MOST);

	fill(&cabinet, 19);
	struct wire data = agent_message(&cabinet);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	assert_int_equal(desk_ack(&desk, 0, answer), 0);
	assert_int_equal(ingest_commit(ingest), OK);
	int n = desk_ack(&desk, 0, answer);
	assert_int_equal(wire_decode(&out, answer, (size_t)n), OK);
	assert_int_equal(out.type, WIRE_ACK);
	assert_int_equal(out.first_seq, 21);
	assert_int_equal(desk_ack(&desk, 0, answer), 0);
	assert_int_equal(desk.station[0].record_us, AGENT_DAY + 18 * AGENT_MIN);
	desk_close(&desk);
	ingest_close(ingest);
}

/* The ACK of one must not tell the other that its records are here. */
static void two_connections_of_one_key_are_answered_one_after_the_other(void **state)
{
	static const struct peer copy = {
		.route = "s", .route_size = 1, .user = "bt-outlet"
	};
	static const struct peer other = { .route = "s", .route_size = 1, .user = "x" };
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 };
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	assert_false(desk_owes_another(&desk, &copy));
	fill(&cabinet, 19);
	struct wire data = agent_message(&cabinet);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	assert_true(desk_owes_another(&desk, &copy));
	assert_false(desk_owes_another(&desk, &bt));
	assert_false(desk_owes_another(&desk, &other));
	assert_int_equal(ingest_commit(ingest), OK);
	assert_true(desk_ack(&desk, 0, answer) > 0);
	assert_false(desk_owes_another(&desk, &copy));
	/* a cabinet connects anew; one that comes back as well is another */
	lines[0] = '\0';
	const struct wire ping = { .type = WIRE_PING, .source = "bt-outlet" };
	assert_true(desk_hears(&ping, &copy, &out) > 0);
	assert_true(desk_hears(&ping, &copy, &out) > 0);
	assert_string_equal(lines, "");
	assert_true(desk_hears(&ping, &bt, &out) > 0);
	assert_contains(lines, "bt-outlet: two cabinets speak with its key at once");
	desk_close(&desk);
	ingest_close(ingest);
}

static void the_desk_never_names_more_than_what_is_durable(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 };
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	fill(&cabinet, 19);
	struct wire data = agent_message(&cabinet);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	/* gathered, not committed: neither WELCOME nor NAK may let the cabinet forget
	 * it */
	assert_true(say_hello(1, &out) > 0);
	assert_int_equal(out.first_seq, 1);
	more(&cabinet, 5);
	struct wire beyond = agent_again(&cabinet, 23, 25);
	assert_true(desk_hears(&beyond, &bt, &out) > 0);
	assert_int_equal(out.type, WIRE_NAK);
	assert_int_equal(out.first_seq, 1);
	desk_close(&desk);
	ingest_close(ingest);
}

static void the_desk_answers_a_ping_and_no_stranger(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 },
	            ping = { .type = WIRE_PING, .source = "bt-outlet", .epoch = EPOCH };
	struct peer stranger = bt;
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	assert_true(say_hello(1, &out) > 0);
	assert_true(desk_hears(&ping, &bt, &out) > 0);
	assert_int_equal(out.type, WIRE_PONG);
	assert_int_equal(out.epoch, EPOCH);
	snprintf(stranger.user, sizeof stranger.user, "stack-1");
	assert_int_equal(desk_hears(&ping, &stranger, &out), 0);
	assert_contains(lines, "the key of stack-1 sends as bt-outlet (");
	assert_int_equal(desk.malformed, 1);
	assert_int_equal(
	        desk_hear(&desk, &bt, (const uint8_t *)"noise", 5, &desk_now, answer),
	        0);
	assert_int_equal(desk.malformed, 2);
	desk_close(&desk);
	ingest_close(ingest);
}

/* The cabinet's socket has connected again by itself, or the collector was begun anew: with
 * all its window on the way the cabinet would wait a minute for what is gone. */
static void on_a_new_connection_a_ping_asks_for_what_was_on_its_way(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 }, data,
	            ping = { .type = WIRE_PING, .source = "bt-outlet", .epoch = EPOCH };
	const struct peer *const from[] = { &bt, &bt, &bt_copy, &bt_copy, &bt };
	const uint8_t want[] = { WIRE_NAK, WIRE_PONG, WIRE_NAK, WIRE_PONG, WIRE_PONG };
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	for (size_t i = 0; i < sizeof want; i++) {
		assert_true(desk_hears(&ping, from[i], &out) > 0);
		assert_int_equal(out.type, want[i]);
	}
	/* one that begins with records knows where it is */
	desk_close(&desk);
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	fill(&cabinet, 3);
	data = agent_message(&cabinet);
	assert_int_equal(desk_hears(&data, &bt, &out), 0);
	assert_true(desk_hears(&ping, &bt, &out) > 0);
	assert_int_equal(out.type, WIRE_PONG);
	desk_close(&desk);
	ingest_close(ingest);
}

static void what_the_socket_dropped_is_counted_and_told_once(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct peer long_one = bt, nobody = { .size = WIRE_MOST + 1 };
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	lines[0] = '\0';
	long_one.size = WIRE_MOST + 1;
	snprintf(long_one.user, sizeof long_one.user, "stack-1");
	desk_drop(&desk, &long_one);
	assert_contains(lines, "stack-1: a message of 60001 bytes is longer than");
	lines[0] = '\0';
	desk_drop(&desk, &long_one);
	desk_drop(&desk, &nobody);
	assert_string_equal(lines, "");
	assert_int_equal(desk.malformed, 2);
	desk_close(&desk);
	ingest_close(ingest);
}

static void a_cabinet_that_begins_later_is_taken_from_there(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 };
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	assert_true(say_hello(500, &out) > 0);
	assert_int_equal(out.type, WIRE_WELCOME);
	assert_int_equal(out.first_seq, 500);
	desk_close(&desk);
	ingest_close(ingest);
}

static void silence_is_told_once(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 };
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	assert_true(say_hello(1, &out) > 0);
	lines[0] = '\0';
	desk_watch(&desk, desk_now.mono_us + DESK_SILENT_US - 1);
	assert_string_equal(lines, "");
	desk_watch(&desk, desk_now.mono_us + DESK_SILENT_US);
	assert_string_equal(lines, "bt-outlet: has not been heard for 60 s\n");
	desk_watch(&desk, desk_now.mono_us + 2 * DESK_SILENT_US);
	assert_string_equal(lines, "bt-outlet: has not been heard for 60 s\n");
	desk_close(&desk);
	ingest_close(ingest);
}

/* What the log says of a HELLO that gives this time. */
static const char *said_of(int64_t time_us)
{
	struct wire out = { .type = 0 };
	lines[0] = '\0';
	assert_true(desk_hears_hello(&bt, time_us, 1, &out) > 0);
	assert_int_equal(out.type, WIRE_WELCOME);
	return lines;
}

static void a_clock_that_is_off_is_told_when_it_is_and_when_it_is_no_more(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	const int64_t most_us = 10000000;
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	said_of(NOW);
	assert_string_equal(said_of(NOW + most_us), "");
	assert_string_equal(said_of(NOW - most_us), "");
	assert_contains(said_of(NOW + most_us + 1), "is 10 s ahead of ours");
	assert_string_equal(said_of(NOW + 2 * most_us), "");
	assert_contains(said_of(NOW), "agrees with ours again");
	assert_contains(said_of(NOW - most_us - 1), "is 10 s behind ours");
	assert_string_equal(said_of(NOW - 2 * most_us), "");
	assert_contains(said_of(NOW + most_us), "agrees with ours again");
	/* a time so wild that the difference has no number */
	assert_contains(said_of(INT64_MIN), "its clock");
	assert_true(desk.station[0].ahead_us > most_us ||
	            desk.station[0].ahead_us < -most_us);
	desk_close(&desk);
	ingest_close(ingest);
}

static void a_hello_of_no_form_is_counted_and_not_answered(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	uint8_t payload[64];
	struct wire_hello hello = { .time_us = NOW, .version = "0.1" };
	int n = wire_hello_put(&hello, payload, sizeof payload);
	struct wire out = { .type = 0 }, wire = { .type = WIRE_HELLO,
		.source = "bt-outlet",
		.epoch = EPOCH,
		.first_seq = 1,
		.payload = payload,
		.payload_size = (size_t)n };
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	const uint8_t clock = payload[16];
	payload[16] = 99; /* no state of a clock */
	assert_int_equal(desk_hears(&wire, &bt, &out), 0);
	assert_int_equal(desk.malformed, 1);
	payload[16] = clock;
	wire.epoch = 0; /* which is none */
	assert_int_equal(desk_hears(&wire, &bt, &out), 0);
	assert_int_equal(desk.malformed, 2);
	wire.epoch = EPOCH;
	wire.first_seq = RECORD_SEQ_MOST + 1; /* no record has that */
	assert_int_equal(desk_hears(&wire, &bt, &out), 0);
	assert_int_equal(desk.malformed, 3);
	assert_int_equal(ingest_next(ingest, "bt-outlet", EPOCH), 1);
	wire.first_seq = 1;
	assert_true(desk_hears(&wire, &bt, &out) > 0);
	assert_int_equal(desk.malformed, 3);
	desk_close(&desk);
	ingest_close(ingest);
}

/* Over the years more stations than the list ever holds at once. */
static void whoever_left_the_list_gives_way_to_whoever_came(void **state)
{
	const struct peer stack = { .route = "t", .route_size = 1, .user = "stack-1" };
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 },
	            ping = { .type = WIRE_PING, .source = "bt-outlet", .epoch = EPOCH },
	            other = { .type = WIRE_PING, .source = "stack-1", .epoch = EPOCH };
	assert_int_equal(desk_open(&desk, ingest, 1), OK);
	assert_true(desk_hears(&ping, &bt, &out) > 0);
	assert_int_equal(desk_hears(&other, &stack, &out), 0);
	desk_listed(&desk, 0, false);
	assert_true(desk_hears(&other, &stack, &out) > 0);
	assert_int_equal(desk.n, 1);
	assert_string_equal(desk.station[0].name, "stack-1");
	desk_close(&desk);
	ingest_close(ingest);
}

/* A message that only a collector sends. */
static void what_is_not_for_a_collector_is_not_answered(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 },
	            ack = { .type = WIRE_ACK, .source = "bt-outlet", .epoch = EPOCH };
	assert_int_equal(desk_open(&desk, ingest, 8), OK);
	assert_int_equal(desk_hears(&ack, &bt, &out), 0);
	assert_int_equal(desk.malformed, 0);
	desk_close(&desk);
	ingest_close(ingest);
}

static void stations_stand_in_order_and_no_more_of_them_than_there_is_room(void **state)
{
	static const char *const user[] = { "m", "a", "z", "k", "m" };
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 }, ping = { .type = WIRE_PING, .epoch = EPOCH };
	assert_int_equal(desk_open(&desk, ingest, 3), OK);
	for (size_t i = 0; i < 5; i++) {
		struct peer peer = bt;
		snprintf(peer.user, sizeof peer.user, "%s", user[i]);
		snprintf(ping.source, sizeof ping.source, "%s", user[i]);
		if (i == 3)
			assert_int_equal(desk_hears(&ping, &peer, &out), 0);
		else
			assert_true(desk_hears(&ping, &peer, &out) > 0);
	}
	assert_int_equal(desk.n, 3);
	assert_string_equal(desk.station[0].name, "a");
	assert_string_equal(desk.station[1].name, "m");
	assert_string_equal(desk.station[2].name, "z");
	desk_close(&desk);
	ingest_close(ingest);
}

/* A reading at a time may wait for others of its commit; a backlog may not, since its
 * cabinet has nothing else to do. */
static void half_a_window_of_a_backlog_asks_for_the_commit(void **state)
{
	struct ingest *ingest = archive_ingest(*state);
	struct wire out = { .type = 0 };
	assert_int_equal(desk_open(&desk, ingest, 64), OK);
	assert_int_equal(desk.window, 4);
	fill(&cabinet, 10);
	for (int i = 0; i < 4; i++) {
		more(&cabinet, 1);
		struct wire live = agent_message(&cabinet);
		assert_int_equal(desk_hears(&live, &bt, &out), 0);
		assert_false(desk.waits || desk.backlog);
	}
	assert_int_equal(ingest_commit(ingest), OK);
	assert_true(desk_ack(&desk, 0, answer) > 0);
	for (int i = 0; i < 2; i++) {
		assert_false(desk.waits);
		more(&cabinet, 400);
		struct wire late = agent_message(&cabinet);
		assert_true(late.payload_size > WIRE_MOST / 2);
		assert_int_equal(desk_hears(&late, &bt, &out), 0);
		assert_true(desk.backlog);
	}
	assert_true(desk.waits);
	desk_close(&desk);
	ingest_close(ingest);
}

static void the_window_shrinks_with_the_number_of_agents(void **state)
{
	assert_int_equal(desk_window(0), 32);
	assert_int_equal(desk_window(1), 32);
	assert_int_equal(desk_window(8), 32);
	assert_int_equal(desk_window(9), 28);
	assert_int_equal(desk_window(32), 8);
	assert_int_equal(desk_window(33), 7);
	assert_int_equal(desk_window(128), 2);
	assert_int_equal(desk_window(200), 1);
	assert_int_equal(desk_window(10000), 1);
}

/* A connection that has reached its mark when the other end closes can end the program. */
static void a_cabinet_never_reaches_the_mark_of_its_connection(void **state)
{
	static const size_t agents[] = { 1, 9, 33, 200, 10000 };
	for (size_t i = 0; i < sizeof agents / sizeof agents[0]; i++) {
		uint32_t window = desk_window(agents[i]);
		uint32_t others = UPLINK_STUCK_US / UPLINK_PING_US +
		                  UPLINK_STUCK_US / UPLINK_HELLO_US;
		assert_true(desk_held(window) > 2 * window + others);
	}
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, collector_setup, collector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_desk_welcomes_takes_and_acknowledges_what_is_durable),
		WITH(two_connections_of_one_key_are_answered_one_after_the_other),
		WITH(the_desk_never_names_more_than_what_is_durable),
		WITH(the_desk_answers_a_ping_and_no_stranger),
		WITH(on_a_new_connection_a_ping_asks_for_what_was_on_its_way),
		WITH(what_the_socket_dropped_is_counted_and_told_once),
		WITH(a_cabinet_that_begins_later_is_taken_from_there),
		WITH(silence_is_told_once),
		WITH(a_clock_that_is_off_is_told_when_it_is_and_when_it_is_no_more),
		WITH(a_hello_of_no_form_is_counted_and_not_answered),
		WITH(whoever_left_the_list_gives_way_to_whoever_came),
		WITH(what_is_not_for_a_collector_is_not_answered),
		WITH(stations_stand_in_order_and_no_more_of_them_than_there_is_room),
		WITH(half_a_window_of_a_backlog_asks_for_the_commit),
		cmocka_unit_test(the_window_shrinks_with_the_number_of_agents),
		cmocka_unit_test(a_cabinet_never_reaches_the_mark_of_its_connection),
	};
	return cmocka_run_group_tests_name("desk", tests, NULL, NULL);
}
