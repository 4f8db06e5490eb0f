/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void check_close(double got, double want, double tolerance, const char *file, int line)
{
	double scale = fabs(want) > 1 ? fabs(want) : 1;
	if (isnan(got) && isnan(want))
		return;
	if (fabs(got - want) <= tolerance * scale)
		return;
	print_error("%.17g is not %.17g (within %g)\n", got, want, tolerance);
	_fail(file, line);
}

void check_contains(const char *text, const char *part, const char *file, int line)
{
	if (text != NULL && strstr(text, part) != NULL)
		return;
	print_error("\"%s\" is not in:\n%s\n", part, text != NULL ? text : "(null)");
	_fail(file, line);
}

size_t times_in(const char *text, const char *part)
{
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		n++;
	return n;
}

int scratch_make(void **state)
{
	const char *base = getenv("TMPDIR");
	char *path = NULL;
	if (asprintf(&path, "%s/quantrac-test-XXXXXX", base != NULL ? base : "/tmp") <
	        0)
		return -1;
	if (mkdtemp(path) == NULL) {
		free(path);
		return -1;
	}
	*state = path;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	if (type == FTW_DP)
		chmod(path, 0700);
	return remove(path);
}

int scratch_remove(void **state)
{
	int status = nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(*state);
	*state = NULL;
	return status;
}

const char *in_folder(const char *folder, const char *name)
{
	static char ring[8][4096];
	static unsigned next;
	char *out = ring[next++ % 8];
	snprintf(out, sizeof ring[0], "%s/%s", folder, name);
	return out;
}

const char *data_folder(const char *name)
{
	static char path[4096];
	const char *base = getenv("QUANTRAC_DATA");
	struct stat st;
	if (base != NULL)
		snprintf(path, sizeof path, "%s/%s", base, name);
	else
		snprintf(path, sizeof path, "%s", project_file("../shared/data/"));
	if (base == NULL)
		strncat(path, name, sizeof path - strlen(path) - 1);
	if (stat(path, &st) == 0)
		return path;
	printf("SKIPPED: real data %s is not here (set QUANTRAC_DATA)\n", name);
	return NULL;
}

const char *project_file(const char *name)
{
	static char path[4096];
	static const char built[] = "build/san/";
	const char *root = getenv("QUANTRAC_ROOT"),
	           *programs = getenv("QUANTRAC_PROGRAMS");
	size_t n = strncmp(name, built, sizeof built - 1) == 0 && programs != NULL
	                   ? sizeof built - 1
	                   : 0;
	snprintf(path, sizeof path, "%s/%s%s", root != NULL ? root : ".",
	        n > 0 ? programs : "", name + n);
	return path;
}

uint64_t chance(uint64_t *seed)
{
	uint64_t x = *seed;
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*seed = x;
	return x * UINT64_C(2685821657736338717);
}

char *run_command(int *exit_code, const char *format, ...)
{
	char command[8192];
	va_list args;
	va_start(args, format);
	vsnprintf(command, sizeof command, format, args);
	va_end(args);
	FILE *in = popen(command, "r");
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	for (int c = in != NULL ? getc(in) : EOF; c != EOF; c = getc(in))
		putc(c, out);
	fclose(out);
	int status = in != NULL ? pclose(in) : -1;
	*exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return text;
}
