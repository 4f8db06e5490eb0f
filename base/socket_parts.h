/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files behind base/socket.h share, and the door (base/door.h).  Only socket.c,
 * socket_client.c, socket_server.c and door.c include zmq.h. */
#ifndef BASE_SOCKET_PARTS_H
#define BASE_SOCKET_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/socket.h"

#define KEY_BYTES  32
#define ENDPOINT   256
#define ZAP_DOMAIN "quantrac"
#define ZAP_KEY    "X-Key" /* property of a message: the key in Z85 that was admitted */

/* The bytes of a key in Z85; OK or MALFORMED. */
int key_bytes(const char *key, uint8_t out[KEY_BYTES]);

#define SERVER_MOST                                                                    \
	65536 /* libzmq counts the encrypted frame: 33 bytes more than the message */
#define UPLINK_MOST 4096 /* acknowledgements are small */

struct socket_number {
	int option, value;
};

/* Set options of type int, and the longest message; OK or FAILED. */
int socket_set_numbers(void *socket, const struct socket_number *number, size_t n);
int socket_set_most(void *socket, int64_t most);
int socket_set_text(void *socket, int option, const char *text);

/* What a number option of the collector's socket is set to, or FAILED; for tests. */
int server_socket_number(const struct server_socket *socket, int option);

/* The poll descriptor of a socket, or FAILED. */
int socket_descriptor(void *socket);

/* Fill `why` with what libzmq says about `what`; FAILED. */
int socket_problem(struct problem *why, const char *what, const char *endpoint);

#endif
