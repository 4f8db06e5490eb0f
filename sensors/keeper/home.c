/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/keeper/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "sensors/cabinet/live.h"

/* On a disk that has become read-only the lock's file is there from before, and can be
 * locked all the same. */
static int take_lock(const char *path)
{
	int fd = lock_take(path);
	if (fd != FAILED || errno != EROFS)
		return fd;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd < 0 ? FAILED : fd;
	close(fd);
	return REFUSED;
}

static int no_folder(const char *folder, int error, struct problem *why)
{
	return problem_set(why, FAILED, EXIT_CONFIG,
	        "journal folder %.900s cannot be made: %s", folder, strerror(error));
}

int home_open(struct home *home, const struct station *station, struct problem *why)
{
	char lock[PATH_MAX];
	station_path(
	        station, station->journal_folder, home->folder, sizeof home->folder);
	if (folder_make(home->folder) != OK)
		return no_folder(home->folder, errno, why);
	snprintf(lock, sizeof lock, "%.*s/lock", PATH_MAX - 16, home->folder);
	home->lock = take_lock(lock);
	if (home->lock == REFUSED)
		return problem_set(why, REFUSED, EXIT_TRY_AGAIN,
		        "another quantrac-sensord writes the journal %s: stop it first",
		        home->folder);
	if (home->lock < 0)
		return lock_problem(lock, why);
	snprintf(home->state_path, sizeof home->state_path, "%.*s/%s", PATH_MAX - 16,
	        home->folder, LIVE_FILE);
	return OK;
}

/* ---- the same, only looked at ---- */

static bool is_denied(int error)
{
	return error == EACCES || error == EPERM;
}

static int may_not(const char *folder, struct problem *why)
{
	return problem_set(why, REFUSED, EXIT_CONFIG,
	        "journal folder %.900s: this user may not write there", folder);
}

/* The folder is there: could its lock be taken, if nobody has it? */
static int look_at_lock(const char *folder, struct problem *why)
{
	char lock[PATH_MAX];
	snprintf(lock, sizeof lock, "%.*s/lock", PATH_MAX - 16, folder);
	int fd = open(lock, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == EROFS)
		fd = open(lock, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0) {
		close(fd);
		return OK;
	}
	if (errno == ENOENT &&
	        faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0)
		return OK;
	return is_denied(errno) ? may_not(folder, why) : lock_problem(lock, why);
}

int home_look(const struct station *station, struct problem *why)
{
	char folder[PATH_MAX], part[PATH_MAX];
	struct stat st;
	station_path(station, station->journal_folder, folder, sizeof folder);
	snprintf(part, sizeof part, "%s", folder);
	while (stat(part, &st) != 0) {
		if (is_denied(errno))
			return may_not(folder, why);
		char *slash = strrchr(part, '/');
		if ((errno != ENOENT && errno != ENOTDIR) || strcmp(part, ".") == 0)
			return no_folder(folder, errno, why);
		if (slash == NULL)
			snprintf(part, sizeof part, ".");
		else
			slash[slash == part] = '\0';
	}
	if (!S_ISDIR(st.st_mode))
		return no_folder(folder, EEXIST, why);
	if (strcmp(part, folder) == 0)
		return look_at_lock(folder, why);
	if (faccessat(AT_FDCWD, part, W_OK | X_OK, AT_EACCESS) == 0)
		return OK;
	return is_denied(errno) ? may_not(folder, why) : no_folder(folder, errno, why);
}

void home_close(struct home *home)
{
	close(home->lock);
}
