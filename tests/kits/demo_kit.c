/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/demo_kit.h"

#include "tests/kits/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/legal_time.h"
#include "cli/demo.h"

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

char *demo_told(const char *language)
{
	static struct demo demo;
	struct common common = { .lang = language };
	struct problem why;
	char path[DEMO_PATH], *text;
	size_t n;
	demo = (struct demo){ .common = &common, .shown = "demo" };
	snprintf(demo.dir, sizeof demo.dir, "%.4000s/demo", demo_folder);
	snprintf(demo.archive, sizeof demo.archive, "%s/archive", demo.dir);
	setenv("QUANTRAC_NOW", DEMO_NOW, 1);
	setenv("QUANTRAC_LIMITS", project_file("analysis/limits"), 1);
	demo.now_us = common_now();
	demo.first_us = day_start(demo.now_us, DEMO_OFFSET) - DEMO_DAYS * US_PER_DAY;
	snprintf(path, sizeof path, "%.4000s/told", demo_folder);
	fflush(stdout);
	int screen = dup(STDOUT_FILENO), file = open(path, O_RDWR | O_CREAT, 0600);
	assert_true(screen >= 0 && file >= 0 && dup2(file, STDOUT_FILENO) >= 0);
	int status = demo_tell(&demo, &why);
	fflush(stdout);
	dup2(screen, STDOUT_FILENO);
	close(screen);
	close(file);
	assert_int_equal(status, OK);
	assert_int_equal(file_read(path, 1u << 20, &text, &n), OK);
	return text;
}
