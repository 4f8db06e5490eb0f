/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/memory_group.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool put(const struct memory_group *group, const char *name, const char *text)
{
	char path[320];
	snprintf(path, sizeof path, "%s/%s", group->path, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return done;
}

/* The number behind `key`, or the only one of the file. */
static uint64_t get(const struct memory_group *group, const char *name, const char *key)
{
	char path[320], line[256];
	uint64_t value = 0;
	snprintf(path, sizeof path, "%s/%s", group->path, name);
	FILE *in = fopen(path, "re");
	while (in != NULL && fgets(line, sizeof line, in) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtoull(line + strlen(key), NULL, 10);
	if (in != NULL)
		fclose(in);
	return value;
}

static bool make_at(struct memory_group *group, const char *parent, const char *limit)
{
	snprintf(group->path, sizeof group->path, "%s/quantrac-%d", parent,
	        (int)getpid());
	if (mkdir(group->path, 0755) != 0)
		return false;
	if (put(group, group->old ? "memory.limit_in_bytes" : "memory.max", limit))
		return true;
	rmdir(group->path);
	return false;
}

bool memory_group_make(struct memory_group *group, uint64_t bytes)
{
	char limit[32];
	snprintf(limit, sizeof limit, "%" PRIu64, bytes);
	group->old = true;
	if (make_at(group, "/sys/fs/cgroup/memory", limit))
		return true;
	group->old = false;
	return make_at(group, "/sys/fs/cgroup", limit);
}

void memory_group_remove(const struct memory_group *group)
{
	rmdir(group->path);
}

uint64_t memory_group_most(const struct memory_group *group)
{
	return get(group, group->old ? "memory.max_usage_in_bytes" : "memory.peak", "");
}

uint64_t memory_group_met(const struct memory_group *group)
{
	return group->old ? get(group, "memory.failcnt", "")
	                  : get(group, "memory.events", "max ");
}

uint64_t memory_group_killed(const struct memory_group *group)
{
	return get(group, group->old ? "memory.oom_control" : "memory.events",
	        "oom_kill ");
}
