/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answering side of a Modbus instrument: the registers its profile describes, filled with what
 * it is to say.  It answers any range that lies in the blocks of its profile; what the profile does
 * not know is no address of this instrument.  A master that writes to us (function 16) says its
 * blocks unasked.
 */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "sensors/drivers/modbus.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/speech.h"

#define ILLEGAL_FUNCTION 1
#define ILLEGAL_ADDRESS  2

/* ---- the items of a block ---- */

static void put_word(
        const struct profile_rule *rule, bool bits, uint32_t word, uint8_t *data)
{
	uint8_t one = (uint8_t)(1 << rule->at % 8), *at = &data[rule->at / 8];
	if (bits)
		*at = (uint8_t)(word & 1 ? *at | one : *at & ~one);
	else
		put_be16(data + 2 * rule->at, (uint16_t)word);
}

static void be_well(const struct profile_rule *rule, bool bits, uint8_t *data)
{
	uint32_t word = modbus_rule_word(rule, bits, data);
	put_word(rule, bits, speech_word(rule, word, false), data);
}

/* First everything is well, then what is not is said. */
static void put_status(const struct speech *speech, size_t block, uint8_t *data)
{
	const struct profile *profile = speech->instrument->profile;
	bool bits = modbus_is_bits(&profile->block[block]);
	for (int pass = 0; pass < 2; pass++)
		for (size_t r = 0; r < profile->n_rules; r++)
			if (profile->rule[r].block_index == block)
				be_well(&profile->rule[r], bits, data);
	for (size_t c = 0; c < profile->n_channels; c++) {
		const struct profile_rule *rule = speech_rule(speech, c);
		if (rule == NULL || rule->block_index != block)
			continue;
		uint32_t word = modbus_rule_word(rule, bits, data);
		put_word(rule, bits, speech_word_of(profile, rule, word), data);
	}
}

static void put_results(const struct speech *speech, size_t block, uint8_t *data)
{
	const struct profile *profile = speech->instrument->profile;
	for (size_t k = 0; k < profile->n_fresh; k++) {
		const struct profile_fresh *fresh = &profile->fresh[k];
		if (fresh->block_index != block)
			continue;
		uint64_t mark =
		        (uint64_t)speech_result_us(speech, fresh->covers) / 1000000;
		for (size_t i = (size_t)fresh->count; i-- > 0; mark >>= 16)
			put_be16(data + 2 * ((size_t)fresh->at + i), (uint16_t)mark);
	}
	for (size_t k = 0; k < profile->n_times; k++) {
		const struct profile_time *time = &profile->time[k];
		if (time->block_index == block)
			modbus_time_put(
			        time, speech_result_us(speech, time->covers), data);
	}
}

/* The same number with its words in the other order: what a wrongly set instrument sends. */
static struct profile_tag tag_said(const struct speech *speech, size_t c)
{
	static const uint8_t other[] = { [ORDER_ABCD] = ORDER_CDAB,
		[ORDER_CDAB] = ORDER_ABCD,
		[ORDER_BADC] = ORDER_DCBA,
		[ORDER_DCBA] = ORDER_BADC,
		[ORDER_ABCDEFGH] = ORDER_GHEFCDAB,
		[ORDER_GHEFCDAB] = ORDER_ABCDEFGH };
	struct profile_tag tag = speech->instrument->profile->channel[c].tag;
	if (speech->other_order)
		tag.order = other[tag.order];
	return tag;
}

static void put_block(const struct speech *speech, size_t i, uint8_t *data)
{
	const struct profile *profile = speech->instrument->profile;
	bool bits = modbus_is_bits(&profile->block[i]);
	put_status(speech, i, data);
	put_results(speech, i, data);
	for (size_t c = 0; c < profile->n_channels; c++) {
		struct profile_tag tag = tag_said(speech, c);
		if (tag.block_index != i)
			continue;
		/* a type with no way to say "none" shows 0, as such instruments do */
		if (modbus_tag_put(&tag, bits, speech->value[c], data) != OK)
			modbus_tag_put(&tag, bits, 0, data);
	}
}

/* ---- requests ---- */

static bool holds(const struct profile_block *block,
        const struct modbus_request *request, uint32_t item)
{
	return block->modbus.function == request->function &&
	       item >= block->modbus.start &&
	       item < block->modbus.start + block->modbus.count;
}

static void copy_item(
        bool bits, const uint8_t *from, size_t from_at, uint8_t *to, size_t to_at)
{
	if (!bits) {
		memcpy(to + 2 * to_at, from + 2 * from_at, 2);
		return;
	}
	if (from[from_at / 8] >> (from_at % 8) & 1)
		to[to_at / 8] |= (uint8_t)(1 << to_at % 8);
}

static int block_of(const struct profile *profile, const struct modbus_request *request,
        uint32_t item)
{
	for (size_t b = 0; b < profile->n_blocks; b++)
		if (holds(&profile->block[b], request, item))
			return (int)b;
	return NOT_FOUND;
}

static bool function_known(const struct profile *profile, uint8_t function)
{
	for (size_t b = 0; b < profile->n_blocks; b++)
		if (profile->block[b].modbus.function == function)
			return true;
	return false;
}

/* Exception, or 0. */
static uint8_t read_items(
        const struct speech *speech, const struct modbus_request *request, uint8_t *out)
{
	const struct profile *profile = speech->instrument->profile;
	uint8_t data[MODBUS_FRAME];
	int made = NOT_FOUND;
	if (!function_known(profile, request->function))
		return ILLEGAL_FUNCTION;
	for (uint32_t i = 0; i < request->count; i++) {
		int b = block_of(profile, request, request->start + i);
		if (b < 0)
			return ILLEGAL_ADDRESS;
		if (b != made) {
			memset(data, 0, sizeof data);
			put_block(speech, (size_t)b, data);
			made = b;
		}
		size_t at = request->start + i - (size_t)profile->block[b].modbus.start;
		copy_item(request->function <= 2, data, at, out, i);
	}
	return 0;
}

int modbus_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n)
{
	struct modbus_request request;
	int used = modbus_request_get(instrument->framing, in, n, &request);
	return used > 0 && request.slave != instrument->slave ? FRAME_NONE : used;
}

/* What nobody asks for: the plant's own master writes each block by function 16. */
static size_t push(const struct speech *speech, uint8_t *out, size_t room)
{
	const struct instrument *instrument = speech->instrument;
	const struct profile *profile = instrument->profile;
	size_t used = 0;
	for (size_t b = 0; b < profile->n_blocks; b++) {
		const struct profile_block *block = &profile->block[b];
		size_t size = 2 * (size_t)block->modbus.count;
		uint8_t plain[MODBUS_PLAIN] = { instrument->slave, PUSHED };
		const struct modbus_wire wire = { instrument->framing, 0, 7 + size };
		if (block->modbus.function != PUSHED || wire.n > sizeof plain)
			continue;
		put_be16(plain + 2, (uint16_t)block->modbus.start);
		put_be16(plain + 4, (uint16_t)block->modbus.count);
		plain[6] = (uint8_t)size;
		put_block(speech, b, plain + 7);
		int n = modbus_close_frame(&wire, plain, out + used, room - used);
		used += n > 0 ? (size_t)n : 0;
	}
	return used;
}

size_t modbus_say(const struct speech *speech, const uint8_t *in, size_t n,
        uint8_t *out, size_t room)
{
	struct modbus_request request;
	uint8_t data[MODBUS_FRAME] = { 0 };
	int framing = speech->instrument->framing;
	if (n == 0)
		return push(speech, out, room);
	if (modbus_request_get(framing, in, n, &request) <= 0)
		return 0;
	uint8_t exception = speech->exception;
	if (exception == 0)
		exception = read_items(speech, &request, data);
	int size =
	        exception != 0
	                ? modbus_exception_put(framing, &request, exception, out, room)
	                : modbus_answer_put(framing, &request, data, out, room);
	return size > 0 ? (size_t)size : 0;
}
