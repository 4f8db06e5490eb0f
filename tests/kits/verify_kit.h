/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small archives to verify, and what verify says of them. */
#ifndef TESTS_VERIFY_KIT_H
#define TESTS_VERIFY_KIT_H

#define WITH_FOLDER(test)                                                              \
	cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

/* What verify prints; `bad` is what it returns.  A ring of one. */
const char *verify_text(const char *path, int quiet, int *bad);

/* It returns `want`, and `part` is in what it prints. */
void assert_verify(const char *path, int want, const char *part);

/* An archive of one sealed day, twelve rows an hour; the day's file. */
const char *verify_one_day(const char *dir);

/* An archive with one journal, its records sealed nowhere; its only segment. */
const char *verify_one_journal(const char *dir);

#endif
