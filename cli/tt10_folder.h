/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data files of Circular 10/2021 in a folder. */
#ifndef CLI_TT10_FOLDER_H
#define CLI_TT10_FOLDER_H

#include "sensors/tools/tt10.h"

struct tt10_file {
	char *path;
	struct tt10_name name;
};

struct tt10_folder {
	size_t n, room;
	struct tt10_file *file; /* in order of station and time */
	size_t strangers;       /* files whose names are not the circular's */
};

/* All data files below a folder, whatever their depth.  OK, NOT_FOUND (no such folder,
 * none in it).  Freed in any case. */
int tt10_folder_list(
        struct tt10_folder *out, const char *path, int offset_min, struct problem *why);
void tt10_folder_free(struct tt10_folder *folder);

#endif
