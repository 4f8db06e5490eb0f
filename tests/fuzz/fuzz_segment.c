/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One segment of a journal, in memory: what a reader and recovery walk over.  Whatever its bytes, the
 * walk ends, seqs ascend, holes lie between them, and nothing is found that does not validate.  First
 * byte: bit 0, check sums are put right; bits 1 and 2, what follows the segment; bit 3, beside its writer.
 */
#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/journal_file.h"
#include "tests/fuzz/fuzz_kit.h"

/* Check sums of the header and of entries as far as their lengths lead. */
static void mend(uint8_t *segment, size_t n)
{
	put_le32(segment + 60, crc32c(0, segment, 60));
	uint32_t seed = segment_seed(get_le64(segment + 24), get_le64(segment + 32));
	for (size_t at = JOURNAL_HEADER; at + JOURNAL_ENTRY <= n;) {
		int size = entry_length(segment + at);
		if (size <= 0 || at + (size_t)size > n)
			return;
		entry_seal(segment + at, seed, get_le16(segment + at + 6) & 1);
		at += (size_t)size;
	}
}

static void open_walk(struct walk *walk, const uint8_t *in, size_t n)
{
	static int fd = -1;
	if (fd < 0) {
		fd = memfd_create("segment", MFD_CLOEXEC);
		assert(fd >= 0 && window_init(&walk->window) == OK);
	}
	assert(ftruncate(fd, (off_t)n) == 0 && pwrite(fd, in, n, 0) == (ssize_t)n);
	walk->window.fd = fd;
	walk->window.size = n;
	walk->damaged = false;
	window_refresh(&walk->window);
}

static void check_entry(
        const struct walk *walk, const struct found *found, uint64_t last)
{
	struct record record;
	const struct journal_entry *entry = &found->entry;
	assert(record_decode(&record, entry->record, entry->size) == (int)entry->size);
	assert(record.seq == entry->seq && entry->seq >= last);
	assert(record.epoch == walk->window.segment.epoch);
	assert(found->offset >= JOURNAL_HEADER &&
	        found->offset + found->size <= walk->window.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static uint8_t copy[1 << 16];
	static struct walk walk;
	struct found found;
	struct hole hole;
	int status;
	if (n < 1 + JOURNAL_HEADER || n > sizeof copy)
		return 0;
	memcpy(copy, in + 1, n - 1);
	if (in[0] & 1)
		mend(copy, n - 1);
	struct segment *segment = &walk.window.segment;
	if (segment_get(segment, copy) != OK)
		return 0;
	open_walk(&walk, copy, n - 1);
	walk.window.seed = segment_seed(segment->epoch, segment->number);
	walk.window.known = walk.window.header_sound = true;
	walk.offset = JOURNAL_HEADER;
	walk.expected = segment->first_seq;
	walk.beside_writer = in[0] & 8;
	const uint64_t behind = segment->first_seq + 20;
	const uint64_t limits[] = { LIMIT_NEWEST, LIMIT_NONE, behind, behind };
	uint64_t limit = limits[in[0] >> 1 & 3], last = 0;
	while ((status = walk_step(&walk, limit, &found, &hole)) != 0) {
		if (status == 1) {
			check_entry(&walk, &found, last);
			last = found.entry.seq + 1;
			continue;
		}
		assert(status == MALFORMED && hole.first <= hole.last);
		assert(hole.first >= last && hole.last < walk.expected);
		last = hole.last + 1;
	}
	assert(window_used(&walk.window, 0) <= n - 1);
	return 0;
}
