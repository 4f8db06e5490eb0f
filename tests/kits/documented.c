/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/documented.h"

#include "tests/kits/check.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"

/* Where the example below the heading begins, in a text that the caller frees. */
static const char *example_of(const char *document, const char *heading, char **text)
{
	char name[256];
	size_t n;
	snprintf(name, sizeof name, "docs/%s", document);
	assert_int_equal(file_read(project_file(name), 1 << 20, text, &n), OK);
	const char *at = strstr(*text, heading);
	assert_non_null(at);
	at = strstr(at, "\n    ");
	assert_non_null(at);
	return at + 1;
}

/* A pair of hexadecimal digits and nothing else up to the next blank. */
static bool pair_at(const char *at, unsigned *byte)
{
	char digits[3] = { at[0], at[0] != '\0' ? at[1] : '\0', '\0' };
	if (!isxdigit((unsigned char)digits[0]) ||
	        !isxdigit((unsigned char)digits[1]) || !(at[2] == ' ' || at[2] == '\n'))
		return false;
	*byte = (unsigned)strtoul(digits, NULL, 16);
	return true;
}

void check_documented(
        const char *document, const char *heading, const void *want, size_t n)
{
	char *text;
	uint8_t got[512];
	size_t size = 0;
	const char *line = example_of(document, heading, &text);
	while (line != NULL && strncmp(line, "    ", 4) == 0) {
		unsigned byte;
		for (const char *at = line + 4; pair_at(at, &byte); at += 3) {
			assert_true(size < sizeof got);
			got[size++] = (uint8_t)byte;
			if (at[2] == '\n')
				break;
		}
		line = strchr(line, '\n');
		line = line != NULL ? line + 1 : NULL;
	}
	free(text);
	assert_int_equal(size, n);
	assert_memory_equal(got, want, n);
}

void check_documented_text(const char *document, const char *heading, const char *want)
{
	char *text;
	const char *line = example_of(document, heading, &text) + 4;
	size_t n = strcspn(line, "\n");
	assert_int_equal(n, strlen(want));
	assert_memory_equal(line, want, n);
	free(text);
}
