/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Templates: how a text instrument's messages are written down in a profile.  The same
 * template takes a message apart and puts one together.
 *
 *     o3 {o3} {unit}\r                        Thermo C-Link
 *     >{in0:7}{in1:7}{in2:7}\r                DCON: seven characters a channel, blanks if off
 *     T {_} {address:4} SO2={so2} {unit}\r\n  Teledyne
 *     {address}r1,{pairs = , unit}{check}\r\n Vaisala: Dm=027D,Sm=0.1M,...
 *
 *   text            stands as it is; \r \n \t \e \\ \{ \xNN are one byte each
 *   a run of blanks one or more blanks or tabs; \x20 is exactly one
 *   {name}          a field: up to where what follows it in the template first fits
 *   {name:8}        a field of 8 characters
 *   {_} {_:3}       anything, or 3 characters, of no interest
 *   {address}       the instrument's address as configured; {address:4}: zeros before it
 *   {address+128}   the same as one byte with 128 added (C-Link)
 *   {pairs = ,}     name=value,name=value,...: a field of each; the two characters are the
 *                   one before the value and the one between pairs (\x20: a blank)
 *   {pairs = , unit} the same, and what follows the number of a value becomes name.unit
 *   {check}         the check of the profile's kind (sensors/tables/checksum.h) over all before it
 *
 * A field is free of control characters (00h..1Fh, 7Fh), and loses the blanks at its ends.
 * Nothing is tried twice, so a message costs at most its length times the template's, and
 * nothing is allocated.
 */
#ifndef SENSORS_PATTERN_H
#define SENSORS_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "sensors/tables/fields.h"

#define PATTERN_PARTS 96
#define PATTERN_BYTES 512 /* of a template, escapes taken as one */

enum pattern_kind {
	PART_TEXT,
	PART_BLANKS,
	PART_FIELD,
	PART_ADDRESS,
	PART_BYTE, /* the address as one byte */
	PART_PAIRS,
	PART_CHECK,
};

struct pattern_part {
	uint8_t kind;
	bool unit; /* PART_PAIRS: values end in a unit */
	uint8_t value,
	        between; /* PART_PAIRS: the character before a value, and between pairs */
	uint8_t add;     /* PART_BYTE */
	uint16_t at,
	        n; /* text, blanks or name: bytes[at .. at + n); a name of n 0 is skipped */
	uint16_t width; /* of a field or address; 0: as long as it is */
};

struct pattern {
	size_t n;
	int checksum; /* enum checksum_kind */
	struct pattern_part part[PATTERN_PARTS];
	uint8_t bytes[PATTERN_BYTES];
};

/* OK, or MALFORMED: *why says what is wrong, and at which character of the template. */
int pattern_compile(
        struct pattern *out, const char *text, int checksum, struct problem *why);

/* Whether the template has a check. */
bool pattern_checked(const struct pattern *pattern);

/* What a message begins with: its first byte, or -1 if that differs. */
int pattern_first(const struct pattern *pattern);

/* Whether the template can be written with this address, if it needs one. */
bool pattern_reaches(const struct pattern *pattern, const char *address);

/* Whether the template names this field.  One with pairs may bring any. */
bool pattern_names(const struct pattern *pattern, const char *field);

#define PATTERN_SHORT 0    /* may become a message: more bytes are needed */
#define PATTERN_NONE  (-1) /* cannot become one */
#define PATTERN_WRONG (-2) /* has the form, but its check is wrong */

struct pattern_bytes {
	const uint8_t *at;
	size_t n;
};
struct pattern_room {
	uint8_t *at;
	size_t n;
};

/* Length of the message at the beginning of `in`, PATTERN_SHORT, PATTERN_NONE (also for more than
 * TEXT_FIELDS fields) or PATTERN_WRONG.  `out` then has its fields, which point into `in`; it may
 * be NULL. */
int pattern_match(const struct pattern *pattern, const char *address,
        struct pattern_bytes in, struct text_fields *out);

/* Write a message: its length; FULL; REFUSED if a field is longer than its width, or the
 * address is no number where one is needed.  A field that is not among `fields` (may be NULL) is
 * empty, or blanks, and {_} is '-'; pairs are those that the template does not name elsewhere. */
int pattern_print(const struct pattern *pattern, const char *address,
        const struct text_fields *fields, struct pattern_room out);

#endif
