/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of wtmp, where records are added. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utmp.h>

#include "base/folder.h"
#include "base/status.h"
#include "sensors/login.h"

/* Where to read on in this file. */
static void find_place(struct wtmp *wtmp, const struct stat *st)
{
	if (wtmp->inode == 0)
		wtmp->at = st->st_size;
	else if (wtmp->inode != st->st_ino)
		wtmp->at = 0;
	if (st->st_size < wtmp->at) {
		wtmp->shortened = true;
		wtmp->at = st->st_size;
	}
	wtmp->inode = st->st_ino;
}

int wtmp_next(struct wtmp *wtmp, struct login *out)
{
	uint8_t record[sizeof(struct utmp)];
	struct stat st;
	if (stat(wtmp->path, &st) != 0)
		return FAILED;
	find_place(wtmp, &st);
	if (st.st_size - wtmp->at < (off_t)sizeof record)
		return 0;
	int fd = file_open_regular(AT_FDCWD, wtmp->path, 0);
	if (fd < 0)
		return FAILED;
	ssize_t n = pread(fd, record, sizeof record, wtmp->at);
	int error = errno;
	close(fd);
	errno = error;
	if (n != (ssize_t)sizeof record)
		return n < 0 ? FAILED : 0;
	wtmp->at += n;
	return login_parse(out, record, (size_t)n) == OK ? 1 : FAILED;
}
