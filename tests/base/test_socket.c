/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link with real CURVE on loopback.  Waiting is poll() on the sockets' own
 * descriptors. */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/socket_parts.h"
#include "base/wire.h"
#include "sensors/keeper/uplink.h"
#include "tests/kits/link_fixture.h"

static uint8_t big[70000], taken[70000];

/* A server that has heard its one agent's hello. */
static struct link *meet(struct link *link, struct peer *peer)
{
	link_admit(link, "bt-outlet", link->agent_keys.public_key);
	link_open_server(link);
	link_open_agent(link, link->server_keys.public_key);
	assert_int_equal(link_agent_send(link, "hello", 5, SOON_MS), OK);
	assert_int_equal(link_server_take(link, peer, taken, SOON_MS), 5);
	return link;
}

static void an_admitted_key_is_heard_under_its_files_name(void **state)
{
	struct peer peer;
	struct link *link = meet(*state, &peer);
	assert_memory_equal(taken, "hello", 5);
	assert_string_equal(peer.user, "bt-outlet");

	assert_int_equal(server_socket_send(link->server, &peer, "welcome", 7), OK);
	assert_int_equal(link_agent_take(link, taken, sizeof taken, SOON_MS), 7);
	assert_memory_equal(taken, "welcome", 7);
}

static void an_unknown_key_is_refused_and_named(void **state)
{
	struct link *link = *state;
	struct peer peer;
	struct server_counts counts = { 0 };
	link_open_server(link);
	link_open_agent(link, link->server_keys.public_key);
	for (int64_t end = link_ms() + SOON_MS; link_ms() < end;) {
		uplink_socket_send(link->agent, "hello", 5);
		server_socket_counts(link->server, &counts);
		if (counts.handshake_failed > 0 && counts.refused_keys > 0)
			break;
		link_wait(uplink_socket_descriptor(link->agent));
	}
	assert_true(counts.refused_keys > 0);
	assert_true(counts.handshake_failed > 0);
	assert_int_equal(counts.accepted, 0);
	assert_string_equal(counts.refused_key, link->agent_keys.public_key);
	assert_string_equal(counts.refused_from, "127.0.0.1");
	assert_int_equal(link_server_take(link, &peer, taken, NEVER_MS), 0);
}

static void a_key_admitted_later_is_heard_after_a_new_socket(void **state)
{
	struct link *link = *state;
	struct peer peer;
	link_open_server(link);
	link_open_agent(link, link->server_keys.public_key);
	link_agent_send(link, "early", 5, NEVER_MS);
	link_admit(link, "bt-outlet", link->agent_keys.public_key);
	assert_int_equal(server_socket_reload(link->server), 1);
	assert_int_equal(uplink_socket_renew(link->agent), OK);
	assert_int_equal(link_agent_send(link, "later", 5, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 5);
	assert_memory_equal(taken, "later", 5);
}

static void an_agent_sends_nothing_to_a_false_collector(void **state)
{
	struct link *link = *state;
	struct peer peer;
	struct key_pair other;
	key_pair_new(&other);
	link_admit(link, "bt-outlet", link->agent_keys.public_key);
	link_open_server(link);
	link_open_agent(link, other.public_key);
	assert_int_equal(link_agent_send(link, "hello", 5, NEVER_MS), FULL);
	assert_int_equal(link_server_take(link, &peer, taken, NEVER_MS), 0);
}

static void a_revoked_peer_falls_silent_while_connected(void **state)
{
	struct link *link = *state;
	struct peer peer;
	struct server_counts counts = { 0 };
	char path[5000];
	link_admit(link, "bt-outlet", link->agent_keys.public_key);
	link_open_server(link);
	link_open_agent(link, link->server_keys.public_key);
	assert_int_equal(link_agent_send(link, "one", 3, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 3);

	snprintf(path, sizeof path, "%s/bt-outlet.pub", link->folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(server_socket_reload(link->server), 0);
	assert_int_equal(link_agent_send(link, "two", 3, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), MALFORMED);
	server_socket_counts(link->server, &counts);
	assert_int_equal(counts.silent_users, 1);
	assert_string_equal(counts.silent_user, "bt-outlet");
}

static void a_replaced_key_silences_the_old_one(void **state)
{
	struct link *link = *state;
	struct peer peer;
	struct key_pair fresh;
	key_pair_new(&fresh);
	link_admit(link, "bt-outlet", link->agent_keys.public_key);
	link_open_server(link);
	link_open_agent(link, link->server_keys.public_key);
	assert_int_equal(link_agent_send(link, "one", 3, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 3);

	link_admit(link, "bt-outlet", fresh.public_key);
	assert_int_equal(server_socket_reload(link->server), 1);
	assert_int_equal(link_agent_send(link, "two", 3, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), MALFORMED);
}

static void exactly_the_most_passes_and_an_over_long_message_does_not(void **state)
{
	struct link *link = *state;
	struct peer peer;
	link_admit(link, "bt-outlet", link->agent_keys.public_key);
	link_open_server(link);
	link_open_agent(link, link->server_keys.public_key);
	for (size_t i = 0; i < sizeof big; i++)
		big[i] = (uint8_t)(i * 7);
	assert_int_equal(link_agent_send(link, big, WIRE_MOST, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), WIRE_MOST);
	assert_memory_equal(taken, big, WIRE_MOST);

	/* what fits the socket but not the protocol is dropped by itself */
	assert_int_equal(link_agent_send(link, big, WIRE_MOST + 1, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), MALFORMED);
	assert_string_equal(peer.user, "bt-outlet");
	assert_int_equal(peer.size, WIRE_MOST + 1);

	/* what does not fit the socket costs the connection */
	assert_int_equal(link_agent_send(link, big, 65536, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, NEVER_MS), 0);
}

/* A socket that is full rests for a while, and a window with it. */
static void a_whole_window_is_taken_at_once(void **state)
{
	struct peer peer;
	struct link *link = meet(*state, &peer);
	for (int i = 0; i < UPLINK_WINDOW; i++)
		assert_int_equal(uplink_socket_send(link->agent, big, WIRE_MOST), OK);
}

static void a_reply_that_is_too_long_for_the_caller_is_dropped(void **state)
{
	struct peer peer;
	struct link *link = meet(*state, &peer);
	assert_int_equal(server_socket_send(link->server, &peer, big, 100), OK);
	assert_int_equal(link_agent_take(link, taken, 99, SOON_MS), MALFORMED);
	assert_int_equal(server_socket_send(link->server, &peer, big, 99), OK);
	assert_int_equal(link_agent_take(link, taken, 99, SOON_MS), 99);
}

static void sending_to_a_peer_that_is_gone_says_so(void **state)
{
	struct link *link = *state;
	struct peer peer = { .route = "nobody", .route_size = 6 };
	link_open_server(link);
	assert_int_equal(server_socket_send(link->server, &peer, "x", 1), HUNG_UP);
}

static void bad_files_in_the_list_never_cost_the_good_ones(void **state)
{
	struct link *link = *state;
	char path[5000];
	link_admit(link, "a-good-one", link->agent_keys.public_key);
	link_admit(link, "b-its-twin", link->agent_keys.public_key);
	link_admit(link, "Upper", link->server_keys.public_key);
	link_admit(link, "longer-than-sixteen", link->server_keys.public_key);
	snprintf(path, sizeof path, "%s/broken.pub", link->folder);
	close(open(path, O_WRONLY | O_CREAT, 0644));
	link_open_server(link);
	assert_int_equal(server_socket_reload(link->server), 1);
}

/* Waiting for the other end of a FIFO, the door would admit nobody and never close. */
static void a_fifo_in_the_list_holds_nobody_up(void **state)
{
	struct link *link = *state;
	struct peer peer;
	char path[5000];
	snprintf(path, sizeof path, "%s/fifo.pub", link->folder);
	alarm(60);
	assert_int_equal(mkfifo(path, 0600), 0);
	link_admit(link, "bt-outlet", link->agent_keys.public_key);
	link_open_server(link);
	link_open_agent(link, link->server_keys.public_key);
	assert_int_equal(link_agent_send(link, "hello", 5, SOON_MS), OK);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 5);
	assert_string_equal(peer.user, "bt-outlet");
	assert_int_equal(server_socket_reload(link->server), 1);
	alarm(0);
	assert_int_equal(unlink(path), 0);
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

static void of_more_keys_than_most_agents_those_there_is_room_for_are_admitted(
        void **state)
{
	struct link *link = *state;
	struct key_pair other;
	link_open_server(link); /* most_agents is 8 */
	for (int i = 1; i <= 9; i++) {
		char station[16];
		snprintf(station, sizeof station, "nt-%02d", i);
		assert_int_equal(key_pair_new(&other), OK);
		link_admit(link, station, other.public_key);
		assert_int_equal(server_socket_reload(link->server), i <= 8 ? i : 8);
	}
}

/* Both sides of what is an address; the ports themselves are opened by nobody. */
static void an_address_has_a_host_and_a_port_of_16_bits(void **state)
{
	static const char *const good[] = { "tcp://a:1", "tcp://127.0.0.1:65535",
		"tcp://[::1]:5710", "tcp://127.0.0.1:*" };
	static const char *const bad[] = { "tcp://127.0.0.1:65536", "tcp://:5710",
		"tcp://a:", "tcp://a:5710x", "tcp://a:**", "tcp://a", "udp://a:5710" };
	char endpoint[300];
	struct problem why;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(endpoint_check(good[i], &why), OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(endpoint_check(bad[i], &why), REFUSED);
		assert_contains(why.text, bad[i]);
	}
	assert_int_equal(endpoint_check(NULL, &why), REFUSED);
	snprintf(endpoint, sizeof endpoint, "tcp://%0*d:1", ENDPOINT - 9, 0);
	assert_int_equal(strlen(endpoint), ENDPOINT - 1);
	assert_int_equal(endpoint_check(endpoint, &why), OK);
	snprintf(endpoint, sizeof endpoint, "tcp://%0*d:1", ENDPOINT - 8, 0);
	assert_int_equal(endpoint_check(endpoint, &why), REFUSED);
}

/* Each of the keys in turn is none: named before anything is opened. */
static void what_is_no_key_is_named_before_anything_is_opened(void **state)
{
	struct link *link = *state;
	const char *endpoint = "tcp://127.0.0.1:*";
	struct key_pair own[2] = { link->agent_keys, link->agent_keys };
	struct problem why;
	struct server_options server = { .endpoint = endpoint,
		.own = &own[1],
		.agents_folder = link->folder,
		.most_agents = 8 };
	struct uplink_options agent = { .endpoint = "tcp://127.0.0.1:5710",
		.server_key = "too short",
		.own = &link->agent_keys };
	assert_int_equal(uplink_socket_open(&link->agent, &agent, &why), MALFORMED);
	assert_contains(why.text, "'too short' is no key");
	agent.server_key = link->server_keys.public_key;
	own[0].public_key[0] = '"'; /* not of Z85 */
	own[1].secret_key[0] = '"';
	for (int i = 0; i < 2; i++) {
		agent.own = &own[i];
		assert_int_equal(
		        uplink_socket_open(&link->agent, &agent, &why), MALFORMED);
		assert_contains(why.text, "own key pair is no key pair");
		assert_int_equal(why.exit, EXIT_CONFIG);
	}
	assert_int_equal(server_socket_open(&link->server, &server, &why), MALFORMED);
	assert_contains(why.text, "secret key is no key");
}

static void an_address_in_use_and_a_missing_folder_are_named(void **state)
{
	struct link *link = *state;
	struct server_socket *second = NULL;
	struct problem why;
	link_open_server(link);
	struct server_options options = { .endpoint =
		                                  server_socket_endpoint(link->server),
		.own = &link->server_keys,
		.agents_folder = link->folder,
		.most_agents = 8 };
	assert_int_equal(server_socket_open(&second, &options, &why), FAILED);
	assert_contains(why.text, options.endpoint);
	assert_contains(why.text, "in use: another program listens there");
	assert_contains(why.text, "--listen");
	options.endpoint = "tcp://127.0.0.1:*";
	options.agents_folder = "/nowhere/agents";
	assert_int_equal(server_socket_open(&second, &options, &why), NOT_FOUND);
	assert_contains(why.text, "/nowhere/agents");
}

static void a_peer_that_speaks_no_zmtp_costs_nothing(void **state)
{
	struct link *link = *state;
	struct peer peer;
	struct server_counts counts = { 0 };
	link_open_server(link);
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
	for (int64_t end = link_ms() + SOON_MS;
	        link_ms() < end && !counts.handshake_failed;) {
		link_wait(server_socket_descriptor(link->server));
		server_socket_counts(link->server, &counts);
	}
	close(fd);
	assert_true(counts.handshake_failed > 0);
	assert_int_equal(counts.accepted, 0);
	assert_int_equal(link_server_take(link, &peer, taken, NEVER_MS), 0);
}

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
		LINK(a_whole_window_is_taken_at_once),
		LINK(a_reply_that_is_too_long_for_the_caller_is_dropped),
		LINK(sending_to_a_peer_that_is_gone_says_so),
		LINK(bad_files_in_the_list_never_cost_the_good_ones),
		LINK(a_fifo_in_the_list_holds_nobody_up),
		LINK(only_encrypted_tcp_is_spoken),
		LINK(of_more_keys_than_most_agents_those_there_is_room_for_are_admitted),
		LINK(an_address_has_a_host_and_a_port_of_16_bits),
		LINK(what_is_no_key_is_named_before_anything_is_opened),
		LINK(an_address_in_use_and_a_missing_folder_are_named),
		LINK(a_peer_that_speaks_no_zmtp_costs_nothing),
	};
	return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
