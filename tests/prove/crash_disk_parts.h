/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of crash_disk.c, which reads a log, and crash_lay.c, which makes disks of it. */
#ifndef TESTS_CRASH_DISK_PARTS_H
#define TESTS_CRASH_DISK_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/prove/crash_disk.h"
#include "tests/prove/crash_log.h"

#define NEVER   SIZE_MAX
#define NOTHING SIZE_MAX

/* A file or a folder. */
struct node {
	bool folder;
	char *data; /* of a file that was there before */
	size_t n;
	ino_t inode; /* of that file */
};

/* A name in a folder. */
struct name {
	size_t folder, node;
	const char *text;
};

struct names {
	size_t n, room;
	struct name *one;
};

struct call {
	struct crash_entry entry;
	const char *first, *second;
	size_t node;            /* NOTHING: none */
	struct name name, from; /* what a name call sets; a rename takes `from` away */
	size_t durable;         /* the call by which this one is on the disk, NEVER */
};

struct crash_disk {
	char *text; /* the log */
	size_t n, room;
	struct call *call;
	size_t n_nodes, nodes_room;
	struct node *node;
	struct names before, now; /* now: as the calls read so far left it */
	char **kept;              /* texts owned */
	size_t n_kept;
	size_t *handle; /* node of each */
	size_t n_handles;
};

/* Does the call change a file's bytes or size, or the names in a folder? */
bool call_is_data(const struct call *call);
bool call_is_name(const struct call *call);

/* What the call does to the names there are. */
void call_apply(struct names *names, const struct call *call);
void name_set(struct names *names, const struct name *name);

#endif
