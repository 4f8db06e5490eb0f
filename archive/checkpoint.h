/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checkpoints: the second tree, RFC 6962 over the lines of the seal list, and what is
 * signed of it (C2SP tlog-checkpoint in a signed note).
 *
 *   quantrac/<zone>                      origin
 *   41                                   lines of the seal list
 *   <base64>                             root over them
 *   at 2026-11-16T17:40:00+00:00
 *   prev <64 hex>                        SHA-256 of the signed text of the checkpoint before; 64 zeros
 *   acts 2 <64 hex>                      lines of checkpoints/acts, SHA-256 of the last; 64 zeros
 *                                        (an empty line)
 *   — <key> <base64>                     4 bytes of key id, 64 of signature over the lines above the empty one
 *   — <witness> <base64>                 co-signature/v1: 4 bytes, 8 of time, 64
 *
 * <archive>/checkpoints/<size, 12 digits> is that of a day; `open` that of the seals
 * since, made anew each time.
 */
#ifndef ARCHIVE_CHECKPOINT_H
#define ARCHIVE_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/acts.h"
#include "archive/proof.h"

#define CHECKPOINT_TEXT       4096
#define CHECKPOINT_SIGNATURES 12
#define CHECKPOINT_NAME       24
#define CHECKPOINT_DIGITS     17 /* 16 digits and a NUL */
#define CHECKPOINT_OPEN       "open"
#define CHECKPOINTS_GONE                                                               \
	"the acts name the key that signs (%s), and there is no checkpoint: all of "   \
	"them were taken away"
#define CHECKPOINT_FIRST ".first" /* the first, until the acts name its key */

struct note_signature {
	char name[KEY_NAME];
	bool cosigned; /* by a witness, at time_s */
	uint64_t time_s;
	uint8_t key_id[4], signature[SIGN_SIZE];
};

struct checkpoint {
	char origin[80];
	uint64_t size;
	uint8_t root[DIGEST_SIZE];
	int64_t at_us;
	uint8_t prev[DIGEST_SIZE];
	uint64_t acts;
	uint8_t acts_last[DIGEST_SIZE];
	size_t n_signatures; /* the first is the archive's own */
	struct note_signature signature[CHECKPOINT_SIGNATURES];
};

/* The lines that are signed; their length, or FULL. */
int checkpoint_text(const struct checkpoint *checkpoint, char *out, size_t room);

/* The whole note. */
int checkpoint_print(const struct checkpoint *checkpoint, char *out, size_t room);

/* OK, or MALFORMED: not to the letter what checkpoint_print writes. */
int checkpoint_parse(struct checkpoint *checkpoint, const char *text, size_t n);
int checkpoint_read(
        struct checkpoint *checkpoint, const char *path, struct problem *why);

/* SHA-256 of the signed text: what the next one names. */
void checkpoint_hash(const struct checkpoint *checkpoint, uint8_t out[DIGEST_SIZE]);

/* SHA-256 of text, empty line and first signature: what a time stamp is asked for, and
 * whose first 16 digits stand on a report.  By hand: head -n 8 FILE | sha256sum */
void checkpoint_stamp(const struct checkpoint *checkpoint, uint8_t out[DIGEST_SIZE]);

/* The archive's own signature, made and checked; a witness's. */
int checkpoint_sign(
        struct checkpoint *checkpoint, const char *name, const struct sign_key *key);
int checkpoint_cosign(const struct checkpoint *checkpoint, struct note_signature *out,
        uint64_t time_s, const struct sign_key *key);
int checkpoint_check(const struct checkpoint *checkpoint,
        const struct note_signature *signature, const uint8_t public_key[SIGN_PUBLIC]);

/* Are its signatures those of keys in force?  OK, with the co-signatures that count and
 * those of witnesses revoked for so many seals; REFUSED: the archive's own key is revoked
 * for so many, and it does not count; MALFORMED: it is not as it was signed.  And why. */
struct checkpoint_held {
	size_t witnesses, revoked;
};
int checkpoint_hold(const struct checkpoint *checkpoint, const struct acts *acts,
        struct checkpoint_held *held, struct problem *why);

/* Names of the checkpoints of days, ascending; caller frees.  Their number, 0 if there
 * are none. */
size_t checkpoint_names(const char *dir, char (**names)[CHECKPOINT_NAME]);
void checkpoint_path(const char *dir, const char *name, char *out, size_t room);

/* Is there any checkpoint, sound or not?  STARTED: only the first one, under the name it
 * has until the acts name its key. */
enum checkpoint_trace { CHECKPOINT_NONE, CHECKPOINT_STARTED, CHECKPOINT_THERE };
enum checkpoint_trace checkpoint_trace(const char *dir);

/* Give the first checkpoint its name, once the acts name its key: the last step of the
 * first signing, or of the start after a power cut before it.  OK (also when there is
 * nothing to do), or a problem. */
int checkpoint_finish(const char *dir, const struct acts *acts, struct problem *why);

/* Read it; its name must be that of its size and its signatures those of keys in force
 * (`acts` NULL: whoever signed it).  OK, or a problem that names the file. */
int checkpoint_sound(struct checkpoint *checkpoint, const char *path,
        const struct acts *acts, struct problem *why);

/* Is its root that of the seal list as it is?  `name` is what to call it.  OK, or a problem. */
int checkpoint_agrees(const struct checkpoint *checkpoint, const char *dir,
        const char *name, struct problem *why);

/*
 * The newest checkpoint of a day (`open` is none: it does not stay) whose signatures
 * hold and whose root is that of the seal list; size 0: there is none.  OK; NOT_FOUND: none was ever made; or what is wrong with
 * the acts, the list or the newest file, over which `out` then is an older one that holds.
 */
int checkpoint_last(const char *dir, struct checkpoint *out, struct problem *why);

/* The same as people compare it, for a report; no digits: none holds. */
struct checkpoint_mark {
	char digits[CHECKPOINT_DIGITS]; /* "a1b2c3d4e5f60718" */
	uint64_t size;                  /* seals it covers */
	int64_t at_us;                  /* when it was signed */
};
int checkpoint_newest(
        const char *dir, struct checkpoint_mark *mark, struct problem *why);

/* ---- the tree over the lines of the seal list ---- */

/* Feed one line (without its newline); root of all so far, which may be asked at any
 * time.  Ended with proof_tree_root. */
void seals_tree_add(struct proof_tree *tree, const char *line, size_t n);
void seals_tree_root(const struct proof_tree *tree, uint8_t out[DIGEST_SIZE]);

#endif
