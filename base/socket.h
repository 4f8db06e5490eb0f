/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two ends of the link between cabinet and collector: DEALER and ROUTER of ZeroMQ,
 * always with CURVE on tcp://.  Every socket option that matters is set
 * before bind or connect.
 */
#ifndef BASE_SOCKET_H
#define BASE_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define KEY_TEXT 41 /* a CURVE key in Z85, and a NUL */

struct key_pair {
	char public_key[KEY_TEXT], secret_key[KEY_TEXT];
};
/* A pair whose public key does not begin with '-', since it is written on command lines;
 * OK or FAILED. */
int key_pair_new(struct key_pair *pair);
int key_valid(const char *key); /* 40 characters that are Z85 */
/* The public key that belongs to pair->secret_key; OK or MALFORMED. */
int key_pair_complete(struct key_pair *pair);

/* Key files: one line of Z85.  Secrets are written 0400, and refused when others may
 * read them. Writing never replaces a file that is there (REFUSED). */
int key_write(const char *path, const char *key, int secret, struct problem *why);
int key_read(const char *path, char key[KEY_TEXT], int secret, struct problem *why);

/* Is this "tcp://ADDRESS:PORT"?  Nothing else is spoken, and always encrypted.  OK, or
 * REFUSED. */
int endpoint_check(const char *endpoint, struct problem *why);

/* ---- the agent's end ---- */
struct uplink_socket;
struct uplink_options {
	const char *endpoint;   /* "tcp://192.0.2.7:5710" */
	const char *server_key; /* the collector's public key: pinned */
	const struct key_pair *own;
};
int uplink_socket_open(struct uplink_socket **out, const struct uplink_options *options,
        struct problem *why);
void uplink_socket_close(struct uplink_socket *socket);
/* Closes and makes anew: libzmq does not come back by itself after a refused handshake.
 */
int uplink_socket_renew(struct uplink_socket *socket);
/* For poll, changed by renew.  It rings once for any number of messages and a send may
 * use the ring up: before every poll, receive until 0 is answered. */
int uplink_socket_descriptor(const struct uplink_socket *socket);
/* OK, or FULL: not taken, nothing lost. */
int uplink_socket_send(struct uplink_socket *socket, const void *in, size_t n);
/* Size of a message, 0 nothing yet, MALFORMED (longer than room; dropped). Never waits.
 */
int uplink_socket_receive(struct uplink_socket *socket, void *out, size_t room);

/* ---- the collector's end ---- */
/* Connections of one key that stay: a cabinet has one, and a few that the network has not told the end of. */
#define SERVER_A_KEY 8
struct server_socket;
struct server_options {
	const char *endpoint; /* "tcp://0.0.0.0:5710" */
	const struct key_pair *own;
	const char *agents_folder; /* <station>.pub files: the allow-list, read again by
	                              server_socket_reload */
	size_t most_agents;
	/* messages of one agent that are taken off the wire before they are received:
	 * more than it ever sends unanswered, and never less than 2 */
	int held;
	/* messages of one connection in a second of which none is acknowledged: who sends
	 * more loses it; well below `held`; 0: any number */
	unsigned most_unanswered;
	/* Connections open at once, strangers' included; 0: 2 for each agent and 256.  At
	 * that number nobody new is let in until half of them are gone; those that are in
	 * stay.  Up to `waiting` more stand in the queue of the system. */
	size_t most_open;
	int waiting; /* 0: 64 */
};
int server_socket_open(struct server_socket **out, const struct server_options *options,
        struct problem *why);
void server_socket_close(struct server_socket *socket);
/* For poll; as with the uplink, receive until 0 is answered before every poll. */
int server_socket_descriptor(const struct server_socket *socket);
/* Read the allow-list again; agents in it, or FAILED (the folder cannot be read: the
 * list stays as it is).  A peer whose key is gone is no longer heard. */
int server_socket_reload(struct server_socket *socket);
/* Is a key of this station on the list, as it was read last? */
bool server_socket_lists(struct server_socket *socket, const char *user);

#define PEER_SIZE 16
struct peer { /* who a message came from */
	uint8_t route[PEER_SIZE];
	size_t route_size;
	char user
	        [17]; /* the station whose key it is: from the key alone; "": nobody's */
	size_t size;  /* of the message, all its frames, also where it was dropped */
	int connection; /* -1: not known */
};
/* Do both name one connection? */
bool peer_same(const struct peer *a, const struct peer *b);

/* Size of a message, 0 nothing yet, MALFORMED: something was dropped (no single frame,
 * longer than room, or from a key no longer on the list); ask again.  Never waits. */
int server_socket_receive(
        struct server_socket *socket, struct peer *peer, void *out, size_t room);
/* OK, HUNG_UP (gone), FULL. */
int server_socket_send(struct server_socket *socket, const struct peer *peer,
        const void *in, size_t n);

/* An acknowledgement went to that connection: its sender may go on. */
void server_socket_acknowledged(struct server_socket *socket, const struct peer *peer);

/* Where the socket really is bound ("tcp://127.0.0.1:40123" for port *). */
const char *server_socket_endpoint(const struct server_socket *socket);

struct server_counts {
	uint64_t accepted, handshake_failed, refused_keys, disconnected, silent_users;
	uint64_t open,  /* connections now, those of strangers too */
	        closed, /* how often nobody new was let in because there were too many */
	        crowded; /* connections ended because one address or one key had too many */
	uint64_t floods; /* connections ended because they did not wait for answers */
	char flood_user[17]; /* whose was the last of these */
	char crowd[64];      /* the last of these: the address, or the station */
	char refused_key[KEY_TEXT],
	        refused_from[64]; /* the last key refused, "" if none was */
	char silent_user
	        [17]; /* whose messages were dropped last, "" if nobody's were */
};
void server_socket_counts(struct server_socket *socket, struct server_counts *out);

#endif
