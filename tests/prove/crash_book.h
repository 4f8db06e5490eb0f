/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a program made and what it said it had kept, told by marks in the log of its
 * writes; and whether a journal or an archive has it after the power was gone.
 */
#ifndef TESTS_CRASH_BOOK_H
#define TESTS_CRASH_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "tests/prove/crash_disk.h"

/* ---- in the program whose writes are logged ---- */

/* This record exists from now on. */
void crash_mark_made(const uint8_t *record, size_t n);
/* All of (source, epoch) below `seq` are acknowledged. */
void crash_mark_acked(const char *source, uint64_t epoch, uint64_t seq);
/* All of them below `seq` may go. */
void crash_mark_forgotten(const char *source, uint64_t epoch, uint64_t seq);

/* ---- where the log is looked at ---- */

struct crash_made {
	struct record record;
	const uint8_t *bytes;
	size_t n, at;             /* at: place in the log */
	unsigned journal, sealed; /* times found */
	bool excused;             /* may be missing */
};

struct crash_promise {
	char source[SOURCE_SIZE + 1];
	uint64_t epoch, acked, forgotten; /* all below */
	size_t at;
};

enum { CRASH_EXTRA = 16, CRASH_JOURNALS = 64 };

struct crash_book {
	size_t n, room;
	struct crash_made *made; /* sorted by source, epoch, seq, at */
	size_t n_told, told_room;
	struct crash_promise *told; /* as the marks came */
	size_t n_extra;
	struct crash_made extra[CRASH_EXTRA]; /* made after the crash */
	size_t n_promises;
	struct crash_promise promise[CRASH_JOURNALS]; /* as of the crash */
	size_t end;
	char wrong[256]; /* what was found wrong first; "": nothing */
};

/* Take in the marks of a log before call `end`; its calls count from `base` on. */
void crash_book_add(struct crash_book *book, const struct crash_disk *disk, size_t end,
        size_t base);
void crash_book_free(struct crash_book *book);

/* Nothing found yet, and nothing promised but what was by the time of `end`. */
void crash_book_at(struct crash_book *book, size_t end);

/* Say what is wrong; false. */
bool crash_wrong(struct crash_book *book, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* A record lies in a journal, or in a sealed file: it must have been made, not be there
 * twice, and be the acknowledged one. */
bool crash_book_look(
        struct crash_book *book, const uint8_t *bytes, size_t n, bool sealed);

/* Made and acknowledged after the crash; `bytes` stay the caller's. */
void crash_book_more(struct crash_book *book, const uint8_t *bytes, size_t n);

/* Is every acknowledged record in a journal or sealed?  `all`: every one made, sealed,
 * acknowledged or not. */
bool crash_book_whole(struct crash_book *book, bool all);

/* Acknowledged records that must be there. */
size_t crash_book_promised(const struct crash_book *book);

struct crash_promise *crash_book_promise(
        struct crash_book *book, const char *source, uint64_t epoch);

#endif
