/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/crew.h"
#include "archive/day.h"
#include "archive/layout.h"
#include "archive/proof.h"

struct nodes {
	const struct day_record *record;
	size_t n;
	uint8_t *node;
	struct proof_tree tree[CREW_MOST]; /* one for each hand */
};

static void block_hash(void *with, size_t block, size_t hand)
{
	struct nodes *nodes = with;
	struct proof_tree *tree = &nodes->tree[hand];
	size_t first = block * LAYOUT_BLOCK, end = first + LAYOUT_BLOCK;
	for (size_t i = first; i < end && i < nodes->n; i++)
		proof_tree_add(tree, nodes->record[i].bytes, nodes->record[i].size);
	proof_tree_take(tree, nodes->node + block * DIGEST_SIZE);
}

size_t day_blocks(size_t n)
{
	return (n + LAYOUT_BLOCK - 1) / LAYOUT_BLOCK;
}

int day_nodes(const struct day_record *record, size_t n, uint8_t *node)
{
	struct nodes nodes = { .record = record, .n = n, .node = node };
	uint8_t empty[DIGEST_SIZE];
	size_t hands = 0;
	while (hands < crew_hands() && proof_tree_start(&nodes.tree[hands]) == OK)
		hands++;
	bool all = hands == crew_hands();
	if (all)
		crew_share(day_blocks(n), block_hash, &nodes);
	while (hands > 0)
		proof_tree_root(&nodes.tree[--hands], empty);
	return all ? OK : FAILED;
}
