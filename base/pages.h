/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Much memory at once. */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/*
 * As malloc(), for many megabytes that are filled from one end to the other; free()
 * gives them back.  The system is asked for pages of 2 MiB, where it has them: it then
 * stops the program once for each instead of 512 times, and a fork copies one entry
 * instead of 512 (Documentation/admin-guide/mm/transhuge.rst of Linux).
 */
void *pages_take(size_t n);

#endif
