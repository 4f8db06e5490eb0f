/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preloaded into tests/prove_failing.c: system calls on what lies below a folder, made by
 * quantrac or by libhdf5, fail as the plan says. */
#include "tests/fail_plan.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
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

#define DESCRIPTORS 4096

struct fail_plan *fail_plan_own(void);

static struct fail_plan *fail_plan; /* NULL: nothing fails */

static bool ours[DESCRIPTORS];

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
static void find(void *function, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);
	memcpy(function, &found, sizeof found);
}

static bool is_ours(int fd)
{
	return fd >= 0 && fd < DESCRIPTORS && ours[fd];
}

static bool is_below(int folder, const char *name)
{
	if (fail_plan == NULL || fail_plan->root[0] == '\0')
		return false;
	return name[0] == '/'
	               ? strncmp(name, fail_plan->root, strlen(fail_plan->root)) == 0
	               : is_ours(folder);
}

/* True: fail, errno is set. */
static bool fails(bool concerned, const char *name, const int *errors)
{
	int error = concerned ? fail_now(fail_plan, FAIL_SYSTEM, name, errors) : 0;
	if (error > 0)
		errno = error;
	return error > 0;
}

static const int io[] = { EIO, 0 };
static const int making[] = { EIO, ENOSPC, 0 };

static int opened(int folder, const char *name, int flags, mode_t mode)
{
	static const int errors[] = { EMFILE, EIO, 0 };
	static const int creating[] = { EMFILE, ENOSPC, 0 };
	bool below = is_below(folder, name);
	if (fails(below, (flags & O_CREAT) != 0 ? "open (create)" : "open",
	            (flags & O_CREAT) != 0 ? creating : errors))
		return -1;
	int fd = (int)syscall(SYS_openat, folder, name, flags, mode);
	if (fd >= 0 && fd < DESCRIPTORS)
		ours[fd] = below;
	return fd;
}

static mode_t mode_of(int flags, va_list more)
{
	return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
}

int open(const char *name, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	mode_t mode = mode_of(flags, more);
	va_end(more);
	return opened(AT_FDCWD, name, flags, mode);
}

int openat(int folder, const char *name, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	mode_t mode = mode_of(flags, more);
	va_end(more);
	return opened(folder, name, flags, mode);
}

int close(int fd)
{
	if (fd >= 0 && fd < DESCRIPTORS)
		ours[fd] = false;
	return (int)syscall(SYS_close, fd);
}

int dup2(int from, int to)
{
	int fd = (int)syscall(SYS_dup3, from, to, 0);
	if (fd >= 0 && fd < DESCRIPTORS)
		ours[fd] = is_ours(from);
	return fd;
}

int close_range(unsigned first, unsigned last, int flags)
{
	for (unsigned fd = first; fd <= last && fd < DESCRIPTORS; fd++)
		ours[fd] = false;
	return (int)syscall(SYS_close_range, first, last, flags);
}

/* ---- children ---- */

pid_t fork(void)
{
	static const int errors[] = { EAGAIN, ENOMEM, 0 };
	pid_t (*real)(void);
	if (fails(true, "fork", errors))
		return -1;
	find(&real, "fork");
	return real();
}

int pipe2(int fd[2], int flags)
{
	static const int errors[] = { EMFILE, ENFILE, 0 };
	if (fails(true, "pipe", errors))
		return -1;
	return (int)syscall(SYS_pipe2, fd, flags);
}

/* ---- reading and writing ---- */

static ssize_t moved(int fd, const char *name, const int *errors, long number, void *in,
        size_t n, off_t at)
{
	int error = is_ours(fd) ? fail_now(fail_plan, FAIL_SYSTEM, name, errors) : 0;
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
	if (fails(is_ours(fd), "fsync", making))
		return -1;
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	if (fails(is_ours(fd), "fdatasync", making))
		return -1;
	return (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t size)
{
	if (fails(is_ours(fd), "ftruncate", making))
		return -1;
	return (int)syscall(SYS_ftruncate, fd, size);
}

int fallocate(int fd, int mode, off_t at, off_t n)
{
	static const int errors[] = { ENOSPC, EIO, EINTR, 0 };
	if (fails(is_ours(fd), "fallocate", errors))
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
	if (fails(is_ours(fd), "flock", errors))
		return -1;
	return (int)syscall(SYS_flock, fd, operation);
}

off_t lseek(int fd, off_t at, int from)
{
	if (fails(is_ours(fd), "lseek", io))
		return -1;
	return (off_t)syscall(SYS_lseek, fd, at, from);
}

int fstat(int fd, struct stat *out)
{
	int (*real)(int, struct stat *);
	if (fails(is_ours(fd), "fstat", io))
		return -1;
	find(&real, "fstat");
	return real(fd, out);
}

int fchmod(int fd, mode_t mode)
{
	if (fails(is_ours(fd), "fchmod", io))
		return -1;
	return (int)syscall(SYS_fchmod, fd, mode);
}

/* ---- calls on names ---- */

int renameat(int a, const char *from, int b, const char *to)
{
	if (fails(is_below(b, to), "rename", making))
		return -1;
	return (int)syscall(SYS_renameat2, a, from, b, to, 0);
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int link(const char *from, const char *to)
{
	if (fails(is_below(AT_FDCWD, to), "link", making))
		return -1;
	return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int folder, const char *name, int flags)
{
	if (fails(is_below(folder, name), "unlink", io))
		return -1;
	return (int)syscall(SYS_unlinkat, folder, name, flags);
}

int unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

int mkdir(const char *name, mode_t mode)
{
	if (fails(is_below(AT_FDCWD, name), "mkdir", making))
		return -1;
	return (int)syscall(SYS_mkdirat, AT_FDCWD, name, mode);
}

int fstatat(int folder, const char *name, struct stat *out, int flags)
{
	int (*real)(int, const char *, struct stat *, int);
	if (fails(is_below(folder, name), "stat", io))
		return -1;
	find(&real, "fstatat");
	return real(folder, name, out, flags);
}

int stat(const char *name, struct stat *out)
{
	return fstatat(AT_FDCWD, name, out, 0);
}

int lstat(const char *name, struct stat *out)
{
	return fstatat(AT_FDCWD, name, out, AT_SYMLINK_NOFOLLOW);
}

int statvfs(const char *name, struct statvfs *out)
{
	int (*real)(const char *, struct statvfs *);
	if (fails(is_below(AT_FDCWD, name), "statvfs", io))
		return -1;
	find(&real, "statvfs");
	return real(name, out);
}

int access(const char *name, int mode)
{
	if (fails(is_below(AT_FDCWD, name), "access", io))
		return -1;
	return (int)syscall(SYS_faccessat, AT_FDCWD, name, mode);
}

/* ---- folders and streams: what libc opens by itself ---- */

DIR *opendir(const char *name)
{
	static const int errors[] = { EMFILE, ENOMEM, 0 };
	DIR *(*real)(const char *);
	bool below = is_below(AT_FDCWD, name);
	if (fails(below, "opendir", errors))
		return NULL;
	find(&real, "opendir");
	DIR *dir = real(name);
	if (dir != NULL && dirfd(dir) < DESCRIPTORS)
		ours[dirfd(dir)] = below;
	return dir;
}

DIR *fdopendir(int fd)
{
	static const int errors[] = { ENOMEM, 0 };
	DIR *(*real)(int);
	if (fails(is_ours(fd), "fdopendir", errors))
		return NULL;
	find(&real, "fdopendir");
	return real(fd);
}

struct dirent *readdir(DIR *dir)
{
	struct dirent *(*real)(DIR *);
	if (fails(is_ours(dirfd(dir)), "readdir", io))
		return NULL;
	find(&real, "readdir");
	return real(dir);
}

int closedir(DIR *dir)
{
	int (*real)(DIR *);
	int fd = dirfd(dir);
	if (fd >= 0 && fd < DESCRIPTORS)
		ours[fd] = false;
	find(&real, "closedir");
	return real(dir);
}

FILE *fopen(const char *name, const char *mode)
{
	static const int errors[] = { EMFILE, ENOSPC, 0 };
	FILE *(*real)(const char *, const char *);
	bool below = is_below(AT_FDCWD, name);
	if (fails(below, "fopen", errors))
		return NULL;
	find(&real, "fopen");
	FILE *file = real(name, mode);
	if (file != NULL && fileno(file) < DESCRIPTORS)
		ours[fileno(file)] = below;
	return file;
}

int fclose(FILE *file)
{
	static const int errors[] = { ENOSPC, EIO, 0 };
	int (*real)(FILE *);
	int fd = fileno(file);
	bool below = is_ours(fd);
	if (below)
		ours[fd] = false;
	find(&real, "fclose");
	int result = real(file);
	return fails(below, "fclose", errors) ? EOF : result;
}

ssize_t getrandom(void *out, size_t n, unsigned flags)
{
	static const int errors[] = { EINTR, 0 };
	if (fails(true, "getrandom", errors))
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
