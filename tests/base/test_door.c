/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the door at the collector's end is set to before it listens, whose keys it takes, and what it drops. */
#include "tests/kits/check.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/door.h"
#include "base/log.h"
#include "tests/kits/link_fixture.h"

static uint8_t taken[70000];

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

static void a_message_of_several_frames_or_none_is_dropped(void **state)
{
	struct link *link = *state;
	struct peer peer;
	void *context = zmq_ctx_new();
	link_admit(link, "mau-nuoc", link->agent_keys.public_key);
	link_open_server(link);
	void *dealer = link_raw_dealer(context, link);
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
		LINK(a_key_under_a_name_that_is_no_stations_is_told),
		LINK(the_options_of_the_collector_are_set_before_it_listens),
		LINK(what_is_told_of_the_queue_is_taken_within_bounds),
		LINK(a_message_of_several_frames_or_none_is_dropped),
		LINK(a_question_of_another_form_is_answered_no),
	};
	return cmocka_run_group_tests_name("door", tests, NULL, NULL);
}
