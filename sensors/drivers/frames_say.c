/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answering side of an instrument of frames: a frame of its profile, filled with what
 * it is to say.  It measures always, so nobody need start it; who starts it all the same
 * is told that this was well done.
 */
#include <math.h>
#include <string.h>

#include "sensors/drivers/frames.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/speech.h"

/* First everything is well, then what is not is said. */
static void put_status(
        const struct speech *speech, size_t block, struct frame_plain *plain)
{
	const struct profile *profile = speech->instrument->profile;
	for (size_t r = 0; r < profile->n_rules; r++) {
		const struct profile_rule *rule = &profile->rule[r];
		uint32_t word = frames_rule_word(rule, plain);
		if (rule->block_index == block)
			frames_rule_put(rule, speech_word(rule, word, false), plain);
	}
	for (size_t c = 0; c < profile->n_channels; c++) {
		const struct profile_rule *rule = speech_rule(speech, c);
		if (rule == NULL || rule->block_index != block)
			continue;
		uint32_t word = frames_rule_word(rule, plain);
		frames_rule_put(rule, speech_word_of(profile, rule, word), plain);
	}
}

static void put_results(
        const struct speech *speech, size_t block, struct frame_plain *plain)
{
	const struct profile *profile = speech->instrument->profile;
	for (size_t k = 0; k < profile->n_fresh; k++) {
		const struct profile_fresh *fresh = &profile->fresh[k];
		uint64_t mark =
		        (uint64_t)speech_result_us(speech, fresh->covers) / 1000000;
		if (fresh->block_index != block)
			continue;
		for (size_t i = (size_t)fresh->count; i-- > 0; mark >>= 8)
			plain->byte[(size_t)fresh->at + i] = (uint8_t)mark;
	}
}

/* The same number with its bytes in another order: what a wrongly set instrument sends. */
static struct profile_tag tag_said(const struct speech *speech, size_t c)
{
	static const uint8_t other[] = { [FRAME_AB] = FRAME_BA,
		[FRAME_BA] = FRAME_AB,
		[FRAME_ABC] = FRAME_CBA,
		[FRAME_CBA] = FRAME_ABC,
		[FRAME_ABCD] = FRAME_CDAB,
		[FRAME_CDAB] = FRAME_ABCD,
		[FRAME_BADC] = FRAME_DCBA,
		[FRAME_DCBA] = FRAME_BADC };
	struct profile_tag tag = speech->instrument->profile->channel[c].tag;
	if (speech->other_order && tag.order_set)
		tag.order = other[tag.order];
	return tag;
}

/* Numbers before status: a rule may look at a number. */
static void put_block(
        const struct speech *speech, size_t block, struct frame_plain *plain)
{
	const struct profile *profile = speech->instrument->profile;
	for (size_t c = 0; c < profile->n_channels; c++) {
		struct profile_tag tag = tag_said(speech, c);
		if (tag.block_index != block)
			continue;
		/* a type with no way to say "none" shows 0, as such instruments do */
		if (frames_number_put(&tag, speech->value[c], plain) != OK)
			frames_number_put(&tag, 0, plain);
	}
	put_status(speech, block, plain);
	put_results(speech, block, plain);
}

/* Bytes of a frame with all its channels, or with none. */
static size_t size_of(const struct frames_block *block, bool full)
{
	const struct frame_rule *rule = &block->rule;
	size_t least = frames_shortest(rule);
	size_t whole = block->needs + rule->tail.n + frames_check_size(rule->check);
	if (rule->length != 0)
		return rule->length;
	return full && whole > least ? whole : least;
}

static size_t refuse(const struct frames_block *block, uint8_t code,
        struct frame_plain *plain, uint8_t *out, size_t room)
{
	if (block->error_at != 0) {
		plain->n = size_of(block, false);
		plain->byte[block->error_at] = code;
		int n = frames_put(&block->rule, plain, out, room);
		return n > 0 ? (size_t)n : 0;
	}
	if (block->refused.n > room)
		return 0;
	memcpy(out, block->refused.byte, block->refused.n);
	return block->refused.n;
}

/* The block whose request starts at in[0]: its length, FRAME_SHORT or FRAME_NONE. */
static int asked_block(
        const struct profile *profile, const uint8_t *in, size_t n, size_t *block)
{
	int found = FRAME_NONE;
	for (size_t i = 0; i < profile->n_blocks; i++) {
		int length = frames_begin(&frames_block(profile, i)->request, in, n);
		*block = i;
		if (length > 0)
			return length;
		if (length == FRAME_SHORT && frames_block(profile, i)->request.n > 0)
			found = FRAME_SHORT;
	}
	return found;
}

int frames_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n)
{
	size_t block;
	return asked_block(instrument->profile, in, n, &block);
}

size_t frames_say(const struct speech *speech, const uint8_t *in, size_t n,
        uint8_t *out, size_t room)
{
	const struct profile *profile = speech->instrument->profile;
	struct frame_plain plain = { .n = 0 };
	size_t i = 0;
	if (n > 0 && asked_block(profile, in, n, &i) <= 0)
		return 0;
	const struct frames_block *block = frames_block(profile, i);
	if (speech->exception != 0)
		return refuse(block, speech->exception, &plain, out, room);
	plain.n = size_of(block, true);
	put_block(speech, i, &plain);
	int size = frames_put(&block->rule, &plain, out, room);
	return size > 0 ? (size_t)size : 0;
}
