/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line or a file name of Circular 10/2021: refused, or read with ids of ours. */
#include <assert.h>
#include <stdlib.h>

#include "base/legal_time.h"
#include "sensors/tools/tt10.h"
#include "tests/fuzz/fuzz_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct tt10_line line;
	struct tt10_name name;
	struct problem why;
	if (tt10_line_parse((const char *)in, n, OFFSET_VIETNAM, &line, &why) == OK) {
		assert(id_valid(line.channel, ID_SIZE - 1));
		assert(line.time_us >= 0);
	}
	char *text = fuzz_text(in, n);
	if (tt10_name_parse(text, OFFSET_VIETNAM, &name, &why) == OK)
		assert(id_valid(name.id, SOURCE_SIZE));
	free(text);
	return 0;
}
