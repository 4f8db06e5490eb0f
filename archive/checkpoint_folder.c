/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder checkpoints lie in, and the newest of them. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/checkpoint.h"
#include "archive/seals.h"
#include "base/folder.h"

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

int checkpoint_agrees(const struct checkpoint *checkpoint, const char *dir,
        const char *name, struct problem *why)
{
	char *text;
	size_t n, at = 0;
	uint64_t lines = 0;
	uint8_t root[DIGEST_SIZE];
	struct proof_tree tree;
	int status = seal_list_text(dir, &text, &n, why);
	if (status != OK)
		return status;
	if (proof_tree_start(&tree) != OK) {
		free(text);
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "out of memory");
	}
	for (const char *end; lines < checkpoint->size && at < n; lines++) {
		end = memchr(text + at, '\n', n - at);
		if (end == NULL)
			break;
		seals_tree_add(&tree, text + at, (size_t)(end - text) - at);
		at = (size_t)(end - text) + 1;
	}
	proof_tree_root(&tree, root);
	free(text);
	if (lines == checkpoint->size &&
	        memcmp(root, checkpoint->root, sizeof root) == 0)
		return OK;
	return problem_set(why, MALFORMED, EXIT_DAMAGED,
	        "%s/seals: is not the list that checkpoint %s was signed over; "
	        "quantrac "
	        "verify tells where it differs; put back a copy of it",
	        dir, name);
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
		if (held == OK)
			held = checkpoint_agrees(
			        &one, dir, names[i - 1], i == n ? why : NULL);
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
