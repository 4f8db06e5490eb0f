/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/batch.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/record.h"

#define BLOCK (1u << 20) /* bytes taken at once */

struct block {
	struct block *next;
	size_t used;
	uint8_t bytes[BLOCK];
};

static uint8_t *keep(struct batch *batch, const uint8_t *bytes, size_t n)
{
	if (batch->block == NULL || batch->block->used + n > BLOCK) {
		struct block *block = malloc(sizeof *block);
		if (block == NULL)
			return NULL;
		block->next = batch->block;
		block->used = 0;
		batch->block = block;
	}
	uint8_t *out = batch->block->bytes + batch->block->used;
	memcpy(out, bytes, n);
	batch->block->used += n;
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
	struct record record;
	int size = record_decode(&record, one->bytes, one->size);
	assert(size > 0); /* a reader gives sound ones only */
	if (batch->n == batch->room) {
		size_t room = batch->room > 0 ? 2 * batch->room : 1024;
		void *more = realloc(batch->record, room * sizeof *batch->record);
		if (more == NULL)
			return FAILED;
		batch->record = more;
		batch->room = room;
	}
	const uint8_t *bytes = keep(batch, one->bytes, one->size);
	if (bytes == NULL || range_add(batch, &record) != OK)
		return FAILED;
	batch->record[batch->n++] = (struct day_record){ .bytes = bytes,
		.size = one->size,
		.stored_us = one->stored_us,
		.transport = one->transport };
	batch->readings += record.type == RECORD_READING;
	batch->gaps += record.type == RECORD_GAP;
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
