/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file about to be sealed, held against the journal's records. */
#include <stdlib.h>
#include <string.h>

#include "archive/layout.h"
#include "collector/seal_parts.h"

/* The records rebuilt from the file, held against the journal's one by one. */
struct comparison {
	const struct batch *batch;
	size_t i;    /* records that were equal */
	bool others; /* one was not, or there are more */
};

static int compare_one(void *with, const uint8_t *record, size_t size,
        int64_t stored_us, uint8_t transport)
{
	struct comparison *comparison = with;
	comparison->others = true;
	if (comparison->i >= comparison->batch->n)
		return 1;
	const struct day_record *wanted = &comparison->batch->record[comparison->i];
	if (wanted->size != size || memcmp(wanted->bytes, record, size) != 0 ||
	        wanted->stored_us != stored_us || wanted->transport != transport)
		return 1;
	comparison->others = false;
	comparison->i++;
	return 0;
}

static int no_memory(struct problem *why)
{
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "no memory to seal");
}

/* The records first: a file of others has another tree too. */
static int records_prove(const struct comparison *comparison,
        const struct target *target, struct problem *why)
{
	const struct batch *batch = comparison->batch;
	if (comparison->i == batch->n && !comparison->others)
		return OK;
	return problem_set(why, MALFORMED, EXIT_INTERNAL,
	        "%s: record %zu of %zu does not come back from the file as the journal "
	        "has it; "
	        "the day is not sealed and the journal stays",
	        target->seal.path, comparison->i + 1, batch->n);
}

/* Records that came back equal are hashed again: their nodes must be those that the
 * writing process put into /tree.  The root of all is the seal's. */
static int tree_prove(struct target *target, const struct batch *batch, struct day *day,
        struct problem *why)
{
	size_t blocks = day_blocks(batch->n), size = blocks * DIGEST_SIZE;
	uint8_t *node = malloc(2 * size + 1); /* its own, behind them the file's */
	struct proof_tree tree;
	if (node == NULL || day_nodes(batch->record, batch->n, node) != OK ||
	        proof_tree_start(&tree) != OK) {
		free(node);
		return no_memory(why);
	}
	const uint8_t *written = node + size;
	int status = day_tree(day, node + size, blocks, why);
	if (status == OK && memcmp(node, written, size) != 0)
		status = problem_set(why, MALFORMED, EXIT_INTERNAL,
		        "%s: /" LAYOUT_TREE " in the file is not that of the journal's "
		        "records; the day is not sealed and the journal stays",
		        target->seal.path);
	for (size_t i = 0; i < blocks; i++)
		proof_tree_add_node(&tree, node + i * DIGEST_SIZE);
	proof_tree_root(&tree, target->seal.root);
	free(node);
	return status;
}

int seal_compare(struct target *target, const struct batch *batch, struct problem *why)
{
	struct comparison comparison = { .batch = batch };
	struct day *day = NULL;
	int status = day_open(&day, target->temporary, why);
	if (status == OK)
		status = day_records(day, compare_one, &comparison, why);
	if (status >= 0)
		status = records_prove(&comparison, target, why);
	if (status == OK)
		status = tree_prove(target, batch, day, why);
	day_close(day);
	return status;
}
