/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text for people that is put together piece by piece and never runs over. */
#ifndef SENSORS_SENTENCE_H
#define SENSORS_SENTENCE_H

#include <stddef.h>
#include <stdint.h>

struct sentence {
	char *out; /* always ends in NUL */
	size_t n, room;
};

void say(struct sentence *sentence, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* " 01 A2 ...", at most 32 of them. */
void say_bytes(struct sentence *sentence, const uint8_t *in, size_t n);

#endif
