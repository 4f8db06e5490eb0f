/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seal list that is signed, for what looks at checkpoints. */
#ifndef TESTS_CHECKPOINT_KIT_H
#define TESTS_CHECKPOINT_KIT_H

#include "base/legal_time.h"
#include "collector/checkpoints.h"
#include "tests/kits/sample_archive.h"

#define DAY(n) (SAMPLE_DAY_US + (n)*US_PER_DAY + 2 * US_PER_HOUR)

#define WITH_ARCHIVE(test)                                                             \
	cmocka_unit_test_setup_teardown(test, signing_setup, signing_teardown)

/* An archive in a folder of its own, key "archive", nothing sealed yet. */
struct signing {
	struct archive_identity identity;
	struct seal_list list;
	struct checkpoints checkpoints;
	char key_path[600];
};
extern struct signing signing;
int signing_setup(void **state);
int signing_teardown(void **state);

/* Seals of n files that are not there: the list alone is looked at. */
void signing_seal(const char *dir, size_t n);

/* What the collector does at that time. */
void signing_run(int64_t now_us);

/* A key pair in <dir>/keys; the secret's path. */
void signing_key(const char *dir, const char *name, char path[600]);

/* Append an act, signed by the secret at `by`; `fresh`: that of a new key or witness. */
int signing_act(const char *dir, struct act act, const char *by, const char *fresh);

/* What verify says; `bad` is what it returns. */
const char *signing_verify(const char *dir, int *bad);

/* The part is in it; `extra` places are not in order, beside the files, which are all
 * missing. */
void signing_assert(const char *dir, int extra, const char *part);

#endif
