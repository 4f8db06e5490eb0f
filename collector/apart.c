/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/apart.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 100 /* so often it is seen whether it is enough */

struct answer {
	int status;
	struct problem why;
	uint8_t out[APART_MOST];
};

/* When memory is short the kernel ends this process, not the collector: what it works on
 * is tried again later.  Where that cannot be said all are alike. */
static void go_first(void)
{
	static const char most[] = "1000";
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)!write(fd, most, sizeof most - 1);
	close(fd);
}

/* It ends with its parent, so that nobody writes when the next one recovers; and holds
 * neither its lock nor its sockets. */
_Noreturn static void child(const struct apart *apart, int pipe, pid_t parent)
{
	struct answer answer = { .why = { .text = "" } };
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || dup2(pipe, STDERR_FILENO + 1) < 0)
		_exit(EXIT_INTERNAL);
	close_range(STDERR_FILENO + 2, ~0u, 0);
	go_first();
	answer.status = apart->run(apart->with, &answer.why);
	if (apart->out_size > 0)
		memcpy(answer.out, apart->out, apart->out_size);
	ssize_t put = write(STDERR_FILENO + 1, &answer, sizeof answer);
	_exit(put == sizeof answer ? 0 : EXIT_INTERNAL);
}

/* Until the child speaks or ends, which it is made to when it is enough. */
static void await(const struct apart *apart)
{
	struct pollfd item = { .fd = apart->pipe, .events = POLLIN };
	while (apart->enough != NULL && !*apart->enough && poll(&item, 1, LOOK_MS) <= 0)
		continue;
	if (apart->enough != NULL && *apart->enough)
		kill(apart->pid, SIGKILL);
}

static size_t hear(int fd, struct answer *answer)
{
	size_t done = 0;
	while (done < sizeof *answer) {
		ssize_t got = read(fd, (char *)answer + done, sizeof *answer - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

static int cannot(struct problem *why)
{
	return problem_set(why, FAILED, EXIT_TRY_AGAIN,
	        "no child process can be made for libhdf5: %s", strerror(errno));
}

/* Wait for the child's end; how it died. */
static int bury(pid_t pid, struct problem *why)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return problem_set(why, FAILED, EXIT_TRY_AGAIN,
	        "libhdf5 did not come back from its work (%s%s)",
	        signal != 0 ? strsignal(signal) : "no answer",
	        signal == SIGKILL ? ": is memory short?" : "");
}

int apart_begin(struct apart *apart, struct problem *why)
{
	int end[2];
	pid_t parent = getpid();
	assert(apart->out_size <= APART_MOST);
	if (pipe2(end, O_CLOEXEC) != 0)
		return cannot(why);
	apart->pid = fork();
	if (apart->pid == 0)
		child(apart, end[1], parent);
	close(end[1]);
	apart->pipe = end[0];
	if (apart->pid > 0)
		return OK;
	int status = cannot(why);
	close(end[0]);
	return status;
}

int apart_end(struct apart *apart, struct problem *why)
{
	struct answer answer;
	await(apart);
	bool whole = hear(apart->pipe, &answer) == sizeof answer;
	int status = bury(apart->pid, why);
	if (whole) {
		status = answer.status;
		if (why != NULL)
			*why = answer.why;
		if (apart->out_size > 0)
			memcpy(apart->out, answer.out, apart->out_size);
	}
	close(apart->pipe);
	return status;
}

int apart_run(struct apart *apart, struct problem *why)
{
	int status = apart_begin(apart, why);
	return status == OK ? apart_end(apart, why) : status;
}
