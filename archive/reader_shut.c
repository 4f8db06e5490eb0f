/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this user may not read of an archive. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "archive/reader_inside.h"
#include "base/config.h"
#include "base/folder.h"

/* A folder that cannot be looked into hides what is in it: no journal, it would seem. */
static DIR *open_or_remark(struct stock *stock, const char *path)
{
	DIR *dir = opendir(path);
	if (dir == NULL && errno != ENOENT && errno != ENOTDIR)
		remarks_of(&stock->problems, path, "%s: cannot be read: %s; %s", path,
		        strerror(errno), "run this as its owner, or in its group");
	return dir;
}

void stock_shut_journals(struct stock *stock)
{
	char folder[ARCHIVE_PATH], source[ARCHIVE_PATH];
	snprintf(folder, sizeof folder, "%.4000s/journal", stock->dir);
	DIR *dir = open_or_remark(stock, folder), *in;
	if (dir == NULL)
		return;
	for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
		if (!id_valid(d->d_name, SOURCE_SIZE))
			continue;
		snprintf(source, sizeof source, "%.3900s/%.100s", folder, d->d_name);
		in = open_or_remark(stock, source);
		if (in != NULL)
			closedir(in);
	}
	closedir(dir);
}

/* Is it, or does it lie in, what this folder is called? */
static bool has_part(const char *path, const char *name)
{
	size_t n = strlen(name);
	for (const char *at = path; (at = strstr(at, name)) != NULL; at++)
		if (at > path && at[-1] == '/' && (at[n] == '/' || at[n] == '\0'))
			return true;
	return false;
}

const char *reader_shut_of(const struct reader *reader, const char *station)
{
	size_t dir = strlen(reader_dir(reader));
	for (size_t i = 0; i < reader_problems(reader); i++) {
		const char *path = reader_shut(reader, i);
		if (path == NULL || strncmp(path, reader_dir(reader), dir) != 0)
			continue;
		if (station == NULL || has_part(path + dir, station) ||
		        strcmp(path + dir, "/journal") == 0 ||
		        strcmp(path + dir, "/seals") == 0)
			return path;
	}
	return NULL;
}
