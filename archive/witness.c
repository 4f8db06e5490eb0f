/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/witness.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/acts_inside.h"
#include "archive/archive.h"
#include "archive/seals.h"
#include "base/folder.h"
#include "base/legal_time.h"

#define LIST_MOST (1u << 30)

struct text {
	char *at;
	size_t n;
};

/* One visit: what he is shown. */
struct visit {
	const struct witness *witness;
	struct checkpoint checkpoint;
	char folder[ARCHIVE_PATH]; /* of his memory of this archive */
	struct text seals, acts;   /* shown; seals: the lines under the checkpoint */
};

static int text_read(const char *path, struct text *text, struct problem *why)
{
	*text = (struct text){ .n = 0 };
	int status = file_read(path, LIST_MOST, &text->at, &text->n);
	if (status == OK || status == NOT_FOUND)
		return status;
	return problem_set(why, status, EXIT_NO_FILE, "%s: cannot be read: %s", path,
	        file_reason(errno));
}

/* ---- what he is shown ---- */

static int checkpoint_take(struct visit *visit, struct problem *why)
{
	char path[ARCHIVE_PATH], (*names)[CHECKPOINT_NAME];
	const char *copy = visit->witness->copy;
	size_t n = checkpoint_names(copy, &names);
	if (n == 0)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: no checkpoint is in it (" CHECKPOINTS_DIR "/)", copy);
	checkpoint_path(copy, names[n - 1], path, sizeof path);
	free(names);
	return checkpoint_read(&visit->checkpoint, path, why);
}

static int memory_name(struct visit *visit, struct problem *why)
{
	const char *origin = visit->checkpoint.origin;
	const char *zone = strncmp(origin, "quantrac/", 9) == 0 ? origin + 9 : "";
	if (!key_name_valid(zone))
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "'%s' is not the origin of an archive of quantrac", origin);
	snprintf(visit->folder, sizeof visit->folder, "%.3900s/%.32s",
	        visit->witness->memory, zone);
	return OK;
}

/* The first `size` lines of the list; the tree over them. */
static int root_check(struct visit *visit, struct problem *why)
{
	const struct checkpoint *checkpoint = &visit->checkpoint;
	uint8_t root[DIGEST_SIZE];
	struct proof_tree tree;
	size_t at = 0;
	uint64_t lines = 0;
	if (proof_tree_start(&tree) != OK)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	for (; lines < checkpoint->size; lines++) {
		const char *end =
		        memchr(visit->seals.at + at, '\n', visit->seals.n - at);
		if (end == NULL)
			break;
		size_t n = (size_t)(end - visit->seals.at) - at;
		seals_tree_add(&tree, visit->seals.at + at, n);
		at += n + 1;
	}
	proof_tree_root(&tree, root);
	visit->seals.n = at;
	if (lines < checkpoint->size)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "the checkpoint covers %" PRIu64
		        " seals; the list shown has only %" PRIu64,
		        checkpoint->size, lines);
	if (memcmp(root, checkpoint->root, sizeof root) != 0)
		return problem_set(why, MALFORMED, EXIT_DAMAGED,
		        "the checkpoint's root is not that of the first %" PRIu64
		        " lines shown",
		        checkpoint->size);
	return OK;
}

static int stop_at_first(void *with, size_t number, const char *text)
{
	problem_set(with, MALFORMED, EXIT_DAMAGED, "seals line %zu %s", number, text);
	return 1;
}

/* Every line is a seal and names the one before. */
static int chain_check(const struct visit *visit, struct problem *why)
{
	struct seal_list list;
	struct seal_visitor visitor = { .bad = stop_at_first, .with = why };
	char *copy = malloc(visit->seals.n + 1);
	if (copy == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "out of memory");
	memcpy(copy, visit->seals.at, visit->seals.n);
	int damaged = seal_list_walk(&list, copy, visit->seals.n, &visitor);
	seal_list_free(&list);
	free(copy);
	return damaged == 0 ? OK : MALFORMED;
}

static int shown_check(struct visit *visit, struct problem *why)
{
	struct acts acts;
	struct checkpoint_held held;
	int status = root_check(visit, why);
	if (status == OK)
		status = chain_check(visit, why);
	if (status != OK)
		return status;
	status = acts_read(&acts, visit->witness->copy, why);
	/* a co-signature of another witness is his own affair */
	visit->checkpoint.n_signatures = 1;
	if (status == OK)
		status = checkpoint_hold(&visit->checkpoint, &acts, &held, why);
	acts_free(&acts);
	return status;
}

/* ---- what he remembers ---- */

/* Line of the first byte in which the two differ, or in which `now` ends. */
static size_t first_difference(const struct text *before, const struct text *now)
{
	size_t line = 1;
	for (size_t i = 0; i < before->n; i++) {
		if (i >= now->n || before->at[i] != now->at[i])
			return line;
		line += before->at[i] == '\n';
	}
	return 0;
}

static void line_copy(const struct text *text, size_t line, char out[200])
{
	const char *at = text->at, *end = text->at + text->n;
	while (line > 1 && at < end)
		line -= *at++ == '\n';
	const char *newline = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
	snprintf(out, 200, "%.*s", (int)(newline != NULL ? newline - at : end - at),
	        at < end ? at : "");
}

static int extends(const char *what, const struct text *before, const struct text *now,
        struct problem *why)
{
	char was[200], is[200];
	size_t line = first_difference(before, now);
	if (line == 0)
		return OK;
	line_copy(before, line, was);
	line_copy(now, line, is);
	return problem_set(why, REFUSED, EXIT_DAMAGED,
	        "history was rewritten: %s line %zu was \"%.150s...\" and is now "
	        "\"%.150s...\"; nothing is co-signed",
	        what, line, was, is);
}

static int memory_check(const struct visit *visit, uint64_t *seen, struct problem *why)
{
	char path[ARCHIVE_PATH];
	struct text before;
	snprintf(path, sizeof path, "%.4000s/seals", visit->folder);
	int status = text_read(path, &before, why);
	*seen = 0;
	for (size_t i = 0; i < before.n; i++)
		*seen += before.at[i] == '\n';
	if (status == OK)
		status = extends("seals", &before, &visit->seals, why);
	free(before.at);
	if (status != OK && status != NOT_FOUND)
		return status;
	snprintf(path, sizeof path, "%.4000s/acts", visit->folder);
	status = text_read(path, &before, why);
	if (status == OK)
		status = extends("acts", &before, &visit->acts, why);
	free(before.at);
	return status == NOT_FOUND ? OK : status;
}

static int remember(const struct visit *visit, const char *name,
        const struct text *text, struct problem *why)
{
	char path[ARCHIVE_PATH];
	snprintf(path, sizeof path, "%.4000s/%s", visit->folder, name);
	if (text->n == 0 || file_replace(path, text->at, text->n, 0644) == OK)
		return OK;
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "%s: cannot be written: %s",
	        path, file_reason(errno));
}

/* ---- a visit ---- */

static int cosign(struct visit *visit, struct problem *why)
{
	struct note_signature *own =
	        &visit->checkpoint.signature[visit->checkpoint.n_signatures];
	*own = (struct note_signature){ .cosigned = true };
	snprintf(own->name, sizeof own->name, "%.32s", visit->witness->name);
	if (checkpoint_cosign(&visit->checkpoint, own,
	            (uint64_t)(visit->witness->now_us / US_PER_S),
	            visit->witness->key) != OK)
		return problem_set(why, FAILED, EXIT_INTERNAL, "cannot be co-signed");
	visit->checkpoint.n_signatures++;
	return OK;
}

static int shown_take(struct visit *visit, struct problem *why)
{
	char path[ARCHIVE_PATH];
	snprintf(path, sizeof path, "%.4000s/seals", visit->witness->copy);
	int status = text_read(path, &visit->seals, why);
	if (status == NOT_FOUND)
		return problem_set(
		        why, NOT_FOUND, EXIT_NO_FILE, "%s: is not there", path);
	if (status != OK)
		return status;
	checkpoint_path(visit->witness->copy, "acts", path, sizeof path);
	status = text_read(path, &visit->acts, why);
	return status == NOT_FOUND ? OK : status;
}

int witness_run(const struct witness *witness, struct checkpoint *out, uint64_t *seen,
        struct problem *why)
{
	struct visit visit = { .witness = witness };
	int status = checkpoint_take(&visit, why);
	if (status == OK)
		status = memory_name(&visit, why);
	if (status == OK && folder_make(visit.folder) != OK)
		status = problem_set(why, FAILED, EXIT_TRY_AGAIN,
		        "%s: cannot be made: %s", visit.folder, file_reason(errno));
	if (status == OK)
		status = shown_take(&visit, why);
	if (status == OK)
		status = shown_check(&visit, why);
	if (status == OK)
		status = memory_check(&visit, seen, why);
	if (status == OK)
		status = cosign(&visit, why);
	if (status == OK)
		status = remember(&visit, "seals", &visit.seals, why);
	if (status == OK)
		status = remember(&visit, "acts", &visit.acts, why);
	free(visit.seals.at);
	free(visit.acts.at);
	*out = visit.checkpoint;
	return status;
}
