/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of one page while it is being made: added one after the other, freed together. */
#ifndef REPORTS_TEXTS_H
#define REPORTS_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/words.h"

/* Inside texts, bold begins and ends with these; the tables of words.c write both as two stars. */
#define BOLD_ON  '\016'
#define BOLD_OFF '\017'

struct texts {
	size_t n, room;
	char **text;
	bool failed; /* out of memory: what was asked for then is "" */
};

void texts_free(struct texts *texts);

/* A formatted text that lives until texts_free; never NULL. */
const char *texts_add(struct texts *texts, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* `before` and `more` with `between` them; `more` alone if there is nothing before. */
const char *texts_join(
        struct texts *texts, const char *before, const char *between, const char *more);

/* A text that came from outside, made fit to print: control characters become blanks, what is no
 * UTF-8 becomes U+FFFD. */
const char *texts_clean(struct texts *texts, const char *text);

/* The same without bold marks. */
const char *texts_plain(struct texts *texts, const char *text);

struct slot {
	const char *name, *text;
};

/* A sentence of words.c with its slots filled: every {name} in it must be among `slots` (ended by a
 * NULL name).  A slot without text is filled with WORD_NOT_GIVEN, so that none is ever empty. */
const char *texts_fill(struct texts *texts, enum language language, enum word word,
        const struct slot *slots);

/* `text` with its first letter in capitals (ASCII, and Vietnamese letters in UTF-8). */
const char *texts_capital(struct texts *texts, const char *text);

#endif
