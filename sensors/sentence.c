/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/sentence.h"

#include <stdarg.h>
#include <stdio.h>

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
