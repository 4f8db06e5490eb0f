/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One sealed file: records in, records out.  Layout: docs/quantrac-archive.md.
 *
 * libhdf5 is not made for damaged or hostile files (it may crash or hang on one):
 * whoever opens a file checks its SHA-256 against the seal list first, or does it in a
 * process that may die.
 */
#ifndef ARCHIVE_DAY_H
#define ARCHIVE_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/describe.h"
#include "base/record.h"
#include "base/status.h"

/* A record with what the collector knows of its way. */
struct day_record {
	const uint8_t *bytes;
	size_t size;
	int64_t stored_us; /* when the collector stored it */
	uint8_t transport; /* enum transport */
};

enum transport { TRANSPORT_LIVE, TRANSPORT_LATE, TRANSPORT_IMPORT };

struct day_header {
	const char *zone, *zone_name, *station;
	int64_t day_us; /* start of the legal day, UTC; INT64_MIN: unplaced */
	int utc_offset_min;
	int late;          /* 0, or the number of the late file */
	bool keep_unknown; /* writing: a READING whose DESCRIBE nobody has goes verbatim to
	                    * /events, instead of MALFORMED */
};

/*
 * Write the file of one station and day to `path` (which must not exist; the caller
 * picks a temporary name and renames).  `records` in (epoch, seq) order; describes
 * holds every DESCRIBE a READING names (also those of earlier days), and the station's
 * where it is known.  OK, MALFORMED (a READING whose DESCRIBE nobody has, records
 * unsound or out of order) or FAILED.
 */
int day_write(const char *path, const struct day_header *header,
        const struct day_record *record, size_t n, struct describe *const *describes,
        size_t n_describes, struct problem *why);

/* The nodes of the proof over LAYOUT_BLOCK records each: node[day_blocks(n)][32].  OK or
 * FAILED: no memory. */
size_t day_blocks(size_t n);
int day_nodes(const struct day_record *record, size_t n, uint8_t *node);

/* ---- reading a file of our own ---- */
struct day;
int day_open(struct day **out, const char *path, struct problem *why);
/* The same of bytes in memory, which stay the caller's. */
struct h5_image;
int day_open_image(struct day **out, const struct h5_image *image, struct problem *why);
/* Let day_close() free the bytes it was opened from. */
void day_own_image(struct day *day, uint8_t *bytes);
void day_close(struct day *day);
const struct day_header *day_header(const struct day *day);

/* The station's DESCRIBE as of this file, decoded; caller frees.  OK, NOT_FOUND, or
 * MALFORMED. */
int day_station_describe(struct day *day, struct describe **out, struct problem *why);

/* Rebuild every record byte for byte, in (epoch, seq) order: calls `each` for each;
 * stops when it returns non-zero.  Count, or MALFORMED at the first place that cannot
 * be rebuilt. */
int day_records(struct day *day,
        int (*each)(void *with, const uint8_t *record, size_t size, int64_t stored_us,
                uint8_t transport),
        void *with, struct problem *why);

/* The proof's nodes over LAYOUT_BLOCK records each, as the file has them in /tree:
 * node[blocks][32].  OK, or MALFORMED: they cannot be read, or are not so many. */
int day_tree(struct day *day, uint8_t *node, size_t blocks, struct problem *why);

/* The groups of the file: one per instrument and DESCRIBE. */
size_t day_groups(const struct day *day);
const uint8_t *day_group_hash(
        const struct day *day, size_t group); /* of its DESCRIBE */
/* Decoded at the first call; the day's.  NULL if it is damaged (day_problem). */
const struct describe *day_group_describe(struct day *day, size_t group);
size_t day_group_rows(const struct day *day, size_t group);

/* What was found wrong first, with file and place; NULL if nothing was. */
const struct problem *day_problem(const struct day *day);

/* Whole columns of a group, rows in time order; `out` holds day_group_rows elements.
 * OK, or FAILED (day_problem says where); a file once found damaged gives nothing
 * more. */
int day_times(struct day *day, size_t group, int64_t *time_us);
int day_stored(struct day *day, size_t group, int64_t *stored_us);
int day_seq(struct day *day, size_t group, uint64_t *epoch, uint64_t *seq);
int day_clock(struct day *day, size_t group, uint8_t *clock);
int day_mono(struct day *day, size_t group, int64_t *mono_us, uint64_t *boot);
int day_transport(struct day *day, size_t group, uint8_t *transport);
/* value NAN where the file has its fill; sampled_us 0 where the instrument gave
 * none. */
int day_channel(
        struct day *day, size_t group, size_t channel, double *value, uint8_t *state);
int day_sampled(struct day *day, size_t group, size_t channel, int64_t *sampled_us);

#endif
