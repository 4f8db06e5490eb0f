/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Receipts: what others say about a checkpoint.  checkpoints/<size>.tsq is the question
 * for a time stamp authority, <size>.tsr its answer; a witness's co-signature is a line
 * of the checkpoint itself.
 */
#ifndef ARCHIVE_RECEIPTS_H
#define ARCHIVE_RECEIPTS_H

#include "archive/checkpoint.h"

#define RECEIPT_MOST (1u << 16)

/* Write the question over the newest checkpoint of a day; its path goes to `path`.  OK
 * or a problem. */
int receipt_request(const char *dir, char *path, size_t room, struct problem *why);

/* Keep an answer, or a note co-signed by a known witness, after finding the checkpoint
 * it is of.  What it is goes to `said`.  OK, NOT_FOUND: of no checkpoint of this archive; or
 * a problem. */
int receipt_store(const char *dir, const char *file, char *said, size_t room,
        struct problem *why);

/* The checkpoint whose hash begins with these digits: its name.  OK, NOT_FOUND. */
int receipt_find(const char *dir, const char *digits, char name[CHECKPOINT_NAME],
        struct checkpoint *out, struct problem *why);

/* Is this answer one over the checkpoint?  OK with what it says, or a problem. */
int receipt_check(const char *path, const struct checkpoint *checkpoint, char *said,
        size_t room, struct problem *why);

#endif
