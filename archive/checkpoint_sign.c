/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures of a checkpoint, and the folder they lie in. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/acts_inside.h"
#include "archive/archive.h"
#include "archive/checkpoint.h"
#include "base/folder.h"

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

/* ---- the folder ---- */

static int is_day(const struct dirent *entry)
{
	return strlen(entry->d_name) == 12 && strspn(entry->d_name, "0123456789") == 12;
}

void checkpoint_path(const char *dir, const char *name, char *out, size_t room)
{
	snprintf(out, room, "%.3900s/" CHECKPOINTS_DIR "/%.64s", dir, name);
}

size_t checkpoint_names(const char *dir, char (**names)[CHECKPOINT_NAME])
{
	char folder[ARCHIVE_PATH];
	struct dirent **entry = NULL;
	snprintf(folder, sizeof folder, "%.4000s/" CHECKPOINTS_DIR, dir);
	*names = NULL;
	int n = scandir(folder, &entry, is_day, alphasort);
	if (n <= 0) {
		free(entry);
		return 0;
	}
	*names = calloc((size_t)n, sizeof **names);
	for (int i = 0; i < n; i++) {
		if (*names != NULL)
			snprintf((*names)[i], CHECKPOINT_NAME, "%.12s",
			        entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	return *names != NULL ? (size_t)n : 0;
}

/* A file of a day has the name of its size. */
static int name_holds(
        const struct checkpoint *checkpoint, const char *name, struct problem *why)
{
	char own[CHECKPOINT_NAME];
	snprintf(own, sizeof own, "%012" PRIu64, checkpoint->size);
	if (strcmp(name, CHECKPOINT_OPEN) == 0 || strcmp(name, CHECKPOINT_FIRST) == 0 ||
	        strcmp(name, own) == 0)
		return OK;
	return problem_set(why, MALFORMED, EXIT_DAMAGED, "covers %" PRIu64 " seals",
	        checkpoint->size);
}

int checkpoint_sound(struct checkpoint *checkpoint, const char *path,
        const struct acts *acts, struct problem *why)
{
	struct problem first;
	struct checkpoint_held held;
	const char *slash = strrchr(path, '/');
	int status = checkpoint_read(checkpoint, path, why);
	if (status != OK)
		return status;
	status = name_holds(checkpoint, slash != NULL ? slash + 1 : path, &first);
	if (status == OK && acts != NULL)
		status = checkpoint_hold(checkpoint, acts, &held, &first);
	if (status == OK)
		return OK;
	if (status == REFUSED)
		return problem_set(why, status, EXIT_DAMAGED,
		        "%s: %.700s: this checkpoint does not count; the next one, by "
		        "the "
		        "key in force, does",
		        path, first.text);
	return problem_set(why, status, EXIT_DAMAGED,
	        "%s: %.700s: this checkpoint is not as it was signed; quantrac verify "
	        "tells more; put back a copy of it",
	        path, first.text);
}

static bool is_there(const char *dir, const char *name)
{
	char path[ARCHIVE_PATH];
	checkpoint_path(dir, name, path, sizeof path);
	return access(path, F_OK) == 0;
}

enum checkpoint_trace checkpoint_trace(const char *dir)
{
	char(*names)[CHECKPOINT_NAME];
	size_t n = checkpoint_names(dir, &names);
	free(names);
	if (n > 0 || is_there(dir, CHECKPOINT_OPEN))
		return CHECKPOINT_THERE;
	return is_there(dir, CHECKPOINT_FIRST) ? CHECKPOINT_STARTED : CHECKPOINT_NONE;
}

int checkpoint_finish(const char *dir, const struct acts *acts, struct problem *why)
{
	char from[ARCHIVE_PATH], to[ARCHIVE_PATH], name[CHECKPOINT_NAME];
	struct checkpoint first;
	struct problem unsound;
	checkpoint_path(dir, CHECKPOINT_FIRST, from, sizeof from);
	if (acts->n == 0 || checkpoint_trace(dir) != CHECKPOINT_STARTED ||
	        checkpoint_sound(&first, from, acts, &unsound) != OK)
		return OK;
	snprintf(name, sizeof name, "%012" PRIu64, first.size);
	checkpoint_path(dir, name, to, sizeof to);
	if (rename(from, to) == 0) {
		checkpoint_path(dir, "", from, sizeof from);
		if (folder_sync(from) == OK)
			return OK;
	}
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "%s: cannot be written: %s", to,
	        file_reason(errno));
}

/* Without any checkpoint: was there never one?  The acts, written with the first, tell. */
static int none_say(const char *dir, const struct acts *acts, struct problem *why)
{
	if (acts->n == 0)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: has no checkpoint: nobody has signed its seal list "
		        "(quantrac keys new archive --sign makes the key)",
		        dir);
	if (checkpoint_trace(dir) == CHECKPOINT_STARTED)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: its first checkpoint was interrupted; it is finished when "
		        "the collector starts, or by quantrac recover",
		        dir);
	return problem_set(why, MALFORMED, EXIT_DAMAGED,
	        "%s/" CHECKPOINTS_DIR ": " CHECKPOINTS_GONE "; put back a copy of it",
	        dir, acts_signer(acts)->subject);
}

int checkpoint_last(const char *dir, struct checkpoint *out, struct problem *why)
{
	char path[ARCHIVE_PATH], (*names)[CHECKPOINT_NAME];
	struct checkpoint one;
	struct acts acts = { 0 };
	*out = (struct checkpoint){ 0 };
	size_t n = checkpoint_names(dir, &names);
	int status = acts_read(&acts, dir, why);
	bool known = status == OK;
	if (known && n == 0)
		status = none_say(dir, &acts, why);
	for (size_t i = n; i > 0 && known && out->size == 0; i--) {
		checkpoint_path(dir, names[i - 1], path, sizeof path);
		int held = checkpoint_sound(&one, path, &acts, i == n ? why : NULL);
		if (i == n)
			status = held;
		if (held == OK)
			*out = one;
	}
	free(names);
	acts_free(&acts);
	return status;
}

int checkpoint_newest(
        const char *dir, struct checkpoint_mark *mark, struct problem *why)
{
	char hex[DIGEST_HEX];
	uint8_t hash[DIGEST_SIZE];
	struct checkpoint checkpoint;
	*mark = (struct checkpoint_mark){ 0 };
	int status = checkpoint_last(dir, &checkpoint, why);
	if (checkpoint.size == 0)
		return status;
	checkpoint_stamp(&checkpoint, hash);
	digest_print(hash, hex);
	snprintf(mark->digits, sizeof mark->digits, "%.16s", hex);
	mark->size = checkpoint.size;
	mark->at_us = checkpoint.at_us;
	return status;
}
