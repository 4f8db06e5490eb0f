/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal list against what was signed of it.  Sealing upon a list that was cut would
 * move the files of the missing lines away as strangers and seal their days anew. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/seals.h"
#include "base/log.h"
#include "collector/seal_parts.h"

/* One that does not hold says nothing about the list. */
static void take(struct checkpoint *newest, const struct sealer *sealer,
        const struct acts *acts, const char *name)
{
	char path[ARCHIVE_PATH];
	struct checkpoint one;
	struct problem why = { .text = "" };
	checkpoint_path(sealer->dir, name, path, sizeof path);
	int status = checkpoint_sound(&one, path, acts, &why);
	if (status == OK && one.size > newest->size)
		*newest = one;
	if (status != OK && status != NOT_FOUND)
		log_line(LOG_ALERT, "checkpoints: %s", why.text);
}

/* The newest that holds, `open` too; size 0: none.  With acts that are lost or damaged,
 * which tell no key, all that are of the form count: that is one more thing that is not
 * as it was. */
static void signed_before(struct checkpoint *newest, const struct sealer *sealer)
{
	char(*names)[CHECKPOINT_NAME];
	struct acts acts;
	struct problem why;
	size_t n = checkpoint_names(sealer->dir, &names);
	bool known = acts_read(&acts, sealer->dir, &why) == OK && acts.n > 0;
	*newest = (struct checkpoint){ 0 };
	for (size_t i = n; i > 0 && newest->size == 0; i--)
		take(newest, sealer, known ? &acts : NULL, names[i - 1]);
	take(newest, sealer, known ? &acts : NULL, CHECKPOINT_OPEN);
	acts_free(&acts);
	free(names);
}

/* OK, MALFORMED: it is another list, or FAILED. */
static int compare(const struct seal_list *list, const struct checkpoint *newest)
{
	char line[SEAL_LINE];
	uint8_t root[DIGEST_SIZE];
	struct proof_tree tree;
	if (list->n < newest->size)
		return MALFORMED;
	if (proof_tree_start(&tree) != OK)
		return FAILED;
	for (uint64_t i = 0; i < newest->size; i++) {
		int n = seal_print(&list->seal[i], line, sizeof line);
		seals_tree_add(&tree, line, n > 0 ? (size_t)n : 0);
	}
	proof_tree_root(&tree, root);
	return memcmp(root, newest->root, sizeof root) == 0 ? OK : MALFORMED;
}

static void hold(struct sealer *sealer, uint64_t size, const char *what)
{
	sealer->held = true;
	problem_set(&sealer->held_why, REFUSED, EXIT_DAMAGED,
	        "%.300s/seals: the seal list is not the one that was signed: put back "
	        "a copy of seals, then start again; until then nothing is sealed and "
	        "every record is kept in the journals (%" PRIu64 " lines were "
	        "signed; %.300s)",
	        sealer->dir, size, what);
}

int seal_guard(struct sealer *sealer, struct problem *why)
{
	char what[64];
	struct checkpoint newest;
	struct problem first = { .text = "" };
	int status = seal_list_read(&sealer->list, sealer->dir, &first);
	if (status != OK && status != MALFORMED)
		return problem_set(why, status, first.exit, "%s", first.text);
	signed_before(&newest, sealer);
	if (status == MALFORMED && newest.size == 0)
		return problem_set(why, status, first.exit, "%s", first.text);
	if (status == MALFORMED) {
		hold(sealer, newest.size, first.text);
		return OK;
	}
	status = newest.size > 0 ? compare(&sealer->list, &newest) : OK;
	if (status == FAILED)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	snprintf(what, sizeof what, "it has %zu", sealer->list.n);
	if (status == MALFORMED)
		hold(sealer, newest.size,
		        sealer->list.n < newest.size ? what : "one of them differs");
	return OK;
}
