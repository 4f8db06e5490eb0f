/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work in a child process: what comes back of it, and what is said when it does not. */
#include "tests/kits/check.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "collector/apart.h"

enum { RAISED = 5, CHILDS_END = STDERR_FILENO + 1 };

static sem_t *alarms; /* shared by parent and child */

static int count_on(void *with, struct problem *why)
{
	(*(int *)with)++;
	return problem_set(why, REFUSED, EXIT_CONFIG, "counted");
}

static void what_the_child_finds_comes_back_and_nothing_else(void **state)
{
	struct problem why = { .text = "" };
	int number[2] = { 41, 7 };
	struct apart apart = { .run = count_on,
		.with = number,
		.out = number,
		.out_size = sizeof number };
	assert_int_equal(apart_run(&apart, &why), REFUSED);
	assert_string_equal(why.text, "counted");
	assert_int_equal(why.exit, EXIT_CONFIG);
	assert_int_equal(number[0], 42);
	assert_int_equal(number[1], 7);
	apart.out = NULL;
	apart.out_size = 0;
	assert_int_equal(apart_run(&apart, NULL), REFUSED);
	assert_int_equal(number[0], 42);
}

static int be_killed(void *with, struct problem *why)
{
	signal(SIGTERM, SIG_DFL);
	raise(SIGTERM);
	return OK;
}

static int be_ended(void *with, struct problem *why)
{
	raise(SIGKILL);
	return OK;
}

static int leave(void *with, struct problem *why)
{
	_exit(0);
}

static int shut_the_way_back(void *with, struct problem *why)
{
	close(CHILDS_END);
	return OK;
}

static void a_child_that_does_not_come_back_is_told_with_its_death(void **state)
{
	struct problem why = { .text = "" };
	int number = 41;
	struct apart apart = {
		.run = be_killed, .out = &number, .out_size = sizeof number
	};
	assert_int_equal(apart_run(&apart, &why), FAILED);
	assert_contains(why.text, strsignal(SIGTERM));
	assert_int_equal(why.exit, EXIT_TRY_AGAIN);
	apart.run = be_ended;
	assert_int_equal(apart_run(&apart, &why), FAILED);
	assert_contains(why.text, "Killed: is memory short?");
	apart.run = leave;
	assert_int_equal(apart_run(&apart, &why), FAILED);
	assert_contains(why.text, "no answer");
	apart.run = shut_the_way_back;
	assert_int_equal(apart_run(&apart, &why), FAILED);
	assert_contains(why.text, "no answer");
	assert_int_equal(number, 41);
}

static int read_score(void *with, struct problem *why)
{
	FILE *in = fopen("/proc/self/oom_score_adj", "r");
	int read = in != NULL ? fscanf(in, "%d", (int *)with) : 0;
	if (in != NULL)
		fclose(in);
	return read == 1 ? OK : FAILED;
}

static void when_memory_is_short_the_child_goes_first(void **state)
{
	int parent = 0, child = 0;
	struct apart apart = { .run = read_score,
		.with = &child,
		.out = &child,
		.out_size = sizeof child };
	assert_int_equal(read_score(&parent, NULL), OK);
	assert_int_equal(apart_run(&apart, NULL), OK);
	assert_int_equal(child, 1000);
	assert_int_equal(read_score(&child, NULL), OK);
	assert_int_equal(child, parent);
}

static void without_a_descriptor_left_no_child_is_made(void **state)
{
	struct problem why = { .text = "" };
	struct rlimit before, none;
	int number = 41;
	struct apart apart = { .run = count_on, .with = &number };
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = STDERR_FILENO + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	int status = apart_run(&apart, &why);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(status, FAILED);
	assert_contains(why.text, "no child process can be made");
	assert_int_equal(why.exit, EXIT_TRY_AGAIN);
	assert_int_equal(apart_run(&apart, &why), REFUSED);
}

/* ---- a child nobody waits for any more ---- */

static atomic_bool enough;

static void it_is_enough(int number)
{
	enough = true;
}

/* If it is not ended it does so itself, by another signal. */
static int work_on(void *with, struct problem *why)
{
	signal(SIGALRM, SIG_DFL);
	alarm(20);
	while (pause() != 0)
		continue;
	return OK;
}

static void a_child_is_ended_when_it_is_enough(void **state)
{
	const struct sigaction catch = { .sa_handler = it_is_enough };
	const struct itimerval once = { .it_value.tv_usec = 2000 };
	struct sigaction before;
	struct problem why = { .text = "" };
	struct apart apart = { .run = work_on, .enough = &enough };
	enough = true; /* before it began */
	assert_int_equal(apart_run(&apart, &why), FAILED);
	assert_contains(why.text, "Killed");
	enough = false; /* and while it works */
	assert_int_equal(sigaction(SIGALRM, &catch, &before), 0);
	assert_int_equal(apart_begin(&apart, &why), OK);
	setitimer(ITIMER_REAL, &once, NULL);
	assert_int_equal(apart_end(&apart, &why), FAILED);
	assert_contains(why.text, "Killed");
	sigaction(SIGALRM, &before, NULL);
	int number = 41;
	enough = false;
	apart = (struct apart){ .run = count_on, .with = &number, .enough = &enough };
	assert_int_equal(apart_run(&apart, &why), REFUSED);
	assert_string_equal(why.text, "counted");
}

/* ---- signals ---- */

static void note_alarm(int number)
{
	sem_post(alarms);
}

static void await_alarms(int n)
{
	for (int i = 0; i < n; i++)
		while (sem_wait(alarms) != 0 && errno == EINTR)
			continue;
}

/* First its parent waits for what it says, then for its end. */
static int be_waited_for(void *with, struct problem *why)
{
	bool says = *(bool *)with;
	await_alarms(RAISED);
	if (!says) {
		close(CHILDS_END);
		await_alarms(RAISED);
	}
	return OK;
}

static void a_signal_interrupts_neither_wait(void **state)
{
	const struct sigaction catch = { .sa_handler = note_alarm };
	const struct itimerval every = { .it_interval.tv_usec = 2000,
		.it_value.tv_usec = 2000 };
	const struct itimerval never = { .it_value.tv_usec = 0 };
	struct sigaction before;
	bool says = true;
	struct apart apart = { .run = be_waited_for, .with = &says };
	struct problem why = { .text = "" };
	assert_int_equal(sigaction(SIGALRM, &catch, &before), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sem_init(alarms, 1, 0), 0);
		setitimer(ITIMER_REAL, &every, NULL);
		int status = apart_run(&apart, &why);
		setitimer(ITIMER_REAL, &never, NULL);
		assert_int_equal(status, says ? OK : FAILED);
		says = false;
	}
	assert_contains(why.text, "no answer");
	sigaction(SIGALRM, &before, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_child_finds_comes_back_and_nothing_else),
		cmocka_unit_test(
		        a_child_that_does_not_come_back_is_told_with_its_death),
		cmocka_unit_test(when_memory_is_short_the_child_goes_first),
		cmocka_unit_test(without_a_descriptor_left_no_child_is_made),
		cmocka_unit_test(a_child_is_ended_when_it_is_enough),
		cmocka_unit_test(a_signal_interrupts_neither_wait),
	};
	alarms = mmap(NULL, sizeof *alarms, PROT_READ | PROT_WRITE,
	        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return alarms == MAP_FAILED
	               ? 70
	               : cmocka_run_group_tests_name("apart", tests, NULL, NULL);
}
