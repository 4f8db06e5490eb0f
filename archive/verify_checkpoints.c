/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The acts, the checkpoints and the receipts of an archive, against its seal list. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/checkpoint.h"
#include "archive/receipts.h"
#include "archive/seals.h"
#include "archive/verify_inside.h"
#include "base/folder.h"
#include "base/legal_time.h"

/* What is at hand while they are looked at. */
struct look {
	struct verify_report *report;
	const char *zone;
	char *seals, *next; /* the list, and the line the tree is fed with next */
	size_t n;
	uint64_t lines, of; /* fed, and all there are */
	struct proof_tree tree;
	uint8_t prev[DIGEST_SIZE]; /* hash of the checkpoint before */
	uint64_t covered;          /* by a checkpoint that is sound */
};

static void say(struct look *look, bool damage, const char *name, const char *text)
{
	char line[1200];
	look->report->damaged += damage;
	look->report->checkpoints_damaged += damage;
	snprintf(line, sizeof line, "%s%s", damage ? "DAMAGED: " : "", text);
	verify_say(look->report, !damage, name, line);
}

/* ---- the lines of the seal list, as they are ---- */

static int seals_take(struct look *look, struct problem *why)
{
	int status = seal_list_text(look->report->dir, &look->seals, &look->n, why);
	look->next = look->seals;
	for (size_t i = 0; i < look->n; i++)
		look->of += look->seals[i] == '\n';
	if (proof_tree_start(&look->tree) != OK && status == OK)
		status = problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	return status;
}

static void seals_feed(struct look *look, uint64_t until)
{
	for (; look->lines < until; look->lines++) {
		size_t left = look->n - (size_t)(look->next - look->seals);
		const char *end = memchr(look->next, '\n', left);
		size_t n = end != NULL ? (size_t)(end - look->next) : left;
		seals_tree_add(&look->tree, look->next, n);
		look->next += n + 1;
	}
}

/* ---- one checkpoint ---- */

static int root_check(
        struct look *look, const struct checkpoint *checkpoint, struct problem *why)
{
	uint8_t root[DIGEST_SIZE];
	if (checkpoint->size > look->of)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "covers %" PRIu64 " seals; the list has only %" PRIu64
		        ": the last were cut off",
		        checkpoint->size, look->of);
	if (checkpoint->size < look->lines)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "covers fewer seals than the one before it");
	seals_feed(look, checkpoint->size);
	seals_tree_root(&look->tree, root);
	if (memcmp(root, checkpoint->root, sizeof root) == 0)
		return OK;
	return problem_set(why, MALFORMED, EXIT_DAMAGED,
	        "its root is not that of the first %" PRIu64
	        " seals: one of the lines %" PRIu64 " to %" PRIu64
	        " was changed, or the checkpoint",
	        checkpoint->size, look->covered + 1, checkpoint->size);
}

static int words_check(const struct look *look, const struct checkpoint *checkpoint,
        const char *name, struct problem *why)
{
	char origin[80], number[CHECKPOINT_NAME];
	snprintf(origin, sizeof origin, "quantrac/%.60s", look->zone);
	snprintf(number, sizeof number, "%012" PRIu64, checkpoint->size);
	if (strcmp(checkpoint->origin, origin) != 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "is of '%s', not of '%s'", checkpoint->origin, origin);
	if (strcmp(name, CHECKPOINT_OPEN) != 0 && strcmp(name, number) != 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "covers %" PRIu64 " seals, which is not its name",
		        checkpoint->size);
	if (memcmp(checkpoint->prev, look->prev, DIGEST_SIZE) != 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "does not name the checkpoint before it: one was changed, "
		        "added or removed");
	return OK;
}

/* Witnesses, or a problem. */
static int checkpoint_verify(struct look *look, const struct checkpoint *checkpoint,
        const char *name, struct problem *why)
{
	int status = words_check(look, checkpoint, name, why);
	int held = status == OK ? checkpoint_hold(checkpoint, look->report->acts, why)
	                        : status;
	if (held >= 0)
		status = root_check(look, checkpoint, why);
	return held >= 0 && status == OK ? held : MALFORMED;
}

static void receipt_verify(
        struct look *look, const struct checkpoint *checkpoint, const char *name)
{
	char path[ARCHIVE_PATH], file[CHECKPOINT_NAME + 32], said[256], line[300];
	struct problem why;
	snprintf(file, sizeof file, "%s.tsr", name);
	checkpoint_path(look->report->dir, file, path, sizeof path);
	if (access(path, F_OK) != 0)
		return;
	snprintf(file, sizeof file, CHECKPOINTS_DIR "/%.20s.tsr", name);
	if (receipt_check(path, checkpoint, said, sizeof said, &why) != OK) {
		say(look, true, file, why.text);
		return;
	}
	look->report->receipts++;
	snprintf(line, sizeof line, "OK, %s", said);
	say(look, false, file, line);
}

static void checkpoint_look(struct look *look, const char *name)
{
	char path[ARCHIVE_PATH], file[CHECKPOINT_NAME + 32], line[200], at[TIME_TEXT];
	struct checkpoint checkpoint;
	struct problem why;
	checkpoint_path(look->report->dir, name, path, sizeof path);
	snprintf(file, sizeof file, CHECKPOINTS_DIR "/%s", name);
	look->report->checkpoints++;
	if (checkpoint_read(&checkpoint, path, &why) != OK) {
		say(look, true, file, why.text + strlen(path) + 2);
		return;
	}
	int witnesses = checkpoint_verify(look, &checkpoint, name, &why);
	if (witnesses < 0) {
		say(look, true, file, why.text);
	} else {
		look->covered = checkpoint.size;
		look->report->cosigned += witnesses > 0;
		snprintf(line, sizeof line,
		        "OK, %" PRIu64 " seals, signed %s by %s, %d co-signature%s",
		        checkpoint.size, time_print(checkpoint.at_us, 0, at),
		        checkpoint.signature[0].name, witnesses,
		        witnesses == 1 ? "" : "s");
		say(look, false, file, line);
	}
	checkpoint_hash(&checkpoint, look->prev);
	receipt_verify(look, &checkpoint, name);
}

/* ---- what else lies in the folder ---- */

static bool key_file(const struct look *look, const char *name, bool *right)
{
	char path[ARCHIVE_PATH], key[KEY_NAME];
	uint8_t public_key[SIGN_PUBLIC];
	size_t n = strlen(name);
	if (n < 5 || n - 4 >= sizeof key || strcmp(name + n - 4, ".pem") != 0)
		return false;
	snprintf(key, sizeof key, "%.*s", (int)n - 4, name);
	const struct act *act = acts_key(look->report->acts, ACT_KEY, key);
	if (act == NULL)
		act = acts_key(look->report->acts, ACT_WITNESS, key);
	if (act == NULL)
		return false;
	checkpoint_path(look->report->dir, name, path, sizeof path);
	*right = sign_public_read(path, public_key, NULL) == OK &&
	         memcmp(public_key, act->public_key, SIGN_PUBLIC) == 0;
	return true;
}

static bool is_ours(const char *name)
{
	size_t n = strspn(name, "0123456789");
	return name[0] == '.' || strcmp(name, "acts") == 0 ||
	       strcmp(name, CHECKPOINT_OPEN) == 0 ||
	       (n == 12 && (name[n] == '\0' || strcmp(name + n, ".tsq") == 0 ||
	                           strcmp(name + n, ".tsr") == 0));
}

static void file_look(struct look *look, const char *name)
{
	char file[300];
	bool right = true;
	snprintf(file, sizeof file, CHECKPOINTS_DIR "/%.255s", name);
	if (is_ours(name) || (key_file(look, name, &right) && right))
		return;
	if (!right) {
		say(look, true, file, "is not the key that the acts name");
		return;
	}
	look->report->strangers++;
	verify_say(look->report, 0, file, "NOT SEALED: no act names it");
}

static void folder_look(struct look *look)
{
	char folder[ARCHIVE_PATH];
	struct dirent **entry = NULL;
	snprintf(folder, sizeof folder, "%.4000s/" CHECKPOINTS_DIR, look->report->dir);
	int n = scandir(folder, &entry, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		file_look(look, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
}

/* ---- the acts ---- */

static int act_damaged(void *with, size_t number, const char *text)
{
	struct verify_report *report = with;
	char name[64], line[1100];
	report->damaged++;
	report->checkpoints_damaged++;
	snprintf(name, sizeof name, CHECKPOINTS_DIR "/acts line %zu", number);
	snprintf(line, sizeof line, "DAMAGED: %s", text);
	verify_say(report, 0, name, line);
	return 0;
}

int verify_acts(struct verify_report *report, struct acts *acts, struct problem *why)
{
	char path[ARCHIVE_PATH], line[160], *text;
	size_t n;
	struct acts_visitor visitor = { .bad = act_damaged, .with = report };
	*acts = (struct acts){ 0 };
	report->acts = acts;
	checkpoint_path(report->dir, "acts", path, sizeof path);
	int status = file_read(path, 1u << 26, &text, &n);
	if (status == NOT_FOUND)
		return OK;
	if (status != OK)
		return problem_set(why, status, EXIT_NO_FILE, "%s: cannot be read: %s",
		        path, file_reason(errno));
	int damaged = acts_walk(acts, text, n, &visitor);
	free(text);
	const struct act *signer = acts_signer(acts);
	snprintf(line, sizeof line, "OK, %zu lines, key %s signs", acts->n,
	        signer != NULL ? signer->subject : "(none)");
	if (damaged == 0)
		verify_say(report, 1, CHECKPOINTS_DIR "/acts", line);
	return OK;
}

/* ---- all ---- */

static void uncovered_say(struct look *look)
{
	char line[160];
	if (look->report->checkpoints == 0 && look->of > 0)
		verify_say(look->report, 1, CHECKPOINTS_DIR,
		        "none: the seal list is not signed, so that whoever holds this "
		        "archive could make all of it again");
	if (look->report->checkpoints == 0 || look->covered >= look->of)
		return;
	snprintf(line, sizeof line,
	        "lines %" PRIu64 " to %" PRIu64 " of the seal list are under no sound "
	        "checkpoint yet",
	        look->covered + 1, look->of);
	verify_say(look->report, 1, CHECKPOINTS_DIR, line);
}

int verify_checkpoints(
        struct verify_report *report, const char *zone, struct problem *why)
{
	char path[ARCHIVE_PATH], (*names)[CHECKPOINT_NAME];
	struct look look = { .report = report, .zone = zone };
	uint8_t root[DIGEST_SIZE];
	int status = seals_take(&look, why);
	size_t n = status == OK ? checkpoint_names(report->dir, &names) : 0;
	for (size_t i = 0; i < n; i++)
		checkpoint_look(&look, names[i]);
	if (status == OK)
		free(names);
	checkpoint_path(report->dir, CHECKPOINT_OPEN, path, sizeof path);
	if (status == OK && access(path, F_OK) == 0)
		checkpoint_look(&look, CHECKPOINT_OPEN);
	if (status == OK) {
		folder_look(&look);
		uncovered_say(&look);
	}
	if (look.tree.digest != NULL)
		proof_tree_root(&look.tree, root);
	free(look.seals);
	return status;
}
