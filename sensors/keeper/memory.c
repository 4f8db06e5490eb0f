/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/keeper/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define HEAD 4

int memory_init(struct memory *memory, size_t size)
{
	*memory = (struct memory){ .size = size / 8 * 8 };
	if (memory->size < MEMORY_LEAST)
		memory->size = MEMORY_LEAST;
	memory->bytes = calloc(1, memory->size);
	return memory->bytes != NULL ? OK : FAILED;
}

void memory_free(struct memory *memory)
{
	free(memory->bytes);
	memory->bytes = NULL;
}

void memory_begin(struct memory *memory, uint64_t epoch)
{
	memory->epoch = epoch;
	memory->first_seq = memory->next_seq = memory->acked_seq = 1;
	memory->head = memory->tail = 0;
	memory->read_seq = 0;
	memory->lost = (struct memory_loss){ 0 };
}

static size_t padded(size_t n)
{
	return (HEAD + n + 7) / 8 * 8;
}

static size_t to_end(const struct memory *memory, uint64_t at)
{
	return memory->size - (size_t)(at % memory->size);
}

static size_t size_at(const struct memory *memory, uint64_t at)
{
	return get_le32(memory->bytes + at % memory->size);
}

/* Where the entry at `at` really is. */
static uint64_t settle(const struct memory *memory, uint64_t at)
{
	return size_at(memory, at) == 0 ? at + to_end(memory, at) : at;
}

static void note_loss(struct memory *memory, const uint8_t *bytes, size_t n)
{
	struct memory_loss *lost = &memory->lost;
	struct record record;
	if (record_decode(&record, bytes, n) < 0)
		return;
	if (lost->count++ == 0) {
		lost->first_seq = record.seq;
		lost->from_us = record.time_us;
	}
	lost->last_seq = record.seq;
	lost->to_us = record.time_us;
}

static void drop_oldest(struct memory *memory)
{
	uint64_t at = settle(memory, memory->tail);
	size_t n = size_at(memory, at);
	if (memory->first_seq >= memory->acked_seq)
		note_loss(memory, memory->bytes + at % memory->size + HEAD, n);
	memory->tail = at + padded(n);
	memory->first_seq++;
	if (memory->read_seq < memory->first_seq)
		memory->read_seq = 0;
}

int memory_append(struct memory *memory, uint8_t *record, size_t n)
{
	struct record head;
	if (memory->epoch == 0 || record_decode(&head, record, n) != (int)n)
		return REFUSED;
	size_t need = padded(n), left = to_end(memory, memory->head);
	if (need > left)
		need += left;
	while (memory->size - (memory->head - memory->tail) < need)
		drop_oldest(memory);
	if (padded(n) > left) {
		put_le32(memory->bytes + memory->head % memory->size, 0);
		memory->head += left;
	}
	uint8_t *out = memory->bytes + memory->head % memory->size;
	record_place(record, memory->epoch, memory->next_seq++);
	put_le32(out, (uint32_t)n);
	memcpy(out + HEAD, record, n);
	memory->head += padded(n);
	return OK;
}

size_t memory_read(struct memory *memory, uint64_t seq, const uint8_t **out)
{
	if (memory->epoch == 0 || seq < memory->first_seq || seq >= memory->next_seq)
		return 0;
	if (memory->read_seq == 0 || memory->read_seq > seq) {
		memory->read_seq = memory->first_seq;
		memory->read_at = settle(memory, memory->tail);
	}
	while (memory->read_seq < seq) {
		memory->read_at += padded(size_at(memory, memory->read_at));
		memory->read_at = settle(memory, memory->read_at);
		memory->read_seq++;
	}
	*out = memory->bytes + memory->read_at % memory->size + HEAD;
	return size_at(memory, memory->read_at);
}

void memory_acked(struct memory *memory, uint64_t seq)
{
	if (seq > memory->next_seq)
		seq = memory->next_seq;
	if (seq > memory->acked_seq)
		memory->acked_seq = seq;
	while (memory->first_seq < memory->acked_seq)
		drop_oldest(memory);
}

bool memory_waits(const struct memory *memory)
{
	return memory->epoch != 0 && memory->acked_seq < memory->next_seq;
}
