/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A cabinet whose key is admitted, or was, holds as many connections as it can, from another address than the
 * honest ones: a third cabinet comes in all the same, and after `keys revoke` nothing of the crowd is left.
 */
#include "tests/attack/attack_kit_insider.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "base/wire.h"
#include "collector/keys.h"
#include "tests/kits/check.h"

#define CROWD 400 /* of 262 connections there may be with three agents */
#define SHARE 131
#define QUEUE 65 /* of the system: so many may be on their way out as well */
/* A moment; one who finds the queue full tries again after 1, 3, 7 s. */
#define SOON_S 60
/* A crowd that says nothing is ended after 30 s, libzmq comes back after a second. */
#define GONE_S 90

static void *context, *crowd[CROWD];

static void text_set(void *socket, int option, const char *text)
{
	assert_int_equal(zmq_setsockopt(socket, option, text, strlen(text)), 0);
}

static void *crowd_member(const char *endpoint)
{
	void *dealer = zmq_socket(context, ZMQ_DEALER);
	zmq_setsockopt(dealer, ZMQ_LINGER, &(int){ 0 }, sizeof(int));
	zmq_setsockopt(dealer, ZMQ_SNDHWM, &(int){ 0 }, sizeof(int));
	zmq_setsockopt(dealer, ZMQ_HEARTBEAT_IVL, &(int){ 2 }, sizeof(int));
	zmq_setsockopt(dealer, ZMQ_HEARTBEAT_TIMEOUT, &(int){ 60000 }, sizeof(int));
	text_set(dealer, ZMQ_CURVE_SERVERKEY, t.server.public_key);
	text_set(dealer, ZMQ_CURVE_PUBLICKEY, bad.own.public_key);
	text_set(dealer, ZMQ_CURVE_SECRETKEY, bad.own.secret_key);
	assert_int_equal(zmq_connect(dealer, endpoint), 0);
	return dealer;
}

static void crowd_comes(bool speaks)
{
	char endpoint[64];
	uint8_t ping[WIRE_HEADER];
	struct wire wire = {
		.type = WIRE_PING, .source = INSIDER, .epoch = INSIDER_EPOCH
	};
	int n = wire_encode(&wire, ping, sizeof ping);
	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.9:0;127.0.0.1:%d", t.port);
	context = zmq_ctx_new();
	for (size_t i = 0; i < CROWD; i++) {
		crowd[i] = crowd_member(endpoint);
		if (speaks)
			zmq_send(crowd[i], ping, (size_t)n, ZMQ_DONTWAIT);
	}
}

static void crowd_goes(void)
{
	for (size_t i = 0; i < CROWD; i++)
		zmq_close(crowd[i]);
	zmq_ctx_term(context);
}

/* Until a cabinet that was not there before is welcome. */
static double third_comes_in(const struct key_pair *own)
{
	char endpoint[64];
	struct uplink_socket *socket;
	uint8_t out[256], in[4096];
	struct wire wire = { .type = WIRE_PING, .source = "bt-third", .epoch = 7 };
	struct uplink_options options = { endpoint, t.server.public_key, own };
	int n = wire_encode(&wire, out, sizeof out), got = 0;
	double since_s = clock_s();
	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.8:0;127.0.0.1:%d", t.port);
	assert_int_equal(uplink_socket_open(&socket, &options, NULL), OK);
	for (bool sent = false; got == 0 && clock_s() < since_s + SOON_S; honest(20)) {
		sent = sent || uplink_socket_send(socket, out, (size_t)n) == OK;
		got = uplink_socket_receive(socket, in, sizeof in);
	}
	uplink_socket_close(socket);
	assert_true(got > 0);
	return clock_s() - since_s;
}

static void crowd_stands(const char *name, bool speaks, const struct key_pair *third)
{
	struct cost before = cost_now();
	crowd_comes(speaks);
	honest(5000);
	struct cost crowded = cost_now();
	double took_s = third_comes_in(third);
	printf("  %-28s %6d connections wanted, %ld had, rss %ld > %ld KiB, another "
	       "cabinet is heard after "
	       "%.1f s\n",
	        name, CROWD, crowded.descriptors - before.descriptors, before.rss_kib,
	        crowded.rss_kib, took_s);
	assert_true(crowded.rss_kib - before.rss_kib <= 16384);
	assert_true(crowded.descriptors - before.descriptors <= SHARE + QUEUE);
}

static void a_crowd_with_one_key_keeps_nobody_out(void **state)
{
	struct key_pair third;
	t.most_agents = 3;
	write_config("");
	key_pair_new(&third);
	keys_admit(in_folder(t.dir, "agents"), "bt-third", third.public_key, NULL);
	honest_begin();
	long before = cost_now().descriptors;
	crowd_stands("a crowd that speaks", true, &third);
	crowd_goes();
	assert_true(descriptors_fall_to(before + 2));
	crowd_stands("a crowd that is silent", false, &third);
	assert_int_equal(
	        keys_revoke(in_folder(t.dir, "agents"), INSIDER, BEGIN, NULL), OK);
	double since_s = clock_s();
	while (cost_now().descriptors > before + 2 && clock_s() < since_s + GONE_S)
		honest(100);
	printf("  %-28s gone %.1f s after its key was revoked\n", "the same",
	        clock_s() - since_s);
	assert_true(cost_now().descriptors <= before + 2);
	crowd_goes();
	assert_contains(collectd_log(), ": too many connections; one address has half");
	honest_end();
}

/* ---- who fills the mark of a connection and hangs up ---- */

#define ROUNDS  12
#define FLOODS  6
#define ROUND_S 0.7

/* Messages without an end, heartbeats among them, and then nobody is there. */
static void flood(const uint8_t *message, size_t n)
{
	char endpoint[64];
	void *member[FLOODS];
	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.9:0;127.0.0.1:%d", t.port);
	context = zmq_ctx_new();
	for (size_t i = 0; i < FLOODS; i++)
		member[i] = crowd_member(endpoint);
	for (double end_s = clock_s() + ROUND_S; clock_s() < end_s;)
		for (size_t i = 0; i < FLOODS; i++)
			for (int k = 0; k < 100; k++)
				zmq_send(member[i], message, n, ZMQ_DONTWAIT);
	for (size_t i = 0; i < FLOODS; i++)
		zmq_close(member[i]);
	zmq_ctx_term(context);
}

/* In a process of its own: at its mark libzmq 4.3.4 ends a program whose other end is gone (its issue 4364), which
 * must not be the collector and may be whoever floods, when the collector has closed him. */
static void flood_and_hang_up(const uint8_t *message, size_t n)
{
	pid_t child = fork();
	int status;
	assert_true(child >= 0);
	if (child == 0) {
		freopen("/dev/null", "w",
		        stderr); /* its "Assertion failed" is no failure here */
		flood(message, n);
		_exit(0);
	}
	while (waitpid(child, &status, WNOHANG) == 0)
		honest(20);
}

static void a_flood_that_hangs_up_ends_nothing(void **state)
{
	uint8_t ping[WIRE_HEADER];
	struct wire wire = {
		.type = WIRE_PING, .source = INSIDER, .epoch = INSIDER_EPOCH
	};
	int n = wire_encode(&wire, ping, sizeof ping);
	honest_begin();
	long before_kib = cost_now().rss_kib;
	for (int i = 0; i < ROUNDS; i++) {
		flood_and_hang_up(ping, (size_t)n);
		honest(200);
	}
	printf("  %-28s %6d times %d connections, rss %ld > %ld KiB\n",
	        "floods and hangs up", ROUNDS, FLOODS, before_kib, cost_now().rss_kib);
	assert_contains(collectd_log(), INSIDER ": sends without waiting for answers");
	honest_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_flood_that_hangs_up_ends_nothing,
		        insider_setup, insider_teardown),
		cmocka_unit_test_setup_teardown(a_crowd_with_one_key_keeps_nobody_out,
		        insider_setup, insider_teardown),
	};
	return cmocka_run_group_tests_name("crowds", tests, NULL, NULL);
}
