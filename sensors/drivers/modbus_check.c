/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tables of a Modbus profile cannot say: registers that must be there. */
#include <string.h>

#include "sensors/drivers/modbus.h"
#include "sensors/tables/profile_parts.h"

static const struct profile_block *block_of(
        const struct profile_checker *check, size_t index)
{
	return index != NO_BLOCK ? &check->profile->block[index] : NULL;
}

/* Whether items from..from+width-1 lie in a block; an error at check->path if not. */
static void check_fits(struct profile_checker *check, const struct profile_block *block,
        int64_t from, size_t width)
{
	if (from + (int64_t)width <= block->modbus.count)
		return;
	WRONG(check,
	        "count starts at 0 within the block; make the block longer or correct "
	        "`at`",
	        "%s %d..%d lie outside block '%s', which has %d",
	        modbus_is_bits(block) ? "items" : "registers", (int)from,
	        (int)from + (int)width - 1, block->name, (int)block->modbus.count);
}

static void check_block(struct profile_checker *check, size_t i)
{
	const struct profile_block *block = &check->profile->block[i];
	checker_at(check, "blocks[%zu].function", i);
	if (block->modbus.function > 4 && block->modbus.function != PUSHED)
		WRONG(check, "1 to 4, or 16 for registers that are pushed",
		        "function %d cannot be read", (int)block->modbus.function);
	checker_at(check, "blocks[%zu].count", i);
	if (block->modbus.function > 2 && block->modbus.count > MODBUS_REGISTERS)
		WRONG(check, "split it into two blocks",
		        "one request reads at most %d registers", MODBUS_REGISTERS);
	for (size_t k = 0; k < i; k++)
		if (check->profile->block[k].modbus.function ==
		                block->modbus.function &&
		        check->profile->block[k].modbus.count == block->modbus.count)
			WRONG(check,
			        "make one longer by a register: a late answer to the "
			        "one "
			        "cannot then be taken for the other",
			        "blocks '%s' and '%s' have the same function and count",
			        check->profile->block[k].name, block->name);
	if (block->modbus.start + block->modbus.count > 65536)
		WRONG(check, "the last register is 65535",
		        "the block ends beyond register 65535");
}

void modbus_check_order(
        struct profile_checker *check, const char *place, const struct profile_tag *tag)
{
	bool long_order = tag->order == ORDER_ABCDEFGH || tag->order == ORDER_GHEFCDAB;
	bool wide = modbus_tag_width(tag) > 1 && tag->type != TYPE_BCD &&
	            tag->type != TYPE_ASCII;
	checker_at(check, "%s.order", place);
	if (!tag->order_set && wide) {
		checker_at(check, "%s.type", place);
		WRONG(check, "find it with a known value: ABCD, CDAB, BADC or DCBA",
		        "type %s needs `order`", number_types[tag->type]);
	} else if (tag->order_set && long_order != (tag->type == TYPE_F64)) {
		WRONG(check,
		        "f64 has ABCDEFGH or GHEFCDAB, all others ABCD, CDAB, BADC or "
		        "DCBA",
		        "type %s cannot have the order %s", number_types[tag->type],
		        word_orders[tag->order]);
	}
}

static void check_mask(struct profile_checker *check, size_t i)
{
	const struct profile_tag *tag = &check->profile->channel[i].tag;
	checker_at(check, "channels[%zu].mask", i);
	if ((tag->mask != 0 || tag->shift != 0) && tag->type != TYPE_U16 &&
	        tag->type != TYPE_U32)
		WRONG(check, "use type u16 or u32",
		        "mask and shift are for u16 and u32");
}

/* Bits of a `none` are compared with those of a binary number. */
static void check_bits(struct profile_checker *check, size_t i)
{
	const struct profile_tag *tag = &check->profile->channel[i].tag;
	bool has_bits = tag->type != TYPE_ASCII && tag->type != TYPE_DECIMAL &&
	                tag->type != TYPE_BCD;
	for (size_t k = 0; k < tag->n_sentinels; k++) {
		checker_at(check, "channels[%zu].none[%zu]", i, k);
		if (tag->sentinel_value != NULL && tag->sentinel_value[k].is_bits &&
		        !has_bits)
			WRONG(check, "write the raw number instead",
			        "type %s has no bits to compare",
			        number_types[tag->type]);
	}
}

static void check_none(struct profile_checker *check, size_t i)
{
	const struct profile_tag *tag = &check->profile->channel[i].tag;
	size_t bits = 16 * modbus_tag_width(tag);
	switch (tag->type) {
	case TYPE_U16:
	case TYPE_U32:
		checker_none(check, i, NONE_UNSIGNED, bits);
		break;
	case TYPE_BIT:
		checker_none(check, i, NONE_UNSIGNED, 1);
		break;
	case TYPE_I16:
	case TYPE_I32:
		checker_none(check, i, NONE_SIGNED, bits);
		break;
	case TYPE_F32:
		checker_none(check, i, NONE_F32, bits);
		break;
	default:
		break;
	}
}

static void check_channel(struct profile_checker *check, size_t i)
{
	const struct profile_tag *tag = &check->profile->channel[i].tag;
	const struct profile_block *block = block_of(check, tag->block_index);
	char place[32];
	snprintf(place, sizeof place, "channels[%zu]", i);
	modbus_check_order(check, place, tag);
	check_mask(check, i);
	check_bits(check, i);
	check_none(check, i);
	if (block == NULL)
		return;
	checker_at(check, "channels[%zu].type", i);
	if (modbus_is_bits(block) && tag->type != TYPE_BIT)
		WRONG(check, "use type bit", "functions 1 and 2 give bits, not %s",
		        number_types[tag->type]);
	checker_at(check, "channels[%zu].at", i);
	check_fits(check, block, tag->at,
	        modbus_is_bits(block) ? 1 : modbus_tag_width(tag));
}

static void check_rule(struct profile_checker *check, size_t i)
{
	const struct profile_rule *rule = &check->profile->rule[i];
	const struct profile_block *block = block_of(check, rule->block_index);
	checker_at(check, "states[%zu].at", i);
	if (block == NULL)
		return;
	check_fits(check, block, rule->at, 1);
	checker_fires(check, i, modbus_is_bits(block) ? 1 : 16);
}

static void check_time(struct profile_checker *check, size_t i)
{
	const struct profile_time *time = &check->profile->time[i];
	const struct profile_block *block = block_of(check, time->block_index);
	if (block == NULL)
		return;
	checker_at(check, "sampled[%zu].block", i);
	if (modbus_is_bits(block))
		WRONG(check, "registers come with functions 3 and 4",
		        "a time is in registers");
	checker_at(check, "sampled[%zu].at", i);
	check_fits(check, block, time->at, time->form == TIME_SECONDS ? 2 : 6);
}

static void check_fresh(struct profile_checker *check, size_t i)
{
	const struct profile_fresh *fresh = &check->profile->fresh[i];
	const struct profile_block *block = block_of(check, fresh->block_index);
	if (block == NULL)
		return;
	checker_at(check, "fresh[%zu].block", i);
	if (modbus_is_bits(block))
		WRONG(check, "registers come with functions 3 and 4",
		        "a mark is in registers");
	checker_at(check, "fresh[%zu].at", i);
	check_fits(check, block, fresh->at, (size_t)fresh->count);
}

static void check_words(struct profile_checker *check, size_t i, size_t *total)
{
	const struct profile_words *words = &check->profile->words[i];
	const struct profile_block *block = block_of(check, words->block_index);
	if (block == NULL)
		return;
	bool bits = modbus_is_bits(block);
	checker_at(check, "vendor[%zu].at", i);
	check_fits(check, block, words->at, (size_t)words->count);
	if (bits && words->at % 8 != 0)
		WRONG(check, "begin at 0, 8, 16, ...", "bits are kept in whole bytes");
	*total += (size_t)(bits ? (words->count + 7) / 8 : 2 * words->count);
	if (*total > VENDOR_MOST)
		WRONG(check, "keep fewer", "more than %d bytes of status words",
		        VENDOR_MOST);
}

void modbus_check(struct profile_checker *check)
{
	const struct profile *profile = check->profile;
	size_t total = 0;
	for (size_t i = 0; i < profile->n_blocks; i++)
		check_block(check, i);
	for (size_t i = 0; i < profile->n_channels; i++)
		check_channel(check, i);
	for (size_t i = 0; i < profile->n_rules; i++)
		check_rule(check, i);
	for (size_t i = 0; i < profile->n_times; i++)
		check_time(check, i);
	for (size_t i = 0; i < profile->n_fresh; i++)
		check_fresh(check, i);
	for (size_t i = 0; i < profile->n_words; i++)
		check_words(check, i, &total);
}
