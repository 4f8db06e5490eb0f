/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator's server in a thread of its own. */
#ifndef TESTS_SERVED_H
#define TESTS_SERVED_H

#include <pthread.h>
#include <signal.h>

#include "sensors/simulator/simulate.h"

struct served {
	const struct scenario *scenario;
	struct simulate_options options; /* stop is set by served_begin */
	struct problem why;
	int status; /* of simulate_serve, after served_end */
	volatile sig_atomic_t stop;
	pthread_t thread;
};

void served_begin(struct served *served);
void served_end(struct served *served);

/* Open the link of a pseudo-terminal as soon as it is there; two seconds at most, then -1. */
int served_open(const char *path);

#endif
