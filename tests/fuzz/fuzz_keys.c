/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of a public key, or of a secret one: refused, or one key that is written again as it was read. */
#include <assert.h>
#include <string.h>

#include "base/socket.h"
#include "tests/fuzz/fuzz_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct key_pair pair = { .public_key = "" };
	char key[KEY_TEXT];
	if (key_read(fuzz_file(in, n), key, 0, NULL) != OK)
		return 0;
	assert(strlen(key) == KEY_TEXT - 1 && key_valid(key));
	assert(n >= KEY_TEXT - 1 && memcmp(key, in, KEY_TEXT - 1) == 0);
	memcpy(pair.secret_key, key, KEY_TEXT);
	if (key_pair_complete(&pair) == OK)
		assert(key_valid(pair.public_key));
	return 0;
}
