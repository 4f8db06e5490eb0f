/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/ear_kit.h"

#include "tests/kits/check.h"

struct overhear ear;
struct overheard heard;
int64_t ear_us;

void ear_begin(void)
{
	overhear_init(&ear, false);
	ear_us = SECOND;
}

void ear_add(const void *in, size_t n)
{
	overhear_add(&ear, in, n, ear_us);
}

int ear_next(void)
{
	return overhear_next(&ear, ear_us, &heard);
}

void ear_silence(void)
{
	ear_us += OVERHEAR_QUIET;
}

void ear_says(enum overheard_kind kind, const char *text, size_t n)
{
	assert_int_equal(ear_next(), 1);
	assert_string_equal(heard.text, text);
	assert_int_equal(heard.kind, kind);
	assert_int_equal(heard.n, n);
}
