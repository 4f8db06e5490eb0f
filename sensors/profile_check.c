/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tables of a profile cannot say: names that must exist, registers that must be there. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "sensors/port.h"
#include "sensors/profile.h"

struct check {
	struct profile *profile;
	FILE *report;
	char path[96];
	const char *block_name[MODBUS_BLOCKS + 1];
	const char *channel_name[READING_CHANNELS + 1];
};

/* A path into the document: "states[2].when". */
__attribute__((format(printf, 2, 3))) static const char *at(
        struct check *check, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(check->path, sizeof check->path, format, args);
	va_end(args);
	return check->path;
}

#define WRONG(check, hint, ...)                                                        \
	config_error((check)->profile->config, (check)->report, (check)->path, (hint), \
	        __VA_ARGS__)

static int find(const char *const *names, const char *name)
{
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return NOT_FOUND;
}

static void hint_of(const char *word, const char *const *names, char *out, size_t room)
{
	const char *meant = did_you_mean(word, names);
	if (meant != NULL)
		snprintf(out, room, "did you mean '%s'?", meant);
	else
		snprintf(out, room, "write one of the names above");
}

/* The block `name`, its number in *index; NULL after an error at check->path. */
static const struct modbus_block *block_of(
        struct check *check, const char *name, size_t *index)
{
	int i = find(check->block_name, name);
	char hint[96];
	*index = 0;
	if (i >= 0) {
		*index = (size_t)i;
		return &check->profile->block[i];
	}
	hint_of(name, check->block_name, hint, sizeof hint);
	WRONG(check, hint, "there is no block '%s'", name);
	return NULL;
}

/* Whether items at..at+width-1 lie in a block; an error at check->path if not. */
static bool fits(struct check *check, const struct modbus_block *block, int64_t from,
        size_t width)
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

/* Numbers of named channels as bits; no names: all. */
static void cover(struct check *check, const char *where, size_t i, const char **name,
        size_t n, uint8_t *covers)
{
	char hint[96];
	if (n == 0)
		memset(covers, 0xFF, READING_CHANNELS / 8);
	for (size_t k = 0; k < n; k++) {
		int c = find(check->channel_name, name[k]);
		if (c >= 0) {
			covers[c / 8] |= (uint8_t)(1 << c % 8);
			continue;
		}
		at(check, "%s[%zu].channels[%zu]", where, i, k);
		hint_of(name[k], check->channel_name, hint, sizeof hint);
		WRONG(check, hint, "there is no channel '%s'", name[k]);
	}
}

static void check_names(struct check *check)
{
	struct profile *profile = check->profile;
	at(check, "blocks");
	if (profile->n_blocks > MODBUS_BLOCKS)
		WRONG(check, "split the profile in two", "more than %d blocks",
		        MODBUS_BLOCKS);
	at(check, "channels");
	if (profile->n_channels > READING_CHANNELS)
		WRONG(check, "split the profile in two", "more than %d channels",
		        READING_CHANNELS);
	for (size_t i = 0; i < profile->n_blocks && i < MODBUS_BLOCKS; i++) {
		at(check, "blocks[%zu].name", i);
		if (find(check->block_name, profile->block[i].name) >= 0)
			WRONG(check, "give each block its own name",
			        "a second block '%s'", profile->block[i].name);
		check->block_name[i] = profile->block[i].name;
	}
	for (size_t i = 0; i < profile->n_channels && i < READING_CHANNELS; i++) {
		at(check, "channels[%zu].name", i);
		if (find(check->channel_name, profile->channel[i].about.name) >= 0)
			WRONG(check, "give each channel its own name",
			        "a second channel '%s'",
			        profile->channel[i].about.name);
		check->channel_name[i] = profile->channel[i].about.name;
	}
}

static void check_block(struct check *check, size_t i)
{
	const struct modbus_block *block = &check->profile->block[i];
	at(check, "blocks[%zu].count", i);
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

static void check_order(struct check *check, size_t i)
{
	const struct modbus_tag *tag = &check->profile->channel[i].tag;
	bool long_order = tag->order == ORDER_ABCDEFGH || tag->order == ORDER_GHEFCDAB;
	bool wide = modbus_tag_width(tag) > 1 && tag->type != TYPE_BCD &&
	            tag->type != TYPE_ASCII;
	at(check, "channels[%zu].order", i);
	if (!tag->order_set && wide) {
		at(check, "channels[%zu].type", i);
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

static void check_mask(struct check *check, size_t i)
{
	const struct modbus_tag *tag = &check->profile->channel[i].tag;
	at(check, "channels[%zu].mask", i);
	if ((tag->mask != 0 || tag->shift != 0) && tag->type != TYPE_U16 &&
	        tag->type != TYPE_U32)
		WRONG(check, "use type u16 or u32",
		        "mask and shift are for u16 and u32");
	at(check, "channels[%zu].divide", i);
	if (tag->divide == 0 || tag->scale == 0)
		WRONG(check, "leave it out if nothing is to be done",
		        "scale and divide cannot be 0");
}

static void check_sentinels(struct check *check, size_t i)
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
		at(check, "channels[%zu].none[%zu]", i, k);
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

static void check_about(struct check *check, size_t i)
{
	static const char *const kinds[] = { "measurement", "setting", "counter",
		NULL };
	struct channel *about = &check->profile->channel[i].about;
	at(check, "channels[%zu].unit", i);
	if (units_check(about->unit) != OK)
		WRONG(check, "write it as mg/L, ug/m3, m3/h, Cel, pH, %",
		        "nobody knows the unit '%s'", about->unit);
	at(check, "channels[%zu].kind", i);
	if (find(kinds, about->kind) < 0)
		WRONG(check, "measurement, setting or counter",
		        "'%s' is no kind of channel", about->kind);
	at(check, "channels[%zu].high", i);
	if (about->low >= about->high)
		WRONG(check, "low is the smaller one", "the range %g..%g is empty",
		        about->low, about->high);
	if (!(about->result_every_s > 0))
		about->result_every_s = NAN;
	about->decimals = (int)check->profile->channel[i].decimals;
}

static void check_channel(struct check *check, size_t i)
{
	struct modbus_tag *tag = &check->profile->channel[i].tag;
	check_about(check, i);
	check_order(check, i);
	check_mask(check, i);
	check_sentinels(check, i);
	at(check, "channels[%zu].block", i);
	const struct modbus_block *block =
	        block_of(check, tag->block, &tag->block_index);
	if (block == NULL)
		return;
	at(check, "channels[%zu].type", i);
	if (block->function <= 2 && tag->type != TYPE_BIT)
		WRONG(check, "use type bit", "functions 1 and 2 give bits, not %s",
		        modbus_types[tag->type]);
	at(check, "channels[%zu].at", i);
	fits(check, block, tag->at, block->function <= 2 ? 1 : modbus_tag_width(tag));
}

/* "3" or "0x80-0xBF". */
static bool range_parse(const char *text, struct word_range *out)
{
	char *end;
	unsigned long from = strtoul(text, &end, 0), to = from;
	if (end == text || *text == '-')
		return false;
	if (*end == '-') {
		const char *second = end + 1;
		to = strtoul(second, &end, 0);
		if (end == second)
			return false;
	}
	*out = (struct word_range){ .from = (uint32_t)from, .to = (uint32_t)to };
	return *end == '\0' && from <= to && to <= UINT32_MAX;
}

static struct word_range *ranges(
        struct check *check, const char *key, size_t i, const char **text, size_t n)
{
	struct word_range *range = calloc(n + 1, sizeof *range);
	for (size_t k = 0; range != NULL && k < n; k++) {
		at(check, "states[%zu].%s[%zu]", i, key, k);
		if (!range_parse(text[k], &range[k]))
			WRONG(check, "a number such as 3, or a range such as 0x80-0xBF",
			        "'%s' is neither a number nor a range", text[k]);
	}
	return range;
}

static void check_rule(struct check *check, size_t i)
{
	static const char *const words[] = { "no_value", "below_range", "above_range",
		"calibrating", "maintenance", "fault", "stopped", "out_of_range",
		NULL };
	static const uint8_t numbers[] = { STATE_NO_VALUE, STATE_BELOW_RANGE,
		STATE_ABOVE_RANGE, STATE_CALIBRATING, STATE_MAINTENANCE, STATE_FAULT,
		STATE_STOPPED, RULE_OUT_OF_RANGE };
	struct modbus_rule *rule = &check->profile->rule[i];
	int state = find(words, rule->state);
	char hint[96];
	at(check, "states[%zu].state", i);
	if (state < 0) {
		hint_of(rule->state, words, hint, sizeof hint);
		WRONG(check, hint, "'%s' is not a state a rule can give", rule->state);
	} else {
		rule->state_number = numbers[state];
	}
	rule->when_range = ranges(check, "when", i, rule->when, rule->n_when);
	rule->unless_range = ranges(check, "unless", i, rule->unless, rule->n_unless);
	cover(check, "states", i, rule->channel, rule->n_channels, rule->covers);
	at(check, "states[%zu].block", i);
	const struct modbus_block *block =
	        block_of(check, rule->block, &rule->block_index);
	at(check, "states[%zu].at", i);
	if (block != NULL)
		fits(check, block, rule->at, 1);
}

static void check_time(struct check *check, size_t i)
{
	struct modbus_time *time = &check->profile->time[i];
	cover(check, "sampled", i, time->channel, time->n_channels, time->covers);
	at(check, "sampled[%zu].block", i);
	const struct modbus_block *block =
	        block_of(check, time->block, &time->block_index);
	if (block == NULL)
		return;
	if (block->function <= 2)
		WRONG(check, "registers come with functions 3 and 4",
		        "a time is in registers");
	at(check, "sampled[%zu].at", i);
	fits(check, block, time->at, time->form == TIME_SECONDS ? 2 : 6);
}

static void check_fresh(struct check *check, size_t i)
{
	struct modbus_fresh *fresh = &check->profile->fresh[i];
	cover(check, "fresh", i, fresh->channel, fresh->n_channels, fresh->covers);
	at(check, "fresh[%zu].block", i);
	const struct modbus_block *block =
	        block_of(check, fresh->block, &fresh->block_index);
	if (block == NULL)
		return;
	if (block->function <= 2)
		WRONG(check, "registers come with functions 3 and 4",
		        "a mark is in registers");
	at(check, "fresh[%zu].at", i);
	fits(check, block, fresh->at, (size_t)fresh->count);
}

static void check_words(struct check *check, size_t i, size_t *total)
{
	struct modbus_words *words = &check->profile->words[i];
	at(check, "vendor[%zu].block", i);
	const struct modbus_block *block =
	        block_of(check, words->block, &words->block_index);
	if (block == NULL)
		return;
	at(check, "vendor[%zu].at", i);
	fits(check, block, words->at, (size_t)words->count);
	if (block->function <= 2 && words->at % 8 != 0)
		WRONG(check, "begin at 0, 8, 16, ...", "bits are kept in whole bytes");
	*total += (size_t)(block->function <= 2 ? (words->count + 7) / 8
	                                        : 2 * words->count);
	if (*total > VENDOR_MOST)
		WRONG(check, "keep fewer", "more than %d bytes of status words",
		        VENDOR_MOST);
}

static void check_whole(struct check *check)
{
	struct profile *profile = check->profile;
	struct line line;
	at(check, "driver");
	profile->driver = driver_find(profile->driver_name);
	if (profile->driver == NULL)
		WRONG(check, "this version knows: modbus", "there is no driver '%s'",
		        profile->driver_name);
	at(check, "line");
	if (line_parse(profile->line, &line) != OK)
		WRONG(check,
		        "write baud, data bits, parity and stop bits, for example "
		        "\"9600 8N1\"",
		        "'%s' is not a line setting", profile->line);
	at(check, "fresh");
	if (profile->n_fresh > FRESH_MARKS)
		WRONG(check, "one mark may cover several channels",
		        "more than %d marks", FRESH_MARKS);
}

void profile_check(struct profile *profile, FILE *report)
{
	struct check check = { .profile = profile, .report = report };
	size_t total = 0;
	check_whole(&check);
	check_names(&check);
	if (config_errors(profile->config) > 0)
		return;
	for (size_t i = 0; i < profile->n_blocks; i++)
		check_block(&check, i);
	for (size_t i = 0; i < profile->n_channels; i++)
		check_channel(&check, i);
	for (size_t i = 0; i < profile->n_rules; i++)
		check_rule(&check, i);
	for (size_t i = 0; i < profile->n_times; i++)
		check_time(&check, i);
	for (size_t i = 0; i < profile->n_fresh; i++)
		check_fresh(&check, i);
	for (size_t i = 0; i < profile->n_words; i++)
		check_words(&check, i, &total);
}
