/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person may tell the running sensord: maintenance begins or ends, the sampler has empty bottles,
 * a line of this machine is being searched (serial probe; the reason says which), an instrument is to
 * do a command of its profile.
 * Over a socket beside the journal, <folder>/control, which root and the group of its owner may write to;
 * who it is, the kernel says (SO_PEERCRED, and the login behind a sudo), not the message.
 *
 *     quantrac 1 LF maintenance LF cod LF on LF changing the filter        the order, one message
 *     ok LF maintenance of cod until 10:42:07                               the answer
 *     no stale LF there is no instrument 'cod' at station 'nt-01'           why, for programs and for people
 *     quantrac 1 LF command LF ph LF calibrate_mid 7.00 43616C2C... LF buffer of pH 7
 *
 * The last word of a command's third line is what the operator was shown: the bytes, for the epoch 1970 and
 * number 0.  A sensord that would send others refuses: it runs with another configuration.
 */
#ifndef SENSORS_CONTROL_H
#define SENSORS_CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/record.h"
#include "base/status.h"
#include "sensors/cabinet/cabinet_note.h"
#include "sensors/tables/command.h"

#define CONTROL_FILE        "control"
#define CONTROL_HEAD        24 /* bytes of the first line of an answer */
#define CONTROL_CLIENTS     4
#define CONTROL_DESCRIPTORS (CONTROL_CLIENTS + 1)
#define CONTROL_MOST        1024 /* bytes of a message */
#define CONTROL_WAIT_US                                                                \
	INT64_C(5000000) /* for an order, after a client has come; for the disk */
#define ORDER_REASON 240 /* bytes of a reason */
extern const char order_reason_wanted[]; /* what is told where a reason will not do */

enum order_kind {
	ORDER_MAINTENANCE,
	ORDER_EMPTIED,
	ORDER_PROBED,
	ORDER_COMMAND,
	ORDERS
};

struct order {
	int kind;         /* enum order_kind */
	char id[ID_SIZE]; /* of maintenance: an instrument, or the station for all of them */
	bool on;
	char command[ID_SIZE], value[COMMAND_VALUE + 1]; /* value "": none */
	size_t n_shown;
	uint8_t shown[COMMAND_MOST +
	              COMMAND_PLACE]; /* what the operator saw of it, and where to */
	char reason[ORDER_REASON + 1];
};

/* What became of an order, so that whoever speaks to people may say it in their language. */
enum control_outcome {
	CONTROL_NOT, /* refused, as its text says */
	CONTROL_OK,
	CONTROL_UNKEPT,      /* done, and not on the disk: a restart forgets it */
	CONTROL_LATER,       /* control_done will say */
	CONTROL_REASON,      /* refused: order_reason_wanted */
	CONTROL_BUSY,        /* refused: another command is under way */
	CONTROL_MAINTENANCE, /* refused: the command wants maintenance to be on */
	CONTROL_STALE, /* refused: sensord runs with another configuration than it was made of */
	/* of a command that was taken; the text says how it is known */
	CONTROL_DONE,
	CONTROL_DECLINED,
	CONTROL_UNKNOWN,
	CONTROL_UNSENT,
	/* control_ask alone says: */
	CONTROL_NOBODY,    /* sensord does not run */
	CONTROL_FORBIDDEN, /* the socket may not be written to */
	CONTROL_GONE,      /* sensord ended before it answered */
	CONTROL_TROUBLE,
};

struct control_answer {
	enum control_outcome outcome;
	char text[CONTROL_MOST];
};

/* ---- pure ---- */

/* OK; MALFORMED; or REFUSED: no reason, or one that is too long or no plain text. */
int order_parse(struct order *out, const char *in, size_t n);
/* The message; its length, or REFUSED as above. */
int order_print(const struct order *order, char *out, size_t room);

/* ---- sensord's side ---- */

struct control_client {
	int fd;     /* -1: free */
	bool waits; /* its order is being carried out */
	int64_t until_us;
	uint64_t version; /* of what its order did: on the disk first; 0: not done */
	char text[CONTROL_MOST];
};

struct control {
	int fd;                          /* -1: closed */
	const struct cabinet_note *note; /* where orders are kept */
	struct control_client client[CONTROL_CLIENTS];
	size_t slot[CONTROL_DESCRIPTORS]; /* in the array of poll() */
};

/* Closed. */
void control_init(struct control *control, const struct cabinet_note *note);
/* Makes the socket anew; FAILED with the reason. */
int control_open(struct control *control, const char *folder, struct problem *why);
/* Nothing is written any more: whoever waits for the disk is told how it stands. */
void control_close(struct control *control, const char *folder);

size_t control_descriptors(struct control *control, struct pollfd *out, size_t at);
int64_t control_due_us(const struct control *control); /* INT64_MAX: nobody waits */
bool control_waits_for_disk(const struct control *control);

/* `carry_out` answers in words, and what became of it; `who` is "minh (uid 1001)".
 * That an order is done (CONTROL_OK) is said when it is on the disk, or after five
 * seconds that it is not there. */
struct control_hooks {
	void *context;
	enum control_outcome (*carry_out)(void *context, const struct order *order,
	        const char *who, char answer[CONTROL_MOST]);
};
void control_step(struct control *control, const struct pollfd *fds,
        const struct control_hooks *hooks, const struct moment *now);

/* The order that was to be answered later is; one at a time. */
void control_done(
        struct control *control, enum control_outcome outcome, const char *text);

/* ---- the command's side ---- */

/* Send an order, wait for the answer (ten seconds, a command two minutes).  OK with the answer; REFUSED with the answer as
 * problem (EXIT_FOUND: a command was taken, and is not known to be done); or a problem: nobody listens (EXIT_NO_DAEMON), no permission.
 * The outcome is told in each case. */
int control_ask(const char *folder, const struct order *order,
        struct control_answer *answer, struct problem *why);

/* The first line of an answer: "ok done"; what it says, CONTROL_NOT or CONTROL_OK where it is of another version. */
const char *control_head(enum control_outcome outcome);
enum control_outcome control_outcome_of(const char *head, size_t n);

#endif
