/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line of the simulator with a fault on it, read by the real poller, by a clock moved by
 * hand.  Two instruments share the line: "sick" has the fault, "sound" has not.  What the
 * poller takes for an answer is compared with what the instrument really said to that very
 * request: a twin of the scenario without faults is asked the same at the same moment.
 *
 *     wrong     taken, and neither what the instrument said to that request
 *     admitted  nor ... but exactly what the line delivered for it: the protocol's check
 *               lets it pass, nobody could have known
 *     marked    admitted, but a state says that the value is not to be trusted
 */
#ifndef TESTS_FAULTS_WORLD_H
#define TESTS_FAULTS_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/poller/poller.h"

/* What a protocol cannot see, and what it can say: of a kind of line. */
enum faults_lack {
	/* a byte altered on the way: there is no check sum */
	NO_CHECK = 1 << 0,
	/* a sum, or half of a CRC */
	WEAK_CHECK = 1 << 1,
	/* a byte of exclusive or: one set of four bits in twenty cancels out, few of them in digits */
	XOR_CHECK = 1 << 2,
	/* which request an answer is to: nothing in it says so */
	NO_TIE = 1 << 3,
	/* where a message begins behind half of another: nothing marks it */
	NO_START = 1 << 4,
	/* (of the proof) answers are put together: values are compared */
	IN_PIECES = 1 << 5,
	/* it speaks by itself */
	UNASKED = 1 << 6,
	/* (it can) an answer may be a refusal */
	REFUSES = 1 << 7,
	/* and says why: busy, a gateway speaks */
	CODES = 1 << 8,
	/* a refusal is two bytes without a check: among noise there are some */
	BARE_REFUSAL = 1 << 9,
};

/* One kind of line: a new driver is one line in faults_list.c. */
struct faults_kind {
	const char *name;
	const char *port;       /* of the station: "path: /dev/ttyS0, line: 9600 8N1" */
	const char *mode;       /* of the scenario's port */
	const char *profile[2]; /* sick, sound; NULL: the sick one is alone */
	const char *address[2]; /* "slave: 1" */
	const char *times;      /* "poll_every: 1s, timeout: 300ms" */
	const char *other;      /* another address; NULL: there are none */
	unsigned lacks;         /* enum faults_lack */
};

/* Where a fault can happen, and what it does. */
enum faults_doing {
	PLAIN = 0,
	/* only where instruments are asked */
	ASKED = 1 << 0,
	/* only on a serial line: bytes on a connection are bytes, none is noise of a wire */
	WIRED = 1 << 1,
	/* the sound one suffers too */
	LINE = 1 << 2,
	/* the instrument itself says another thing than it measures */
	SAID = 1 << 3,
	/* it refuses; and says why */
	REFUSAL = 1 << 4,
	CODED = 1 << 5,
	/* a check sum sees it, but for one in so many; or always */
	ALTERED = 1 << 6,
	ONE_BIT = 1 << 7,
	/* it comes to another request; and is so for ever */
	LATE = 1 << 8,
	BEHIND = 1 << 9,
	/* the answer of another comes before */
	FOREIGN = 1 << 10,
	/* it has another address */
	MOVED = 1 << 11,
	/* its bytes fall into the messages of others */
	DRAWN_OUT = 1 << 12,
	/* bytes all the time: fewer polls of it, none can be asked */
	ENDLESS = 1 << 13,
};

struct faults_fault {
	const char *name, *scene; /* keys of a scene */
	int state;     /* the sick one's readings have it; -1: ok or another */
	unsigned kind; /* enum faults_doing */
};

extern const struct faults_kind faults_kinds[];
extern const struct faults_fault faults_faults[];
extern const size_t n_faults_kinds, n_faults_faults;

struct faults_tally {
	uint64_t readings, state[16]; /* enum channel_state, of the first channel */
	uint64_t wrong, admitted, marked;
};

struct faults_world {
	const struct faults_kind *kind;
	struct station *station;
	struct scenario *scenario, *twin;
	struct poller *poller;
	struct port *line;
	struct moment now;
	bool speaks;          /* the sick one is not asked */
	int64_t spoken_us;    /* until then what it says is in `asked` */
	size_t n;             /* instruments */
	struct faults_asked { /* of the poll that is going on, of each instrument */
		size_t n;
		struct faults_said {
			int64_t time_us;
			size_t n, n_came;
			uint8_t said[FRAME_MOST], came[FRAME_MOST];
		} said[64];
	} asked[2];
#define FAULTS_BEFORE 16
	struct faults_said before[2][FAULTS_BEFORE]; /* of polls before */
	size_t n_before[2];
	bool says_other;            /* another value than was measured comes */
	struct poller_counts clean; /* of the minute without a fault */
	int64_t began_us[2];        /* first request of that poll */
	struct faults_tally tally[2];
	int last_state[2];
	int64_t last_us[2]; /* when its newest reading's poll began */
	char told[4096];    /* STATEs, one a line */
	size_t lines_logged;
};

/* The first minute, without the fault, has passed.  NULL `scene`: nothing will be wrong.  Fails
 * the test if it cannot be made. */
struct faults_world *faults_new(const struct faults_kind *kind, const char *scene);
void faults_free(struct faults_world *world);

/* Let time pass. */
void faults_run(struct faults_world *world, int64_t for_us);
/* Until the sick one was asked (or heard) so many times more. */
void faults_transactions(struct faults_world *world, uint64_t n);
/* The fault is over; microseconds until the sick one's first poll that began after it was good again
 * (NO_TIE, IN_PIECES: or the first after FAULTS_OWED_US), or -1: it was not good. */
int64_t faults_recover(struct faults_world *world);

/* Count what is wrong with a reading of instrument i. */
void faults_judge(
        struct faults_world *world, size_t i, const struct reading_parts *parts);

/* Whether a fault can happen on such a line. */
bool faults_apply(const struct faults_kind *kind, const struct faults_fault *fault);
/* Whether what was seen is what must be (faults_expect.c says what); else why not. */
bool faults_as_expected(const struct faults_world *world,
        const struct faults_fault *fault, const struct faults_tally *tally, char *why,
        size_t room);

#define FAULTS_BEGIN_US INT64_C(60000000)
#define FAULTS_DEAD_US  INT64_C(60000000) /* how often one that is dead is asked */
#define FAULTS_OWED_US  INT64_C(30000000) /* longest lateness that is reckoned with */

#endif
