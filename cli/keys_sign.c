/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/keys_sign.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "archive/proof.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "collector/checkpoints.h"

#define PATH_ROOM 4096

int keys_sign_new(const struct keys_sign *sign, const char *name)
{
	char secret[PATH_ROOM], public_path[PATH_ROOM];
	struct problem why = { 0 };
	int status = OK;
	if (!id_valid(name, KEY_NAME - 1))
		status = problem_set(&why, REFUSED, EXIT_USAGE,
		        "'%s' is no name of a key; at most %d of a-z, 0-9, '-' and '_'",
		        name, KEY_NAME - 1);
	if (status == OK && folder_make(sign->into) != OK)
		status = problem_set(&why, FAILED, EXIT_CONFIG,
		        "%s: cannot be made: %s", sign->into, strerror(errno));
	snprintf(secret, sizeof secret, "%.4000s/%.32s.sign.secret", sign->into, name);
	snprintf(public_path, sizeof public_path, "%.4000s/%.32s.sign.pub", sign->into,
	        name);
	if (status == OK)
		status = sign_key_new(secret, public_path, &why);
	if (status != OK)
		return common_fail("keys new", &why);
	printf("%s\n", public_path);
	if (!sign->common->quiet)
		fprintf(stderr,
		        "%s is the secret key: it stays on this machine\n"
		        "the collector signs with it when its configuration says: "
		        "sign_key: "
		        "%s (or QUANTRAC_SIGN_KEY does, or it lies at " SIGN_KEY ")\n",
		        secret, secret);
	return 0;
}

static int seals_count(const char *dir, uint64_t *n, struct problem *why)
{
	struct seal_list list;
	int status = seal_list_read(&list, dir, why);
	*n = list.n;
	seal_list_free(&list);
	return status;
}

/* ---- the key that signs now ---- */

static bool is_public_file(const char *path)
{
	size_t n = strlen(path);
	return n > 4 && strcmp(path + n - 4, ".pub") == 0;
}

static int secret_open(struct sign_key **key, const char *path, struct problem *why)
{
	struct problem reason = { 0 };
	if (is_public_file(path))
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: this is a public key; the .secret beside it signs", path);
	int status = sign_key_open(key, path, &reason);
	if (status == OK)
		return OK;
	return problem_set(why, status, reason.exit,
	        "%.700s; --key FILE names the secret key that signs this archive (else "
	        "QUANTRAC_SIGN_KEY, else " SIGN_KEY ")",
	        reason.text);
}

/* Is it the one that the acts say signs? */
static int is_signer(const struct sign_key *key, const char *path, const char *dir,
        struct problem *why)
{
	struct acts acts;
	int status = acts_read(&acts, dir, why);
	const struct act *signer = status == OK ? acts_signer(&acts) : NULL;
	if (status == OK && signer == NULL)
		status = problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: nothing is signed here yet, so no key can speak for it: "
		        "let the collector's configuration name it (sign_key: %s); it "
		        "signs when the first day is sealed",
		        dir, path);
	else if (status == OK &&
	         memcmp(signer->public_key, sign_key_public(key), SIGN_PUBLIC) != 0)
		status = problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s is not the key that signs this archive: that is %s, public "
		        "key %s/" CHECKPOINTS_DIR "/%s.pem; name its secret file with "
		        "--key FILE (or QUANTRAC_SIGN_KEY)",
		        path, signer->subject, dir, signer->subject);
	acts_free(&acts);
	return status;
}

static int signer_open(
        struct sign_key **key, const struct keys_sign *sign, struct problem *why)
{
	const char *path = checkpoints_key_path(sign->key);
	*key = NULL;
	int status = secret_open(key, path, why);
	if (status == OK)
		status = is_signer(*key, path, sign->common->archive, why);
	if (status == OK)
		return OK;
	sign_key_close(*key);
	*key = NULL;
	return status;
}

int keys_sign_act(const struct keys_sign *sign, struct act *act, struct problem *why)
{
	struct act_signers signers = { NULL, NULL };
	struct sign_key *key = NULL;
	act->at_us = common_now();
	act->at_us -= act->at_us % US_PER_S;
	int status = signer_open(&key, sign, why);
	signers.by = key;
	if (status == OK)
		status = acts_append(sign->common->archive, act, &signers, why);
	sign_key_close(key);
	return status;
}

static int told(const struct keys_sign *sign, int status, const char *verb,
        const struct act *act, struct problem *why)
{
	if (status != OK)
		return common_fail(verb, why);
	if (!sign->common->quiet)
		fprintf(stderr, "%s: %s is in the acts of %s, at %" PRIu64 " seals\n",
		        verb, act->subject, sign->common->archive, act->from);
	return 0;
}

/* The key that takes over is named by its path: archive2.sign.secret is key archive2. */
static int fresh_open(struct sign_key **key, const char *path, struct problem *why)
{
	struct problem reason = { 0 };
	if (is_public_file(path))
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: this is a public key; the new key signs too: name the "
		        ".secret beside it",
		        path);
	int status = sign_key_open(key, path, &reason);
	if (status == OK)
		return OK;
	return problem_set(why, status, reason.exit,
	        "%.700s; keys rotate wants the path of the new secret key, which "
	        "quantrac keys new NAME --sign --into DIR makes: DIR/NAME.sign.secret",
	        reason.text);
}

int keys_sign_rotate(const struct keys_sign *sign, const char *secret)
{
	struct act act = { .kind = ACT_KEY, .at_us = common_now() };
	struct sign_key *old = NULL, *fresh = NULL;
	struct problem why;
	act.at_us -= act.at_us % US_PER_S;
	int status = seals_count(sign->common->archive, &act.from, &why);
	if (status == OK)
		status = signer_open(&old, sign, &why);
	if (status == OK)
		status = fresh_open(&fresh, secret, &why);
	if (status == OK) {
		checkpoints_key_name(secret, act.subject);
		memcpy(act.public_key, sign_key_public(fresh), SIGN_PUBLIC);
		status = acts_append(sign->common->archive, &act,
		        &(struct act_signers){ .by = old, .fresh = fresh }, &why);
	}
	sign_key_close(old);
	sign_key_close(fresh);
	int code = told(sign, status, "keys rotate", &act, &why);
	if (code == 0 && !sign->common->quiet)
		fprintf(stderr,
		        "now let the collector's configuration say: sign_key: %s, and "
		        "start "
		        "it again\n",
		        secret);
	return code;
}

/* Of a key that signed checkpoints (not of a witness): what follows. */
static void revoked_tell(const struct keys_sign *sign, const struct act *revoke)
{
	struct acts acts;
	struct problem why;
	int status = acts_read(&acts, sign->common->archive, &why);
	if (status == OK && acts_key(&acts, ACT_KEY, revoke->subject) != NULL)
		fprintf(stderr,
		        "what it signed over more than %" PRIu64
		        " seals does not count; these lines are under a checkpoint "
		        "again when something more is sealed: then the key in force "
		        "signs them too (collectd's next checkpoint of a day, or an "
		        "import; a start alone signs nothing); until then quantrac "
		        "receipt may refuse\n",
		        revoke->from);
	acts_free(&acts);
}

int keys_sign_revoke(const struct keys_sign *sign, const char *name)
{
	struct act act = { .kind = ACT_REVOKE };
	struct problem why;
	char *end = NULL;
	snprintf(act.subject, sizeof act.subject, "%s", name);
	if (sign->from != NULL)
		act.from = strtoull(sign->from, &end, 10);
	if (sign->from == NULL || *sign->from == '\0' || *end != '\0') {
		fputs("quantrac keys revoke --sign: say with --from N how many seals "
		      "the key may have signed; later ones do not count\n",
		        stderr);
		return EXIT_USAGE;
	}
	int status = keys_sign_act(sign, &act, &why);
	int code = told(sign, status, "keys revoke", &act, &why);
	if (code == 0 && !sign->common->quiet)
		revoked_tell(sign, &act);
	if (status == MALFORMED)
		fputs("quantrac keys list --sign shows the keys of an archive\n",
		        stderr);
	return code;
}

int keys_sign_admit(const struct keys_sign *sign, const char *name, const char *file)
{
	struct act act = { .kind = ACT_WITNESS };
	struct problem why;
	snprintf(act.subject, sizeof act.subject, "%s", name);
	int status = sign_public_read(file, act.public_key, &why);
	if (status == OK)
		status = seals_count(sign->common->archive, &act.from, &why);
	if (status == OK)
		status = keys_sign_act(sign, &act, &why);
	return told(sign, status, "keys admit", &act, &why);
}

int keys_sign_list(const struct keys_sign *sign)
{
	static const char *const word[ACT_KINDS] = { "key", "revoke", "witness",
		"prune" };
	static const struct table_column columns[] = {
		{ .name = "act" },
		{ .name = "subject" },
		{ .name = "from" },
		{ .name = "at" },
		{ .name = "by" },
		{ 0 },
	};
	struct acts acts;
	struct problem why;
	int status = acts_read(&acts, sign->common->archive, &why);
	if (status != OK) {
		acts_free(&acts);
		return common_fail("keys list", &why);
	}
	struct table *table = table_new(stdout, (enum table_format)sign->common->format,
	        columns, OFFSET_VIETNAM);
	for (size_t i = 0; i < acts.n; i++) {
		char from[24];
		snprintf(from, sizeof from, "%" PRIu64, acts.act[i].from);
		table_text(table, word[acts.act[i].kind]);
		table_text(table, acts.act[i].subject);
		table_text(table, from);
		table_time(table, acts.act[i].at_us);
		table_text(table, acts.act[i].by);
		table_row(table);
	}
	acts_free(&acts);
	return table_end(table) == OK ? 0 : EXIT_INTERNAL;
}
