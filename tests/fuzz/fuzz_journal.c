/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A journal's files, as a disk may give them back: two segments cut out of the input (u16 size of the
 * first).  A reader says what is there or where it is damaged; recovery needs no person, and what is
 * appended afterwards is read back behind what stands, gapless, by a second opening that finds nothing
 * to mend.  First byte: bit 0, check sums are put right; bit 1, recovery too, not only reading; bit 7, as a
 * collector; between them, the first seq of the second segment.
 */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/journal.h"
#include "base/journal_file.h"
#include "tests/fuzz/fuzz_kit.h"

#define SOURCE "tram-01"
#define EPOCH  UINT64_C(0x1122334455667788)

static char folder[128], epoch_folder[256], quarantine[128];

static int no_sync(int fd)
{
	return 0;
}

static int only_size(int fd, off_t at, off_t n)
{
	return ftruncate(fd, at + n) == 0 ? 0 : errno;
}

static void make_folders(void)
{
	fuzz_quiet();
	snprintf(folder, sizeof folder, "%s/journal", fuzz_folder());
	snprintf(quarantine, sizeof quarantine, "%s/quarantine", fuzz_folder());
	mkdir(folder, 0700);
	snprintf(epoch_folder, sizeof epoch_folder, "%s/" SOURCE, folder);
	mkdir(epoch_folder, 0700);
	assert(epoch_path(folder, SOURCE, EPOCH, epoch_folder, sizeof epoch_folder) ==
	        OK);
	mkdir(epoch_folder, 0700);
}

/* Check sums of the header and of entries as far as their lengths lead. */
static void mend(uint8_t *segment, size_t n)
{
	if (n < JOURNAL_HEADER)
		return;
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

static void lay(uint64_t first_seq, uint8_t *in, size_t n, bool mended)
{
	char path[512], name[SEGMENT_NAME];
	segment_name(first_seq, name);
	snprintf(path, sizeof path, "%s/%s", epoch_folder, name);
	if (mended)
		mend(in, n);
	fuzz_write(path, in, n);
}

/* Read all there is; records, and the last seq. */
static size_t read_all(uint64_t *last, size_t *holes)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why;
	size_t n = 0;
	int status;
	*last = *holes = 0;
	if (journal_read_open(&reader, folder, SOURCE, EPOCH, 1) != OK)
		return 0;
	while ((status = journal_read_next(reader, &entry, &why)) != 0) {
		if (status != 1) {
			(*holes)++;
			continue;
		}
		assert(entry.seq > *last);
		*last = entry.seq;
		n++;
	}
	journal_read_close(reader);
	return n;
}

static struct journal *open_it(struct journal_recovery *recovery)
{
	static struct journal_system quick;
	quick = journal_real;
	quick.sync = quick.sync_all = no_sync;
	quick.allocate = only_size;
	struct journal_options options = { .folder = folder,
		.source = SOURCE,
		.epoch = EPOCH,
		.segment_size = JOURNAL_SEGMENT_LEAST,
		.quarantine = quarantine,
		.now_us = 1,
		.system = &quick };
	struct journal *journal = NULL;
	struct problem why = { .text = "" };
	int status = journal_open(&journal, &options, recovery, &why);
	assert(status == OK);
	return journal;
}

/* The files of a folder; it has no folders in it. */
static void empty(const char *path)
{
	DIR *dir = opendir(path);
	if (dir == NULL)
		return;
	for (struct dirent *file = readdir(dir); file != NULL; file = readdir(dir))
		unlinkat(dirfd(dir), file->d_name, 0);
	closedir(dir);
}

static void go_on(void)
{
	static uint8_t record[RECORD_MOST];
	struct journal_recovery recovery = { 0 }, again = { 0 };
	struct record one = {
		.type = RECORD_STATE, .source = SOURCE, .epoch = EPOCH, .seq = 1
	};
	struct journal *journal = open_it(&recovery);
	uint64_t next = journal_next_seq(journal), last;
	size_t holes, n = (size_t)record_encode(&one, record, sizeof record);
	if (next < UINT64_MAX - 1) {
		assert(journal_append(journal, record, n, 1) == OK);
		assert(journal_commit(journal) == OK);
		next++;
	}
	journal_close(journal);
	read_all(&last, &holes);
	assert(last + 1 == next || next >= UINT64_MAX - 1);
	journal = open_it(&again);
	assert(again.torn_bytes == 0);
	assert(journal_next_seq(journal) == next);
	journal_close(journal);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static uint8_t copy[1 << 16];
	uint64_t last;
	size_t holes;
	if (n < 3 || n > sizeof copy)
		return 0;
	if (folder[0] == '\0')
		make_folders();
	memcpy(copy, in, n);
	size_t first = get_le16(in + 1), rest = n - 3;
	if (first > rest)
		first = rest;
	empty(quarantine);
	empty(epoch_folder);
	lay(1, copy + 3, first, in[0] & 1);
	if (rest > first)
		lay(in[0] >> 2 & 31, copy + 3 + first, rest - first, in[0] & 1);
	read_all(&last, &holes);
	if (in[0] & 2)
		go_on();
	return 0;
}
