/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real quantrac-collectd in a scratch folder, and a small cabinet of base/socket and
 * base/wire. */
#ifndef TESTS_COLLECTD_KIT_H
#define TESTS_COLLECTD_KIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/socket.h"
#include "tests/kits/agent_kit.h"
#include "tests/kits/free_port.h"

#define EPOCH    UINT64_C(0xe2e0000000000001)
#define BEGIN    (AGENT_DAY - 40 * AGENT_1DAY)
#define PATIENCE 120000 /* ms before a test gives up */

struct collectd_kit {
	char dir[4096];
	pid_t collectd;
	int port;
	struct key_pair server, own;
	struct uplink_socket *socket;
	struct agent agent;
	struct agent_book book;
	uint64_t acked, next; /* all below are durable; next to be sent */
	uint32_t window;
	bool open;
	int64_t heard_ms;
	int tries;       /* sockets since something was heard */
	int silent_ms;   /* without an answer until a new socket is made; 0: 300 */
	int most_agents; /* of the configuration; 0: 4 */
	const char *commit_every; /* of the configuration; NULL: 10ms */
	rlim_t descriptors;       /* most of collectd; 0: as we have */
	char refusal[256];
};
extern struct collectd_kit t;

int64_t now_ms(void);
/* ---- the program ---- */

/* <dir>/collectd.yaml, with more lines behind it. */
void write_config(const char *more);
/* A child that dies with us, its words in collectd.log; arguments ended by NULL. */
pid_t spawn(const char *const *argument);
/* Wait for a child: its exit code, 128 + signal, or -1: it does not end. */
int wait_for(pid_t pid);
void start_collectd(void);
int end_collectd(int number);
/* Exit code of a run that cannot start; what it said is in `said`. */
int run_refused(const char *const *argument, char said[8192]);

/* ---- the cabinet ---- */

void connect_agent(void);
/* One round of its loop; waits at most 5 ms. */
void step(void);
bool run_until_acked(uint64_t seq);
/* The DESCRIBE first, then readings a step apart. */
void make_readings(int n, int64_t step_us);
const char *archive_dir(void);

/* ---- a test's beginning and end: a folder, keys, a configuration ---- */

int collectd_setup(void **state);
int collectd_teardown(void **state);

/* ---- what it says; both wait for the words, PATIENCE at most ---- */

void log_says(const char *part);
/* quantrac --archive <dir>/archive status MORE; to be freed. */
char *status_of_archive(const char *more);
/* Milliseconds until it said so. */
int64_t status_says(const char *more, const char *words);

#endif
