/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac verify PATH: an archive, or what of one it is. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/seals.h"
#include "archive/verify_inside.h"

/* The archive folder a file lies in: the nearest one above it that is one. */
static int archive_above(const char *file, char dir[PATH_MAX],
        struct archive_identity *identity, struct problem *why)
{
	if (realpath(file, dir) == NULL)
		return problem_set(
		        why, NOT_FOUND, EXIT_NO_FILE, "%s: %s", file, strerror(errno));
	for (char *slash = strrchr(dir, '/'); slash != NULL && slash != dir;
	        slash = strrchr(dir, '/')) {
		*slash = '\0';
		if (archive_identify(dir, identity, NULL) == OK)
			return OK;
	}
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        "%s: lies in no archive; its seal is in the list of the archive it "
	        "came from",
	        file);
}

/* ---- one sealed file ---- */

static int one_verify(
        struct verify_report *report, const char *name, struct problem *why)
{
	struct acts acts = { 0 };
	int status = verify_lines_take(report->lines, report->dir, why);
	if (status == OK)
		status = verify_acts(report, &acts, why);
	if (status == OK)
		status = verify_checkpoints(report, report->identity.zone, false, why);
	if (status == OK)
		verify_lines_say(report);
	const struct verify_lines *lines = report->lines;
	const struct verify_line *found = NULL;
	for (size_t i = 0; i < lines->n; i++) {
		if (lines->line[i].is_seal &&
		        strcmp(lines->line[i].seal.path, name) == 0)
			found = &lines->line[i];
	}
	if (status == OK && found == NULL) {
		report->strangers++;
		verify_say(report, 0, name,
		        "NOT SEALED: no line of the seal list names it");
	} else if (status == OK) {
		verify_seal(report, found);
		verify_follows_say(report);
	}
	acts_free(&acts);
	return status == OK ? verify_summary(report) : status;
}

/* ---- what is no sealed file ---- */

static bool is_below(const char *name, const char *folder)
{
	size_t n = strlen(folder);
	return strncmp(name, folder, n) == 0 && (name[n] == '\0' || name[n] == '/');
}

/* The seal list, the acts and the checkpoints hold one another: all or none. */
static int lists_verify(struct verify_report *report, struct problem *why)
{
	struct acts acts = { 0 };
	int status = verify_lines_take(report->lines, report->dir, why);
	if (status == OK)
		status = verify_acts(report, &acts, why);
	if (status == OK)
		status = verify_checkpoints(report, report->identity.zone, true, why);
	if (status == OK) {
		verify_lines_say(report);
		verify_follows_say(report);
	}
	acts_free(&acts);
	return status == OK ? verify_summary(report) : status;
}

/* One of them, those of a station, or all. */
static int journals_verify(struct verify_report *report, const char *name)
{
	char source[SOURCE_SIZE + 1], epoch[17];
	int n = sscanf(name, "journal/%16[^/]/%16[0-9a-f]", source, epoch);
	if (n == 2)
		verify_journal(report, source, strtoull(epoch, NULL, 16));
	else if (n == 1)
		verify_journals_of(report, source);
	else
		verify_journals(report);
	return verify_summary(report);
}

static bool is_sealed_form(const char *name)
{
	size_t n = strlen(name);
	return n > 3 && strcmp(name + n - 3, ".h5") == 0;
}

static int part_verify(
        struct verify_report *report, const char *name, struct problem *why)
{
	if (strcmp(name, "seals") == 0 || is_below(name, CHECKPOINTS_DIR))
		return lists_verify(report, why);
	if (is_below(name, "journal"))
		return journals_verify(report, name);
	if (is_sealed_form(name))
		return one_verify(report, name, why);
	return problem_set(why, REFUSED, EXIT_USAGE,
	        "%s: is neither a sealed file nor a journal, the seal list or a "
	        "checkpoint, and nothing tells how it should be; quantrac verify %s "
	        "looks at the whole archive",
	        name, report->dir);
}

/* ---- */

/* A folder that is no archive and lies in one. */
static bool is_part(const char *path)
{
	char dir[PATH_MAX];
	struct archive_identity identity;
	return archive_identify(path, &identity, NULL) != OK &&
	       archive_above(path, dir, &identity, NULL) == OK;
}

/* A folder, or a file in one: `dir` then is where the folder's name goes. */
static int path_verify(struct verify_report *report, const char *path,
        char dir[PATH_MAX], struct problem *why)
{
	struct stat st;
	char whole[PATH_MAX];
	if (stat(path, &st) != 0)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: %s; name an archive's folder or a file in one", path,
		        strerror(errno));
	if (S_ISDIR(st.st_mode) && !is_part(path))
		return verify_archive(report, why);
	int status = archive_above(path, dir, &report->identity, why);
	if (status != OK)
		return status;
	if (realpath(path, whole) == NULL)
		return problem_set(
		        why, NOT_FOUND, EXIT_NO_FILE, "%s: %s", path, strerror(errno));
	report->dir = dir;
	return part_verify(report, whole + strlen(dir) + 1, why);
}

int verify_path(const char *path, FILE *out, int quiet, struct problem *why)
{
	char dir[PATH_MAX];
	struct verify_lines lines = { .n = 0 };
	struct verify_report report = {
		.dir = path, .out = out, .quiet = quiet, .lines = &lines
	};
	int status = path_verify(&report, path, dir, why);
	verify_lines_free(&lines);
	free(report.sealed);
	return status;
}
