/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of one DESCRIBE while they are gathered from files and journals. */
#ifndef ARCHIVE_READER_ROWS_H
#define ARCHIVE_READER_ROWS_H

#include "archive/reader_inside.h"

/* A stamp that may be wrong, and its row. */
struct doubtful {
	size_t row;
	int64_t mono_us;
	uint64_t boot;
	enum lies lies;
};

struct heap {
	struct rows rows;
	size_t room;
	size_t n_doubtful, doubtful_room;
	struct doubtful *doubtful;
};

/* Begin the rows of a describe: `channel` NULL for all.  OK, NOT_FOUND (no such
 * channel), FAILED. */
int heap_start(struct heap *heap, const struct describe *describe, const char *channel);
void heap_free(struct heap *heap);

/* Room for `n` more rows.  OK, FAILED. */
int heap_grow(struct heap *heap, size_t n);
/* Row by row. */
int heap_doubt(struct heap *heap, const struct doubtful *doubtful);

/* Put doubtful stamps right; how many could not be. */
size_t heap_correct(struct heap *heap, const struct corrections *corrections);
/* The same, and believe what can be: what stays doubtful nobody can place. */
void heap_place(struct heap *heap, const struct placing *placing);
/* When the first of those came that are doubtful; INT64_MAX: none are. */
int64_t heap_first_doubt(const struct heap *heap);

/* Keep the rows inside the query's interval and stored by then, placed or not as it asks
 * for, in order of (time, epoch, seq), each record once.  OK, FAILED. */
int heap_finish(struct heap *heap, const struct query *query);

#endif
