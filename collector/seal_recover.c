/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an interrupted seal left behind: <archive>/.tmp holds at most one file for
 * each. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/log.h"
#include "collector/seal_parts.h"

static bool is_listed(const struct sealer *sealer, const char *path)
{
	for (size_t i = sealer->list.n; i > 0; i--)
		if (strcmp(sealer->list.seal[i - 1].path, path) == 0)
			return true;
	return false;
}

/* A file that had its name but not its seal line loses the name; it is sealed anew. */
static void recover_one(const struct sealer *sealer, const char *name)
{
	char temporary[ARCHIVE_PATH + 512], path[ARCHIVE_PATH + 512];
	snprintf(temporary, sizeof temporary, "%s/.tmp/%s", sealer->dir, name);
	int n = snprintf(path, sizeof path, "%s/%s", sealer->dir, name);
	for (char *at = path + strlen(sealer->dir) + 1; *at != '\0'; at++)
		if (*at == '%')
			*at = '/';
	const char *relative = path + strlen(sealer->dir) + 1;
	bool listed = is_listed(sealer, relative);
	if (!listed && n < (int)sizeof path && seal_cut_off(sealer, relative)) {
		unlink(path);
		*strrchr(path, '/') = '\0';
		folder_sync(path);
	}
	unlink(temporary);
	log_line(LOG_INFO, "%s: the last seal was interrupted; %s", name,
	        listed ? "it had been finished" : "the day is sealed again");
}

int seal_recover(const struct sealer *sealer, struct problem *why)
{
	char folder[ARCHIVE_PATH + 16];
	snprintf(folder, sizeof folder, "%s/.tmp", sealer->dir);
	DIR *dir = opendir(folder);
	if (dir == NULL && errno == ENOENT)
		return OK;
	if (dir == NULL)
		return problem_set(why, FAILED, EXIT_CONFIG, "%s: cannot be read: %s",
		        folder, strerror(errno));
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			recover_one(sealer, entry->d_name);
	closedir(dir);
	return folder_sync(folder);
}
