/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answering side: the fields the profile's tables speak of, filled with what the instrument is to
 * say, and printed by the first template of the answer.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "sensors/drivers/polltext.h"
#include "sensors/tables/fields.h"
#include "sensors/tables/fields_say.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/speech.h"

#define WORD TEXT_TIME /* longest text of one field */

struct said {
	const struct speech *speech;
	const struct profile *profile;
	size_t block;
	struct text_fields fields;
	char text[TEXT_FIELDS][WORD];
};

static bool same(const char *one, const char *other)
{
	return one != NULL && strcmp(one, other) == 0;
}

/* ---- numbers ---- */

/* As wide as the template has it: a scaled one as digits, another with its sign. */
static void put_wide(char *out, size_t width, bool digits, double raw)
{
	int whole = fabs(raw) < 10 ? 2 : (int)log10(fabs(raw)) + 1;
	int decimals = (int)width - 2 - (whole > 2 ? whole : 2);
	if (digits)
		snprintf(out, WORD, "%0*.0f", (int)width, raw);
	else
		snprintf(out, WORD, "%+0*.*f", (int)width, decimals > 0 ? decimals : 0,
		        raw);
	if (strlen(out) > width)
		out[0] = '\0';
}

static bool put_channel(struct said *said, const char *name, size_t width, char *out)
{
	for (size_t c = 0; c < said->profile->n_channels; c++) {
		const struct profile_channel *channel = &said->profile->channel[c];
		const struct profile_tag *tag = &channel->tag;
		double value = said->speech->value[c];
		if (tag->block_index != said->block || !same(tag->field, name))
			continue;
		out[0] = '\0';
		if (!isfinite(value) && tag->n_sentinels > 0)
			snprintf(out, WORD, "%s", tag->sentinel[0]);
		else if (isfinite(value) && width > 0)
			put_wide(
			        out, width, tag->divide != 1, map_unscaled(tag, value));
		else if (isfinite(value))
			snprintf(out, WORD, "%.7g", map_unscaled(tag, value));
		return true;
	}
	return false;
}

/* ---- status ---- */

static bool holds(const struct profile_rule *rule, const char *text)
{
	const struct text_field field = { .at = text, .n = strlen(text) };
	return text_rule_holds(rule, &field);
}

static bool speaks_of(
        const struct said *said, const struct profile_rule *rule, const char *name)
{
	return rule->block_index == said->block && same(rule->field, name);
}

static const struct profile_rule *wanted(const struct said *said, const char *name)
{
	return fields_say_rule(said->speech, said->block, name);
}

/* Whether no rule of this field holds. */
static bool all_well(const struct said *said, const char *name, const char *text)
{
	for (size_t r = 0; r < said->profile->n_rules; r++) {
		const struct profile_rule *rule = &said->profile->rule[r];
		if (speaks_of(said, rule, name) && holds(rule, text))
			return false;
	}
	return true;
}

static const char *word_of(const struct said *said, const char *name)
{
	const struct profile_rule *rule = wanted(said, name);
	if (rule != NULL && rule->n_when > 0)
		return rule->when[0] + (rule->when[0][0] == '=');
	if (rule != NULL)
		return "?";
	for (size_t r = 0; r < said->profile->n_rules; r++) {
		rule = &said->profile->rule[r];
		for (size_t i = 0; speaks_of(said, rule, name) && i < rule->n_unless;
		        i++)
			if (all_well(said, name, rule->unless[i]))
				return rule->unless[i];
	}
	return all_well(said, name, "0") ? "0" : "";
}

/* The same for a field that is a number. */
static uint32_t number_of(const struct said *said, const char *name)
{
	const struct profile_rule *rule = wanted(said, name);
	uint32_t word = 0;
	for (size_t r = 0; r < 2 * said->profile->n_rules; r++) {
		const struct profile_rule *one =
		        &said->profile->rule[r % said->profile->n_rules];
		if (speaks_of(said, one, name))
			word = speech_word(one, word, false);
	}
	return rule != NULL ? speech_word_of(said->profile, rule, word) : word;
}

static bool put_status(struct said *said, const char *name, size_t width, char *out)
{
	const struct profile_rule *rule = NULL;
	for (size_t r = 0; rule == NULL && r < said->profile->n_rules; r++)
		if (speaks_of(said, &said->profile->rule[r], name))
			rule = &said->profile->rule[r];
	if (rule == NULL)
		return false;
	int digits = (int)width;
	if (rule->base == 16)
		snprintf(out, WORD, "%0*X", digits > 0 ? digits : 8,
		        (unsigned)number_of(said, name));
	else if (rule->base == 10)
		snprintf(out, WORD, "%0*u", digits > 0 ? digits : 1,
		        (unsigned)number_of(said, name));
	else
		snprintf(out, WORD, "%s", word_of(said, name));
	return true;
}

/* ---- times and marks ---- */

static bool put_time(struct said *said, const char *name, char *out)
{
	for (size_t k = 0; k < said->profile->n_times; k++) {
		const struct profile_time *time = &said->profile->time[k];
		if (time->block_index != said->block || !same(time->field, name))
			continue;
		text_time_put(speech_result_us(said->speech, time->covers),
		        time->text_form,
		        time->offset_set ? time->offset_min
		                         : said->speech->instrument->utc_offset_min,
		        out);
		return true;
	}
	for (size_t k = 0; k < said->profile->n_fresh; k++) {
		const struct profile_fresh *fresh = &said->profile->fresh[k];
		if (fresh->block_index != said->block || !same(fresh->field, name))
			continue;
		snprintf(out, WORD, "%lld",
		        (long long)(speech_result_us(said->speech, fresh->covers) /
		                    US_PER_S));
		return true;
	}
	return false;
}

/* ---- an answer ---- */

static void put_field(struct said *said, const char *name, size_t width)
{
	struct text_fields *fields = &said->fields;
	if (name[0] == '\0' || text_fields_find(fields, name) != NULL ||
	        fields->n == TEXT_FIELDS)
		return;
	char *out = said->text[fields->n];
	/* a rule may look at the very field of a number ("0.000": no probe) */
	bool rule = wanted(said, name) != NULL;
	if (!(rule && put_status(said, name, width, out)) &&
	        !put_channel(said, name, width, out) && !put_time(said, name, out) &&
	        !put_status(said, name, width, out))
		snprintf(out, WORD, "0");
	text_fields_add(fields, name, out, strlen(out));
}

/* Fields the tables speak of that may be among pairs. */
static void put_pairs(struct said *said)
{
	const struct profile *profile = said->profile;
	for (size_t c = 0; c < profile->n_channels; c++)
		if (profile->channel[c].tag.block_index == said->block)
			put_field(said, profile->channel[c].tag.field, 0);
	for (size_t r = 0; r < profile->n_rules; r++)
		if (profile->rule[r].block_index == said->block)
			put_field(said, profile->rule[r].field, 0);
}

static size_t say_block(const struct speech *speech, size_t b, struct pattern_room out)
{
	struct said said = {
		.speech = speech, .profile = speech->instrument->profile, .block = b
	};
	const struct polltext *own = said.profile->own;
	const struct pattern *pattern = own->answer[b].pattern;
	bool pairs = false;
	for (size_t i = 0; i < pattern->n; i++) {
		const struct pattern_part *part = &pattern->part[i];
		char name[FIELD_NAME];
		if (part->kind == PART_FIELD) {
			snprintf(name, sizeof name, "%.*s", part->n,
			        (const char *)pattern->bytes + part->at);
			put_field(&said, name, part->width);
		}
		pairs = pairs || part->kind == PART_PAIRS;
	}
	if (pairs)
		put_pairs(&said);
	int n = pattern_print(pattern, speech->instrument->address, &said.fields, out);
	return n > 0 ? (size_t)n : 0;
}

static size_t refuse(const struct speech *speech, struct pattern_room out)
{
	const struct polltext *own = speech->instrument->profile->own;
	const struct polltext_patterns *refusal = &own->other[POLLTEXT_REFUSAL];
	size_t which = speech->exception <= refusal->n ? speech->exception : refusal->n;
	if (which == 0)
		return 0;
	int n = pattern_print(
	        &refusal->pattern[which - 1], speech->instrument->address, NULL, out);
	return n > 0 ? (size_t)n : 0;
}

int polltext_request(const struct instrument *instrument, const uint8_t *in, size_t n)
{
	const struct polltext *own = instrument->profile->own;
	int status = FRAME_NONE;
	for (size_t b = 0; b < instrument->profile->n_blocks; b++) {
		if (own->send[b].n == 0)
			continue;
		int length = pattern_match(own->send[b].pattern, instrument->address,
		        (struct pattern_bytes){ in, n }, NULL);
		if (length > 0)
			return length;
		if (length == PATTERN_SHORT)
			status = FRAME_SHORT;
	}
	return status;
}

size_t polltext_say(const struct speech *speech, const uint8_t *in, size_t n,
        uint8_t *out, size_t room)
{
	const struct profile *profile = speech->instrument->profile;
	const struct polltext *own = profile->own;
	size_t used = 0;
	for (size_t b = 0; b < profile->n_blocks; b++) {
		struct pattern_room left = { out + used, room - used };
		bool asked = own->send[b].n > 0;
		if (asked && polltext_which(&own->send[b], speech->instrument->address,
		                     (struct pattern_bytes){ in, n }) < 0)
			continue;
		if (speech->exception != 0)
			return refuse(speech, left);
		used += say_block(speech, b, left);
		if (asked)
			return used;
	}
	return used;
}
