/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is the seal list older than what was sealed?  A list and checkpoints that were put
 * back together agree with one another; what a newer list named tells: the collector's
 * notes, which follow a line and never lead it, and the sealed files themselves.  A power
 * cut leaves one file without its line, and that one has its temporary name too
 * (collector/seal.h).
 */
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collector/seal_parts.h"

struct older {
	const struct sealer *sealer;
	size_t n;
	const char **name; /* paths of the list, sorted */
	size_t whole;      /* files that nothing names and that are whole */
	size_t cut_off;    /* with a temporary name, as a power cut leaves one */
	char first[600];
};

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int names_take(struct older *older)
{
	const struct seal_list *list = &older->sealer->list;
	older->name = calloc(list->n + 1, sizeof *older->name);
	if (older->name == NULL)
		return FAILED;
	for (; older->n < list->n; older->n++)
		older->name[older->n] = list->seal[older->n].path;
	qsort(older->name, older->n, sizeof *older->name, by_text);
	return OK;
}

bool seal_cut_off(const struct sealer *sealer, const char *name)
{
	char temporary[ARCHIVE_PATH + 600], path[ARCHIVE_PATH + 600];
	struct stat left, right;
	snprintf(path, sizeof path, "%s/%.512s", sealer->dir, name);
	int n = snprintf(
	        temporary, sizeof temporary, "%s/.tmp/%.512s", sealer->dir, name);
	for (char *at = temporary + n - strlen(name); *at != '\0'; at++)
		if (*at == '/')
			*at = '%';
	return lstat(temporary, &left) == 0 && lstat(path, &right) == 0 &&
	       left.st_ino == right.st_ino && left.st_dev == right.st_dev;
}

static void file_look(struct older *older, const char *path)
{
	const struct sealer *sealer = older->sealer;
	const char *name = path + strlen(sealer->dir);
	size_t n = strlen(path);
	name += strspn(name, "/");
	if (strlen(name) > 500 || strcmp(path + n - 3, ".h5") != 0 ||
	        bsearch(&name, older->name, older->n, sizeof name, by_text) != NULL)
		return;
	if (seal_cut_off(sealer, name) && older->cut_off++ == 0)
		return;
	if (!verify_whole(path, name, &sealer->identity))
		return;
	if (older->whole++ == 0)
		snprintf(older->first, sizeof older->first, "%s", name);
}

/* Folders in which files lie that are sealed nowhere by design, or none do. */
static bool is_beside(const FTSENT *at)
{
	static const char *const names[] = { ".tmp", "live", "quarantine", "derived",
		"journal", "sealed", "checkpoints" };
	for (size_t i = 0; at->fts_level == 1 && i < sizeof names / sizeof names[0];
	        i++)
		if (strcmp(at->fts_name, names[i]) == 0)
			return true;
	return false;
}

static int files_look(struct older *older)
{
	char dir[ARCHIVE_PATH];
	snprintf(dir, sizeof dir, "%s", older->sealer->dir);
	char *const folders[] = { dir, NULL };
	FTS *walk = fts_open(folders, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	if (walk == NULL)
		return FAILED;
	FTSENT *at;
	while ((at = fts_read(walk)) != NULL) {
		if (at->fts_info == FTS_D && is_beside(at))
			fts_set(walk, at, FTS_SKIP);
		if ((at->fts_info == FTS_F || at->fts_info == FTS_NSOK) &&
		        at->fts_namelen > 3)
			file_look(older, at->fts_path);
	}
	fts_close(walk);
	return OK;
}

int seal_older(const struct sealer *sealer, char *what, size_t room)
{
	struct older older = { .sealer = sealer };
	size_t noted = sealed_beyond(sealer->dir, &sealer->list);
	if (noted > 0) {
		snprintf(what, room,
		        "the notes in sealed/ name %zu file%s that it does not", noted,
		        noted == 1 ? "" : "s");
		return 1;
	}
	int status = names_take(&older);
	if (status == OK)
		status = files_look(&older);
	free(older.name);
	if (status != OK || older.whole == 0)
		return status;
	snprintf(what, room, "%zu whole sealed file%s it does not name: %s",
	        older.whole, older.whole == 1 ? "" : "s", older.first);
	return 1;
}
