/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All columns of one group in memory, and records made of them again. */
#ifndef ARCHIVE_ROWS_TABLE_H
#define ARCHIVE_ROWS_TABLE_H

#include "archive/day_inside.h"

struct byte_column {
	size_t *at; /* at[n + 1]: row i is bytes[at[i]] to bytes[at[i + 1]]; NULL: all are empty */
	uint8_t *bytes;
};

struct rows_table {
	const struct day *day;
	const char *name;    /* of the group */
	const uint8_t *hash; /* of its DESCRIBE; NULL: /events */
	size_t n, n_channels;
	int64_t *time_us;
	void *common[LAYOUT_COLUMNS]; /* by enum layout_column; /events has but some */
	uint64_t **value;             /* value[n_channels][n], as bits */
	uint8_t **state;
	uint64_t **sample; /* seconds as bits; sample[i] NULL: the channel has none */
	struct byte_column part[LAYOUT_BYTES];
	struct owned *owned;
};

/* OK, or MALFORMED (kept by the file). */
int rows_table_load(struct rows_table *table, struct day *day, size_t group);
int rows_table_load_events(struct rows_table *table, struct day *day);
void rows_table_free(struct rows_table *table);

uint64_t rows_table_epoch(const struct rows_table *table, size_t row);
uint64_t rows_table_seq(const struct rows_table *table, size_t row);
int64_t rows_table_stored(const struct rows_table *table, size_t row);
uint8_t rows_table_transport(const struct rows_table *table, size_t row);

#define ROWS_TABLE_ROOM (RECORD_MOST + 10 * READING_CHANNELS)
/* The record of a row into `out` (ROWS_TABLE_ROOM bytes); its size, or MALFORMED: no
 * record has such parts. */
int rows_table_record(const struct rows_table *table, size_t row, uint8_t *out);

#endif
