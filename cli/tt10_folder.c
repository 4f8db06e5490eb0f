/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/tt10_folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

static struct tt10_folder *found; /* nftw hands nothing through */
static int found_offset_min;

static int note_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	if (type != FTW_F)
		return 0;
	if (found->n == found->room) {
		size_t room = found->room > 0 ? 2 * found->room : 1024;
		struct tt10_file *more = realloc(found->file, room * sizeof *more);
		if (more == NULL)
			return -1;
		found->file = more;
		found->room = room;
	}
	struct tt10_file *file = &found->file[found->n];
	if (tt10_name_parse(path + at->base, found_offset_min, &file->name, NULL) !=
	        OK) {
		found->strangers++;
		return 0;
	}
	file->path = strdup(path);
	if (file->path == NULL)
		return -1;
	found->n++;
	return 0;
}

static int by_station_and_time(const void *a, const void *b)
{
	const struct tt10_file *left = a, *right = b;
	int order = strcmp(left->name.id, right->name.id);
	if (order != 0)
		return order;
	if (left->name.time_us != right->name.time_us)
		return left->name.time_us < right->name.time_us ? -1 : 1;
	return strcmp(left->path, right->path);
}

int tt10_folder_list(
        struct tt10_folder *out, const char *path, int offset_min, struct problem *why)
{
	*out = (struct tt10_folder){ 0 };
	found = out;
	found_offset_min = offset_min;
	if (nftw(path, note_file, 32, FTW_PHYS) != 0)
		return problem_set(
		        why, NOT_FOUND, EXIT_NO_FILE, "%s: %s", path, strerror(errno));
	if (out->n == 0)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: no data file of Circular 10/2021 in it", path);
	qsort(out->file, out->n, sizeof out->file[0], by_station_and_time);
	return OK;
}

void tt10_folder_free(struct tt10_folder *folder)
{
	for (size_t i = 0; i < folder->n; i++)
		free(folder->file[i].path);
	free(folder->file);
	*folder = (struct tt10_folder){ 0 };
}
