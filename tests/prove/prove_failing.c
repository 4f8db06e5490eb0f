/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every system call, allocation and socket call of the record path fails once: for n =
 * 1, 2, ... a workload runs in a child in which the n-th of them fails, until a run
 * comes in which there is no n-th; for each of the errors the call can have.  No crash,
 * no leak, nothing acknowledged lost, nothing lost unsaid, and it works again
 * afterwards.
 *
 *   prove_failing [-e N] [-s SEED] [-w NAME] [-c CLASS] [-k WHICH] [-n NTH]
 *
 * -e N: only every N-th, beginning with one by chance.
 */
#include <dlfcn.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/kits/check.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/memory_place.h"
#include "tests/prove/fail_wrap.h"

#define SHIM    "build/shim_fail.so"
#define WORKERS 2
#define ERRORS  4 /* most errors a call can have */

int __lsan_do_recoverable_leak_check(void);

static const struct fail_work *const works[] = { &fail_cabinet, &fail_collector,
	&fail_link };
static const char *const class_name[] = { "system call", "allocation", "socket call" };

enum { WORKS = sizeof works / sizeof works[0] };

struct told { /* by a child to its parent */
	bool reached;
	char failed[64], wrong[512];
	long calls;
	struct fail_point point[FAIL_POINTS];
	char name[FAIL_POINTS][24];
};

static struct shared {
	struct told told[WORKERS];
	long runs[WORKERS], wrong[WORKERS], points;
} * shared;

static size_t worker;
static struct fail_plan *(*plan_own)(void); /* of the shim */
static char scratch[256];

/* Little memory held back makes the many children cheap. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1:malloc_context_size=5";
}

/* What libhdf5 and libzmq lose when one of their own calls fails is theirs. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libhdf5\nleak:libzmq\n";
}

static void quiet(enum log_level level, const char *text)
{
}

/* ---- one run ---- */

static void tell(struct told *told, const struct fail_plan *plan)
{
	told->reached = plan->reached;
	told->calls = plan->calls;
	snprintf(told->failed, sizeof told->failed, "%s",
	        plan->failed != NULL ? plan->failed : "-");
	for (size_t i = 0; i < FAIL_POINTS; i++) {
		const struct fail_point *point = &plan->point[plan->class][i];
		told->point[i].calls = point->calls;
		snprintf(told->name[i], sizeof told->name[i], "%s",
		        point->name != NULL ? point->name : "");
	}
}

static void child(const struct fail_work *work, const struct fail_plan *wanted)
{
	struct told *told = &shared->told[worker];
	struct fail_plan *plan = fail_plan_used;
	*plan = *wanted;
	log_catch(quiet);
	bool right = work->run(scratch, told->wrong);
	tell(told, plan);
	if (right && __lsan_do_recoverable_leak_check() != 0) {
		snprintf(told->wrong, sizeof told->wrong, "memory leaks");
		right = false;
	}
	fflush(NULL);
	exit(right ? 0 : 1);
}

/* False when there is no n-th call. */
static bool run_one(const struct fail_work *work, const struct fail_plan *plan)
{
	struct told *told = &shared->told[worker];
	int status = 0;
	kit_remove(scratch);
	if (mkdir(scratch, 0700) != 0)
		err(70, "%s", scratch);
	memset(told, 0, sizeof *told);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		child(work, plan);
	waitpid(pid, &status, 0);
	shared->runs[worker]++;
	if (status == 0)
		return told->reached;
	printf("FAILED %s, %s %ld, error %d (%s): %s; again: -w %s -c %d -k %d -n "
	       "%ld\n",
	        work->name, class_name[plan->class], plan->nth, plan->which,
	        told->failed,
	        told->wrong[0] != '\0' ? told->wrong : "it crashed or gave up",
	        work->name, (int)plan->class, plan->which, plan->nth);
	fflush(stdout);
	shared->wrong[worker]++;
	return true;
}

/* ---- all of them ---- */

static struct {
	long every, nth;
	const char *only;
	int class, which;
	unsigned seed;
} wanted = { .every = 1, .class = -1, .which = -1 };

/* Calls there are to fail: how many of each kind. */
static long count_points(const struct fail_work *work, const struct fail_plan *plan)
{
	const struct told *told = &shared->told[worker];
	run_one(work, plan);
	if (told->calls == 0 || worker != 0)
		return told->calls;
	printf("%s, %ss, error %d: %ld (", work->name, class_name[plan->class],
	        plan->which, told->calls);
	for (size_t i = 0; i < FAIL_POINTS && told->name[i][0] != '\0'; i++)
		printf("%s%s %ld", i > 0 ? ", " : "", told->name[i],
		        told->point[i].calls);
	printf(")\n");
	fflush(stdout);
	shared->points += told->calls;
	return told->calls;
}

static void run_plan(const struct fail_work *work, enum fail_class class, int which)
{
	struct fail_plan plan = { .class = class, .which = which, .nth = 0 };
	if (wanted.nth > 0) {
		plan.nth = wanted.nth;
		run_one(work, &plan);
		return;
	}
	long calls = count_points(work, &plan);
	if (calls == 0)
		return;
	long first = (long)(wanted.seed % (unsigned long)wanted.every) + 1;
	for (long i = 0;; i++) {
		plan.nth = first + i * wanted.every;
		if ((size_t)i % WORKERS != worker)
			continue;
		bool reached = run_one(work, &plan);
		if (!reached || plan.nth > 2 * calls)
			break;
	}
}

static void run_worker(size_t number)
{
	worker = number;
	fail_plan_used = plan_own();
	snprintf(scratch + strlen(scratch), 8, "/%zu", number);
	setenv("TMPDIR", scratch, 1);
	for (size_t w = 0; w < WORKS; w++) {
		if (wanted.only != NULL && strcmp(wanted.only, works[w]->name) != 0)
			continue;
		for (int class = 0; class < FAIL_CLASSES; class ++)
			for (int which = 0; which < ERRORS; which++)
				if ((wanted.class < 0 || wanted.class == class) &&
				        (wanted.which < 0 || wanted.which == which))
					run_plan(works[w], (enum fail_class) class,
					        which);
	}
	exit(0);
}

/* The shim must be loaded before us. */
static void load_shim(char **argv)
{
	static char shim[4096], self[4096];
	void *found = dlsym(RTLD_DEFAULT, "fail_plan_own");
	if (found != NULL) {
		memcpy(&plan_own, &found, sizeof found);
		return;
	}
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0 || realpath(project_file(SHIM), shim) == NULL ||
	        getenv("LD_PRELOAD") != NULL)
		err(70, "%s", SHIM);
	setenv("LD_PRELOAD", shim, 1);
	execv(self, argv);
	err(70, "%s", self);
}

static void read_arguments(int argc, char **argv)
{
	int c;
	wanted.seed = (unsigned)time(NULL);
	while ((c = getopt(argc, argv, "e:w:c:k:n:s:")) != -1) {
		if (c == 'e')
			wanted.every = atol(optarg);
		else if (c == 's')
			wanted.seed = (unsigned)atol(optarg);
		else if (c == 'w')
			wanted.only = optarg;
		else if (c == 'c')
			wanted.class = atoi(optarg);
		else if (c == 'k')
			wanted.which = atoi(optarg);
		else if (c == 'n')
			wanted.nth = atol(optarg);
		else
			errx(64, "prove_failing [-e N] [-s SEED] [-w NAME] [-c CLASS] "
			         "[-k "
			         "WHICH] [-n NTH]");
	}
}

static long sum_of(const long *of_worker)
{
	long sum = 0;
	for (size_t w = 0; w < WORKERS; w++)
		sum += of_worker[w];
	return sum;
}

int main(int argc, char **argv)
{
	const char *base = memory_place();
	load_shim(argv);
	read_arguments(argc, argv);
	snprintf(scratch, sizeof scratch, "%s/quantrac-failing-XXXXXX", base);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || mkdtemp(scratch) == NULL)
		err(70, "%s", scratch);
	printf("seed %u, every %ld of the calls\n", wanted.seed, wanted.every);
	fflush(stdout);
	size_t workers = wanted.nth > 0 ? 1 : WORKERS;
	for (size_t w = 0; w < workers; w++)
		if (fork() == 0)
			run_worker(w);
	int status, died = 0;
	while (wait(&status) > 0)
		died += status != 0;
	kit_remove(scratch);
	long wrong = sum_of(shared->wrong);
	printf("%ld points, %ld runs with one failed call: %ld wrong\n", shared->points,
	        sum_of(shared->runs), wrong);
	return wrong == 0 && died == 0 ? 0 : 1;
}
