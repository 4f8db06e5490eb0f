/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A unit taken apart, put together again for its three readers. */
#include "base/units_parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

struct text {
	char *out;
	size_t room, used;
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *text, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(
	        text->out + text->used, text->room - text->used, format, args);
	va_end(args);
	text->used += (size_t)n;
	if (text->used >= text->room)
		text->used = text->room - 1;
}

static int done(const struct text *text)
{
	return text->used < text->room - 1 ? OK : FULL;
}

/* The numbers of all factors in one: 0.01 for "CFU/100mL". */
static double scale_of(const struct unit_parts *parts)
{
	double scale = 1;
	for (size_t i = 0; i < parts->n; i++) {
		const struct unit_factor *f = &parts->factor[i];
		double number = f->number[0] != '\0' ? strtod(f->number, NULL) : 1;
		scale = f->exponent < 0 ? scale / number : scale * number;
	}
	return scale;
}

/* "degC" and "L-1"; several words ("3600 J") need brackets before an exponent. */
static void add_power(struct text *text, const char *word, int exponent)
{
	bool several = strpbrk(word, " 0123456789") != NULL;
	const char *blank = text->used > 0 ? " " : "";
	if (exponent == 1)
		add(text, "%s%s", blank, word);
	else if (several)
		add(text, "%s(%s)%d", blank, word, exponent);
	else
		add(text, "%s%s%d", blank, word, exponent);
}

int unit_for_udunits(const struct unit_parts *parts, char *out, size_t room)
{
	struct text text = { .out = out, .room = room };
	out[0] = '\0';
	double scale = scale_of(parts);
	if (!isnormal(scale))
		return MALFORMED;
	if (scale < 1 || scale > 1)
		add(&text, "%.15g", scale);
	for (size_t i = 0; i < parts->n; i++)
		if (parts->factor[i].parse[0] != '\0')
			add_power(&text, parts->factor[i].parse,
			        parts->factor[i].exponent);
	if (text.used == 0)
		add(&text, "1");
	return done(&text);
}

/* "m3" carries its own exponent and takes a sign only: nobody writes (m3)2. */
static void add_cf(struct text *text, const struct unit_factor *f)
{
	const char *blank = text->used > 0 ? " " : "";
	if (strcmp(f->cf, "m3") == 0 && f->exponent == -1)
		add(text, "%sm-3", blank);
	else
		add_power(text, f->cf, f->exponent);
}

int unit_for_cf(const struct unit_parts *parts, char *out, size_t room)
{
	struct text text = { .out = out, .room = room };
	out[0] = '\0';
	double scale = scale_of(parts);
	if (scale < 1 || scale > 1)
		add(&text, "%.15g", scale);
	for (size_t i = 0; i < parts->n; i++)
		if (parts->factor[i].cf[0] != '\0')
			add_cf(&text, &parts->factor[i]);
	if (text.used == 0)
		add(&text, "1");
	return done(&text);
}

static void add_superscript(struct text *text, int exponent)
{
	static const char *const digit[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷",
		"⁸", "⁹" };
	int away = abs(exponent);
	if (exponent != 1)
		add(text, "%s%s", exponent < 0 ? "⁻" : "", digit[away % 10]);
}

static void add_people(struct text *text, const struct unit_factor *f, int exponent)
{
	add(text, "%s%s%s", f->number,
	        f->number[0] != '\0' && f->people[0] != '\0' ? " " : "", f->people);
	add_superscript(text, exponent);
}

/* A number that is the whole unit says nothing to people: "1" prints as "". */
static bool bare_one(const struct unit_parts *parts)
{
	return parts->n == 1 && strcmp(parts->factor[0].number, "1") == 0 &&
	       parts->factor[0].people[0] == '\0';
}

/* Above the stroke, joined by middle dots; then each divisor behind a stroke of its
 * own. */
int unit_for_people(const struct unit_parts *parts, char *out, size_t room)
{
	struct text text = { .out = out, .room = room };
	size_t above = 0;
	out[0] = '\0';
	if (bare_one(parts))
		return OK;
	for (size_t i = 0; i < parts->n; i++) {
		const struct unit_factor *f = &parts->factor[i];
		if (f->exponent < 0)
			continue;
		const char *join = strcmp(f->people, "TEQ") == 0 ? " " : "\xc2\xb7";
		add(&text, "%s", above++ > 0 ? join : "");
		add_people(&text, f, f->exponent);
	}
	for (size_t i = 0; i < parts->n; i++) {
		const struct unit_factor *f = &parts->factor[i];
		if (f->exponent >= 0)
			continue;
		add(&text, "%s", above > 0 ? "/" : text.used > 0 ? "\xc2\xb7" : "");
		add_people(&text, f, above > 0 ? -f->exponent : f->exponent);
	}
	return done(&text);
}
