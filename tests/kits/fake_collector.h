/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A collector in memory for the keeper's tests: answers at once, as docs/quantrac-wire.md
 * says, and keeps a book of every record it ever took.  It fails the test when a record
 * comes twice under different numbers, or a seq is left out that no HELLO gave up.
 */
#ifndef TESTS_FAKE_COLLECTOR_H
#define TESTS_FAKE_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/event.h"
#include "base/wire.h"
#include "sensors/keeper/keeper.h"

enum { BOOK_EPOCHS = 64, BOOK_RECORDS = 60000 };

struct book_record {
	uint64_t epoch, seq;
	int64_t time_us, mono_us;
	uint8_t type;
	size_t size;
	uint8_t *bytes;
};

struct fake_collector {
	struct keeper_link link; /* hand this to the keeper */
	bool away;               /* hears and says nothing */
	bool mute_data;          /* hears DATA and does not answer it */
	uint64_t refused;        /* takes nothing of this epoch */
	uint32_t most;           /* of WELCOME; 0: WIRE_MOST */
	size_t n_epochs, n, hellos, data, naks, renewals;
	struct book_epoch {
		uint64_t epoch, next, skipped;
	} epoch[BOOK_EPOCHS];
	struct book_record *record;  /* [n] */
	uint64_t order[BOOK_EPOCHS]; /* epochs in the order of their first DATA */
	size_t n_order;
	uint8_t answer[32][4096];
	size_t answer_size[32], n_answers, given;
};

void fake_collector_start(struct fake_collector *collector);
void fake_collector_end(struct fake_collector *collector);

/* Records of an epoch it has; 0: none, or never heard of. */
size_t book_count(const struct fake_collector *collector, uint64_t epoch);
/* Records of a type, over all epochs. */
size_t book_type(const struct fake_collector *collector, uint8_t type);
/* The last GAP that came; false: none. */
bool book_gap(const struct fake_collector *collector, struct gap_event *gap);
/* Is there a STATE record with this in its text? */
bool book_state(const struct fake_collector *collector, const char *text);
/* READINGs must be there once each, and `n` of them in all. */
void book_readings(const struct fake_collector *collector, size_t n);
struct book_epoch *book_epoch(struct fake_collector *collector, uint64_t epoch);
/* Another cabinet with a copy of the journal has sent the next `n` of an epoch: no record
 * of ours has these bytes. */
void book_others(struct fake_collector *collector, uint64_t epoch, size_t n);

#endif
