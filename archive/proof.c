/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tree of RFC 6962, 2.1, fed leaf by leaf.  node[k] is the root of a full subtree
 * of 2^k leaves, held while bit k of n is set: adding a leaf is adding one to a binary
 * number.
 */
#include "archive/proof.h"

#include <stdbool.h>
#include <string.h>

static void hash_pair(struct proof_tree *tree, const uint8_t *left,
        const uint8_t *right, uint8_t *out)
{
	uint8_t pair[1 + 2 * DIGEST_SIZE] = { 1 }; /* an inner node */
	memcpy(pair + 1, left, DIGEST_SIZE);
	memcpy(pair + 1 + DIGEST_SIZE, right, DIGEST_SIZE);
	digest_begin(tree->digest);
	digest_add(tree->digest, pair, sizeof pair);
	digest_end(tree->digest, out);
}

int proof_tree_start(struct proof_tree *tree)
{
	tree->n = 0;
	tree->digest = digest_new();
	return tree->digest != NULL ? OK : FAILED;
}

void proof_tree_add_node(struct proof_tree *tree, const uint8_t node[DIGEST_SIZE])
{
	uint8_t carry[DIGEST_SIZE];
	memcpy(carry, node, sizeof carry);
	unsigned level = 0;
	for (; (tree->n >> level & 1) != 0; level++)
		hash_pair(tree, tree->node[level], carry, carry);
	memcpy(tree->node[level], carry, sizeof carry);
	tree->n++;
}

void proof_leaf(
        struct digest *digest, const void *record, size_t n, uint8_t out[DIGEST_SIZE])
{
	static const uint8_t leaf = 0;
	digest_begin(digest);
	digest_add(digest, &leaf, 1);
	digest_add(digest, record, n);
	digest_end(digest, out);
}

void proof_tree_add(struct proof_tree *tree, const void *record, size_t n)
{
	uint8_t node[DIGEST_SIZE];
	proof_leaf(tree->digest, record, n, node);
	proof_tree_add_node(tree, node);
}

/* The smaller subtrees hang to the right: join from the right.  An empty tree is
 * SHA-256 of nothing. */
void proof_tree_take(struct proof_tree *tree, uint8_t out[DIGEST_SIZE])
{
	bool begun = false;
	if (tree->n == 0)
		digest_of("", 0, out);
	for (unsigned level = 0; level < 64 && tree->n >> level != 0; level++) {
		if ((tree->n >> level & 1) == 0)
			continue;
		if (begun)
			hash_pair(tree, tree->node[level], out, out);
		else
			memcpy(out, tree->node[level], DIGEST_SIZE);
		begun = true;
	}
	tree->n = 0;
}

void proof_tree_root(struct proof_tree *tree, uint8_t out[DIGEST_SIZE])
{
	proof_tree_take(tree, out);
	digest_free(tree->digest);
	tree->digest = NULL;
}
