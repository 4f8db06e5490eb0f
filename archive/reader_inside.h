/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the reader share. */
#ifndef ARCHIVE_READER_INSIDE_H
#define ARCHIVE_READER_INSIDE_H

#include <stdbool.h>

#include "archive/day_inside.h"
#include "archive/placing.h"
#include "archive/proof.h"
#include "archive/reader.h"
#include "archive/rewritten.h"
#include "archive/sealed_ranges.h"
#include "base/journal.h"

#define BLOCK_RECORDS                                                                  \
	1024 /* records of a journal that are looked at or passed over together */

/* A stretch of a journal: what it holds, so that it need not be read for nothing. */
struct block {
	uint64_t first_seq;
	int64_t low_us, high_us; /* stamps of its records */
	unsigned types;          /* bit 1 << type */
	bool unsynced;           /* some stamps may be wrong */
};

struct journal_stock {
	uint64_t epoch, last_seq;
	size_t n, room;
	struct block *block;
	/* what its DESCRIBEs said of their origin, whenever that changed */
	size_t n_origins, origins_room;
	struct origin_note {
		uint64_t seq;   /* from here on */
		uint8_t origin; /* enum describe_origin */
	} * origin;
};

/* A CLOCK record, kept to correct others. */
struct clock_note {
	struct record record; /* payload points to `payload` */
	uint8_t payload[64];
	int64_t stored_us;
};

/* An instrument, or the station itself (instrument ""), as last described. */
struct known {
	const struct describe *describe;
	int64_t time_us; /* of the record, or of the last row that used it */
};

/* One DESCRIBE, or readings that follow one another, of one origin and one boot, and
 * (of an instrument) without a jump between, under a clock that was not set. */
struct unset {
	struct arrived first, last; /* by the monotonic clock */
	int64_t low_us, high_us;    /* of stamps that can be a time; low > high: none */
	const struct describe *describe; /* NULL: readings */
};

struct station {
	char id[SOURCE_SIZE + 1];
	size_t n_journals;
	struct journal_stock *journal;
	size_t n_clocks, clocks_room;
	struct clock_note *clock;
	struct placing
	        seen; /* the witnesses in its journals; its CLOCK records are above */
	size_t n_unset, unset_room; /* while stock is taken */
	struct unset *unset;
	struct known own;
	size_t n_known;
	struct known *known;
	const struct describe **instrument; /* the array handed out */
	int64_t first_us, last_us;          /* of readings; first > last: none */
	bool looked;                        /* sealed files were taken stock of */
};

/* One sealed file. */
struct file_note {
	bool hashed, sound; /* its SHA-256 was compared with the seal */
	bool missing;       /* there is no such file */
	bool shut;          /* this user may not read it */
	bool clocks;        /* its CLOCK records were noted */
	bool rewritten;     /* sound, but made again: its own bytes are not opened */
	bool ordered;       /* taken away by a signed order */
	bool asked, proved; /* not sound: the journal's records have the sealed root */
	bool told;          /* that they have not */
	size_t n_ranges;
	struct sealed_range *range; /* the records it held; proved, or as it is noted */
	struct rewritten again;     /* kept, if there is room; else made each time */
};

/* Lines for whoever reads, each once. */
struct remarks {
	size_t n;
	struct remark {
		char *text;
		char *shut; /* the path that this user may not read, if that is it */
	} * remark;
};

/* Everything, changed as more is read; a reader that is const hands out what it
 * knows. */
struct stock {
	char dir[ARCHIVE_PATH];
	struct archive_identity identity;
	struct seal_list seals;
	struct file_note *file; /* file[seals.n] */
	size_t again_bytes;     /* kept of files made again */
	char *state;
	size_t n_stations;
	struct station *station; /* sorted by id; the office is among them */
	const char **listed;     /* ids without the office */
	size_t n_listed;
	uint8_t missing
	        [32]; /* the DESCRIBE last looked for in every file, and not found */
	size_t n_describes;
	struct describe **describe;
	struct remarks problems, taken; /* damage; files taken away by order */
};

struct reader {
	struct stock *stock;
};

#define OFFICE "office"

/* ---- reader_remarks.c ---- */
#define remarks_add(remarks, ...) remarks_of((remarks), NULL, __VA_ARGS__)
/* Of what is wrong with `path`; NULL: with no path. */
void remarks_of(struct remarks *remarks, const char *path, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
void remarks_free(struct remarks *remarks);

/* ---- reader_shut.c ---- */
/* Tells journals whose folders cannot be looked into. */
void stock_shut_journals(struct stock *stock);

/* ---- reader.c ---- */
struct station *stock_station(struct stock *stock, const char *id); /* NULL: unknown */

/* ---- reader_segments.c ---- */

/* The records [from_seq, end_seq) of one journal, handed to each() in their order.  What
 * stands in the place of a segment and is none is told with the records that were not
 * read for it, and reading goes on behind it. */
struct passage {
	struct stock *stock;
	const char *folder, *source;
	uint64_t epoch, from_seq, end_seq;
	uint64_t next_seq; /* behind the last that was read */
	int (*each)(void *with, const struct journal_entry *entry); /* OK or FAILED */
	void *with;
};
#define PASSAGE_ENOUGH 1
int passage_walk(struct passage *passage); /* OK, or what each() answered */

/* ---- reader_journal.c ---- */
/* Read a station's journals once: what they hold.  OK, or FAILED without memory. */
int stock_journals(struct stock *stock, struct station *station);

/* A record of a journal. */
struct journal_found {
	const struct record *record; /* points into `bytes` */
	const uint8_t *bytes;
	size_t size;
	int64_t stored_us;
	uint8_t origin; /* enum describe_origin: what its epoch's DESCRIBE before it said */
};
struct journal_visitor {
	/* non-zero: stop */
	int (*each)(void *with, const struct journal_found *found);
	void *with;
};
struct stretch {
	int64_t from_us, to_us; /* half open, of the stamp */
	unsigned types;
};
/* The records of the journals that may lie in the stretch (those with wrong stamps
 * always do).  OK, or what `each` said. */
int stock_journal_walk(struct stock *stock, struct station *station,
        const struct stretch *stretch, const struct journal_visitor *visitor);

/* ---- reader_proved.c ---- */
/* The same, without those that lie where a file is not sound and are not proved to be what
 * was sealed.  The files of the stretch were looked at before.  OK, FAILED, or what `each`
 * said. */
int stock_journal_proved(struct stock *stock, struct station *station,
        const struct stretch *stretch, const struct journal_visitor *visitor);

/* ---- reader_placing.c ---- */
int station_note_clock(
        struct station *station, const struct record *record, int64_t stored_us);
/* All that is known of the station's clock as of a time (0: all that is known); freed
 * with placing_free.  OK or FAILED. */
int station_placing(
        const struct station *station, int64_t as_of_us, struct placing *placing);
/* Where it belongs: what sealing put into a day belongs to it, and what sealing could not
 * place has no time, unless a CLOCK record puts them right.  OK or NOT_FOUND, as
 * placing_place. */
enum lies { LIES_IN_JOURNAL, LIES_IN_DAY, LIES_UNPLACED };
int reader_place_lying(const struct placing *placing, enum lies lies,
        const struct arrived *arrived, int64_t *time_us);
/* Does the query ask for a record, at its corrected time?  `placed`: somebody can say
 * when it was. */
bool query_wants(
        const struct query *query, int64_t time_us, int64_t stored_us, bool placed);
/* Where what it asks for may lie. */
void query_stretch(const struct query *query, unsigned types, struct stretch *out);
/* Of a reading by its DESCRIBE, if that is known; else that of its epoch. */
uint8_t stock_origin(
        const struct stock *stock, const struct record *record, uint8_t of_epoch);

/* ---- reader_unset.c ---- */
/* Note a DESCRIBE or (describe NULL) a reading whose clock was not set.  OK or FAILED. */
int unset_note(struct station *station, const struct journal_found *found,
        const struct describe *describe);
/* All CLOCK records are noted: what was noted as unset counts.  OK or FAILED. */
int unset_settle(struct station *station);
/* There are readings at these times. */
void station_widen(struct station *station, int64_t low_us, int64_t high_us);

/* ---- reader_describe.c ---- */
/* By hash, from what is known; NULL. */
const struct describe *stock_describe(const struct stock *stock, const uint8_t *hash);
/* Keep a describe (owned from now on) unless it is known; the one kept, NULL without
 * memory. */
const struct describe *stock_keep(struct stock *stock, struct describe *describe);
/* Note that a describe was in use at a time. */
int station_note(
        struct station *station, const struct describe *describe, int64_t time_us);
/* The DESCRIBE of a group, decoded once per archive; NULL (a problem is noted). */
const struct describe *stock_group(struct stock *stock, struct day *day, size_t group);
/* Take stock of a station's sealed files: newest DESCRIBEs, span.  Once. */
int station_look(struct stock *stock, struct station *station);

/* ---- reader_files.c ---- */
/* Open sealed file i: its hash is compared with the seal first.  NULL: a problem is
 * noted. */
struct day *stock_open(struct stock *stock, size_t i);
/* Is sealed file i there, and to the bit what was sealed?  Looked at once. */
bool stock_sound(struct stock *stock, size_t i);
/* Is the file one whose rows can lie in [from, to)? */
bool stock_overlaps(const struct stock *stock, size_t i, const char *station,
        const struct stretch *stretch);
/* Legal day of a seal in UTC microseconds; INT64_MIN: unplaced. */
int64_t stock_day(const struct stock *stock, size_t i);
/* Note the CLOCK records of an open file. */
int stock_note_clocks(
        struct stock *stock, struct station *station, size_t i, struct day *day);
/* Stamps nobody can place yet: note CLOCK records of the files after `day_us` until
 * there are more, at most eight days on.  1 if some were found, 0, FAILED. */
int stock_look_ahead(struct stock *stock, struct station *station, int64_t day_us);

#endif
