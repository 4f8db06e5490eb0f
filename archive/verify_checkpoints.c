/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checkpoints and the receipts of an archive, against its seal list. */
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
	uint64_t fed;                   /* lines */
	struct proof_tree tree, before; /* of those; without the last */
	struct before {
		uint8_t hash[DIGEST_SIZE];
		bool broken; /* it does not hold: it tells nothing */
	} prev, prev_2;      /* the checkpoint before, and the one before it */
	uint64_t newest;     /* lines of the newest of a day */
};

static void say(struct look *look, bool damage, const char *name, const char *text)
{
	char line[1200];
	look->report->damaged += damage;
	snprintf(line, sizeof line, "%s%s", damage ? "DAMAGED: " : "", text);
	verify_say(look->report, !damage, name, line);
}

/* ---- the lines of the seal list, as they are ---- */

static void line_feed(struct look *look, const char *line, size_t n)
{
	look->before = look->tree;
	seals_tree_add(&look->tree, line, n);
	look->fed++;
}

/* Would it be its root if the last line named the one before? */
static bool last_mends(struct look *look, const struct checkpoint *checkpoint)
{
	char mended[SEAL_LINE];
	uint8_t root[DIGEST_SIZE];
	const struct verify_lines *lines = look->report->lines;
	struct proof_tree tree = look->before;
	if (checkpoint->size != lines->n || lines->n < 2 ||
	        !lines->line[lines->n - 1].unlinked)
		return false;
	size_t n = verify_line_mended(lines, lines->n - 1, mended);
	seals_tree_add(&tree, mended, n);
	seals_tree_root(&tree, root);
	return memcmp(root, checkpoint->root, sizeof root) == 0;
}

static bool root_same(struct look *look, const struct checkpoint *checkpoint)
{
	uint8_t root[DIGEST_SIZE];
	const struct verify_lines *lines = look->report->lines;
	if (checkpoint->size > lines->n)
		return false;
	while (look->fed < checkpoint->size) {
		const struct verify_line *line = &lines->line[look->fed];
		line_feed(look, line->text, line->n);
	}
	seals_tree_root(&look->tree, root);
	return memcmp(root, checkpoint->root, sizeof root) == 0;
}

/* The same of one that covers fewer lines than the one looked at before it. */
static bool root_same_again(struct look *look, const struct checkpoint *checkpoint)
{
	struct look again = { .report = look->report };
	bool same =
	        proof_tree_start(&again.tree) == OK && root_same(&again, checkpoint);
	digest_free(again.tree.digest);
	return same;
}

/* Is its root that of the list?  It was signed as it is: if not, it is the list that was
 * changed. */
static bool root_agrees(
        struct look *look, const struct checkpoint *checkpoint, const char *name)
{
	struct verify_lines *lines = look->report->lines;
	if (checkpoint->size > lines->most_signed)
		lines->most_signed = checkpoint->size;
	if (checkpoint->size < look->fed ? root_same_again(look, checkpoint)
	                                 : root_same(look, checkpoint)) {
		if (checkpoint->size > lines->agreed)
			lines->agreed = checkpoint->size;
		return true;
	}
	lines->last_mends = lines->last_mends || last_mends(look, checkpoint);
	if (lines->differs > 0)
		return false;
	lines->differs = checkpoint->size;
	snprintf(lines->differs_by, sizeof lines->differs_by, "%.20s", name);
	return false;
}

/* ---- one checkpoint ---- */

/* A power cut between a day's checkpoint and the removal of `open` leaves the `open` that
 * stood before that day's. */
static bool is_left(
        const struct look *look, const struct checkpoint *checkpoint, const char *name)
{
	return strcmp(name, CHECKPOINT_OPEN) == 0 && checkpoint->size <= look->newest;
}

static int words_check(const struct look *look, const struct checkpoint *checkpoint,
        const char *name, struct problem *why)
{
	char number[CHECKPOINT_NAME];
	snprintf(number, sizeof number, "%012" PRIu64, checkpoint->size);
	if (strcmp(name, CHECKPOINT_OPEN) != 0 && strcmp(name, CHECKPOINT_FIRST) != 0 &&
	        strcmp(name, number) != 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "covers %" PRIu64 " seals, which is not its name",
		        checkpoint->size);
	bool left = is_left(look, checkpoint, name);
	const struct before *prev = left ? &look->prev_2 : &look->prev;
	if (!prev->broken && memcmp(checkpoint->prev, prev->hash, DIGEST_SIZE) != 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "does not name the checkpoint before it: one was changed, "
		        "added or removed");
	if (checkpoint->size < look->fed && !left)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "covers fewer seals than the one before it");
	return OK;
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

/* It holds: if it is of another zone than archive.yaml says, that was changed. */
static void zone_look(
        struct look *look, const struct checkpoint *checkpoint, const char *file)
{
	char origin[80];
	snprintf(origin, sizeof origin, "quantrac/%.60s", look->zone);
	if (strcmp(checkpoint->origin, origin) != 0)
		verify_identity_say(look->report, file);
}

static void sound_say(struct look *look, const struct checkpoint *checkpoint,
        const char *file, const struct checkpoint_held *held)
{
	char line[240], more[64] = "", at[TIME_TEXT];
	look->report->cosigned += held->witnesses > 0;
	if (held->revoked > 0)
		snprintf(more, sizeof more,
		        ", %zu of a revoked witness: does not count", held->revoked);
	snprintf(line, sizeof line,
	        "OK, %" PRIu64 " seals, signed %s by %s, %zu co-signature%s%s",
	        checkpoint->size, time_print(checkpoint->at_us, 0, at),
	        checkpoint->signature[0].name, held->witnesses,
	        held->witnesses == 1 ? "" : "s", more);
	say(look, false, file, line);
}

/* What its key signed beyond its time is no damage: somebody said so, and signed it. */
static void revoked_say(struct look *look, const struct checkpoint *checkpoint,
        const char *file, const struct problem *why)
{
	char line[240];
	look->report->revoked++;
	snprintf(line, sizeof line,
	        "REVOKED: does not count: over %" PRIu64 " seals, and %.160s",
	        checkpoint->size, why->text);
	verify_say(look->report, 1, file, line);
}

static void read_look(struct look *look, const struct checkpoint *checkpoint,
        const char *name, const char *file)
{
	struct problem why;
	struct checkpoint_held held;
	int status = words_check(look, checkpoint, name, &why);
	if (status == OK)
		status = checkpoint_hold(checkpoint, look->report->acts, &held, &why);
	look->prev.broken = status != OK && status != REFUSED;
	if (status == REFUSED) {
		revoked_say(look, checkpoint, file, &why);
		zone_look(look, checkpoint, file);
		return;
	}
	if (status != OK && look->report->acts_damaged)
		look->report->follow_checkpoints++;
	else if (status != OK)
		say(look, true, file, why.text);
	else if (root_agrees(look, checkpoint, name)) {
		sound_say(look, checkpoint, file, &held);
		zone_look(look, checkpoint, file);
	} else
		look->report->follow_checkpoints++;
}

static void checkpoint_look(struct look *look, const char *name)
{
	char path[ARCHIVE_PATH], file[CHECKPOINT_NAME + 32];
	struct checkpoint checkpoint;
	struct problem why;
	checkpoint_path(look->report->dir, name, path, sizeof path);
	snprintf(file, sizeof file, CHECKPOINTS_DIR "/%s", name);
	look->report->checkpoints++;
	const struct before prev = look->prev;
	if (checkpoint_read(&checkpoint, path, &why) != OK) {
		say(look, true, file, why.text + strlen(path) + 2);
		look->prev.broken = true;
	} else {
		read_look(look, &checkpoint, name, file);
		checkpoint_hash(&checkpoint, look->prev.hash);
		receipt_verify(look, &checkpoint, name);
	}
	look->prev_2 = prev;
}

/* ---- all ---- */

static void uncovered_say(struct look *look)
{
	char line[160];
	const struct verify_lines *lines = look->report->lines;
	const struct act *signer = acts_signer(look->report->acts);
	if (look->report->checkpoints == 0 && signer != NULL) {
		snprintf(line, sizeof line, CHECKPOINTS_GONE, signer->subject);
		say(look, true, CHECKPOINTS_DIR, line);
		return;
	}
	if (look->report->checkpoints == 0 && lines->n > 0)
		verify_say(look->report, 1, CHECKPOINTS_DIR,
		        "none: the seal list is not signed, so that whoever holds this "
		        "archive could make all of it again");
	if (look->report->checkpoints == 0 || lines->agreed >= lines->n)
		return;
	snprintf(line, sizeof line,
	        "lines %" PRIu64 " to %zu of the seal list are under no sound "
	        "checkpoint yet",
	        lines->agreed + 1, lines->n);
	verify_say(look->report, 1, CHECKPOINTS_DIR, line);
}

static void checkpoints_look(struct look *look)
{
	char(*names)[CHECKPOINT_NAME];
	size_t n = checkpoint_names(look->report->dir, &names);
	for (size_t i = 0; i < n; i++) {
		checkpoint_look(look, names[i]);
		look->newest = strtoull(names[i], NULL, 10);
	}
	free(names);
}

/* From the newest back to one that holds; the one before it is not asked for. */
static void newest_look(struct look *look)
{
	char path[ARCHIVE_PATH], (*names)[CHECKPOINT_NAME];
	struct checkpoint one;
	bool holds = false;
	size_t n = checkpoint_names(look->report->dir, &names);
	look->newest = n > 0 ? strtoull(names[n - 1], NULL, 10) : 0;
	for (size_t i = n; i > 0 && !holds; i--) {
		checkpoint_path(look->report->dir, names[i - 1], path, sizeof path);
		holds = checkpoint_sound(&one, path, look->report->acts, NULL) == OK;
		look->prev.broken = true;
		checkpoint_look(look, names[i - 1]);
	}
	free(names);
}

/* Those that are not of a day. */
static void others_look(struct look *look)
{
	char path[ARCHIVE_PATH];
	const char *dir = look->report->dir;
	checkpoint_path(dir, CHECKPOINT_OPEN, path, sizeof path);
	if (access(path, F_OK) == 0)
		checkpoint_look(look, CHECKPOINT_OPEN);
	if (look->report->acts->n > 0 && checkpoint_trace(dir) == CHECKPOINT_STARTED)
		checkpoint_look(look, CHECKPOINT_FIRST);
}

int verify_checkpoints(
        struct verify_report *report, const char *zone, bool all, struct problem *why)
{
	struct look look = { .report = report, .zone = zone };
	if (proof_tree_start(&look.tree) != OK)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	if (all)
		checkpoints_look(&look);
	else
		newest_look(&look);
	others_look(&look);
	verify_acts_agree(report);
	if (all)
		verify_checkpoints_folder(report);
	uncovered_say(&look);
	digest_free(look.tree.digest);
	return OK;
}
