/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests named test_fail_*: one call after another fails in a small piece of work, in
 * this process (tests/prove/prove_failing.c does it to the whole record path, in children). */
#ifndef TESTS_FAIL_EACH_H
#define TESTS_FAIL_EACH_H

#include <stdbool.h>

#include "tests/prove/fail_wrap.h"

/* `before` and `after` run with nothing failing: the first lays out the scratch folder,
 * the second says whether what is left is right.  `work` calls quantrac alone. */
struct fail_scene {
	const char *name;
	void (*before)(void);
	int (*work)(void);
	/* `failed`: a call of the work did; else it must have gone well */
	void (*after)(int status, bool failed);
	long every; /* only every so-manieth call, for work that takes long; 0: all */
	long calls[2]; /* so many there are at least and at most: fewer were not seen */
};

/* Every call of every class fails once, with each of its errors; system calls on what
 * lies below `fail_top` only. */
void fail_each(const struct fail_scene *scene);

/* In a teardown: names the call that failed when a test did. */
void fail_each_tell(void);

/* cmocka fixtures: a scratch folder, and nothing is logged.  Where calls fail, and one
 * folder below it for what the scenes lay out. */
int fail_each_setup(void **state);
int fail_each_teardown(void **state);
extern char fail_top[512], fail_folder[600];

/* The folder, empty. */
void fail_each_clear(void);

#endif
