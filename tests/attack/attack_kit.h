/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the attacks share: a real collectd under attack by a child process, while an honest cabinet
 * (tests/kits/collectd_kit.h) goes on sending and has its acknowledgements timed; and what that costs the
 * collector: memory, descriptors, processor time.
 */
#ifndef TESTS_ATTACK_KIT_H
#define TESTS_ATTACK_KIT_H

#include <stddef.h>
#include <stdint.h>

#include "tests/kits/collectd_kit.h"

/* Of collectd, now. */
struct cost {
	long rss_kib, descriptors;
	double cpu_s;
};
struct cost cost_now(void);

/* What an attacker tells, in memory shared with it. */
struct told {
	long peers;             /* connections it made */
	long dropped;           /* of them, closed by collectd */
	double first_s, last_s; /* until the first and the last was dropped */
	long taken;             /* bytes collectd took from one of them, at most */
	long extra;             /* as the attack says */
};

struct result {
	struct told told;
	struct cost before, peak, after;
	double seconds, ack_ms; /* of the attack; longest wait of the honest cabinet */
	uint64_t acked;         /* records of it acknowledged meanwhile */
};

/* Run `attack` in a child while the honest cabinet works, at most `most_s`; asserts that the child ends
 * well, that the cabinet's records were acknowledged all the while, and that collectd lives. */
struct result attacked(void (*attack)(struct told *told), int most_s);

/* One line about it. */
void result_print(const char *name, const struct result *result);
double result_kib_per_peer(const struct result *result);

/* Start collectd and have days of records acknowledged and sealed. */
void honest_begin(void);
/* The cabinet has its last records acknowledged, collectd ends well, and its journal holds each of the
 * cabinet's records once. */
void honest_end(void);

/* The honest cabinet sends for so long; its longest wait. */
double honest(int ms);

/* ---- for attackers ---- */

/* A TCP connection to collectd; -1: refused. */
int knock(void);
/* The same, not waited for. */
int knock_soon(void);

/* What a client of ZMTP 3 says first: 64 bytes, naming this mechanism. */
void greeting_put(uint8_t out[64], const char *mechanism);

/* Wait until collectd has closed all of these, at most `most_s`: into told. */
void await_drops(
        int *fd, const double *since_s, size_t n, struct told *told, double most_s);

double clock_s(void);

/* ---- fixtures ---- */

int attack_setup(void **state); /* a folder, keys, a configuration */
int attack_teardown(void **state);

/* A number of the status file's link section, "malformed"; waits until it is fresh. */
uint64_t link_count(const char *key);
/* The same, looked at again until it is `wanted` or PATIENCE is over. */
uint64_t link_count_reaches(const char *key, uint64_t wanted);
/* Wait, the honest cabinet at work, until collectd has no more descriptors than that. */
bool descriptors_fall_to(long most);

/* Whole log of collectd; one buffer. */
const char *collectd_log(void);

#endif
