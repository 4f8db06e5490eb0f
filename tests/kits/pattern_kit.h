/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns that must compile, and the fields that they find. */
#ifndef TESTS_PATTERN_KIT_H
#define TESTS_PATTERN_KIT_H

#include "sensors/tables/pattern.h"

struct pattern pattern_of(const char *text, int checksum);
struct pattern_bytes text_bytes(const char *text);
/* The field of this name is `want`. */
void assert_field(const struct text_fields *fields, const char *name, const char *want);

#endif
