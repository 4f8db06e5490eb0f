/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sealed file that a tool rewrote (h5repack, another compression), or of which a byte
 * that holds nothing was changed, says what it said; but its bytes are a stranger's, and
 * libhdf5 is not made for those.  So the file that was sealed is made again from its
 * records, in the child that looks at it, and is known by the SHA-256 in the seal list.
 */
#ifndef ARCHIVE_REWRITTEN_H
#define ARCHIVE_REWRITTEN_H

#include "archive/archive.h"
#include "archive/proof.h"

struct rewritten {
	size_t n;       /* 0: it cannot be made again to the bit */
	uint8_t *bytes; /* to the bit those that were sealed; rewritten_free */
};

/* OK: `out` has the bytes.  MALFORMED: the file does not say what was sealed, or cannot
 * be made again to the bit, and why. */
int rewritten_take(struct rewritten *out, const char *path, const struct seal *seal,
        const struct archive_identity *identity, struct problem *why);
void rewritten_free(struct rewritten *rewritten);

#endif
