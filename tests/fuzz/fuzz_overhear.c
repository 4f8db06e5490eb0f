/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is heard on a line, in two pieces: every byte is given out once and in order, and
 * what is said of it is a text. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tools/overhear.h"
#include "tests/fuzz/fuzz_kit.h"

#define GAP_US INT64_C(20000) /* between the pieces: an adapter, no silence */

static struct overhear ear;
static struct overhear_models models, some; /* some: those of one input */

#define SOME 6

/* Bytes given out are those at in + from. */
static size_t take(const uint8_t *in, size_t n, size_t from, int64_t now_us)
{
	struct overheard heard;
	while (overhear_next(&ear, now_us, &heard) == 1) {
		assert(heard.n > 0 && from + heard.n <= n);
		assert(memcmp(heard.bytes, in + from, heard.n) == 0);
		assert(memchr(heard.text, '\0', sizeof heard.text) != NULL);
		assert((heard.kind == HEARD_NOISE) == (heard.tongue == NULL));
		from += heard.n;
	}
	return from;
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	if (models.n == 0) {
		fuzz_quiet();
		setenv("QUANTRAC_PROFILES", "sensors/profiles", 0);
		overhear_models_load(&models, "");
		assert(models.n > 0);
	}
	if (n < 2 || n > OVERHEAR_ROOM)
		return 0;
	size_t cut = in[0] % n, from;
	overhear_init(&ear, in[0] & 1);
	some.n = SOME < models.n ? SOME : models.n;
	some.model = models.model + in[0] / 2 % (models.n - some.n + 1);
	ear.models = &some;
	in++;
	n--;
	cut = cut < n ? cut : n;
	overhear_add(&ear, in, cut, GAP_US);
	from = take(in, n, 0, GAP_US);
	overhear_add(&ear, in + cut, n - cut, 2 * GAP_US);
	from = take(in, n, from, 2 * GAP_US);
	from = take(in, n, from, 2 * GAP_US + OVERHEAR_QUIET);
	assert(from == n && ear.lost == 0);
	return 0;
}
