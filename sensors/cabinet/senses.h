/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet as quantrac-sensord holds it: what it remembers is read at the start, and written by the
 * keeper's thread. */
#ifndef SENSORS_SENSES_H
#define SENSORS_SENSES_H

#include <limits.h>

#include "sensors/cabinet/cabinet.h"
#include "sensors/poller/poller.h"

struct senses {
	struct cabinet *cabinet;
	struct cabinet_note note;
	char path[PATH_MAX]; /* of the memory */
};

/* Options without note, memory and lines, which are those of the poller.  OK, or FAILED: no memory.  A file that cannot be read is told, and nothing
 * is remembered. */
int senses_open(struct senses *senses, const struct cabinet_options *options,
        struct poller *poller, const struct moment *now);

/* The poller's thread: call it while it says so, at most for a few seconds. */
bool senses_end(struct senses *senses, const struct moment *now);

/* The keeper's thread: write what changed. */
void senses_write(struct senses *senses);

/* After both threads. */
void senses_close(struct senses *senses);

#endif
