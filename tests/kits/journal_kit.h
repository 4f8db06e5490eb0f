/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the journal's tests share: records known by their seq, journals to damage, calls
 * that fail. */
#ifndef TESTS_JOURNAL_KIT_H
#define TESTS_JOURNAL_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/journal.h"
#include "base/journal_file.h"

#define KIT_SOURCE "tram-01"
#define KIT_EPOCH  UINT64_C(0x1122334455667788)

/* The record of a seq: `payload_size` bytes made from it; its length. */
size_t kit_record(uint64_t seq, size_t payload_size, uint8_t *out, size_t room);
/* Is this the record of that seq, to the byte? */
bool kit_is(const uint8_t *record, size_t n, uint64_t seq);

/* Open the journal of KIT_SOURCE in a folder; asserts that it opens. */
/* With a journal_system that syncs nothing; NULL in its place is the real one. */
struct journal_options kit_options(const char *folder);
struct journal *kit_open(const char *folder, struct journal_recovery *recovery);
struct journal *kit_open_with(
        const struct journal_options *options, struct journal_recovery *recovery);

/* Append n records of payload_size, committing every `group`. */
void kit_append(struct journal *journal, size_t n, size_t payload_size, size_t group);

/* Path of a segment in the ring of in_folder(). */
const char *kit_segment(const char *folder, uint64_t first_seq);
/* Bytes of a segment file in use, header included. */
size_t kit_used(const char *path);
/* Change bytes of a file. */
void kit_poke(const char *path, long at, const void *in, size_t n);
void kit_flip(const char *path, size_t bit);
/* A folder and all in it. */
void kit_remove(const char *path);
/* A copy of a journal's folder. */
void kit_copy(const char *from, const char *to);

/* Have scratch folders made in memory where the machine has such a place: thousands of
 * copies. */
void kit_scratch_in_memory(void);

/* What a reader finds from `from` on: every record must be kit_record of its seq,
 * ascending. */
struct kit_found {
	uint64_t records, holes, missing, first, last;
};
struct kit_found kit_read(const char *folder, uint64_t epoch, uint64_t from);

/* Open a damaged journal, append three records, read it all, open it again: no seq
 * twice, none changed, and nothing torn is left.  What the first opening found. */
struct journal_recovery kit_goes_on(const char *folder, struct kit_found *found);

/* A journal_system whose n-th call fails with `error`; 0: none does. */
extern const struct journal_system kit_failing;
void kit_fail(long nth, int error);
long kit_calls(void);
/* From the failing call on every call fails. */
void kit_fail_on(bool on);

#endif
