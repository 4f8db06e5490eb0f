/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

void *pages_take(size_t n)
{
	/* of the last page what is not used is lost: not for a little */
	if (n < HUGE_PAGE / 2 || n > SIZE_MAX - HUGE_PAGE)
		return malloc(n);
	size_t room = (n + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	void *out = aligned_alloc(HUGE_PAGE, room);
	if (out != NULL)
		(void)madvise(out, room, MADV_HUGEPAGE); /* only advice */
	return out;
}
