/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that compare two HDF5 files share. */
#ifndef ARCHIVE_H5_COMPARE_H
#define ARCHIVE_H5_COMPARE_H

#include "archive/h5_inside.h"

/* Two objects of the same name, and where to write the first difference. */
struct pair {
	hid_t got, want;
	const char *path;
	char *where;
	size_t room;
};

/* Write "<path><words>"; MALFORMED. */
int pair_differ(const struct pair *pair, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* The same attributes, each of the same type and extent, and no comment; where
 * attributes hold addresses, those that name the same objects.  OK or MALFORMED. */
int attributes_compare(const struct pair *pair);

/* Does a text attribute of that name begin with these words? */
bool attribute_begins(hid_t object, const char *name, const char *words);

#endif
