/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/deflate.h"

#include <libdeflate.h>

#include "base/status.h"

#define LEVEL 9

size_t deflate_text(const char *text, size_t n, uint8_t *out, size_t room)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
	if (compressor == NULL)
		return 0;
	size_t size = libdeflate_zlib_compress(compressor, text, n, out, room);
	libdeflate_free_compressor(compressor);
	return size;
}

int inflate_text(const uint8_t *in, size_t size, char *out, size_t n)
{
	size_t used = 0;
	struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
	if (decompressor == NULL)
		return FAILED;
	/* without a place for what came out, it must be all of n */
	enum libdeflate_result result = libdeflate_zlib_decompress_ex(
	        decompressor, in, size, out, n, &used, NULL);
	libdeflate_free_decompressor(decompressor);
	return result == LIBDEFLATE_SUCCESS && used == size ? OK : MALFORMED;
}
