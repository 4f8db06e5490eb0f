/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The collector signs its seal list: a checkpoint of every legal day on which something
 * was sealed, half an hour after the day began, and `open` for what was sealed since.
 * What was signed before is compared first: a list that was changed is not signed.
 */
#ifndef COLLECTOR_CHECKPOINTS_H
#define COLLECTOR_CHECKPOINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "archive/archive.h"
#include "archive/checkpoint.h"
#include "archive/proof.h"

#define CHECKPOINT_SETTLE_US (INT64_C(1800) * 1000000)

/* Where the key lies unless somebody says otherwise: $QUANTRAC_SIGN_KEY, else this. */
#define SIGN_KEY "/etc/quantrac/keys/archive.sign.secret"

struct checkpoints {
	const char *dir, *key; /* key: NULL for the default */
	const struct archive_identity *identity;
	bool begun, told;
	struct proof_tree tree;  /* over the first `lines` lines */
	uint64_t lines, covered; /* covered: by the newest checkpoint */
	bool any;
	struct checkpoint last; /* the newest of a day, if any */
};

/* Sign what is new in the list, if anything is; `day`: as that of a day, whatever the
 * hour. OK (also without a key, which is said once), or a problem. */
int checkpoints_run(struct checkpoints *checkpoints, const struct seal_list *list,
        int64_t now_us, bool day, struct problem *why);
void checkpoints_end(struct checkpoints *checkpoints);

/* Can the list be signed with this key (NULL or "": the default)?  OK, or why not and
 * the cure; NOT_FOUND: there is none. */
int checkpoints_key_look(const char *configured, struct problem *why);
/* The same into the log; that there is no key is said once. */
void checkpoints_look(struct checkpoints *checkpoints);

/* "archive.sign.secret" in any folder -> "archive". */
void checkpoints_key_name(const char *path, char out[KEY_NAME]);
const char *checkpoints_key_path(const char *configured);

#endif
