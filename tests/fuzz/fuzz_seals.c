/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seal list, and a collector's notes about what is sealed: a line is refused, or is to the letter what
 * would be written. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/archive.h"
#include "archive/seals.h"
#include "collector/sealed.h"
#include "tests/fuzz/fuzz_kit.h"

static int note_bad(void *with, size_t number, const char *text)
{
	size_t *n = with;
	(void)number;
	assert(text[0] != '\0');
	(*n)++;
	return 0;
}

static void read_list(const uint8_t *in, size_t n)
{
	struct seal_list list = { .n = 0 };
	size_t bad = 0;
	struct seal_visitor visitor = { note_bad, &bad };
	char *text = fuzz_text(in, n);
	seal_list_walk(&list, text, n, &visitor);
	assert(list.bytes + list.torn <= n + 1);
	seal_list_free(&list);
	free(text);
}

static void read_line(const uint8_t *in, size_t n)
{
	struct seal seal;
	char again[SEAL_LINE];
	char *line = fuzz_text(in, n);
	if (seal_parse(&seal, line) == OK) {
		assert(seal_print(&seal, again, sizeof again) > 0);
		assert(strcmp(again, line) == 0);
	}
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	read_list(in, n);
	read_line(in, n);
	return 0;
}
