/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Characters of a UTF-8 text (RFC 3629), whatever the locale says. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, for what is no character */

/* Bytes of the character that starts at `in` (1 to 4), with its code; 0 if it is none:
 * cut short, too long for what it says, a surrogate, beyond U+10FFFF.  `n` is at least
 * 1. */
size_t utf8_next(const char *in, size_t n, uint32_t *code);

/* Where the first byte stands that is not UTF-8; n if all is well. */
size_t utf8_sound(const char *in, size_t n);

/* Print a text by a stranger so that no terminal obeys it or shows another order: what is
 * no UTF-8, controls (C0, DEL, C1) and marks of direction as \xHH, byte by byte. */
void utf8_put_harmless(const char *text, FILE *out);

/* Columns on a terminal: 0 combining, 2 East Asian wide, else 1. */
int utf8_width(uint32_t code);

#endif
