/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shim's other half: calls on names, and folders and streams. */
#include "tests/prove/shim_fail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- calls on names ---- */

int renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
	if (shim_fails(shim_is_below(b, to), "rename", shim_making))
		return -1;
	return (int)syscall(SYS_renameat2, a, from, b, to, flags);
}

int renameat(int a, const char *from, int b, const char *to)
{
	return renameat2(a, from, b, to, 0);
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int link(const char *from, const char *to)
{
	if (shim_fails(shim_is_below(AT_FDCWD, to), "link", shim_making))
		return -1;
	return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int folder, const char *name, int flags)
{
	if (shim_fails(shim_is_below(folder, name), "unlink", shim_io))
		return -1;
	return (int)syscall(SYS_unlinkat, folder, name, flags);
}

int unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

int mkdir(const char *name, mode_t mode)
{
	if (shim_fails(shim_is_below(AT_FDCWD, name), "mkdir", shim_making))
		return -1;
	return (int)syscall(SYS_mkdirat, AT_FDCWD, name, mode);
}

int fstatat(int folder, const char *name, struct stat *out, int flags)
{
	int (*real)(int, const char *, struct stat *, int);
	if (shim_fails(shim_is_below(folder, name), "stat", shim_io))
		return -1;
	shim_find(&real, "fstatat");
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
	if (shim_fails(shim_is_below(AT_FDCWD, name), "statvfs", shim_io))
		return -1;
	shim_find(&real, "statvfs");
	return real(name, out);
}

int access(const char *name, int mode)
{
	if (shim_fails(shim_is_below(AT_FDCWD, name), "access", shim_io))
		return -1;
	return (int)syscall(SYS_faccessat, AT_FDCWD, name, mode);
}

/* ---- folders and streams: what libc opens by itself ---- */

DIR *opendir(const char *name)
{
	static const int errors[] = { EMFILE, ENOMEM, 0 };
	DIR *(*real)(const char *);
	bool below = shim_is_below(AT_FDCWD, name);
	if (shim_fails(below, "opendir", errors))
		return NULL;
	shim_find(&real, "opendir");
	DIR *dir = real(name);
	if (dir != NULL && dirfd(dir) < DESCRIPTORS)
		shim_ours[dirfd(dir)] = below;
	return dir;
}

DIR *fdopendir(int fd)
{
	static const int errors[] = { ENOMEM, 0 };
	DIR *(*real)(int);
	if (shim_fails(shim_is_ours(fd), "fdopendir", errors))
		return NULL;
	shim_find(&real, "fdopendir");
	return real(fd);
}

struct dirent *readdir(DIR *dir)
{
	struct dirent *(*real)(DIR *);
	if (shim_fails(shim_is_ours(dirfd(dir)), "readdir", shim_io))
		return NULL;
	shim_find(&real, "readdir");
	return real(dir);
}

int closedir(DIR *dir)
{
	int (*real)(DIR *);
	int fd = dirfd(dir);
	if (fd >= 0 && fd < DESCRIPTORS)
		shim_ours[fd] = false;
	shim_find(&real, "closedir");
	return real(dir);
}

FILE *fopen(const char *name, const char *mode)
{
	static const int errors[] = { EMFILE, ENOSPC, 0 };
	FILE *(*real)(const char *, const char *);
	bool below = shim_is_below(AT_FDCWD, name);
	if (shim_fails(below, "fopen", errors))
		return NULL;
	shim_find(&real, "fopen");
	FILE *file = real(name, mode);
	if (file != NULL && fileno(file) < DESCRIPTORS)
		shim_ours[fileno(file)] = below;
	return file;
}

int fclose(FILE *file)
{
	static const int errors[] = { ENOSPC, EIO, 0 };
	int (*real)(FILE *);
	int fd = fileno(file);
	bool below = shim_is_ours(fd);
	if (below)
		shim_ours[fd] = false;
	shim_find(&real, "fclose");
	int result = real(file);
	return shim_fails(below, "fclose", errors) ? EOF : result;
}
