/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Base64 (RFC 4648, 4), padded, on one line. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1) /* room for the text of n bytes */

void base64_print(const uint8_t *in, size_t n, char *out);

/* Exactly n bytes, written as base64_print writes them: one text for one value.  OK or
 * MALFORMED. */
int base64_parse(const char *text, uint8_t *out, size_t n);

#endif
