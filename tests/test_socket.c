/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link with real CURVE on loopback.  Waiting is poll() on the sockets' own
 * descriptors. */
#include "tests/check.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "base/log.h"
#include "base/socket.h"
#include "base/socket_parts.h"
#include "base/wire.h"

#define SOON_MS  5000 /* what should happen has happened by then */
#define NEVER_MS 300  /* what should not happen would have by then */

#define MOST_OPEN 10 /* connections */

struct link {
	char folder[4096];
	struct key_pair server_keys, agent_keys;
	struct server_socket *server;
	struct uplink_socket *agent;
};

static void quiet(enum log_level level, const char *text)
{
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void wait_on(int fd)
{
	struct pollfd item = { .fd = fd, .events = POLLIN };
	poll(&item, 1, 20);
}

static int server_take(struct link *link, struct peer *peer, void *out, int within_ms)
{
	for (int64_t end = now_ms() + within_ms; now_ms() < end;) {
		int n = server_socket_receive(link->server, peer, out, WIRE_MOST);
		if (n != 0)
			return n;
		wait_on(server_socket_descriptor(link->server));
	}
	return 0;
}

static int agent_take(struct link *link, void *out, size_t room, int within_ms)
{
	for (int64_t end = now_ms() + within_ms; now_ms() < end;) {
		int n = uplink_socket_receive(link->agent, out, room);
		if (n != 0)
			return n;
		wait_on(uplink_socket_descriptor(link->agent));
	}
	return 0;
}

/* Until the connection stands nothing is taken. */
static int agent_send(struct link *link, const void *in, size_t n, int within_ms)
{
	for (int64_t end = now_ms() + within_ms; now_ms() < end;) {
		if (uplink_socket_send(link->agent, in, n) == OK)
			return OK;
		wait_on(uplink_socket_descriptor(link->agent));
	}
	return FULL;
}

static void admit(struct link *link, const char *station, const char *key)
{
	char path[5000];
	snprintf(path, sizeof path, "%s/%s.pub", link->folder, station);
	unlink(path);
	assert_int_equal(key_write(path, key, 0, NULL), OK);
}

static void open_server(struct link *link)
{
	struct server_options options = { .endpoint = "tcp://127.0.0.1:*",
		.own = &link->server_keys,
		.agents_folder = link->folder,
		.most_agents = 8,
		.most_open = MOST_OPEN };
	struct problem why = { .text = "" };
	if (server_socket_open(&link->server, &options, &why) != OK)
		fail_msg("%s", why.text);
}

static void open_agent(struct link *link, const char *server_key)
{
	struct uplink_options options = { .endpoint =
		                                  server_socket_endpoint(link->server),
		.server_key = server_key,
		.own = &link->agent_keys };
	assert_int_equal(uplink_socket_open(&link->agent, &options, NULL), OK);
}

static int link_make(void **state)
{
	void *folder;
	if (scratch_make(&folder) != 0)
		return -1;
	struct link *link = calloc(1, sizeof *link);
	snprintf(link->folder, sizeof link->folder, "%s", (char *)folder);
	free(folder);
	key_pair_new(&link->server_keys);
	key_pair_new(&link->agent_keys);
	log_catch(quiet);
	*state = link;
	return 0;
}

static int link_remove(void **state)
{
	struct link *link = *state;
	uplink_socket_close(link->agent);
	server_socket_close(link->server);
	void *folder = strdup(link->folder);
	free(link);
	/* cppcheck-suppress memleak */
	return scratch_remove(&folder);
}

static uint8_t big[70000], taken[70000];

static void an_admitted_key_is_heard_under_its_files_name(void **state)
{
	struct link *link = *state;
	struct peer peer;
	admit(link, "bt-outlet", link->agent_keys.public_key);
	open_server(link);
	open_agent(link, link->server_keys.public_key);
	assert_int_equal(agent_send(link, "hello", 5, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), 5);
	assert_memory_equal(taken, "hello", 5);
	assert_string_equal(peer.user, "bt-outlet");

	assert_int_equal(server_socket_send(link->server, &peer, "welcome", 7), OK);
	assert_int_equal(agent_take(link, taken, sizeof taken, SOON_MS), 7);
	assert_memory_equal(taken, "welcome", 7);
}

static void an_unknown_key_is_refused_and_named(void **state)
{
	struct link *link = *state;
	struct peer peer;
	struct server_counts counts = { 0 };
	open_server(link);
	open_agent(link, link->server_keys.public_key);
	for (int64_t end = now_ms() + SOON_MS; now_ms() < end;) {
		uplink_socket_send(link->agent, "hello", 5);
		server_socket_counts(link->server, &counts);
		if (counts.handshake_failed > 0 && counts.refused_keys > 0)
			break;
		wait_on(uplink_socket_descriptor(link->agent));
	}
	assert_true(counts.refused_keys > 0);
	assert_true(counts.handshake_failed > 0);
	assert_int_equal(counts.accepted, 0);
	assert_string_equal(counts.refused_key, link->agent_keys.public_key);
	assert_string_equal(counts.refused_from, "127.0.0.1");
	assert_int_equal(server_take(link, &peer, taken, NEVER_MS), 0);
}

static void a_key_admitted_later_is_heard_after_a_new_socket(void **state)
{
	struct link *link = *state;
	struct peer peer;
	open_server(link);
	open_agent(link, link->server_keys.public_key);
	agent_send(link, "early", 5, NEVER_MS);
	admit(link, "bt-outlet", link->agent_keys.public_key);
	assert_int_equal(server_socket_reload(link->server), 1);
	assert_int_equal(uplink_socket_renew(link->agent), OK);
	assert_int_equal(agent_send(link, "later", 5, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), 5);
	assert_memory_equal(taken, "later", 5);
}

static void an_agent_sends_nothing_to_a_false_collector(void **state)
{
	struct link *link = *state;
	struct peer peer;
	struct key_pair other;
	key_pair_new(&other);
	admit(link, "bt-outlet", link->agent_keys.public_key);
	open_server(link);
	open_agent(link, other.public_key);
	assert_int_equal(agent_send(link, "hello", 5, NEVER_MS), FULL);
	assert_int_equal(server_take(link, &peer, taken, NEVER_MS), 0);
}

static void a_revoked_peer_falls_silent_while_connected(void **state)
{
	struct link *link = *state;
	struct peer peer;
	struct server_counts counts = { 0 };
	char path[5000];
	admit(link, "bt-outlet", link->agent_keys.public_key);
	open_server(link);
	open_agent(link, link->server_keys.public_key);
	assert_int_equal(agent_send(link, "one", 3, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), 3);

	snprintf(path, sizeof path, "%s/bt-outlet.pub", link->folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(server_socket_reload(link->server), 0);
	assert_int_equal(agent_send(link, "two", 3, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), MALFORMED);
	server_socket_counts(link->server, &counts);
	assert_int_equal(counts.silent_users, 1);
}

static void a_replaced_key_silences_the_old_one(void **state)
{
	struct link *link = *state;
	struct peer peer;
	struct key_pair fresh;
	key_pair_new(&fresh);
	admit(link, "bt-outlet", link->agent_keys.public_key);
	open_server(link);
	open_agent(link, link->server_keys.public_key);
	assert_int_equal(agent_send(link, "one", 3, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), 3);

	admit(link, "bt-outlet", fresh.public_key);
	assert_int_equal(server_socket_reload(link->server), 1);
	assert_int_equal(agent_send(link, "two", 3, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), MALFORMED);
}

static void exactly_the_most_passes_and_an_over_long_message_does_not(void **state)
{
	struct link *link = *state;
	struct peer peer;
	admit(link, "bt-outlet", link->agent_keys.public_key);
	open_server(link);
	open_agent(link, link->server_keys.public_key);
	for (size_t i = 0; i < sizeof big; i++)
		big[i] = (uint8_t)(i * 7);
	assert_int_equal(agent_send(link, big, WIRE_MOST, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), WIRE_MOST);
	assert_memory_equal(taken, big, WIRE_MOST);

	/* what fits the socket but not the protocol is dropped by itself */
	assert_int_equal(agent_send(link, big, WIRE_MOST + 1, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), MALFORMED);

	/* what does not fit the socket costs the connection */
	assert_int_equal(agent_send(link, big, 65536, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, NEVER_MS), 0);
}

static void a_reply_that_is_too_long_for_the_caller_is_dropped(void **state)
{
	struct link *link = *state;
	struct peer peer;
	admit(link, "bt-outlet", link->agent_keys.public_key);
	open_server(link);
	open_agent(link, link->server_keys.public_key);
	assert_int_equal(agent_send(link, "hello", 5, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), 5);
	assert_int_equal(server_socket_send(link->server, &peer, big, 100), OK);
	assert_int_equal(agent_take(link, taken, 99, SOON_MS), MALFORMED);
	assert_int_equal(server_socket_send(link->server, &peer, big, 99), OK);
	assert_int_equal(agent_take(link, taken, 99, SOON_MS), 99);
}

static void sending_to_a_peer_that_is_gone_says_so(void **state)
{
	struct link *link = *state;
	struct peer peer = { .route = "nobody", .route_size = 6 };
	open_server(link);
	assert_int_equal(server_socket_send(link->server, &peer, "x", 1), HUNG_UP);
}

static void bad_files_in_the_list_never_cost_the_good_ones(void **state)
{
	struct link *link = *state;
	char path[5000];
	admit(link, "a-good-one", link->agent_keys.public_key);
	admit(link, "b-its-twin", link->agent_keys.public_key);
	admit(link, "Upper", link->server_keys.public_key);
	admit(link, "longer-than-sixteen", link->server_keys.public_key);
	snprintf(path, sizeof path, "%s/broken.pub", link->folder);
	close(open(path, O_WRONLY | O_CREAT, 0644));
	open_server(link);
	assert_int_equal(server_socket_reload(link->server), 1);
}

static void only_encrypted_tcp_is_spoken(void **state)
{
	struct link *link = *state;
	static const char *const refused[] = { "ipc:///tmp/x", "inproc://x",
		"tcp:/1.2.3.4:5", "127.0.0.1:5710", "" };
	struct problem why;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct server_options server = { .endpoint = refused[i],
			.own = &link->server_keys,
			.agents_folder = link->folder,
			.most_agents = 8 };
		struct uplink_options agent = { .endpoint = refused[i],
			.server_key = link->server_keys.public_key,
			.own = &link->agent_keys };
		assert_int_equal(
		        server_socket_open(&link->server, &server, &why), REFUSED);
		assert_int_equal(
		        uplink_socket_open(&link->agent, &agent, &why), REFUSED);
		assert_contains(why.text, "tcp://ADDRESS:PORT");
		assert_int_equal(why.exit, EXIT_CONFIG);
	}
}

static void an_address_in_use_and_a_missing_folder_are_named(void **state)
{
	struct link *link = *state;
	struct server_socket *second = NULL;
	struct problem why;
	open_server(link);
	struct server_options options = { .endpoint =
		                                  server_socket_endpoint(link->server),
		.own = &link->server_keys,
		.agents_folder = link->folder,
		.most_agents = 8 };
	assert_int_equal(server_socket_open(&second, &options, &why), FAILED);
	assert_contains(why.text, options.endpoint);
	assert_contains(why.text, "in use");
	options.endpoint = "tcp://127.0.0.1:*";
	options.agents_folder = "/nowhere/agents";
	assert_int_equal(server_socket_open(&second, &options, &why), NOT_FOUND);
	assert_contains(why.text, "/nowhere/agents");
}

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
	admit(link, "mau-nuoc", link->agent_keys.public_key);
	open_server(link);
	open_agent(link, link->server_keys.public_key);
	assert_int_equal(agent_send(link, "one", 3, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), 3);
	for (int i = 0; i + 2 < MOST_OPEN; i++)
		fd[i] = stranger(link, 0);
	poll(NULL, 0, NEVER_MS);
	assert_int_equal(counts_of(link).open, MOST_OPEN - 1);
	assert_int_equal(counts_of(link).closed, 0);
	fd[MOST_OPEN - 2] = stranger(link, 0);
	for (int64_t end = now_ms() + SOON_MS;
	        now_ms() < end && counts_of(link).closed == 0;)
		poll(NULL, 0, 10);
	assert_int_equal(counts_of(link).closed, 1);
	assert_int_equal(counts_of(link).open, MOST_OPEN);
	assert_true(nobody_opens(link, &late));
	/* who was in is heard and answered */
	assert_int_equal(agent_send(link, "two", 3, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), 3);
	assert_int_equal(server_socket_send(link->server, &peer, "ack", 3), OK);
	assert_int_equal(agent_take(link, taken, sizeof taken, SOON_MS), 3);
	for (int i = 0; i + 1 < MOST_OPEN; i++)
		close(fd[i]);
	/* who knocked outside comes in by himself */
	struct pollfd item = { .fd = late, .events = POLLOUT };
	assert_int_equal(poll(&item, 1, SOON_MS), 1);
	close(late);
	assert_int_equal(uplink_socket_renew(link->agent), OK);
	assert_int_equal(agent_send(link, "three", 5, SOON_MS), OK);
	assert_int_equal(server_take(link, &peer, taken, SOON_MS), 5);
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
	admit(link, "mau-nuoc", link->agent_keys.public_key);
	open_server(link);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		assert_int_equal(
		        server_socket_number(link->server, wanted[i][0]), wanted[i][1]);
}

static void a_peer_that_speaks_no_zmtp_costs_nothing(void **state)
{
	struct link *link = *state;
	struct peer peer;
	struct server_counts counts = { 0 };
	open_server(link);
	char host[] = "127.0.0.1";
	const char *port = strrchr(server_socket_endpoint(link->server), ':') + 1;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *address;
	assert_int_equal(getaddrinfo(host, port, &hints, &address), 0);
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, address->ai_addr, address->ai_addrlen), 0);
	freeaddrinfo(address);
	/* greeting of ZMTP 3.0 with mechanism NULL: no encryption, no entrance */
	uint8_t greeting[64] = { 0xff, [9] = 0x7f, [10] = 3, [12] = 'N', 'U', 'L',
		'L' };
	assert_int_equal(write(fd, greeting, sizeof greeting), sizeof greeting);
	for (int64_t end = now_ms() + SOON_MS;
	        now_ms() < end && !counts.handshake_failed;) {
		wait_on(server_socket_descriptor(link->server));
		server_socket_counts(link->server, &counts);
	}
	close(fd);
	assert_true(counts.handshake_failed > 0);
	assert_int_equal(counts.accepted, 0);
	assert_int_equal(server_take(link, &peer, taken, NEVER_MS), 0);
}

#define LINK(test) cmocka_unit_test_setup_teardown(test, link_make, link_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINK(an_admitted_key_is_heard_under_its_files_name),
		LINK(an_unknown_key_is_refused_and_named),
		LINK(a_key_admitted_later_is_heard_after_a_new_socket),
		LINK(an_agent_sends_nothing_to_a_false_collector),
		LINK(a_revoked_peer_falls_silent_while_connected),
		LINK(a_replaced_key_silences_the_old_one),
		LINK(exactly_the_most_passes_and_an_over_long_message_does_not),
		LINK(a_reply_that_is_too_long_for_the_caller_is_dropped),
		LINK(sending_to_a_peer_that_is_gone_says_so),
		LINK(bad_files_in_the_list_never_cost_the_good_ones),
		LINK(only_encrypted_tcp_is_spoken),
		LINK(an_address_in_use_and_a_missing_folder_are_named),
		LINK(a_peer_that_speaks_no_zmtp_costs_nothing),
		LINK(too_many_connections_close_the_door_to_new_ones_only),
		LINK(the_options_of_the_collector_are_set_before_it_listens),
	};
	return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
