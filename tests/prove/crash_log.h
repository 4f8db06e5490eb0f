/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of what a program did to the disk: tests/prove/shim_writes.c writes it,
 * tests/prove/crash_disk.c reads it. */
#ifndef TESTS_CRASH_LOG_H
#define TESTS_CRASH_LOG_H

#include <stdint.h>

#define CRASH_MARK_FD 777

enum crash_type {
	CRASH_OPEN = 1, /* at: 1 cut to nothing, 2 made; first: path */
	CRASH_WRITE,    /* second: the bytes */
	CRASH_TRUNCATE, /* at: the size */
	CRASH_ALLOCATE, /* at: the size it has at least */
	CRASH_SYNC,
	CRASH_RENAME, /* first, second: paths */
	CRASH_LINK,
	CRASH_UNLINK,
	CRASH_MKDIR,
	CRASH_MARK, /* second: what the program says */
};

/* Behind it first_n and second_n bytes.  Paths are below the root. */
struct crash_entry {
	uint8_t type; /* enum crash_type */
	uint32_t handle, first_n, second_n;
	uint64_t at;
};

#endif
