/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small archives for tests: sealed without a collector. */
#ifndef TESTS_SAMPLE_ARCHIVE_H
#define TESTS_SAMPLE_ARCHIVE_H

#include "tests/kits/sample_records.h"

/* archive.yaml of the invented zone. */
void sample_archive_make(const char *dir);

/* Write the sample as the sealed file of its day (INT64_MIN: unplaced), with its line
 * in the seal list; returns its path, a ring of in_folder(). */
const char *sample_archive_seal(
        const char *dir, const struct sample *sample, int64_t day_us, int late);

/* Put all records of the sample into the archive's journal. */
void sample_archive_journal(const char *dir, const struct sample *sample);

#endif
