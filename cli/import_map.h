/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns of a wide CSV are what. */
#ifndef CLI_IMPORT_MAP_H
#define CLI_IMPORT_MAP_H

#include "base/csv.h"
#include "cli/import.h"

struct column {
	size_t cell,
	        status; /* columns of the file; status == NO_COLUMN if there is none */
	char name[128], channel[ID_SIZE], unit[32];
};
#define NO_COLUMN ((size_t)-1)

struct table_map {
	size_t time[2], n_times;
	size_t n;
	struct column column[64];
};

/* Find the columns that --time and --map name.  OK or REFUSED with what is wrong. */
int map_all(const struct csv *csv, const struct import_options *options,
        struct table_map *map, struct problem *why);

#endif
