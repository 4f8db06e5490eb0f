/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the holder of an archive says under his signature, one line each, the list only
 * ever grown (<archive>/checkpoints/acts):
 *
 *   v1 <kind> <subject> <what> from <size> at <time> prev <hash> by <key> sig <base64> [<base64>]
 *
 *   kind     subject          what                 says
 *   key      name of a key    its public key       from now on this key signs checkpoints
 *   revoke   name of a key    -                    what it signed beyond <size> seals does not count
 *   witness  name of a key    its public key       its co-signatures count
 *   prune    path of a file   number of the order  the sealed file was taken away by that order
 *
 * size: lines of the seal list at that time; for revoke those that the key may have
 * signed.  prev: SHA-256 of the line before, 64 zeros at first.  The first signature is
 * made by the key named after "by" over the words before " sig"; a new key signs them
 * too.
 */
#ifndef ARCHIVE_ACTS_H
#define ARCHIVE_ACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/sign.h"
#include "base/status.h"

#define ACT_LINE        1600
#define KEY_NAME        33 /* room for the name of a key */
#define CHECKPOINTS_DIR "checkpoints"

enum act_kind { ACT_KEY, ACT_REVOKE, ACT_WITNESS, ACT_PRUNE };
#define ACT_KINDS 4

struct act {
	enum act_kind kind;
	char subject[512], order[96]; /* order: of prune */
	uint8_t public_key[SIGN_PUBLIC];
	uint64_t from;
	int64_t at_us;
	uint8_t prev[DIGEST_SIZE];
	char by[KEY_NAME];
	size_t n_signatures;
	uint8_t signature[2][SIGN_SIZE];
};

struct acts {
	size_t n;
	struct act *act;
	uint8_t (*hash)[DIGEST_SIZE]; /* of each line */
};

/* Called for every line that does not hold; non-zero: go no further. */
struct acts_visitor {
	int (*bad)(void *with, size_t number, const char *text);
	void *with;
};

/* The lines of a text; lines that do not hold are left out and told.  Their number. */
int acts_walk(struct acts *acts, const char *text, size_t n,
        const struct acts_visitor *visitor);

/* Read <dir>/checkpoints/acts; none is an empty list.  OK, or MALFORMED at the first
 * line that does not hold. */
int acts_read(struct acts *acts, const char *dir, struct problem *why);
void acts_free(struct acts *acts);

/* SHA-256 of the last line; zeros for an empty list. */
void acts_last(const struct acts *acts, uint8_t out[DIGEST_SIZE]);

/* The key that signs now, NULL before the first; a key by its name. */
const struct act *acts_signer(const struct acts *acts);
const struct act *acts_key(
        const struct acts *acts, enum act_kind kind, const char *name);

/* May this key sign a checkpoint over `size` seals?  OK; REFUSED: it is revoked for so
 * many; MALFORMED: another's time; and why. */
int acts_may_sign(const struct acts *acts, const struct act *key, uint64_t size,
        struct problem *why);

/* How many seals there were, at the least, when the last of them was signed.  What a
 * revocation says is its signer's wish. */
uint64_t acts_seals(const struct acts *acts);

/* The order by which a file was taken away, or NULL. */
const char *acts_pruned(const struct acts *acts, const char *path);

/* The same of the archive `dir`; true with its number, cut to `size`. */
bool acts_order_of(const char *dir, const char *path, char *order, size_t size);

/* Sign an act (kind, subject, what, from and at are set) and add it to the list in
 * memory; `by` is the secret key that signs now, `fresh` that of a new key (else NULL).
 * OK or a problem. */
struct act_signers {
	const struct sign_key *by, *fresh;
};
int acts_sign(struct acts *acts, struct act *act, const struct act_signers *signers,
        struct problem *why);

/* The same and append it to <dir>/checkpoints/acts, durably.  The public key of a new
 * key or witness is laid beside the list as <name>.pem.  OK or a problem. */
int acts_append(const char *dir, struct act *act, const struct act_signers *signers,
        struct problem *why);

#endif
