/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal list line by line, for those who must not stop at the first damage. */
#ifndef ARCHIVE_SEALS_H
#define ARCHIVE_SEALS_H

#include <stdbool.h>

#include "archive/proof.h"

#define SEAL_LINE 1024

/* The line without its newline; its length, or FULL. */
int seal_print(const struct seal *seal, char *out, size_t room);

/* OK, or MALFORMED: not to the letter a line that seal_print writes. */
int seal_parse(struct seal *seal, const char *line);

/* Whole text of <dir>/seals; caller frees.  OK (empty if there is none) or a
 * problem. */
int seal_list_text(const char *dir, char **text, size_t *n, struct problem *why);

/* Called for every damaged line with its number and what is wrong; non-zero: go no
 * further. */
struct seal_visitor {
	int (*bad)(void *with, size_t number, const char *text);
	void *with;
};

/* Read lines from a text (which is written into); damaged lines.  A line that is a seal
 * but does not name the one before it is in the list all the same. */
int seal_list_walk(struct seal_list *list, char *text, size_t n,
        const struct seal_visitor *visitor);

#endif
