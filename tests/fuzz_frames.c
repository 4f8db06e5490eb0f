/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever a line says, under whatever rule a profile may state: a frame lies within
 * what came, and made again from its plain bytes it is found again as the same one.
 */
#include <assert.h>
#include <string.h>

#include "sensors/frames.h"
#include "tests/fuzz_kit.h"

#define RULE 16 /* bytes of the input that make the rule */

static struct frame_rule rule_of(const uint8_t *in)
{
	struct frame_rule rule = {
		.stuffed = in[0] & 1,
		.length = in[0] & 2 ? in[1] : 0,
		.length_at = in[2] % 12,
		.length_size = 1 + (in[0] >> 2 & 1),
		.length_low_first = in[0] & 8,
		.length_add = in[3] % 16,
		.longest = in[4],
		.check = in[5] % (CHECK_CRC_CCITT + 1),
		.check_low_first = in[0] & 16,
		.from = in[6] % 8,
		.to = in[0] & 32 ? in[7] % 32 : 0,
		.check_at = in[0] & 64 ? in[8] % 32 : 0,
		.header = { .n = 1 + in[9] % 3,
		        .byte = { in[10], in[11], in[12] },
		        .mask = { 0xFF, in[13] & 1 ? 0xFF : 0, 0xFF } },
		.tail = { .n = in[13] / 2 % 3,
		        .byte = { in[14], in[15] },
		        .mask = { 0xFF, 0xFF } },
	};
	if (rule.stuffed) {
		rule.header.byte[0] = rule.tail.byte[0] = 0x7E;
		rule.tail.n = 1;
	}
	for (size_t i = 0; i < rule.header.n; i++)
		rule.header.byte[i] &= rule.header.mask[i];
	return rule;
}

static void made_again(const struct frame_rule *rule, const struct frame_plain *plain)
{
	struct frame_plain again = *plain, found;
	uint8_t wire[FRAMES_WIRE];
	int n = frames_put(rule, &again, wire, sizeof wire);
	assert(n > 0 && again.n == plain->n);
	assert(memcmp(again.byte, plain->byte, plain->n) == 0);
	assert(frames_find(rule, wire, (size_t)n, &found) == n);
	assert(found.n == plain->n && memcmp(found.byte, plain->byte, plain->n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	if (n < RULE)
		return 0;
	struct frame_rule rule = rule_of(in);
	if (frames_wrong(&rule) != NULL)
		return 0;
	in += RULE;
	n -= RULE;
	if (n > 4 * FRAMES_WIRE)
		n = 4 * FRAMES_WIRE;
	while (n > 0) {
		struct frame_plain plain;
		int length = frames_find(&rule, in, n, &plain);
		assert(length <= (int)n && length <= FRAMES_WIRE);
		if (length == FRAME_SHORT)
			return 0;
		if (length > 0)
			made_again(&rule, &plain);
		size_t step = length > 0 ? (size_t)length : 1;
		in += step;
		n -= step;
	}
	return 0;
}
