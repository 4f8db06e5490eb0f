/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of the list of acts. */
#ifndef ARCHIVE_ACTS_INSIDE_H
#define ARCHIVE_ACTS_INSIDE_H

#include <stdbool.h>

#include "archive/acts.h"

/* The line without its newline; its length, or FULL. */
int act_print(const struct act *act, char *out, size_t room);

/* OK, or MALFORMED: not to the letter a line that act_print writes. */
int act_parse(struct act *act, const char *line);

/* Bytes of a line that are signed: those before " sig ". */
size_t act_signed_size(const char *line);

/* [a-z0-9][a-z0-9_-]*, at most 32; no file name of the folder can be made of it but
 * <name>.pem. */
bool key_name_valid(const char *name);

#endif
