/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many are let in at the collector's end, and what it is set to before it listens. */
#include "tests/kits/check.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "base/log.h"
#include "base/socket_parts.h"
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

/* ---- nobody keeps the others out ---- */

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

static void what_is_told_of_the_queue_is_taken_within_bounds(void **state)
{
	static const int waiting[][2] = { { -1, 64 }, { 0, 64 }, { 1, 1 }, { 63, 63 },
		{ 64, 64 }, { 65, 64 } };
	struct link *link = *state;
	struct problem why;
	for (size_t i = 0; i < sizeof waiting / sizeof waiting[0]; i++) {
		struct server_options options = { .endpoint = "tcp://127.0.0.1:*",
			.own = &link->server_keys,
			.agents_folder = link->folder,
			.held = (int)i,
			.waiting = waiting[i][0] };
		struct server_socket *socket;
		assert_int_equal(server_socket_open(&socket, &options, &why), OK);
		assert_int_equal(
		        server_socket_number(socket, ZMQ_BACKLOG), waiting[i][1]);
		assert_int_equal(
		        server_socket_number(socket, ZMQ_RCVHWM), i > 2 ? (int)i : 2);
		server_socket_close(socket);
	}
}

/* ---- the folder of agents ---- */

static char said[2048];

static void note_said(enum log_level level, const char *text)
{
	snprintf(said, sizeof said, "%s", text);
}

static void a_key_under_a_name_that_is_no_stations_is_told(void **state)
{
	static const char *const name[] = { "Upper", "a b", "seventeen-letters", "" };
	struct link *link = *state;
	for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
		struct door door = { .most_agents = 4 };
		/* the same is told once a minute of the same folder */
		snprintf(door.folder, sizeof door.folder, "%s%.*s", link->folder,
		        (int)i, "////");
		link_admit(link, name[i], link->agent_keys.public_key);
		said[0] = '\0';
		log_catch(note_said);
		pthread_mutex_init(&door.lock, NULL);
		assert_int_equal(door_reload(&door), 0);
		assert_contains(said, "whose name is no station's");
		pthread_mutex_destroy(&door.lock);
		free(door.agent);
	}
}

/* ---- messages of another form, from a key that is on the list ---- */

static void *raw_dealer(void *context, const struct link *link)
{
	void *dealer = zmq_socket(context, ZMQ_DEALER);
	zmq_setsockopt(dealer, ZMQ_LINGER, &(int){ 0 }, sizeof(int));
	socket_set_text(dealer, ZMQ_CURVE_SERVERKEY, link->server_keys.public_key);
	socket_set_text(dealer, ZMQ_CURVE_PUBLICKEY, link->agent_keys.public_key);
	socket_set_text(dealer, ZMQ_CURVE_SECRETKEY, link->agent_keys.secret_key);
	assert_int_equal(zmq_connect(dealer, server_socket_endpoint(link->server)), 0);
	return dealer;
}

static void a_message_of_several_frames_or_none_is_dropped(void **state)
{
	struct link *link = *state;
	struct peer peer;
	void *context = zmq_ctx_new();
	link_admit(link, "mau-nuoc", link->agent_keys.public_key);
	link_open_server(link);
	void *dealer = raw_dealer(context, link);
	zmq_send(dealer, "one", 3, ZMQ_SNDMORE);
	zmq_send(dealer, "two", 3, 0);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), MALFORMED);
	assert_string_equal(peer.user, "mau-nuoc");
	assert_int_equal(peer.size, 6);
	zmq_send(dealer, "", 0, 0);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), MALFORMED);
	zmq_send(dealer, "three", 5, 0);
	assert_int_equal(link_server_take(link, &peer, taken, SOON_MS), 5);
	/* and an answer finds its way only while the peer is there */
	assert_int_equal(server_socket_send(link->server, &peer, "ack", 3), OK);
	zmq_close(dealer);
	zmq_ctx_term(context);
	int status = OK;
	for (int64_t end = link_ms() + SOON_MS; link_ms() < end && status == OK;) {
		status = server_socket_send(link->server, &peer, "ack", 3);
		poll(NULL, 0, 5);
	}
	assert_int_equal(status, HUNG_UP);
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
		dealer[i] = raw_dealer(context, link);
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

/* ---- questions that libzmq would not ask ---- */

struct part {
	const char *bytes;
	size_t size;
};

/* The status that comes back for these parts. */
static void ask(void *asker, const struct part *part, size_t n, char status[4])
{
	int more = 1;
	size_t size = sizeof more;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(zmq_send(asker, part[i].bytes, part[i].size,
		                         i + 1 < n ? ZMQ_SNDMORE : 0),
		        (int)part[i].size);
	for (int i = 0; more; i++) {
		char in[256] = "";
		assert_true(zmq_recv(asker, in, sizeof in, 0) >= 0);
		if (i == 2)
			memcpy(status, in, 4);
		zmq_getsockopt(asker, ZMQ_RCVMORE, &more, &size);
	}
}

static void a_question_of_another_form_is_answered_no(void **state)
{
	static char key[KEY_BYTES], longer[400];
	const struct part good[] = { { "1.0", 3 }, { "7", 1 }, { "quantrac", 8 },
		{ "192.0.2.7", 9 }, { "", 0 }, { "CURVE", 5 }, { key, KEY_BYTES },
		{ "more", 4 }, { "and more", 8 } };
	struct link *link = *state;
	struct door door = { .most_agents = 4, .most_open = 4, .waiting = 2 };
	struct problem why;
	char status[4] = "";
	void *context = zmq_ctx_new();
	link_admit(link, "mau-nuoc", link->agent_keys.public_key);
	zmq_z85_decode((uint8_t *)key, link->agent_keys.public_key);
	memset(longer, 'x', sizeof longer);
	snprintf(door.folder, sizeof door.folder, "%s", link->folder);
	/* another stands before it in the list */
	link_admit(link, "ao-nuoc", link->server_keys.public_key);
	assert_int_equal(door_open(&door, context, &why), OK);
	void *asker = zmq_socket(context, ZMQ_REQ);
	assert_int_equal(zmq_connect(asker, "inproc://zeromq.zap.01"), 0);
	for (size_t n = 1; n <= sizeof good / sizeof good[0]; n++) {
		ask(asker, good, n, status);
		assert_string_equal(status, n == 7 ? "200" : "400");
	}
	for (size_t wrong = 5; wrong < 7; wrong++) {
		for (size_t size = 0; size < 3; size++) {
			struct part part[7];
			memcpy(part, good, sizeof part);
			part[wrong] = (struct part){ longer, size * 199 + size };
			ask(asker, part, 7, status);
			assert_string_equal(status, "400");
		}
	}
	pthread_mutex_lock(&door.lock);
	assert_int_equal(door.counts.refused_keys, 8 + 6);
	assert_string_equal(door.counts.refused_key, "");
	pthread_mutex_unlock(&door.lock);
	/* nobody is known by half of what he says */
	assert_false(door_hears(&door, -1, NULL, link->agent_keys.public_key));
	assert_false(door_hears(&door, -1, "mau-nuoc", NULL));
	assert_false(door_hears(&door, -1, "mau-nuoc", link->server_keys.public_key));
	assert_true(door_hears(&door, -1, "mau-nuoc", link->agent_keys.public_key));
	zmq_setsockopt(asker, ZMQ_LINGER, &(int){ 0 }, sizeof(int));
	zmq_close(asker);
	zmq_ctx_shutdown(context);
	door_close(&door);
	zmq_ctx_term(context);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINK(too_many_connections_close_the_door_to_new_ones_only),
		LINK(a_key_under_a_name_that_is_no_stations_is_told),
		LINK(one_address_has_half_of_the_connections_at_most),
		LINK(one_key_has_eight_connections_at_most),
		LINK(who_does_not_wait_for_answers_loses_the_connection),
		LINK(who_speaks_with_a_revoked_key_loses_the_connection),
		LINK(the_options_of_the_collector_are_set_before_it_listens),
		LINK(what_is_told_of_the_queue_is_taken_within_bounds),
		LINK(a_message_of_several_frames_or_none_is_dropped),
		LINK(a_question_of_another_form_is_answered_no),
	};
	return cmocka_run_group_tests_name("door", tests, NULL, NULL);
}
