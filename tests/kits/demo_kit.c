/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/demo_kit.h"

#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char demo_folder[4096];
char *demo_screen;

char *demo_quantrac(int *exit_code, const char *arguments)
{
	return run_command(exit_code,
	        "QUANTRAC_NOW=%s %s --archive %s/demo/archive %s 2>&1", DEMO_NOW,
	        project_file("build/san/quantrac"), demo_folder, arguments);
}

char *demo_ok(const char *arguments)
{
	int exit_code;
	char *text = demo_quantrac(&exit_code, arguments);
	if (exit_code != 0)
		print_error("%s\n", text);
	assert_int_equal(exit_code, 0);
	return text;
}

void demo_says(const char *arguments, const char *part)
{
	char *text = demo_ok(arguments);
	assert_contains(text, part);
	free(text);
}

int demo_play(void **state)
{
	int exit_code;
	void *path = NULL;
	if (scratch_make(&path) != 0)
		return -1;
	snprintf(demo_folder, sizeof demo_folder, "%s", (char *)path);
	free(path);
	char *text = run_command(&exit_code,
	        "QUANTRAC_NOW=%s %s demo --for 0s --keep %s/demo 2>&1", DEMO_NOW,
	        project_file("build/san/quantrac"), demo_folder);
	if (exit_code != 0)
		print_error("%s\n", text);
	demo_screen = text;
	return exit_code;
}

int demo_leave(void **state)
{
	free(demo_screen);
	void *path = strdup(demo_folder);
	return scratch_remove(&path);
}
