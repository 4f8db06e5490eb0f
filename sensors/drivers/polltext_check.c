/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tables of a poll-text profile cannot say: templates that can be read, and fields that
 * are in them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/polltext.h"
#include "sensors/tables/fields.h"
#include "sensors/tables/profile_parts.h"

static size_t count(const struct profile *profile)
{
	size_t n = profile->polltext.n_refusals + profile->polltext.n_skips +
	           polltext_command_count(profile);
	for (size_t i = 0; i < profile->n_blocks; i++)
		n += 1 + profile->block[i].text.n_answers;
	return n;
}

void polltext_compile(struct profile_checker *check, struct polltext_patterns *set,
        struct pattern *into, const char *text)
{
	struct problem why;
	if (pattern_compile(into, text, check->profile->polltext.checksum, &why) !=
	        OK) {
		WRONG(check,
		        "write it in single quotes: text, {name}, {name:8}, {_}, "
		        "{address}, {pairs = ,}, {check}",
		        "the template cannot be read: %s", why.text);
		into->n = 0;
	}
	if (set->n++ == 0)
		set->pattern = into;
}

/* What is sent is known beforehand. */
static void check_send(struct profile_checker *check, const struct pattern *send)
{
	for (size_t i = 0; i < send->n; i++)
		if (send->part[i].kind == PART_FIELD ||
		        send->part[i].kind == PART_PAIRS)
			WRONG(check,
			        "only {address} and {check} are known when it is sent",
			        "a request cannot have fields");
	checker_at(check, "address");
	if (!pattern_reaches(send, check->profile->address))
		WRONG(check, "write the factory address as the protocol has it",
		        "the requests cannot be written with the address '%s'",
		        check->profile->address);
}

static size_t compile_block(
        struct profile_checker *check, struct polltext *own, size_t i, size_t at)
{
	const struct profile_block *block = &check->profile->block[i];
	checker_at(check, "blocks[%zu].send", i);
	if (block->text.send[0] != '\0') {
		polltext_compile(check, &own->send[i], &own->all[at], block->text.send);
		check_send(check, &own->all[at++]);
	}
	for (size_t k = 0; k < block->text.n_answers; k++) {
		checker_at(check, "blocks[%zu].answers[%zu]", i, k);
		polltext_compile(
		        check, &own->answer[i], &own->all[at++], block->text.answer[k]);
	}
	return at;
}

static void compile_all(struct profile_checker *check, struct polltext *own)
{
	const struct profile *profile = check->profile;
	size_t at = 0;
	for (size_t i = 0; i < profile->n_blocks; i++)
		at = compile_block(check, own, i, at);
	for (size_t i = 0; i < profile->polltext.n_refusals; i++) {
		checker_at(check, "refusals[%zu].answer", i);
		polltext_compile(check, &own->other[POLLTEXT_REFUSAL], &own->all[at++],
		        profile->polltext.refusal[i].answer);
	}
	for (size_t i = 0; i < profile->polltext.n_skips; i++) {
		checker_at(check, "skip[%zu]", i);
		polltext_compile(check, &own->other[POLLTEXT_SKIP], &own->all[at++],
		        profile->polltext.skip[i]);
	}
	polltext_command_compile(check, own, at);
}

/* ---- the blocks ---- */

static void check_blocks(struct profile_checker *check)
{
	const struct profile *profile = check->profile;
	for (size_t i = 0; i < profile->n_blocks; i++) {
		const struct profile_block *block = &profile->block[i];
		checker_at(check, "blocks[%zu].answers", i);
		if (block->text.n_answers == 0)
			WRONG(check, "write at least one", "nothing answers");
		checker_at(check, "blocks[%zu].send", i);
		if ((block->text.send[0] != '\0') !=
		        (profile->block[0].text.send[0] != '\0'))
			WRONG(check, "all blocks have `send`, or none has",
			        "an instrument is asked, or it speaks by itself");
		for (size_t k = 0; k < i; k++)
			if (block->text.n_answers > 0 &&
			        profile->block[k].text.n_answers > 0 &&
			        strcmp(block->text.answer[0],
			                profile->block[k].text.answer[0]) == 0)
				WRONG(check,
				        "write into the template what tells them apart",
				        "a late answer to block '%s' could be taken "
				        "for "
				        "one to '%s'",
				        profile->block[k].name, block->name);
	}
}

/* A mark no line of text begins with by chance. */
static bool is_mark(int byte)
{
	return byte >= 0 && byte != ' ' && byte != '-' && byte != '+' && byte != '.' &&
	       !isalnum(byte);
}

static bool all_marked(const struct polltext_patterns *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (!is_mark(pattern_first(&set->pattern[i])))
			return false;
	return true;
}

/* ---- the fields ---- */

static void check_field(struct profile_checker *check, size_t block, const char *field)
{
	const struct profile *profile = check->profile;
	const struct polltext *own = profile->own;
	if (block >= profile->n_blocks)
		return;
	for (size_t i = 0; i < own->answer[block].n; i++)
		if (pattern_names(&own->answer[block].pattern[i], field))
			return;
	WRONG(check, "write {name} in a template of the answer",
	        "no answer of block '%s' has a field '%s'", profile->block[block].name,
	        field);
}

static void check_fields(struct profile_checker *check)
{
	const struct profile *profile = check->profile;
	for (size_t i = 0; i < profile->n_channels; i++) {
		checker_at(check, "channels[%zu].field", i);
		check_field(check, profile->channel[i].tag.block_index,
		        profile->channel[i].tag.field);
	}
	for (size_t i = 0; i < profile->n_rules; i++) {
		checker_at(check, "states[%zu].field", i);
		check_field(
		        check, profile->rule[i].block_index, profile->rule[i].field);
	}
	for (size_t i = 0; i < profile->n_times; i++) {
		checker_at(check, "sampled[%zu].field", i);
		check_field(
		        check, profile->time[i].block_index, profile->time[i].field);
	}
	for (size_t i = 0; i < profile->n_fresh; i++) {
		checker_at(check, "fresh[%zu].field", i);
		check_field(
		        check, profile->fresh[i].block_index, profile->fresh[i].field);
	}
	for (size_t i = 0; i < profile->n_words; i++) {
		checker_at(check, "vendor[%zu].field", i);
		check_field(
		        check, profile->words[i].block_index, profile->words[i].field);
	}
}

void polltext_check(struct profile_checker *check)
{
	struct profile *profile = check->profile;
	struct polltext *own =
	        calloc(1, sizeof *own + count(profile) * sizeof own->all[0]);
	text_check(check);
	check_blocks(check);
	checker_at(check, "blocks");
	if (own == NULL) {
		WRONG(check, "free some memory", "no memory for the templates");
		return;
	}
	profile->own = own;
	compile_all(check, own);
	own->marked = all_marked(&own->other[POLLTEXT_REFUSAL]) &&
	              all_marked(&own->other[POLLTEXT_SKIP]);
	for (size_t i = 0; i < profile->n_blocks; i++)
		own->marked = own->marked && all_marked(&own->answer[i]);
	check_fields(check);
}
