/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/prove/fail_each.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "tests/kits/check.h"
#include "tests/kits/journal_kit.h"

#define ERRORS 4    /* most errors a call can have */
#define MOST   5000 /* calls: more is a loop that never ends */

struct fail_plan *fail_plan_own(void); /* tests/prove/shim_fail.c, linked in */

char fail_top[512], fail_folder[600];
static const char *running; /* name of the scene */

/* What libhdf5 and libzmq lose when one of their own calls fails is theirs. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libhdf5\nleak:libzmq\n";
}

/* make coverage wants more of them than every test run. */
static long every_of(const struct fail_scene *scene)
{
	const char *told = getenv("QUANTRAC_FAIL_EVERY");
	long every = scene->every > 0 ? scene->every : 1;
	long most = told != NULL ? atol(told) : every;
	return most > 0 && most < every ? most : every;
}

static long run_class(const struct fail_scene *scene, enum fail_class class, int which)
{
	struct fail_plan *plan = fail_plan_used;
	long every = every_of(scene);
	for (long nth = 1; nth < MOST; nth += every) {
		scene->before();
		*plan = (struct fail_plan){
			.class = class, .which = which, .nth = nth
		};
		snprintf(plan->root, sizeof plan->root, "%s", fail_top);
		fail_on(true);
		int status = scene->work();
		fail_on(false);
		scene->after(status, plan->reached);
		if (!plan->reached)
			return plan->calls;
	}
	fail_msg("%s: more than %d calls", scene->name, MOST);
	return 0;
}

void fail_each(const struct fail_scene *scene)
{
	long points = 0;
	if (fail_plan_used == NULL)
		fail_plan_used = fail_plan_own();
	running = scene->name;
	for (int class = 0; class < FAIL_CLASSES; class ++)
		for (int which = 0; which < ERRORS; which++)
			points += run_class(scene, (enum fail_class) class, which);
	assert_in_range(points, scene->calls[0], scene->calls[1]);
	running = NULL;
}

void fail_each_tell(void)
{
	const struct fail_plan *plan = fail_plan_used;
	if (running == NULL)
		return;
	fail_on(false);
	print_message("%s: class %d, error %d, call %ld (%s)\n", running,
	        (int)plan->class, plan->which, plan->nth,
	        plan->failed != NULL ? plan->failed : "none failed");
	running = NULL;
}

static void nobody_listens(enum log_level level, const char *text)
{
}

int fail_each_setup(void **state)
{
	log_catch(nobody_listens);
	if (scratch_make(state) != 0)
		return -1;
	snprintf(fail_top, sizeof fail_top, "%s", (const char *)*state);
	snprintf(fail_folder, sizeof fail_folder, "%s/laid", fail_top);
	return 0;
}

int fail_each_teardown(void **state)
{
	fail_each_tell();
	log_catch(NULL);
	return scratch_remove(state);
}

void fail_each_clear(void)
{
	kit_remove(fail_folder);
	assert_int_equal(mkdir(fail_folder, 0700), 0);
}
