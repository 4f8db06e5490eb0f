/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/import_kit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static char *run(const char *scratch, int want, const char *format, va_list args)
{
	char command[8192];
	int code;
	vsnprintf(command, sizeof command, format, args);
	char *text = run_command(&code, "%s --archive %s/archive %s 2>&1",
	        project_file("build/san/quantrac"), scratch, command);
	if (code != want)
		print_error("ended with %d, not %d:\n%s\n", code, want, text);
	assert_int_equal(code, want);
	return text;
}

char *quantrac_says(const char *scratch, int want, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = run(scratch, want, format, args);
	va_end(args);
	return text;
}

void assert_quantrac(
        const char *scratch, int want, const char *part, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = run(scratch, want, format, args);
	va_end(args);
	if (part != NULL)
		assert_contains(text, part);
	free(text);
}

const char *write_file(const char *folder, const char *name, const char *text)
{
	const char *path = in_folder(folder, name);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	return path;
}
