/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/prove/crash_book.h"

#include <err.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/status.h"
#include "tests/prove/crash_log.h"

enum { MADE = 'M', ACKED = 'A', FORGOTTEN = 'F', PROMISE = 1 + SOURCE_SIZE + 16 };

/* ---- marks ---- */

static void mark(const uint8_t *bytes, size_t n)
{
	/* nobody listens when no log is kept */
	ssize_t put = write(CRASH_MARK_FD, bytes, n);
	(void)put;
}

void crash_mark_made(const uint8_t *record, size_t n)
{
	uint8_t bytes[1 + RECORD_MOST];
	bytes[0] = MADE;
	memcpy(bytes + 1, record, n);
	mark(bytes, 1 + n);
}

static void mark_promise(uint8_t kind, const char *source, uint64_t epoch, uint64_t seq)
{
	uint8_t bytes[PROMISE];
	bytes[0] = kind;
	source_put(source, bytes + 1);
	put_le64(bytes + 1 + SOURCE_SIZE, epoch);
	put_le64(bytes + 9 + SOURCE_SIZE, seq);
	mark(bytes, sizeof bytes);
}

void crash_mark_acked(const char *source, uint64_t epoch, uint64_t seq)
{
	mark_promise(ACKED, source, epoch, seq);
}

void crash_mark_forgotten(const char *source, uint64_t epoch, uint64_t seq)
{
	mark_promise(FORGOTTEN, source, epoch, seq);
}

/* ---- the book ---- */

static void add_made(struct crash_book *book, const uint8_t *bytes, size_t n, size_t at)
{
	struct crash_made made = { .bytes = bytes, .n = n, .at = at };
	if (record_decode(&made.record, bytes, n) != (int)n)
		errx(70, "a mark holds no record");
	if (book->n == book->room) {
		book->room = book->room > 0 ? 2 * book->room : 256;
		book->made = realloc(book->made, book->room * sizeof *book->made);
		if (book->made == NULL)
			err(70, "crash_book");
	}
	book->made[book->n++] = made;
}

static void add_promise(struct crash_book *book, const uint8_t *bytes, size_t at)
{
	struct crash_promise told = { .at = at,
		.epoch = get_le64(bytes + 1 + SOURCE_SIZE) };
	uint64_t seq = get_le64(bytes + 9 + SOURCE_SIZE);
	if (source_get(bytes + 1, told.source) != OK)
		errx(70, "a mark names no source");
	if (bytes[0] == ACKED)
		told.acked = seq;
	else
		told.forgotten = seq;
	if (book->n_told == book->told_room) {
		book->told_room = book->told_room > 0 ? 2 * book->told_room : 256;
		book->told = realloc(book->told, book->told_room * sizeof *book->told);
		if (book->told == NULL)
			err(70, "crash_book");
	}
	book->told[book->n_told++] = told;
}

static int key_order(const struct record *a, const struct record *b)
{
	int order = strcmp(a->source, b->source);
	if (order == 0)
		order = (a->epoch > b->epoch) - (a->epoch < b->epoch);
	if (order == 0)
		order = (a->seq > b->seq) - (a->seq < b->seq);
	return order;
}

static int made_order(const void *a, const void *b)
{
	const struct crash_made *x = a, *y = b;
	int order = key_order(&x->record, &y->record);
	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

void crash_book_add(
        struct crash_book *book, const struct crash_disk *disk, size_t end, size_t base)
{
	for (size_t i = 0; i < end; i++) {
		size_t n;
		const uint8_t *bytes = crash_disk_mark(disk, i, &n);
		if (bytes != NULL && bytes[0] == MADE)
			add_made(book, bytes + 1, n - 1, base + i);
		else if (bytes != NULL && n == PROMISE)
			add_promise(book, bytes, base + i);
	}
	if (book->n > 0)
		qsort(book->made, book->n, sizeof *book->made, made_order);
}

void crash_book_free(struct crash_book *book)
{
	free(book->made);
	free(book->told);
	*book = (struct crash_book){ .n = 0 };
}

struct crash_promise *crash_book_promise(
        struct crash_book *book, const char *source, uint64_t epoch)
{
	for (size_t i = 0; i < book->n_promises; i++)
		if (book->promise[i].epoch == epoch &&
		        strcmp(book->promise[i].source, source) == 0)
			return &book->promise[i];
	if (book->n_promises == CRASH_JOURNALS)
		errx(70, "more journals than the book has room for");
	struct crash_promise *promise = &book->promise[book->n_promises++];
	*promise = (struct crash_promise){ .epoch = epoch };
	snprintf(promise->source, sizeof promise->source, "%s", source);
	return promise;
}

void crash_book_at(struct crash_book *book, size_t end)
{
	book->end = end;
	book->n_extra = book->n_promises = 0;
	book->wrong[0] = '\0';
	for (size_t i = 0; i < book->n; i++) {
		book->made[i].journal = book->made[i].sealed = 0;
		book->made[i].excused = false;
	}
	for (size_t i = 0; i < book->n_told; i++) {
		const struct crash_promise *told = &book->told[i];
		if (told->at >= end)
			break;
		struct crash_promise *promise =
		        crash_book_promise(book, told->source, told->epoch);
		if (told->acked > promise->acked)
			promise->acked = told->acked;
		if (told->forgotten > promise->forgotten)
			promise->forgotten = told->forgotten;
	}
}

bool crash_wrong(struct crash_book *book, const char *format, ...)
{
	va_list args;
	if (book->wrong[0] != '\0')
		return false;
	va_start(args, format);
	vsnprintf(book->wrong, sizeof book->wrong, format, args);
	va_end(args);
	return false;
}

static bool is_promised(struct crash_book *book, const struct record *record)
{
	const struct crash_promise *promise =
	        crash_book_promise(book, record->source, record->epoch);
	return record->seq < promise->acked && record->seq >= promise->forgotten;
}

/* The record of this key made last before the crash that has these bytes; one that was
 * acknowledged must be the last. */
static struct crash_made *find_made(struct crash_book *book,
        const struct record *record, const uint8_t *bytes, size_t n)
{
	struct crash_made *found = NULL;
	size_t low = 0, high = book->n;
	for (size_t i = 0; i < book->n_extra; i++)
		if (key_order(&book->extra[i].record, record) == 0)
			return book->extra[i].n == n && memcmp(book->extra[i].bytes,
			                                        bytes, n) == 0
			               ? &book->extra[i]
			               : NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (key_order(&book->made[middle].record, record) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < book->n && key_order(&book->made[low].record, record) == 0;
	        low++) {
		struct crash_made *made = &book->made[low];
		bool same = made->n == n && memcmp(made->bytes, bytes, n) == 0;
		if (made->at >= book->end)
			break;
		if (same)
			found = made;
		else if (is_promised(book, record))
			found = NULL;
	}
	return found;
}

bool crash_book_look(
        struct crash_book *book, const uint8_t *bytes, size_t n, bool sealed)
{
	struct record record;
	if (record_decode(&record, bytes, n) != (int)n)
		return crash_wrong(book, "what lies there is no record");
	struct crash_made *made = find_made(book, &record, bytes, n);
	if (made == NULL)
		return crash_wrong(book,
		        "%s %016" PRIx64 "/%" PRIu64
		        " was never made, or is another than was acknowledged",
		        record.source, record.epoch, record.seq);
	unsigned *times = sealed ? &made->sealed : &made->journal;
	if ((*times)++ == 0)
		return true;
	return crash_wrong(book, "%s %016" PRIx64 "/%" PRIu64 " lies there twice",
	        record.source, record.epoch, record.seq);
}

void crash_book_more(struct crash_book *book, const uint8_t *bytes, size_t n)
{
	struct crash_made made = { .bytes = bytes, .n = n };
	if (record_decode(&made.record, bytes, n) != (int)n ||
	        book->n_extra == CRASH_EXTRA)
		errx(70, "no record, or no room for it");
	book->extra[book->n_extra++] = made;
}

static bool is_missing(const struct crash_made *made, bool all)
{
	return made->sealed == 0 && !made->excused && (all || made->journal == 0);
}

bool crash_book_whole(struct crash_book *book, bool all)
{
	const struct crash_made *missing = NULL;
	for (size_t i = 0; i < book->n && missing == NULL; i++) {
		const struct crash_made *made = &book->made[i];
		bool later = i + 1 < book->n && book->made[i + 1].at < book->end &&
		             key_order(&made->record, &made[1].record) == 0;
		if (made->at < book->end && !later && is_missing(made, all) &&
		        (all || is_promised(book, &made->record)))
			missing = made;
	}
	for (size_t i = 0; i < book->n_extra && missing == NULL; i++)
		if (is_missing(&book->extra[i], all))
			missing = &book->extra[i];
	if (missing == NULL)
		return true;
	return crash_wrong(book, "%s %016" PRIx64 "/%" PRIu64 " is lost",
	        missing->record.source, missing->record.epoch, missing->record.seq);
}

size_t crash_book_promised(const struct crash_book *book)
{
	size_t n = 0;
	for (size_t i = 0; i < book->n_promises; i++) {
		const struct crash_promise *one = &book->promise[i];
		uint64_t first = one->forgotten > 1 ? one->forgotten : 1;
		n += one->acked > first ? (size_t)(one->acked - first) : 0;
	}
	return n;
}
