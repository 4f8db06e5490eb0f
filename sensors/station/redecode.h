/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decode a stored reading again, from its raw bytes, by the profile and settings its
 * DESCRIBE holds, and tell how each value came about.  Equal to what is stored, bit for
 * bit, or something is wrong.
 */
#ifndef SENSORS_REDECODE_H
#define SENSORS_REDECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/describe.h"
#include "base/reading.h"
#include "base/status.h"

struct redecode;

/* OK, REFUSED (no raw bytes: an import), or MALFORMED (a profile that cannot be read).
 */
int redecode_open(
        struct redecode **out, const struct describe *describe, struct problem *why);
void redecode_close(struct redecode *redecode); /* NULL is fine */

#define REDECODE_HOW 1024

struct redecoded {
	uint8_t state;          /* decoded again */
	double value;           /* NAN: none */
	bool marked;            /* as made during maintenance, by the cabinet */
	bool same;              /* state and value are those stored, to the bit */
	char how[REDECODE_HOW]; /* "block values: function 3, registers 0..1, ...
	                           = 41.3" */
};

/* Channel i of a reading; OK, or NOT_FOUND (no such channel). */
int redecode_channel(struct redecode *redecode, const struct reading *reading, size_t i,
        struct redecoded *out);

/* Channels of the reading that are not the same; 0 is what one wants. */
size_t redecode_check(struct redecode *redecode, const struct reading *reading);

#endif
