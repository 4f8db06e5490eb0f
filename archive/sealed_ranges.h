/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which records a sealed file holds, by the collector's notes <archive>/sealed/<station>:
 * one line per file, in the order of the seal list:
 *
 *   <SHA-256 of the file> <epoch>:<first>-<last>[,<first>-<last>...] [<epoch>:...] <crc32c>
 *
 * the check sum is over the line before it.  Nobody signs them: what they say counts only
 * where something that is signed agrees.
 */
#ifndef ARCHIVE_SEALED_RANGES_H
#define ARCHIVE_SEALED_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/status.h"

#define SEALED_NOTES_MOST (256u << 20) /* bytes of one station's notes */

struct sealed_range {
	uint64_t epoch, first, last; /* both included */
	int64_t sealed_us;
	size_t seal; /* index in the seal list of the file that holds them */
};

struct sealed_ranges {
	size_t n, room;
	struct sealed_range *one; /* freed by the caller */
};

/* OK or FAILED: no memory. */
int sealed_ranges_add(struct sealed_ranges *ranges, const struct sealed_range *range);
/* One more record, told in the order (epoch, seq).  OK or FAILED: no memory. */
int sealed_ranges_grow(struct sealed_ranges *ranges, uint64_t epoch, uint64_t seq);

void sealed_notes_path(char *out, size_t room, const char *dir, const char *station);

/* The line of one file, newline included; caller frees. */
char *sealed_line_print(
        const uint8_t digest[DIGEST_SIZE], const struct sealed_range *range, size_t n);
/* Split a line (its newline taken away); OK or MALFORMED. */
int sealed_line_parse(
        char *line, uint8_t digest[DIGEST_SIZE], struct sealed_ranges *out);

/* By the notes: which records the file with this SHA-256 holds; caller frees.  OK,
 * NOT_FOUND or FAILED. */
int sealed_ranges_of(const char *dir, const char *station,
        const uint8_t file[DIGEST_SIZE], struct sealed_range **out, size_t *n);

#endif
