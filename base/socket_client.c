/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's end: a DEALER that connects.  Options: reliability 2.5. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/socket_parts.h"

struct uplink_socket {
	void *context, *dealer;
	int fd;
	char endpoint[ENDPOINT], server_key[KEY_TEXT];
	struct key_pair own;
};

static const struct socket_number numbers[] = {
	{ ZMQ_LINGER, 0 },
	{ ZMQ_SNDHWM, 64 }, /* two windows: a socket that is full rests for 0.2 s */
	{ ZMQ_RCVHWM, 64 },
	{ ZMQ_IMMEDIATE, 1 }, /* nothing is queued for a peer that is not there */
	{ ZMQ_RECONNECT_IVL, 1000 },
	{ ZMQ_RECONNECT_IVL_MAX, 60000 },
	{ ZMQ_CONNECT_TIMEOUT, 10000 },
	{ ZMQ_HANDSHAKE_IVL, 10000 },
	{ ZMQ_HEARTBEAT_IVL, 5000 },
	{ ZMQ_HEARTBEAT_TIMEOUT, 15000 },
	{ ZMQ_TCP_KEEPALIVE, 1 },
};

static int set_options(const struct uplink_socket *socket, void *dealer)
{
	struct socket_number six = { ZMQ_IPV6, strchr(socket->endpoint, '[') != NULL };
	if (socket_set_numbers(dealer, numbers, sizeof numbers / sizeof numbers[0]) !=
	                OK ||
	        socket_set_numbers(dealer, &six, 1) != OK)
		return FAILED;
	if (socket_set_most(dealer, UPLINK_MOST) != OK ||
	        socket_set_text(dealer, ZMQ_CURVE_SERVERKEY, socket->server_key) !=
	                OK ||
	        socket_set_text(dealer, ZMQ_CURVE_PUBLICKEY, socket->own.public_key) !=
	                OK)
		return FAILED;
	return socket_set_text(dealer, ZMQ_CURVE_SECRETKEY, socket->own.secret_key);
}

int uplink_socket_renew(struct uplink_socket *socket)
{
	if (socket->dealer != NULL)
		zmq_close(socket->dealer);
	socket->fd = -1;
	socket->dealer = zmq_socket(socket->context, ZMQ_DEALER);
	if (socket->dealer == NULL)
		return FAILED;
	if (set_options(socket, socket->dealer) == OK &&
	        zmq_connect(socket->dealer, socket->endpoint) == 0) {
		socket->fd = socket_descriptor(socket->dealer);
		return socket->fd >= 0 ? OK : FAILED;
	}
	int saved = errno;
	zmq_close(socket->dealer);
	socket->dealer = NULL;
	errno = saved;
	return FAILED;
}

static int check_options(const struct uplink_options *options, struct problem *why)
{
	int status = endpoint_check(options->endpoint, why);
	if (status != OK)
		return status;
	if (!key_valid(options->server_key))
		return problem_set(why, MALFORMED, EXIT_CONFIG,
		        "the collector's public key '%s' is no key: 40 characters "
		        "(Z85) are "
		        "expected",
		        options->server_key);
	if (!key_valid(options->own->public_key) ||
	        !key_valid(options->own->secret_key))
		return problem_set(why, MALFORMED, EXIT_CONFIG,
		        "the station's own key pair is no key pair; `quantrac keys "
		        "new` makes "
		        "one");
	return OK;
}

int uplink_socket_open(struct uplink_socket **out, const struct uplink_options *options,
        struct problem *why)
{
	int status = check_options(options, why);
	if (status != OK)
		return status;
	struct uplink_socket *socket = calloc(1, sizeof *socket);
	if (socket == NULL)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "no memory for a socket");
	socket->own = *options->own;
	snprintf(socket->endpoint, sizeof socket->endpoint, "%s", options->endpoint);
	memcpy(socket->server_key, options->server_key, KEY_TEXT);
	socket->context = zmq_ctx_new();
	if (socket->context != NULL && uplink_socket_renew(socket) == OK) {
		*out = socket;
		return OK;
	}
	socket_problem(why, "cannot connect to", options->endpoint);
	uplink_socket_close(socket);
	return FAILED;
}

void uplink_socket_close(struct uplink_socket *socket)
{
	if (socket == NULL)
		return;
	if (socket->dealer != NULL)
		zmq_close(socket->dealer);
	if (socket->context != NULL)
		zmq_ctx_term(socket->context);
	explicit_bzero(&socket->own, sizeof socket->own);
	free(socket);
}

int uplink_socket_descriptor(const struct uplink_socket *socket)
{
	return socket->fd;
}

int uplink_socket_send(struct uplink_socket *socket, const void *in, size_t n)
{
	if (socket->dealer == NULL)
		return FULL;
	return zmq_send(socket->dealer, in, n, ZMQ_DONTWAIT) >= 0 ? OK : FULL;
}

/* Drop what is left of a message of several frames; how many there were. */
static int drop_rest(void *dealer)
{
	int dropped = 0, more = 0;
	size_t size = sizeof more;
	while (zmq_getsockopt(dealer, ZMQ_RCVMORE, &more, &size) == 0 && more) {
		char nothing[1];
		if (zmq_recv(dealer, nothing, sizeof nothing, ZMQ_DONTWAIT) < 0)
			break;
		dropped++;
	}
	return dropped;
}

int uplink_socket_receive(struct uplink_socket *socket, void *out, size_t room)
{
	if (socket->dealer == NULL)
		return 0;
	int n = zmq_recv(socket->dealer, out, room, ZMQ_DONTWAIT);
	if (n < 0)
		return 0;
	if (drop_rest(socket->dealer) > 0 || n == 0 || (size_t)n > room)
		return MALFORMED;
	return n;
}
