/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into a program, logs everything it does to the disk below one folder, so
 * that tests/prove/crash_disk.c can say what might be there had the power gone in between.
 *
 *   WRITES_ROOT   the folder, an absolute path
 *   WRITES_LOG    where the log goes (outside of it)
 *   WRITES_SKIP   "fdatasync" or "fsync": say that it was done, and do not log it
 *
 * What the program writes to descriptor CRASH_MARK_FD is entered as a mark: the place
 * in the log at which something was acknowledged.  The kernel is called by number, so
 * that nothing stands between.
 */
#include "tests/prove/crash_log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DESCRIPTORS 4096

/* Of all processes: a child reads a file while its parent syncs it. */
static struct common {
	pthread_mutex_t one_at_a_time;
	uint32_t handles; /* given so far */
} alone = { .one_at_a_time = PTHREAD_MUTEX_INITIALIZER }, *common = &alone;
static int out = -1;
static char root[4096];
static size_t root_n;
static const char *skip = "";
static const char *log_path;
static pid_t owner; /* of `out`: a child opens its own */
static uint32_t handle[DESCRIPTORS];

static void open_log(void)
{
	owner = getpid();
	out = (int)syscall(SYS_openat, AT_FDCWD, log_path,
	        O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (out < 0)
		_exit(97);
}

static void share(void)
{
	pthread_mutexattr_t of_all;
	common = mmap(NULL, sizeof *common, PROT_READ | PROT_WRITE,
	        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (common == MAP_FAILED)
		_exit(97);
	pthread_mutexattr_init(&of_all);
	pthread_mutexattr_setpshared(&of_all, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&common->one_at_a_time, &of_all);
}

__attribute__((constructor)) static void begin(void)
{
	const char *log = getenv("WRITES_LOG"), *folder = getenv("WRITES_ROOT");
	if (log == NULL || folder == NULL)
		return;
	root_n = (size_t)snprintf(root, sizeof root, "%s/", folder);
	if (getenv("WRITES_SKIP") != NULL)
		skip = getenv("WRITES_SKIP");
	share();
	log_path = log;
	open_log();
}

static void put(const void *in, size_t n)
{
	if (n > 0 && syscall(SYS_write, out, in, n) != (long)n)
		_exit(97);
}

static void enter(struct crash_entry entry, const void *first, const void *second)
{
	int saved = errno;
	if (owner != getpid())
		open_log();
	put(&entry, sizeof entry);
	put(first, entry.first_n);
	put(second, entry.second_n);
	errno = saved;
}

/* The whole path of `name`, also beside a folder's descriptor; inside the root: the
 * part below it, else NULL. */
static const char *below(int folder, const char *name, char whole[8192])
{
	char link[64], base[4096] = "";
	if (out < 0)
		return NULL;
	if (name[0] != '/' && folder == AT_FDCWD && getcwd(base, sizeof base) == NULL)
		return NULL;
	if (name[0] != '/' && folder != AT_FDCWD) {
		snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
		ssize_t n = syscall(SYS_readlink, link, base, sizeof base - 1);
		base[n > 0 ? n : 0] = '\0';
	}
	if (name[0] == '/')
		snprintf(whole, 8192, "%s", name);
	else if (strcmp(name, ".") == 0)
		snprintf(whole, 8192, "%s", base);
	else
		snprintf(whole, 8192, "%s/%s", base, name);
	if (strncmp(whole, root, root_n) == 0)
		return whole + root_n;
	if (strlen(whole) == root_n - 1 && strncmp(whole, root, root_n - 1) == 0)
		return "";
	return NULL;
}

static uint32_t handle_of(int fd)
{
	return fd >= 0 && fd < DESCRIPTORS ? handle[fd] : 0;
}

static int opened(int folder, const char *name, int flags, mode_t mode)
{
	char whole[8192];
	struct stat st;
	const char *path = below(folder, name, whole);
	pthread_mutex_lock(&common->one_at_a_time);
	bool was = path != NULL && fstatat(folder, name, &st, 0) == 0;
	int fd = (int)syscall(SYS_openat, folder, name, flags, mode);
	if (fd >= 0 && fd < DESCRIPTORS)
		handle[fd] = 0;
	if (fd >= 0 && fd < DESCRIPTORS && path != NULL) {
		handle[fd] = ++common->handles;
		enter((struct crash_entry){ .type = CRASH_OPEN,
		              .handle = common->handles,
		              .at = was ? (flags & O_TRUNC) != 0 : 2,
		              .first_n = (uint32_t)strlen(path) },
		        path, NULL);
	}
	pthread_mutex_unlock(&common->one_at_a_time);
	return fd;
}

#include "tests/prove/shim_open.h"

int creat(const char *name, mode_t mode)
{
	return opened(AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int close(int fd)
{
	if (fd >= 0 && fd < DESCRIPTORS)
		handle[fd] = 0;
	return (int)syscall(SYS_close, fd);
}

int dup2(int from, int to)
{
	int fd = (int)syscall(SYS_dup3, from, to, 0);
	if (fd >= 0 && fd < DESCRIPTORS)
		handle[fd] = handle_of(from);
	if (fd == out)
		owner = 0;
	return fd;
}

int close_range(unsigned first, unsigned last, int flags)
{
	for (unsigned fd = first; fd <= last && fd < DESCRIPTORS; fd++)
		handle[fd] = 0;
	if (out >= (int)first)
		owner = 0;
	return (int)syscall(SYS_close_range, first, last, flags);
}

/* A call on a descriptor: done, and entered if it went well. */
static long on_descriptor(
        long result, int fd, const struct crash_entry *entry, const void *data)
{
	struct crash_entry one = *entry;
	one.handle = handle_of(fd);
	if (result >= 0 && one.handle != 0) {
		if (one.type == CRASH_WRITE)
			one.second_n = (uint32_t)result;
		enter(one, NULL, data);
	}
	return result;
}

ssize_t pwrite(int fd, const void *in, size_t n, off_t at)
{
	struct crash_entry entry = { .type = CRASH_WRITE, .at = (uint64_t)at };
	pthread_mutex_lock(&common->one_at_a_time);
	long put_n =
	        on_descriptor(syscall(SYS_pwrite64, fd, in, n, at), fd, &entry, in);
	pthread_mutex_unlock(&common->one_at_a_time);
	return put_n;
}

ssize_t write(int fd, const void *in, size_t n)
{
	struct crash_entry entry = { .type = CRASH_WRITE };
	if (out >= 0 && fd == CRASH_MARK_FD) {
		pthread_mutex_lock(&common->one_at_a_time);
		enter((struct crash_entry){ .type = CRASH_MARK,
		              .second_n = (uint32_t)n },
		        NULL, in);
		pthread_mutex_unlock(&common->one_at_a_time);
		return (ssize_t)n;
	}
	if (handle_of(fd) == 0)
		return syscall(SYS_write, fd, in, n);
	pthread_mutex_lock(&common->one_at_a_time);
	long put_n = syscall(SYS_write, fd, in, n);
	off_t end = (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
	entry.at = (uint64_t)(end - (put_n > 0 ? put_n : 0));
	on_descriptor(put_n, fd, &entry, in);
	pthread_mutex_unlock(&common->one_at_a_time);
	return put_n;
}

int ftruncate(int fd, off_t size)
{
	struct crash_entry entry = { .type = CRASH_TRUNCATE, .at = (uint64_t)size };
	pthread_mutex_lock(&common->one_at_a_time);
	long done = on_descriptor(syscall(SYS_ftruncate, fd, size), fd, &entry, NULL);
	pthread_mutex_unlock(&common->one_at_a_time);
	return (int)done;
}

int fallocate(int fd, int mode, off_t at, off_t n)
{
	struct crash_entry entry = { .type = CRASH_ALLOCATE, .at = (uint64_t)(at + n) };
	pthread_mutex_lock(&common->one_at_a_time);
	long done = on_descriptor(
	        syscall(SYS_fallocate, fd, mode, at, n), fd, &entry, NULL);
	pthread_mutex_unlock(&common->one_at_a_time);
	return (int)done;
}

int posix_fallocate(int fd, off_t at, off_t n)
{
	int saved = errno;
	int error = fallocate(fd, 0, at, n) == 0 ? 0 : errno;
	errno = saved;
	return error;
}

static int synced(int fd, long number, const char *name)
{
	struct crash_entry entry = { .type = CRASH_SYNC };
	if (strcmp(skip, name) == 0)
		return 0;
	pthread_mutex_lock(&common->one_at_a_time);
	long done = on_descriptor(syscall(number, fd), fd, &entry, NULL);
	pthread_mutex_unlock(&common->one_at_a_time);
	return (int)done;
}

int fsync(int fd)
{
	return synced(fd, SYS_fsync, "fsync");
}

int fdatasync(int fd)
{
	return synced(fd, SYS_fdatasync, "fdatasync");
}

/* A call on names: entered if it went well. */
static int on_names(long done, uint8_t type, const char *path, const char *to)
{
	if (done == 0 && path != NULL)
		enter((struct crash_entry){ .type = type,
		              .first_n = (uint32_t)strlen(path),
		              .second_n = to != NULL ? (uint32_t)strlen(to) : 0 },
		        path, to);
	pthread_mutex_unlock(&common->one_at_a_time);
	return (int)done;
}

int renameat(int a, const char *from, int b, const char *to)
{
	char left[8192], right[8192];
	const char *path = below(a, from, left), *new = below(b, to, right);
	pthread_mutex_lock(&common->one_at_a_time);
	return on_names(syscall(SYS_renameat2, a, from, b, to, 0), CRASH_RENAME,
	        new != NULL ? path : NULL, new);
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int link(const char *from, const char *to)
{
	char left[8192], right[8192];
	const char *path = below(AT_FDCWD, from, left);
	const char *new = below(AT_FDCWD, to, right);
	pthread_mutex_lock(&common->one_at_a_time);
	return on_names(syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0),
	        CRASH_LINK, new != NULL ? path : NULL, new);
}

int unlinkat(int folder, const char *name, int flags)
{
	char whole[8192];
	const char *path = below(folder, name, whole);
	pthread_mutex_lock(&common->one_at_a_time);
	return on_names(
	        syscall(SYS_unlinkat, folder, name, flags), CRASH_UNLINK, path, NULL);
}

int unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

int mkdir(const char *name, mode_t mode)
{
	char whole[8192];
	const char *path = below(AT_FDCWD, name, whole);
	pthread_mutex_lock(&common->one_at_a_time);
	return on_names(
	        syscall(SYS_mkdirat, AT_FDCWD, name, mode), CRASH_MKDIR, path, NULL);
}

/* The names by which programs built for large files call the same. */
int open64(const char *name, int flags, ...) __attribute__((alias("open")));
int openat64(int folder, const char *name, int flags, ...)
        __attribute__((alias("openat")));
int creat64(const char *name, mode_t mode) __attribute__((alias("creat")));
ssize_t pwrite64(int fd, const void *in, size_t n, off_t at)
        __attribute__((alias("pwrite")));
int ftruncate64(int fd, off_t size) __attribute__((alias("ftruncate")));
int fallocate64(int fd, int mode, off_t at, off_t n)
        __attribute__((alias("fallocate")));
int posix_fallocate64(int fd, off_t at, off_t n)
        __attribute__((alias("posix_fallocate")));
