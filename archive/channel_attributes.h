/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands beside the columns of a sealed file: CF attributes, and what the DESCRIBE
 * says. */
#ifndef ARCHIVE_CHANNEL_ATTRIBUTES_H
#define ARCHIVE_CHANNEL_ATTRIBUTES_H

#include "archive/h5.h"
#include "archive/layout.h"
#include "archive/plan.h"
#include "base/describe.h"

/* Of a channel's column and of its states. */
void channel_attributes(
        struct h5 *h5, const struct channel *channel, const char *state);
void state_attributes(struct h5 *h5, const struct channel *channel);

/* Of a column of layout_columns; of `type` in /events. */
void column_attributes(struct h5 *h5, enum layout_column which);
void type_attributes(struct h5 *h5);

/* Of the file and of an instrument's group. */
void file_attributes(struct h5 *h5, const struct plan *plan);
void group_attributes(struct h5 *h5, const struct describe *describe);

#endif
