/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work on libhdf5 in a child process.  A write that fails while a file is closed leaves
 * libhdf5 1.10 with objects it can neither close nor forget, which it then finds in every
 * later file: one full disk, and nothing could be sealed until the next start.
 */
#ifndef COLLECTOR_APART_H
#define COLLECTOR_APART_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/status.h"

struct apart {
	int (*run)(void *with, struct problem *why); /* in the child; it must not log */
	void *with;
	const atomic_bool
	        *enough; /* set from another thread: the child is ended; NULL */
	void *out;       /* these bytes are as the child left them; NULL: none */
	size_t out_size;
	pid_t pid; /* of the child under way */
	int pipe;  /* its answer comes here */
};

enum { APART_MOST = 256 }; /* most bytes that come back */

/* What run() answered, or FAILED when the child cannot be made, dies, or is ended. */
int apart_run(struct apart *apart, struct problem *why);

/* The same in two steps, with time for something else between: OK, and then the second
 * must follow; or FAILED. */
int apart_begin(struct apart *apart, struct problem *why);
int apart_end(struct apart *apart, struct problem *why);

#endif
