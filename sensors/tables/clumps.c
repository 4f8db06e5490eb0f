/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/clumps.h"

#include <stdbool.h>
#include <string.h>

size_t clumps_add(
        struct clump *clump, size_t n_clumps, size_t most, const struct clump *came)
{
	bool same =
	        n_clumps > 0 && clump[n_clumps - 1].when.mono_us == came->when.mono_us;
	if (!same && n_clumps < most)
		clump[n_clumps++].when = came->when;
	clump[n_clumps - 1].end = came->end;
	return n_clumps;
}

size_t clumps_drop(struct clump *clump, size_t n_clumps, size_t n)
{
	size_t gone = 0;
	while (gone < n_clumps && clump[gone].end <= n)
		gone++;
	n_clumps -= gone;
	memmove(clump, clump + gone, n_clumps * sizeof clump[0]);
	for (size_t i = 0; i < n_clumps; i++)
		clump[i].end -= n;
	return n_clumps;
}
