/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file by a stranger is read here into memory and looked at in a child that can do
 * nothing but compute (base/confine.h): libhdf5 1.10 crashes and hangs on damaged files,
 * and follows references to other files.  Whether the bytes are those that were sealed
 * is decided on this side.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "archive/h5.h"
#include "archive/verify_inside.h"
#include "base/bytes.h"
#include "base/confine.h"
#include "base/folder.h"
#include "base/units.h"
#include "base/utf8.h"

#define SECONDS_LEAST 60
#define BYTES_PER_SECOND                                                               \
	(256u << 10) /* slower than any machine that runs a collector */
#define MEMORY_LEAST    ((size_t)2 << 30)
#define MEMORY_PER_BYTE 40 /* of the file: its records, and it made again */

static void damaged(struct finding *finding, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static void damaged(struct finding *finding, const char *format, ...)
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

static void answer(const struct finding *finding)
{
	const char *bytes = (const char *)finding;
	for (size_t done = 0; done < sizeof *finding;) {
		ssize_t n = write(0, bytes + done, sizeof *finding - done);
		if (n <= 0)
			_exit(EXIT_INTERNAL);
		done += (size_t)n;
	}
}

_Noreturn static void child(int out, const struct verify_image *image)
{
	static struct finding finding;
	struct h5 *again;
	struct confinement confinement = { .answer = out,
		.memory = MEMORY_LEAST + MEMORY_PER_BYTE * image->n,
		.cpu_s = time_limit(image->n) };
	/* libhdf5 looks whether there is a file of that name, even for one in memory */
	if (h5_begin() != OK || h5_create(&again, NULL, true, NULL) != OK ||
	        confine_self(&confinement) != OK)
		_exit(EXIT_CONFIG);
	verify_file(image, again, &finding);
	answer(&finding);
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
		damaged(finding,
		        "so made that libhdf5 reaches for something outside the file, "
		        "which was not let through");
	else if (number == SIGXCPU || number == SIGKILL)
		damaged(finding,
		        "so damaged that libhdf5 does not come back from reading it");
	else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CONFIG)
		damaged(finding,
		        "could not be checked: this machine cannot confine the process "
		        "that would read it (seccomp)");
	else
		damaged(finding, "so damaged that libhdf5 fails on reading it (%s)",
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

static void child_hear(
        pid_t pid, int in, const struct verify_image *image, struct finding *finding)
{
	struct timespec now;
	int status = 0;
	clock_gettime(CLOCK_MONOTONIC, &now);
	bool whole = read_until(in, finding, sizeof *finding,
	                     now.tv_sec + time_limit(image->n)) == sizeof *finding;
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

static void image_look(const struct verify_image *image, struct finding *finding)
{
	int end[2];
	if (pipe2(end, O_CLOEXEC) != 0) {
		damaged(finding, "could not be checked: %s", strerror(errno));
		return;
	}
	pid_t pid = fork();
	if (pid == 0)
		child(end[1], image);
	close(end[1]);
	if (pid < 0)
		damaged(finding, "could not be checked: %s", strerror(errno));
	else
		child_hear(pid, end[0], image, finding);
	close(end[0]);
}

/* ---- the bytes ---- */

static int image_read(const char *path, struct verify_image *image)
{
	struct stat st;
	int fd = file_open_regular(AT_FDCWD, path, 0);
	if (fd < 0)
		return FAILED;
	void *at = MAP_FAILED;
	size_t done = 0;
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		at = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
		        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	while (at != MAP_FAILED && done < (size_t)st.st_size) {
		ssize_t n = read(fd, (char *)at + done, (size_t)st.st_size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	close(fd);
	if (at == MAP_FAILED)
		return FAILED;
	image->bytes = at;
	image->n = done;
	image->room = (size_t)st.st_size;
	return OK;
}

/* Signature, version and size as the superblock says them, before libhdf5 sees a byte. */
static bool superblock_sound(const struct verify_image *image, struct finding *finding)
{
	static const uint8_t signature[8] = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a,
		'\n' };
	const uint8_t *in = image->bytes;
	if (image->n < 96 || memcmp(in, signature, sizeof signature) != 0) {
		damaged(finding, "is no HDF5 file (%zu bytes)", image->n);
		return false;
	}
	bool old = in[8] <= 1;
	size_t base = old ? (in[8] == 0 ? 24 : 28) : 12;
	if (in[8] > 3 || in[old ? 13 : 9] != 8 || in[old ? 14 : 10] != 8) {
		damaged(finding, "superblock of version %u, or of another width",
		        in[8]);
		return false;
	}
	uint64_t end = get_le64(in + base + 16);
	if (get_le64(in + base) != 0 || end != image->n) {
		damaged(finding, "has %zu bytes; by its superblock it has %llu",
		        image->n, (unsigned long long)end);
		return false;
	}
	return true;
}

void verify_file_apart(const char *path, const struct seal *seal,
        const struct archive_identity *identity, struct finding *finding)
{
	uint8_t hash[DIGEST_SIZE];
	struct verify_image image = { .seal = seal, .identity = identity };
	*finding = (struct finding){ .verdict = VERDICT_DAMAGED };
	if (image_read(path, &image) != OK) {
		struct stat st;
		int error = errno;
		bool empty =
		        stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0;
		damaged(finding, "cannot be read: %s",
		        empty ? "it is empty" : file_reason(error));
		return;
	}
	digest_of(image.bytes, image.n, hash);
	bool same = memcmp(hash, seal->file, sizeof hash) == 0;
	units_check(
	        "m"); /* its table is read from a file: once, and before the child */
	if (superblock_sound(&image, finding))
		image_look(&image, finding);
	if (finding->verdict == VERDICT_OK && !same)
		finding->verdict = VERDICT_REWRITTEN;
	munmap((void *)(uintptr_t)image.bytes, image.room);
}
