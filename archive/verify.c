/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac verify: every sealed file, the seal list, the journals. */
#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/seals.h"
#include "archive/verify_inside.h"
#include "base/utf8.h"

/* ---- lines ---- */

void verify_say(const struct verify_report *report, int in_order, const char *name,
        const char *text)
{
	if (in_order && report->quiet)
		return;
	utf8_put_harmless(name, report->out);
	fputs(": ", report->out);
	utf8_put_harmless(text, report->out);
	fputc('\n', report->out);
}

/* What is not as its line says, while the line is what was changed: that is told
 * already, and is no finding of the file's. */
static bool follows(struct verify_report *report, const struct verify_line *line)
{
	report->follow_files += line->changed;
	return line->changed;
}

static void absent_say(struct verify_report *report, const struct verify_line *line)
{
	char text[300];
	const struct seal *seal = &line->seal;
	const char *order = acts_pruned(report->acts, seal->path);
	if (order != NULL) {
		report->pruned++;
		snprintf(text, sizeof text, "PRUNED (%" PRIu64 " records, by order %s)",
		        seal->records, order);
		verify_say(report, 1, seal->path, text);
		return;
	}
	if (follows(report, line))
		return;
	report->missing++;
	snprintf(text, sizeof text,
	        "MISSING (%" PRIu64 " records were sealed; look for a copy: its "
	        "SHA-256 must be the one in the seal list)",
	        seal->records);
	verify_say(report, 0, seal->path, text);
}

static void finding_say(struct verify_report *report, const struct verify_line *line,
        const struct finding *finding)
{
	char text[1100];
	const char *path = line->seal.path;
	switch (finding->verdict) {
	case VERDICT_OK:
		report->sound++;
		verify_say(report, 1, path, "OK");
		break;
	case VERDICT_REWRITTEN:
		if (follows(report, line))
			break;
		report->rewritten++;
		snprintf(text, sizeof text, "OK content (file rewritten)%s",
		        finding->text);
		verify_say(report, 1, path, text);
		break;
	case VERDICT_DAMAGED:
		if (follows(report, line))
			break;
		report->damaged++;
		snprintf(text, sizeof text, "DAMAGED: %s", finding->text);
		verify_say(report, 0, path, text);
	}
}

void verify_identity_say(struct verify_report *report, const char *of)
{
	char text[ARCHIVE_PATH];
	if (report->identity_damaged)
		return;
	report->identity_damaged = true;
	report->damaged++;
	snprintf(text, sizeof text,
	        "DAMAGED: zone, name or offset is not that of %.500s, which holds", of);
	verify_say(report, 0, "archive.yaml", text);
}

void verify_seal(struct verify_report *report, const struct verify_line *line)
{
	char path[ARCHIVE_PATH];
	struct finding finding;
	struct stat st;
	report->files++;
	snprintf(path, sizeof path, "%s/%s", report->dir, line->seal.path);
	if (stat(path, &st) != 0 && errno == ENOENT) {
		absent_say(report, line);
		return;
	}
	fflush(report->out);
	verify_file_apart(path, &line->seal, &report->identity, &finding);
	finding_say(report, line, &finding);
	if (finding.verdict != VERDICT_DAMAGED &&
	        verify_sealed_keep(report, &finding, line->seal.station) != OK) {
		report->damaged++;
		verify_say(report, 0, line->seal.path,
		        "DAMAGED: its journal could not be held against it: out of "
		        "memory");
	}
	if (finding.other_archive)
		verify_identity_say(report, line->seal.path);
}

/* ---- files nobody sealed ---- */

/* Paths of the seal list, sorted. */
struct names {
	size_t n;
	const char **name;
};

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int names_make(struct names *names, const struct verify_lines *lines)
{
	*names = (struct names){ .name = calloc(lines->n + 1, sizeof *names->name) };
	if (names->name == NULL)
		return FAILED;
	for (size_t i = 0; i < lines->n; i++)
		if (lines->line[i].is_seal)
			names->name[names->n++] = lines->line[i].seal.path;
	qsort(names->name, names->n, sizeof *names->name, by_text);
	return OK;
}

static void stranger_check(
        struct verify_report *report, const struct names *sealed, const char *path)
{
	const char *name = path + strlen(report->dir);
	size_t n = strlen(path);
	name += strspn(name, "/");
	if (n < 3 || strcmp(path + n - 3, ".h5") != 0 ||
	        bsearch(&name, sealed->name, sealed->n, sizeof *sealed->name,
	                by_text) != NULL)
		return;
	if (verify_lines_speak_of(report->lines, name)) {
		report->follow_files++;
		return;
	}
	report->strangers++;
	fflush(report->out);
	bool whole = verify_whole(path, name, &report->identity);
	verify_say(report, 0, name,
	        whole ? "NOT SEALED: no line of the seal list names it, and it is a "
	                "whole sealed file: the list may be an older one, or power "
	                "failed before its line was written"
	              : "NOT SEALED: no line of the seal list names it (left by a "
	                "power cut, or put there by somebody)");
}

static int by_name(const FTSENT **left, const FTSENT **right)
{
	return strcmp((*left)->fts_name, (*right)->fts_name);
}

/* Folders of the archive where files lie that are sealed nowhere by design. */
static bool unsealed_folder(const FTSENT *at)
{
	static const char *const names[] = { ".tmp", "live", "quarantine", "derived" };
	for (size_t i = 0; at->fts_level == 1 && i < sizeof names / sizeof names[0];
	        i++)
		if (strcmp(at->fts_name, names[i]) == 0)
			return true;
	return false;
}

/* What is sealed may lie behind it, on another disk: that is checked by its name. */
static void link_say(struct verify_report *report, const char *path)
{
	struct stat to;
	const char *name = path + strlen(report->dir);
	if (stat(path, &to) == 0 && S_ISDIR(to.st_mode))
		verify_say(report, 0, name + strspn(name, "/"),
		        "a link to a folder: what the seal list names there is "
		        "checked, files nobody sealed are not searched there");
}

static void stranger_look(
        struct verify_report *report, const struct names *sealed, const FTSENT *at)
{
	char text[160];
	switch (at->fts_info) {
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		report->damaged++;
		snprintf(text, sizeof text,
		        "DAMAGED: cannot be searched for files nobody sealed: %s",
		        strerror(at->fts_errno));
		verify_say(report, 0, at->fts_path, text);
		break;
	case FTS_DP: /* seen on the way in */
		break;
	case FTS_SL:
		link_say(report, at->fts_path);
		stranger_check(report, sealed, at->fts_path);
		break;
	default: /* a file, anything else of that name */
		if (at->fts_level > 0)
			stranger_check(report, sealed, at->fts_path);
	}
}

/* All of the archive: whoever reads it by the names of its files takes in a copy or a
 * link wherever it lies.  OK, or a problem: it was not searched. */
static int strangers_find(struct verify_report *report, struct problem *why)
{
	struct names sealed = { .n = 0 };
	char dir[ARCHIVE_PATH];
	snprintf(dir, sizeof dir, "%s", report->dir);
	char *const folders[] = { dir, NULL };
	FTS *walk =
	        fts_open(folders, FTS_PHYSICAL | FTS_NOCHDIR | FTS_COMFOLLOW, by_name);
	FTSENT *at = NULL;
	if (walk == NULL || names_make(&sealed, report->lines) != OK) {
		errno = ENOMEM;
		goto close_walk;
	}
	while ((at = fts_read(walk)) != NULL) { /* errno is 0 at the end */
		if (at->fts_info != FTS_DP && unsealed_folder(at))
			fts_set(walk, at, FTS_SKIP);
		else
			stranger_look(report, &sealed, at);
	}
close_walk:;
	int error = errno;
	if (walk != NULL)
		fts_close(walk);
	free(sealed.name);
	return error == 0
	               ? OK
	               : problem_set(why, FAILED, EXIT_TRY_AGAIN,
	                         "%s: cannot be searched for files nobody sealed: %s",
	                         report->dir, strerror(error));
}

/* ---- the whole ---- */

int verify_summary(const struct verify_report *report)
{
	size_t bad = report->damaged + report->missing + report->strangers;
	fprintf(report->out,
	        "%zu sealed files: %zu OK, %zu OK content, %zu missing, %zu pruned; "
	        "%zu damaged places; %zu not sealed; %zu journals, %zu damaged; "
	        "%zu checkpoints, %zu co-signed, %zu revoked, %zu time stamps: %s\n",
	        report->files, report->sound, report->rewritten, report->missing,
	        report->pruned, report->damaged, report->strangers, report->journals,
	        report->journals_damaged, report->checkpoints, report->cosigned,
	        report->revoked, report->receipts, bad == 0 ? "OK" : "DAMAGED");
	return bad > INT_MAX ? INT_MAX : (int)bad;
}

int verify_archive(struct verify_report *report, struct problem *why)
{
	struct acts acts = { 0 };
	int status = archive_identify(report->dir, &report->identity, why);
	if (status == OK)
		status = verify_lines_take(report->lines, report->dir, why);
	if (status == OK)
		status = verify_acts(report, &acts, why);
	if (status == OK)
		status = verify_checkpoints(report, report->identity.zone, true, why);
	if (status == OK) {
		verify_lines_say(report);
		const struct verify_lines *lines = report->lines;
		for (size_t i = 0; i < lines->n; i++)
			if (lines->line[i].is_seal)
				verify_seal(report, &lines->line[i]);
		status = strangers_find(report, why);
	}
	if (status == OK) {
		verify_follows_say(report);
		verify_journals(report);
		status = verify_summary(report);
	}
	acts_free(&acts);
	return status;
}
