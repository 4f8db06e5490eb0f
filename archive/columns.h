/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of a sealed file, gathered from the records of a plan and written. */
#ifndef ARCHIVE_COLUMNS_H
#define ARCHIVE_COLUMNS_H

#include "archive/h5.h"
#include "archive/plan.h"

/*
 * All columns of a group: `time` first (the dimension of all others); a column, state
 * and perhaps sample time per channel, or `type` for /events; the columns of
 * layout_columns; then byte strings.  OK, or FAILED without memory.
 */
int columns_write(
        struct h5 *h5, const struct plan *plan, const struct plan_group *group);

/* A text as netCDF's char, with its dimension "<name>_bytes". */
void columns_text(struct h5 *h5, const char *name, const char *text, size_t n);

#endif
