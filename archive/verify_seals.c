/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seal list against itself and against what was signed of it: which line was
 * changed.  Each line names the hash of the one before, so that a changed line is not the
 * one its successor names; a changed hash is told from that by putting the right one in its
 * place, which makes the line again that its own successor names.  The last line has
 * none: the checkpoints over it tell.
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
	if (status != OK)
		return status;
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

/* Lines i - 1 and i are seals, and the one does not name the other. */
static void link_judge(struct verify_lines *lines, size_t i)
{
	char mended[SEAL_LINE];
	uint8_t hash[DIGEST_SIZE];
	struct verify_line *line = lines->line;
	if (line[i - 1].changed)
		return;
	if (i + 1 == lines->n) {
		lines->doubt = true;
		return;
	}
	digest_of(mended, verify_line_mended(lines, i, mended), hash);
	bool own = line[i + 1].is_seal &&
	           memcmp(hash, line[i + 1].seal.prev, sizeof hash) == 0;
	line[own ? i : i - 1].changed = true;
}

void verify_lines_mark(struct verify_lines *lines)
{
	static const uint8_t none[DIGEST_SIZE];
	struct verify_line *line = lines->line;
	for (size_t i = 0; i < lines->n; i++) {
		const uint8_t *before = i > 0 ? line[i - 1].hash : none;
		if (!line[i].is_seal)
			line[i].changed = true;
		else if (i > 0 && !line[i - 1].is_seal)
			continue; /* it cannot be asked what it was */
		else if (memcmp(line[i].seal.prev, before, DIGEST_SIZE) == 0)
			continue;
		else if (i == 0)
			line[i].changed = true;
		else
			link_judge(lines, i);
	}
}

void verify_lines_settle(struct verify_lines *lines)
{
	if (lines->doubt && (lines->last_mends || lines->agreed + 1 >= lines->n))
		lines->line[lines->n - 1].changed = true;
	else if (lines->doubt && lines->differs > 0)
		lines->line[lines->n - 2].changed = true;
	else if (lines->differs > 0 && lines->differs == lines->n && !lines->doubt &&
	         !verify_lines_changed(lines))
		/* all links hold: of a single line only the last can be another */
		lines->line[lines->n - 1].changed = true;
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

/* A line that was changed; or a run of such as are no seals.  The next to look at. */
static size_t changed_say(struct verify_report *report, size_t i)
{
	char text[300];
	const struct verify_lines *lines = report->lines;
	const struct verify_line *line = &lines->line[i];
	size_t end = i + 1;
	if (!line->is_seal) {
		while (end < lines->n && !lines->line[end].is_seal)
			end++;
		snprintf(text, sizeof text, "is not a seal: \"%.*s\"",
		        (int)(line->n < 60 ? line->n : 60), line->text);
	} else {
		snprintf(text, sizeof text,
		        "the seal of %s, %s (%s), is not the one that %s: it was "
		        "changed, or a line %s it was added or taken away",
		        line->seal.station, line->seal.date, line->seal.kind,
		        end < lines->n ? "the next line names" : "was signed",
		        i == 0 ? "before or behind" : "behind");
	}
	place_say(report, i + 1, end, text);
	return end;
}

/* Lines that were signed and are not there; a last one without its end is one of
 * them. */
static void cut_say(struct verify_report *report)
{
	char text[200];
	const struct verify_lines *lines = report->lines;
	if (lines->most_signed > lines->n && !verify_lines_changed(lines)) {
		snprintf(text, sizeof text,
		        "%s, though checkpoints/%s was signed over %" PRIu64 " lines",
		        lines->torn > 0 && lines->most_signed == lines->n + 1
		                ? "has no end"
		                : "cut off",
		        lines->most_signed_by, lines->most_signed);
		place_say(report, lines->n + 1, lines->most_signed, text);
	} else if (lines->torn > 0) {
		snprintf(text, sizeof text,
		        "last line torn (%zu bytes): a power cut while it was written; "
		        "it counts for nothing",
		        lines->torn);
		verify_say(report, 0, "seals", text);
	}
}

void verify_lines_say(struct verify_report *report)
{
	char text[160];
	struct verify_lines *lines = report->lines;
	size_t damaged = report->damaged;
	verify_lines_settle(lines);
	bool changed = verify_lines_changed(lines);
	for (size_t i = 0; i < lines->n;)
		i = lines->line[i].changed ? changed_say(report, i) : i + 1;
	if (lines->doubt && !changed)
		place_say(report, lines->n - 1, lines->n,
		        "the one does not name the other: one was changed, or a line "
		        "between them added or taken away");
	else if (lines->differs > 0 && !changed)
		place_say(report, lines->agreed + 1, lines->differs,
		        "not those that were signed, though each names the one before: "
		        "they were written anew");
	cut_say(report);
	if (report->damaged > damaged)
		return;
	snprintf(text, sizeof text, "OK, %zu lines, each names the one before",
	        lines->n);
	verify_say(report, 1, "seals", text);
}

/* ---- what follows from it ---- */

/* " <date> <station> <kind> ", which a line has of a file of this name (archive_day_path:
 * <station>_<date>[_lateN].h5, unplaced/<station>_N.h5); "" for any other name. */
static void words_of(const char *name, char out[ARCHIVE_PATH])
{
	char stem[ARCHIVE_PATH];
	const char *slash = strrchr(name, '/'), *date = "-", *kind = "unplaced";
	out[0] = '\0';
	snprintf(stem, sizeof stem, "%.4000s", slash != NULL ? slash + 1 : name);
	char *tail = strrchr(stem, '_');
	if (tail == NULL || strlen(tail) < 4)
		return;
	stem[strlen(stem) - 3] = '\0'; /* ".h5" */
	*tail++ = '\0';
	if (strncmp(name, "unplaced/", 9) != 0) {
		bool late = strncmp(tail, "late", 4) == 0;
		kind = late ? tail : "day";
		char *before = late ? strrchr(stem, '_') : tail - 1;
		if (before == NULL)
			return;
		*before = '\0';
		date = before + 1;
	}
	snprintf(out, ARCHIVE_PATH, " %.16s %.200s %.20s ", date, stem, kind);
}

static bool line_has(const struct verify_line *line, const char *words)
{
	return memmem(line->text, line->n, words, strlen(words)) != NULL;
}

bool verify_lines_speak_of(const struct verify_lines *lines, const char *name)
{
	char path[ARCHIVE_PATH], words[ARCHIVE_PATH];
	snprintf(path, sizeof path, " path %.4000s ", name);
	words_of(name, words);
	/* the end of a torn line counts for nothing, unless it was signed */
	size_t end = lines->n + (lines->torn > 0 && lines->most_signed > lines->n);
	for (size_t i = 0; i < end; i++) {
		const struct verify_line *line = &lines->line[i];
		if ((line->changed || i == lines->n) &&
		        (line_has(line, path) ||
		                (words[0] != '\0' && line_has(line, words))))
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
