/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files a wide export writes. */
#ifndef EXPORTS_WIDE_PARTS_H
#define EXPORTS_WIDE_PARTS_H

#include <stdio.h>

#include "base/table.h"
#include "exports/wide_csv.h"

#define WIDE_FILES    64
#define WIDE_CHANNELS 255

struct wide_file {
	const struct describe *describe; /* whose channels are the columns */
	size_t n;
	size_t channel[WIDE_CHANNELS]; /* of the describe */
	struct table_column column[2 * WIDE_CHANNELS + 3];
	char path[4096];
	FILE *stream;
	struct table *table;
	bool simulated;
};

struct wide {
	const struct wide_export *export;
	int utc_offset_min;
	size_t n;
	struct wide_file *file[WIDE_FILES];
};

/* A new file for channels channel[n] of a describe.  OK or a problem. */
int wide_open(struct wide *wide, const struct describe *describe, const size_t *channel,
        size_t n, struct problem *why);

/* End all files and write that of the units; with a problem already met only free
 * them. */
int wide_close(struct wide *wide, int status, struct problem *why);

/* One value with its status cell; NULL: both empty. */
void wide_put(struct wide_file *file, double value, const char *status);

/* Ends a row: simulated data say so. */
void wide_row(struct wide_file *file);

#endif
