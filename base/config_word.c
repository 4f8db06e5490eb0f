/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The word a person meant. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"

#define EDITS   2
#define LONGEST 64

static int least(int a, int b)
{
	return a < b ? a : b;
}

/*
 * Letters to insert, remove, replace or swap with their neighbour (optimal string
 * alignment), upper and lower case alike.  Three rows of the usual table are enough.
 */
static int distance(const char *a, const char *b)
{
	int rows[3][LONGEST + 1];
	size_t n = strlen(a), m = strlen(b);
	if (n > LONGEST || m > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = (int)j;
	for (size_t i = 1; i <= n; i++) {
		int *now = rows[i % 3], *last = rows[(i - 1) % 3],
		    *before = rows[(i + 1) % 3];
		now[0] = (int)i;
		for (size_t j = 1; j <= m; j++) {
			int x = tolower((unsigned char)a[i - 1]),
			    y = tolower((unsigned char)b[j - 1]);
			now[j] = least(
			        least(now[j - 1], last[j]) + 1, last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			        y == tolower((unsigned char)a[i - 2]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return rows[n % 3][m];
}

/* Two edits turn any word of two letters into any other: a short word may lack one
 * only. */
const char *did_you_mean(const char *word, const char *const *known)
{
	const char *best = NULL;
	int nearest = strlen(word) <= 3 ? EDITS : EDITS + 1;
	for (; *known != NULL; known++) {
		int edits = distance(word, *known);
		if (edits >= nearest || (size_t)edits >= strlen(*known))
			continue;
		nearest = edits;
		best = *known;
	}
	return best;
}
