/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a cabinet must remember over a restart: <journal folder>/cabinet.json, made by the poller's thread
 * and written, with a sync, by the keeper's, which alone waits for disks.
 */
#ifndef SENSORS_CABINET_MEMORY_H
#define SENSORS_CABINET_MEMORY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/record.h"
#include "base/status.h"
#include "sensors/cabinet/cabinet_shown.h"
#include "sensors/station/sampler.h"

#define CABINET_FILE      "cabinet.json"
#define CABINET_FILE_MOST 65536

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
	size_t n_maintenance;
	struct remembered_maintenance maintenance[CABINET_HOLDERS];
	size_t n_days;
	struct remembered_day day[CABINET_HOLDERS];
	struct moment counted; /* maintenance of the days, until then; 1970: never */
	struct remembered_command command;
};

/* OK; NOT_FOUND (then it is empty), or MALFORMED with the reason (empty too). */
int cabinet_memory_read(
        struct cabinet_memory *out, const char *path, struct problem *why);

/* The file's text. */
void cabinet_memory_print(const struct cabinet_memory *memory, FILE *out);

/* ---- from the one thread to the other ---- */

struct cabinet_note {
	pthread_mutex_t lock; /* held for a copy of what follows only */
	FILE *stream;         /* into text */
	size_t n;
	char text[CABINET_FILE_MOST];
	uint64_t version; /* of text */
	struct cabinet_shown shown;
	_Atomic uint64_t written; /* version on the disk */
	_Atomic int error;        /* errno of the last try, 0: it went well */
};
/* OK or FAILED. */
int cabinet_note_init(struct cabinet_note *note);
void cabinet_note_end(struct cabinet_note *note);

/* The poller's thread: put a new text there; its version. */
uint64_t cabinet_note_put(
        struct cabinet_note *note, const struct cabinet_memory *memory);

/* What is shown beside it; from the poller's thread to the keeper's. */
void cabinet_note_show(struct cabinet_note *note, const struct cabinet_shown *shown);
void cabinet_note_shown(struct cabinet_note *note, struct cabinet_shown *out);

/* The keeper's thread: write the newest, if it is not.  Its room is set aside, as that of the journal is: a
 * full disk does not make it forget. */
void cabinet_note_write(struct cabinet_note *note, const char *path);

#endif
