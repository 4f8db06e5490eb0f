/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text as a zlib stream (RFC 1950), by libdeflate at its level 9: short texts that are
 * written seldom.  archive/pack.h is for the columns of a day. */
#ifndef BASE_DEFLATE_H
#define BASE_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

/* Bytes put into out[room]; 0: it does not fit, or there is no memory. */
size_t deflate_text(const char *text, size_t n, uint8_t *out, size_t room);

/* Into exactly out[n], by every byte of in[size].  OK, MALFORMED, or FAILED: no memory. */
int inflate_text(const uint8_t *in, size_t size, char *out, size_t n);

#endif
