/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which call is to fail; shared by tests/prove/shim_fail.c, which stands before the kernel, and
 * tests/prove/fail_wrap.c, which stands before the allocator and the sockets. */
#ifndef TESTS_FAIL_PLAN_H
#define TESTS_FAIL_PLAN_H

#include <stdbool.h>
#include <stddef.h>

enum fail_class { FAIL_SYSTEM, FAIL_MEMORY, FAIL_SOCKET, FAIL_CLASSES };
enum { FAIL_SHORT = -1 }; /* half of what was asked for, instead of an error */

struct fail_point { /* one kind of call, and how often it came */
	const char *name;
	long calls;
};

enum { FAIL_POINTS = 64 };

struct fail_plan {
	bool on;
	enum fail_class class;
	long nth;   /* of the calls of this class; 0: none */
	int which;  /* of the errors this kind of call can have */
	long calls; /* of the class, while on */
	bool reached;
	const char *failed; /* what did */
	char root[256];     /* system calls on what is not below it are let through */
	struct fail_point point[FAIL_CLASSES][FAIL_POINTS];
};

/* The error to fail with now, 0: none.  `errors` ends with 0; a call that has fewer than
 * plan->which is none for this plan. */
static inline int fail_now(struct fail_plan *plan, enum fail_class class,
        const char *name, const int *errors)
{
	if (plan == NULL || !plan->on || plan->class != class)
		return 0;
	int n = 0;
	while (errors[n] != 0)
		n++;
	if (plan->which >= n)
		return 0;
	struct fail_point *point = plan->point[class];
	while (point->name != NULL && point->name != name)
		point++;
	point->name = name;
	point->calls++;
	if (++plan->calls != plan->nth)
		return 0;
	plan->reached = true;
	plan->failed = name;
	return errors[plan->which];
}

#endif
