/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of verify. */
#ifndef ARCHIVE_VERIFY_INSIDE_H
#define ARCHIVE_VERIFY_INSIDE_H

#include <stdbool.h>

#include "archive/acts.h"
#include "archive/archive.h"
#include "archive/proof.h"
#include "archive/seals.h"

enum verdict { VERDICT_OK, VERDICT_REWRITTEN, VERDICT_DAMAGED };

/* The last record of an epoch that a sealed file holds. */
struct sealed_last {
	char station[SOURCE_SIZE + 1];
	uint64_t epoch, seq;
};

#define SEALED_EPOCHS 64 /* of one file that are remembered */

struct finding {
	enum verdict verdict;
	bool other_archive; /* as it was sealed, and archive.yaml says something else */
	char text[1024];    /* what and where, when damaged */
	size_t n_sealed;
	struct sealed_last sealed[SEALED_EPOCHS]; /* of a content that holds */
};

/* A sealed file in memory, and what it should be. */
struct verify_image {
	const uint8_t *bytes;
	size_t n, room; /* room: of the memory it lies in */
	bool same;      /* to the bit what was sealed */
	const struct seal *seal;
	const struct archive_identity *identity;
	bool unlisted; /* no line names it: `seal` has its path alone */
};

/* Check the content of a file against its line of the seal list, here and now; its own
 * bytes are the caller's to compare.  Whatever libhdf5 does to a damaged file happens in
 * this process.  `again` is an empty file in memory (h5_create), to make it again in. */
struct h5;
void verify_file(
        const struct verify_image *image, struct h5 *again, struct finding *finding);

#define FILE_MOST ((uint64_t)1 << 30) /* bytes of a file that is looked at */

/* What was found; the words are kept. */
void finding_damaged(struct finding *finding, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Look at the content of bytes by a stranger in a child.  If they are not those that
 * were sealed and say the same, `again` gets the file that was, if it can be made again. */
struct rewritten;
void verify_image_look(const struct verify_image *image, struct finding *finding,
        struct rewritten *again);

/* The whole check, with the content looked at in a child that can only compute; a
 * crash, a hang and any reach outside is a finding.  Of a file that was rewritten and
 * says the same the text tells which bytes differ, if only some do. */
void verify_file_apart(const char *path, const struct seal *seal,
        const struct archive_identity *identity, struct finding *finding);

/* A line of the seal list as it lies there. */
struct verify_line {
	const char *text; /* n bytes, without the newline */
	size_t n;
	bool is_seal;  /* to the letter; `seal` is what it says */
	bool unlinked; /* does not name the one before */
	bool changed;  /* it is this line that is not as it was sealed */
	uint8_t hash[DIGEST_SIZE];
	struct seal seal;
};

/* All of them, and what the checkpoints say of them. */
struct verify_lines {
	char *text;
	size_t n, torn;           /* bytes behind the last newline */
	struct verify_line *line; /* line[n + 1]: the last is what is torn */
	bool last_mends; /* with the right hash in the last, it is the one that was signed */
	uint64_t agreed;      /* most lines of a checkpoint that are those signed */
	uint64_t differs;     /* fewest that are not; 0: none */
	char differs_by[24];  /* which that is */
	uint64_t most_signed; /* lines of the largest checkpoint */
};

struct verify_report {
	const char *dir;
	struct archive_identity identity;
	FILE *out;
	int quiet;               /* only what is not in order */
	const struct acts *acts; /* those that hold */
	bool acts_damaged;       /* and some do not */
	bool identity_damaged;   /* archive.yaml, told once */
	struct verify_lines *lines;
	struct sealed_last *sealed; /* sealed[n_sealed]: of all files */
	size_t n_sealed, files, sound, rewritten, damaged, missing, pruned, strangers,
	        journals, journals_damaged, checkpoints, cosigned, revoked, receipts,
	        follow_checkpoints, follow_acts, follow_files;
};

/* ---- verify_seals.c ---- */

/* Read the list and mark the lines that were changed, as far as it tells by itself.  OK
 * or a problem. */
int verify_lines_take(struct verify_lines *lines, const char *dir, struct problem *why);
void verify_lines_free(struct verify_lines *lines);
void verify_lines_mark(struct verify_lines *lines);

/* Line i with the right hash of the one before put in; its length. */
size_t verify_line_mended(
        const struct verify_lines *lines, size_t i, char out[SEAL_LINE]);

/* Once all checkpoints were looked at: settle what the last line leaves open, and say
 * the places. */
bool verify_lines_changed(const struct verify_lines *lines);
void verify_lines_say(struct verify_report *report);

/* Is the file one of a line that was changed, by what is left of its words? */
bool verify_lines_speak_of(const struct verify_lines *lines, const char *name);

/* How many checkpoints, acts and files could not be compared with such lines. */
void verify_follows_say(const struct verify_report *report);

/* ---- */

/* One line: "<name>: <text>"; what a terminal would obey in them is escaped. */
void verify_say(const struct verify_report *report, int in_order, const char *name,
        const char *text);

/* The list of acts; those that hold go to `acts` and the report.  OK, or a problem. */
int verify_acts(struct verify_report *report, struct acts *acts, struct problem *why);

/* An act over more seals than there are tells as a checkpoint does. */
void verify_acts_agree(struct verify_report *report);

/* Every checkpoint and receipt against the seal list; or, if not `all`, the newest that
 * holds.  OK, or a problem. */
int verify_checkpoints(
        struct verify_report *report, const char *zone, bool all, struct problem *why);

/* Keys, receipts and strangers in checkpoints/. */
void verify_checkpoints_folder(struct verify_report *report);

/* The last record of the epoch that the collector noted as sealed, or that a sealed file
 * looked at holds; 0: none. */
uint64_t verify_sealed_last(
        const struct verify_report *report, const char *station, uint64_t epoch);

/* Remember what a file holds.  OK, or FAILED: no memory. */
int verify_sealed_keep(struct verify_report *report, const struct finding *finding,
        const char *station);

/* In a file's child: what it holds, by its records. */
void finding_hold(struct finding *finding, const uint8_t *record);

/* Scan every journal of the archive: check sums, gapless seq, torn tails. */
void verify_journals(struct verify_report *report);
void verify_journals_of(struct verify_report *report, const char *source);
void verify_journal(struct verify_report *report, const char *source, uint64_t epoch);

/* ---- verify.c ---- */

/* All of it; places that are not in order, or a problem. */
int verify_archive(struct verify_report *report, struct problem *why);

/* archive.yaml is not what evidence that holds says: told once, by `of`. */
void verify_identity_say(struct verify_report *report, const char *of);

/* One sealed file, against its line. */
void verify_seal(struct verify_report *report, const struct verify_line *line);

/* The last line; places that are not in order. */
int verify_summary(const struct verify_report *report);

#endif
