/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/decimal.h"

#include <stdbool.h>
#include <string.h>

/* Characters of "42.5", "1.5e-05" at `text`; 0: it has no point, or goes on as something else. */
static size_t number_length(const char *text)
{
	const char *digits = "0123456789";
	size_t n = strspn(text, digits), behind;
	if (n == 0 || text[n] != '.')
		return 0;
	behind = strspn(text + n + 1, digits);
	n += 1 + behind;
	if (behind == 0)
		return 0;
	if (text[n] == 'e' && (text[n + 1] == '-' || text[n + 1] == '+'))
		n += 2 + strspn(text + n + 2, digits);
	/* "80.0–90.0" goes on with a dash, which is no ASCII */
	bool ends = text[n] == '\0' || strchr(" ,;)%]\n\xe2", text[n]) != NULL;
	bool full_stop = text[n] == '.' && strchr(" \n", text[n + 1]) != NULL;
	return ends || full_stop ? n : 0;
}

/* The dash between two numbers ends in 0x93, the minus sign in 0x92. */
static bool may_begin(const char *text, const char *at)
{
	if (at > text && strchr("+-", at[-1]) != NULL)
		at--;
	return at == text || strchr(" (=[\x93\x92", at[-1]) != NULL;
}

void decimal_commas(char *text)
{
	bool quoted = false;
	for (char *at = text; *at != '\0'; at++) {
		quoted ^= *at == '"';
		size_t n = quoted || !may_begin(text, at) ? 0 : number_length(at);
		if (n == 0)
			continue;
		at[strcspn(at, ".")] = ',';
		at += n - 1;
	}
}
