/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The newest state of every channel of this cabinet, for `quantrac status` and `quantrac get`:
 * <journal folder>/state.json, written by the running sensord, read by anybody.
 */
#ifndef SENSORS_LIVE_H
#define SENSORS_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/describe.h"
#include "base/record.h"
#include "base/status.h"

#define LIVE_FILE     "state.json"
#define LIVE_EVERY_US INT64_C(1000000)
#define LIVE_NEWS_US  INT64_C(100000)   /* a state has changed: a key, a door, a port */
#define LIVE_STALE_US INT64_C(30000000) /* older: nobody writes it any more */

struct cabinet_note;
struct counts_board;
struct live;
struct station;

/* Where it is written while the journal's disk cannot be:
 * /run/quantrac/<station>-<crc32c of path>.json ($QUANTRAC_RUN instead of
 * /run/quantrac). */
void live_elsewhere(const char *path, const char *station, char *out, size_t room);

/* What the keeper says beside the channels. */
struct live_link {
	const char *state; /* "open", "none" */
	uint64_t epoch, committed_seq, acked_seq, lost;
	uint64_t waiting;    /* of all epochs: kept, and not yet with the collector */
	uint64_t unreadable; /* epochs of the journal */
	const char *journal; /* where records go: "disk", "memory" */
	int64_t acked_us;    /* when the collector last took something; 0: not yet */
	struct counts_board *counts;  /* of the instruments, NULL: not known */
	struct cabinet_note *cabinet; /* NULL: not known */
};

/* A view over the instruments' DESCRIBEs (borrowed).  NULL without memory. */
struct live *live_new(const struct describe *station,
        struct describe *const *instrument, size_t n_instruments);
void live_free(struct live *live);

/* What is read at each, and where, stands in the file too: whoever has the configuration as it is now can
 * tell whether that is another.  OK or FAILED. */
int live_reads(struct live *live, const struct station *station);

/* Take in an encoded record; READINGs of these instruments and STATEs count, others do nothing.  Whether
 * it is a state. */
bool live_note(struct live *live, const uint8_t *record, size_t n);

/* Write beside and rename; not synced, it is of no use after a power cut.  Where that
 * fails, elsewhere.  OK or FAILED. */
int live_write(const struct live *live, const char *path, const struct moment *now,
        const struct live_link *link, bool running);

/* ---- the reading side ---- */

#define LIVE_NONE "none" /* the state of a channel before its first reading */

struct live_channel {
	const char *instrument, *channel, *label_vi, *label_en, *unit, *state;
	double value; /* newest usable one, NAN: none since the start */
	int64_t decimals;
	int64_t value_us;  /* its time */
	int64_t time_us;   /* of the newest reading, 0: none */
	double ok_percent; /* mean over the minutes of the last hour, NAN: none */
	double result_every_s;
};

struct live_state { /* the last STATE of a subject since the start */
	const char *subject, *state, *text;
	int64_t time_us;
};

struct live_counts { /* of an instrument, since the start: struct poller_counts */
	const char *instrument;
	const char *port, *as; /* station_read_as; "": it does not say */
	int64_t requests, answers, timeouts, checksum, malformed, exceptions, noise,
	        late, echoes, reconnects, overruns, readings;
};

struct live_maintenance {        /* one that is on */
	const char *id;          /* "by key", "cod", "all instruments" */
	const char *instruments; /* "cod, tss"; "": all */
	int64_t since_us, until_us;
};

struct live_today { /* maintenance of the day, of an instrument that had some */
	const char *instrument;
	int64_t today_us;
};

struct live_sampler {
	bool armed;
	int64_t bottles, used, most_a_day, today;
};

struct live_view {
	const char *station, *zone, *name, *link, *journal;
	bool simulated, running;
	int64_t written_us, mono_us, pid, offset_min;
	const char *boot; /* 16 hexadecimal digits */
	int64_t committed, acked, lost, waiting, unreadable, acked_us;
	size_t n_channels, n_states, n_instruments, n_maintenance;
	size_t n_samplers; /* one, or none */
	size_t n_today;
	struct live_channel *channel;
	struct live_state *told;
	struct live_counts *counts;
	struct live_maintenance *maintenance;
	struct live_today *today;
	struct live_sampler *sampler;
	struct config *config; /* owns all */
};

/* Read the state file that is written elsewhere, or this one.  OK; NOT_FOUND (EXIT_NO_DAEMON: no sensord ever wrote there); REFUSED
 * (EXIT_NO_DAEMON: it stopped, or has not written for 30 s); MALFORMED. */
int live_read(struct live_view *out, const char *path, const char *station,
        const struct moment *now, struct problem *why);
void live_view_free(struct live_view *view);

#endif
