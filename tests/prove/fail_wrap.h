/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The n-th call fails: what tests/prove/prove_failing.c and its workloads share. */
#ifndef TESTS_FAIL_WRAP_H
#define TESTS_FAIL_WRAP_H

#include "tests/prove/fail_plan.h"

/* The plan of this process; NULL: nothing fails. */
extern struct fail_plan *fail_plan_used;

/* Around every call of quantrac: outside of it nothing fails. */
static inline void fail_on(bool on)
{
	if (fail_plan_used != NULL)
		fail_plan_used->on = on;
}

/* A workload: runs, with the plan, from an empty folder on; then recovers, without, and
 * says whether all is there.  False: `wrong` tells. */
struct fail_work {
	const char *name;
	bool (*run)(const char *dir, char wrong[512]);
};
extern const struct fail_work fail_cabinet, fail_collector, fail_link;

#endif
