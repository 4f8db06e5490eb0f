/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An import is an agent with its own epoch: the epoch is made from the file's SHA-256,
 * the station and the mapping, and the records are the same bytes each time; so the
 * same import twice changes nothing.
 */
#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/describe.h"
#include "base/status.h"
#include "cli/common.h"

struct import_options {
	struct common common;
	const char *station, *station_name, *kind, *instrument, *zone, *who;
	const char *time_column;
	const char *map[64];
	size_t n_maps;
	const char *declared[64]; /* "nh4:expressed_as=N" */
	size_t n_declared;
	int offset_min; /* of the times in the file */
	const char *missing;
	double every_s; /* NAN: the most common step of the file */
	bool skip_bad, verbose;
};

/* Both forms: 0, or an exit code with the message told. */
int import_csv(const struct import_options *options, const char *path);
int import_tt10(const struct import_options *options, const char *folder);

/* Put what --declare says of the channels into their describe; "all" is every channel.
 * OK or REFUSED. */
int import_declare(struct describe *describe, const struct import_options *options,
        struct problem *why);

/* ---- making the records ---- */

struct import_writer;

/* Begin: makes or opens the archive, and writes the station's and the instrument's
 * DESCRIBE.  The describe's station, zone and origin are filled in here.  OK or a
 * problem. */
struct import_source {
	const char *archive, *zone, *station, *station_name, *kind;
	struct describe
	        *describe; /* channels and instrument filled by the caller; borrowed */
	uint64_t epoch;
	int64_t first_us; /* time of the DESCRIBE records: of the first reading */
};
int import_begin(struct import_writer **out, const struct import_source *source,
        struct problem *why);

/* One reading: value[] and state[] of the describe's channels; `raw` is what stood in
 * the file. */
struct import_row {
	int64_t time_us;
	const double *value;
	const uint8_t *state;
	const char *raw;
	size_t raw_size;
};
int import_row(struct import_writer *writer, const struct import_row *row,
        struct problem *why);

/* End: hand the records over, wait until they are in and sealed; say what was done on
 * stderr. */
int import_end(
        struct import_writer *writer, const struct common *common, struct problem *why);
void import_drop(struct import_writer *writer);

/* First eight bytes of the SHA-256 of `text`, never 0. */
uint64_t import_epoch(const char *text);

/* The step that occurs most often among consecutive times, in seconds; NAN without two.
 */
double import_step(const int64_t *time_us, size_t n);

#endif
