/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a request is read by ours: the language asked for; and how what came from outside is written
 * into a page: nothing of it is markup. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz_kit.h"
#include "web/assets.h"
#include "web/html.h"
#include "web/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static char page[65536];
	struct asset asset;
	char *text = fuzz_text(in, n);
	enum language language = server_language(text);
	assert(language == VIETNAMESE || language == ENGLISH);
	if (asset_find(&asset, text) == OK)
		assert(asset.size > 0);
	FILE *out = fmemopen(page, sizeof page, "w");
	assert(out != NULL);
	html_text(out, text);
	fclose(out);
	assert(strpbrk(page, "<>\"'") == NULL);
	free(text);
	return 0;
}
