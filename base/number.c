/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "base/csv.h"

static const char *digits(const char *at)
{
	while (isdigit((unsigned char)*at))
		at++;
	return at;
}

/* strtod also takes blanks, hexadecimal, "inf" and "nan", and stops where it likes: so
 * the shape comes first.  [+-] digits [. digits] [e [+-] digits], with a digit on one
 * side of the point. */
static int number_shape(const char *text)
{
	const char *at = text + (*text == '+' || *text == '-');
	const char *whole = at;
	at = digits(at);
	size_t found = (size_t)(at - whole);
	if (*at == '.') {
		const char *fraction = ++at;
		at = digits(at);
		found += (size_t)(at - fraction);
	}
	if (found == 0)
		return MALFORMED;
	if (*at == 'e' || *at == 'E') {
		at += at[1] == '+' || at[1] == '-' ? 2 : 1;
		const char *exponent = at;
		at = digits(at);
		if (at == exponent)
			return MALFORMED;
	}
	return *at == '\0' ? OK : MALFORMED;
}

int number_parse(const char *text, double *value)
{
	char *end;
	if (number_shape(text) != OK)
		return MALFORMED;
	double parsed = strtod(text, &end);
	if (*end != '\0' || !isfinite(parsed))
		return MALFORMED;
	*value = parsed;
	return OK;
}
