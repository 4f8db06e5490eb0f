/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures of a checkpoint. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/acts_inside.h"
#include "archive/checkpoint.h"

/* Kinds of signature, of C2SP signed-note. */
enum { KIND_ED25519 = 1, KIND_COSIGNED = 4 };

/* The first four bytes of SHA-256(name || newline || kind || public key). */
static void key_id(const char *name, uint8_t kind,
        const uint8_t public_key[SIGN_PUBLIC], uint8_t out[4])
{
	uint8_t text[KEY_NAME + 2 + SIGN_PUBLIC], hash[DIGEST_SIZE];
	size_t n = strlen(name);
	memcpy(text, name, n);
	text[n++] = '\n';
	text[n++] = kind;
	memcpy(text + n, public_key, SIGN_PUBLIC);
	digest_of(text, n + SIGN_PUBLIC, hash);
	memcpy(out, hash, 4);
}

/* What a signature is made over; its length, or FULL. */
static int signed_text(const struct checkpoint *checkpoint,
        const struct note_signature *signature, char *out, size_t room)
{
	int n = 0;
	if (signature->cosigned)
		n = snprintf(out, room, "cosignature/v1\ntime %" PRIu64 "\n",
		        signature->time_s);
	int rest = checkpoint_text(checkpoint, out + n, room - (size_t)n);
	return rest < 0 ? rest : n + rest;
}

static int signature_make(const struct checkpoint *checkpoint,
        struct note_signature *out, const struct sign_key *key)
{
	char text[CHECKPOINT_TEXT + 64];
	int n = signed_text(checkpoint, out, text, sizeof text);
	if (n < 0)
		return FAILED;
	key_id(out->name, out->cosigned ? KIND_COSIGNED : KIND_ED25519,
	        sign_key_public(key), out->key_id);
	return sign_make(key, text, (size_t)n, out->signature);
}

int checkpoint_sign(
        struct checkpoint *checkpoint, const char *name, const struct sign_key *key)
{
	struct note_signature *own = &checkpoint->signature[0];
	*own = (struct note_signature){ 0 };
	snprintf(own->name, sizeof own->name, "%.32s", name);
	checkpoint->n_signatures = 1;
	return signature_make(checkpoint, own, key);
}

int checkpoint_cosign(const struct checkpoint *checkpoint, struct note_signature *out,
        uint64_t time_s, const struct sign_key *key)
{
	out->cosigned = true;
	out->time_s = time_s;
	return signature_make(checkpoint, out, key);
}

int checkpoint_check(const struct checkpoint *checkpoint,
        const struct note_signature *signature, const uint8_t public_key[SIGN_PUBLIC])
{
	char text[CHECKPOINT_TEXT + 64];
	uint8_t id[4];
	int n = signed_text(checkpoint, signature, text, sizeof text);
	key_id(signature->name, signature->cosigned ? KIND_COSIGNED : KIND_ED25519,
	        public_key, id);
	if (n < 0 || memcmp(id, signature->key_id, sizeof id) != 0)
		return MALFORMED;
	return sign_check(public_key, text, (size_t)n, signature->signature);
}

/* ---- are they those of keys in force? ---- */

static int signature_hold(const struct checkpoint *checkpoint, size_t i,
        const struct acts *acts, struct problem *why)
{
	const struct note_signature *signature = &checkpoint->signature[i];
	const struct act *key =
	        acts_key(acts, i == 0 ? ACT_KEY : ACT_WITNESS, signature->name);
	if (key == NULL)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "signature %zu is of %s, a key no act names", i + 1,
		        signature->name);
	if (signature->cosigned != (i > 0) ||
	        checkpoint_check(checkpoint, signature, key->public_key) != OK)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "signature %zu is not that of %s over this text", i + 1,
		        signature->name);
	return acts_may_sign(acts, key, checkpoint->size, why);
}

static int acts_hold(const struct checkpoint *checkpoint, const struct acts *acts,
        struct problem *why)
{
	static const uint8_t none[DIGEST_SIZE];
	const uint8_t *last = none;
	if (checkpoint->acts > acts->n)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "knows %" PRIu64 " acts; the list has only %zu",
		        checkpoint->acts, acts->n);
	if (checkpoint->acts > 0)
		last = acts->hash[checkpoint->acts - 1];
	if (memcmp(last, checkpoint->acts_last, DIGEST_SIZE) != 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "act %" PRIu64 " is not the one it knows", checkpoint->acts);
	return OK;
}

static int signed_twice(const struct checkpoint *checkpoint, struct problem *why)
{
	const struct note_signature *one = checkpoint->signature;
	for (size_t i = 1; i < checkpoint->n_signatures; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(one[i].name, one[k].name) == 0)
				return problem_set(why, MALFORMED, EXIT_DAMAGED,
				        "is signed twice by %s", one[i].name);
	return OK;
}

int checkpoint_hold(const struct checkpoint *checkpoint, const struct acts *acts,
        struct checkpoint_held *held, struct problem *why)
{
	struct problem first = { .text = "" };
	bool refused = false;
	*held = (struct checkpoint_held){ 0 };
	int status = acts_hold(checkpoint, acts, why);
	if (status == OK)
		status = signed_twice(checkpoint, why);
	for (size_t i = 0; i < checkpoint->n_signatures && status == OK; i++) {
		int one = signature_hold(checkpoint, i, acts, &first);
		held->revoked += i > 0 && one == REFUSED;
		held->witnesses += i > 0 && one == OK;
		if (one == OK || (i > 0 && one == REFUSED))
			continue;
		if (why != NULL)
			*why = first;
		refused = refused || one == REFUSED;
		status = one == REFUSED ? OK
		                        : one; /* the others must hold all the same */
	}
	return status == OK && refused ? REFUSED : status;
}
