/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A passive tap: another master asks on this line, and we only hear.
 *
 *     > 01 03 00 00 00 02 C4 0B          request of the other master
 *     < 01 03 04 42 48 00 00 6E 5D       answer: belongs to registers 0 and 1
 *
 * An answer does not say which registers it holds: that is in its request alone.  So an
 * answer is paired with a request that was heard, by slave, function, byte count, check
 * sum and order, or it is dropped and counted.  Nothing is ever guessed:
 *
 *   no request waits that fits                 orphan
 *   two do, of different registers             ambiguous (a late answer, or two masters);
 *                                              the same with one given up TAP_LATE_US ago
 *   more than TAP_STRAY bytes that were no     orphan: a request may be among them
 *   frame came between the two
 *   8 bytes that can be the answer waited      ambiguous, unless they repeat the request
 *   for, and a request too (functions 1, 2)
 *
 * A reading keeps the bytes of both frames, request before answer, so that the same
 * registers can be found again (modbus_heard_get).  Only time that is handed in counts.
 */
#ifndef SENSORS_MODBUS_TAP_H
#define SENSORS_MODBUS_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "sensors/drivers/modbus.h"
#include "sensors/tables/clumps.h"

#define TAP_ROOM   1200               /* bytes not yet looked at */
#define TAP_CLUMPS (MODBUS_ASCII + 1) /* a frame may come byte by byte */
#define TAP_OPEN   4 /* requests that wait for their answer at one time */
#define TAP_OWED   8 /* requests without an answer that are remembered */
#define TAP_LATE_US                                                                    \
	INT64_C(5000000) /* so long a late answer to them is reckoned with */
#define TAP_STRAY    3  /* a turn-round of the line gives so many; a request has more */
#define TAP_TAIL     64 /* bytes kept of what came instead of an answer */
#define TAP_EVIDENCE (2 * MODBUS_ASCII)

/* ---- frames of anybody ---- */

enum { TAP_REQUEST = 1, TAP_ANSWER = 2, TAP_EXCEPTION = 4 };

/* What these n bytes, from slave on and without check sum, can be: bits of the above, 0:
 * nothing.  Functions 1 to 6, 15, 16, 22 and 23. */
unsigned modbus_tap_kinds(const uint8_t *in, size_t n);

/* Length of the frame of whomever that starts at in[0], FRAME_SHORT, FRAME_NONE.  What
 * it says does not depend on how the bytes were split. */
int modbus_tap_frame(int framing, const uint8_t *in, size_t n);

struct modbus_tap_parts {              /* of a whole frame */
	struct modbus_request request; /* start and count: of a request, or of 16 */
	size_t n;
	uint8_t plain[MODBUS_PLAIN]; /* from slave on, without check sum */
};

/* Take a frame apart; its kinds, 0 if it is none. */
unsigned modbus_tap_parts(
        int framing, const uint8_t *in, size_t n, struct modbus_tap_parts *out);

/* Whether this answer (or exception) is one to `request`: slave, function, byte count. */
bool modbus_tap_answers(
        const struct modbus_request *request, const struct modbus_tap_parts *answer);

/* Functions of which something is kept: 1 to 4, and 16. */
bool modbus_tap_used(const struct modbus_request *request);

/* ---- the tap ---- */

struct modbus_pair {
	struct modbus_request request;
	const uint8_t *bytes; /* request, then answer; good until the next call */
	size_t size;
	bool answered; /* soundly: data or an exception */
	struct moment
	        first; /* of the answer's first byte; without one, the request's */
};

struct modbus_tap_counts {
	uint64_t requests, answers;   /* of functions 1 to 4 and 16, and those paired */
	uint64_t unanswered, garbled; /* requests without; with something else */
	uint64_t repeats;             /* the same request again: echo, or a retry */
	uint64_t orphans, ambiguous;  /* answers dropped */
	uint64_t own_dropped;         /* of them, those of modbus_tap->own */
	uint64_t broadcasts, others;  /* frames of slave 0; of functions not used */
	uint64_t noise;               /* bytes of no frame */
};

struct modbus_tap {
	int framing;
	int64_t answer_us; /* an answer later than this is nobody's */
	uint8_t own;       /* slave whose dropped answers count apart; 0: nobody's */
	int64_t now_us, heard_us;
	uint8_t bytes[TAP_ROOM];
	size_t n, cut; /* cut: bytes before it came before a silence */
	struct clump clump[TAP_CLUMPS];
	size_t n_clumps, n_open;
	struct tap_open {
		struct modbus_request request;
		uint8_t bytes[MODBUS_ASCII + TAP_TAIL];
		size_t request_size, size;
		struct moment first;
		int64_t until_us;
		size_t stray;
		bool closed;  /* no answer is its any more */
	} open[TAP_OPEN + 1]; /* the last: while the oldest is given up for it */
	struct tap_owed {     /* given up without an answer, the oldest first */
		struct modbus_request request;
		int64_t until_us;
	} owed[TAP_OWED];
	size_t n_owed;
	uint8_t evidence[TAP_EVIDENCE];
	struct modbus_tap_counts counts;
};

/* FRAMING_RTU, FRAMING_RTU_OVER_TCP or FRAMING_ASCII. */
void modbus_tap_init(struct modbus_tap *tap, int framing, int64_t answer_us);

/* What has come; then ask for pairs until there is none. */
void modbus_tap_add(
        struct modbus_tap *tap, const uint8_t *in, size_t n, const struct moment *when);

/* Nothing came until now: half frames and old requests are given up. */
void modbus_tap_idle(struct modbus_tap *tap, int64_t mono_us);

/* The next request with its answer, or with what came instead; false: none yet. */
bool modbus_tap_next(struct modbus_tap *tap, struct modbus_pair *out);

#endif
