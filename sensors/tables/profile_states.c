/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules, sample times, fresh marks and vendor words of a profile: names and registers that must be there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/profile_parts.h"

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

/* All words of 16 bits are tried; of wider ones each bit alone, and the ends of the ranges. */
static bool rule_can(const struct profile_rule *rule, uint32_t top, bool hold)
{
	for (uint32_t word = 0; word <= top && word <= UINT16_MAX; word++)
		if (map_rule_holds(rule, word) == hold)
			return true;
	if (top <= UINT16_MAX)
		return false;
	for (uint32_t word = UINT16_MAX + 1; word != 0 && word <= top; word <<= 1)
		if (map_rule_holds(rule, word) == hold)
			return true;
	for (size_t k = 0; k < rule->n_when; k++)
		if (rule->when_range[k].from <= top &&
		        map_rule_holds(rule, rule->when_range[k].from) == hold)
			return true;
	return map_rule_holds(rule, top) == hold;
}

void checker_fires(struct profile_checker *check, size_t i, size_t bits)
{
	const struct profile_rule *rule = &check->profile->rule[i];
	uint32_t top = bits < 32 ? (UINT32_C(1) << bits) - 1 : UINT32_MAX;
	checker_at(check, "states[%zu]", i);
	if (rule->when_range == NULL || rule->unless_range == NULL)
		return;
	if (!rule_can(rule, top, true))
		WRONG(check,
		        "`when` and `unless` look at what `bit` and `mask` leave, not "
		        "shifted by `mask`; of a bit that is 0 or 1",
		        "no word of %zu bits makes this rule hold", bits);
	else if (!rule_can(rule, top, false))
		WRONG(check, "a state that always is says nothing: leave the rule out",
		        "every word of %zu bits makes this rule hold", bits);
}

/* Below or above the range: which range? */
static void check_range(struct profile_checker *check, size_t i)
{
	const struct profile *profile = check->profile;
	const struct profile_rule *rule = &profile->rule[i];
	checker_at(check, "states[%zu].state", i);
	for (size_t c = 0; c < profile->n_channels; c++) {
		const struct channel *about = &profile->channel[c].about;
		if (map_covers(rule->covers, c) &&
		        !(isfinite(about->low) && isfinite(about->high)))
			WRONG(check,
			        "give the channel `low` and `high`, or leave it out of "
			        "`channels`",
			        "out_of_range, but channel '%s' has no range",
			        about->name);
	}
}

/* The block that row i of a table names; NULL: the only one. */
static size_t block_of(
        struct profile_checker *check, const char *table, size_t i, const char *name)
{
	checker_at(check, "%s[%zu].block", table, i);
	return checker_block(check, name != NULL ? name : "");
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
	if (rule->state_number == RULE_OUT_OF_RANGE)
		check_range(check, i);
	rule->block_index = block_of(check, "states", i, rule->block);
}

static void check_time(struct profile_checker *check, size_t i)
{
	struct profile_time *time = &check->profile->time[i];
	cover(check, "sampled", i, time->channel, time->n_channels, time->covers);
	time->block_index = block_of(check, "sampled", i, time->block);
}

static void check_fresh(struct profile_checker *check, size_t i)
{
	struct profile_fresh *fresh = &check->profile->fresh[i];
	cover(check, "fresh", i, fresh->channel, fresh->n_channels, fresh->covers);
	fresh->block_index = block_of(check, "fresh", i, fresh->block);
}

static void check_words(struct profile_checker *check, size_t i)
{
	struct profile_words *words = &check->profile->words[i];
	words->block_index = block_of(check, "vendor", i, words->block);
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
