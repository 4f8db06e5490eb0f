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

/* A sealed file in memory, and what it should be. */
struct verify_image {
	const uint8_t *bytes;
	size_t n, room; /* room: of the memory it lies in */
	const struct seal *seal;
	const struct archive_identity *identity;
};

/* Check the content of a file against its line of the seal list, here and now; its own
 * bytes are the caller's to compare.  Whatever libhdf5 does to a damaged file happens in
 * this process.  `again` is an empty file in memory (h5_create), to make it again in. */
struct h5;
void verify_file(
        const struct verify_image *image, struct h5 *again, struct finding *finding);

/* The whole check, with the content looked at in a child that can only compute; a
 * crash, a hang and any reach outside is a finding. */
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

/* One line: "<name>: <text>"; what a terminal would obey in them is escaped. */
void verify_say(const struct verify_report *report, int in_order, const char *name,
        const char *text);

/* The list of acts; those that hold go to `acts` and the report.  OK, or a problem. */
int verify_acts(struct verify_report *report, struct acts *acts, struct problem *why);

/* Every checkpoint and receipt against the seal list.  OK, or a problem. */
int verify_checkpoints(
        struct verify_report *report, const char *zone, struct problem *why);

/* The last record of the epoch that the collector noted as sealed; 0: none noted. */
uint64_t verify_noted_last(const char *dir, const char *station, uint64_t epoch);

/* Scan every journal of the archive: check sums, gapless seq, torn tails. */
void verify_journals(struct verify_report *report);

#endif
