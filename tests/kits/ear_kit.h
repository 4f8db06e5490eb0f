/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An ear on a line, and a clock moved by hand. */
#ifndef TESTS_EAR_KIT_H
#define TESTS_EAR_KIT_H

#include "sensors/tools/overhear.h"

#define SECOND INT64_C(1000000)

extern struct overhear ear;
extern struct overheard heard; /* by ear_next */
extern int64_t ear_us;

/* Nothing was heard, in English; it is SECOND. */
void ear_begin(void);
void ear_add(const void *in, size_t n);
int ear_next(void);
/* So long that what lies there is whole. */
void ear_silence(void);
/* The next that is heard is this. */
void ear_says(enum overheard_kind kind, const char *text, size_t n);

#endif
