/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many are let in at the collector's end, and what it is set to before it listens. */
#include "tests/check.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "base/socket_parts.h"
#include "tests/link_fixture.h"

static uint8_t taken[70000];

static int stranger(const struct link *link, int flags)
{
	const char *colon = strrchr(server_socket_endpoint(link->server), ':');
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(colon + 1)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
	connect(fd, (struct sockaddr *)&address, sizeof address);
	return fd;
}

static struct server_counts counts_of(const struct link *link)
{
	struct server_counts counts;
	server_socket_counts(link->server, &counts);
	return counts;
}

/* A knock that is not answered, nor refused, within a moment; the descriptor knocks on. */
static bool nobody_opens(const struct link *link, int *fd)
{
	struct pollfd item = { .events = POLLOUT };
	*fd = item.fd = stranger(link, SOCK_NONBLOCK);
	return poll(&item, 1, NEVER_MS) == 0;
}

/* libzmq would spin while it has no descriptor for one who waits outside. */
static void too_many_connections_close_the_door_to_new_ones_only(void **state)
{
	struct link *link = *state;
	struct peer peer;
	int fd[MOST_OPEN], late;
	link_admit(link, "mau-nuoc", link->agent_keys.public_key);
	link_open_server(link);
	link_open_agent(link, link->server_keys.public_key);
	assert_int_equal(link_agent_send(link, "one", 3, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 3);
	for (int i = 0; i + 2 < MOST_OPEN; i++)
		fd[i] = stranger(link, 0);
	poll(NULL, 0, NEVER_MS);
	assert_int_equal(counts_of(link).open, MOST_OPEN - 1);
	assert_int_equal(counts_of(link).closed, 0);
	fd[MOST_OPEN - 2] = stranger(link, 0);
	for (int64_t end = link_ms() + SOON_MS;
	        link_ms() < end && counts_of(link).closed == 0;)
		poll(NULL, 0, 10);
	assert_int_equal(counts_of(link).closed, 1);
	assert_int_equal(counts_of(link).open, MOST_OPEN);
	assert_true(nobody_opens(link, &late));
	/* who was in is heard and answered */
	assert_int_equal(link_agent_send(link, "two", 3, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 3);
	assert_int_equal(server_socket_send(link->server, &peer, "ack", 3), OK);
	assert_int_equal(link_agent_take(link, taken, sizeof taken, SOON_MS), 3);
	for (int i = 0; i + 1 < MOST_OPEN; i++)
		close(fd[i]);
	/* who knocked outside comes in by himself */
	struct pollfd item = { .fd = late, .events = POLLOUT };
	assert_int_equal(poll(&item, 1, SOON_MS), 1);
	close(late);
	assert_int_equal(uplink_socket_renew(link->agent), OK);
	assert_int_equal(link_agent_send(link, "three", 5, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 5);
	assert_true(counts_of(link).open <= 3);
}

static void the_options_of_the_collector_are_set_before_it_listens(void **state)
{
	/* facts: an unlimited message size or handshake lets strangers take memory */
	static const int wanted[][2] = {
		{ ZMQ_LINGER, 0 },
		{ ZMQ_RCVHWM, 2 },
		{ ZMQ_SNDHWM, 16 },
		{ ZMQ_BACKLOG, 64 },
		{ ZMQ_HANDSHAKE_IVL, 5000 },
		{ ZMQ_HEARTBEAT_IVL, 5000 },
		{ ZMQ_HEARTBEAT_TIMEOUT, 15000 },
		{ ZMQ_HEARTBEAT_TTL, 20000 },
		{ ZMQ_TCP_KEEPALIVE, 1 },
		{ ZMQ_CURVE_SERVER, 1 },
		{ ZMQ_MECHANISM, ZMQ_CURVE },
		{ ZMQ_IPV6, 0 },
	};
	struct link *link = *state;
	link_admit(link, "mau-nuoc", link->agent_keys.public_key);
	link_open_server(link);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		assert_int_equal(
		        server_socket_number(link->server, wanted[i][0]), wanted[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINK(too_many_connections_close_the_door_to_new_ones_only),
		LINK(the_options_of_the_collector_are_set_before_it_listens),
	};
	return cmocka_run_group_tests_name("door", tests, NULL, NULL);
}
