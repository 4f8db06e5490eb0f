/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A memory group of the kernel (cgroup, version 1 or 2) for one program. */
#ifndef TESTS_MEMORY_GROUP_H
#define TESTS_MEMORY_GROUP_H

#include <stdbool.h>
#include <stdint.h>

struct memory_group {
	char path[256];
	bool old; /* version 1 */
};

/* Make one with this limit, page cache included; false: this machine lets us not. */
bool memory_group_make(struct memory_group *group, uint64_t bytes);
void memory_group_remove(const struct memory_group *group); /* empty again */

/* The most it ever held, page cache included, in bytes. */
uint64_t memory_group_most(const struct memory_group *group);
/* How often the limit was met (and pages given back), and processes killed for it. */
uint64_t memory_group_met(const struct memory_group *group);
uint64_t memory_group_killed(const struct memory_group *group);

#endif
