/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/checkpoints.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/seals.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "base/log.h"

const char *checkpoints_key_path(const char *configured)
{
	const char *named = getenv("QUANTRAC_SIGN_KEY");
	if (configured != NULL && configured[0] != '\0')
		return configured;
	return named != NULL && named[0] != '\0' ? named : SIGN_KEY;
}

void checkpoints_key_name(const char *path, char out[KEY_NAME])
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	snprintf(out, KEY_NAME, "%.*s", (int)strcspn(name, "."), name);
}

/* ---- what was signed before ---- */

static void lines_feed(
        struct checkpoints *checkpoints, const struct seal_list *list, uint64_t until)
{
	char line[SEAL_LINE];
	for (; checkpoints->lines < until; checkpoints->lines++) {
		int n = seal_print(&list->seal[checkpoints->lines], line, sizeof line);
		seals_tree_add(&checkpoints->tree, line, n > 0 ? (size_t)n : 0);
	}
}

static int agrees(struct checkpoints *checkpoints, const struct seal_list *list,
        const struct checkpoint *signed_before, struct problem *why)
{
	uint8_t root[DIGEST_SIZE];
	if (signed_before->size >= checkpoints->lines &&
	        signed_before->size <= list->n) {
		lines_feed(checkpoints, list, signed_before->size);
		seals_tree_root(&checkpoints->tree, root);
		if (memcmp(root, signed_before->root, sizeof root) == 0)
			return OK;
	}
	return problem_set(why, REFUSED, EXIT_DAMAGED,
	        "checkpoints: the seal list is not the one whose %" PRIu64
	        " lines were signed before; nothing more is signed; quantrac verify "
	        "tells where it differs",
	        signed_before->size);
}

/* Gone, or at the next start. */
static void open_remove(const char *dir)
{
	char open[ARCHIVE_PATH], folder[ARCHIVE_PATH];
	snprintf(folder, sizeof folder, "%.4000s/" CHECKPOINTS_DIR, dir);
	checkpoint_path(dir, CHECKPOINT_OPEN, open, sizeof open);
	if (unlink(open) == 0)
		folder_sync(folder);
}

static int before_take(struct checkpoints *checkpoints, const struct seal_list *list,
        const char *name, struct problem *why)
{
	char path[ARCHIVE_PATH];
	struct checkpoint checkpoint;
	bool open = strcmp(name, CHECKPOINT_OPEN) == 0;
	checkpoint_path(checkpoints->dir, name, path, sizeof path);
	int status = checkpoint_read(&checkpoint, path, why);
	if (status == NOT_FOUND && open)
		return OK;
	/* a power cut between a day's checkpoint and the removal of `open` */
	if (status == OK && open && checkpoint.size <= checkpoints->covered) {
		open_remove(checkpoints->dir);
		return OK;
	}
	if (status == OK)
		status = agrees(checkpoints, list, &checkpoint, why);
	if (status != OK)
		return status;
	checkpoints->covered = checkpoint.size;
	if (!open) {
		checkpoints->last = checkpoint;
		checkpoints->any = true;
	}
	return OK;
}

static int begin(struct checkpoints *checkpoints, const struct seal_list *list,
        struct problem *why)
{
	char(*names)[CHECKPOINT_NAME];
	size_t n = checkpoint_names(checkpoints->dir, &names);
	int status = proof_tree_start(&checkpoints->tree);
	checkpoints->lines = checkpoints->covered = 0;
	if (status != OK)
		problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory for a checkpoint");
	if (status == OK && n > 0)
		status = before_take(checkpoints, list, names[n - 1], why);
	if (status == OK)
		status = before_take(checkpoints, list, CHECKPOINT_OPEN, why);
	free(names);
	checkpoints->begun = status == OK;
	if (status != OK)
		checkpoints_end(checkpoints);
	return status;
}

void checkpoints_end(struct checkpoints *checkpoints)
{
	uint8_t root[DIGEST_SIZE];
	if (checkpoints->tree.digest != NULL)
		proof_tree_root(&checkpoints->tree, root);
	checkpoints->begun = false;
}

/* ---- the key ---- */

/* The line that enters our key as the first that signs. */
static void key_act(struct act *act, const struct checkpoints *checkpoints,
        const struct sign_key *key, int64_t now_us)
{
	*act = (struct act){ .kind = ACT_KEY, .at_us = now_us };
	checkpoints_key_name(checkpoints_key_path(checkpoints->key), act->subject);
	memcpy(act->public_key, sign_key_public(key), SIGN_PUBLIC);
}

static int key_enter(const struct checkpoints *checkpoints, const struct sign_key *key,
        int64_t now_us, struct problem *why)
{
	struct act act;
	key_act(&act, checkpoints, key, now_us);
	int status = acts_append(
	        checkpoints->dir, &act, &(struct act_signers){ .fresh = key }, why);
	if (status == OK)
		log_line(LOG_INFO,
		        "checkpoints: signed from now on by key %s; its public key is "
		        "%s/" CHECKPOINTS_DIR "/%s.pem: let others keep a copy",
		        act.subject, checkpoints->dir, act.subject);
	return status;
}

#define ACTS_FRESH 1

/* The acts, whose key must be ours; OK.  ACTS_FRESH: as they will be, with our key as the
 * first.  Or a problem. */
static int acts_take(struct acts *acts, const struct checkpoints *checkpoints,
        const struct sign_key *key, int64_t now_us, struct problem *why)
{
	struct act act;
	int status = acts_read(acts, checkpoints->dir, why);
	if (status != OK)
		return status;
	if (acts->n == 0) {
		key_act(&act, checkpoints, key, now_us);
		status = acts_sign(
		        acts, &act, &(struct act_signers){ .fresh = key }, why);
		return status == OK ? ACTS_FRESH : status;
	}
	const struct act *signer = acts_signer(acts);
	if (signer != NULL &&
	        memcmp(signer->public_key, sign_key_public(key), SIGN_PUBLIC) == 0)
		return OK;
	return problem_set(why, REFUSED, EXIT_CONFIG,
	        "checkpoints: %s is not the key that signs here (that is %s); "
	        "quantrac keys rotate hands over to it",
	        checkpoints_key_path(checkpoints->key),
	        signer != NULL ? signer->subject : "none");
}

/* ---- signing ---- */

static bool day_is_over(const struct checkpoints *checkpoints, int64_t now_us)
{
	int offset_min = checkpoints->identity->utc_offset_min;
	if (!checkpoints->any)
		return true;
	return day_start(now_us - CHECKPOINT_SETTLE_US, offset_min) !=
	       day_start(checkpoints->last.at_us - CHECKPOINT_SETTLE_US, offset_min);
}

static void fill(struct checkpoint *checkpoint, const struct checkpoints *checkpoints,
        const struct acts *acts, int64_t now_us)
{
	*checkpoint = (struct checkpoint){ .size = checkpoints->lines,
		.at_us = now_us - now_us % US_PER_S,
		.acts = acts->n };
	snprintf(checkpoint->origin, sizeof checkpoint->origin, "quantrac/%.60s",
	        checkpoints->identity->zone);
	seals_tree_root(&checkpoints->tree, checkpoint->root);
	acts_last(acts, checkpoint->acts_last);
	if (checkpoints->any)
		checkpoint_hash(&checkpoints->last, checkpoint->prev);
}

static int store(const struct checkpoints *checkpoints,
        const struct checkpoint *checkpoint, const char *name, struct problem *why)
{
	char path[ARCHIVE_PATH], text[CHECKPOINT_TEXT];
	checkpoint_path(checkpoints->dir, name, path, sizeof path);
	int n = checkpoint_print(checkpoint, text, sizeof text);
	if (n >= 0 && file_replace(path, text, (size_t)n, 0644) == OK)
		return OK;
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "%s: cannot be written: %s",
	        path, strerror(errno));
}

static int sign(struct checkpoints *checkpoints, const struct acts *acts,
        const struct sign_key *key, struct checkpoint *checkpoint, struct problem *why)
{
	const struct act *signer = acts_signer(acts);
	if (signer == NULL || checkpoint_sign(checkpoint, signer->subject, key) != OK)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "checkpoints: cannot be signed");
	return acts_may_sign(acts, signer, checkpoint->size, why);
}

/* What is written first, until the acts name the key: the acts never tell of signing
 * while nothing is signed, wherever the power fails. */
static int store_first(const struct checkpoints *checkpoints,
        const struct checkpoint *checkpoint, const struct sign_key *key, int64_t now_us,
        struct problem *why)
{
	struct acts acts;
	char folder[ARCHIVE_PATH];
	snprintf(folder, sizeof folder, "%.4000s/" CHECKPOINTS_DIR, checkpoints->dir);
	if (folder_make(folder) != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "%s: cannot be made: %s", folder, file_reason(errno));
	int status = store(checkpoints, checkpoint, CHECKPOINT_FIRST, why);
	if (status == OK)
		status = key_enter(checkpoints, key, now_us, why);
	if (status != OK)
		return status;
	status = acts_read(&acts, checkpoints->dir, why);
	if (status == OK)
		status = checkpoint_finish(checkpoints->dir, &acts, why);
	acts_free(&acts);
	return status;
}

static int store_next(const struct checkpoints *checkpoints,
        const struct checkpoint *checkpoint, bool day, struct problem *why)
{
	char name[CHECKPOINT_NAME] = CHECKPOINT_OPEN;
	if (day)
		snprintf(name, sizeof name, "%012" PRIu64, checkpoint->size);
	return store(checkpoints, checkpoint, name, why);
}

static void made(
        struct checkpoints *checkpoints, const struct checkpoint *checkpoint, bool day)
{
	checkpoints->covered = checkpoint->size;
	if (!day)
		return;
	checkpoints->last = *checkpoint;
	checkpoints->any = true;
	open_remove(checkpoints->dir);
}

static int make(struct checkpoints *checkpoints, const struct sign_key *key,
        int64_t now_us, bool day, struct problem *why)
{
	struct acts acts;
	struct checkpoint checkpoint;
	int status = acts_take(&acts, checkpoints, key, now_us, why);
	bool fresh = status == ACTS_FRESH;
	if (status >= 0) {
		fill(&checkpoint, checkpoints, &acts, now_us);
		status = sign(checkpoints, &acts, key, &checkpoint, why);
	}
	acts_free(&acts);
	day = day || day_is_over(checkpoints, now_us);
	bool first = fresh && checkpoint_trace(checkpoints->dir) != CHECKPOINT_THERE;
	if (status == OK && first)
		status = store_first(checkpoints, &checkpoint, key, now_us, why);
	else if (status == OK && fresh)
		status = key_enter(checkpoints, key, now_us, why);
	if (status == OK && !first)
		status = store_next(checkpoints, &checkpoint, day, why);
	if (status == OK)
		made(checkpoints, &checkpoint, day);
	return status;
}

/* The command that makes a key at `path`. */
static void key_cure(const char *path, char *out, size_t room)
{
	static const char ending[] = ".sign.secret";
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	size_t n = strlen(name), tail = sizeof ending - 1;
	if (n > tail && strcmp(name + n - tail, ending) == 0)
		snprintf(out, room,
		        "quantrac keys new %.*s --sign --into %.*s makes it",
		        (int)(n - tail), name, slash != NULL ? (int)(slash - path) : 1,
		        slash != NULL ? path : ".");
	else
		snprintf(out, room,
		        "quantrac keys new NAME --sign makes one, and sign_key names "
		        "its .secret");
}

int checkpoints_key_look(const char *configured, struct problem *why)
{
	char cure[700];
	struct sign_key *key = NULL;
	const char *path = checkpoints_key_path(configured);
	bool named = configured != NULL && configured[0] != '\0';
	int status = sign_key_open(&key, path, why);
	sign_key_close(key);
	if (status != NOT_FOUND)
		return status;
	key_cure(path, cure, sizeof cure);
	return problem_set(why, NOT_FOUND, EXIT_CONFIG,
	        "seals are not signed: %s %.200s: whoever holds this archive could "
	        "make "
	        "all of it again; %.600s",
	        named ? "there is no key" : "no sign_key in the configuration, nor",
	        path, cure);
}

void checkpoints_look(struct checkpoints *checkpoints)
{
	struct problem why;
	int status = checkpoints_key_look(checkpoints->key, &why);
	if (status == OK || (status == NOT_FOUND && checkpoints->told))
		return;
	log_line(LOG_INFO, "checkpoints: %s", why.text);
	checkpoints->told = status == NOT_FOUND;
}

static int no_key(struct checkpoints *checkpoints)
{
	checkpoints_look(checkpoints);
	return OK;
}

int checkpoints_run(struct checkpoints *checkpoints, const struct seal_list *list,
        int64_t now_us, bool day, struct problem *why)
{
	struct sign_key *key;
	const char *path = checkpoints_key_path(checkpoints->key);
	if (list->n == 0 || (checkpoints->begun && list->n == checkpoints->covered))
		return OK;
	int status = sign_key_open(&key, path, why);
	if (status == NOT_FOUND)
		return no_key(checkpoints);
	if (status == OK && !checkpoints->begun)
		status = begin(checkpoints, list, why);
	if (status == OK && list->n > checkpoints->covered) {
		lines_feed(checkpoints, list, list->n);
		status = make(checkpoints, key, now_us, day, why);
	}
	sign_key_close(key);
	return status;
}
