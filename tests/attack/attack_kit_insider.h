/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A second cabinet beside the honest one of tests/attack/attack_kit.h, with a key of its own, that says what the attacks
 * like. */
#ifndef TESTS_ATTACK_KIT_INSIDER_H
#define TESTS_ATTACK_KIT_INSIDER_H

#include "tests/attack/attack_kit.h"

#define INSIDER       "bt-second"
#define INSIDER_EPOCH UINT64_C(0xbad0000000000001)

struct insider {
	struct agent agent;
	struct agent_book book;
	struct key_pair own;
	struct uplink_socket *socket;
	uint64_t acked, naks, welcomes;
};
extern struct insider bad;

int insider_setup(void **state);
int insider_teardown(void **state);

/* A new socket to this port of the loopback, until it is welcome. */
void insider_open(int port);

/* Take in what was answered. */
void insider_hear(void);

/* Both cabinets work for so long. */
void insider_work(int ms);

/* Records beyond the last. */
void insider_add(int n);

/* Its records from `first` on to the end, as a message in bad.agent.message; the size. */
size_t insider_message(uint64_t first);

/* Bytes as one message; false: not taken within five seconds. */
bool insider_send(const uint8_t *in, size_t n);

/* Are all its records acknowledged within that time? */
bool insider_acked(int ms);

/* An honest message is taken, as ever. */
void insider_is_heard(void);

/* Both are acknowledged, collectd ends well, and the journals hold their records once each and nothing
 * else. */
void insider_all_is_well(void);

/* Memory and descriptors grew by no more since `before`; one line about it. */
void insider_flat(
        const char *name, long times, const struct cost *before, long most_kib);

#endif
