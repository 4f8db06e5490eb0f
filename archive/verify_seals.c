/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seal list against itself and against what was signed of it: which line was
 * changed (quantrac-proof, "Which line was changed").  Each line names the hash of the one
 * before, so that a changed line is not the one its successor names; if that one's own
 * successor does not name it either, it is itself the one.  The last line has none: the
 * checkpoints over it tell.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "archive/checkpoint.h"
#include "archive/verify_inside.h"

#define HASH_DIGITS (DIGEST_HEX - 1)

/* ---- the lines ---- */

static void line_set(struct verify_line *line, const char *text, size_t n)
{
	char copy[SEAL_LINE];
	*line = (struct verify_line){ .text = text, .n = n };
	digest_of(text, n, line->hash);
	if (n >= sizeof copy || memchr(text, '\0', n) != NULL)
		return;
	memcpy(copy, text, n);
	copy[n] = '\0';
	line->is_seal = seal_parse(&line->seal, copy) == OK;
}

int verify_lines_take(struct verify_lines *lines, const char *dir, struct problem *why)
{
	size_t n, i = 0;
	*lines = (struct verify_lines){ .n = 0 };
	int status = seal_list_text(dir, &lines->text, &n, why);
	if (status != OK) {
		why->exit = EXIT_DAMAGED; /* the archive is there */
		return status;
	}
	for (size_t at = 0; at < n; at++)
		lines->n += lines->text[at] == '\n';
	lines->line = calloc(lines->n + 1, sizeof *lines->line);
	if (lines->line == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "out of memory");
	const char *at = n > 0 ? lines->text : "";
	for (; i < lines->n; i++) {
		const char *end = memchr(at, '\n', n - (size_t)(at - lines->text));
		line_set(&lines->line[i], at, (size_t)(end - at));
		at = end + 1;
	}
	lines->torn = n > 0 ? n - (size_t)(at - lines->text) : 0;
	line_set(&lines->line[i], at, lines->torn);
	verify_lines_mark(lines);
	return OK;
}

void verify_lines_free(struct verify_lines *lines)
{
	free(lines->text);
	free(lines->line);
	*lines = (struct verify_lines){ .n = 0 };
}

/* ---- which of them was changed ---- */

size_t verify_line_mended(
        const struct verify_lines *lines, size_t i, char out[SEAL_LINE])
{
	char hash[DIGEST_HEX];
	const struct verify_line *line = &lines->line[i];
	digest_print(lines->line[i - 1].hash, hash);
	memcpy(out, line->text, line->n - HASH_DIGITS);
	memcpy(out + line->n - HASH_DIGITS, hash, HASH_DIGITS);
	return line->n;
}

/* Line i does not name the one before, and that one names its own. */
static void link_judge(struct verify_lines *lines, size_t i)
{
	bool itself = i + 1 < lines->n && lines->line[i + 1].unlinked;
	lines->line[itself || i == 0 ? i : i - 1].changed = true;
}

void verify_lines_mark(struct verify_lines *lines)
{
	static const uint8_t none[DIGEST_SIZE];
	struct verify_line *line = lines->line;
	for (size_t i = 0; i < lines->n; i++) {
		const uint8_t *before = i > 0 ? line[i - 1].hash : none;
		line[i].changed = !line[i].is_seal;
		/* one that is no seal cannot be asked what it was */
		line[i].unlinked = line[i].is_seal && (i == 0 || line[i - 1].is_seal) &&
		                   memcmp(line[i].seal.prev, before, DIGEST_SIZE) != 0;
	}
	for (size_t i = 0; i < lines->n; i++)
		if (line[i].unlinked && (i == 0 || !line[i - 1].unlinked))
			link_judge(lines, i);
}

/* The last line, which nothing names; then a list whose links all hold. */
static void settle(struct verify_lines *lines)
{
	size_t n = lines->n;
	struct verify_line *last = lines->line + n - 1;
	if (n > 1 && last->unlinked && last[-1].changed &&
	        (lines->agreed + 1 == n || lines->last_mends)) {
		last->changed = true;
		last[-1].changed = false;
	}
	if (n > 0 && lines->differs == n && !verify_lines_changed(lines))
		last->changed = true;
}

bool verify_lines_changed(const struct verify_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		if (lines->line[i].changed)
			return true;
	return false;
}

/* ---- what is said of them ---- */

static void place_say(
        struct verify_report *report, size_t first, size_t last, const char *text)
{
	char name[64], said[400];
	report->damaged++;
	if (first == last)
		snprintf(name, sizeof name, "seals line %zu", first);
	else
		snprintf(name, sizeof name, "seals lines %zu to %zu", first, last);
	snprintf(said, sizeof said, "DAMAGED: %s", text);
	verify_say(report, 0, name, said);
}

static void changed_say(struct verify_report *report, size_t i)
{
	char text[300];
	const struct verify_lines *lines = report->lines;
	const struct verify_line *line = &lines->line[i];
	if (!line->is_seal)
		snprintf(text, sizeof text, "is not a seal: \"%.*s\"",
		        (int)(line->n < 60 ? line->n : 60), line->text);
	else
		snprintf(text, sizeof text,
		        "the seal of %s, %s (%s), is not the one that %s: it was "
		        "changed, or a line %s it was added or taken away",
		        line->seal.station, line->seal.date, line->seal.kind,
		        i + 1 < lines->n ? "the next line names" : "was signed",
		        i == 0 ? "before or behind" : "behind");
	place_say(report, i + 1, i + 1, text);
}

/* Every link holds, and it is not the list that was signed. */
static void signed_say(struct verify_report *report)
{
	char text[240];
	const struct verify_lines *lines = report->lines;
	bool cut = lines->differs > lines->n;
	const char *what =
	        !cut ? "not those that were signed, though each names the one before: "
	               "they were written anew"
	        : lines->torn > 0 && lines->differs == lines->n + 1 ? "has no end"
	                                                            : "cut off";
	snprintf(text, sizeof text,
	        "%s; checkpoints/%s was signed over %" PRIu64 " lines", what,
	        lines->differs_by, lines->differs);
	place_say(report, (cut ? lines->n : lines->agreed) + 1, lines->differs, text);
}

static void torn_say(struct verify_report *report)
{
	char text[200];
	snprintf(text, sizeof text,
	        "last line torn (%zu bytes): it is being written, or the power "
	        "failed then; it counts for nothing",
	        report->lines->torn);
	verify_say(report, 0, "seals", text);
}

void verify_lines_say(struct verify_report *report)
{
	char text[160];
	struct verify_lines *lines = report->lines;
	settle(lines);
	bool changed = verify_lines_changed(lines);
	for (size_t i = 0; i < lines->n; i++)
		if (lines->line[i].changed)
			changed_say(report, i);
	if (lines->torn > 0 && lines->most_signed <= lines->n)
		torn_say(report);
	if (!changed && lines->differs > 0) {
		signed_say(report);
	} else if (!changed) {
		snprintf(text, sizeof text, "OK, %zu lines, each names the one before",
		        lines->n);
		verify_say(report, 1, "seals", text);
	}
}

/* ---- what follows from it ---- */

/* Does every part of the file's name, between "_", stand in the line? */
static bool line_has(const struct verify_line *line, const char *name)
{
	const char *slash = strrchr(name, '/'), *end = name + strlen(name) - 3;
	for (const char *at = slash != NULL ? slash + 1 : name; at < end;) {
		size_t n = strcspn(at, "_");
		n = at + n > end ? (size_t)(end - at) : n;
		if (memmem(line->text, line->n, at, n) == NULL)
			return false;
		at += n + 1;
	}
	return true;
}

bool verify_lines_speak_of(const struct verify_lines *lines, const char *name)
{
	/* the end of a torn line counts for nothing, unless it was signed */
	size_t end = lines->n + (lines->torn > 0 && lines->most_signed > lines->n);
	for (size_t i = 0; i < end; i++) {
		const struct verify_line *line = &lines->line[i];
		if ((line->changed || i == lines->n) && line_has(line, name))
			return true;
	}
	return false;
}

void verify_follows_say(const struct verify_report *report)
{
	char text[200];
	if (report->follow_checkpoints + report->follow_acts + report->follow_files ==
	        0)
		return;
	snprintf(text, sizeof text,
	        "%zu checkpoints, %zu acts and %zu files rest on the lines that were "
	        "changed and cannot be checked by them; that is no damage of theirs",
	        report->follow_checkpoints, report->follow_acts, report->follow_files);
	verify_say(report, 0, "what follows", text);
}
