/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/speech.h"

#include "sensors/profile.h"

/* A word near `word` for which the rule holds, or does not; `word` itself if there is none. */
uint32_t speech_word(const struct profile_rule *rule, uint32_t word, bool hold)
{
	uint32_t field = rule->mask != 0 ? (uint32_t)rule->mask : 0xffff;
	if (rule->bit_set)
		field = 1u << rule->bit;
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
