/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small archive made with quantrac import and permit, and what the commands say of it. */
#ifndef TESTS_ASKED_ARCHIVE_H
#define TESTS_ASKED_ARCHIVE_H

/* cmocka fixtures: <state>/archive of station s1, three days of November 2026, with its permit or
 * without; scratch_remove takes it away. */
int asked_archive_make(void **state);
int asked_unpermitted_make(void **state);

/* What `quantrac <command>` says on both outputs of the archive in <scratch>/archive, which ends with
 * `want` (the caller frees); or that it says `part`. */
char *asked(const char *scratch, int want, const char *command);
void asked_says(const char *scratch, int want, const char *command, const char *part);
/* The same by somebody who may read what its mode lets him read, and no more. */
char *asked_unprivileged(const char *scratch, int want, const char *command);

#endif
