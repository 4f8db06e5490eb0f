/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of a sealed file, gathered from the records of a plan and written. */
#ifndef ARCHIVE_COLUMNS_H
#define ARCHIVE_COLUMNS_H

#include "archive/h5.h"
#include "archive/plan.h"

/* What every group has: `time` first (the dimension of all others), ... */
int columns_time(
        struct h5 *h5, const struct plan *plan, const struct plan_group *group);
/* ... a column, state and perhaps sample time per channel, ... */
int columns_channels(
        struct h5 *h5, const struct plan *plan, const struct plan_group *group);
/* ... then the columns of layout_columns, ... */
int columns_common(
        struct h5 *h5, const struct plan *plan, const struct plan_group *group);
/* ... and byte strings; `type` of records for /events.  OK, or FAILED without
 * memory. */
int columns_bytes(struct h5 *h5, const struct plan *plan,
        const struct plan_group *group, enum layout_bytes which);
int columns_types(
        struct h5 *h5, const struct plan *plan, const struct plan_group *group);

/* A text as netCDF's char, with its dimension "<name>_bytes". */
void columns_text(struct h5 *h5, const char *name, const char *text, size_t n);

#endif
