/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All memory of a document, given back at once. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_parts.h"

#define ALIGNED     16
#define FIRST_CHUNK 4096

struct chunk {
	struct chunk *next;
	size_t used, size;
	_Alignas(ALIGNED) char bytes[];
};

/* Chunks double, so that a big document needs few of them. */
static struct chunk *grow(struct arena *arena, size_t size)
{
	size_t room = arena->chunk != NULL ? 2 * arena->chunk->size : FIRST_CHUNK;
	while (room < size)
		room *= 2;
	struct chunk *chunk = malloc(sizeof *chunk + room);
	if (chunk == NULL)
		return NULL;
	*chunk = (struct chunk){ .next = arena->chunk, .size = room };
	arena->chunk = chunk;
	return chunk;
}

void *arena_take(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->chunk;
	size = (size + ALIGNED - 1) / ALIGNED * ALIGNED;
	if (chunk == NULL || chunk->size - chunk->used < size)
		chunk = grow(arena, size);
	if (chunk == NULL) {
		arena->failed = true;
		return NULL;
	}
	void *out = chunk->bytes + chunk->used;
	chunk->used += size;
	return memset(out, 0, size);
}

char *arena_copy(struct arena *arena, const char *text, size_t n)
{
	char *out = arena_take(arena, n + 1);
	return out != NULL && n > 0 ? memcpy(out, text, n) : out;
}

char *arena_printf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	char *out = arena_take(arena, (size_t)n + 1);
	if (out != NULL)
		vsnprintf(out, (size_t)n + 1, format, again);
	va_end(again);
	return out;
}

void arena_free(struct arena *arena)
{
	while (arena->chunk != NULL) {
		struct chunk *next = arena->chunk->next;
		free(arena->chunk);
		arena->chunk = next;
	}
}
