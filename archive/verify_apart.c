/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file by a stranger is looked at in a child that can do nothing but compute
 * (base/confine.h): libhdf5 1.10 crashes and hangs on damaged files, and follows
 * references to other files.  What the child says is a stranger's word too.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "archive/h5.h"
#include "archive/rewritten.h"
#include "archive/verify_inside.h"
#include "base/confine.h"
#include "base/utf8.h"

#define SECONDS_LEAST 60
#define BYTES_PER_SECOND                                                               \
	(256u << 10) /* slower than any machine that runs a collector */
/* What looking at a file may take, by its seal and its size. */
#define MEMORY_LEAST      ((size_t)512 << 20)
#define MEMORY_MOST       ((size_t)2 << 30)
#define MEMORY_PER_RECORD 4096
#define MEMORY_PER_BYTE   40 /* of the file: its records, and it made again */

void finding_damaged(struct finding *finding, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(finding->text, sizeof finding->text, format, args);
	va_end(args);
	finding->verdict = VERDICT_DAMAGED;
}

static unsigned time_limit(size_t n)
{
	return SECONDS_LEAST + (unsigned)(n / BYTES_PER_SECOND);
}

/* ---- the child ---- */

static void answer(const void *from, size_t n)
{
	const char *bytes = from;
	for (size_t done = 0; done < n;) {
		ssize_t put = write(0, bytes + done, n - done);
		if (put <= 0)
			_exit(EXIT_INTERNAL);
		done += (size_t)put;
	}
}

/* Memory a sound file of that size and that many records takes. */
static size_t memory_limit(const struct verify_image *image)
{
	size_t most = MEMORY_MOST;
	if (image->seal->records < (MEMORY_MOST - MEMORY_LEAST) / MEMORY_PER_RECORD)
		most = MEMORY_LEAST + MEMORY_PER_RECORD * (size_t)image->seal->records;
	return most + MEMORY_PER_BYTE * image->n;
}

/* The file made again, for one that is not to the bit what was sealed. */
static void again_answer(struct h5 *again)
{
	uint8_t *bytes;
	size_t n = 0;
	if (h5_image_take(again, &bytes, &n) != OK)
		n = 0;
	answer(&n, sizeof n);
	answer(bytes, n);
}

_Noreturn static void child(int out, const struct verify_image *image)
{
	static struct finding finding;
	struct h5 *again;
	struct confinement confinement = { .answer = out,
		.memory = memory_limit(image),
		.cpu_s = time_limit(image->n) };
	/* libhdf5 looks whether there is a file of that name, even for one in memory */
	if (h5_begin() != OK ||
	        h5_create(&again, NULL, image->seal->records <= H5_ROWS, NULL) != OK ||
	        confine_self(&confinement) != OK)
		_exit(EXIT_CONFIG);
	verify_file(image, again, &finding);
	answer(&finding, sizeof finding);
	if (finding.verdict == VERDICT_OK && !image->same)
		again_answer(again);
	_exit(0);
}

/* ---- the parent ---- */

/* Bytes taken before the deadline, or the end. */
static size_t read_until(int fd, void *out, size_t n, time_t deadline_s)
{
	size_t done = 0;
	while (done < n) {
		struct timespec now;
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= deadline_s)
			break;
		if (poll(&ready, 1, (int)(deadline_s - now.tv_sec) * 1000) < 0 &&
		        errno != EINTR)
			break;
		if (ready.revents == 0)
			continue;
		ssize_t got = read(fd, (char *)out + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

static void find_death(int status, struct finding *finding)
{
	int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (number == SIGSYS)
		finding_damaged(finding,
		        "so made that libhdf5 reaches for something outside the file, "
		        "which was not let through");
	else if (number == SIGXCPU || number == SIGKILL)
		finding_damaged(finding,
		        "so damaged that libhdf5 does not come back from reading it");
	else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CONFIG)
		finding_damaged(finding,
		        "could not be checked: this machine cannot confine the process "
		        "that would read it (seccomp)");
	else
		finding_damaged(finding,
		        "so damaged that libhdf5 fails on reading it (%s)",
		        number > 0 ? strsignal(number) : "no answer");
}

/* What the child says is by a stranger too: words to print, and nothing else. */
static void answer_clean(struct finding *finding)
{
	finding->text[sizeof finding->text - 1] = '\0';
	for (char *at = finding->text; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	size_t n = strlen(finding->text), at = utf8_sound(finding->text, n);
	for (; at < n; at += utf8_sound(finding->text + at, n - at))
		finding->text[at] = '?';
	if (finding->verdict != VERDICT_OK && finding->verdict != VERDICT_REWRITTEN)
		finding->verdict = VERDICT_DAMAGED;
}

/* The file made again, believed for its SHA-256 alone. */
static void again_hear(int in, const struct verify_image *image, time_t deadline_s,
        struct rewritten *again)
{
	uint8_t hash[DIGEST_SIZE];
	size_t n;
	if (read_until(in, &n, sizeof n, deadline_s) != sizeof n || n == 0 ||
	        n > FILE_MOST)
		return;
	again->bytes = malloc(n);
	if (again->bytes == NULL || read_until(in, again->bytes, n, deadline_s) != n)
		return;
	digest_of(again->bytes, n, hash);
	if (memcmp(hash, image->seal->file, sizeof hash) == 0)
		again->n = n;
}

static void child_hear(pid_t pid, int in, const struct verify_image *image,
        struct finding *finding, struct rewritten *again)
{
	struct timespec now;
	int status = 0;
	clock_gettime(CLOCK_MONOTONIC, &now);
	time_t deadline_s = now.tv_sec + time_limit(image->n);
	bool whole =
	        read_until(in, finding, sizeof *finding, deadline_s) == sizeof *finding;
	if (whole && finding->verdict == VERDICT_OK && !image->same)
		again_hear(in, image, deadline_s, again);
	struct pollfd ended = { .fd = in, .events = POLLIN };
	/* it has said all it has to say, or is past its time; else it ends by itself */
	if (whole || poll(&ended, 1, 0) == 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (whole)
		answer_clean(finding);
	else
		find_death(status, finding);
}

void verify_image_look(const struct verify_image *image, struct finding *finding,
        struct rewritten *again)
{
	int end[2];
	if (pipe2(end, O_CLOEXEC) != 0) {
		finding_damaged(finding, "could not be checked: %s", strerror(errno));
		return;
	}
	pid_t pid = fork();
	if (pid == 0)
		child(end[1], image);
	close(end[1]);
	if (pid < 0)
		finding_damaged(finding, "could not be checked: %s", strerror(errno));
	else
		child_hear(pid, end[0], image, finding, again);
	close(end[0]);
}
