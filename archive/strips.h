/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of a group turned into columns, as bytes of the file (little-endian).  A record
 * lies in a few lines of the cache, a day of them in none: each is visited once for all
 * columns of its header, and once for every STRIPS_TILE channels, not once per column.
 */
#ifndef ARCHIVE_STRIPS_H
#define ARCHIVE_STRIPS_H

#include "archive/plan.h"

#define STRIPS_TILE 8 /* channels at once: bounds the memory */

struct strips {
	const struct plan *plan;
	const struct plan_group *group;
	uint8_t *time, *type;            /* f64, u8 */
	uint8_t *common[LAYOUT_COLUMNS]; /* by enum layout_column, of its kind */
	uint8_t *length[LAYOUT_BYTES];   /* by enum layout_bytes, u16 */
	size_t total[LAYOUT_BYTES];      /* sums of the lengths */
	size_t first, channels;          /* of the tile */
	uint8_t *value[STRIPS_TILE];     /* f64, of the channels of a tile */
	uint8_t *state[STRIPS_TILE];     /* u8 */
	uint8_t *sample[STRIPS_TILE];    /* f64; NULL: the channel has none */
	void *head_memory, *tile_memory;
};

/* What every row has, and the lengths.  OK or FAILED: no memory. */
int strips_open(
        struct strips *strips, const struct plan *plan, const struct plan_group *group);
void strips_free(struct strips *strips);

/* Channels first, first + 1, ... of an instrument's group, in the place of those before;
 * how many, or FAILED. */
int strips_tile(struct strips *strips, size_t first);

/* Byte strings of all rows, end to end: total[which] bytes, which the caller frees; NULL
 * without memory.  The channels are gone then. */
uint8_t *strips_bytes(struct strips *strips, enum layout_bytes which);

#endif
