/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The collector's side of the link (base/wire.h): what a message of a cabinet means and
 * what is answered.  No socket and no clock: collectd hands them in.
 *
 *   HELLO  -> WELCOME with the first record wanted       PING -> PONG
 *   DATA   -> gathered; ACK when it is durable            anything unsound: counted, no answer
 *          -> NAK at once, when it does not join on or is refused
 *
 * Two cabinets may speak with one key (a disk was copied): an ACK tells each one of what
 * it has shown itself, and of no more.
 */
#ifndef COLLECTOR_DESK_H
#define COLLECTOR_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/journal.h"
#include "base/socket.h"
#include "base/wire.h"
#include "collector/ingest.h"
#include "collector/refusals.h"

#define DESK_SILENT_US INT64_C(60000000) /* a cabinet says something every 10 s */

/* What the desk knows of one station; its key is the identity. */
struct desk_station {
	char name[SOURCE_SIZE + 1];
	struct peer peer;   /* where it last spoke from */
	struct peer before; /* and where before that */
	bool unshown; /* that connection began, and no HELLO or DATA was heard there */
	struct refusal refusal[REFUSALS];
	uint64_t epoch;                  /* of its last HELLO or DATA */
	bool owes;                       /* DATA came that is not acknowledged: */
	struct peer shown_by;            /* from there, */
	uint64_t shown_epoch, shown_seq; /* all below this one */
	uint32_t open;                   /* how many batches of it */
	bool connected;        /* heard within DESK_SILENT_US, and not revoked */
	bool revoked;          /* its key was taken off the list */
	int64_t heard_us;      /* CLOCK_BOOTTIME */
	int64_t heard_time_us; /* UTC */
	int64_t record_us;     /* stamp of the last record */
	int64_t ahead_us;      /* its clock less ours at the last HELLO */
	char version[24];
	uint64_t batches, records, naks;
	char problem[200]; /* why the last batch was not taken, "" when it was */
	/* the last record that came with other bytes than before; when: UTC */
	char alarm[200];
	int64_t alarm_us;
};

struct desk {
	struct ingest *ingest;
	uint32_t window;
	size_t n, most;
	struct desk_station *station; /* station[most], sorted by name */
	uint64_t malformed;
	size_t gathered; /* bytes taken since the last commit, as the journals count them */
	bool backlog; /* among them batches of a cabinet that has nothing else to do */
	/* Half the window of such a cabinet is used up: the other half comes while these are
	 * committed. */
	bool waits;
};

/* So much may be gathered that one message more still fits into the group of a journal:
 * else that one would cost a second fdatasync. */
#define DESK_ENOUGH (JOURNAL_GROUP - WIRE_MOST - WIRE_COUNT * (JOURNAL_ENTRY + 8))

/* For at most this many stations; OK or FAILED. */
int desk_open(struct desk *desk, struct ingest *ingest, size_t most_agents);
void desk_close(struct desk *desk);

/* Batches a cabinet may have on the way: clamp(16 MiB / (agents x 64 KiB), 1, 32). */
uint32_t desk_window(size_t agents);
/* Messages of a cabinet that libzmq takes in before they are received: more than a
 * cabinet ever sends unanswered.  A connection that stands at this mark when its other
 * end closes can end the program: libzmq 4.3.4 answers a heartbeat behind the mark on a
 * connection that is gone ("Assertion failed: !_io_error"). */
uint32_t desk_held(uint32_t window);

/* A message: size of the answer in `out` (WIRE_MOST bytes), or 0: none (yet). */
int desk_hear(struct desk *desk, const struct peer *peer, const uint8_t *in, size_t n,
        const struct moment *now, uint8_t *out);

/* Does the station whose key it is wait for the ACK of what it said on another connection?
 * Then that comes first: one ACK is owed at a time. */
bool desk_owes_another(const struct desk *desk, const struct peer *peer);

/* A message that the socket dropped: counted and told, if it came under a key. */
void desk_drop(struct desk *desk, const struct peer *peer);

/* After a commit: the ACK that station i is owed, its size; 0: none (also while its
 * journal cannot be written).  It goes to `shown_by`. */
int desk_ack(struct desk *desk, size_t i, uint8_t *out);

/* The key of station i is on the list, or no longer: then nothing of it is heard any
 * more, and it is not connected from now on. */
void desk_listed(struct desk *desk, size_t i, bool listed);

/* Log who has fallen silent. */
void desk_watch(struct desk *desk, int64_t mono_us);

#endif
