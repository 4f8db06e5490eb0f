/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/config_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct outcome read_n(const char *text, size_t n)
{
	struct outcome got = { 0 };
	size_t room;
	FILE *report = open_memstream(&got.report, &room);
	got.status = config_read_text(
	        &got.config, text, n, "x.yaml", &sample_section, &got.sample, report);
	fclose(report);
	assert_non_null(got.config);
	assert_int_equal(got.status == OK, config_errors(got.config) == 0);
	return got;
}

struct outcome read_it(const char *text)
{
	return read_n(text, strlen(text));
}

void done(struct outcome *got)
{
	config_free(got->config);
	free(got->report);
}
