/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a value came out of the bytes of an answer, in one sentence for people. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"
#include "sensors/modbus.h"
#include "sensors/profile.h"

struct sentence {
	char *out;
	size_t n, room;
};

__attribute__((format(printf, 2, 3))) static void say(
        struct sentence *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(s->out + s->n, s->room - s->n, format, args);
	va_end(args);
	if (n > 0)
		s->n += (size_t)n;
	if (s->n >= s->room)
		s->n = s->room - 1;
}

static void say_bytes(struct sentence *s, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n && i < 32; i++)
		say(s, " %02X", in[i]);
	if (n > 32)
		say(s, " ...");
}

static void say_missing(struct sentence *s, const struct modbus_came *came)
{
	if (came->exception != 0)
		say(s, "; the answer is exception %d, %s:", came->exception,
		        modbus_exception_text(came->exception));
	else if (came->frame_size > 0)
		say(s, "; what came is no sound answer:");
	else
		say(s, "; nothing came");
	say_bytes(s, came->frame, came->frame_size);
}

static void say_number(struct sentence *s, const struct profile_channel *channel,
        bool bits, const struct modbus_came *came)
{
	const struct modbus_tag *tag = &channel->tag;
	struct modbus_tag raw_tag = *tag;
	char raw_text[32], value_text[32];
	double raw, value;
	raw_tag.scale = raw_tag.divide = 1;
	raw_tag.offset = 0;
	modbus_tag_get(&raw_tag, bits, came->data, &raw);
	int has = modbus_tag_get(tag, bits, came->data, &value);
	say(s, ", %s", bits ? "bit" : modbus_types[tag->type]);
	if (tag->order_set)
		say(s, " %s", word_orders[tag->order]);
	if (tag->type == TYPE_BIT && !bits)
		say(s, " %d", (int)tag->bit);
	if (tag->mask != 0)
		say(s, " & 0x%llX >> %d", (unsigned long long)tag->mask,
		        (int)tag->shift);
	if (has != TAG_OK) {
		say(s, ": no number");
		return;
	}
	say(s, " = %s", number_print(raw, raw_text));
	if (tag->scale != 1)
		say(s, " * %s", number_print(tag->scale, raw_text));
	if (tag->divide != 1)
		say(s, " / %s", number_print(tag->divide, raw_text));
	if (tag->offset != 0)
		say(s, " + %s", number_print(tag->offset, raw_text));
	if (tag->scale != 1 || tag->divide != 1 || tag->offset != 0)
		say(s, " = %s", number_print(value, value_text));
	say(s, " %s", channel->about.unit);
}

static void say_rule(struct sentence *s, const struct instrument *instrument,
        const struct modbus_came *came, size_t i)
{
	const struct profile *profile = instrument->profile;
	uint8_t state;
	const struct modbus_rule *rule = modbus_rule_deciding(profile, came, i, &state);
	if (rule == NULL)
		return;
	const struct modbus_block *block = &profile->block[rule->block_index];
	bool bits = block->function <= 2;
	say(s, "; state from block %s, %s %d", block->name, bits ? "input" : "register",
	        (int)(block->start + rule->at));
	if (came[rule->block_index].data == NULL) {
		say_missing(s, &came[rule->block_index]);
		return;
	}
	uint32_t word = modbus_rule_word(rule, bits, came[rule->block_index].data);
	say(s, " = 0x%04X", (unsigned)word);
	if (rule->bit_set)
		say(s, ", bit %d", (int)rule->bit);
	if (rule->mask != 0)
		say(s, ", mask 0x%X", (unsigned)rule->mask);
	say(s, ": %s%s%s", rule->state, rule->meaning[0] != '\0' ? ", " : "",
	        rule->meaning);
}

void modbus_explain(const struct instrument *instrument,
        const struct exchanges *exchanges, size_t i, char *out, size_t room)
{
	struct sentence s = { .out = out, .room = room };
	struct modbus_came came[MODBUS_BLOCKS];
	const struct profile_channel *channel = &instrument->profile->channel[i];
	const struct modbus_tag *tag = &channel->tag;
	const struct modbus_block *block =
	        &instrument->profile->block[tag->block_index];
	bool bits = block->function <= 2;
	modbus_sort(instrument, exchanges, came);
	const struct modbus_came *c = &came[tag->block_index];
	int first = (int)(block->start + tag->at);
	int width = bits ? 1 : (int)modbus_tag_width(tag);
	out[0] = '\0';
	say(&s, "block %s: slave %d, function %d, %s %d", block->name,
	        instrument->slave, (int)block->function,
	        block->function <= 2 ? "item" : "register", first);
	if (width > 1)
		say(&s, "..%d", first + width - 1);
	if (c->data == NULL) {
		say_missing(&s, c);
		return;
	}
	size_t at = bits ? (size_t)tag->at / 8 : 2 * (size_t)tag->at;
	say(&s, "; bytes %d.. of the answer", (int)(c->data - c->frame) + (int)at);
	say_bytes(&s, c->data + at, bits ? 1 : 2 * (size_t)width);
	say_number(&s, channel, bits, c);
	say_rule(&s, instrument, came, i);
}
