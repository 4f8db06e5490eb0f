/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What makes a change visible.  RFC 6962 tree over a file's records in (source, epoch, seq) order:
 * leaf = SHA-256(00 || record), node = SHA-256(01 || left || right), odd node promoted.
 *
 * The seal list has one line per sealed file, each naming the SHA-256 of the line before:
 *   v1 <date> <station> <day|lateN|unplaced> records <n> readings <n> gaps <n> root <64 hex>
 *      file <64 hex> path <path from the archive folder> at <ISO time> prev <64 hex>     (one line)
 */
#ifndef ARCHIVE_PROOF_H
#define ARCHIVE_PROOF_H

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
void proof_tree_start(struct proof_tree *tree);
void proof_tree_add(struct proof_tree *tree, const void *record, size_t n);
void proof_tree_root(struct proof_tree *tree, uint8_t out[DIGEST_SIZE]); /* ends it */

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
	uint8_t last[DIGEST_SIZE]; /* SHA-256 of the last line; zeros for an empty list */
};

/* Read <dir>/seals; a missing file is an empty list.  OK, or MALFORMED (line number and what). */
int seal_list_read(struct seal_list *list, const char *dir, struct problem *why);
void seal_list_free(struct seal_list *list);
/* Append one line, fdatasync; sets seal->prev.  OK or FAILED. */
int seal_list_append(struct seal_list *list, const char *dir, struct seal *seal);

/*
 * quantrac verify: one line per file to `out`: "<path>: OK", "OK content (file rewritten)",
 * "PRUNED", or what is damaged and where; then one summary line.  `path` is an archive folder or
 * one sealed file inside one.  Damaged files found, or a problem.
 */
int verify_path(const char *path, FILE *out, int quiet, struct problem *why);

#endif
