/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac keys ... --sign: the keys that sign an archive's checkpoints, and what is said
 * with them. */
#ifndef CLI_KEYS_SIGN_H
#define CLI_KEYS_SIGN_H

#include "archive/acts.h"
#include "cli/common.h"

struct keys_sign {
	const struct common *common;
	const char *into; /* where a new pair is laid */
	const char *key;  /* the secret key that signs now; NULL: the default */
	const char *from; /* revoke: seals that still count, as written */
};

/* Each does its work, tells, and gives the exit code. */
int keys_sign_new(const struct keys_sign *sign, const char *name);
int keys_sign_rotate(const struct keys_sign *sign, const char *secret);
int keys_sign_revoke(const struct keys_sign *sign, const char *name);
int keys_sign_admit(const struct keys_sign *sign, const char *name, const char *file);
int keys_sign_list(const struct keys_sign *sign);

/* Append an act signed by the key that signs now; OK or a problem. */
int keys_sign_act(const struct keys_sign *sign, struct act *act, struct problem *why);

#endif
