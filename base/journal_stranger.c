/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bears the name of a segment and is none: a folder, a pipe, a socket, a link that
 * leads nowhere, or a file that may not be opened. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/journal_file.h"

int segment_open(int folder, const char *name)
{
	struct stat st;
	int fd = file_open_regular(folder, name, 0);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	/* the name is there, and what it leads to is not */
	bool link = fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	errno = link ? ELOOP : ENOENT;
	return -1;
}

const char *segment_reason(int error)
{
	return error == ELOOP    ? "it is a link that leads to no file"
	       : error == EISDIR ? "it is a folder, not a file"
	                         : file_reason(error);
}

static const char *cure(int error)
{
	if (error == EACCES || error == EPERM)
		return "run this as the user whose journal it is, or in its group; "
		       "a daemon's own goes to its user, with chown";
	if (error == EIO)
		return "look at the disk";
	return "put the segment back from a copy, or move what lies there out of the "
	       "journal, which then goes on without the records that were in it";
}

static const char *folder_cure(int error)
{
	if (error == EACCES || error == EPERM)
		return "run this as the user whose journal it is, or in its group; "
		       "a daemon's own, and what is in it, goes to its user, with "
		       "chown";
	if (error == EIO)
		return "look at the disk";
	return "put the folder back from a copy, or move what lies there out of the "
	       "journal";
}

static bool is_strange(int folder, uint64_t first_seq)
{
	char name[SEGMENT_NAME];
	segment_name(first_seq, name);
	int fd = segment_open(folder, name);
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno != ENOENT; /* one that was let go meanwhile is none */
}

static int look(int fd, const char *path, struct problem *why)
{
	uint64_t *list = NULL;
	int n = segment_list(fd, &list), status = OK;
	for (int i = 0; i < n && status == OK; i++) {
		if (is_strange(fd, list[i]))
			status = problem_set(why, FAILED, EXIT_CONFIG,
			        "%s/%020" PRIu64 ".log: cannot be read as a segment of "
			        "the journal: %s: %s",
			        path, list[i], segment_reason(errno), cure(errno));
	}
	if (n > 0)
		free(list);
	return status;
}

int journal_stranger(
        const char *folder, const char *source, uint64_t epoch, struct problem *why)
{
	char path[512];
	int saved = errno, status = OK;
	if (epoch_path(folder, source, epoch, path, sizeof path) == OK) {
		int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0) {
			status = look(fd, path, why);
			close(fd);
		} else if (errno != ENOENT) {
			status = problem_set(why, FAILED, EXIT_CONFIG,
			        "%s: cannot be read as the folder of an epoch: %s: %s",
			        path, file_reason(errno), folder_cure(errno));
		}
	}
	errno = saved;
	return status;
}
