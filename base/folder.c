/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/folder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return FAILED;
	int status = fsync(fd) == 0 ? OK : FAILED;
	int saved = errno;
	close(fd);
	errno = saved;
	return status;
}

/* Sync the folder that holds `path`. */
static int parent_sync(const char *path)
{
	char parent[PATH_MAX];
	snprintf(parent, sizeof parent, "%s", path);
	char *slash = strrchr(parent, '/');
	if (slash == NULL)
		return folder_sync(".");
	if (slash == parent)
		return folder_sync("/");
	*slash = '\0';
	return folder_sync(parent);
}

static int make_one(const char *path)
{
	if (mkdir(path, 0777) == 0)
		return parent_sync(path);
	struct stat st;
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return OK;
	return FAILED;
}

int folder_make(const char *path)
{
	char part[PATH_MAX];
	size_t n = strlen(path);
	if (n == 0 || n >= sizeof part) {
		errno = ENAMETOOLONG;
		return FAILED;
	}
	memcpy(part, path, n + 1);
	for (size_t i = 1; i < n; i++) {
		if (part[i] != '/' || part[i - 1] == '/')
			continue;
		part[i] = '\0';
		if (make_one(part) != OK)
			return FAILED;
		part[i] = '/';
	}
	return make_one(part);
}

static int read_all(int fd, char *out, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = read(fd, out + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return FAILED;
		done += (size_t)got;
	}
	return OK;
}

/* No call on a file on a disk says this. */
#define NOT_REGULAR EMEDIUMTYPE

int file_open_regular(int folder, const char *name, int flags)
{
	struct stat st = { .st_mode = 0 };
	int fd = openat(
	        folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
	if (fd < 0) {
		if (errno == ENXIO) /* a socket */
			errno = NOT_REGULAR;
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	errno = S_ISDIR(st.st_mode) ? EISDIR : NOT_REGULAR;
	return -1;
}

const char *file_reason(int error)
{
	return error == NOT_REGULAR ? "it is no regular file" : strerror(error);
}

const char *file_write_reason(int error)
{
	if (error == ENOSPC || error == EDQUOT)
		return "no space is left there; free some, or name another folder";
	if (error == EACCES || error == EPERM)
		return "no permission; name a folder that you may write to";
	if (error == EROFS)
		return "nothing can be written there (read-only); name another folder";
	if (error == ENOENT)
		return "the folder is not there; make it, or name another";
	if (error == EEXIST || error == ENOTDIR)
		return "a file lies where a folder should be; name another folder";
	return strerror(error);
}

int file_read(const char *path, size_t most, char **out, size_t *n)
{
	struct stat st;
	int fd = file_open_regular(AT_FDCWD, path, 0);
	if (fd < 0)
		return errno == ENOENT ? NOT_FOUND : FAILED;
	int status = FAILED;
	char *text = NULL;
	if (fstat(fd, &st) != 0)
		goto close_file;
	status = FULL;
	if ((uint64_t)st.st_size > most)
		goto close_file;
	status = FAILED;
	text = malloc((size_t)st.st_size + 1);
	if (text == NULL || read_all(fd, text, (size_t)st.st_size) != OK)
		goto close_file;
	text[st.st_size] = '\0';
	*out = text;
	*n = (size_t)st.st_size;
	status = OK;
close_file:;
	int saved = errno;
	if (status != OK)
		free(text);
	close(fd);
	errno = saved;
	return status;
}

static int write_all(int fd, const void *in, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t put = write(fd, (const char *)in + done, n - done);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno == ENOSPC || errno == EDQUOT ? FULL : FAILED;
		done += (size_t)put;
	}
	return OK;
}

int file_replace(const char *path, const void *in, size_t n, unsigned mode)
{
	char beside[PATH_MAX];
	int length =
	        snprintf(beside, sizeof beside, "%s.%ld.tmp", path, (long)getpid());
	if (length < 0 || (size_t)length >= sizeof beside) {
		errno = ENAMETOOLONG;
		return FAILED;
	}
	unlink(beside);
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return errno == ENOSPC ? FULL : FAILED;
	int status = write_all(fd, in, n);
	if (status == OK && fsync(fd) != 0)
		status = FAILED;
	int saved = errno;
	close(fd);
	if (status == OK && rename(beside, path) == 0)
		return parent_sync(path);
	if (status == OK) {
		saved = errno;
		status = FAILED;
	}
	unlink(beside);
	errno = saved;
	return status;
}

/* Write over what is there, and line ends behind it. */
static int fill(const char *path, const void *in, size_t n, size_t size)
{
	char blank[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return errno == ENOSPC ? FULL : FAILED;
	memset(blank, '\n', sizeof blank);
	int status = write_all(fd, in, n);
	for (size_t at = n; status == OK && at < size; at += sizeof blank)
		status = write_all(
		        fd, blank, size - at < sizeof blank ? size - at : sizeof blank);
	if (status == OK && (ftruncate(fd, (off_t)size) != 0 || fsync(fd) != 0))
		status = FAILED;
	int saved = errno;
	close(fd);
	errno = saved;
	return status;
}

int file_rewrite(const char *path, const void *in, size_t n, size_t size)
{
	char next[PATH_MAX];
	struct stat st;
	assert(n <= size);
	if (snprintf(next, sizeof next, "%s.next", path) >= (int)sizeof next) {
		errno = ENAMETOOLONG;
		return FAILED;
	}
	int status = fill(next, in, n, size);
	if (status != OK)
		return status;
	/* at the first time there is nothing to change with, and not every file
	 * system can */
	if (renameat2(AT_FDCWD, next, AT_FDCWD, path, RENAME_EXCHANGE) != 0 &&
	        rename(next, path) != 0)
		return FAILED;
	status = parent_sync(path);
	if (status == OK && (stat(next, &st) != 0 || (size_t)st.st_size < size))
		fill(next, "", 0, size); /* if it can be; else the next time tries */
	return status;
}

/* Who looks whether it is held (lock_look) has it for a moment. */
#define LOOKS   5
#define LOOK_MS 20

int lock_take(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return FAILED;
	int taken = flock(fd, LOCK_EX | LOCK_NB);
	for (int i = 0; i < LOOKS && taken != 0 && errno == EWOULDBLOCK; i++) {
		poll(NULL, 0, LOOK_MS);
		taken = flock(fd, LOCK_EX | LOCK_NB);
	}
	if (taken == 0)
		return fd;
	int status = errno == EWOULDBLOCK ? REFUSED : FAILED;
	int saved = errno;
	close(fd);
	errno = saved;
	return status;
}

int lock_problem(const char *path, struct problem *why)
{
	bool denied = errno == EACCES || errno == EPERM;
	return problem_set(why, FAILED, EXIT_CONFIG, "%.2000s: cannot be locked: %s%s",
	        path, file_reason(errno),
	        denied ? ": its folder and all in it must belong to the user that this "
	                 "program runs as (quantrac, under systemd): give them to that "
	                 "user with chown -R, or start the program as their owner"
	               : "");
}

int lock_look(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? OK : FAILED;
	int status = OK;
	if (flock(fd, LOCK_SH | LOCK_NB) != 0)
		status = errno == EWOULDBLOCK ? REFUSED : FAILED;
	close(fd); /* lets go of it, if it was free */
	return status;
}
