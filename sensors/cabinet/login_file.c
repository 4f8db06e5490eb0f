/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of wtmp, where records are added. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utmp.h>

#include "base/folder.h"
#include "base/status.h"
#include "sensors/cabinet/login.h"

/* Where to read on in this file. */
static void find_place(struct wtmp *wtmp, const struct stat *st)
{
	if (wtmp->absent) /* a new one, though it may have the number of the old */
		wtmp->at = 0;
	else if (wtmp->inode == 0)
		wtmp->at = st->st_size;
	else if (wtmp->inode != st->st_ino)
		wtmp->at = 0;
	if (st->st_size < wtmp->at) {
		wtmp->shortened = true;
		wtmp->at = st->st_size;
	}
	wtmp->inode = st->st_ino;
	wtmp->absent = false;
}

/* The next record of an open file: 1, 0, FAILED. */
static int read_one(struct wtmp *wtmp, int fd, struct login *out)
{
	uint8_t record[sizeof(struct utmp)];
	ssize_t n = pread(fd, record, sizeof record, wtmp->at);
	if (n != (ssize_t)sizeof record)
		return n < 0 ? FAILED : 0;
	wtmp->at += n;
	return login_parse(out, record, (size_t)n) == OK ? 1 : FAILED;
}

/* The file that was followed, under its new name ("wtmp.1", "wtmp-20261101"); its descriptor, -1: it is
 * gone. */
static int open_renamed(const struct wtmp *wtmp)
{
	char folder[PATH_MAX];
	struct stat st;
	int fd = -1;
	snprintf(folder, sizeof folder, "%s", wtmp->path);
	char *slash = strrchr(folder, '/');
	if (slash == NULL)
		return -1;
	const char *name = wtmp->path + (slash - folder) + 1;
	*slash = '\0';
	DIR *dir = opendir(folder);
	for (struct dirent *d; fd < 0 && dir != NULL && (d = readdir(dir)) != NULL;)
		if (strncmp(d->d_name, name, strlen(name)) == 0 &&
		        fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		        st.st_ino == wtmp->inode)
			fd = file_open_regular(dirfd(dir), d->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	return fd;
}

/* What the file before still holds: 1, or 0 nothing more. */
static int next_of_old(struct wtmp *wtmp, struct login *out)
{
	int fd = open_renamed(wtmp);
	int status = fd >= 0 ? read_one(wtmp, fd, out) : 0;
	if (fd >= 0)
		close(fd);
	return status == 1;
}

int wtmp_next(struct wtmp *wtmp, struct login *out)
{
	struct stat st;
	bool there = stat(wtmp->path, &st) == 0;
	if (!there && errno != ENOENT)
		return FAILED;
	if (wtmp->inode != 0 && (!there || st.st_ino != wtmp->inode) &&
	        next_of_old(wtmp, out) == 1)
		return 1;
	if (!there) {
		wtmp->absent = true;
		errno = ENOENT;
		return FAILED;
	}
	find_place(wtmp, &st);
	if (st.st_size - wtmp->at < (off_t)sizeof(struct utmp))
		return 0;
	int fd = file_open_regular(AT_FDCWD, wtmp->path, 0);
	if (fd < 0)
		return FAILED;
	int status = read_one(wtmp, fd, out);
	int error = errno;
	close(fd);
	errno = error;
	return status;
}
