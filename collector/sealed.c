/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/sealed.h"

#include <stdlib.h>
#include <string.h>

static int range_order(const void *a, const void *b)
{
	const struct sealed_range *left = a, *right = b;
	if (left->epoch != right->epoch)
		return left->epoch < right->epoch ? -1 : 1;
	return (left->first > right->first) - (left->first < right->first);
}

static int make_room(struct sealed *sealed, size_t n)
{
	if (sealed->n + n <= sealed->room)
		return OK;
	size_t room = 2 * (sealed->n + n);
	void *more = realloc(sealed->range, room * sizeof *sealed->range);
	if (more == NULL)
		return FAILED;
	sealed->range = more;
	sealed->room = room;
	return OK;
}

int sealed_add(struct sealed *sealed, const struct sealed_range *range, size_t n)
{
	if (make_room(sealed, n) != OK)
		return FAILED;
	if (n == 0)
		return OK;
	size_t before = sealed->n;
	memcpy(&sealed->range[before], range, n * sizeof *range);
	sealed->n += n;
	/* mostly one epoch that goes on */
	for (size_t i = before > 0 ? before : 1; i < sealed->n; i++)
		if (range_order(&sealed->range[i - 1], &sealed->range[i]) > 0) {
			qsort(sealed->range, sealed->n, sizeof *range, range_order);
			break;
		}
	return OK;
}

void sealed_free(struct sealed *sealed)
{
	free(sealed->range);
	*sealed = (struct sealed){ .n = 0 };
}

/* Index of the range behind the last one that begins at or before (epoch, seq). */
static size_t behind(const struct sealed *sealed, uint64_t epoch, uint64_t seq)
{
	size_t low = 0, high = sealed->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct sealed_range *range = &sealed->range[middle];
		if (range->epoch < epoch ||
		        (range->epoch == epoch && range->first <= seq))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct sealed_range *sealed_holder(
        const struct sealed *sealed, uint64_t epoch, uint64_t seq)
{
	size_t at = behind(sealed, epoch, seq);
	if (at == 0)
		return NULL;
	const struct sealed_range *range = &sealed->range[at - 1];
	return range->epoch == epoch && range->last >= seq ? range : NULL;
}

bool sealed_has(
        const struct sealed *sealed, uint64_t epoch, uint64_t seq, uint64_t *last)
{
	const struct sealed_range *range = sealed_holder(sealed, epoch, seq);
	if (range == NULL)
		return false;
	*last = range->last;
	return true;
}

uint64_t sealed_until(
        const struct sealed *sealed, uint64_t epoch, uint64_t seq, int64_t before_us)
{
	for (;;) {
		const struct sealed_range *range = sealed_holder(sealed, epoch, seq);
		if (range == NULL || range->sealed_us > before_us)
			return seq;
		seq = range->last + 1;
	}
}
