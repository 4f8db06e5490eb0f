/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many are let in at the collector's end, and that nobody keeps the others out. */
#include "tests/kits/check.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "base/door.h"
#include "tests/kits/link_fixture.h"

static uint8_t taken[70000];

/* From 127.0.0.<host>. */
static int stranger(const struct link *link, uint8_t host, int flags)
{
	const char *colon = strrchr(server_socket_endpoint(link->server), ':');
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(colon + 1)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in from = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
	bind(fd, (struct sockaddr *)&from, sizeof from);
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
	*fd = item.fd = stranger(link, 99, SOCK_NONBLOCK);
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
		fd[i] = stranger(link, (uint8_t)(2 + i / 3), 0);
	for (int64_t end = link_ms() + SOON_MS;
	        link_ms() < end && counts_of(link).open < MOST_OPEN - 1;)
		poll(NULL, 0, 10);
	assert_int_equal(counts_of(link).open, MOST_OPEN - 1);
	assert_int_equal(counts_of(link).closed, 0);
	fd[MOST_OPEN - 2] = stranger(link, 9, 0);
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

/* Does the other end hang up? */
static bool hangs_up(int fd, int within_ms)
{
	char in[256];
	for (int64_t end = link_ms() + within_ms; link_ms() < end;) {
		struct pollfd item = { .fd = fd, .events = POLLIN };
		if (poll(&item, 1, 20) == 1 && recv(fd, in, sizeof in, 0) <= 0)
			return true;
	}
	return false;
}

static void one_address_has_half_of_the_connections_at_most(void **state)
{
	struct link *link = *state;
	struct peer peer;
	int fd[MOST_OPEN / 2];
	link_admit(link, "mau-nuoc", link->agent_keys.public_key);
	link_open_server(link);
	for (int i = 0; i < MOST_OPEN / 2; i++)
		fd[i] = stranger(link, 7, 0);
	for (int i = 0; i < 20; i++) {
		int beyond = stranger(link, 7, 0);
		assert_true(hangs_up(beyond, SOON_MS));
		close(beyond);
	}
	assert_int_equal(counts_of(link).closed, 0);
	assert_int_equal(counts_of(link).crowded, 20);
	assert_string_equal(counts_of(link).crowd, "127.0.0.7");
	link_open_agent(link, link->server_keys.public_key);
	assert_int_equal(link_agent_send(link, "one", 3, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 3);
	for (int i = 0; i < MOST_OPEN / 2; i++) {
		assert_false(hangs_up(fd[i], 1));
		close(fd[i]);
	}
}

/* Connections the door has counted as gone, at last. */
static uint64_t gone(const struct link *link, uint64_t wanted)
{
	for (int64_t end = link_ms() + SOON_MS / 6; link_ms() < end; poll(NULL, 0, 10))
		if (counts_of(link).disconnected >= wanted)
			break;
	return counts_of(link).disconnected;
}

static void one_key_has_eight_connections_at_most(void **state)
{
	struct link *link = *state;
	struct peer peer;
	void *context = zmq_ctx_new(), *dealer[SERVER_A_KEY + 1];
	link_admit(link, "mau-nuoc", link->agent_keys.public_key);
	struct server_options options = { .endpoint = "tcp://127.0.0.1:*",
		.own = &link->server_keys,
		.agents_folder = link->folder,
		.most_agents = 8 };
	assert_int_equal(server_socket_open(&link->server, &options, NULL), OK);
	for (int i = 0; i <= SERVER_A_KEY; i++) {
		assert_int_equal(counts_of(link).disconnected, 0);
		dealer[i] = link_raw_dealer(context, link);
		zmq_send(dealer[i], "one", 3, 0);
		assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 3);
	}
	assert_int_equal(gone(link, 1), 1);
	assert_int_equal(counts_of(link).crowded, 1);
	assert_string_equal(counts_of(link).crowd, "mau-nuoc");
	/* the newest is heard on */
	zmq_send(dealer[SERVER_A_KEY], "more", 4, 0);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 4);
	for (int i = 0; i <= SERVER_A_KEY; i++)
		zmq_close(dealer[i]);
	zmq_ctx_term(context);
}

static void who_does_not_wait_for_answers_loses_the_connection(void **state)
{
	struct link *link = *state;
	struct peer peer;
	link_admit(link, "mau-nuoc", link->agent_keys.public_key);
	struct server_options options = { .endpoint = "tcp://127.0.0.1:*",
		.own = &link->server_keys,
		.agents_folder = link->folder,
		.most_agents = 8,
		.held = 1000,
		.most_unanswered = 5 };
	assert_int_equal(server_socket_open(&link->server, &options, NULL), OK);
	link_open_agent(link, link->server_keys.public_key);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(link_agent_send(link, "one", 3, SOON_MS), OK);
		assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 3);
		assert_true(peer.connection >= 0);
		server_socket_acknowledged(link->server, &peer);
	}
	assert_int_equal(counts_of(link).floods, 0);
	for (int i = 0; i < 1000 && counts_of(link).floods == 0; i++) {
		link_agent_send(link, "one", 3, SOON_MS);
		link_server_take(link, &peer, taken, SOON_MS);
	}
	assert_int_equal(counts_of(link).floods, 1);
	assert_string_equal(counts_of(link).flood_user, "mau-nuoc");
	assert_true(gone(link, 1) >= 1);
}

static void who_speaks_with_a_revoked_key_loses_the_connection(void **state)
{
	struct link *link = *state;
	struct peer peer;
	char path[5000];
	link_admit(link, "mau-nuoc", link->agent_keys.public_key);
	link_open_server(link);
	link_open_agent(link, link->server_keys.public_key);
	assert_int_equal(link_agent_send(link, "one", 3, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 3);
	snprintf(path, sizeof path, "%s/mau-nuoc.pub", link->folder);
	unlink(path);
	assert_int_equal(server_socket_reload(link->server), 0);
	assert_int_equal(link_agent_send(link, "two", 3, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), MALFORMED);
	assert_true(gone(link, 1) >= 1);
	assert_int_equal(counts_of(link).silent_users, 1);
	assert_int_equal(counts_of(link).crowded, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINK(too_many_connections_close_the_door_to_new_ones_only),
		LINK(one_address_has_half_of_the_connections_at_most),
		LINK(one_key_has_eight_connections_at_most),
		LINK(who_does_not_wait_for_answers_loses_the_connection),
		LINK(who_speaks_with_a_revoked_key_loses_the_connection),
	};
	return cmocka_run_group_tests_name("door_crowd", tests, NULL, NULL);
}
