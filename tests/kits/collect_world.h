/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An archive with one station, what its cabinet gives it, and a reader of it. */
#ifndef TESTS_COLLECT_WORLD_H
#define TESTS_COLLECT_WORLD_H

#include <stdint.h>

#include "analysis/rule.h"
#include "archive/reader.h"
#include "tests/kits/agent_kit.h"

#define MIDNIGHT (AGENT_DAY + AGENT_1DAY)
#define MORNING  (MIDNIGHT + 7 * AGENT_HOUR)

struct world {
	char dir[4096];
	struct agent_book book;
	struct agent agent;
	struct ingest *ingest;
	struct reader *reader;
	struct rules rules;
};

/* A new archive below `folder`; the cabinet has described itself. */
void world_begin(struct world *world, const char *folder);

/* A permit (COD, QCVN 40:2011 column A) that the archive knows since time_us. */
void world_permit(struct world *world, const char *folder, int64_t time_us);

/* Readings each minute of hours [from, to) of the day; live ones (stored_us 0) are stored as they
 * are made. */
void world_readings(
        struct world *world, double from, double to, double value, int64_t stored_us);

/* The writer goes, world->reader comes. */
void world_read(struct world *world);
void world_end(struct world *world);

#endif
