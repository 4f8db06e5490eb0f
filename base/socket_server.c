/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The collector's end: a ROUTER that is bound, with a door before it.  Options:
 * reliability 2.5. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/door.h"

#define HELD_LEAST 2
#define OPEN_SPARE 256

struct server_socket {
	void *context, *router;
	int fd;
	char endpoint[ENDPOINT];
	struct door door;
};

static const struct socket_number numbers[] = {
	{ ZMQ_LINGER, 0 },
	{ ZMQ_ROUTER_HANDOVER, 0 },  /* nobody takes over another's route */
	{ ZMQ_ROUTER_MANDATORY, 1 }, /* a peer that is gone is an error, not silence */
	{ ZMQ_SNDHWM, 16 },
	{ ZMQ_HANDSHAKE_IVL, 5000 },
	{ ZMQ_HEARTBEAT_IVL, 5000 },
	{ ZMQ_HEARTBEAT_TIMEOUT, 15000 },
	{ ZMQ_HEARTBEAT_TTL, 20000 },
	{ ZMQ_TCP_KEEPALIVE, 1 },
	{ ZMQ_CURVE_SERVER, 1 },
};

static int waiting_of(const struct server_options *options)
{
	bool told = options->waiting > 0 && options->waiting < SPARE_MOST;
	return told ? options->waiting : SPARE_MOST;
}

static int set_options(void *router, const struct server_options *options)
{
	int held = options->held > HELD_LEAST ? options->held : HELD_LEAST;
	const struct socket_number ours[] = {
		{ ZMQ_IPV6, strchr(options->endpoint, '[') != NULL },
		/* with the window of WELCOME this bounds memory */
		{ ZMQ_RCVHWM, held },
		{ ZMQ_BACKLOG, waiting_of(options) },
	};
	if (socket_set_numbers(router, numbers, sizeof numbers / sizeof numbers[0]) !=
	                OK ||
	        socket_set_numbers(router, ours, sizeof ours / sizeof ours[0]) != OK)
		return FAILED;
	if (socket_set_most(router, SERVER_MOST) != OK ||
	        socket_set_text(router, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN) != OK)
		return FAILED;
	return socket_set_text(router, ZMQ_CURVE_SECRETKEY, options->own->secret_key);
}

int server_socket_number(const struct server_socket *socket, int option)
{
	int value;
	size_t n = sizeof value;
	return zmq_getsockopt(socket->router, option, &value, &n) == 0 ? value : FAILED;
}

static int bind_router(
        struct server_socket *socket, const struct server_options *options)
{
	size_t size = sizeof socket->endpoint;
	socket->router = zmq_socket(socket->context, ZMQ_ROUTER);
	if (socket->router == NULL || set_options(socket->router, options) != OK ||
	        door_watch(socket->router) != OK ||
	        zmq_bind(socket->router, options->endpoint) != 0 ||
	        zmq_getsockopt(socket->router, ZMQ_LAST_ENDPOINT, socket->endpoint,
	                &size) != 0)
		return FAILED;
	socket->fd = socket_descriptor(socket->router);
	return socket->fd >= 0 ? OK : FAILED;
}

static void close_router(struct server_socket *socket)
{
	if (socket->router == NULL)
		return;
	zmq_socket_monitor(socket->router, NULL, 0);
	zmq_close(socket->router);
}

static int listen_problem(struct problem *why, const char *endpoint)
{
	if (zmq_errno() != EADDRINUSE)
		return socket_problem(why, "cannot listen on", endpoint);
	return problem_set(why, FAILED, EXIT_CONFIG,
	        "cannot listen on %s: %s: another program listens there (ss -ltnp "
	        "shows "
	        "which): end it, or take another port, with listen of the "
	        "configuration "
	        "or --listen, and tell it to the cabinets (endpoint)",
	        endpoint, zmq_strerror(EADDRINUSE));
}

static int open_parts(struct server_socket *socket,
        const struct server_options *options, struct problem *why)
{
	socket->context = zmq_ctx_new();
	if (socket->context == NULL)
		return socket_problem(why, "cannot listen on", options->endpoint);
	int status = door_open(&socket->door, socket->context, why);
	if (status != OK) {
		zmq_ctx_term(socket->context);
		return status;
	}
	if (bind_router(socket, options) == OK)
		return OK;
	listen_problem(why, options->endpoint);
	close_router(socket);
	zmq_ctx_shutdown(socket->context);
	door_close(&socket->door);
	zmq_ctx_term(socket->context);
	return FAILED;
}

int server_socket_open(struct server_socket **out, const struct server_options *options,
        struct problem *why)
{
	int status = endpoint_check(options->endpoint, why);
	if (status != OK)
		return status;
	if (!key_valid(options->own->secret_key))
		return problem_set(why, MALFORMED, EXIT_CONFIG,
		        "the collector's secret key is no key; `quantrac keys new` "
		        "makes one");
	struct server_socket *socket = calloc(1, sizeof *socket);
	if (socket == NULL)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "no memory for a socket");
	socket->door.most_agents = options->most_agents > 0 ? options->most_agents : 1;
	socket->door.most_open = options->most_open > 0
	                                 ? options->most_open
	                                 : 2 * socket->door.most_agents + OPEN_SPARE;
	socket->door.waiting = waiting_of(options) + 1;
	socket->door.most_unanswered = options->most_unanswered;
	snprintf(socket->door.folder, sizeof socket->door.folder, "%s",
	        options->agents_folder);
	status = open_parts(socket, options, why);
	if (status != OK) {
		free(socket);
		return status;
	}
	*out = socket;
	return OK;
}

void server_socket_close(struct server_socket *socket)
{
	if (socket == NULL)
		return;
	close_router(socket);
	zmq_ctx_shutdown(socket->context);
	door_close(&socket->door);
	zmq_ctx_term(socket->context);
	free(socket);
}

int server_socket_descriptor(const struct server_socket *socket)
{
	return socket->fd;
}

int server_socket_reload(struct server_socket *socket)
{
	return door_reload(&socket->door);
}

bool server_socket_lists(struct server_socket *socket, const char *user)
{
	return door_lists(&socket->door, user);
}

const char *server_socket_endpoint(const struct server_socket *socket)
{
	return socket->endpoint;
}

/* The route frame; 1, 0 nothing there, MALFORMED: not a route of ours. */
static int receive_route(void *router, struct peer *peer)
{
	int n = zmq_recv(router, peer->route, sizeof peer->route, ZMQ_DONTWAIT);
	if (n < 0)
		return 0;
	peer->route_size = (size_t)n;
	return n > 0 && (size_t)n <= sizeof peer->route ? 1 : MALFORMED;
}

/* The frame behind it: its size, or MALFORMED; takes all frames there are. */
static int receive_frame(
        struct server_socket *socket, struct peer *peer, void *out, size_t room)
{
	zmq_msg_t frame;
	int frames = 0, size = MALFORMED, more = 1;
	while (more) {
		zmq_msg_init(&frame);
		if (zmq_msg_recv(&frame, socket->router, ZMQ_DONTWAIT) < 0)
			return MALFORMED;
		size_t n = zmq_msg_size(&frame);
		const char *user = zmq_msg_gets(&frame, "User-Id");
		const char *key = zmq_msg_gets(&frame, ZAP_KEY);
		peer->connection = zmq_msg_get(&frame, ZMQ_SRCFD);
		bool known =
		        door_hears(&socket->door, peer->connection, user, key) && n > 0;
		if (known)
			snprintf(peer->user, sizeof peer->user, "%s", user);
		if (known && n <= room) {
			memcpy(out, zmq_msg_data(&frame), n);
			size = (int)n;
		}
		peer->size += n;
		more = zmq_msg_more(&frame);
		zmq_msg_close(&frame);
		frames++;
	}
	return frames == 1 ? size : MALFORMED;
}

bool peer_same(const struct peer *a, const struct peer *b)
{
	return a->route_size == b->route_size &&
	       memcmp(a->route, b->route, a->route_size) == 0;
}

int server_socket_receive(
        struct server_socket *socket, struct peer *peer, void *out, size_t room)
{
	peer->user[0] = '\0';
	peer->size = 0;
	peer->connection = -1;
	int status = receive_route(socket->router, peer);
	if (status == 0)
		return 0;
	int size = receive_frame(socket, peer, out, room);
	return status == 1 ? size : MALFORMED;
}

int server_socket_send(
        struct server_socket *socket, const struct peer *peer, const void *in, size_t n)
{
	int flags = ZMQ_DONTWAIT | ZMQ_SNDMORE;
	if (zmq_send(socket->router, peer->route, peer->route_size, flags) < 0)
		return zmq_errno() == EAGAIN ? FULL : HUNG_UP;
	if (zmq_send(socket->router, in, n, ZMQ_DONTWAIT) < 0)
		return zmq_errno() == EAGAIN ? FULL : HUNG_UP;
	return OK;
}

void server_socket_acknowledged(struct server_socket *socket, const struct peer *peer)
{
	door_acknowledged(&socket->door, peer->connection);
}

void server_socket_counts(struct server_socket *socket, struct server_counts *out)
{
	pthread_mutex_lock(&socket->door.lock);
	*out = socket->door.counts;
	pthread_mutex_unlock(&socket->door.lock);
}
