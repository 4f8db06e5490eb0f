/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any template and any message: what is taken lies inside, more bytes never undo a verdict, and
 * what was put together is taken apart to the same.
 *
 *   kind of check (1)  template NUL  address NUL  message */
#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/checksum.h"
#include "sensors/tables/pattern.h"
#include "tests/fuzz/fuzz_kit.h"

/* The text up to the next NUL, and on to behind it. */
static char *text_of(const uint8_t **in, size_t *n)
{
	const uint8_t *end = *n > 0 ? memchr(*in, 0, *n) : NULL;
	size_t length = end != NULL ? (size_t)(end - *in) : *n;
	char *text = fuzz_text(*in, length);
	size_t used = length + (end != NULL);
	*in += used;
	*n -= used;
	return text;
}

static void inside(const struct text_fields *fields, struct pattern_bytes in)
{
	assert(fields->n <= TEXT_FIELDS);
	for (size_t i = 0; i < fields->n; i++) {
		const struct text_field *field = &fields->field[i];
		assert(strnlen(field->name, sizeof field->name) < sizeof field->name);
		assert((const uint8_t *)field->at >= in.at);
		assert((const uint8_t *)field->at + field->n <= in.at + in.n);
		for (size_t k = 0; k < field->n; k++)
			assert((uint8_t)field->at[k] >= 0x20 && field->at[k] != 0x7f);
	}
}

/* Every cut of what is taken is too short, and what cannot become a message never does. */
static void cuts(const struct pattern *pattern, const char *address,
        struct pattern_bytes in, int whole)
{
	size_t n = whole > 0 ? (size_t)whole : in.n;
	for (size_t cut = 0; cut < n && cut < 64; cut++) {
		struct pattern_bytes part = { in.at, cut };
		int status = pattern_match(pattern, address, part, NULL);
		assert(status == PATTERN_SHORT || (status < 0 && whole < 0));
	}
}

static bool has_pairs(const struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->n; i++)
		if (pattern->part[i].kind == PART_PAIRS)
			return true;
	return false;
}

/* A template whose fields are all named gives the same fields again, from a message it printed of
 * them; a message of its own may say a field in a way that ends elsewhere. */
static void again(const struct pattern *pattern, const char *address,
        const struct text_fields *fields)
{
	uint8_t out[2048];
	static struct text_fields second;
	int n = pattern_print(
	        pattern, address, fields, (struct pattern_room){ out, sizeof out });
	assert(n >= 0 || n == FULL || n == REFUSED);
	if (n <= 0 || has_pairs(pattern))
		return;
	struct pattern_bytes in = { out, (size_t)n };
	int whole = pattern_match(pattern, address, in, &second);
	if (whole == n && second.n == fields->n)
		for (size_t i = 0; i < second.n; i++)
			assert(strcmp(second.field[i].name, fields->field[i].name) ==
			        0);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static struct pattern pattern;
	static struct text_fields fields;
	if (n == 0)
		return 0;
	int kind = *in++ % (CHECKSUM_SDI12 + 1);
	n--;
	char *template = text_of(&in, &n), *address = text_of(&in, &n);
	struct problem why;
	struct pattern_bytes message = { in, n };
	if (pattern_compile(&pattern, template, kind, &why) == OK) {
		int whole = pattern_match(&pattern, address, message, &fields);
		assert(whole >= PATTERN_WRONG && whole <= (int)n);
		if (whole > 0) {
			inside(&fields, message);
			again(&pattern, address, &fields);
		}
		cuts(&pattern, address, message, whole);
	} else {
		assert(why.text[0] != '\0');
	}
	free(template);
	free(address);
	return 0;
}
