/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What proves an archive to others: a checkpoint, the signed acts, an answer of a time stamp authority, a
 * public key in a PEM file: refused, or to the letter what would be written. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "archive/acts.h"
#include "archive/checkpoint.h"
#include "base/base64.h"
#include "base/sign.h"
#include "base/stamp.h"
#include "tests/fuzz/fuzz_kit.h"

static int note_bad(void *with, size_t number, const char *text)
{
	(void)number;
	assert(text[0] != '\0');
	++*(size_t *)with;
	return 0;
}

static void read_checkpoint(const char *text, size_t n)
{
	static char again[CHECKPOINT_TEXT];
	struct checkpoint checkpoint;
	struct acts none = { 0 };
	struct checkpoint_held held;
	struct problem why;
	if (checkpoint_parse(&checkpoint, text, n) != OK)
		return;
	assert(checkpoint_print(&checkpoint, again, sizeof again) == (int)n);
	assert(memcmp(again, text, n) == 0);
	/* nobody is known, so nobody's signature holds */
	assert(checkpoint_hold(&checkpoint, &none, &held, &why) < 0);
}

static void read_acts(const char *text, size_t n)
{
	struct acts acts = { 0 };
	size_t bad = 0;
	struct acts_visitor visitor = { note_bad, &bad };
	acts_walk(&acts, text, n, &visitor);
	assert(acts.n + bad <= n + 1);
	acts_free(&acts);
}

static void read_base64(const char *text)
{
	uint8_t out[SIGN_SIZE];
	char again[BASE64_SIZE(SIGN_SIZE)];
	if (base64_parse(text, out, sizeof out) != OK)
		return;
	base64_print(out, sizeof out, again);
	assert(strcmp(again, text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	uint8_t key[SIGN_PUBLIC];
	struct stamp stamp;
	struct problem why;
	if (n > 0 && in[0] == 'K') {
		sign_public_read(fuzz_file(in + 1, n - 1), key, &why);
		return 0;
	}
	if (n > 0 && in[0] == 0x30) {
		if (stamp_read(&stamp, in, n, &why) == OK)
			assert(memchr(stamp.authority, '\0', sizeof stamp.authority) !=
			        NULL);
		return 0;
	}
	char *text = fuzz_text(in, n);
	read_checkpoint(text, n);
	read_acts(text, n);
	read_base64(text);
	free(text);
	return 0;
}
