/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link with real CURVE on loopback.  Waiting is poll() on the sockets' own
 * descriptors. */
#ifndef TESTS_LINK_FIXTURE_H
#define TESTS_LINK_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/socket.h"

#define SOON_MS  60000 /* what should happen has happened by then */
#define NEVER_MS 300   /* what should not happen would have by then */

#define MOST_OPEN 10 /* connections */

struct link {
	char folder[4096];
	struct key_pair server_keys, agent_keys;
	struct server_socket *server;
	struct uplink_socket *agent;
};

int64_t link_ms(void);
/* Until something came there, or a moment. */
void link_wait(int fd);

/* A message within so many milliseconds: its size, 0 none, MALFORMED. */
int link_server_take(struct link *link, struct peer *peer, void *out, int within_ms);
int link_agent_take(struct link *link, void *out, size_t room, int within_ms);
/* OK, or FULL: until the connection stands nothing is taken. */
int link_agent_send(struct link *link, const void *in, size_t n, int within_ms);

/* Lay a key into the folder of agents, in the place of one that is there. */
void link_admit(struct link *link, const char *station, const char *key);
void link_open_server(struct link *link);
void link_open_agent(struct link *link, const char *server_key);

/* A bare socket with the agent's keys, connected, for messages of another form; the caller closes it. */
void *link_raw_dealer(void *context, const struct link *link);

/* cmocka fixtures. */
int link_make(void **state);
int link_remove(void **state);
#define LINK(test) cmocka_unit_test_setup_teardown(test, link_make, link_remove)

#endif
