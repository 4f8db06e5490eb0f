/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the frames of one poll say.  A frame that is too short for a channel (no new data)
 * and one whose data are all 0 (starting up) are sound, and have no value for it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/frames.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/sentence.h"

const struct frames_block *frames_block(const struct profile *profile, size_t i)
{
	return (const struct frames_block *)profile->own + i;
}

/* "0x43: not allowed in this state": what the profile calls an error. */
static const char *error_text(const struct profile_block *block, int code)
{
	for (size_t i = 0; i < block->frames.n_errors; i++) {
		char *end;
		if (strtol(block->frames.error[i], &end, 0) == code)
			return end + strspn(end, ": ");
	}
	return "its manual says what that means";
}

int frames_answer(const struct profile *profile, size_t i, const uint8_t *in, size_t n,
        struct frames_answer *out)
{
	const struct frames_block *block = frames_block(profile, i);
	out->code = 0;
	out->why = NULL;
	if (frames_find(&block->rule, in, n, &out->plain) == (int)n && n > 0) {
		if (block->error_at == 0 || block->error_at >= out->plain.n)
			return OK;
		out->code = out->plain.byte[block->error_at] & block->error_mask;
		if (out->code == 0)
			return OK;
		out->why = error_text(&profile->block[i], out->code);
		return REFUSED;
	}
	if (block->refused.n == 0 || n != block->refused.n ||
	        frames_begin(&block->refused, in, n) != (int)n)
		return MALFORMED;
	out->code = in[0];
	out->why = "it says no to the request";
	return REFUSED;
}

void frames_look(
        const struct instrument *instrument, const struct exchange *e, struct came *out)
{
	struct frames_answer answer;
	int status = frames_answer(
	        instrument->profile, e->block, e->bytes, e->size, &answer);
	out->state = STATE_GARBLED;
	if (status == MALFORMED)
		return;
	out->exception = answer.code;
	out->why = answer.why;
	out->state = status == OK ? STATE_OK : STATE_REFUSED;
	out->data = status == OK ? e->bytes : NULL;
	out->size = status == OK ? e->size : 0;
}

/* The frame of a block as it is before stuffing: it was found sound before. */
static void plain_of(const struct instrument *instrument, size_t block,
        const struct came *came, struct frame_plain *out)
{
	const struct frame_rule *rule = &frames_block(instrument->profile, block)->rule;
	frames_find(rule, came->data, came->size, out);
}

static bool is_blank(const struct frames_block *block, const struct frame_plain *plain)
{
	if (block->blank_to == 0 || block->blank_to > plain->n)
		return false;
	for (size_t i = block->blank_from; i < block->blank_to; i++)
		if (plain->byte[i] != 0)
			return false;
	return true;
}

bool frames_number(const struct instrument *instrument, const struct came *came,
        size_t i, double *value)
{
	const struct profile_tag *tag = &instrument->profile->channel[i].tag;
	struct frame_plain plain;
	plain_of(instrument, tag->block_index, came, &plain);
	if (!is_blank(frames_block(instrument->profile, tag->block_index), &plain))
		return frames_number_get(tag, &plain, value);
	*value = NAN;
	return false;
}

bool frames_holds(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule)
{
	struct frame_plain plain;
	plain_of(instrument, rule->block_index, came, &plain);
	return map_rule_holds(rule, frames_rule_word(rule, &plain));
}

/* `count` bytes at `at`, or 0 where the frame or the room ends before. */
static size_t copy_bytes(const struct frame_plain *plain, int64_t at, int64_t count,
        uint8_t *out, size_t room)
{
	if ((size_t)(at + count) > plain->n || (size_t)count > room)
		return 0;
	memcpy(out, plain->byte + at, (size_t)count);
	return (size_t)count;
}

size_t frames_mark(const struct instrument *instrument, const struct came *came,
        const struct profile_fresh *fresh, uint8_t out[FRESH_SIZE])
{
	struct frame_plain plain;
	plain_of(instrument, fresh->block_index, came, &plain);
	return copy_bytes(&plain, fresh->at, fresh->count, out, FRESH_SIZE);
}

size_t frames_vendor(const struct instrument *instrument, const struct came *came,
        const struct profile_words *words, uint8_t *out, size_t room)
{
	struct frame_plain plain;
	plain_of(instrument, words->block_index, came, &plain);
	return copy_bytes(&plain, words->at, words->count, out, room);
}

/* ---- for people ---- */

/* " 3D 71 41 BE, f32 CDAB = 23.78 mg/L" */
static void say_value(struct sentence *out, const struct profile_channel *channel,
        const struct frames_block *block, const struct frame_plain *plain)
{
	const struct profile_tag *tag = &channel->tag;
	struct profile_tag bare = *tag;
	double raw, value;
	bare.scale = bare.divide = 1;
	bare.offset = 0;
	say_bytes(out, plain->byte + tag->at, frames_type_size(tag->type));
	say(out, ", %s", frame_types[tag->type]);
	if (tag->order_set)
		say(out, " %s", frame_orders[tag->order]);
	if (tag->type == FRAME_BIT)
		say(out, " %d", (int)tag->bit);
	say_mask(out, tag);
	if (is_blank(block, plain))
		say(out, ": bytes %zu..%zu are all 0, it is starting up",
		        block->blank_from, block->blank_to - 1);
	else if (frames_number_get(&bare, plain, &raw) &&
	         frames_number_get(tag, plain, &value))
		say_number(out, channel, raw, value);
	else
		say(out, ": no number");
}

void frames_explain(const struct instrument *instrument, const struct came *came,
        size_t i, struct sentence *out)
{
	const struct profile_channel *channel = &instrument->profile->channel[i];
	const struct profile_tag *tag = &channel->tag;
	const struct frames_block *block =
	        frames_block(instrument->profile, tag->block_index);
	size_t size = frames_type_size(tag->type), at = (size_t)tag->at;
	struct frame_plain plain;
	say(out, "byte %zu", at);
	if (size > 1)
		say(out, "..%zu", at + size - 1);
	say(out, " of the frame%s", block->rule.stuffed ? " before stuffing" : "");
	if (came->state != STATE_OK)
		return;
	plain_of(instrument, tag->block_index, came, &plain);
	if (at + size > plain.n)
		say(out, ", which has %zu: no new data", plain.n);
	else
		say_value(out, channel, block, &plain);
}

void frames_explain_rule(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule, struct sentence *out)
{
	struct frame_plain plain;
	plain_of(instrument, rule->block_index, came, &plain);
	say(out, ", byte %d = 0x%0*X", (int)rule->at, 2 * (int)frames_rule_size(rule),
	        (unsigned)frames_rule_word(rule, &plain));
	say_bits(out, rule);
}
