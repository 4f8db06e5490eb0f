/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A cabinet as the collector sees it, for tests: makes records in order of seq, keeps a
 * copy of each, packs them into messages; and looks into an archive whether each lies
 * there exactly once.
 */
#ifndef TESTS_AGENT_KIT_H
#define TESTS_AGENT_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/archive.h"
#include "base/describe.h"
#include "base/record.h"
#include "base/wire.h"
#include "collector/ingest.h"

#define AGENT_DAY  INT64_C(1794675600000000) /* 2026-11-15 00:00 +07:00 */
#define AGENT_MIN  INT64_C(60000000)
#define AGENT_HOUR (60 * AGENT_MIN)
#define AGENT_1DAY (24 * AGENT_HOUR)

struct agent_record {
	uint64_t epoch, seq;
	size_t size;
	uint8_t *bytes;
};

struct agent_book { /* every record ever made, over all epochs of a station */
	size_t n, room;
	struct agent_record *record;
};

struct agent {
	char source[SOURCE_SIZE + 1];
	uint64_t epoch, seq; /* seq of the next record */
	uint64_t boot;
	int64_t mono_base_us; /* mono_us = time_us - this */
	uint8_t clock;        /* enum clock_state of the next record */
	struct describe *describe;
	struct agent_book *book;
	uint8_t batch[WIRE_MOST], message[WIRE_MOST];
	size_t batch_size;
	uint64_t first_seq;
	uint16_t count;
};

/* A synchronised cabinet; `book` may be shared by several epochs. */
void agent_start(struct agent *agent, struct agent_book *book, const char *source,
        uint64_t epoch);
void agent_end(struct agent *agent);
void agent_book_free(struct agent_book *book);

/* Instrument "cod" of this station, one channel; `serial` makes it another one. */
void agent_instrument(
        struct agent *agent, enum describe_origin origin, const char *serial);

/* Records into the batch. */
void agent_describe(struct agent *agent, int64_t time_us);
void agent_reading(struct agent *agent, int64_t time_us, double value);
void agent_clock(struct agent *agent, int64_t before_us, int64_t after_us);
void agent_state(struct agent *agent, int64_t time_us, const char *text);
void agent_raw(struct agent *agent, uint8_t type, int64_t time_us, const void *payload,
        size_t n);

/* The batch as a message, which the agent holds; the batch is empty then. */
struct wire agent_message(struct agent *agent);
/* Records [first, last] of this epoch again, as they were made. */
struct wire agent_again(struct agent *agent, uint64_t first, uint64_t last);

/* Hand the batch to an ingest; what it answers. */
int agent_hand(struct agent *agent, struct ingest *ingest, int64_t now_us);
/* The same, and it must be taken. */
void agent_give(struct agent *agent, struct ingest *ingest, int64_t now_us);

/* ---- archives ---- */

void archive_make(const char *dir); /* zone kcn-mau, +07:00 */

/* Open; asserts. */
struct ingest *archive_ingest(const char *dir);

/* Names of the sealed files of a station in the order of the seal list, joined by
 * blanks: "bt-outlet_2026-11-15.h5 bt-outlet_2026-11-15_late1.h5".  A ring of two
 * buffers. */
const char *sealed_names(const char *dir, const char *station);

/* How many records of the book lie in sealed files; fails the test when one lies there
 * twice, is not the one that was made, or was never made. */
size_t sealed_records(const char *dir, const struct agent_book *book);

/* The same over the journals, which must have no holes; or with the holes counted. */
size_t journal_records(const char *dir, const struct agent_book *book);
size_t journal_records_and_holes(
        const char *dir, const struct agent_book *book, size_t *holes);

/* Seqs of one sealed file, in order, as ranges: "1-20 25-30". */
const char *sealed_seqs(const char *dir, const char *name);

#endif
