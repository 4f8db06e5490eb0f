/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/sentence.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"
#include "sensors/tables/profile.h"

void say(struct sentence *sentence, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(sentence->out + sentence->n, sentence->room - sentence->n,
	        format, args);
	va_end(args);
	if (n > 0)
		sentence->n += (size_t)n;
	if (sentence->n >= sentence->room)
		sentence->n = sentence->room - 1;
}

void say_bytes(struct sentence *sentence, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n && i < 32; i++)
		say(sentence, " %02X", in[i]);
	if (n > 32)
		say(sentence, " ...");
}

void say_number(struct sentence *out, const struct profile_channel *channel, double raw,
        double value)
{
	const struct profile_tag *tag = &channel->tag;
	char text[32];
	bool scaled = tag->scale != 1 || tag->divide != 1 || tag->offset != 0;
	if (isfinite(raw))
		say(out, " = %s", number_print(raw, text));
	if (tag->scale != 1)
		say(out, " * %s", number_print(tag->scale, text));
	if (tag->divide != 1)
		say(out, " / %s", number_print(tag->divide, text));
	if (tag->offset != 0)
		say(out, " + %s", number_print(tag->offset, text));
	if (scaled || !isfinite(raw))
		say(out, " = %s", number_print(value, text));
	say(out, " %s", channel->about.unit);
}

void say_mask(struct sentence *out, const struct profile_tag *tag)
{
	if (tag->mask != 0)
		say(out, " & 0x%llX >> %d", (unsigned long long)tag->mask,
		        (int)tag->shift);
}

void say_bits(struct sentence *out, const struct profile_rule *rule)
{
	if (rule->bit_set)
		say(out, ", bit %d", (int)rule->bit);
	if (rule->mask != 0)
		say(out, ", mask 0x%X", (unsigned)rule->mask);
}
