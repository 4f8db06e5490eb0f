/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/fields.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/sentence.h"

int text_fields_add(
        struct text_fields *fields, const char *name, const char *at, size_t n)
{
	if (fields->n == TEXT_FIELDS)
		return FULL;
	struct text_field *field = &fields->field[fields->n++];
	size_t length = strnlen(name, FIELD_NAME - 1);
	memcpy(field->name, name, length);
	field->name[length] = '\0';
	field->at = at;
	field->n = n;
	return OK;
}

int text_fields_add_byte(struct text_fields *fields, const char *name, uint8_t byte)
{
	if (text_fields_add(fields, name, NULL, 2) != OK)
		return FULL;
	struct text_field *field = &fields->field[fields->n - 1];
	field->made[0] = hex_capital_of(byte >> 4);
	field->made[1] = hex_capital_of(byte);
	field->at = field->made;
	return OK;
}

const struct text_field *text_fields_find(
        const struct text_fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->n; i++)
		if (strcmp(fields->field[i].name, name) == 0)
			return &fields->field[i];
	return NULL;
}

void text_trim(const char **at, size_t *n)
{
	while (*n > 0 && **at == ' ') {
		++*at;
		--*n;
	}
	while (*n > 0 && (*at)[*n - 1] == ' ')
		--*n;
}

static struct text_field trimmed(const struct text_field *field)
{
	struct text_field out = *field;
	text_trim(&out.at, &out.n);
	return out;
}

bool text_number_of(const struct text_field *field, double *out)
{
	char text[64], *end;
	struct text_field bare = trimmed(field);
	*out = NAN;
	if (bare.n == 0 || bare.n >= sizeof text)
		return false;
	memcpy(text, bare.at, bare.n);
	text[bare.n] = '\0';
	/* strtod knows "nan", "inf" and "0x10": none is a number an instrument means, nor is "1e-999", which it
	 * makes 0 */
	if (text[strspn(text, "0123456789+-.eE")] != '\0')
		return false;
	errno = 0;
	*out = strtod(text, &end);
	if (end == text + bare.n && errno != ERANGE)
		return true;
	*out = NAN;
	return false;
}

static bool is_text(const struct text_field *field, const char *text)
{
	struct text_field bare = trimmed(field);
	return bare.n == strlen(text) && memcmp(bare.at, text, bare.n) == 0;
}

/* A word of digits alone with an E ("0E1") is a code, no power of ten. */
static bool is_code(const struct text_field *field)
{
	bool power = false, plain = true;
	for (size_t i = 0; i < field->n; i++) {
		power = power || field->at[i] == 'e' || field->at[i] == 'E';
		plain = plain && strchr("+-.", field->at[i]) == NULL;
	}
	return power && plain;
}

bool text_is_word(const struct text_field *field, const char *word)
{
	const struct text_field other = { .at = word, .n = strlen(word) };
	double one, two;
	if (word[0] == '=')
		return is_text(field, word + 1);
	if (is_text(field, word))
		return true;
	return !is_code(field) && !is_code(&other) && text_number_of(field, &one) &&
	       text_number_of(&other, &two) && one == two;
}

/* The fields of what came, or false. */
static bool fields_of(const struct instrument *instrument, const struct came *came,
        struct text_fields *out)
{
	out->n = 0;
	return instrument->profile->driver->fields(instrument, came, out);
}

static const struct text_field *field_of(const struct instrument *instrument,
        const struct came *came, const char *name, struct text_fields *room)
{
	return fields_of(instrument, came, room) ? text_fields_find(room, name) : NULL;
}

static bool is_none_text(const struct profile_tag *tag, const struct text_field *field)
{
	for (size_t i = 0; i < tag->n_sentinels; i++)
		if (tag->sentinel_value[i].is_text &&
		        text_is_word(field, tag->sentinel[i]))
			return true;
	return false;
}

bool text_number(const struct instrument *instrument, const struct came *came, size_t i,
        double *value)
{
	const struct profile_tag *tag = &instrument->profile->channel[i].tag;
	struct text_fields room;
	const struct text_field *field = field_of(instrument, came, tag->field, &room);
	double raw;
	*value = NAN;
	if (field == NULL || is_none_text(tag, field) || !text_number_of(field, &raw) ||
	        map_is_none(tag, 0, raw))
		return false;
	double scaled = map_scaled(tag, raw);
	if (!isfinite(scaled))
		return false;
	*value = scaled;
	return true;
}

/* A field as the number a rule looks at, in its base. */
static bool word_of(const struct text_field *field, int64_t base, uint32_t *word)
{
	char text[24], *end;
	struct text_field bare = trimmed(field);
	if (bare.n == 0 || bare.n >= sizeof text)
		return false;
	memcpy(text, bare.at, bare.n);
	text[bare.n] = '\0';
	if (strspn(text, "0123456789abcdefABCDEF") != bare.n)
		return false;
	unsigned long v = strtoul(text, &end, (int)base);
	*word = (uint32_t)v;
	return *end == '\0' && v <= UINT32_MAX;
}

static bool among(const struct text_field *field, const char *const *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_is_word(field, word[i]))
			return true;
	return false;
}

bool text_rule_holds(const struct profile_rule *rule, const struct text_field *field)
{
	if (rule->n_when == 0 && rule->n_unless == 0)
		return trimmed(field).n > 0;
	if (rule->n_when > 0 && !among(field, rule->when, rule->n_when))
		return false;
	return !among(field, rule->unless, rule->n_unless);
}

bool text_holds(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule)
{
	struct text_fields room;
	const struct text_field *field = field_of(instrument, came, rule->field, &room);
	uint32_t word;
	if (field == NULL)
		return false;
	if (rule->base == 0)
		return text_rule_holds(rule, field);
	return word_of(field, rule->base, &word) && map_rule_holds(rule, word);
}

size_t text_mark(const struct instrument *instrument, const struct came *came,
        const struct profile_fresh *fresh, uint8_t out[FRESH_SIZE])
{
	struct text_fields room;
	const struct text_field *field =
	        field_of(instrument, came, fresh->field, &room);
	if (field == NULL)
		return 0;
	/* the end of a time or counter is what changes */
	size_t n = field->n < FRESH_SIZE ? field->n : FRESH_SIZE;
	memcpy(out, field->at + field->n - n, n);
	return n;
}

int64_t text_sampled(const struct instrument *instrument, const struct came *came,
        const struct profile_time *time)
{
	struct text_fields room;
	const struct text_field *field = field_of(instrument, came, time->field, &room);
	if (field == NULL)
		return INT64_MIN;
	int offset_min =
	        time->offset_set ? time->offset_min : instrument->utc_offset_min;
	return text_time_of(field, time->text_form, offset_min);
}

size_t text_vendor(const struct instrument *instrument, const struct came *came,
        const struct profile_words *words, uint8_t *out, size_t room)
{
	struct text_fields fields;
	const struct text_field *field =
	        field_of(instrument, came, words->field, &fields);
	if (field == NULL || field->n > room)
		return 0;
	memcpy(out, field->at, field->n);
	return field->n;
}

/* ---- for people ---- */

static void say_field(struct sentence *out, const struct text_field *field)
{
	say(out, " '%.*s'", (int)(field->n < 64 ? field->n : 64), field->at);
}

void text_explain(const struct instrument *instrument, const struct came *came,
        size_t i, struct sentence *out)
{
	const struct profile_channel *channel = &instrument->profile->channel[i];
	struct text_fields room;
	double value;
	say(out, "field %s", channel->tag.field);
	if (came->state != STATE_OK)
		return;
	const struct text_field *field =
	        field_of(instrument, came, channel->tag.field, &room);
	if (field == NULL) {
		say(out, " is not in the answer");
		return;
	}
	say_field(out, field);
	if (!instrument->profile->driver->number(instrument, came, i, &value)) {
		say(out, ": no number");
		return;
	}
	say_number(out, channel, NAN, value);
}

void text_explain_rule(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule, struct sentence *out)
{
	struct text_fields room;
	const struct text_field *field = field_of(instrument, came, rule->field, &room);
	say(out, ", field %s", rule->field);
	if (field != NULL)
		say_field(out, field);
	say_bits(out, rule);
}
