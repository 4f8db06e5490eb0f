/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tables of a profile of frames cannot say; and its texts as bytes, once. */
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/frames.h"
#include "sensors/tables/profile_parts.h"

/* ---- texts ---- */

static void take_bytes(struct profile_checker *check, const char *key, size_t i,
        const char *text, struct frame_bytes *out)
{
	int status = frames_bytes(text, out);
	checker_at(check, "blocks[%zu].%s", i, key);
	if (status == MALFORMED)
		WRONG(check,
		        "two hexadecimal digits each, with spaces: \"42 4D 00 1C\"",
		        "'%s' are no bytes", text);
	else if (status == FULL)
		WRONG(check, "an instrument that needs more has another driver",
		        "more than %d bytes", FRAMES_BYTES);
}

/* What is sent has no `..`. */
static void take_whole(struct profile_checker *check, const char *key, size_t i,
        const char *text, struct frame_bytes *out)
{
	take_bytes(check, key, i, text, out);
	for (size_t k = 0; k < out->n; k++)
		if (out->mask[k] == 0) {
			WRONG(check, "write every byte", "`..` is no byte to send");
			return;
		}
}

/* "2-7" as from 2 to 8 (exclusive); "1-" as to 0: open. */
static void take_span(struct profile_checker *check, const char *text, bool open,
        size_t *from, size_t *to)
{
	char *end;
	unsigned long first = strtoul(text, &end, 10), last = 0;
	bool good = end != text && *text >= '0' && *text <= '9' && *end == '-';
	const char *second = end + 1;
	if (good && (*second != '\0' || !open)) {
		last = strtoul(second, &end, 10);
		good = *second >= '0' && *second <= '9' && *end == '\0' &&
		       last >= first && last < FRAMES_WIRE;
		last++;
	}
	if (good) {
		*from = first;
		*to = last;
		return;
	}
	WRONG(check,
	        open ? "first and last byte, \"2-7\", or \"2-\" for all up to the check"
	             : "first and last byte, \"4-29\"",
	        "'%s' are no places", text);
}

static void take_idle(struct profile_checker *check, size_t i, struct frames_block *out)
{
	const struct profile_block *block = &check->profile->block[i];
	for (size_t k = 0; k < block->frames.n_idle; k++) {
		char *end;
		const char *text = block->frames.idle[k];
		unsigned long code = strtoul(text, &end, 0);
		checker_at(check, "blocks[%zu].start_if[%zu]", i, k);
		if (end == text || *end != '\0' || code == 0 || code > 255)
			WRONG(check, "an error of `error_at`: 0x43",
			        "'%s' is no error number", text);
		else
			out->idle[code / 8] |= (uint8_t)(1 << code % 8);
	}
}

static void take_errors(struct profile_checker *check, size_t i)
{
	const struct profile_block *block = &check->profile->block[i];
	for (size_t k = 0; k < block->frames.n_errors; k++) {
		char *end;
		const char *text = block->frames.error[k];
		unsigned long code = strtoul(text, &end, 0);
		checker_at(check, "blocks[%zu].errors[%zu]", i, k);
		if (end == text || strncmp(end, ": ", 2) != 0 || code > 255)
			WRONG(check, "number, colon, space, words: \"0x43: busy\"",
			        "'%s' does not say what an error means", text);
	}
}

/* ---- one block ---- */

static void take_rule(struct profile_checker *check, size_t i, struct frames_block *out)
{
	const struct profile_block *block = &check->profile->block[i];
	int check_kind = block->frames.check;
	out->rule = (struct frame_rule){
		.stuffed = block->frames.stuffed,
		.length = (size_t)block->frames.length,
		.length_at = (size_t)block->frames.length_at,
		.length_size = block->frames.length_at != 0
		                       ? (size_t)block->frames.length_size
		                       : 0,
		.length_low_first = block->frames.length_order == FRAME_BA,
		.length_add = (int)block->frames.length_add,
		.longest = (size_t)block->frames.longest,
		.check = check_kind,
		.check_low_first = block->frames.check_order_set
		                           ? block->frames.check_order == FRAME_BA
		                           : check_kind == CHECK_CRC16_MODBUS,
		.check_at = (size_t)block->frames.check_at,
	};
	take_bytes(check, "header", i, block->frames.header, &out->rule.header);
	take_bytes(check, "tail", i,
	        block->frames.stuffed && block->frames.tail[0] == '\0'
	                ? "7E"
	                : block->frames.tail,
	        &out->rule.tail);
	checker_at(check, "blocks[%zu].check_over", i);
	if (block->frames.over[0] != '\0')
		take_span(check, block->frames.over, true, &out->rule.from,
		        &out->rule.to);
}

static size_t longest_of(const struct frame_rule *rule)
{
	return rule->length != 0 ? rule->length : rule->longest;
}

static void check_rule_of_frame(
        struct profile_checker *check, size_t i, const struct frames_block *out)
{
	const struct profile_block *block = &check->profile->block[i];
	const char *wrong = frames_wrong(&out->rule);
	checker_at(check, "blocks[%zu].name", i);
	if (wrong != NULL)
		WRONG(check, "correct header, length, check and tail",
		        "frame of block '%s': %s", block->name, wrong);
	checker_at(check, "blocks[%zu].longest", i);
	if (out->rule.length != 0 &&
	        (out->rule.length_size != 0 || block->frames.longest != 0))
		WRONG(check, "leave out length_at and longest, or length",
		        "block '%s' has a fixed length and a length field",
		        block->name);
	checker_at(check, "blocks[%zu].error_at", i);
	if (out->error_at != 0 && wrong == NULL &&
	        out->error_at >= frames_shortest(&out->rule))
		WRONG(check, "it must be in every frame, also in one that says no",
		        "byte %zu lies outside the shortest frame, which has %zu",
		        out->error_at, frames_shortest(&out->rule));
	checker_at(check, "blocks[%zu].blank", i);
	if (wrong == NULL && out->blank_to > longest_of(&out->rule))
		WRONG(check, "count from 0, the first byte of the header",
		        "byte %zu lies outside the frame", out->blank_to - 1);
}

static void take_block(
        struct profile_checker *check, size_t i, struct frames_block *out)
{
	const struct profile_block *block = &check->profile->block[i];
	out->start = NO_START;
	out->error_at = (size_t)block->frames.error_at;
	out->error_mask = (uint8_t)block->frames.error_mask;
	take_rule(check, i, out);
	take_whole(check, "request", i, block->frames.request, &out->request);
	take_whole(check, "refused", i, block->frames.refused, &out->refused);
	checker_at(check, "blocks[%zu].blank", i);
	if (block->frames.blank[0] != '\0')
		take_span(check, block->frames.blank, false, &out->blank_from,
		        &out->blank_to);
	take_idle(check, i, out);
	take_errors(check, i);
	check_rule_of_frame(check, i, out);
}

/* ---- blocks together ---- */

static void check_start(
        struct profile_checker *check, size_t i, struct frames_block *blocks)
{
	const struct profile_block *block = &check->profile->block[i];
	checker_at(check, "blocks[%zu].start", i);
	if (block->frames.start[0] == '\0') {
		if (block->frames.n_idle > 0)
			WRONG(check, "name the block that starts the measurement",
			        "`start_if` without `start`");
		return;
	}
	size_t start = checker_block(check, block->frames.start);
	if (start == NO_BLOCK)
		return;
	if (start == i || check->profile->block[start].frames.start[0] != '\0')
		WRONG(check, "a block of its own, that has no `start` itself",
		        "block '%s' cannot start another", block->frames.start);
	blocks[i].start = start;
	blocks[start].on_demand = true;
}

/* A late answer to the one cannot then be taken for the other. */
static bool alike(const struct frame_rule *one, const struct frame_rule *other)
{
	for (size_t k = 0; k < one->header.n && k < other->header.n; k++)
		if (((one->header.byte[k] ^ other->header.byte[k]) &
		            one->header.mask[k] & other->header.mask[k]) != 0)
			return false;
	return one->length == 0 || other->length == 0 || one->length == other->length;
}

static void check_together(struct profile_checker *check, struct frames_block *blocks)
{
	const struct profile *profile = check->profile;
	for (size_t i = 0; i < profile->n_blocks; i++) {
		checker_at(check, "blocks[%zu].request", i);
		if (blocks[i].request.n == 0 && profile->n_blocks > 1)
			WRONG(check, "an instrument that speaks unasked has one block",
			        "block '%s' has no request", profile->block[i].name);
		for (size_t k = 0; k < i; k++)
			if (alike(&blocks[i].rule, &blocks[k].rule)) {
				checker_at(check, "blocks[%zu].header", i);
				WRONG(check,
				        "make a header longer: a late answer to the "
				        "one cannot then be taken for the other",
				        "frames of blocks '%s' and '%s' look alike",
				        profile->block[k].name, profile->block[i].name);
			}
	}
	if (blocks[0].on_demand) {
		checker_at(check, "blocks[0].name");
		WRONG(check, "put it behind the block that needs it",
		        "the first block is asked in every poll");
	}
}

/* ---- what lies in the frames ---- */

static void check_fits(
        struct profile_checker *check, size_t block, size_t end, bool always)
{
	const struct frame_rule *rule = &frames_block(check->profile, block)->rule;
	size_t room =
	        rule->length == 0 && always ? frames_shortest(rule) : longest_of(rule);
	if (end > room)
		WRONG(check, "count from 0, the first byte of the header",
		        "byte %zu lies outside %s of block '%s', which has %zu",
		        end - 1,
		        rule->length == 0 && always ? "the shortest frame"
		                                    : "the frame",
		        check->profile->block[block].name, room);
}

static void check_number(struct profile_checker *check, size_t i)
{
	const struct profile_tag *tag = &check->profile->channel[i].tag;
	size_t size = frames_type_size(tag->type);
	bool is_signed = tag->type == FRAME_I8 || tag->type == FRAME_I16 ||
	                 tag->type == FRAME_I32;
	bool is_number = tag->type != FRAME_F32 && tag->type != FRAME_BIT;
	checker_at(check, "channels[%zu].order", i);
	if (size > 1 && !tag->order_set) {
		checker_at(check, "channels[%zu].type", i);
		WRONG(check, "AB or BA, of three bytes ABC or CBA, of four ABCD, ...",
		        "type %s needs `order`", frame_types[tag->type]);
	} else if (tag->order_set && frames_order_size(tag->order) != size) {
		WRONG(check, "as many letters as it has bytes; none for one byte",
		        "type %s cannot have the order %s", frame_types[tag->type],
		        frame_orders[tag->order]);
	}
	checker_at(check, "channels[%zu].mask", i);
	if ((tag->mask != 0 || tag->shift != 0) && (is_signed || !is_number))
		WRONG(check, "use an unsigned type",
		        "mask and shift are for u8 to u32");
	checker_none(check, i,
	        tag->type == FRAME_F32 ? NONE_F32
	        : is_signed            ? NONE_SIGNED
	                               : NONE_UNSIGNED,
	        tag->type == FRAME_BIT ? 1 : 8 * size);
}

static void check_channel(
        struct profile_checker *check, size_t i, struct frames_block *blocks)
{
	const struct profile_tag *tag = &check->profile->channel[i].tag;
	size_t end = (size_t)tag->at + frames_type_size(tag->type);
	check_number(check, i);
	checker_at(check, "channels[%zu].at", i);
	if (tag->block_index == NO_BLOCK)
		return;
	check_fits(check, tag->block_index, end, false);
	struct frames_block *block = &blocks[tag->block_index];
	block->needs = end > block->needs ? end : block->needs;
	checker_at(check, "channels[%zu].block", i);
	if (block->on_demand)
		WRONG(check,
		        "numbers come with the blocks that are asked in every poll",
		        "block '%s' is only asked to start the measurement",
		        check->profile->block[tag->block_index].name);
}

static void check_states(struct profile_checker *check)
{
	const struct profile *profile = check->profile;
	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct profile_rule *rule = &profile->rule[i];
		checker_at(check, "states[%zu].at", i);
		if (rule->block_index != NO_BLOCK)
			check_fits(check, rule->block_index,
			        (size_t)rule->at + frames_rule_size(rule), true);
		checker_fires(check, i, 8 * frames_rule_size(rule));
	}
	for (size_t i = 0; i < profile->n_fresh; i++) {
		const struct profile_fresh *fresh = &profile->fresh[i];
		checker_at(check, "fresh[%zu].at", i);
		if (fresh->block_index != NO_BLOCK)
			check_fits(check, fresh->block_index,
			        (size_t)(fresh->at + fresh->count), false);
	}
}

static void check_vendor(struct profile_checker *check)
{
	const struct profile *profile = check->profile;
	int64_t total = 0;
	for (size_t i = 0; i < profile->n_words; i++) {
		const struct profile_words *words = &profile->words[i];
		checker_at(check, "vendor[%zu].at", i);
		if (words->block_index != NO_BLOCK)
			check_fits(check, words->block_index,
			        (size_t)(words->at + words->count), false);
		total += words->count;
		if (total > VENDOR_MOST)
			WRONG(check, "keep fewer", "more than %d bytes of status",
			        VENDOR_MOST);
	}
}

void frames_profile_check(struct profile_checker *check)
{
	struct profile *profile = check->profile;
	struct frames_block *blocks = calloc(profile->n_blocks, sizeof *blocks);
	profile->own = blocks;
	checker_at(check, "blocks");
	if (blocks == NULL) {
		WRONG(check, "free some", "no memory");
		return;
	}
	for (size_t i = 0; i < profile->n_blocks; i++)
		take_block(check, i, &blocks[i]);
	if (config_errors(profile->config) > 0)
		return;
	for (size_t i = 0; i < profile->n_blocks; i++)
		check_start(check, i, blocks);
	check_together(check, blocks);
	for (size_t i = 0; i < profile->n_channels; i++)
		check_channel(check, i, blocks);
	check_states(check);
	check_vendor(check);
}
