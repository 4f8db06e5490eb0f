/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One series across sealed days and the open journal.  Opens no lock and never waits
 * for the writer; what it sees is an archive state: the number of seal lines, and per
 * station the last record.
 */
#ifndef ARCHIVE_READER_H
#define ARCHIVE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/archive.h"
#include "archive/day.h"
#include "base/describe.h"
#include "base/status.h"

struct reader;
struct seal;

/* Take stock of an archive: seal list, stations, journals.  OK, or a problem (not an
 * archive: 66). */
int reader_open(struct reader **out, const char *dir, struct problem *why);
void reader_close(struct reader *reader);

const struct archive_identity *reader_identity(const struct reader *reader);

/* Its folder. */
const char *reader_dir(const struct reader *reader);

/* "1203 seals; bt-outlet 5f0e.../88123 open": what results and reports name as archive
 * state. */
const char *reader_state(const struct reader *reader);

/* The same for a result to keep; where even that does not hold every open journal, the
 * last words are "..." */
#define READER_STATE 1024
void reader_state_copy(const struct reader *reader, char out[READER_STATE]);

/* Damage met on the way (journal or file), one line each; results stay usable, nothing
 * is hidden. */
size_t reader_problems(const struct reader *reader);
const char *reader_problem(const struct reader *reader, size_t i);
/* The path of problem i where it is that this user may not read it; NULL: it is something else. */
const char *reader_shut(const struct reader *reader, size_t i);
/* Such a path, met so far, where records of that station may lie (NULL: of any); NULL: there is
 * none. */
const char *reader_shut_of(const struct reader *reader, const char *station);
/* Was a sealed file of that station and day ("2026-11-05"), or a journal of the station,
 * among what could not be read so far? */
bool reader_lacks(const struct reader *reader, const char *station, const char *day);

/* Sealed files met on the way that a signed order took away: no damage, but what they
 * held is not among the results. */
size_t reader_taken(const struct reader *reader);
const char *reader_taken_text(const struct reader *reader, size_t i);

/* Stations that ever sent a record, sorted by id; the source `office` is not among
 * them. */
size_t reader_stations(const struct reader *reader);
const char *reader_station(const struct reader *reader, size_t i);
/* Newest station DESCRIBE (NULL if it never came) and the first and last time there is
 * data for. */
const struct describe *reader_station_describe(
        const struct reader *reader, const char *station);
int reader_span(const struct reader *reader, const char *station, int64_t *first_us,
        int64_t *last_us);

/* Newest DESCRIBE of each instrument of a station; the array is the reader's. */
size_t reader_instruments(const struct reader *reader, const char *station,
        const struct describe *const **out);

/* Rows of one instrument under one DESCRIBE, in time order.  Columns not asked for are
 * NULL. */
struct rows {
	const struct describe *describe; /* the reader's */
	size_t n;
	int64_t *time_us, *stored_us;
	uint8_t *clock, *transport;
	uint64_t *epoch, *seq;
	size_t n_channels; /* of the query; below: [n_channels][n] */
	size_t *channel;   /* index in describe of each column */
	double **value;    /* NAN where there is no usable number */
	uint8_t **state;
	int64_t **sampled_us; /* 0 where the instrument gives no time */
};

/* Records of a clock that nobody had set and that nothing places (archive/placing.h). */
enum reader_unplaced {
	UNPLACED_OUT,  /* are not among what has a time */
	UNPLACED_ONLY, /* alone; the interval is of when they were stored */
	UNPLACED_TOO, /* as well, at their stamp: of what is asked for whatever its time */
};

struct query {
	const char *station;
	const char *instrument; /* NULL: all */
	const char *channel;    /* NULL: all */
	int64_t from_us, to_us; /* of the corrected time, half open */
	int64_t as_of_us; /* only what the collector had stored by then; 0: everything */
	enum reader_unplaced unplaced;
};

/* Corrected time is by the rule that sealing goes by (archive/placing.h), so that a record
 * has the same before and after; rows carry it in time_us.  Sets of rows, or a problem.
 * Free with rows_free. */
int reader_rows(struct reader *reader, const struct query *query, struct rows **out,
        size_t *n, struct problem *why);
void rows_free(struct rows *rows, size_t n);

/* Records of the types in `types` (bit 1 << type) of a station, in time order,
 * verbatim.  `each` returns non-zero to stop.  station "office": documents.  Count, or
 * a problem. */
int reader_records(struct reader *reader, const struct query *query, unsigned types,
        int (*each)(void *with, const uint8_t *record, size_t size, int64_t stored_us),
        void *with, struct problem *why);

/* The same with the record taken apart and its corrected time. */
struct reader_event {
	const struct record *record; /* borrowed until `each` returns */
	int64_t time_us, stored_us;
};
int reader_events(struct reader *reader, const struct query *query, unsigned types,
        int (*each)(void *with, const struct reader_event *event), void *with,
        struct problem *why);

/* When the newest DESCRIBE of an instrument was last in use, as far as is known;
 * INT64_MIN: never. */
int64_t reader_used(
        const struct reader *reader, const char *station, const char *instrument);

/* Sealed files, in the order of the seal list. */
struct reader_file {
	const struct seal *seal; /* archive/proof.h */
	int64_t from_us, to_us;  /* its legal day; both INT64_MIN: unplaced */
	bool shut;               /* this user may not read it */
	bool missing, sound;     /* sound: what was sealed, or made again from it */
	char order[96];          /* by which it was taken away; "" */
};
size_t reader_files(const struct reader *reader);
const struct seal *reader_seal(const struct reader *reader, size_t i);
/* Looks at the file, once per reader. */
void reader_file(struct reader *reader, size_t i, struct reader_file *out);

/* Records of a station that came again with other bytes and lie in quarantine: calls
 * `each` with the record and its file; how many. */
int reader_conflicts(struct reader *reader, const char *station,
        void (*each)(void *with, const struct record *record, const char *path),
        void *with);

/* Where a record lies, for `explain`: "<path>" of the sealed file or journal
 * segment. */
int reader_place(struct reader *reader, const char *station, uint64_t epoch,
        uint64_t seq, char *out, size_t room);

/* Find a DESCRIBE by hash; NULL if the archive has none. */
const struct describe *reader_describe(struct reader *reader, const uint8_t hash[32]);

#endif
