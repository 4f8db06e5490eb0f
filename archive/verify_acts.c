/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The acts of an archive, by themselves and against the length of its seal list. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "archive/checkpoint.h"
#include "archive/verify_inside.h"
#include "base/folder.h"

static int act_damaged(void *with, size_t number, const char *text)
{
	struct verify_report *report = with;
	char name[64], line[1100];
	if (report->acts_damaged) { /* it rests on the one told */
		report->follow_acts++;
		return 0;
	}
	report->acts_damaged = true;
	report->damaged++;
	snprintf(name, sizeof name, CHECKPOINTS_DIR "/acts line %zu", number);
	snprintf(line, sizeof line, "DAMAGED: %s", text);
	verify_say(report, 0, name, line);
	return 0;
}

int verify_acts(struct verify_report *report, struct acts *acts, struct problem *why)
{
	char path[ARCHIVE_PATH], line[160], *text;
	size_t n;
	struct acts_visitor visitor = { .bad = act_damaged, .with = report };
	*acts = (struct acts){ 0 };
	report->acts = acts;
	checkpoint_path(report->dir, "acts", path, sizeof path);
	int status = file_read(path, 1u << 26, &text, &n);
	if (status == NOT_FOUND)
		return OK;
	if (status != OK)
		return problem_set(why, status, EXIT_DAMAGED, "%s: cannot be read: %s",
		        path, file_reason(errno));
	int damaged = acts_walk(acts, text, n, &visitor);
	free(text);
	const struct act *signer = acts_signer(acts);
	snprintf(line, sizeof line, "OK, %zu lines, key %s signs", acts->n,
	        signer != NULL ? signer->subject : "(none)");
	if (damaged == 0)
		verify_say(report, 1, CHECKPOINTS_DIR "/acts", line);
	return OK;
}

/* An act was signed over more seals than there are: it tells as a checkpoint does. */
void verify_acts_agree(struct verify_report *report)
{
	struct verify_lines *lines = report->lines;
	uint64_t told = acts_seals(report->acts);
	if (told <= lines->n)
		return;
	if (told > lines->most_signed)
		lines->most_signed = told;
	if (lines->differs > 0 && lines->differs < told)
		return;
	lines->differs = told;
	snprintf(lines->differs_by, sizeof lines->differs_by, "acts");
}
