/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The examples of the format documents, so that documents, tests and code cannot
 * part. */
#ifndef TESTS_DOCUMENTED_H
#define TESTS_DOCUMENTED_H

#include <stddef.h>
#include <stdint.h>

/* The bytes of the first example below a heading ("## READING") of a document of docs/:
 * lines of four blanks, hexadecimal pairs, then words.  Asserts that they are those of
 * want[n]. */
void check_documented(
        const char *document, const char *heading, const void *want, size_t n);

/* The same for an example that is one line of text. */
void check_documented_text(const char *document, const char *heading, const char *want);

#endif
