/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real quantrac at an archive in a scratch folder, for what is imported. */
#ifndef TESTS_IMPORT_KIT_H
#define TESTS_IMPORT_KIT_H

#include "tests/kits/check.h"

/* Run quantrac on <scratch>/archive; it must end with `want`.  What it said on both
 * streams, to be freed. */
char *quantrac_says(const char *scratch, int want, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* The same, and `part` is in it (NULL: whatever). */
void assert_quantrac(const char *scratch, int want, const char *part,
        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A file in the folder; its path. */
const char *write_file(const char *folder, const char *name, const char *text);

#endif
