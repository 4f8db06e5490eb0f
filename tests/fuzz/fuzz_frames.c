/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever a line says, under whatever rule a profile may state: a frame lies within
 * what came, and made again from its plain bytes it is found again as the same one.
 * And whatever an instrument of the shipped profiles answers: every channel gets a state.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/frames.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"
#include "tests/fuzz/fuzz_kit.h"

#define RULE 16   /* bytes of the input that make the rule */
#define TALK 0x80 /* of the first byte: a conversation with a shipped profile instead */

static const char *const profiles[] = { "sensirion-sps30", "davis-vantage-pro2",
	"honeywell-hpma115c0", "nova-sds011", "plantower-pms5003" };
#define PROFILES (sizeof profiles / sizeof profiles[0])

/* A conversation: each request gets what the input still has. */
static void talk(const struct instrument *instrument, const uint8_t *in, size_t n)
{
	static uint8_t request[FRAME_MOST], exchanges[1 << 16];
	struct exchanges said = { .bytes = exchanges };
	struct decoded decoded;
	char text[512];
	int what = ASK_AGAIN;
	void *state = calloc(1, frames_driver.state_size);
	assert(state != NULL);
	frames_driver.begin(state, instrument);
	for (int step = 0; step < 2 * BLOCKS_MOST && what == ASK_AGAIN; step++) {
		struct declined declined;
		frames_driver.ask(state, request, sizeof request);
		int frame = frames_driver.frame(state, in, n);
		assert(frame <= (int)n);
		size_t took = frame > 0 ? (size_t)frame : n > 0;
		struct exchange exchange = {
			.block = frames_driver.block(state),
			.size = (uint16_t)took,
			.bytes = in,
		};
		int put = exchange_put(
		        &exchange, exchanges + said.size, sizeof exchanges - said.size);
		said.size += put > 0 ? (size_t)put : 0;
		said.n += put > 0;
		frames_driver.refusal(state, in, took, &declined);
		frames_driver.fault(state, in, took);
		what = frame > 0 ? frames_driver.decode(state, in, took)
		                 : frames_driver.missed(state, frame == FRAME_SHORT);
		assert(what == ASK_AGAIN || what == READING_DONE);
		in += took;
		n -= took;
	}
	assert(what == READING_DONE);
	values_decode(instrument, &said, NULL, NULL, &decoded);
	for (size_t i = 0; i < instrument->profile->n_channels; i++) {
		assert(decoded.state[i] < CHANNEL_STATES);
		values_explain(instrument, &said, i, text, sizeof text);
	}
	free(state);
}

static void talk_with(size_t which, const uint8_t *in, size_t n)
{
	static struct profile *profile[PROFILES];
	static struct channel_setting setting[READING_CHANNELS];
	struct problem why;
	if (profile[which] == NULL && profile_find(&profile[which], profiles[which],
	                                      NULL, stderr, &why) != OK)
		abort();
	for (size_t i = 0; i < READING_CHANNELS; i++)
		setting[i] = (struct channel_setting){ .low = 0, .high = 100 };
	struct instrument instrument = {
		.id = "x", .profile = profile[which], .address = "", .setting = setting
	};
	talk(&instrument, in, n);
}

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
	if (in[0] & TALK) {
		talk_with(in[1] % PROFILES, in + 2, n - 2);
		return 0;
	}
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
