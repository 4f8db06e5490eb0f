/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preloaded into tests/prove/prove_failing.c: system calls on what lies below a folder, made by
 * quantrac or by libhdf5, fail as the plan says. */
#include "tests/prove/shim_fail.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct fail_plan *fail_plan; /* NULL: nothing fails */

bool shim_ours[DESCRIPTORS];

/* A plan of one's own, which children share. */
struct fail_plan *fail_plan_own(void)
{
	void *shared = mmap(NULL, sizeof *fail_plan, PROT_READ | PROT_WRITE,
	        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		_exit(97);
	fail_plan = shared;
	return fail_plan;
}

/* The function of this name behind us; a data pointer is turned into one by its
 * bytes. */
void shim_find(void *function, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);
	memcpy(function, &found, sizeof found);
}

bool shim_is_ours(int fd)
{
	return fd >= 0 && fd < DESCRIPTORS && shim_ours[fd];
}

bool shim_is_below(int folder, const char *name)
{
	if (fail_plan == NULL || fail_plan->root[0] == '\0')
		return false;
	return name[0] == '/'
	               ? strncmp(name, fail_plan->root, strlen(fail_plan->root)) == 0
	               : shim_is_ours(folder);
}

/* True: fail, errno is set. */
bool shim_fails(bool concerned, const char *name, const int *errors)
{
	int error = concerned ? fail_now(fail_plan, FAIL_SYSTEM, name, errors) : 0;
	if (error > 0)
		errno = error;
	return error > 0;
}

const int shim_io[] = { EIO, 0 };
const int shim_making[] = { EIO, ENOSPC, 0 };

static int opened(int folder, const char *name, int flags, mode_t mode)
{
	static const int errors[] = { EMFILE, EIO, 0 };
	static const int creating[] = { EMFILE, ENOSPC, 0 };
	bool below = shim_is_below(folder, name);
	if (shim_fails(below, (flags & O_CREAT) != 0 ? "open (create)" : "open",
	            (flags & O_CREAT) != 0 ? creating : errors))
		return -1;
	int fd = (int)syscall(SYS_openat, folder, name, flags, mode);
	if (fd >= 0 && fd < DESCRIPTORS)
		shim_ours[fd] = below;
	return fd;
}

#include "tests/prove/shim_open.h"

int close(int fd)
{
	if (fd >= 0 && fd < DESCRIPTORS)
		shim_ours[fd] = false;
	return (int)syscall(SYS_close, fd);
}

int dup2(int from, int to)
{
	int fd = (int)syscall(SYS_dup3, from, to, 0);
	if (fd >= 0 && fd < DESCRIPTORS)
		shim_ours[fd] = shim_is_ours(from);
	return fd;
}

int close_range(unsigned first, unsigned last, int flags)
{
	for (unsigned fd = first; fd <= last && fd < DESCRIPTORS; fd++)
		shim_ours[fd] = false;
	return (int)syscall(SYS_close_range, first, last, flags);
}

/* ---- children ---- */

pid_t fork(void)
{
	static const int errors[] = { EAGAIN, ENOMEM, 0 };
	pid_t (*real)(void);
	if (shim_fails(true, "fork", errors))
		return -1;
	shim_find(&real, "fork");
	return real();
}

int pipe2(int fd[2], int flags)
{
	static const int errors[] = { EMFILE, ENFILE, 0 };
	if (shim_fails(true, "pipe", errors))
		return -1;
	return (int)syscall(SYS_pipe2, fd, flags);
}

/* ---- reading and writing ---- */

static ssize_t moved(int fd, const char *name, const int *errors, long number, void *in,
        size_t n, off_t at)
{
	int error =
	        shim_is_ours(fd) ? fail_now(fail_plan, FAIL_SYSTEM, name, errors) : 0;
	if (error > 0) {
		errno = error;
		return -1;
	}
	if (error == FAIL_SHORT && n > 1)
		n /= 2;
	return syscall(number, fd, in, n, at);
}

static const int reading[] = { EIO, EINTR, FAIL_SHORT, 0 };
static const int writing[] = { ENOSPC, EIO, FAIL_SHORT, EINTR, 0 };

ssize_t read(int fd, void *out, size_t n)
{
	return moved(fd, "read", reading, SYS_read, out, n, 0);
}

ssize_t pread(int fd, void *out, size_t n, off_t at)
{
	return moved(fd, "pread", reading, SYS_pread64, out, n, at);
}

ssize_t write(int fd, const void *in, size_t n)
{
	return moved(fd, "write", writing, SYS_write, (void *)(uintptr_t)in, n, 0);
}

ssize_t pwrite(int fd, const void *in, size_t n, off_t at)
{
	return moved(fd, "pwrite", writing, SYS_pwrite64, (void *)(uintptr_t)in, n, at);
}

/* ---- other calls on a descriptor ---- */

int fsync(int fd)
{
	if (shim_fails(shim_is_ours(fd), "fsync", shim_making))
		return -1;
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	if (shim_fails(shim_is_ours(fd), "fdatasync", shim_making))
		return -1;
	return (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t size)
{
	if (shim_fails(shim_is_ours(fd), "ftruncate", shim_making))
		return -1;
	return (int)syscall(SYS_ftruncate, fd, size);
}

int fallocate(int fd, int mode, off_t at, off_t n)
{
	static const int errors[] = { ENOSPC, EIO, EINTR, 0 };
	if (shim_fails(shim_is_ours(fd), "fallocate", errors))
		return -1;
	return (int)syscall(SYS_fallocate, fd, mode, at, n);
}

int posix_fallocate(int fd, off_t at, off_t n)
{
	int saved = errno;
	int error = fallocate(fd, 0, at, n) == 0 ? 0 : errno;
	errno = saved;
	return error;
}

int flock(int fd, int operation)
{
	static const int errors[] = { EINTR, ENOLCK, 0 };
	if (shim_fails(shim_is_ours(fd), "flock", errors))
		return -1;
	return (int)syscall(SYS_flock, fd, operation);
}

off_t lseek(int fd, off_t at, int from)
{
	if (shim_fails(shim_is_ours(fd), "lseek", shim_io))
		return -1;
	return (off_t)syscall(SYS_lseek, fd, at, from);
}

int fstat(int fd, struct stat *out)
{
	int (*real)(int, struct stat *);
	if (shim_fails(shim_is_ours(fd), "fstat", shim_io))
		return -1;
	shim_find(&real, "fstat");
	return real(fd, out);
}

int fchmod(int fd, mode_t mode)
{
	if (shim_fails(shim_is_ours(fd), "fchmod", shim_io))
		return -1;
	return (int)syscall(SYS_fchmod, fd, mode);
}

ssize_t getrandom(void *out, size_t n, unsigned flags)
{
	static const int errors[] = { EINTR, 0 };
	if (shim_fails(true, "getrandom", errors))
		return -1;
	return syscall(SYS_getrandom, out, n, flags);
}

/* The names by which programs built for large files call the same. */
int open64(const char *name, int flags, ...) __attribute__((alias("open")));
int openat64(int folder, const char *name, int flags, ...)
        __attribute__((alias("openat")));
ssize_t pread64(int fd, void *out, size_t n, off_t at) __attribute__((alias("pread")));
ssize_t pwrite64(int fd, const void *in, size_t n, off_t at)
        __attribute__((alias("pwrite")));
int ftruncate64(int fd, off_t size) __attribute__((alias("ftruncate")));
int posix_fallocate64(int fd, off_t at, off_t n)
        __attribute__((alias("posix_fallocate")));
off_t lseek64(int fd, off_t at, int from) __attribute__((alias("lseek")));
