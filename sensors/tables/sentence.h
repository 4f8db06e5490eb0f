/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text for people that is put together piece by piece and never runs over. */
#ifndef SENSORS_SENTENCE_H
#define SENSORS_SENTENCE_H

#include <stddef.h>
#include <stdint.h>

struct profile_channel;
struct profile_rule;
struct profile_tag;

struct sentence {
	char *out; /* always ends in NUL */
	size_t n, room;
};

void say(struct sentence *sentence, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* " 01 A2 ...", at most 32 of them. */
void say_bytes(struct sentence *sentence, const uint8_t *in, size_t n);

/* " = 2378 / 100 = 23.78 mg/L"; `raw` NAN: it stands there already, as text. */
void say_number(struct sentence *sentence, const struct profile_channel *channel,
        double raw, double value);

/* " & 0xFF00 >> 8", where a tag takes a field of bits. */
void say_mask(struct sentence *sentence, const struct profile_tag *tag);

/* ", bit 3, mask 0x0F": what a rule looks at. */
void say_bits(struct sentence *sentence, const struct profile_rule *rule);

#endif
