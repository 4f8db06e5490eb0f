/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Power cuts, replayed.  A program works on a folder while tests/prove/shim_writes.c logs
 * what it does to the disk; then thousands of disks are made that the power might have
 * left behind (tests/prove/crash_disk.h), and on each the real recovery runs: every record
 * acknowledged by then must be there once and to the byte, none invented, and the
 * program must go on.  Recovery is cut off too.
 *
 *   prove_crash [-n STATES] [-s SEED] [-w NAME [-j JOB]]
 *
 * The same seed makes the same disks.  Last it is shown that the check can fail: with
 * fdatasync or fsync left out, losses are found.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/kits/check.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/memory_place.h"
#include "tests/prove/crash_work.h"

#define WORKERS 2
#define SHIM    "build/shim_writes.so"

struct plan {
	const char *name;
	const struct crash_work *work;
	unsigned share;   /* per cent of all states */
	size_t a_log;     /* states made from one log */
	bool again;       /* what is cut off is recovery, after a first crash */
	const char *skip; /* this call is left out, and losses must be found */
};

/* clang-format off */
static const struct plan plans[] = {
	{ "cabinet",             &crash_cabinet,   42, 80, false, NULL },
	{ "collector",           &crash_collector, 27, 50, false, NULL },
	{ "seal",                &crash_seal,      12, 30, false, NULL },
	{ "cabinet-recovery",    &crash_cabinet,   12, 24, true,  NULL },
	{ "seal-recovery",       &crash_seal,       7, 16, true,  NULL },
	{ "cabinet-no-fdatasync", &crash_cabinet,   2, 50, false, "fdatasync" },
	{ "cabinet-no-fsync",    &crash_cabinet,    2, 50, false, "fsync" },
	{ "seal-no-fsync",       &crash_seal,       1, 25, false, "fsync" },
};
/* clang-format on */

enum { PLANS = sizeof plans / sizeof plans[0] };

struct result {
	uint64_t states, wrong, calls, promised;
	struct crash_seen seen;
	char first[512]; /* what was wrong first */
};

struct shared { /* with the workers */
	struct result result[WORKERS][PLANS];
	char at[WORKERS][256]; /* what is being done */
};

static struct shared *shared;
static char scratch[256], shim[4096];
static const char *program;
static uint64_t first_seed;

/* Little memory held back makes the many children cheap. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1:malloc_context_size=5";
}

static void quiet(enum log_level level, const char *text)
{
}

/* ---- one log ---- */

/* Run the work in a program of its own, its writes logged. */
static void run_logged(const struct plan *plan, const char *dir, const char *log,
        uint64_t seed, bool again)
{
	char text[32];
	int status;
	snprintf(text, sizeof text, "%" PRIu64, seed);
	unlink(log);
	pid_t pid = fork();
	if (pid == 0) {
		setenv("WRITES_ROOT", dir, 1);
		setenv("WRITES_LOG", log, 1);
		setenv("LD_PRELOAD", shim, 1);
		if (plan->skip != NULL)
			setenv("WRITES_SKIP", plan->skip, 1);
		execl(program, program, "--work", plan->work->name, dir, text,
		        again ? "again" : "first", (char *)NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		errx(70, "%s: the work itself ended with %d", plan->name, status);
}

static int do_work(char **argument)
{
	const struct crash_work *work[] = { &crash_cabinet, &crash_collector,
		&crash_seal };
	for (size_t i = 0; i < 3; i++)
		if (strcmp(work[i]->name, argument[0]) == 0)
			work[i]->work(argument[1], strtoull(argument[2], NULL, 10),
			        strcmp(argument[3], "again") == 0);
	return 0;
}

/* ---- the states of a log ---- */

struct job {
	const struct plan *plan;
	struct result *result;
	char *at;
	size_t number;
	uint64_t seed;
	char dir[300], before[300], log[300];
};

static void check_state(struct job *job, const struct crash_disk *disk,
        struct crash_book *book, size_t base, size_t state)
{
	size_t end = crash_disk_draw(disk, &job->seed);
	enum crash_model model = state % 2 == 0 ? CRASH_PREFIX : CRASH_REORDER;
	struct result *result = job->result;
	snprintf(job->at, sizeof shared->at[0], "-s %" PRIu64 " -w %s -j %zu",
	        first_seed, job->plan->name, job->number);
	kit_remove(job->dir);
	crash_disk_lay(disk, end, model, &job->seed, job->dir);
	crash_book_at(book, base + end);
	result->states++;
	result->promised += crash_book_promised(book);
	if (job->plan->work->check(job->dir, book, &result->seen))
		return;
	if (result->wrong++ == 0)
		snprintf(result->first, sizeof result->first,
		        "state %zu (%s, call %zu): %s; again: %s", state,
		        model == CRASH_PREFIX ? "prefix" : "reorder", end, book->wrong,
		        job->at);
}

static void check_log(struct job *job)
{
	const struct crash_work *work = job->plan->work;
	struct crash_book book = { .n = 0 };
	kit_remove(job->before);
	kit_remove(job->dir);
	work->prepare(job->before);
	work->prepare(job->dir);
	run_logged(job->plan, job->dir, job->log, job->seed, false);
	struct crash_disk *disk = crash_disk_new(job->log, job->before);
	job->result->calls += crash_disk_n(disk);
	crash_book_add(&book, disk, crash_disk_n(disk), 0);
	for (size_t i = 0; i < job->plan->a_log; i++)
		check_state(job, disk, &book, 0, i);
	crash_book_free(&book);
	crash_disk_free(disk);
}

/* The first crash leaves a disk; recovery and some work on it is what is logged and cut
 * off. */
static void check_log_again(struct job *job)
{
	struct crash_book book = { .n = 0 };
	kit_remove(job->before);
	kit_remove(job->dir);
	job->plan->work->prepare(job->before);
	job->plan->work->prepare(job->dir);
	run_logged(job->plan, job->dir, job->log, job->seed, false);
	struct crash_disk *first = crash_disk_new(job->log, job->before);
	size_t end = crash_disk_draw(first, &job->seed);
	enum crash_model model = job->number % 2 == 0 ? CRASH_PREFIX : CRASH_REORDER;
	uint64_t same = job->seed;
	kit_remove(job->before);
	kit_remove(job->dir);
	crash_disk_lay(first, end, model, &same, job->before);
	crash_disk_lay(first, end, model, &job->seed, job->dir);
	run_logged(job->plan, job->dir, job->log, job->seed, true);
	struct crash_disk *second = crash_disk_new(job->log, job->before);
	job->result->calls += crash_disk_n(second);
	crash_book_add(&book, first, end, 0);
	crash_book_add(&book, second, crash_disk_n(second), end);
	for (size_t i = 0; i < job->plan->a_log; i++)
		check_state(job, second, &book, end, i);
	crash_book_free(&book);
	crash_disk_free(first);
	crash_disk_free(second);
}

/* ---- all of it ---- */

static size_t jobs_of(const struct plan *plan, size_t states)
{
	size_t wanted = states * plan->share / 100;
	return (wanted + plan->a_log - 1) / plan->a_log;
}

static void run_job(size_t worker, size_t p, size_t number)
{
	struct job job = { .plan = &plans[p],
		.result = &shared->result[worker][p],
		.at = shared->at[worker],
		.number = number,
		.seed = (first_seed + number * 8 + p) * UINT64_C(0x9e3779b97f4a7c15) };
	snprintf(job.dir, sizeof job.dir, "%s/%zu", scratch, worker);
	snprintf(job.before, sizeof job.before, "%s/%zu-before", scratch, worker);
	snprintf(job.log, sizeof job.log, "%s/%zu.log", scratch, worker);
	if (plans[p].again)
		check_log_again(&job);
	else
		check_log(&job);
}

static int run_worker(size_t worker, size_t states, const char *only, long one)
{
	log_catch(quiet);
	for (size_t p = 0; p < PLANS; p++) {
		if (only != NULL && strcmp(only, plans[p].name) != 0)
			continue;
		for (size_t i = 0; i < jobs_of(&plans[p], states); i++)
			if (i % WORKERS == worker && (one < 0 || (size_t)one == i))
				run_job(worker, p, i);
	}
	return 0;
}

static struct result sum_of(size_t p)
{
	struct result sum = { .states = 0 };
	for (size_t w = 0; w < WORKERS; w++) {
		const struct result *one = &shared->result[w][p];
		sum.states += one->states;
		sum.wrong += one->wrong;
		sum.calls += one->calls;
		sum.promised += one->promised;
		sum.seen.torn += one->seen.torn;
		sum.seen.holes += one->seen.holes;
		sum.seen.sealed_files += one->seen.sealed_files;
		if (sum.first[0] == '\0')
			memcpy(sum.first, one->first, sizeof sum.first);
	}
	return sum;
}

/* What was found; failures. */
static int tell(void)
{
	uint64_t states = 0, wrong = 0, promised = 0;
	int failures = 0;
	printf("%-21s %6s %8s %11s %6s %6s %7s %6s\n", "cut off", "states", "calls",
	        "promised", "torn", "holes", "sealed", "wrong");
	for (size_t p = 0; p < PLANS; p++) {
		struct result sum = sum_of(p);
		if (sum.states == 0)
			continue;
		printf("%-21s %6" PRIu64 " %8" PRIu64 " %11" PRIu64 " %6" PRIu64
		       " %6" PRIu64 " %7" PRIu64 " %6" PRIu64 "\n",
		        plans[p].name, sum.states, sum.calls, sum.promised,
		        sum.seen.torn, sum.seen.holes, sum.seen.sealed_files,
		        sum.wrong);
		bool bad = plans[p].skip != NULL ? sum.wrong == 0 : sum.wrong > 0;
		if (sum.wrong > 0)
			printf("  %s%s\n",
			        bad ? "FAILED " : "found as it must be: ", sum.first);
		else if (bad)
			printf("  FAILED %s left out, and nothing noticed\n",
			        plans[p].skip);
		failures += bad;
		states += plans[p].skip == NULL ? sum.states : 0;
		wrong += plans[p].skip == NULL ? sum.wrong : 0;
		promised += plans[p].skip == NULL ? sum.promised : 0;
	}
	printf("%" PRIu64 " replayed crash states, %" PRIu64
	       " acknowledged records looked for: %" PRIu64 " states wrong\n",
	        states, promised, wrong);
	return failures;
}

static int run_workers(size_t states, const char *only, long one)
{
	pid_t pid[WORKERS];
	int failures = 0;
	for (size_t w = 0; w < WORKERS; w++) {
		pid[w] = fork();
		if (pid[w] == 0)
			exit(run_worker(w, states, only, one));
	}
	for (size_t w = 0; w < WORKERS; w++) {
		int status;
		if (waitpid(pid[w], &status, 0) == pid[w] && status == 0)
			continue;
		printf("FAILED: died (%d) in %s\n", status, shared->at[w]);
		failures++;
	}
	return failures;
}

static void find_files(void)
{
	static char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	const char *base = memory_place();
	if (n <= 0 || realpath(project_file(SHIM), shim) == NULL)
		err(70, "%s", SHIM);
	program = self;
	snprintf(scratch, sizeof scratch, "%s/quantrac-crash-XXXXXX", base);
	if (mkdtemp(scratch) == NULL)
		err(70, "%s", scratch);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(70, "mmap");
}

int main(int argc, char **argv)
{
	size_t states = 1500;
	const char *only = NULL;
	long one = -1;
	int c;
	log_catch(quiet);
	if (argc == 6 && strcmp(argv[1], "--work") == 0)
		return do_work(argv + 2);
	first_seed = (uint64_t)time(NULL);
	while ((c = getopt(argc, argv, "n:s:w:j:")) != -1) {
		if (c == 'n')
			states = strtoul(optarg, NULL, 10);
		else if (c == 's')
			first_seed = strtoull(optarg, NULL, 10);
		else if (c == 'w')
			only = optarg;
		else if (c == 'j')
			one = strtol(optarg, NULL, 10);
		else
			errx(64,
			        "prove_crash [-n STATES] [-s SEED] [-w NAME [-j JOB]]");
	}
	find_files();
	printf("seed %" PRIu64 " (-s %" PRIu64 " repeats this run)\n", first_seed,
	        first_seed);
	fflush(stdout);
	int failures = run_workers(states, only, one);
	failures += tell();
	kit_remove(scratch);
	return failures == 0 ? 0 : 1;
}
