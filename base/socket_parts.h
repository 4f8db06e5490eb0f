/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files behind base/socket.h share.  Nobody else includes this, nor zmq.h. */
#ifndef BASE_SOCKET_PARTS_H
#define BASE_SOCKET_PARTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/guests.h"
#include "base/record.h"
#include "base/socket.h"

#define KEY_BYTES  32
#define ENDPOINT   256
#define ZAP_DOMAIN "quantrac"
#define ZAP_KEY    "X-Key" /* property of a message: the key in Z85 that was admitted */
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

/* ---- the door: who may come in, answered in a thread of its own ---- */

struct agent {
	char user[SOURCE_SIZE + 1];
	uint8_t key[KEY_BYTES];
	char key_text[KEY_TEXT];
};

#define SPARE_MOST 64

struct door {
	pthread_mutex_t lock; /* of everything up to counts */
	struct agent *agent;  /* sorted by user */
	size_t n_agents, most_agents;
	struct server_counts counts;
	struct guests guests;
	size_t most_open;
	unsigned most_unanswered; /* 0: any number */
	bool full;                /* nobody else may come in */
	int listener; /* descriptor on which libzmq listens, -1: not known */
	/* spare: held while there is room; one more than may wait, since Linux lets
	 * one more into the queue than it was told */
	int spare[SPARE_MOST + 1], n_spare, waiting;
	pthread_t thread;
	void *answers, *events; /* REP of ZAP, PAIR of the monitor; the thread's own */
	char folder[4096];
};

/* Read the list, bind the ZAP answerer in `context` and start its thread.  OK or a
 * problem. */
int door_open(struct door *door, void *context, struct problem *why);
/* Follow the connections of `router` too; before it is bound.  OK or FAILED. */
int door_watch(void *router);
int door_reload(struct door *door);
/* Is this key of this user on the list?  With the lock held. */
bool door_admits(const struct door *door, const char *user, const char *key_text);
/* Is it anybody's?  With the lock held. */
bool door_lists_key(const struct door *door, const char *key_text);
/* A message came by connection `fd` (-1: not known): is its key still on the list?  If it is not, or there are
 * too many connections of it, one is cut. */
bool door_hears(struct door *door, int fd, const char *user, const char *key_text);
/* Is any key of this user on the list? */
bool door_lists(struct door *door, const char *user);
/* What came by that connection was acknowledged. */
void door_acknowledged(struct door *door, int fd);
/* Take a question from door->answers and answer it. */
void door_answer(struct door *door);
/* After zmq_ctx_shutdown: waits for the thread, frees the list. */
void door_close(struct door *door);

#endif
