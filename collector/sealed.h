/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which records of a station are sealed.  The truth is the seal list and the files it
 * names; beside it the notes <archive>/sealed/<station> (archive/sealed_ranges.h) save
 * opening them all at every start.  A line of them that is missing or damaged is made again
 * from the file.
 */
#ifndef COLLECTOR_SEALED_H
#define COLLECTOR_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/archive.h"
#include "archive/proof.h"
#include "archive/sealed_ranges.h"
#include "base/record.h"
#include "base/status.h"

struct sealed {
	char station[SOURCE_SIZE + 1];
	size_t n, room;
	struct sealed_range *range; /* sorted by epoch, first */
};

/* What is known of `station`, from the notes or else from the files.  A file that
 * cannot be read is named and passed over: its records, if a journal still has them,
 * are sealed once more.  OK, FAILED. */
int sealed_load(struct sealed *sealed, const char *dir, const char *station,
        const struct seal_list *list);
void sealed_free(struct sealed *sealed);

/* The ranges of one more file, sorted: into memory, and a line behind the notes.  OK or
 * FAILED (the notes; they are made again at the next start). */
int sealed_note(struct sealed *sealed, const char *dir, const struct seal *seal,
        const struct sealed_range *range, size_t n);

/* How many files the notes of all stations name that the list does not. */
size_t sealed_beyond(const char *dir, const struct seal_list *list);

/* Open the file of a seal, if it is to the bit what was sealed; in the sealing thread
 * alone.  OK, MALFORMED: it is not there or not what was sealed, or FAILED: it could not be
 * looked at (memory, descriptors, libhdf5). */
struct day;
int sealed_open(struct day **out, const char *dir, const struct seal *seal,
        struct problem *why);

/* Into memory only; OK or FAILED. */
int sealed_add(struct sealed *sealed, const struct sealed_range *range, size_t n);

/* Is this record sealed?  Then *last is the last of its range. */
bool sealed_has(
        const struct sealed *sealed, uint64_t epoch, uint64_t seq, uint64_t *last);

/* The range that holds the record, or NULL. */
const struct sealed_range *sealed_holder(
        const struct sealed *sealed, uint64_t epoch, uint64_t seq);

/* From `seq` on, the first record of the epoch that is not sealed, or was so after
 * `before_us`. */
uint64_t sealed_until(
        const struct sealed *sealed, uint64_t epoch, uint64_t seq, int64_t before_us);

#endif
