/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One chunk of a column, as HDF5's filters shuffle, deflate and fletcher32 leave it,
 * made and read by libdeflate: several times as fast as through HDF5, and the bytes are
 * the same kind.
 *
 *   shuffle     byte 0 of every element, then byte 1 of every element, ... (elements of one byte
 *               are left as they are)
 *   deflate     one zlib stream (RFC 1950)
 *   fletcher32  its check sum behind it, four bytes, little-endian
 */
#ifndef ARCHIVE_PACK_H
#define ARCHIVE_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct packer;

/* For chunks of at most `most` bytes; NULL without memory. */
struct packer *packer_new(size_t most);
void packer_free(struct packer *packer); /* NULL is fine */

/* Most bytes a packed chunk can have. */
size_t packer_room(const struct packer *packer);

/* Pack n bytes, elements of `element` bytes, into out[packer_room()]; their size there. */
size_t packer_pack(
        struct packer *packer, const void *in, size_t n, size_t element, uint8_t *out);

struct unpacked {
	void *out;
	size_t size; /* the chunk must hold exactly this many bytes */
	size_t element;
};

/* OK, or MALFORMED: check sum, stream or size is wrong. */
int packer_unpack(struct packer *packer, const uint8_t *in, size_t n,
        const struct unpacked *want);

/* HDF5's fletcher32: big-endian 16-bit words, sums modulo 65535. */
uint32_t fletcher32(const uint8_t *in, size_t n);

#endif
