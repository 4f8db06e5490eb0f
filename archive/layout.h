/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names in a sealed file, the same for writer and reader; docs/quantrac-archive.md is
 * the long form.
 *
 *   /                     attributes: conventions, zone, station, day
 *   /epochs               the epochs of the file, ascending; rows name one by its index
 *   /tree                 nodes of the proof tree over 64 records each
 *   /describe             text of the station's DESCRIBE, where one is known
 *   /<instrument>/        one group per instrument and DESCRIBE: time, a column per channel, ...
 *   /events/              every other record, verbatim
 */
#ifndef ARCHIVE_LAYOUT_H
#define ARCHIVE_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "archive/h5.h"
#include "base/describe.h"
#include "base/reading.h"

#define LAYOUT_FORMAT "quantrac day 1"
#define LAYOUT_EVENTS "events"
#define LAYOUT_EPOCHS "epochs"
#define LAYOUT_TREE   "tree"
#define LAYOUT_BLOCK  64 /* records under one node of /tree; a power of two */
#define LAYOUT_FILL   9.969209968386869e36 /* netCDF's: READING_FILL as a number */

/* Where things lie in a record (base/record.h). */
enum {
	RECORD_AT_VERSION = 2,
	RECORD_AT_TYPE = 3,
	RECORD_AT_CLOCK = 4,
	RECORD_AT_SOURCE = 8,
	RECORD_AT_EPOCH = 24,
	RECORD_AT_SEQ = 32,
	RECORD_AT_TIME = 40,
	RECORD_AT_MONO = 48,
	RECORD_AT_BOOT = 56,
};

/* Name of each channel's column: its own, or with "__2" where that is taken.  The state
 * and the sample time stand beside it as "<column>_state" and
 * "<column>_sample_time". */
void layout_channel_names(const struct describe *describe, char (*out)[H5_NAME]);

/* Name of a new group, given those there are. */
void layout_group_name(const char *instrument, const char (*taken)[H5_NAME], size_t n,
        char out[H5_NAME]);

/* "<column><suffix>" */
void layout_beside(const char *column, const char *suffix, char out[H5_NAME]);
#define LAYOUT_STATE  "_state"
#define LAYOUT_SAMPLE "_sample_time"

/*
 * The columns every row has, besides `time`.  Rows of /events hold whole records, which
 * say most of it: they have `type` and the columns from COLUMN_TRANSPORT on only.
 */
enum layout_column {
	COLUMN_MONO,
	COLUMN_BOOT,
	COLUMN_CLOCK,
	COLUMN_EPOCH,
	COLUMN_SEQ,
	COLUMN_VERSION,
	COLUMN_TRANSPORT,
	COLUMN_STORED,
};
#define LAYOUT_COLUMNS        8
#define LAYOUT_COLUMNS_EVENTS COLUMN_TRANSPORT /* first of those of /events */
struct layout_column_form {
	const char *name;
	enum h5_kind kind;
	const char *units, *standard_name, *long_name;
};
extern const struct layout_column_form layout_columns[LAYOUT_COLUMNS];

/* Byte strings of a row, laid end to end with a column of lengths ("<name>_length") and
 * a dimension ("<name>_bytes"); both are left out of a group where every length is
 * 0. */
enum layout_bytes {
	BYTES_VENDOR,
	BYTES_EXCHANGE,
	BYTES_VERBATIM,
	BYTES_RECORD, /* of /events */
};
#define LAYOUT_BYTES 4
struct layout_bytes_form {
	const char *name, *long_name;
};
extern const struct layout_bytes_form layout_bytes[LAYOUT_BYTES];
#define LAYOUT_LENGTH "_length"
#define LAYOUT_ROOM   "_bytes"

/*
 * A READING as it lies in a record of `size` bytes; OK, or NOT_FOUND: it cannot be a
 * row of a group of n_channels (its payload is unsound, or has another number of
 * channels).
 */
struct layout_row {
	const uint8_t *describe, *state, *value, *sampled, *vendor, *exchange;
	size_t n_channels, n_sampled, vendor_size, exchange_size, n_exchanges;
};
int layout_row(struct layout_row *row, const uint8_t *record, size_t size);
/* The same of a record that layout_row found sound before: what it holds is not looked
 * at again. */
int layout_row_again(struct layout_row *row, const uint8_t *record, size_t size);

/* Can a time be one of ours: from 1970 to 2100? */
bool layout_time(int64_t time_us);

/* Can the columns give the record back byte for byte?  Not if its sample times are out of order,
 * doubled or out of range: then it is kept verbatim, beside its columns. */
bool layout_exact(const struct layout_row *row);

#endif
