/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules, sample times, fresh marks and vendor words of a profile: names and registers that must be there. */
#include <stdlib.h>
#include <string.h>

#include "sensors/profile_parts.h"

/* Numbers of named channels as bits; no names: all. */
static void cover(struct profile_checker *check, const char *where, size_t i,
        const char **name, size_t n, uint8_t *covers)
{
	char hint[96];
	if (n == 0)
		memset(covers, 0xFF, READING_CHANNELS / 8);
	for (size_t k = 0; k < n; k++) {
		int c = checker_find(check->channel_name, name[k]);
		if (c >= 0) {
			covers[c / 8] |= (uint8_t)(1 << c % 8);
			continue;
		}
		checker_at(check, "%s[%zu].channels[%zu]", where, i, k);
		checker_hint(name[k], check->channel_name, hint, sizeof hint);
		WRONG(check, hint, "there is no channel '%s'", name[k]);
	}
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

static struct word_range *ranges(struct profile_checker *check, const char *key,
        size_t i, const char **text, size_t n)
{
	struct word_range *range = calloc(n + 1, sizeof *range);
	for (size_t k = 0; range != NULL && k < n; k++) {
		checker_at(check, "states[%zu].%s[%zu]", i, key, k);
		if (!range_parse(text[k], &range[k]))
			WRONG(check, "a number such as 3, or a range such as 0x80-0xBF",
			        "'%s' is neither a number nor a range", text[k]);
	}
	return range;
}

static void check_rule(struct profile_checker *check, size_t i)
{
	static const char *const words[] = { "no_value", "below_range", "above_range",
		"calibrating", "maintenance", "fault", "stopped", "out_of_range",
		NULL };
	static const uint8_t numbers[] = { STATE_NO_VALUE, STATE_BELOW_RANGE,
		STATE_ABOVE_RANGE, STATE_CALIBRATING, STATE_MAINTENANCE, STATE_FAULT,
		STATE_STOPPED, RULE_OUT_OF_RANGE };
	struct profile_rule *rule = &check->profile->rule[i];
	int state = checker_find(words, rule->state);
	char hint[96];
	checker_at(check, "states[%zu].state", i);
	if (state < 0) {
		checker_hint(rule->state, words, hint, sizeof hint);
		WRONG(check, hint, "'%s' is not a state a rule can give", rule->state);
	} else {
		rule->state_number = numbers[state];
	}
	if (rule->field == NULL || rule->base != 0) {
		rule->when_range = ranges(check, "when", i, rule->when, rule->n_when);
		rule->unless_range =
		        ranges(check, "unless", i, rule->unless, rule->n_unless);
	}
	cover(check, "states", i, rule->channel, rule->n_channels, rule->covers);
	checker_at(check, "states[%zu].block", i);
	rule->block_index =
	        checker_block(check, rule->block != NULL ? rule->block : "");
}

static void check_time(struct profile_checker *check, size_t i)
{
	struct profile_time *time = &check->profile->time[i];
	cover(check, "sampled", i, time->channel, time->n_channels, time->covers);
	checker_at(check, "sampled[%zu].block", i);
	time->block_index =
	        checker_block(check, time->block != NULL ? time->block : "");
}

static void check_fresh(struct profile_checker *check, size_t i)
{
	struct profile_fresh *fresh = &check->profile->fresh[i];
	cover(check, "fresh", i, fresh->channel, fresh->n_channels, fresh->covers);
	checker_at(check, "fresh[%zu].block", i);
	fresh->block_index =
	        checker_block(check, fresh->block != NULL ? fresh->block : "");
}

static void check_words(struct profile_checker *check, size_t i)
{
	struct profile_words *words = &check->profile->words[i];
	checker_at(check, "vendor[%zu].block", i);
	words->block_index =
	        checker_block(check, words->block != NULL ? words->block : "");
}

void profile_check_states(struct profile_checker *check)
{
	const struct profile *profile = check->profile;
	for (size_t i = 0; i < profile->n_rules; i++)
		check_rule(check, i);
	for (size_t i = 0; i < profile->n_times; i++)
		check_time(check, i);
	for (size_t i = 0; i < profile->n_fresh; i++)
		check_fresh(check, i);
	for (size_t i = 0; i < profile->n_words; i++)
		check_words(check, i);
}
