/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac verify: is every file what was sealed? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/proof.h"
#include "base/legal_time.h"
#include "cli/commands.h"
#include "cli/common.h"

static const struct table_column columns[] = {
	{ .name = "place" },
	{ .name = "result" },
	{ .name = "detail" },
	{ 0 },
};

/* "kcn/nt-01/2026/nt-01_2026-11-01.h5: DAMAGED: what and where" is a place, a result and a detail. */
static void put_line(struct table *table, char *line)
{
	static const char *const results[] = { "OK content", "OK", "DAMAGED", "MISSING",
		"NOT SEALED", "PRUNED", "REVOKED" };
	char *text = strstr(line, ": ");
	const char *result = "";
	if (text == NULL) {
		text = line + strlen(line);
	} else {
		*text = '\0';
		text += 2;
	}
	for (size_t i = 0; result[0] == '\0' && i < sizeof results / sizeof results[0];
	        i++)
		if (strncmp(text, results[i], strlen(results[i])) == 0)
			result = results[i];
	text += strlen(result);
	table_text(table, line);
	table_text(table, result);
	table_text(table, text + strspn(text, ":, "));
	table_row(table);
}

/* For programs: the same lines as a table.  Damaged places, or a problem. */
static int verify_table(
        const char *path, const struct common *common, struct problem *why)
{
	char *text = NULL, *rest;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	if (out == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	int damaged = verify_path(path, out, common->quiet, why);
	if (fclose(out) == 0 && damaged >= 0) {
		struct table *table =
		        table_new(stdout, common->format, columns, OFFSET_VIETNAM);
		for (char *line = strtok_r(text, "\n", &rest); line != NULL;
		        line = strtok_r(NULL, "\n", &rest))
			put_line(table, line);
		table_end(table);
	}
	free(text);
	return damaged;
}

/* A path as verify prints it is relative to the archive; what is here goes first. */
static const char *file_of(const char *path, const struct common *common, char *room)
{
	if (path[0] == '/' || access(path, F_OK) == 0)
		return path;
	snprintf(room, ARCHIVE_PATH, "%.2000s/%.1500s", common->archive, path);
	return access(room, F_OK) == 0 ? room : path;
}

static int fail(const char *path, const struct common *common, struct problem *why)
{
	int code = common_fail("verify", why);
	if (code == EXIT_NO_FILE && path[0] != '/')
		fprintf(stderr,
		        "it was looked for here and in the archive %s; --archive DIR "
		        "names another\n",
		        common->archive);
	return code;
}

int command_verify(int argc, char **argv)
{
	static const struct argp argp = {
		.args_doc = "[PATH]",
		.doc = "Check an archive folder, or one sealed file in it (also by "
		       "its path in --archive): one line per file, OK or what is "
		       "damaged and where. Needs no network and no daemon.",
	};
	struct common common;
	struct problem why = { 0 };
	char room[ARCHIVE_PATH];
	int first = common_parse(&common, &argp, NULL, argc, argv);
	if (first + 1 < argc) {
		fputs("quantrac verify: one path, please\n", stderr);
		return EXIT_USAGE;
	}
	const char *named = first < argc ? argv[first] : common.archive;
	const char *path = file_of(named, &common, room);
	int damaged = common.format == TABLE_TEXT
	                      ? verify_path(path, stdout, common.quiet, &why)
	                      : verify_table(path, &common, &why);
	if (damaged < 0)
		return fail(named, &common, &why);
	return damaged > 0 ? EXIT_DAMAGED : 0;
}
