/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a cabinet must remember over a restart: <journal folder>/cabinet.json, made by the poller's thread
 * and written, with a sync, by the keeper's, which alone waits for disks.
 */
#ifndef SENSORS_CABINET_MEMORY_H
#define SENSORS_CABINET_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/record.h"
#include "base/status.h"
#include "sensors/station/maintenance_day.h"
#include "sensors/station/sampler.h"

#define CABINET_FILE "cabinet.json"

struct remembered_maintenance {
	char id[ID_SIZE + 8]; /* "by key", "cod", "all instruments" */
	bool on, spent;
	struct moment began;
};

struct remembered_day { /* maintenance of an instrument */
	char instrument[ID_SIZE];
	struct maintenance_day day;
};

/* A command that was ordered, and of which it is not yet known what became of it. */
struct remembered_command {
	char instrument[ID_SIZE]; /* "": none */
	char what[640], by[480];
};

struct cabinet_memory {
	bool known;          /* there was a file, and it could be read */
	uint64_t boot;       /* in which it was written */
	bool ended_well;     /* the program said good-bye */
	uint64_t wtmp_inode; /* how far wtmp was read; 0: never */
	int64_t wtmp_at;
	struct sampler_kept sampler;
	size_t n_maintenance, n_days;
	struct remembered_maintenance *maintenance;
	struct remembered_day *day;
	struct moment counted; /* maintenance of the days, until then; 1970: never */
	struct remembered_command command;
};

/* Room for so many of each, empty.  OK or FAILED. */
int cabinet_memory_init(
        struct cabinet_memory *memory, size_t n_maintenance, size_t n_days);
void cabinet_memory_free(struct cabinet_memory *memory);

/* OK; NOT_FOUND (then it is empty), or MALFORMED with the reason (empty too).  To be
 * freed. */
int cabinet_memory_read(
        struct cabinet_memory *out, const char *path, struct problem *why);

/* The file's text. */
void cabinet_memory_print(const struct cabinet_memory *memory, FILE *out);

#endif
