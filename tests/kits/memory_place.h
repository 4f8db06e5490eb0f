/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where scratch folders of thousands of small files go: memory, if there is a place that
 * has room for it. */
#ifndef TESTS_MEMORY_PLACE_H
#define TESTS_MEMORY_PLACE_H

#include <sys/statvfs.h>
#include <unistd.h>

#define MEMORY_PLACE_LEAST (512ull << 20) /* containers often have 64 MiB there */

static inline const char *memory_place(void)
{
	struct statvfs fs;
	if (access("/dev/shm", W_OK | X_OK) == 0 && statvfs("/dev/shm", &fs) == 0 &&
	        (unsigned long long)fs.f_bavail * fs.f_frsize >= MEMORY_PLACE_LEAST)
		return "/dev/shm";
	return "/tmp";
}

#endif
