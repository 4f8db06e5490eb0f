/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the bytes of a buffer came, which come in clumps, the oldest first. */
#ifndef SENSORS_CLUMPS_H
#define SENSORS_CLUMPS_H

#include <stddef.h>

#include "base/clock.h"

struct clump {
	size_t end; /* bytes before it, and behind the clump before, came at `when` */
	struct moment when;
};

/* One more has come; how many there are now, at most `most`.  With no room left the last
 * one stretches: its bytes came later than it says, never earlier. */
size_t clumps_add(
        struct clump *clump, size_t n_clumps, size_t most, const struct clump *came);

/* n bytes at the front have gone, with the clumps that end there; how many are left. */
size_t clumps_drop(struct clump *clump, size_t n_clumps, size_t n);

#endif
