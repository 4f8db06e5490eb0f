/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owns every port of a station: asks the instruments of a line one after another, the
 * lines side by side, in one poll(), and nothing blocks.
 *
 *   CLOSED     `next` has come and the port opens: RESTING; else stays, `next` doubled
 *              up to a minute
 *   RESTING    an instrument is due: ASKING
 *   ASKING     request written, `deadline` set: LISTENING
 *   LISTENING  ASK_AGAIN: ASKING;  ASK_LATER: RESTING;  READING_DONE: one reading, RESTING
 *              `deadline` passes: the next try, the next block, or one reading with what
 *              came and what did not, RESTING
 *   any        HUNG_UP: CLOSED
 *
 * A line whose instruments speak unasked, or that has another master, is only heard:
 * every instrument on it looks at all that comes, and one reading a period is taken.
 *
 * What has waited unread for seconds, since nobody called, is never taken for new.
 *
 * Time is handed in; after poller_new nothing is allocated.
 *
 *     for (;;) {
 *             n = poller_descriptors(poller, fds, room);
 *             poll(fds, n, poller_wait_ms(poller, &now));
 *             now = clock_now(&clock);
 *             poller_step(poller, fds, n, &now);
 *     }
 */
#ifndef SENSORS_POLLER_H
#define SENSORS_POLLER_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/reading.h"
#include "base/status.h"
#include "sensors/drivers/coil.h"
#include "sensors/station/station.h"

struct poller;

/* What became of what was written once, between two polls. */
struct poller_written {
	bool command; /* else it was the coil */
	int status;   /* OK; REFUSED: it is surely not done; TIMED_OUT: nobody knows */
	bool sent;    /* bytes of it went out */
	const char *why;
	size_t n;
	const uint8_t *answer; /* what came */
};

struct poller_hooks {
	void *context;
	/* One poll of one instrument.  `when` is the first byte of its first answer, or
	 * the first request if nothing came.  Everything is borrowed until the hook
	 * returns. */
	void (*reading)(void *context, size_t instrument, const struct moment *when,
	        const struct reading_parts *parts);
	/* A line or an instrument changed state: once per change. */
	void (*state)(void *context, const struct moment *when,
	        const struct state_event *event);
	/* Where ports come from; NULL: port_new. */
	struct port *(*port)(
	        void *context, size_t port, const struct port_setting *setting);
	/* What became of a coil or a command that was taken: once for each. */
	void (*written)(void *context, const struct poller_written *what,
	        const struct moment *now);
	/* Asked when the command that was taken is about to go out, which may be half a
	 * minute after it was ordered; NULL: it may. */
	bool (*may)(void *context);
};

struct poller_command {
	size_t instrument, command; /* of its profile */
	size_t n;
	const uint8_t *request; /* command_request made it */
};

/* Of one instrument, since the start.  What came and was no answer is `checksum` or
 * `malformed`; noise is bytes that belong to nothing; late answers came after their
 * deadline; an overrun is a poll that was due and could not begin. */
struct poller_counts {
	uint64_t requests, answers, timeouts, checksum, malformed, exceptions, noise,
	        late, echoes, reconnects, overruns, readings;
};

/* Why what came for the last poll was no answer, as the driver says (driver->blame); "" it has no
 * more to say than that nothing sound came. */
struct poller_blame {
	bool sound; /* its frames are: the line is right */
	char text[320];
};

/* NULL without memory.  The station must outlive the poller. */
struct poller *poller_new(
        const struct station *station, const struct poller_hooks *hooks);
void poller_free(struct poller *poller);

/* The hash the readings of an instrument carry. */
void poller_describe(struct poller *poller, size_t instrument, const uint8_t hash[32]);

/* Entries written, at most one a port. */
size_t poller_descriptors(struct poller *poller, struct pollfd *out, size_t room);

/* Milliseconds until something is due (0: now; at most 1,000). */
int poller_wait_ms(const struct poller *poller, const struct moment *now);

/* Do all that is due; to be called when poller_wait_ms is over, at the latest.  `fds`
 * as poller_descriptors gave them and poll() filled them; n 0: none looked at. */
void poller_step(struct poller *poller, const struct pollfd *fds, size_t n,
        const struct moment *now);

const struct poller_counts *poller_counts(
        const struct poller *poller, size_t instrument);
const struct poller_blame *poller_blame(const struct poller *poller, size_t instrument);
/* Whether what it is asked now is a trial (driver->trial), no block. */
bool poller_tries(const struct poller *poller, size_t instrument);

/* True while a port is open. */
bool poller_port_up(const struct poller *poller, size_t port);

/* The descriptor of an open port, for its modem lines; -1. */
int poller_port_descriptor(const struct poller *poller, size_t port);

/* Write a coil between two polls of this port, one at a time.  OK, then hooks.written
 * within some seconds (a command under way may take a minute); or REFUSED: the port has
 * no instruments, is only heard, or is busy with another coil. */
int poller_coil(struct poller *poller, size_t port, const struct coil *coil,
        const struct moment *now);

/* Write a command to its instrument between two polls, once.  OK, then hooks.written;
 * or REFUSED: the line is only heard, or has another command. */
int poller_command(struct poller *poller, const struct poller_command *command,
        const struct moment *now);

#endif
