/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cabinet's side of the link (base/wire.h): which message goes out next, and what
 * one that came in means.  No socket, no clock, no journal: the keeper hands them in.
 *
 *   GREETING   HELLO goes out, every 10 s; WELCOME opens
 *   OPEN       DATA within the window, PING when quiet for 10 s; ACK moves on, NAK goes
 * back CLOSED     waits 1 to 60 s (doubled, with jitter), then a new socket and
 * GREETING
 *
 * From GREETING and OPEN to CLOSED: nothing heard for 30 s, or no ACK for 60 s with
 * data out.
 */
#ifndef SENSORS_UPLINK_H
#define SENSORS_UPLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/wire.h"

#define UPLINK_WINDOW    32
#define UPLINK_HELLO_US  INT64_C(10000000)
#define UPLINK_PING_US   INT64_C(10000000)
#define UPLINK_SILENT_US INT64_C(30000000)
#define UPLINK_STUCK_US  INT64_C(60000000)
#define UPLINK_HOLE_US                                                                 \
	INT64_C(60000000) /* so long a record cannot be read: it is lost */
#define UPLINK_SHOW ((uint64_t)UPLINK_WINDOW * WIRE_COUNT)

/* What may be sent: the committed records [first_seq, committed_seq) of one epoch. */
struct uplink_view {
	int64_t now_us; /* monotonic */
	int64_t time_us;
	uint8_t clock;
	uint64_t epoch, first_seq, committed_seq;
	/* another epoch's turn has come: what is on its way is waited for, no more goes */
	bool pause;
	void *with;
	/* A committed record, borrowed until the next call: its size, or 0 if it cannot
	 * be read. */
	size_t (*record)(void *with, uint64_t seq, const uint8_t **out);
	/* The first record behind `seq`, which is lost, that can be read; 0: there is none yet. */
	uint64_t (*behind)(void *with, uint64_t seq);
	/* The record is longer than the collector takes, and never can be sent: told, and
	 * passed over. */
	void (*too_long)(void *with, uint64_t seq, size_t n);
};

enum uplink_state { UPLINK_GREETING, UPLINK_OPEN, UPLINK_CLOSED };

enum uplink_act {
	UPLINK_REST, /* nothing to do before uplink_wake_us */
	UPLINK_SEND, /* hand out[0..*n) to the socket, then say how it went: uplink_sent
	              */
	UPLINK_RENEW,     /* make the socket anew, then ask again */
	UPLINK_NEW_EPOCH, /* the collector holds records this journal never had: begin a
	                   * new epoch, write the GAP of beyond[], then uplink_greet;
	                   * `forked`: what the journal has from beyond[0] on bears numbers
	                   * of others, and has to be numbered anew */
};

struct uplink_counts {
	uint64_t sent, again, acked, naks, malformed, renewals;
};

struct uplink {
	char source[SOURCE_SIZE + 1], version[24];
	enum uplink_state state;
	uint64_t jitter; /* state of the seeded chance */
	unsigned tries;  /* renewals since the link was last open */
	int64_t next_us; /* GREETING: the next HELLO; CLOSED: the next socket */
	int64_t heard_us, said_us,
	        moved_us; /* moved: last ACK that acknowledged something */
	int64_t hold_us;  /* no DATA before, after a NAK */
	int64_t full_us;  /* nothing at all before, after the socket took no more */
	uint64_t next_seq, acked_seq, high_seq; /* high: first never sent */
	uint64_t wanted; /* by the collector, at the last WELCOME or NAK */
	/* What it wants no more, and is not known here as acknowledged, is shown again and
	 * compared: of more than UPLINK_SHOW records only the last, from here on (0: all
	 * are), unless these were refused (show_all). */
	uint64_t short_seq;
	bool show_all;
	uint32_t window, most;
	uint64_t hole_seq,
	        over_seq; /* cannot be read; the next HELLO says that we keep from here
	                     on */
	int64_t hole_us;  /* since when */
	size_t n_open;
	uint64_t open_end[UPLINK_WINDOW]; /* of each batch not acknowledged */
	unsigned naks_in_row;
	bool owes_pong, owes_epoch;
	bool forked;        /* with owes_epoch: they were others' */
	uint64_t beyond[2]; /* first and last seq the collector has and the journal has
	                        not */
	struct wire_nak refusal; /* the last NAK; reason "" after an ACK */
	struct wire pending;     /* what uplink_next composed and uplink_sent has not
	                        confirmed */
	struct uplink_counts counts;
};

/* Start GREETING.  `seed` (not 0) for the jitter, so that a thousand cabinets do not
 * come back at once. */
void uplink_init(
        struct uplink *uplink, const char *source, uint64_t seed, int64_t now_us);

/* Greet (again) on the socket there is: after a new epoch. */
void uplink_greet(struct uplink *uplink, int64_t now_us);

/* Speak of another epoch, of which all below `acked_seq` are acknowledged as far as is
 * known: greet, on the socket there is. */
void uplink_turn(struct uplink *uplink, uint64_t acked_seq, int64_t now_us);

/* What to do now; composes at most one message into `out` (WIRE_MOST bytes). */
enum uplink_act uplink_next(
        struct uplink *uplink, const struct uplink_view *view, uint8_t *out, size_t *n);

/* What the socket said to the message: OK, or FULL (it is composed again later). */
void uplink_sent(struct uplink *uplink, int64_t now_us, int status);

/* A message came.  OK, or MALFORMED: ignored and counted. */
int uplink_hear(struct uplink *uplink, const struct uplink_view *view,
        const uint8_t *in, size_t n);

/* Monotonic time at which uplink_next should be asked even if nothing happens. */
int64_t uplink_wake_us(const struct uplink *uplink);

const char *uplink_state_text(enum uplink_state state); /* "greeting" */

#endif
