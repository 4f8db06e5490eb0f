/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/keeper/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
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

int home_open(struct home *home, const struct station *station, struct problem *why)
{
	char lock[PATH_MAX];
	station_path(
	        station, station->journal_folder, home->folder, sizeof home->folder);
	if (folder_make(home->folder) != OK)
		return problem_set(why, FAILED, EXIT_CONFIG,
		        "journal folder %s cannot be made: %s", home->folder,
		        strerror(errno));
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

void home_close(struct home *home)
{
	close(home->lock);
}
