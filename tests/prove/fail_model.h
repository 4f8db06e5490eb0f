/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The archive that the tests named test_fail_* work on: a day that is sealed, and one that
 * is due. */
#ifndef TESTS_FAIL_MODEL_H
#define TESTS_FAIL_MODEL_H

#include "tests/kits/agent_kit.h"
#include "tests/prove/fail_each.h"

#define EPOCH UINT64_C(0x5000000000000001)
#define D(n)  (AGENT_DAY + (n)*AGENT_1DAY)

extern struct fail_model {
	char dir[600];   /* the archive */
	char model[600]; /* as it is at the beginning of each try */
	struct agent_book book;
	struct agent cabinet;
} m;

/* cmocka fixtures. */
int fail_model_setup(void **state);
int fail_model_teardown(void **state);

/* The archive as it was at the beginning. */
void fail_model_lay(void);
struct ingest_options fail_model_options(void);
struct ingest *fail_model_open(void); /* asserts */

#endif
