/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the bytes of a buffer came, which come in clumps: a mark for each clump, the
 * oldest first. */
#ifndef SENSORS_MARKS_H
#define SENSORS_MARKS_H

#include <stddef.h>

#include "base/clock.h"

struct mark {
	size_t end; /* bytes before it, and behind the mark before, came at `when` */
	struct moment when;
};

/* A clump has come; how many marks there are now, at most `most`.  With no mark left
 * the last one stretches: its bytes came later than it says, never earlier. */
size_t marks_add(
        struct mark *mark, size_t n_marks, size_t most, const struct mark *clump);

/* n bytes at the front have gone, with the marks that end there; how many are left. */
size_t marks_drop(struct mark *mark, size_t n_marks, size_t n);

#endif
