/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal list against what was signed of it.  Sealing upon a list that was cut would
 * move the files of the missing lines away as strangers and seal their days anew. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/seals.h"
#include "base/log.h"
#include "collector/seal_parts.h"

/* One that does not hold says nothing about the list; one of a revoked key (REFUSED) is what
 * an act said, and no alarm at each start. */
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
	if (status == MALFORMED || status == FAILED)
		log_line(LOG_ALERT, "checkpoints: %s", why.text);
}

/* What tells how the list was when it was signed. */
struct signs {
	struct acts acts;
	bool known;               /* the acts hold, and there are some */
	struct checkpoint newest; /* that holds, `open` too; size 0: none */
};

/* With acts that are lost or damaged, which tell no key, all that are of the form count:
 * that is one more thing that is not as it was. */
static int signs_take(
        struct signs *signs, const struct sealer *sealer, struct problem *why)
{
	char(*names)[CHECKPOINT_NAME];
	struct problem damaged;
	*signs = (struct signs){ .known = false };
	int status = acts_read(&signs->acts, sealer->dir, &damaged);
	signs->known = status == OK && signs->acts.n > 0;
	if (signs->known && checkpoint_finish(sealer->dir, &signs->acts, why) != OK)
		return FAILED;
	const struct acts *acts = signs->known ? &signs->acts : NULL;
	size_t n = checkpoint_names(sealer->dir, &names);
	for (size_t i = n; i > 0 && signs->newest.size == 0; i--)
		take(&signs->newest, sealer, acts, names[i - 1]);
	take(&signs->newest, sealer, acts, CHECKPOINT_OPEN);
	free(names);
	return OK;
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

/* ---- it is not ---- */

#define UNTIL                                                                          \
	"then start again; until then nothing is sealed and every record is kept in "  \
	"the journals"

static int hold(struct sealer *sealer, uint64_t size, const char *what)
{
	sealer->held = true;
	problem_set(&sealer->held_why, REFUSED, EXIT_DAMAGED,
	        "%.300s/seals: the seal list is not the one that was signed: put back "
	        "a copy of seals, " UNTIL " (%" PRIu64 " lines were signed; %.300s)",
	        sealer->dir, size, what);
	return OK;
}

/* Nobody knows what was sealed: also where nothing was ever signed. */
static int hold_unread(struct sealer *sealer, const char *what)
{
	sealer->held = true;
	problem_set(&sealer->held_why, REFUSED, EXIT_DAMAGED,
	        "%.800s: put back a copy of seals, " UNTIL, what);
	return OK;
}

/* Signing the list anew would hide that what was signed is gone. */
static int hold_gone(struct sealer *sealer, const struct acts *acts)
{
	sealer->held = true;
	problem_set(&sealer->held_why, REFUSED, EXIT_DAMAGED,
	        "%.300s/" CHECKPOINTS_DIR ": " CHECKPOINTS_GONE
	        ": put back a copy of checkpoints and of seals, " UNTIL,
	        sealer->dir, acts_signer(acts)->subject);
	return OK;
}

/* No journal may go upon a line that is only in memory. */
static void hold_changed(struct sealer *sealer)
{
	sealer->held = true;
	problem_set(&sealer->held_why, REFUSED, EXIT_DAMAGED,
	        "%.300s/seals: the seal list was changed or taken away while the "
	        "collector ran: put back a copy of seals (%zu lines), " UNTIL,
	        sealer->dir, sealer->list.n);
}

/* Sealing upon it would seal those days a second time. */
static int hold_older(struct sealer *sealer, const char *what)
{
	sealer->held = true;
	problem_set(&sealer->held_why, REFUSED, EXIT_DAMAGED,
	        "%.300s/seals: the seal list is older than what was sealed: %.400s; "
	        "put back the newest copy of seals and of checkpoints, " UNTIL
	        "; if there is no copy, move sealed/ and the files that no line names "
	        "into quarantine/: what the journals still have of their days is "
	        "sealed "
	        "again",
	        sealer->dir, what);
	return OK;
}

/* OK, also when it is not the one that was signed, or FAILED. */
static int judge(struct sealer *sealer, const struct signs *signs, struct problem *why)
{
	char what[1024];
	const struct seal_list *list = &sealer->list;
	uint64_t size = signs->newest.size, told = acts_seals(&signs->acts);
	snprintf(what, sizeof what, "it has %zu", list->n);
	if (signs->known && checkpoint_trace(sealer->dir) != CHECKPOINT_THERE)
		return hold_gone(sealer, &signs->acts);
	if (list->n < size || list->n < told)
		return hold(sealer, size > told ? size : told, what);
	int status = size > 0 ? compare(list, &signs->newest) : OK;
	if (status == FAILED)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory");
	if (status != OK)
		return hold(sealer, size, "one of them differs");
	status = seal_older(sealer, what, sizeof what);
	if (status == FAILED)
		return problem_set(why, FAILED, EXIT_INTERNAL,
		        "%s: cannot be searched for files: %s", sealer->dir,
		        strerror(errno));
	return status == OK ? OK : hold_older(sealer, what);
}

int seal_guard(struct sealer *sealer, struct problem *why)
{
	struct signs signs;
	struct problem first = { .text = "" };
	int status = seal_list_read(&sealer->list, sealer->dir, &first);
	if (status != OK && first.exit == EXIT_TRY_AGAIN) /* not for want of memory */
		return problem_set(why, status, first.exit, "%s", first.text);
	if (signs_take(&signs, sealer, why) != OK)
		status = FAILED;
	else if (status == OK)
		status = judge(sealer, &signs, why);
	else if (signs.newest.size > 0 || signs.known)
		status = hold(sealer, signs.newest.size, first.text);
	else
		status = hold_unread(sealer, first.text);
	acts_free(&signs.acts);
	return status;
}

/* ---- while the collector runs ---- */

/* To the byte, but for a last line that was never finished. */
static bool is_the_same(const struct seal_list *list, const char *text, size_t n)
{
	char line[SEAL_LINE];
	size_t at = 0;
	for (size_t i = 0; i < list->n; i++) {
		int size = seal_print(&list->seal[i], line, sizeof line);
		if (size < 0 || n - at <= (size_t)size ||
		        memcmp(text + at, line, (size_t)size) != 0 ||
		        text[at + (size_t)size] != '\n')
			return false;
		at += (size_t)size + 1;
	}
	return memchr(text + at, '\n', n - at) == NULL;
}

/* OK, MALFORMED: it is another list, or a problem. */
static int compare_disk(const struct sealer *sealer, struct problem *why)
{
	char *text;
	size_t n;
	int status = seal_list_text(sealer->dir, &text, &n, why);
	if (status == OK && !is_the_same(&sealer->list, text != NULL ? text : "", n))
		status = MALFORMED;
	free(text);
	return status;
}

int seal_list_stands(
        struct sealer *sealer, const struct seal_job *job, struct problem *why)
{
	if (!sealer->held && sealer->compared_us == job->now_us)
		return OK;
	int status = sealer->held ? MALFORMED : compare_disk(sealer, why);
	if (status == MALFORMED && !sealer->held)
		hold_changed(sealer);
	if (status == MALFORMED)
		return problem_set(
		        why, REFUSED, EXIT_DAMAGED, "%s", sealer->held_why.text);
	if (status == OK)
		sealer->compared_us = job->now_us;
	return status;
}
