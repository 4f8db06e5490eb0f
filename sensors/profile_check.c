/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tables of a profile cannot say: names that must exist, registers that must be there. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "sensors/port.h"
#include "sensors/profile_parts.h"

void checker_at(struct profile_checker *check, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(check->path, sizeof check->path, format, args);
	va_end(args);
}

int checker_find(const char *const *names, const char *name)
{
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return NOT_FOUND;
}

void checker_hint(const char *word, const char *const *names, char *out, size_t room)
{
	const char *meant = did_you_mean(word, names);
	if (meant != NULL)
		snprintf(out, room, "did you mean '%s'?", meant);
	else
		snprintf(out, room, "write one of the names above");
}

const struct modbus_block *checker_block(
        struct profile_checker *check, const char *name, size_t *index)
{
	int i = checker_find(check->block_name, name);
	char hint[96];
	*index = 0;
	if (i >= 0) {
		*index = (size_t)i;
		return &check->profile->block[i];
	}
	checker_hint(name, check->block_name, hint, sizeof hint);
	WRONG(check, hint, "there is no block '%s'", name);
	return NULL;
}

bool checker_fits(struct profile_checker *check, const struct modbus_block *block,
        int64_t from, size_t width)
{
	if (from + (int64_t)width <= block->count)
		return true;
	WRONG(check,
	        "count starts at 0 within the block; make the block longer or correct "
	        "`at`",
	        "%s %d..%d lie outside block '%s', which has %d",
	        block->function <= 2 ? "items" : "registers", (int)from,
	        (int)from + (int)width - 1, block->name, (int)block->count);
	return false;
}

static void check_names(struct profile_checker *check)
{
	struct profile *profile = check->profile;
	checker_at(check, "blocks");
	if (profile->n_blocks > MODBUS_BLOCKS)
		WRONG(check, "split the profile in two", "more than %d blocks",
		        MODBUS_BLOCKS);
	checker_at(check, "channels");
	if (profile->n_channels > READING_CHANNELS)
		WRONG(check, "split the profile in two", "more than %d channels",
		        READING_CHANNELS);
	for (size_t i = 0; i < profile->n_blocks && i < MODBUS_BLOCKS; i++) {
		checker_at(check, "blocks[%zu].name", i);
		if (checker_find(check->block_name, profile->block[i].name) >= 0)
			WRONG(check, "give each block its own name",
			        "a second block '%s'", profile->block[i].name);
		check->block_name[i] = profile->block[i].name;
	}
	for (size_t i = 0; i < profile->n_channels && i < READING_CHANNELS; i++) {
		checker_at(check, "channels[%zu].name", i);
		if (checker_find(check->channel_name, profile->channel[i].about.name) >=
		        0)
			WRONG(check, "give each channel its own name",
			        "a second channel '%s'",
			        profile->channel[i].about.name);
		check->channel_name[i] = profile->channel[i].about.name;
	}
}

static void check_block(struct profile_checker *check, size_t i)
{
	const struct modbus_block *block = &check->profile->block[i];
	checker_at(check, "blocks[%zu].count", i);
	if (block->function > 2 && block->count > MODBUS_REGISTERS)
		WRONG(check, "split it into two blocks",
		        "one request reads at most %d registers", MODBUS_REGISTERS);
	for (size_t k = 0; k < i; k++)
		if (check->profile->block[k].function == block->function &&
		        check->profile->block[k].count == block->count)
			WRONG(check,
			        "make one longer by a register: a late answer to the "
			        "one "
			        "cannot then be taken for the other",
			        "blocks '%s' and '%s' have the same function and count",
			        check->profile->block[k].name, block->name);
	if (block->start + block->count > 65536)
		WRONG(check, "the last register is 65535",
		        "the block ends beyond register 65535");
}

static void check_order(struct profile_checker *check, size_t i)
{
	const struct modbus_tag *tag = &check->profile->channel[i].tag;
	bool long_order = tag->order == ORDER_ABCDEFGH || tag->order == ORDER_GHEFCDAB;
	bool wide = modbus_tag_width(tag) > 1 && tag->type != TYPE_BCD &&
	            tag->type != TYPE_ASCII;
	checker_at(check, "channels[%zu].order", i);
	if (!tag->order_set && wide) {
		checker_at(check, "channels[%zu].type", i);
		WRONG(check, "find it with a known value: ABCD, CDAB, BADC or DCBA",
		        "type %s needs `order`", modbus_types[tag->type]);
	} else if (tag->order_set && long_order != (tag->type == TYPE_F64)) {
		WRONG(check,
		        "f64 has ABCDEFGH or GHEFCDAB, all others ABCD, CDAB, BADC or "
		        "DCBA",
		        "type %s cannot have the order %s", modbus_types[tag->type],
		        word_orders[tag->order]);
	}
}

static void check_mask(struct profile_checker *check, size_t i)
{
	const struct modbus_tag *tag = &check->profile->channel[i].tag;
	checker_at(check, "channels[%zu].mask", i);
	if ((tag->mask != 0 || tag->shift != 0) && tag->type != TYPE_U16 &&
	        tag->type != TYPE_U32)
		WRONG(check, "use type u16 or u32",
		        "mask and shift are for u16 and u32");
	checker_at(check, "channels[%zu].divide", i);
	if (tag->divide == 0 || tag->scale == 0)
		WRONG(check, "leave it out if nothing is to be done",
		        "scale and divide cannot be 0");
}

static void check_sentinels(struct profile_checker *check, size_t i)
{
	struct modbus_tag *tag = &check->profile->channel[i].tag;
	tag->sentinel_value = calloc(tag->n_sentinels + 1, sizeof *tag->sentinel_value);
	for (size_t k = 0; tag->sentinel_value != NULL && k < tag->n_sentinels; k++) {
		struct modbus_sentinel *none = &tag->sentinel_value[k];
		const char *text = tag->sentinel[k];
		char *end;
		none->is_bits = strncmp(text, "0x", 2) == 0;
		if (none->is_bits)
			none->bits = strtoull(text + 2, &end, 16);
		else
			none->number = strtod(text, &end);
		checker_at(check, "channels[%zu].none[%zu]", i, k);
		if (*text == '\0' || *end != '\0')
			WRONG(check,
			        "a raw number such as -9999, or bits such as "
			        "0x7FA00000",
			        "'%s' is not a number", text);
		else if (none->is_bits &&
		         (tag->type == TYPE_ASCII || tag->type == TYPE_DECIMAL ||
		                 tag->type == TYPE_BCD))
			WRONG(check, "write the raw number instead",
			        "type %s has no bits to compare",
			        modbus_types[tag->type]);
	}
}

static void check_about(struct profile_checker *check, size_t i)
{
	static const char *const kinds[] = { "measurement", "setting", "counter",
		NULL };
	struct channel *about = &check->profile->channel[i].about;
	checker_at(check, "channels[%zu].unit", i);
	if (units_check(about->unit) != OK)
		WRONG(check, "write it as mg/L, ug/m3, m3/h, Cel, pH, %",
		        "nobody knows the unit '%s'", about->unit);
	checker_at(check, "channels[%zu].kind", i);
	if (checker_find(kinds, about->kind) < 0)
		WRONG(check, "measurement, setting or counter",
		        "'%s' is no kind of channel", about->kind);
	checker_at(check, "channels[%zu].high", i);
	if (about->low >= about->high)
		WRONG(check, "low is the smaller one", "the range %g..%g is empty",
		        about->low, about->high);
	if (!(about->result_every_s > 0))
		about->result_every_s = NAN;
	about->decimals = (int)check->profile->channel[i].decimals;
}

static void check_channel(struct profile_checker *check, size_t i)
{
	struct modbus_tag *tag = &check->profile->channel[i].tag;
	check_about(check, i);
	check_order(check, i);
	check_mask(check, i);
	check_sentinels(check, i);
	checker_at(check, "channels[%zu].block", i);
	const struct modbus_block *block =
	        checker_block(check, tag->block, &tag->block_index);
	if (block == NULL)
		return;
	checker_at(check, "channels[%zu].type", i);
	if (block->function <= 2 && tag->type != TYPE_BIT)
		WRONG(check, "use type bit", "functions 1 and 2 give bits, not %s",
		        modbus_types[tag->type]);
	checker_at(check, "channels[%zu].at", i);
	checker_fits(check, block, tag->at,
	        block->function <= 2 ? 1 : modbus_tag_width(tag));
}

static void check_whole(struct profile_checker *check)
{
	struct profile *profile = check->profile;
	struct line line;
	checker_at(check, "driver");
	profile->driver = driver_find(profile->driver_name);
	if (profile->driver == NULL)
		WRONG(check, "this version knows: modbus", "there is no driver '%s'",
		        profile->driver_name);
	checker_at(check, "line");
	if (line_parse(profile->line, &line) != OK)
		WRONG(check,
		        "write baud, data bits, parity and stop bits, for example "
		        "\"9600 8N1\"",
		        "'%s' is not a line setting", profile->line);
	checker_at(check, "fresh");
	if (profile->n_fresh > FRESH_MARKS)
		WRONG(check, "one mark may cover several channels",
		        "more than %d marks", FRESH_MARKS);
}

void profile_check(struct profile *profile, FILE *report)
{
	struct profile_checker check = { .profile = profile, .report = report };
	check_whole(&check);
	check_names(&check);
	if (config_errors(profile->config) > 0)
		return;
	for (size_t i = 0; i < profile->n_blocks; i++)
		check_block(&check, i);
	for (size_t i = 0; i < profile->n_channels; i++)
		check_channel(&check, i);
	profile_check_states(&check);
}
