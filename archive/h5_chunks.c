/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chunks of a column, whole: packed and unpacked by all hands, then spoken of to
 * libhdf5 one after the other. */
#include <stdlib.h>
#include <string.h>

#include "archive/crew.h"
#include "archive/h5_inside.h"

#define MOST ((size_t)H5_ROWS * 8) /* bytes of a chunk */

int h5_chunks_open(struct h5_chunks *chunks)
{
	*chunks = (struct h5_chunks){ .hands = crew_hands() };
	chunks->at_once = chunks->hands > 1 ? H5_AT_ONCE : 1;
	for (size_t i = 0; i < chunks->hands; i++) {
		chunks->packer[i] = packer_new(MOST);
		if (chunks->packer[i] == NULL)
			goto close_chunks;
	}
	chunks->room = packer_room(chunks->packer[0]);
	chunks->packed = malloc(chunks->at_once * chunks->room);
	chunks->last = malloc(MOST);
	if (chunks->packed != NULL && chunks->last != NULL)
		return OK;
close_chunks:
	h5_chunks_close(chunks);
	return FAILED;
}

void h5_chunks_close(struct h5_chunks *chunks)
{
	for (size_t i = 0; i < chunks->hands; i++)
		packer_free(chunks->packer[i]);
	free(chunks->packed);
	free(chunks->last);
}

/* Some chunks of a column, `n` of them from row `row` on. */
struct some {
	struct h5_chunks *chunks;
	size_t n, row, rows, end; /* rows: of a chunk; end: of the column */
	size_t element;
	size_t size[H5_AT_ONCE]; /* of each, packed */
	int status[H5_AT_ONCE];
	const uint8_t *from; /* the column when writing, or: */
	uint8_t *to;
};

static uint8_t *packed_of(const struct some *some, size_t i)
{
	return some->chunks->packed + i * some->chunks->room;
}

/* The last chunk of a column may reach past its end: it has a place of its own. */
static bool is_partial(const struct some *some, size_t i)
{
	return some->row + (i + 1) * some->rows > some->end;
}

static size_t offset_of(const struct some *some, size_t i)
{
	return (some->row + i * some->rows) * some->element;
}

/* As many as are left, at most as many as there is room for. */
static void some_count(struct some *some)
{
	size_t left = (some->end - some->row + some->rows - 1) / some->rows;
	some->n = left < some->chunks->at_once ? left : some->chunks->at_once;
}

/* ---- writing ---- */

static void pack_one(void *with, size_t i, size_t hand)
{
	struct some *some = with;
	size_t size = some->rows * some->element, at = offset_of(some, i);
	const uint8_t *from = some->from + at;
	if (is_partial(some, i)) { /* padded with zeros */
		size_t has = some->end * some->element - at;
		uint8_t *last = some->chunks->last;
		memcpy(last, from, has);
		memset(last + has, 0, size - has);
		from = last;
	}
	some->size[i] = packer_pack(some->chunks->packer[hand], from, size,
	        some->element, packed_of(some, i));
}

void h5_chunks_write(struct h5 *h5, const struct h5_column *column, size_t rows)
{
	struct some some = { .chunks = &h5->chunks,
		.rows = rows,
		.end = column->n,
		.element = h5_size(column->kind),
		.from = column->data };
	for (; some.row < some.end && !h5->failed; some.row += some.n * rows) {
		some_count(&some);
		crew_share(some.n, pack_one, &some);
		for (size_t i = 0; i < some.n && !h5->failed; i++) {
			hsize_t at = some.row + i * rows;
			if (H5Dwrite_chunk(h5->object, H5P_DEFAULT, 0, &at,
			            some.size[i], packed_of(&some, i)) < 0)
				h5_fail(h5, column->name, "cannot be written");
		}
	}
}

/* ---- reading ---- */

/* 1 read, 0 not stored as ours are, MALFORMED (also when it is not there: we write every
 * chunk, and leave no filter out: nothing guards the mask that says so). */
static int packed_read(struct some *some, hid_t set, size_t i)
{
	hsize_t at = some->row + i * some->rows, size = 0;
	uint32_t mask = 0;
	if (H5Dget_chunk_storage_size(set, &at, &size) < 0 || size == 0)
		return MALFORMED;
	if (size > some->chunks->room)
		return 0;
	some->size[i] = (size_t)size;
	if (H5Dread_chunk(set, H5P_DEFAULT, &at, &mask, packed_of(some, i)) < 0)
		return 0;
	return mask == 0 ? 1 : MALFORMED;
}

static void unpack_one(void *with, size_t i, size_t hand)
{
	struct some *some = with;
	size_t at = offset_of(some, i);
	bool partial = is_partial(some, i);
	struct unpacked chunk = { .out = partial ? some->chunks->last : some->to + at,
		.size = some->rows * some->element,
		.element = some->element };
	some->status[i] = packer_unpack(
	        some->chunks->packer[hand], packed_of(some, i), some->size[i], &chunk);
	if (some->status[i] == OK && partial)
		memcpy(some->to + at, chunk.out, some->end * some->element - at);
}

/* The first chunk of these that is not sound decides; *bad is its number. */
static int some_load(struct some *some, hid_t set, size_t *bad)
{
	int status = 1;
	size_t n = 0;
	for (; n < some->n && status == 1; n += status == 1)
		status = packed_read(some, set, n);
	crew_share(n, unpack_one, some);
	for (*bad = 0; *bad < n; ++*bad)
		if (some->status[*bad] != OK)
			return MALFORMED;
	return status;
}

int h5_chunks_load(struct h5 *h5, hid_t set, const struct h5_want *want,
        const struct h5_place *place)
{
	struct some some = { .chunks = &h5->chunks,
		.rows = place->rows,
		.end = want->n,
		.element = h5_size(want->kind),
		.to = place->out };
	for (; some.row < some.end; some.row += some.n * some.rows) {
		size_t bad;
		some_count(&some);
		int status = some_load(&some, set, &bad);
		size_t first = some.row + bad * some.rows, end = first + some.rows;
		if (status == MALFORMED)
			return h5_damaged(h5,
			        "/%s/%s: rows %zu to %zu do not agree with their check "
			        "sum",
			        want->group, want->name, first,
			        (end < some.end ? end : some.end) - 1);
		if (status != 1)
			return status;
	}
	return 1;
}
