/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/link_fixture.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "base/log.h"
#include "base/socket_parts.h"
#include "base/wire.h"
#include "tests/kits/check.h"

static void quiet(enum log_level level, const char *text)
{
}

int64_t link_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void link_wait(int fd)
{
	struct pollfd item = { .fd = fd, .events = POLLIN };
	poll(&item, 1, 20);
}

int link_server_take(struct link *link, struct peer *peer, void *out, int within_ms)
{
	for (int64_t end = link_ms() + within_ms; link_ms() < end;) {
		int n = server_socket_receive(link->server, peer, out, WIRE_MOST);
		if (n != 0)
			return n;
		link_wait(server_socket_descriptor(link->server));
	}
	return 0;
}

int link_agent_take(struct link *link, void *out, size_t room, int within_ms)
{
	for (int64_t end = link_ms() + within_ms; link_ms() < end;) {
		int n = uplink_socket_receive(link->agent, out, room);
		if (n != 0)
			return n;
		link_wait(uplink_socket_descriptor(link->agent));
	}
	return 0;
}

int link_agent_send(struct link *link, const void *in, size_t n, int within_ms)
{
	for (int64_t end = link_ms() + within_ms; link_ms() < end;) {
		if (uplink_socket_send(link->agent, in, n) == OK)
			return OK;
		link_wait(uplink_socket_descriptor(link->agent));
	}
	return FULL;
}

void link_admit(struct link *link, const char *station, const char *key)
{
	char path[5000];
	snprintf(path, sizeof path, "%s/%s.pub", link->folder, station);
	unlink(path);
	assert_int_equal(key_write(path, key, 0, NULL), OK);
}

void link_open_server(struct link *link)
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

void link_open_agent(struct link *link, const char *server_key)
{
	struct uplink_options options = { .endpoint =
		                                  server_socket_endpoint(link->server),
		.server_key = server_key,
		.own = &link->agent_keys };
	assert_int_equal(uplink_socket_open(&link->agent, &options, NULL), OK);
}

void *link_raw_dealer(void *context, const struct link *link)
{
	void *dealer = zmq_socket(context, ZMQ_DEALER);
	zmq_setsockopt(dealer, ZMQ_LINGER, &(int){ 0 }, sizeof(int));
	socket_set_text(dealer, ZMQ_CURVE_SERVERKEY, link->server_keys.public_key);
	socket_set_text(dealer, ZMQ_CURVE_PUBLICKEY, link->agent_keys.public_key);
	socket_set_text(dealer, ZMQ_CURVE_SECRETKEY, link->agent_keys.secret_key);
	assert_int_equal(zmq_connect(dealer, server_socket_endpoint(link->server)), 0);
	return dealer;
}

int link_make(void **state)
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

int link_remove(void **state)
{
	struct link *link = *state;
	uplink_socket_close(link->agent);
	server_socket_close(link->server);
	void *folder = strdup(link->folder);
	free(link);
	/* cppcheck-suppress memleak */
	return scratch_remove(&folder);
}
