/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The payload of a DESCRIBE, plain or deflated: refused, or taken apart and written again with the
 * same hash.  First byte 'T': the text itself, as a sealed file keeps it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "archive/stored_text.h"
#include "base/describe.h"
#include "tests/fuzz/fuzz_kit.h"

static void write_again(struct describe *describe)
{
	static uint8_t again[DESCRIBE_MOST];
	uint8_t hash[32];
	memcpy(hash, describe->hash, sizeof hash);
	int n = describe_encode(describe, again, sizeof again);
	if (n > 0)
		assert(memcmp(hash, describe->hash, sizeof hash) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct describe *describe = NULL;
	struct problem why;
	char *text;
	size_t size;
	if (n > 0 && in[0] == 'T') {
		if (stored_text_read(&describe, (const char *)in + 1, n - 1, &why) ==
		        OK)
			describe_free(describe);
		return 0;
	}
	if (describe_decode(&describe, in, n, &why) == OK) {
		write_again(describe);
		describe_free(describe);
	}
	if (stored_text_of_payload(in, n, &text, &size) == OK)
		free(text);
	return 0;
}
