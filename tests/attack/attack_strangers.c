/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peers without a key, against the real collectd as it is shipped: what each costs, and that an honest
 * cabinet is acknowledged all the while.  The bound is 4 KiB; the figures of time are printed, and judged only as far as a
 * busy machine cannot spoil them: dropped by collectd's own 5 s and not by libzmq's 30.
 */
#include "tests/attack/attack_kit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "tests/kits/check.h"

#define MOST_KIB 4.0
#define MOST_S   20    /* HANDSHAKE_IVL 5000, and what a busy machine takes to look */
#define ACK_MS   20000 /* a cabinet calls again after 30 s of silence */

/* Back to what was, but for what the allocator keeps. */
static void nothing_stays(const struct result *result)
{
	assert_true(descriptors_fall_to(result->before.descriptors + 2));
	assert_true(result->after.rss_kib <= result->before.rss_kib + 8192);
	assert_true(result->ack_ms < ACK_MS);
}

/* Wait for the first byte collectd says: the connection is accepted. */
static int accepted(int fd)
{
	struct pollfd item = { .fd = fd, .events = POLLIN };
	return poll(&item, 1, 60000) == 1;
}

/* ---- a thousand that say nothing ---- */

#define SILENT 1000

static void be_silent(struct told *told)
{
	static int fd[SILENT];
	static double since_s[SILENT];
	for (size_t i = 0; i < SILENT; i++) {
		fd[i] = knock();
		since_s[i] = clock_s();
		if (fd[i] < 0 || !accepted(fd[i]))
			exit(1);
		told->peers++;
	}
	await_drops(fd, since_s, SILENT, told, 60);
}

static void a_thousand_silent_peers(void **state)
{
	t.most_agents = 400; /* connections are bounded by it */
	write_config("");
	honest_begin();
	struct result result = attacked(be_silent, 300);
	result_print("silent", &result);
	assert_int_equal(result.told.peers, SILENT);
	assert_int_equal(result.told.dropped, SILENT);
	assert_true(result.told.last_s <= MOST_S);
	assert_true(result_kib_per_peer(&result) <= MOST_KIB);
	nothing_stays(&result);
	honest_end();
}

/* ---- frames that are announced too long ---- */

static uint64_t announced;

/* Greeting, then a command frame of that size, and as many bytes as it takes. */
static void announce(struct told *told)
{
	static uint8_t out[65536];
	double since_s = clock_s(), end_s = since_s + 10;
	int fd = knock();
	greeting_put(out, "CURVE");
	out[64] = 6; /* a command, its size in eight bytes */
	put_be32(out + 65, (uint32_t)(announced >> 32));
	put_be32(out + 69, (uint32_t)announced);
	if (fd < 0 || !accepted(fd) || send(fd, out, 73, MSG_NOSIGNAL) != 73)
		exit(1);
	told->peers = 1;
	memset(out, 'x', sizeof out);
	while (clock_s() < end_s && told->taken < 300l << 20) {
		ssize_t n = send(fd, out, sizeof out, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0)
			told->taken += n;
		else if (errno == EAGAIN)
			poll(NULL, 0, 1);
		else
			break;
	}
	await_drops(&fd, &since_s, 1, told, 60);
}

static void a_frame_announced_too_long(void **state)
{
	static const struct {
		const char *name;
		uint64_t size;
	} frame[] = {
		{ "announces 1 GiB", 1u << 30 },
		{ "announces 2^62", UINT64_C(1) << 62 },
		{ "announces 65537", 65537 },
		{ "announces 65536", 65536 },
		{ "announces 2^64-1", UINT64_MAX },
	};
	honest_begin();
	for (size_t i = 0; i < sizeof frame / sizeof frame[0]; i++) {
		announced = frame[i].size;
		struct result result = attacked(announce, 120);
		result_print(frame[i].name, &result);
		assert_int_equal(result.told.dropped, 1);
		assert_true(result.told.last_s <= MOST_S);
		assert_true(result.peak.rss_kib - result.before.rss_kib <= 256);
		nothing_stays(&result);
	}
	honest_end();
}

/* ---- the longest frame that is let in, all but its last byte ---- */

#define HALF 200

static void hold_back_a_byte(struct told *told)
{
	static int fd[HALF];
	static double since_s[HALF];
	static uint8_t out[73 + 65535];
	greeting_put(out, "CURVE");
	out[64] = 6;
	put_be32(out + 65, 0);
	put_be32(out + 69, 65536);
	for (size_t i = 0; i < HALF; i++) {
		fd[i] = knock();
		since_s[i] = clock_s();
		if (fd[i] < 0 || !accepted(fd[i]))
			exit(1);
		for (size_t at = 0; at < sizeof out;) {
			ssize_t n =
			        send(fd[i], out + at, sizeof out - at, MSG_NOSIGNAL);
			if (n <= 0)
				exit(1);
			at += (size_t)n;
		}
		told->peers++;
	}
	await_drops(fd, since_s, HALF, told, 60);
}

/* Dearer than the others: a message of that length must be let in from those who have a key, and libzmq
 * makes no difference before the handshake.  What bounds it is the time, and the number of descriptors. */
static void the_longest_frame_but_for_a_byte(void **state)
{
	honest_begin();
	struct result first = attacked(hold_back_a_byte, 300);
	result_print("65535 of 65536 bytes", &first);
	struct result again = attacked(hold_back_a_byte, 300);
	result_print("the same again", &again);
	assert_int_equal(first.told.dropped, HALF);
	assert_true(first.told.last_s <= MOST_S && again.told.last_s <= MOST_S);
	assert_true(result_kib_per_peer(&first) <= 96);
	/* the allocator keeps the room for the next, and needs little more */
	assert_true(again.peak.rss_kib <= first.peak.rss_kib + 4096);
	assert_true(descriptors_fall_to(first.before.descriptors + 2));
	assert_true(first.ack_ms < ACK_MS && again.ack_ms < ACK_MS);
	honest_end();
}

/* ---- more than there are descriptors ---- */

#define FLOOD 250

static void flood(struct told *told)
{
	static int fd[FLOOD];
	double end_s = clock_s() + 4;
	for (size_t i = 0; i < FLOOD; i++)
		fd[i] = -1;
	while (clock_s() < end_s) {
		for (size_t i = 0; i < FLOOD; i++) {
			if (fd[i] >= 0)
				continue;
			fd[i] = knock_soon();
			told->peers += fd[i] >= 0;
		}
		poll(NULL, 0, 50);
	}
}

static void more_peers_than_descriptors(void **state)
{
	t.descriptors = 64;
	honest_begin();
	struct result result = attacked(flood, 120);
	result_print("250 against 64 descriptors", &result);
	assert_true(result.peak.descriptors <= 64);
	/* nobody spins for want of a descriptor */
	assert_true(result.after.cpu_s - result.before.cpu_s < result.seconds / 2);
	assert_true(result.ack_ms < ACK_MS);
	/* it hears new ones again */
	int fd = -1;
	for (int64_t end = now_ms() + 120000; now_ms() < end;) {
		fd = knock();
		if (fd >= 0 && accepted(fd))
			break;
		close(fd);
		fd = -1;
		honest(100);
	}
	assert_true(fd >= 0);
	close(fd);
	nothing_stays(&result);
	honest_end();
}

/* ---- those who come and go ---- */

#define VISITS 20000

static void come_and_go(struct told *told)
{
	uint8_t greeting[64];
	const struct linger at_once = { .l_onoff = 1 };
	greeting_put(greeting, "CURVE");
	for (size_t i = 0; i < VISITS; i++) {
		int fd = knock();
		size_t n = i % 64 + 1;
		if (fd < 0 || send(fd, greeting, n, MSG_NOSIGNAL) != (ssize_t)n)
			exit(1);
		if (i % 4 == 0 && !accepted(fd))
			exit(1);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
		close(fd);
		told->peers++;
	}
}

static void twenty_thousand_partial_greetings(void **state)
{
	honest_begin();
	struct result result = attacked(come_and_go, 900);
	result_print("partial greeting, closed", &result);
	assert_int_equal(result.told.peers, VISITS);
	assert_true(result.peak.rss_kib - result.before.rss_kib <= 4096);
	nothing_stays(&result);
	honest_end();
}

/* ---- a greeting byte by byte ---- */

static void dribble(struct told *told)
{
	uint8_t greeting[64];
	double since_s = clock_s();
	int fd = knock();
	greeting_put(greeting, "CURVE");
	told->peers = 1;
	for (size_t i = 0; i < sizeof greeting && told->dropped == 0; i++) {
		if (send(fd, greeting + i, 1, MSG_NOSIGNAL) != 1)
			break;
		await_drops(&fd, &since_s, 1, told, 0.2);
	}
	await_drops(&fd, &since_s, 1, told, 60);
}

static void a_greeting_byte_by_byte(void **state)
{
	honest_begin();
	struct result result = attacked(dribble, 120);
	result_print("greeting byte by byte", &result);
	assert_int_equal(result.told.dropped, 1);
	assert_true(result.told.last_s <= MOST_S);
	nothing_stays(&result);
	honest_end();
}

/* ---- another mechanism ---- */

static const char *mechanism;

/* Greeting, READY of NULL or HELLO of PLAIN, and a message. */
static void speak_plainly(struct told *told)
{
	static const uint8_t null_ready[] = "\4\31\5READY\13Socket-Type\0\0\0\6DEALER";
	static const uint8_t plain_hello[] = "\4\14\5HELLO\1a\1b";
	static const uint8_t message[] = "\0\5QTW1x";
	uint8_t greeting[64];
	double since_s = clock_s();
	int fd = knock();
	greeting_put(greeting, mechanism);
	told->peers = 1;
	send(fd, greeting, sizeof greeting, MSG_NOSIGNAL);
	if (strcmp(mechanism, "PLAIN") == 0)
		send(fd, plain_hello, sizeof plain_hello - 1, MSG_NOSIGNAL);
	else
		send(fd, null_ready, sizeof null_ready - 1, MSG_NOSIGNAL);
	send(fd, message, sizeof message - 1, MSG_NOSIGNAL);
	await_drops(&fd, &since_s, 1, told, 60);
}

static void no_mechanism_but_curve(void **state)
{
	static const char *const other[] = { "NULL", "PLAIN", "GSSAPI", "CURVEX", "" };
	honest_begin();
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
		char name[64];
		mechanism = other[i];
		struct result result = attacked(speak_plainly, 120);
		snprintf(name, sizeof name, "mechanism '%s'", mechanism);
		result_print(name, &result);
		assert_int_equal(result.told.dropped, 1);
		assert_true(result.told.last_s <= MOST_S);
		nothing_stays(&result);
	}
	honest_end();
}

/* ---- keys that are not on the list ---- */

#define UNKNOWN 120

static void knock_with_own_keys(struct told *told)
{
	struct uplink_socket *socket[UNKNOWN];
	char endpoint[64];
	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", t.port);
	for (size_t i = 0; i < UNKNOWN; i++) {
		struct key_pair own;
		struct uplink_options options = { endpoint, t.server.public_key, &own };
		key_pair_new(&own);
		if (uplink_socket_open(&socket[i], &options, NULL) != OK)
			exit(1);
		told->peers++;
	}
	for (double end_s = clock_s() + 4; clock_s() < end_s; poll(NULL, 0, 10))
		for (size_t i = 0; i < UNKNOWN; i++)
			told->taken += uplink_socket_send(socket[i], "QTW1", 4) == OK;
	for (size_t i = 0; i < UNKNOWN; i++)
		uplink_socket_close(socket[i]);
}

static void keys_that_are_not_on_the_list(void **state)
{
	honest_begin();
	struct result result = attacked(knock_with_own_keys, 120);
	result_print("unknown keys", &result);
	assert_int_equal(result.told.taken, 0);
	assert_true(link_count_reaches("refused_keys", UNKNOWN) >= UNKNOWN);
	assert_contains(collectd_log(), "a key that is not on the list knocked");
	nothing_stays(&result);
	honest_end();
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, attack_setup, attack_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_thousand_silent_peers),
		WITH(a_frame_announced_too_long),
		WITH(the_longest_frame_but_for_a_byte),
		WITH(more_peers_than_descriptors),
		WITH(twenty_thousand_partial_greetings),
		WITH(a_greeting_byte_by_byte),
		WITH(no_mechanism_but_curve),
		WITH(keys_that_are_not_on_the_list),
	};
	return cmocka_run_group_tests_name("strangers", tests, NULL, NULL);
}
