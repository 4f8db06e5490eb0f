/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The same records make the same file, to the bit.  One thing stands in the way:
 * libhdf5 1.10 writes the time of day into the object header of the superblock
 * extension (which holds the size of the chunk index's nodes) and has no switch for it,
 * as it has for every other object.  So it is taken out afterwards.
 *
 * Superblock, version 2 (HDF5 File Format Specification 3.0, II.A)
 *    0 "\211HDF\r\n\032\n"  8 version  9 size of offsets = 8  10 size of lengths  11 flags
 *   12 base address u64  20 superblock extension u64  28 end of file u64  36 root u64  44 checksum
 * Object header, version 2 (IV.A.1.b)
 *    0 "OHDR"  4 version = 2  5 flags  6 four times u32, if flags & 20
 *      then phase change 2 x u16, if flags & 10; size of chunk 0, 1 << (flags & 3) bytes;
 *      chunk 0; checksum u32 of all before it
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "archive/h5_inside.h"
#include "base/bytes.h"

#define LOOK      512 /* the extension follows the superblock and is short */
#define HAS_TIMES 0x20
#define HAS_PHASE 0x10

static uint32_t rotate(uint32_t x, unsigned bits)
{
	return x << bits | x >> (32 - bits);
}

static void mix(uint32_t s[3])
{
	static const uint8_t bits[6] = { 4, 6, 8, 16, 19, 4 };
	for (unsigned i = 0; i < 6; i++) {
		uint32_t *a = &s[i % 3], *b = &s[(i + 1) % 3], *c = &s[(i + 2) % 3];
		*a -= *c;
		*a ^= rotate(*c, bits[i]);
		*c += *b;
	}
}

static void mix_last(uint32_t s[3])
{
	static const uint8_t bits[7] = { 14, 11, 25, 16, 4, 14, 24 };
	for (unsigned i = 0; i < 7; i++) {
		uint32_t *to = &s[(i + 2) % 3], from = s[(i + 1) % 3];
		*to ^= from;
		*to -= rotate(from, bits[i]);
	}
}

/* Bob Jenkins' lookup3 (public domain, 2006), as HDF5 sums up its metadata. */
uint32_t h5_checksum(const uint8_t *in, size_t n)
{
	uint32_t s[3];
	s[0] = s[1] = s[2] = 0xdeadbeef + (uint32_t)n;
	for (; n > 12; n -= 12, in += 12) {
		for (unsigned i = 0; i < 3; i++)
			s[i] += get_le32(in + 4 * i);
		mix(s);
	}
	if (n == 0)
		return s[2];
	uint8_t last[12] = { 0 };
	memcpy(last, in, n);
	for (unsigned i = 0; i < 3; i++)
		s[i] += get_le32(last + 4 * i);
	mix_last(s);
	return s[2];
}

/* Bytes of the object header at in[0], its checksum included; 0 if it is none, or too
 * long. */
static size_t header_size(const uint8_t *in, size_t room)
{
	if (room < 64 || memcmp(in, "OHDR", 4) != 0 || in[4] != 2)
		return 0;
	size_t at = 6, width = (size_t)1 << (in[5] & 3);
	uint64_t chunk = 0;
	at += (in[5] & HAS_TIMES) != 0 ? 16 : 0;
	at += (in[5] & HAS_PHASE) != 0 ? 4 : 0;
	for (size_t i = 0; i < width; i++)
		chunk |= (uint64_t)in[at + i] << 8 * i;
	at += width;
	return chunk <= room && at + chunk + 4 <= room ? at + chunk + 4 : 0;
}

int h5_times_clear(uint8_t *in, size_t n)
{
	if (n < 64 || in[8] != 2)
		return MALFORMED;
	uint64_t at = get_le64(in + 20);
	if (at == UINT64_MAX)
		return OK; /* no extension */
	if (at >= n)
		return MALFORMED;
	uint8_t *header = in + at;
	size_t size = header_size(header, n - at);
	if (size == 0 || get_le32(header + size - 4) != h5_checksum(header, size - 4))
		return MALFORMED;
	if ((header[5] & HAS_TIMES) == 0)
		return OK;
	memset(header + 6, 0, 16);
	put_le32(header + size - 4, h5_checksum(header, size - 4));
	return OK;
}

static int times_remove(int fd)
{
	uint8_t in[LOOK];
	ssize_t got = pread(fd, in, sizeof in, 0);
	int status = got > 0 ? h5_times_clear(in, (size_t)got) : MALFORMED;
	if (status != OK)
		return status;
	return pwrite(fd, in, (size_t)got, 0) == got ? OK : FAILED;
}

int h5_forget_times(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return FAILED;
	int status = times_remove(fd);
	int saved = errno;
	close(fd);
	errno = saved;
	return status;
}
