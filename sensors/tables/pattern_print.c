/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/pattern_parts.h"

#include <string.h>

#include "sensors/tables/checksum.h"

struct print {
	const struct pattern *pattern;
	const char *address;
	const struct text_fields *fields;
	struct pattern_room out;
	size_t n;
};

static int put(struct print *print, const void *bytes, size_t n)
{
	if (n > print->out.n - print->n)
		return FULL;
	if (n > 0)
		memcpy(print->out.at + print->n, bytes, n);
	print->n += n;
	return OK;
}

static const struct text_field *find(
        const struct print *print, const struct pattern_part *part)
{
	const struct text_fields *fields = print->fields;
	for (size_t i = 0; fields != NULL && i < fields->n; i++)
		if (strlen(fields->field[i].name) == part->n &&
		        memcmp(fields->field[i].name, print->pattern->bytes + part->at,
		                part->n) == 0)
			return &fields->field[i];
	return NULL;
}

static int put_field(struct print *print, const struct pattern_part *part)
{
	const struct text_field *field = part->n > 0 ? find(print, part) : NULL;
	size_t n = field != NULL ? field->n : 0;
	if (part->n == 0 && part->width == 0)
		return put(print, "-", 1);
	if (part->width > 0 && n > part->width)
		return REFUSED;
	int status = put(print, field != NULL ? field->at : "", n);
	for (; status == OK && n < part->width; n++)
		status = put(print, " ", 1);
	return status;
}

static bool named_elsewhere(const struct print *print, const char *name)
{
	for (size_t i = 0; i < print->pattern->n; i++) {
		const struct pattern_part *part = &print->pattern->part[i];
		if (part->kind == PART_FIELD && part->n == strlen(name) &&
		        memcmp(print->pattern->bytes + part->at, name, part->n) == 0)
			return true;
	}
	return false;
}

static bool is_unit(const char *name)
{
	const char *end = strrchr(name, '.');
	return end != NULL && strcmp(end, ".unit") == 0;
}

/* The unit of the field `name`. */
static const struct text_field *unit_of(const struct print *print, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < print->fields->n; i++) {
		const struct text_field *field = &print->fields->field[i];
		if (strncmp(field->name, name, n) == 0 &&
		        strcmp(field->name + n, ".unit") == 0)
			return field;
	}
	return NULL;
}

static int put_pair(struct print *print, const struct pattern_part *part,
        const struct text_field *field)
{
	const struct text_field *unit = part->unit ? unit_of(print, field->name) : NULL;
	int status = put(print, field->name, strlen(field->name));
	if (status == OK)
		status = put(print, &part->value, 1);
	if (status == OK)
		status = put(print, field->at, field->n);
	if (status == OK && unit != NULL)
		status = put(print, unit->at, unit->n);
	return status;
}

static int put_pairs(struct print *print, const struct pattern_part *part)
{
	size_t n = print->fields != NULL ? print->fields->n : 0, put_before = 0;
	int status = OK;
	for (size_t i = 0; i < n && status == OK; i++) {
		const struct text_field *field = &print->fields->field[i];
		if (named_elsewhere(print, field->name) ||
		        (part->unit && is_unit(field->name)))
			continue;
		if (put_before++ > 0)
			status = put(print, &part->between, 1);
		if (status == OK)
			status = put_pair(print, part, field);
	}
	return status;
}

static int put_check(struct print *print)
{
	uint8_t check[CHECKSUM_WIDTH];
	if (!checksum_print(print->pattern->checksum, print->out.at, print->n, check))
		return REFUSED;
	return put(print, check, checksum_width(print->pattern->checksum));
}

static int put_part(struct print *print, const struct pattern_part *part)
{
	uint8_t address[PATTERN_ADDRESS];
	int n;
	switch (part->kind) {
	case PART_TEXT:
	case PART_BLANKS:
		return put(print, print->pattern->bytes + part->at, part->n);
	case PART_ADDRESS:
	case PART_BYTE:
		n = pattern_address(part, print->address, address);
		return n < 0 ? n : put(print, address, (size_t)n);
	case PART_PAIRS:
		return put_pairs(print, part);
	case PART_CHECK:
		return put_check(print);
	default:
		return put_field(print, part);
	}
}

int pattern_print(const struct pattern *pattern, const char *address,
        const struct text_fields *fields, struct pattern_room out)
{
	struct print print = {
		.pattern = pattern, .address = address, .fields = fields, .out = out
	};
	int status = OK;
	for (size_t i = 0; i < pattern->n && status == OK; i++)
		status = put_part(&print, &pattern->part[i]);
	return status == OK ? (int)print.n : status;
}
