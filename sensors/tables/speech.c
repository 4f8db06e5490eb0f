/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/speech.h"

#include <string.h>

#include "sensors/tables/profile.h"

/* The bits of a word that a rule looks at. */
static uint32_t field_of(const struct profile_rule *rule)
{
	if (rule->bit_set)
		return 1u << rule->bit;
	return rule->mask != 0 ? (uint32_t)rule->mask : 0xffff;
}

uint32_t speech_word(const struct profile_rule *rule, uint32_t word, bool hold)
{
	uint32_t field = field_of(rule);
	if (map_rule_holds(rule, word) == hold)
		return word;
	for (size_t i = 0; i < rule->n_when + rule->n_unless; i++) {
		uint32_t value = i < rule->n_when
		                         ? rule->when_range[i].from
		                         : rule->unless_range[i - rule->n_when].from;
		if (rule->bit_set)
			value <<= rule->bit;
		uint32_t tried = (word & ~field) | (value & field);
		if (map_rule_holds(rule, tried) == hold)
			return tried;
	}
	const uint32_t plain[] = { word & ~field, word | field,
		(word & ~field) | (field & (~field + 1)) };
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (map_rule_holds(rule, plain[i]) == hold)
			return plain[i];
	return word;
}

static bool same_place(const struct profile_rule *one, const struct profile_rule *other)
{
	bool text = one->field != NULL && other->field != NULL;
	return one->block_index == other->block_index && one->at == other->at &&
	       (text ? strcmp(one->field, other->field) == 0
	             : one->field == other->field);
}

static bool is_hidden(
        const struct profile *profile, const struct profile_rule *rule, uint32_t word)
{
	for (const struct profile_rule *one = profile->rule; one < rule; one++)
		if (same_place(one, rule) && map_rule_holds(one, word))
			return true;
	return false;
}

uint32_t speech_word_of(
        const struct profile *profile, const struct profile_rule *rule, uint32_t word)
{
	uint32_t near = speech_word(rule, word, true), field = field_of(rule);
	uint32_t tried = near;
	for (uint32_t i = 0; i <= UINT16_MAX && is_hidden(profile, rule, tried); i++) {
		tried = (word & ~field) | (i & field);
		if (!map_rule_holds(rule, tried))
			tried = near;
	}
	return is_hidden(profile, rule, tried) ? near : tried;
}

static size_t n_covered(const struct profile *profile, const struct profile_rule *rule)
{
	size_t n = 0;
	for (size_t c = 0; c < profile->n_channels; c++)
		n += map_covers(rule->covers, c);
	return n;
}

const struct profile_rule *speech_rule(const struct speech *speech, size_t c)
{
	const struct profile *profile = speech->instrument->profile;
	uint8_t state = speech->state[c];
	const struct profile_rule *best = NULL;
	if (state == STATE_OK)
		return NULL;
	for (size_t r = 0; r < profile->n_rules; r++) {
		const struct profile_rule *rule = &profile->rule[r];
		if (!map_covers(rule->covers, c) || rule->state_number != state)
			continue;
		if (best == NULL || n_covered(profile, rule) < n_covered(profile, best))
			best = rule;
	}
	return best;
}

int64_t speech_result_us(const struct speech *speech, const uint8_t *covers)
{
	const struct profile *profile = speech->instrument->profile;
	int64_t every_us = INT64_C(60000000);
	for (size_t c = profile->n_channels; c-- > 0;)
		if (map_covers(covers, c) &&
		        profile->channel[c].about.result_every_s > 0)
			every_us = (int64_t)(profile->channel[c].about.result_every_s *
			                     1e6);
	return speech->time_us / every_us * every_us;
}
