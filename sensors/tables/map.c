/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/map.h"

#include <math.h>

#define ABSURD_LOW  1e-30
#define ABSURD_HIGH 1e12
#define TINY        1e-12

const char *const number_types[] = { "u16", "i16", "u32", "i32", "f32", "f64", "bit",
	"bcd", "ascii", "decimal", "total", NULL };
const char *const word_orders[] = { "ABCD", "CDAB", "BADC", "DCBA", "ABCDEFGH",
	"GHEFCDAB", NULL };
const char *const time_forms[] = { "tai64n", "words", "seconds", NULL };

double map_scaled(const struct profile_tag *tag, double raw)
{
	if (tag->scale != 1)
		raw *= tag->scale;
	if (tag->divide != 1)
		raw /= tag->divide;
	return tag->offset != 0 ? raw + tag->offset : raw;
}

double map_unscaled(const struct profile_tag *tag, double value)
{
	double raw = tag->offset != 0 ? value - tag->offset : value;
	if (tag->divide != 1)
		raw *= tag->divide;
	return tag->scale != 1 ? raw / tag->scale : raw;
}

bool map_is_none(const struct profile_tag *tag, uint64_t bits, double number)
{
	for (size_t i = 0; i < tag->n_sentinels; i++) {
		const struct sentinel *none = &tag->sentinel_value[i];
		if (none->is_text)
			continue;
		if (none->is_bits ? none->bits == bits : none->number == number)
			return true;
	}
	return false;
}

bool map_is_absurd(double number)
{
	double size = fabs(number);
	return size > 0 && (size < ABSURD_LOW || size > ABSURD_HIGH);
}

bool map_is_tiny(double number)
{
	return number != 0 && fabs(number) < TINY;
}

static bool in_ranges(const struct word_range *range, size_t n, uint32_t word)
{
	for (size_t i = 0; i < n; i++)
		if (word >= range[i].from && word <= range[i].to)
			return true;
	return false;
}

bool map_rule_holds(const struct profile_rule *rule, uint32_t word)
{
	if (rule->bit_set)
		word = word >> rule->bit & 1;
	if (rule->mask != 0)
		word &= (uint32_t)rule->mask;
	if (rule->n_when == 0 && rule->n_unless == 0)
		return word != 0;
	if (rule->n_when > 0 && !in_ranges(rule->when_range, rule->n_when, word))
		return false;
	return !in_ranges(rule->unless_range, rule->n_unless, word);
}
