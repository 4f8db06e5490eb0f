/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/pattern_kit.h"

#include "tests/kits/check.h"

#include <string.h>

struct pattern pattern_of(const char *text, int checksum)
{
	struct pattern pattern;
	struct problem why;
	if (pattern_compile(&pattern, text, checksum, &why) != OK)
		fail_msg("'%s': %s", text, why.text);
	return pattern;
}

struct pattern_bytes text_bytes(const char *text)
{
	return (struct pattern_bytes){ (const uint8_t *)text, strlen(text) };
}

void assert_field(const struct text_fields *fields, const char *name, const char *want)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct text_field *field = &fields->field[i];
		if (strcmp(field->name, name) != 0)
			continue;
		if (field->n != strlen(want) || memcmp(field->at, want, field->n) != 0)
			fail_msg("%s is '%.*s', not '%s'", name, (int)field->n,
			        field->at, want);
		return;
	}
	fail_msg("there is no field %s", name);
}
