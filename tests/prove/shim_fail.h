/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What both halves of the shim share; nothing else includes this. */
#ifndef TESTS_SHIM_FAIL_H
#define TESTS_SHIM_FAIL_H

#include "tests/prove/fail_plan.h"

#define DESCRIPTORS 4096

/* Descriptors of what lies below the plan's folder. */
extern bool shim_ours[DESCRIPTORS];
extern const int shim_io[], shim_making[]; /* errors of those kinds of call */

struct fail_plan *fail_plan_own(void);

/* The function of this name behind us; a data pointer is turned into one by its
 * bytes. */
void shim_find(void *function, const char *name);
bool shim_is_ours(int fd);
bool shim_is_below(int folder, const char *name);
/* True: fail, errno is set. */
bool shim_fails(bool concerned, const char *name, const int *errors);

#endif
