/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real collectd for a cabinet under test, and what its archive holds afterwards. */
#ifndef TESTS_E2E_COLLECTOR_H
#define TESTS_E2E_COLLECTOR_H

#include <stddef.h>
#include <sys/types.h>

struct collector {
	pid_t pid;
	char endpoint[64];
};

/* Keys for `station` in <folder>/keys, an archive in <folder>/archive, and collectd
 * listening. */
struct collector collector_begin(const char *folder, const char *station);

/* Text to add to a station's configuration so that it sends to this collector. */
const char *collector_section(const struct collector *collector, const char *station);

/* SIGTERM; it must end well. */
void collector_finish(struct collector *collector);

/* Seal all that came.  Every record of the cabinet's journal must then lie in the
 * sealed files, byte for byte, once, and nothing else of that station; records
 * compared. */
size_t sealed_equals_journal(const char *folder, const char *station);

#endif
