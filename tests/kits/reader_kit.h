/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small archives, and a reader that finds nothing wrong with them. */
#ifndef TESTS_READER_KIT_H
#define TESTS_READER_KIT_H

#include "tests/kits/check.h"

#include <stdbool.h>

#include "archive/reader.h"
#include "base/legal_time.h"
#include "tests/kits/sample_archive.h"

extern const char *const two_channels[5];

/* Both fail the test when there is a problem: open; sets of rows of a query. */
struct reader *open_well(const char *dir);
size_t ask(struct reader *reader, const struct query *query, struct rows **rows);

struct query all_of(const char *station);
size_t count_rows(struct reader *reader, const struct query *query);

/* Three legal days of a reading every five minutes; the first `sealed` of them are
 * sealed, and all lie in the journal, unless all are sealed and it is gone. */
void three_days(const char *dir, int sealed, bool journal_kept);

#endif
