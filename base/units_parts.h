/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside base/units*.c: a unit taken apart into its factors. */
#ifndef BASE_UNITS_PARTS_H
#define BASE_UNITS_PARTS_H

#include <stddef.h>

#define UNIT_TEXT    64 /* longest spelling looked at, with its NUL */
#define UNIT_FACTORS 8

/*
 * What stands between two strokes of a unit: "mg", "m3", "100mL".  UDUNITS never sees a
 * spelling of people, only `parse`; empty texts mean that the factor counts for nothing
 * there.
 */
struct unit_factor {
	int exponent;
	char number[16]; /* "100" of "CFU/100mL", "" if none */
	char parse[UNIT_TEXT], cf[UNIT_TEXT], people[UNIT_TEXT + 8];
};

struct unit_parts {
	size_t n;
	struct unit_factor factor[UNIT_FACTORS];
};

/* OK or MALFORMED (no unit could be written like this, or it means two things). */
int unit_take_apart(const char *text, struct unit_parts *parts);

/* A kind of its own, of which UDUNITS knows nothing and to which nothing else converts.
 */
struct unit_kind {
	const char *name; /* letters only: UDUNITS takes a digit at the end for an
	                     exponent */
};
extern const struct unit_kind unit_kinds[]; /* ended by a NULL name */

/* Put the parts together again; OK or FULL. */
int unit_for_udunits(const struct unit_parts *parts, char *out, size_t room);
int unit_for_cf(const struct unit_parts *parts, char *out, size_t room);
int unit_for_people(const struct unit_parts *parts, char *out, size_t room);

#endif
