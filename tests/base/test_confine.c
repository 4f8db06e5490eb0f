/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/status.h"

/* What a child does after it was confined; its exit code, or what killed it. */
struct outcome {
	int killed, code;
	char said[16];
};

static struct outcome confined(void (*what)(void))
{
	struct outcome outcome = { .killed = 0 };
	int end[2], status;
	assert_int_equal(pipe(end), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct confinement confinement = { .answer = end[1], .cpu_s = 2 };
		if (confine_self(&confinement) != OK)
			_exit(99);
		what();
		_exit(7);
	}
	close(end[1]);
	(void)!read(end[0], outcome.said, sizeof outcome.said - 1);
	close(end[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	outcome.killed = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return outcome;
}

static void compute_and_answer(void)
{
	size_t n = 4u << 20;
	char *much = malloc(n);
	memset(much, 'x', n);
	(void)!write(0, much + n - 4, 4);
	free(much);
}

static void call_open(void)
{
	(void)!open("/etc/passwd", O_RDONLY);
}

static void call_openat_of_nothing(void)
{
	(void)!open("/nowhere/at/all", O_RDONLY);
}

static void call_socket(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
}

static void call_exec(void)
{
	char *const none[] = { NULL };
	execve("/bin/true", none, none);
}

static void call_fork(void)
{
	fork();
}

static void call_kill(void)
{
	kill(getppid(), SIGTERM);
}

static void write_elsewhere(void)
{
	(void)!write(1, "x", 1);
}

static void read_anything(void)
{
	char byte;
	(void)!read(0, &byte, 1);
}

static void make_memory_executable(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void spin(void)
{
	for (volatile unsigned i = 0;; i = i + 1)
		continue;
}

static void computing_and_one_answer_are_left(void **state)
{
	struct outcome outcome = confined(compute_and_answer);
	assert_int_equal(outcome.killed, 0);
	assert_int_equal(outcome.code, 7);
	assert_string_equal(outcome.said, "xxxx");
}

static void every_reach_outside_kills(void **state)
{
	void (*const reach[])(void) = { call_open, call_openat_of_nothing, call_socket,
		call_exec, call_fork, call_kill, write_elsewhere, read_anything,
		make_memory_executable };
	for (size_t i = 0; i < sizeof reach / sizeof reach[0]; i++) {
		struct outcome outcome = confined(reach[i]);
		if (outcome.killed != SIGSYS)
			print_error("reach %zu: killed by %d, code %d\n", i,
			        outcome.killed, outcome.code);
		assert_int_equal(outcome.killed, SIGSYS);
	}
}

static void an_endless_loop_ends(void **state)
{
	struct outcome outcome = confined(spin);
	assert_true(outcome.killed == SIGXCPU || outcome.killed == SIGKILL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(computing_and_one_answer_are_left),
		cmocka_unit_test(every_reach_outside_kills),
		cmocka_unit_test(an_endless_loop_ends),
	};
	return cmocka_run_group_tests_name("confine", tests, NULL, NULL);
}
