/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal's format, and the calls that change the disk. */
#include "base/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/crc.h"

#define SEGMENT_VERSION 1
#define FLAG_BEGINS     1

static const uint8_t magic[4] = { 'Q', 'T', 'J', '1' };

void segment_put(const struct segment *segment, uint8_t out[JOURNAL_HEADER])
{
	memset(out, 0, JOURNAL_HEADER);
	memcpy(out, magic, sizeof magic);
	put_le16(out + 4, SEGMENT_VERSION);
	source_put(segment->source, out + 8);
	put_le64(out + 24, segment->epoch);
	put_le64(out + 32, segment->number);
	put_le64(out + 40, segment->first_seq);
	put_le64(out + 48, (uint64_t)segment->created_us);
	put_le32(out + 56, segment->skipped);
	put_le32(out + 60, crc32c(0, out, 60));
}

int segment_get(struct segment *segment, const uint8_t in[JOURNAL_HEADER])
{
	struct segment got = {
		.epoch = get_le64(in + 24),
		.number = get_le64(in + 32),
		.first_seq = get_le64(in + 40),
		.created_us = (int64_t)get_le64(in + 48),
		.skipped = get_le32(in + 56),
	};
	if (memcmp(in, magic, sizeof magic) != 0 ||
	        get_le16(in + 4) != SEGMENT_VERSION || get_le16(in + 6) != 0 ||
	        get_le32(in + 60) != crc32c(0, in, 60) ||
	        source_get(in + 8, got.source) != OK)
		return MALFORMED;
	*segment = got;
	return OK;
}

uint32_t segment_seed(uint64_t epoch, uint64_t number)
{
	uint8_t bytes[16];
	put_le64(bytes, epoch);
	put_le64(bytes + 8, number);
	return crc32c(0, bytes, sizeof bytes);
}

size_t entry_size(size_t record_size)
{
	return JOURNAL_ENTRY + (record_size + 7) / 8 * 8;
}

size_t entry_put(uint8_t *out, const uint8_t *record, size_t n, int64_t stored_us)
{
	size_t size = entry_size(n);
	memset(out, 0, JOURNAL_ENTRY);
	put_le16(out + 4, (uint16_t)n);
	put_le64(out + 8, (uint64_t)stored_us);
	memcpy(out + JOURNAL_ENTRY, record, n);
	memset(out + JOURNAL_ENTRY + n, 0, size - JOURNAL_ENTRY - n);
	return size;
}

static uint32_t entry_crc(const uint8_t *entry, uint32_t seed)
{
	return crc32c(seed, entry + 4, JOURNAL_ENTRY - 4 + (size_t)get_le16(entry + 4));
}

void entry_seal(uint8_t *entry, uint32_t seed, bool begins)
{
	put_le16(entry + 6, begins ? FLAG_BEGINS : 0);
	put_le32(entry, entry_crc(entry, seed));
}

int entry_length(const uint8_t in[JOURNAL_ENTRY])
{
	size_t length = get_le16(in + 4);
	if (length == 0)
		return get_le64(in) == 0 && get_le64(in + 8) == 0 ? 0 : MALFORMED;
	if (length < RECORD_HEADER || length > RECORD_MOST ||
	        get_le16(in + 6) > FLAG_BEGINS)
		return MALFORMED;
	return (int)entry_size(length);
}

int entry_get(struct found *found, const uint8_t *in, const struct segment *segment,
        uint32_t seed)
{
	size_t length = get_le16(in + 4), size = entry_size(length);
	const uint8_t *bytes = in + JOURNAL_ENTRY;
	/* The record's own length and epoch first: a search must not sum up every
	 * offset. */
	if (get_le16(bytes) != length || get_le64(bytes + 24) != segment->epoch)
		return MALFORMED;
	if (get_le32(in) != entry_crc(in, seed))
		return MALFORMED;
	for (size_t i = JOURNAL_ENTRY + length; i < size; i++) {
		if (in[i] != 0)
			return MALFORMED;
	}
	struct record record;
	if (record_decode(&record, bytes, length) < 0 ||
	        !source_same(record.source, segment->source))
		return MALFORMED;
	*found = (struct found){
		.entry = { .record = bytes,
		        .size = length,
		        .stored_us = (int64_t)get_le64(in + 8),
		        .seq = record.seq },
		.size = size,
		.begins = get_le16(in + 6) == FLAG_BEGINS,
	};
	return OK;
}

static int real_open(int folder, const char *name, int flags)
{
	return openat(folder, name, flags, 0640);
}

static int real_rename(int folder, const char *from, const char *to)
{
	return renameat(folder, from, folder, to);
}

static int real_remove(int folder, const char *name)
{
	return unlinkat(folder, name, 0);
}

static int real_move(int from_folder, const char *from, int to_folder, const char *to)
{
	return renameat(from_folder, from, to_folder, to);
}

/* A file system that is made read-only under an open file may answer that all is synced and
 * have written nothing (ext4 of Linux 6.1, ext4_sync_file; a power cut then costs it). */
static int still_writable(int fd)
{
	struct statvfs disk;
	if (fstatvfs(fd, &disk) == 0 && !(disk.f_flag & ST_RDONLY))
		return 0;
	errno = EROFS;
	return -1;
}

static int real_sync(int fd)
{
	return fdatasync(fd) == 0 ? still_writable(fd) : -1;
}

static int real_sync_all(int fd)
{
	return fsync(fd) == 0 ? still_writable(fd) : -1;
}

/* posix_fallocate would write to every block where the file system cannot do it. */
static int real_reserve(int fd, off_t n)
{
	return fallocate(fd, 0, 0, n) == 0 ? 0 : errno;
}

const struct journal_system journal_real = {
	.open = real_open,
	.write = pwrite,
	.sync = real_sync,
	.sync_all = real_sync_all,
	.allocate = posix_fallocate,
	.reserve = real_reserve,
	.rename = real_rename,
	.move = real_move,
	.remove = real_remove,
};

int journal_status(void)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? FULL : FAILED;
}

int journal_write(const struct journal_system *system, int fd, const void *in, size_t n,
        uint64_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t put = system->write(
		        fd, (const uint8_t *)in + done, n - done, (off_t)(at + done));
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return journal_status();
		if (put == 0) {
			errno = EIO;
			return FAILED;
		}
		done += (size_t)put;
	}
	return OK;
}
