/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/marks.h"

#include <stdbool.h>
#include <string.h>

size_t marks_add(
        struct mark *mark, size_t n_marks, size_t most, const struct mark *clump)
{
	bool same =
	        n_marks > 0 && mark[n_marks - 1].when.mono_us == clump->when.mono_us;
	if (!same && n_marks < most)
		mark[n_marks++].when = clump->when;
	mark[n_marks - 1].end = clump->end;
	return n_marks;
}

size_t marks_drop(struct mark *mark, size_t n_marks, size_t n)
{
	size_t gone = 0;
	while (gone < n_marks && mark[gone].end <= n)
		gone++;
	n_marks -= gone;
	memmove(mark, mark + gone, n_marks * sizeof mark[0]);
	for (size_t i = 0; i < n_marks; i++)
		mark[i].end -= n;
	return n_marks;
}
