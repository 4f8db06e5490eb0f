/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/batch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

/* Bytes taken at once: first for a day of few records, then for one of many. */
#define FIRST ((size_t)128 << 10)
#define BLOCK ((size_t)2 << 20)

struct block {
	struct block *next;
	size_t used, room;
	uint8_t bytes[];
};

static struct block *block_add(struct batch *batch)
{
	size_t size = batch->block == NULL ? FIRST : BLOCK;
	struct block *block = pages_take(size);
	if (block == NULL)
		return NULL;
	*block = (struct block){ .next = batch->block, .room = size - sizeof *block };
	batch->block = block;
	return block;
}

static uint8_t *keep(struct batch *batch, const uint8_t *bytes, size_t n)
{
	struct block *block = batch->block;
	if (block == NULL || block->room - block->used < n)
		block = block_add(batch);
	if (block == NULL)
		return NULL;
	uint8_t *out = block->bytes + block->used;
	memcpy(out, bytes, n);
	block->used += n;
	return out;
}

/* The record goes on where the last range ends: the range grows. */
static bool range_grows(struct batch *batch, const struct record *record)
{
	if (batch->n_ranges == 0)
		return false;
	struct sealed_range *last = &batch->range[batch->n_ranges - 1];
	if (last->epoch != record->epoch || last->last + 1 != record->seq)
		return false;
	last->last = record->seq;
	return true;
}

static int range_add(struct batch *batch, const struct record *record)
{
	if (range_grows(batch, record))
		return OK;
	if (batch->n_ranges == batch->ranges_room) {
		size_t room = batch->ranges_room > 0 ? 2 * batch->ranges_room : 8;
		void *more = realloc(batch->range, room * sizeof *batch->range);
		if (more == NULL)
			return FAILED;
		batch->range = more;
		batch->ranges_room = room;
	}
	batch->range[batch->n_ranges++] = (struct sealed_range){
		.epoch = record->epoch, .first = record->seq, .last = record->seq
	};
	return OK;
}

int batch_add(struct batch *batch, const struct batch_record *one)
{
	const struct record *record = one->record;
	if (batch->n == batch->room) {
		size_t room = batch->room > 0 ? 2 * batch->room : 1024;
		void *more = realloc(batch->record, room * sizeof *batch->record);
		if (more == NULL)
			return FAILED;
		batch->record = more;
		batch->room = room;
	}
	const uint8_t *bytes = keep(batch, one->bytes, one->size);
	if (bytes == NULL || range_add(batch, record) != OK)
		return FAILED;
	batch->record[batch->n++] = (struct day_record){ .bytes = bytes,
		.size = one->size,
		.stored_us = one->stored_us,
		.transport = one->transport };
	batch->readings += record->type == RECORD_READING;
	batch->gaps += record->type == RECORD_GAP;
	return OK;
}

void batch_free(struct batch *batch)
{
	while (batch->block != NULL) {
		struct block *next = batch->block->next;
		free(batch->block);
		batch->block = next;
	}
	free(batch->record);
	free(batch->range);
	*batch = (struct batch){ .n = 0 };
}
