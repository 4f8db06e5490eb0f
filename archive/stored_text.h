/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a DESCRIBE, as it lies in a sealed file, and back. */
#ifndef ARCHIVE_STORED_TEXT_H
#define ARCHIVE_STORED_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/describe.h"

#define STORED_TEXT_MOST (4u << 20) /* a plain text can inflate to this at most */

/* The plain text in a DESCRIBE payload; caller frees.  OK, MALFORMED, FAILED
 * (memory). */
int stored_text_of_payload(const uint8_t *payload, size_t size, char **text, size_t *n);

/* The text whose hash the describe carries; caller frees.  OK, or MALFORMED: this
 * version of quantrac would write another text than the one the hash was made of. */
int stored_text_of(const struct describe *describe, char **text, size_t *n);

/* A describe from its text; MALFORMED with the reason. */
int stored_text_read(
        struct describe **out, const char *text, size_t n, struct problem *why);

#endif
