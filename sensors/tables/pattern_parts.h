/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the three files of a template share. */
#ifndef SENSORS_PATTERN_PARTS_H
#define SENSORS_PATTERN_PARTS_H

#include "sensors/tables/pattern.h"

#define PATTERN_ADDRESS                                                                \
	128 /* room for an address of at most 24 characters or 99 with zeros */

/* The address as a part wants it: its length, or REFUSED. */
int pattern_address(const struct pattern_part *part, const char *address, uint8_t *out);

/* A part that is as long as it is. */
bool pattern_open(const struct pattern_part *part);

#endif
