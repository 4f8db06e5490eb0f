/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/acts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/acts_inside.h"
#include "archive/archive.h"
#include "base/folder.h"

#define ACTS_MOST (1u << 26)

void acts_free(struct acts *acts)
{
	free(acts->act);
	free(acts->hash);
	*acts = (struct acts){ 0 };
}

void acts_last(const struct acts *acts, uint8_t out[DIGEST_SIZE])
{
	memset(out, 0, DIGEST_SIZE);
	if (acts->n > 0)
		memcpy(out, acts->hash[acts->n - 1], DIGEST_SIZE);
}

/* ---- who may sign ---- */

const struct act *acts_signer(const struct acts *acts)
{
	for (size_t i = acts->n; i > 0; i--)
		if (acts->act[i - 1].kind == ACT_KEY)
			return &acts->act[i - 1];
	return NULL;
}

const struct act *acts_key(
        const struct acts *acts, enum act_kind kind, const char *name)
{
	for (size_t i = 0; i < acts->n; i++)
		if (acts->act[i].kind == kind &&
		        strcmp(acts->act[i].subject, name) == 0)
			return &acts->act[i];
	return NULL;
}

uint64_t acts_seals(const struct acts *acts)
{
	uint64_t most = 0;
	for (size_t i = 0; i < acts->n; i++)
		if (acts->act[i].kind != ACT_REVOKE && acts->act[i].from > most)
			most = acts->act[i].from;
	return most;
}

const char *acts_pruned(const struct acts *acts, const char *path)
{
	const struct act *act = acts_key(acts, ACT_PRUNE, path);
	return act != NULL ? act->order : NULL;
}

/* The first line behind that of a key that ends its time: its revocation, or the next
 * key. */
static const struct act *ended_by(
        const struct acts *acts, const struct act *key, enum act_kind kind)
{
	for (const struct act *at = key + 1; at < acts->act + acts->n; at++)
		if (at->kind == kind &&
		        (kind == ACT_KEY || strcmp(at->subject, key->subject) == 0))
			return at;
	return NULL;
}

int acts_may_sign(const struct acts *acts, const struct act *key, uint64_t size,
        struct problem *why)
{
	const struct act *revoked = ended_by(acts, key, ACT_REVOKE);
	const struct act *next =
	        key->kind == ACT_KEY ? ended_by(acts, key, ACT_KEY) : NULL;
	if (revoked != NULL && size > revoked->from)
		return problem_set(why, REFUSED, EXIT_DAMAGED,
		        "key %s is revoked for more than %" PRIu64 " seals",
		        key->subject, revoked->from);
	if (key->kind == ACT_KEY && size < key->from)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "key %s signs from %" PRIu64 " seals on", key->subject,
		        key->from);
	if (next != NULL && size > next->from)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "key %s gave way to key %s at %" PRIu64 " seals", key->subject,
		        next->subject, next->from);
	return OK;
}

/* ---- does a line hold, after those before it? ---- */

static int signature_hold(const struct act *act, size_t which,
        const uint8_t *public_key, const char *line)
{
	size_t n = act_signed_size(line);
	return which < act->n_signatures && sign_check(public_key, line, n,
	                                            act->signature[which]) == OK
	               ? OK
	               : MALFORMED;
}

static int key_hold(const struct acts *acts, const struct act *act, const char *line)
{
	const struct act *signer = acts_signer(acts);
	if (signer == NULL)
		return strcmp(act->by, act->subject) == 0 && act->n_signatures == 1
		               ? signature_hold(act, 0, act->public_key, line)
		               : MALFORMED;
	if (act->n_signatures != 2 || strcmp(act->by, signer->subject) != 0 ||
	        signature_hold(act, 1, act->public_key, line) != OK)
		return MALFORMED;
	return signature_hold(act, 0, signer->public_key, line);
}

static bool name_taken(const struct acts *acts, const char *name)
{
	return acts_key(acts, ACT_KEY, name) != NULL ||
	       acts_key(acts, ACT_WITNESS, name) != NULL;
}

static int words_hold(
        const struct acts *acts, const struct act *act, struct problem *why)
{
	bool names = act->kind == ACT_KEY || act->kind == ACT_WITNESS;
	uint8_t last[DIGEST_SIZE];
	acts_last(acts, last);
	if (memcmp(act->prev, last, sizeof last) != 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "does not name the line before it: a line was changed, added "
		        "or removed");
	if (names && name_taken(acts, act->subject))
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "there is a key %s already", act->subject);
	if (act->kind == ACT_REVOKE && !name_taken(acts, act->subject))
		return problem_set(why, MALFORMED, EXIT_DAMAGED, "there is no key %s",
		        act->subject);
	if (act->kind == ACT_REVOKE && strcmp(act->subject, act->by) == 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "key %s cannot revoke itself: first let another take over",
		        act->subject);
	return OK;
}

static int act_hold(const struct acts *acts, const struct act *act, const char *line,
        struct problem *why)
{
	const struct act *signer = acts_signer(acts);
	int status = words_hold(acts, act, why);
	if (status != OK)
		return status;
	if (act->kind == ACT_KEY)
		status = key_hold(acts, act, line);
	else if (signer == NULL || act->n_signatures != 1 ||
	         strcmp(act->by, signer->subject) != 0)
		status = MALFORMED;
	else
		status = signature_hold(act, 0, signer->public_key, line);
	return status == OK ? OK
	                    : problem_set(why, MALFORMED, EXIT_DAMAGED,
	                              "is not signed as it should be, by %s",
	                              signer != NULL ? signer->subject : act->subject);
}

/* ---- the list ---- */

static int acts_add(struct acts *acts, const struct act *act, const char *line)
{
	struct act *more = realloc(acts->act, (acts->n + 1) * sizeof *more);
	if (more == NULL)
		return FAILED;
	acts->act = more;
	void *hash = realloc(acts->hash, (acts->n + 1) * sizeof *acts->hash);
	if (hash == NULL)
		return FAILED;
	acts->hash = hash;
	acts->act[acts->n] = *act;
	digest_of(line, strlen(line), acts->hash[acts->n]);
	acts->n++;
	return OK;
}

static int line_take(struct acts *acts, const char *from, size_t n, struct problem *why)
{
	char line[ACT_LINE];
	struct act act;
	if (n >= sizeof line || memchr(from, '\0', n) != NULL)
		return problem_set(why, MALFORMED, EXIT_DAMAGED, "is no act");
	memcpy(line, from, n);
	line[n] = '\0';
	if (act_parse(&act, line) != OK)
		return problem_set(
		        why, MALFORMED, EXIT_DAMAGED, "is no act: \"%.60s\"", line);
	int status = act_hold(acts, &act, line, why);
	if (status != OK)
		return status;
	return acts_add(acts, &act, line) == OK
	               ? OK
	               : problem_set(why, FAILED, EXIT_TRY_AGAIN, "out of memory");
}

int acts_walk(struct acts *acts, const char *text, size_t n,
        const struct acts_visitor *visitor)
{
	int damaged = 0;
	*acts = (struct acts){ 0 };
	for (size_t at = 0, number = 1; at < n; number++) {
		struct problem why;
		const char *newline = memchr(text + at, '\n', n - at);
		int status;
		if (damaged > 0)
			status = problem_set(&why, MALFORMED, EXIT_DAMAGED,
			        "stands behind a line that does not hold");
		else if (newline == NULL)
			status = problem_set(
			        &why, MALFORMED, EXIT_DAMAGED, "has no end");
		else
			status = line_take(
			        acts, text + at, (size_t)(newline - text) - at, &why);
		at = newline != NULL ? (size_t)(newline - text) + 1 : n;
		if (status == OK)
			continue;
		damaged++;
		if (visitor->bad(visitor->with, number, why.text) != 0)
			break;
	}
	return damaged;
}

static int stop_at_first(void *with, size_t number, const char *text)
{
	problem_set(with, MALFORMED, EXIT_DAMAGED, "line %zu %s", number, text);
	return 1;
}

static void acts_path(const char *dir, char out[ARCHIVE_PATH])
{
	snprintf(out, ARCHIVE_PATH, "%.4000s/" CHECKPOINTS_DIR "/acts", dir);
}

int acts_read(struct acts *acts, const char *dir, struct problem *why)
{
	char path[ARCHIVE_PATH], *text = NULL;
	size_t n = 0;
	struct problem first;
	*acts = (struct acts){ 0 };
	acts_path(dir, path);
	int status = file_read(path, ACTS_MOST, &text, &n);
	if (status == NOT_FOUND)
		return OK;
	if (status != OK)
		return problem_set(why, status, EXIT_NO_FILE, "%s: cannot be read: %s",
		        path, file_reason(errno));
	struct acts_visitor visitor = { .bad = stop_at_first, .with = &first };
	int damaged = acts_walk(acts, text, n, &visitor);
	free(text);
	if (damaged == 0)
		return OK;
	return problem_set(
	        why, MALFORMED, EXIT_DAMAGED, "%s: %.700s", path, first.text);
}

/* ---- appending ---- */

static int act_sign(struct act *act, const struct act_signers *signers)
{
	char line[ACT_LINE];
	act->n_signatures = signers->fresh != NULL && signers->by != NULL ? 2 : 1;
	if (act_print(act, line, sizeof line) < 0)
		return FAILED;
	size_t n = act_signed_size(line);
	const struct sign_key *first =
	        signers->by != NULL ? signers->by : signers->fresh;
	if (sign_make(first, line, n, act->signature[0]) != OK)
		return FAILED;
	return act->n_signatures == 1
	               ? OK
	               : sign_make(signers->fresh, line, n, act->signature[1]);
}

/* The whole list is written anew beside itself: it is short, and never torn. */
static int line_store(const char *dir, const char *line, struct problem *why)
{
	char path[ARCHIVE_PATH], *text = NULL;
	size_t n = 0, more = strlen(line);
	acts_path(dir, path);
	int status = file_read(path, ACTS_MOST, &text, &n);
	if (status != OK && status != NOT_FOUND)
		return problem_set(why, status, EXIT_NO_FILE, "%s: cannot be read: %s",
		        path, file_reason(errno));
	char *whole = malloc(n + more + 1);
	if (whole == NULL) {
		free(text);
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "out of memory");
	}
	if (n > 0)
		memcpy(whole, text, n);
	memcpy(whole + n, line, more);
	whole[n + more] = '\n';
	status = file_replace(path, whole, n + more + 1, 0644);
	free(whole);
	free(text);
	return status == OK
	               ? OK
	               : problem_set(why, FAILED, EXIT_TRY_AGAIN,
	                         "%s: cannot be written: %s", path, file_reason(errno));
}

static int public_lay(const char *dir, const struct act *act, struct problem *why)
{
	char path[ARCHIVE_PATH];
	snprintf(path, sizeof path, "%.3900s/" CHECKPOINTS_DIR "/%.32s.pem", dir,
	        act->subject);
	return sign_public_write(path, act->public_key, why);
}

int acts_sign(struct acts *acts, struct act *act, const struct act_signers *signers,
        struct problem *why)
{
	char line[ACT_LINE];
	const struct act *signer = acts_signer(acts);
	acts_last(acts, act->prev);
	snprintf(act->by, sizeof act->by, "%.32s",
	        signer != NULL ? signer->subject : act->subject);
	if (act_sign(act, signers) != OK || act_print(act, line, sizeof line) < 0)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "the act cannot be signed");
	return line_take(acts, line, strlen(line), why);
}

static int append_locked(const char *dir, struct act *act,
        const struct act_signers *signers, struct problem *why)
{
	struct acts acts;
	char line[ACT_LINE];
	int status = acts_read(&acts, dir, why);
	if (status == OK)
		status = acts_sign(&acts, act, signers, why);
	acts_free(&acts);
	if (status == OK && (act->kind == ACT_KEY || act->kind == ACT_WITNESS))
		status = public_lay(dir, act, why);
	if (status != OK)
		return status;
	act_print(act, line, sizeof line); /* acts_sign saw that it fits */
	return line_store(dir, line, why);
}

int acts_append(const char *dir, struct act *act, const struct act_signers *signers,
        struct problem *why)
{
	char folder[ARCHIVE_PATH], lock[ARCHIVE_PATH];
	snprintf(folder, sizeof folder, "%.4000s/" CHECKPOINTS_DIR, dir);
	snprintf(lock, sizeof lock, "%.4000s/" CHECKPOINTS_DIR "/.lock", dir);
	if (folder_make(folder) != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "%s: cannot be made: %s", folder, file_reason(errno));
	int held = lock_take(lock);
	if (held < 0)
		return problem_set(why, held, EXIT_TRY_AGAIN,
		        "%s: somebody else is signing; try again", lock);
	int status = append_locked(dir, act, signers, why);
	close(held);
	return status;
}

bool acts_order_of(const char *dir, const char *path, char *order, size_t size)
{
	struct acts acts;
	struct problem why;
	const char *found = NULL;
	if (acts_read(&acts, dir, &why) == OK)
		found = acts_pruned(&acts, path);
	if (found != NULL)
		snprintf(order, size, "%s", found);
	acts_free(&acts);
	return found != NULL;
}
