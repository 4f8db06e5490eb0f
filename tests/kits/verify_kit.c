/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/verify_kit.h"

#include <stdio.h>
#include <string.h>

#include "archive/archive.h"
#include "archive/proof.h"
#include "tests/kits/check.h"
#include "tests/kits/sample_archive.h"

const char *verify_text(const char *path, int quiet, int *bad)
{
	static char text[1 << 16];
	struct problem why = { 0 };
	FILE *out = fmemopen(text, sizeof text, "w");
	*bad = verify_path(path, out, quiet, &why);
	fclose(out);
	return *bad >= 0 ? text : strcpy(text, why.text);
}

void assert_verify(const char *path, int want, const char *part)
{
	int bad;
	const char *text = verify_text(path, 0, &bad);
	if (bad != want)
		print_error("%s\n", text);
	assert_int_equal(bad, want);
	assert_contains(text, part);
}

const char *verify_one_day(const char *dir)
{
	struct sample sample;
	sample_archive_make(dir);
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US, 300);
	const char *path = sample_archive_seal(dir, &sample, SAMPLE_DAY_US, 0);
	sample_free(&sample);
	return path;
}

const char *verify_one_journal(const char *dir)
{
	struct sample sample;
	sample_archive_make(dir);
	sample_plain(&sample, "bt-outlet", SAMPLE_DAY_US, 300);
	sample_archive_journal(dir, &sample);
	sample_free(&sample);
	return in_folder(
	        dir, "journal/bt-outlet/0000000000000007/00000000000000000001.log");
}
