/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger of gaps of one station: what should be there and is not, from when to when
 * and why.  It is fed with the records of the station in order of time, from an archive
 * (analysis/holes.h) or from a cabinet's own journal, and keeps nothing of them but
 * where each channel stands: one pass, whatever the length.
 *
 * A result of a channel is due every cycle: result_every of its DESCRIBE, or the poll
 * period where the instrument is asked less often.  Three quarters of a cycle late is
 * late, more is missing.  Every missing result is counted once: what the whole station
 * lacks is no gap of each of its instruments, and what all channels of an instrument
 * lack is one gap of the instrument.
 */
#ifndef BASE_GAPS_H
#define BASE_GAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/describe.h"
#include "base/record.h"
#include "base/status.h"

enum gap_cause {
	/* results that should be there and are not */
	GAP_SILENT,   /* the instrument does not answer */
	GAP_GARBLED,  /* something came, no sound answer */
	GAP_REFUSED,  /* the instrument refuses */
	GAP_NO_VALUE, /* it answers, without a number */
	GAP_FAULT,    /* it says that it is faulty */
	GAP_LOOP, /* the current of its loop says so (NAMUR NE 43), as the cabinet told */
	GAP_UNCHANGED, /* it answers, its result is never a fresh one */
	GAP_LINE, /* the port was gone, or the instrument down, as the cabinet told that
	           * ran meanwhile */
	GAP_NO_READING, /* no reading, and nothing says why */
	GAP_STATION,    /* no reading of any of its instruments: also while the
	                 * cabinet's program did not run */
	GAP_EPOCH,      /* nothing from the station until it began to number anew */
	GAP_DROPPED,    /* the station told that it was lost, and why */
	GAP_LOST,       /* numbered records are not here */
	GAP_FILE,       /* the sealed file is missing or damaged */
	GAP_CONFLICT,   /* in quarantine: the same number with other bytes */
	GAP_UNPLACED,   /* the records are here, but nobody can say of what time */
	/* told as such: nothing is lost */
	GAP_CLOCK,  /* the clock was put forward: no time passed */
	GAP_PRUNED, /* the sealed file was taken away by a signed order */
	GAP_CALIBRATING,
	GAP_MAINTENANCE,
	GAP_STOPPED, /* the plant stood still */
	GAP_OFF,     /* switched off in the configuration */
};
enum { GAP_CAUSES = GAP_OFF + 1 };

struct gap {
	char instrument[ID_SIZE]; /* "": of the whole station */
	char channel[ID_SIZE];    /* "": all of the instrument */
	const struct describe
	        *describe;      /* of the instrument, as fed; NULL: of the station */
	int64_t from_us, to_us; /* half open */
	bool open;              /* goes on now */
	uint8_t cause;
	uint64_t expected, valid; /* results of all channels concerned */
	uint64_t
	        records; /* numbered records that are not here; 0: not known to be any */
	uint64_t epoch, first_seq, last_seq; /* of those records */
	char *detail; /* what the cabinet told, or the file; "" if nothing; owned */
};

struct gaps_options {
	int64_t from_us, to_us; /* what is asked for, half open */
	int64_t fed_us;         /* records are fed from here on, at from_us or before */
	int64_t now_us;         /* nothing is due after it */
	int64_t patience_us;    /* what is younger than now by this may still come */
	bool whole;             /* fed from the first record there ever was */
	bool ended; /* nobody waits for more: no gap from the last record on */
	bool stored; /* known: when records without a time were stored; else what came next */
};

struct gaps;

/* NULL without memory. */
struct gaps *gaps_new(const struct gaps_options *options);
void gaps_free(struct gaps *gaps);

/* One reading, in order of time; `describe` stays until gaps_free.  state[n_channels] of
 * the DESCRIBE.  OK or FAILED (memory). */
struct gaps_reading {
	const struct describe *describe;
	int64_t time_us; /* corrected */
	uint64_t epoch, seq;
	const uint8_t *state;
};
int gaps_reading(struct gaps *gaps, const struct gaps_reading *reading);

/* Any other record at its corrected time.  `describe` decoded where it is a DESCRIBE,
 * else NULL; it stays until gaps_free.  OK or FAILED. */
int gaps_event(struct gaps *gaps, const struct record *record, int64_t time_us,
        const struct describe *describe);

/* A STATE, GAP or CLOCK record that came before what is fed begins: it may still hold.
 * OK or FAILED. */
int gaps_before(struct gaps *gaps, const struct record *record, int64_t time_us);

/* An instrument the station had before what is fed begins.  OK or FAILED. */
int gaps_known(struct gaps *gaps, const struct describe *describe);

/* A record that is here and has no time anybody can believe, only when it was stored
 * (or, where the options say that nobody knows, the time of the next that has one).
 * OK or FAILED. */
int gaps_unplaced(struct gaps *gaps, uint64_t epoch, uint64_t seq, int64_t stored_us);

/* A sealed file that cannot be read, or a record in quarantine; `what` says which.
 * `whole_day`: it held all of [from, to), not what came late.  OK or FAILED. */
struct gaps_damage {
	uint8_t cause; /* GAP_FILE, GAP_PRUNED, or told as it is: GAP_CONFLICT, GAP_STATION */
	int64_t from_us, to_us;
	uint64_t records, readings; /* that it held; readings 0: not known */
	bool whole_day;
	bool open; /* goes on now */
	const char *what;
};
int gaps_damage(struct gaps *gaps, const struct gaps_damage *damage);

/* The gaps in order of time, and then of station, instrument, channel; `out` is the
 * ledger's.  Call once, at the end.  OK or FAILED. */
int gaps_finish(struct gaps *gaps, const struct gap **out, size_t *n);

/* In place of words that whoever told did not give; the sheet has the same. */
#define GAP_NOT_GIVEN "(not given)"

/* Is anything lost by it? */
bool gap_is_loss(const struct gap *gap);
/* Does the cabinet that told it say its cause better than the ledger can? */
bool gap_is_told(const struct gap *gap);
/* "silent", "no-reading", "file": fixed words of CSV and JSON. */
const char *gap_cause_text(uint8_t cause);
/* The reason as a sentence in English; `out` holds `room`. */
const char *gap_reason(const struct gap *gap, char *out, size_t room);

#endif
