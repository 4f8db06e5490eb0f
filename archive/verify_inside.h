/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of verify. */
#ifndef ARCHIVE_VERIFY_INSIDE_H
#define ARCHIVE_VERIFY_INSIDE_H

#include "archive/acts.h"
#include "archive/archive.h"
#include "archive/proof.h"

enum verdict { VERDICT_OK, VERDICT_REWRITTEN, VERDICT_DAMAGED };

struct finding {
	enum verdict verdict;
	char text[1024]; /* what and where, when damaged */
};

/* Check one sealed file against its line of the seal list, here and now.  Whatever
 * libhdf5 does to a damaged file happens in this process. */
void verify_file(const char *path, const struct seal *seal,
        const struct archive_identity *identity, struct finding *finding);

/* The same in a child process with a time limit; a crash or hang is a finding. */
void verify_file_apart(const char *path, const struct seal *seal,
        const struct archive_identity *identity, struct finding *finding);

struct verify_report {
	const char *dir;
	FILE *out;
	int quiet;               /* only what is not in order */
	const struct acts *acts; /* those that hold */
	size_t files, sound, rewritten, damaged, missing, pruned, strangers, journals,
	        journal_damaged, checkpoints, checkpoints_damaged, cosigned, receipts;
};

/* One line: "<name>: <text>". */
void verify_say(const struct verify_report *report, int in_order, const char *name,
        const char *text);

/* The list of acts; those that hold go to `acts` and the report.  OK, or a problem. */
int verify_acts(struct verify_report *report, struct acts *acts, struct problem *why);

/* Every checkpoint and receipt against the seal list.  OK, or a problem. */
int verify_checkpoints(
        struct verify_report *report, const char *zone, struct problem *why);

/* Scan every journal of the archive: check sums, gapless seq, torn tails. */
void verify_journals(struct verify_report *report);

#endif
