/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Room for groups that many journals share: a stack, so that what is used is used
 * again and the rest never becomes memory. */
#include <stdlib.h>

#include "base/journal_file.h"

struct journal_groups {
	size_t n;
	uint8_t *one[];
};

int journal_groups_new(struct journal_groups **out, size_t most)
{
	struct journal_groups *groups =
	        calloc(1, sizeof *groups + most * sizeof groups->one[0]);
	*out = NULL;
	if (groups == NULL)
		return FAILED;
	for (; groups->n < most; groups->n++) {
		groups->one[groups->n] = malloc(JOURNAL_GROUP);
		if (groups->one[groups->n] == NULL) {
			journal_groups_free(groups);
			return FAILED;
		}
	}
	*out = groups;
	return OK;
}

void journal_groups_free(struct journal_groups *groups)
{
	while (groups != NULL && groups->n > 0)
		free(groups->one[--groups->n]);
	free(groups);
}

uint8_t *groups_take(struct journal_groups *groups)
{
	return groups->n > 0 ? groups->one[--groups->n] : NULL;
}

void groups_give(struct journal_groups *groups, uint8_t *group)
{
	groups->one[groups->n++] = group;
}
