/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A witness: somebody else, who remembers what he saw of an archive's seal list and
 * co-signs only what extends it.  He needs the files `seals` and `checkpoints/`, no
 * network and no trust.
 */
#ifndef ARCHIVE_WITNESS_H
#define ARCHIVE_WITNESS_H

#include "archive/checkpoint.h"

struct witness {
	const char *copy;   /* folder with seals and checkpoints/ of the archive */
	const char *memory; /* folder of what was seen before; made if need be */
	const char *name;   /* of his key */
	const struct sign_key *key;
	int64_t now_us;
};

/*
 * Check the newest checkpoint of a day against the list and against memory, co-sign it
 * and remember both.  The note, with the archive's signature and the witness's, goes to
 * `out`; `seen` is how many seals were known before.  OK; REFUSED: what he saw before
 * was changed, with the first line that differs; MALFORMED, NOT_FOUND.
 */
int witness_run(const struct witness *witness, struct checkpoint *out, uint64_t *seen,
        struct problem *why);

#endif
