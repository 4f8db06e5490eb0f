/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/fields_say.h"

#include <string.h>

#include "sensors/tables/profile.h"
#include "sensors/tables/speech.h"

static bool is_on(const struct profile_rule *rule, size_t block, const char *field)
{
	return rule->block_index == block && rule->base != 0 &&
	       strcmp(rule->field, field) == 0;
}

bool fields_say_is_status(
        const struct profile *profile, size_t block, const char *field)
{
	for (size_t r = 0; r < profile->n_rules; r++)
		if (is_on(&profile->rule[r], block, field))
			return true;
	return false;
}

/* A status field being chosen. */
struct choice {
	const struct speech *speech;
	size_t block;
	const char *field;
};

/* What the first of its rules that holds says of channel c, STATE_OK if none does. */
static uint8_t said(const struct choice *choice, size_t c, uint32_t word)
{
	const struct profile *profile = choice->speech->instrument->profile;
	for (size_t r = 0; r < profile->n_rules; r++) {
		const struct profile_rule *rule = &profile->rule[r];
		if (map_covers(rule->covers, c) &&
		        is_on(rule, choice->block, choice->field) &&
		        map_rule_holds(rule, word))
			return rule->state_number;
	}
	return STATE_OK;
}

/* Channels of which it says what is wanted of this field. */
static size_t n_right(const struct choice *choice, uint32_t word)
{
	const struct profile *profile = choice->speech->instrument->profile;
	size_t n = 0;
	for (size_t c = 0; c < profile->n_channels; c++) {
		const struct profile_rule *rule = speech_rule(choice->speech, c);
		bool ours = rule != NULL && is_on(rule, choice->block, choice->field);
		uint8_t want = ours ? rule->state_number : STATE_OK;
		n += said(choice, c, word) == want;
	}
	return n;
}

uint8_t fields_say_byte(const struct speech *speech, size_t block, const char *field)
{
	struct choice choice = { speech, block, field };
	uint8_t best = 0;
	size_t most = n_right(&choice, 0),
	       all = speech->instrument->profile->n_channels;
	for (uint32_t word = 1; word <= UINT8_MAX && most < all; word++) {
		size_t n = n_right(&choice, word);
		if (n <= most)
			continue;
		most = n;
		best = (uint8_t)word;
	}
	return best;
}

const struct profile_rule *fields_say_rule(
        const struct speech *speech, size_t block, const char *field)
{
	const struct profile *profile = speech->instrument->profile;
	for (size_t c = 0; c < profile->n_channels; c++) {
		const struct profile_rule *rule = speech_rule(speech, c);
		if (rule != NULL && rule->block_index == block &&
		        strcmp(rule->field, field) == 0)
			return rule;
	}
	return NULL;
}

size_t fields_say_channel(
        const struct profile *profile, size_t block, const char *field)
{
	size_t c = 0;
	while (c < profile->n_channels &&
	        (profile->channel[c].tag.block_index != block ||
	                strcmp(profile->channel[c].tag.field, field) != 0))
		c++;
	return c;
}
