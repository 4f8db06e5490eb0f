/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a value came out of the bytes of an answer, for people. */
#include "sensors/drivers/modbus.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/sentence.h"

static void say_value(struct sentence *out, const struct profile_channel *channel,
        bool bits, const struct came *came)
{
	const struct profile_tag *tag = &channel->tag;
	struct profile_tag raw_tag = *tag;
	double raw, value;
	raw_tag.scale = raw_tag.divide = 1;
	raw_tag.offset = 0;
	modbus_tag_get(&raw_tag, bits, came->data, &raw);
	bool has = modbus_tag_get(tag, bits, came->data, &value);
	say(out, ", %s", bits ? "bit" : number_types[tag->type]);
	if (tag->order_set)
		say(out, " %s", word_orders[tag->order]);
	if (tag->type == TYPE_BIT && !bits)
		say(out, " %d", (int)tag->bit);
	say_mask(out, tag);
	if (has)
		say_number(out, channel, raw, value);
	else
		say(out, ": no number");
}

void modbus_explain_rule(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule, struct sentence *out)
{
	const struct profile_block *block =
	        &instrument->profile->block[rule->block_index];
	bool bits = modbus_is_bits(block);
	uint32_t word = modbus_rule_word(rule, bits, came->data);
	say(out, ", %s %d = 0x%04X", bits ? "input" : "register",
	        (int)(block->modbus.start + rule->at), (unsigned)word);
	say_bits(out, rule);
}

void modbus_explain(const struct instrument *instrument, const struct came *came,
        size_t i, struct sentence *out)
{
	const struct profile_channel *channel = &instrument->profile->channel[i];
	const struct profile_tag *tag = &channel->tag;
	const struct profile_block *block =
	        &instrument->profile->block[tag->block_index];
	bool bits = modbus_is_bits(block);
	int first = (int)(block->modbus.start + tag->at);
	int width = bits ? 1 : (int)modbus_tag_width(tag);
	say(out, "slave %d, function %d, %s %d", instrument->slave,
	        (int)block->modbus.function, bits ? "item" : "register", first);
	if (width > 1)
		say(out, "..%d", first + width - 1);
	if (came->state != STATE_OK)
		return;
	size_t at = bits ? (size_t)tag->at / 8 : 2 * (size_t)tag->at;
	say(out, "; bytes");
	if (instrument->framing != FRAMING_ASCII && driver_asks(instrument))
		say(out, " %d.. of the answer",
		        (int)(came->data - came->frame) + (int)at);
	say_bytes(out, came->data + at, bits ? 1 : 2 * (size_t)width);
	say_value(out, channel, bits, came);
}
