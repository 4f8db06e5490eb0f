/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What makes a change visible.  RFC 6962 tree over a file's records in (source, epoch,
 * seq) order:
 * leaf = SHA-256(00 || record), node = SHA-256(01 || left || right), odd node promoted.
 *
 * The seal list has one line per sealed file, each naming the SHA-256 of the line
 * before:
 *   v1 <date> <station> <day|lateN|unplaced> records <n> readings <n> gaps <n> root <64 hex>
 *      file <64 hex> path <path from the archive folder> at <ISO time> prev <64 hex>     (one line)
 * Words are apart by one blank, the time is UTC as time_print() writes it, the line
 * ends with one newline and its hash is taken without it.  The first line names 64
 * zeros.  date is yyyy-mm-dd, or "-" for an unplaced file.
 */
#ifndef ARCHIVE_PROOF_H
#define ARCHIVE_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/digest.h"
#include "base/status.h"

/* A tree fed leaf by leaf; memory log2(n) nodes. */
struct proof_tree {
	struct digest *digest;
	uint64_t n;
	uint8_t node[64][DIGEST_SIZE];
};
/* Of one record: SHA-256(00 || record). */
void proof_leaf(
        struct digest *digest, const void *record, size_t n, uint8_t out[DIGEST_SIZE]);

int proof_tree_start(struct proof_tree *tree); /* OK, or FAILED: no memory */
void proof_tree_add(struct proof_tree *tree, const void *record, size_t n);
void proof_tree_root(struct proof_tree *tree, uint8_t out[DIGEST_SIZE]); /* ends it */
/* As proof_tree_root, but the tree is empty again and ready for the next. */
void proof_tree_take(struct proof_tree *tree, uint8_t out[DIGEST_SIZE]);
/* Add a whole subtree by its node: all but the last must be of the same size, a power
 * of two. */
void proof_tree_add_node(struct proof_tree *tree, const uint8_t node[DIGEST_SIZE]);

struct seal {
	char date[11], station[17], kind[16];
	uint64_t records, readings, gaps;
	uint8_t root[DIGEST_SIZE], file[DIGEST_SIZE], prev[DIGEST_SIZE];
	char path[512];
	int64_t sealed_us;
};

struct seal_list {
	size_t n;
	struct seal *seal;
	uint8_t last
	        [DIGEST_SIZE]; /* SHA-256 of the last line; zeros for an empty list */
	uint64_t bytes;        /* of whole lines */
	size_t torn;           /* bytes behind them: a line that was never finished */
};

/* Read <dir>/seals; a missing file is an empty list.  A last line without a newline was
 * being written when the power failed: it is not counted, `torn` tells its length.  OK,
 * or MALFORMED (line number and what; the lines before it are in the list). */
int seal_list_read(struct seal_list *list, const char *dir, struct problem *why);
void seal_list_free(struct seal_list *list);
/* Append one line (cutting off a torn one), fdatasync; sets seal->prev and adds it to
 * the list.  OK, or FAILED (also when the file has grown since it was read: there is
 * one writer). */
int seal_list_append(struct seal_list *list, const char *dir, struct seal *seal);

/*
 * quantrac verify: one line per file to `out`: "<path>: OK", "OK content (file
 * rewritten)", "PRUNED", or what is damaged and where; then one summary line.  `path`
 * is an archive folder or one sealed file inside one.  Damaged files found, or a
 * problem.  A file is opened in a child process, so that what a damaged one does to
 * libhdf5 is found and not suffered.
 */
int verify_path(const char *path, FILE *out, int quiet, struct problem *why);

struct archive_identity;

/* Is the file at `path` one that was sealed under `name` (from the archive's folder) in
 * this archive, as it tells by itself: records, /tree over them, names and units?  It is
 * looked at in a child that can only compute. */
bool verify_whole(
        const char *path, const char *name, const struct archive_identity *identity);

#endif
