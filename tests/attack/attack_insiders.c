/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Those who hold a key of their own: messages with every field wrong once, another station's name, a key
 * that is revoked while its owner is connected.  Nothing of it is stored, the memory stays flat, and an honest
 * cabinet is acknowledged all the while.
 */
#include "tests/attack/attack_kit_insider.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/wire.h"
#include "collector/keys.h"
#include "tests/kits/check.h"

/* ---- every field wrong once ---- */

static uint8_t message[70000];
static size_t message_size;

static void mend(void)
{
	uint32_t sum = crc32c(0, message, 44);
	put_le32(message + 44,
	        crc32c(sum, message + WIRE_HEADER, message_size - WIRE_HEADER));
}

/* A message that breaks one rule: byte `at` becomes `value`, and the check sum agrees. */
static const struct broken {
	size_t at;
	uint8_t value;
} broken[] = {
	{ 0, 'X' }, { 3, '2' },                 /* magic */
	{ 4, 0 }, { 4, 8 }, { 4, 255 },         /* type */
	{ 5, 1 },                               /* flags */
	{ 6, 0 }, { 6, 2 }, { 6, 4 }, { 7, 2 }, /* count 0, too few, too many, 515 */
	{ 8, 'B' }, { 8, 0 }, { 23, 'x' },      /* source */
	{ 24, 9 },                              /* epoch */
	{ 32, 200 }, { 39, 255 },               /* first_seq */
	{ 40, 1 }, { 43, 255 },                 /* payload size */
	{ WIRE_HEADER, 1 }, { WIRE_HEADER + 1, 255 },   /* length of the record */
	{ WIRE_HEADER + 2, 2 }, { WIRE_HEADER + 3, 0 }, /* its version, its type */
	{ WIRE_HEADER + 3, 9 }, { WIRE_HEADER + 4, 4 }, /* its clock state */
	{ WIRE_HEADER + 5, 1 }, { WIRE_HEADER + 6, 1 }, /* what must be 0 */
	{ WIRE_HEADER + 8, 'x' },                       /* another station's record */
	{ WIRE_HEADER + 24, 7 },
	{ WIRE_HEADER + 32, 9 }, /* another epoch, a gap in seq */
	{ WIRE_HEADER + 47, 128 },
	{ WIRE_HEADER + 47, 127 }, /* before 1970, after 2100 */
};
#define BROKEN (sizeof broken / sizeof broken[0])

static void make_good(void)
{
	message_size = insider_message(bad.acked);
	memcpy(message, bad.agent.message, message_size);
}

static void say_broken(size_t i)
{
	make_good();
	assert_true(message[broken[i].at] != broken[i].value);
	message[broken[i].at] = broken[i].value;
	mend();
	assert_true(insider_send(message, message_size));
}

/* Cut short, or longer than a message may be, but such as libzmq still carries. */
static size_t say_lengths(void)
{
	static const size_t size[] = { 1, 4, 47, 48, 49, 100, 60001, 65503 };
	for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
		make_good();
		message_size = size[i];
		if (size[i] >= WIRE_HEADER) {
			put_le32(message + 40, (uint32_t)(size[i] - WIRE_HEADER));
			mend();
		}
		assert_true(insider_send(message, message_size));
	}
	return sizeof size / sizeof size[0];
}

/* Each of them once, and none is taken; then what is right is, since who is not acknowledged for so many
 * messages in a second loses the connection. */
static size_t say_all_wrong(void)
{
	uint64_t acked = bad.acked;
	for (size_t i = 0; i < BROKEN; i++)
		say_broken(i);
	size_t said = BROKEN + say_lengths();
	insider_hear();
	assert_int_equal(bad.acked, acked);
	insider_is_heard();
	insider_add(3);
	return said;
}

static void every_field_wrong_once(void **state)
{
	const int rounds = 50;
	size_t said = 0;
	honest_begin();
	insider_open(t.port);
	insider_is_heard();
	insider_add(3);
	for (size_t i = 0; i < BROKEN; i++)
		say_broken(i);
	insider_work(500);
	uint64_t malformed = link_count_reaches("malformed", BROKEN);
	uint64_t acked;
	struct cost before = cost_now();
	for (int round = 0; round < rounds; round++)
		said += say_all_wrong();
	acked = bad.acked;
	make_good();
	message[44] ^= 1;
	said += insider_send(message, message_size);
	insider_work(500);
	uint64_t counted =
	        link_count_reaches("malformed", malformed + said) - malformed;
	printf("  %-28s %6zu messages said, %llu counted as malformed, 0 stored\n",
	        "every field wrong once", said, (unsigned long long)counted);
	/* more than 60,000 bytes are dropped at the socket, and counted all the same */
	assert_int_equal(counted, said);
	assert_int_equal(bad.acked, acked);
	insider_flat("every field wrong once", (long)said, &before, 512);
	/* the same connection is heard all the same */
	make_good();
	assert_true(insider_send(message, message_size));
	assert_true(insider_acked(PATIENCE));
	insider_all_is_well();
}

/* ---- too long for libzmq; a gap; another's name ---- */

static void a_message_beyond_the_limit_ends_its_connection(void **state)
{
	honest_begin();
	insider_open(t.port);
	insider_is_heard();
	insider_add(3);
	struct cost before = cost_now();
	make_good();
	message_size = 65504;
	uint64_t gone = link_count("disconnected");
	assert_true(insider_send(message, message_size));
	insider_work(500);
	assert_true(link_count_reaches("disconnected", gone + 1) > gone);
	insider_flat("65504 bytes", 1, &before, 512);
	insider_open(t.port);
	assert_true(insider_send(bad.agent.message, insider_message(bad.acked)));
	assert_true(insider_acked(PATIENCE));
	insider_all_is_well();
}

static void a_gap_is_asked_for_and_another_name_is_not_taken(void **state)
{
	honest_begin();
	insider_open(t.port);
	insider_is_heard();
	uint64_t acked = bad.acked;
	insider_add(20);
	assert_true(insider_send(bad.agent.message, insider_message(acked + 10)));
	for (int64_t end = now_ms() + PATIENCE; now_ms() < end && bad.naks == 0;)
		insider_work(5);
	assert_int_equal(bad.naks, 1);
	assert_int_equal(bad.acked, acked);
	/* the honest station's name, epoch and next record, under the insider's key */
	make_readings(1, AGENT_MIN);
	struct wire wire = agent_again(&t.agent, t.agent.seq - 1, t.agent.seq - 1);
	assert_true(insider_send(t.agent.message, WIRE_HEADER + wire.payload_size));
	uint64_t honest_acked = t.acked;
	for (int64_t end = now_ms() + 1000; now_ms() < end; poll(NULL, 0, 5))
		insider_hear();
	assert_int_equal(t.acked, honest_acked);
	assert_contains(collectd_log(), "the key of " INSIDER " sends as bt-outlet");
	assert_true(insider_send(bad.agent.message, insider_message(acked)));
	assert_true(insider_acked(PATIENCE));
	insider_all_is_well();
}

/* ---- revoked ---- */

static double revoked_after(int number)
{
	int code;
	char *said =
	        run_command(&code, "%s keys revoke " INSIDER " --agents %s/agents 2>&1",
	                project_file("build/san/quantrac"), t.dir);
	free(said);
	assert_int_equal(code, 0);
	if (number != 0)
		kill(t.collectd, number);
	double since_s = clock_s(), heard_s = since_s;
	while (clock_s() < heard_s + 5 && clock_s() < since_s + 70) {
		uint64_t before = bad.acked;
		if (bad.acked >= bad.agent.seq)
			insider_add(1);
		/* one try: whose connection is gone cannot send */
		uplink_socket_send(
		        bad.socket, bad.agent.message, insider_message(bad.acked));
		insider_work(50);
		if (bad.acked > before)
			heard_s = clock_s();
	}
	return heard_s - since_s;
}

static void admit_again(void)
{
	key_pair_new(&bad.own);
	assert_int_equal(keys_admit(in_folder(t.dir, "agents"), INSIDER,
	                         bad.own.public_key, NULL),
	        OK);
	insider_work(2500);
	insider_open(t.port);
	insider_is_heard();
}

static void a_revoked_key_falls_silent_while_connected(void **state)
{
	honest_begin();
	insider_open(t.port);
	insider_is_heard();
	double at_once_s = revoked_after(SIGHUP);
	admit_again();
	double by_itself_s = revoked_after(0);
	printf("  %-28s heard for %.1f s more with SIGHUP, %.1f s without; a new key "
	       "is heard "
	       "without a restart\n",
	        "keys revoke", at_once_s, by_itself_s);
	/* about a second each where nothing else runs; the list is read again every
	 * second */
	assert_true(at_once_s <= 20);
	assert_true(by_itself_s <= 30);
	assert_contains(
	        collectd_log(), INSIDER " still sends, with a key that was revoked");
	admit_again();
	insider_all_is_well();
}

#define WITH(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, insider_setup, insider_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(every_field_wrong_once),
		WITH(a_message_beyond_the_limit_ends_its_connection),
		WITH(a_gap_is_asked_for_and_another_name_is_not_taken),
		WITH(a_revoked_key_falls_silent_while_connected),
	};
	return cmocka_run_group_tests_name("insiders", tests, NULL, NULL);
}
