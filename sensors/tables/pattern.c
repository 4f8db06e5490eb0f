/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/pattern_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/checksum.h"

bool pattern_checked(const struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->n; i++)
		if (pattern->part[i].kind == PART_CHECK)
			return true;
	return false;
}

int pattern_first(const struct pattern *pattern)
{
	const struct pattern_part *part = &pattern->part[0];
	return part->kind == PART_TEXT ? pattern->bytes[part->at] : -1;
}

bool pattern_names(const struct pattern *pattern, const char *field)
{
	for (size_t i = 0; i < pattern->n; i++) {
		const struct pattern_part *part = &pattern->part[i];
		if (part->kind == PART_PAIRS ||
		        (part->kind == PART_FIELD && part->n > 0 &&
		                part->n == strlen(field) &&
		                memcmp(pattern->bytes + part->at, field, part->n) == 0))
			return true;
	}
	return false;
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

static bool is_control(uint8_t byte)
{
	return byte < 0x20 || byte == 0x7f;
}

/* ---- the address ---- */

#define ADDRESS_MOST 24

int pattern_address(const struct pattern_part *part, const char *address, uint8_t *out)
{
	size_t n = strlen(address);
	if (part->kind == PART_BYTE) {
		unsigned long value = strtoul(address, NULL, 10);
		if (n == 0 || n > 3 || strspn(address, "0123456789") != n ||
		        value + part->add > 255)
			return REFUSED;
		out[0] = (uint8_t)(value + part->add);
		return 1;
	}
	if (n == 0 || n > ADDRESS_MOST || (part->width > 0 && n > part->width))
		return REFUSED;
	size_t zeros = part->width > n ? part->width - n : 0;
	memset(out, '0', zeros);
	memcpy(out + zeros, address, n);
	return (int)(zeros + n);
}

bool pattern_reaches(const struct pattern *pattern, const char *address)
{
	uint8_t out[PATTERN_ADDRESS];
	for (size_t i = 0; i < pattern->n; i++) {
		const struct pattern_part *part = &pattern->part[i];
		if ((part->kind == PART_ADDRESS || part->kind == PART_BYTE) &&
		        pattern_address(part, address, out) < 0)
			return false;
	}
	return true;
}

/* ---- taking apart ---- */

struct match {
	const struct pattern *pattern;
	const char *address;
	struct pattern_bytes in;
	size_t at; /* of the input */
	size_t n_fields;
	bool wrong;              /* the check is */
	struct text_fields *out; /* NULL: only the length is wanted */
};

static int match_text(struct match *match, const uint8_t *text, size_t n)
{
	size_t left = match->in.n - match->at;
	size_t here = left < n ? left : n;
	if (memcmp(match->in.at + match->at, text, here) != 0)
		return PATTERN_NONE;
	match->at += here;
	return here == n ? 1 : PATTERN_SHORT;
}

static int match_blanks(struct match *match)
{
	size_t begin = match->at;
	while (match->at < match->in.n && is_blank(match->in.at[match->at]))
		match->at++;
	if (match->at > begin && match->at < match->in.n)
		return 1;
	return match->at == match->in.n ? PATTERN_SHORT : PATTERN_NONE;
}

/* Characters that are none of control, `n` of them. */
static int match_width(struct match *match, size_t n)
{
	for (; n > 0 && match->at < match->in.n; n--)
		if (is_control(match->in.at[match->at++]))
			return PATTERN_NONE;
	return n == 0 ? 1 : PATTERN_SHORT;
}

/* One part of known length, and what it leaves behind in match->at. */
static int match_part(struct match *match, const struct pattern_part *part)
{
	uint8_t address[PATTERN_ADDRESS];
	int n;
	switch (part->kind) {
	case PART_TEXT:
		return match_text(match, match->pattern->bytes + part->at, part->n);
	case PART_BLANKS:
		return match_blanks(match);
	case PART_ADDRESS:
	case PART_BYTE:
		n = pattern_address(part, match->address, address);
		return n < 0 ? PATTERN_NONE : match_text(match, address, (size_t)n);
	default:
		return match_width(match, part->width);
	}
}

bool pattern_open(const struct pattern_part *part)
{
	return part->kind == PART_PAIRS ||
	       (part->kind == PART_FIELD && part->width == 0);
}

/* Whether the parts from i on, up to the next that is as long as it is, fit at `at`.
 * pattern_compile saw to it that there is text among them. */
static int fits(const struct match *match, size_t i, size_t at)
{
	struct match ahead = *match;
	int status = 1;
	ahead.at = at;
	for (; status == 1 && i < match->pattern->n &&
	        !pattern_open(&match->pattern->part[i]);
	        i++)
		status = match_part(&ahead, &match->pattern->part[i]);
	return status;
}

/* Move on to where the parts from i on fit, or to `stop` (-1: none) if that comes first. */
static int find(struct match *match, size_t i, int stop)
{
	for (;; match->at++) {
		int status = fits(match, i, match->at);
		if (status != PATTERN_NONE)
			return status;
		if (match->at == match->in.n)
			return PATTERN_SHORT;
		if (match->in.at[match->at] == stop)
			return 1;
		if (is_control(match->in.at[match->at]))
			return PATTERN_NONE;
	}
}

static bool add_field(
        struct match *match, struct pattern_bytes name, size_t begin, size_t end)
{
	struct text_field *field;
	if (name.n == 0)
		return true;
	if (match->n_fields == TEXT_FIELDS || name.n >= sizeof field->name)
		return false;
	match->n_fields++;
	if (match->out == NULL)
		return true;
	while (begin < end && is_blank(match->in.at[begin]))
		begin++;
	while (end > begin && is_blank(match->in.at[end - 1]))
		end--;
	field = &match->out->field[match->out->n++];
	memcpy(field->name, name.at, name.n);
	field->name[name.n] = '\0';
	field->at = (const char *)match->in.at + begin;
	field->n = end - begin;
	return true;
}

/* Length of the number a value begins with. */
static size_t number_length(const uint8_t *in, size_t n)
{
	size_t i = n > 0 && (in[0] == '+' || in[0] == '-');
	while (i < n && ((in[i] >= '0' && in[i] <= '9') || in[i] == '.'))
		i++;
	return i;
}

static bool add_pair(struct match *match, const struct pattern_part *part,
        struct pattern_bytes name, size_t begin)
{
	char unit[sizeof match->out->field[0].name];
	size_t end = match->at;
	if (!part->unit)
		return add_field(match, name, begin, end);
	size_t n = number_length(match->in.at + begin, end - begin);
	int length = snprintf(
	        unit, sizeof unit, "%.*s.unit", (int)name.n, (const char *)name.at);
	struct pattern_bytes unit_name = { (const uint8_t *)unit, (size_t)length };
	return length < (int)sizeof unit && add_field(match, name, begin, begin + n) &&
	       add_field(match, unit_name, begin + n, end);
}

/* The name up to the character before the value. */
static int match_key(struct match *match, const struct pattern_part *part,
        struct pattern_bytes *name)
{
	size_t begin = match->at;
	while (match->at < match->in.n && match->in.at[match->at] != part->value) {
		uint8_t byte = match->in.at[match->at];
		if (is_control(byte) || byte == part->between)
			return PATTERN_NONE;
		match->at++;
	}
	if (match->at == match->in.n)
		return PATTERN_SHORT;
	*name = (struct pattern_bytes){ match->in.at + begin, match->at++ - begin };
	return name->n > 0 ? 1 : PATTERN_NONE;
}

static int match_pairs(struct match *match, size_t i)
{
	const struct pattern_part *part = &match->pattern->part[i];
	int status = fits(match, i + 1, match->at);
	while (status == PATTERN_NONE) {
		struct pattern_bytes name;
		status = match_key(match, part, &name);
		size_t begin = match->at;
		if (status == 1)
			status = find(match, i + 1, part->between);
		if (status != 1)
			return status;
		if (!add_pair(match, part, name, begin))
			return PATTERN_NONE;
		status = fits(match, i + 1, match->at);
		match->at += status == PATTERN_NONE;
	}
	return status;
}

static int match_field(struct match *match, size_t i)
{
	const struct pattern_part *part = &match->pattern->part[i];
	const struct pattern_bytes name = { match->pattern->bytes + part->at, part->n };
	size_t begin = match->at;
	int status = part->width > 0 ? match_width(match, part->width)
	                             : find(match, i + 1, -1);
	if (status == 1 && !add_field(match, name, begin, match->at))
		return PATTERN_NONE;
	return status;
}

static int match_check(struct match *match)
{
	size_t begin = match->at;
	int status = match_width(match, checksum_width(match->pattern->checksum));
	match->wrong = status == 1 &&
	               !checksum_holds(match->pattern->checksum, match->in.at, begin);
	return status;
}

int pattern_match(const struct pattern *pattern, const char *address,
        struct pattern_bytes in, struct text_fields *out)
{
	struct match match = {
		.pattern = pattern, .address = address, .in = in, .out = out
	};
	int status = 1;
	if (out != NULL)
		out->n = 0;
	for (size_t i = 0; i < pattern->n && status == 1; i++) {
		const struct pattern_part *part = &pattern->part[i];
		if (part->kind == PART_PAIRS)
			status = match_pairs(&match, i);
		else if (part->kind == PART_FIELD)
			status = match_field(&match, i);
		else if (part->kind == PART_CHECK)
			status = match_check(&match);
		else
			status = match_part(&match, part);
	}
	if (status == 1 && match.wrong)
		return PATTERN_WRONG;
	return status == 1 ? (int)match.at : status;
}
