/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A port in the hands of a person: opened, listened to, asked, and each call waits for its
 * end (or for *stop).  Only tools do that; the daemon has the poller.
 */
#ifndef SENSORS_TALK_H
#define SENSORS_TALK_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "sensors/drivers/modbus.h"
#include "sensors/ports/port.h"

struct talk {
	struct port *port; /* NULL: closed */
	struct port_setting setting;
	struct clock clock;
	const volatile sig_atomic_t *stop; /* NULL: nobody stops it */
	int64_t free_us; /* the line was silent long enough for the next request */
};

void talk_init(struct talk *talk, const volatile sig_atomic_t *stop);

/* Open a port (its texts must outlive it), waiting for a connection at most 10 s; one that
 * was open is closed.  OK, or why not. */
int talk_open(
        struct talk *talk, const struct port_setting *setting, struct problem *why);
void talk_close(struct talk *talk);

/* What has come, at a time of the monotonic clock; false: enough. */
typedef bool (*talk_hear)(void *context, const uint8_t *in, size_t n, int64_t mono_us);

/* Listen for so long; without bytes `hear` is called with n 0 now and then.  OK, HUNG_UP,
 * or REFUSED: *stop. */
int talk_listen(struct talk *talk, double for_s, talk_hear hear, void *context);

struct asked {       /* what came of one request */
	int outcome; /* OK, TIMED_OUT (nothing), MALFORMED (bytes, no answer), REFUSED */
	uint8_t exception;
	struct modbus_answer answer;
	const uint8_t *data; /* of the answer: not to be copied, it points into this */
	size_t size;
	size_t echo; /* bytes of our own request that the adapter gave back, at the front */
	int64_t sent_us;
	double wait_s; /* from the request's end to the answer's first byte */
	size_t n;
	uint8_t came[1024];            /* all that came since the request */
	int64_t at_us[1024];           /* when */
	size_t answer_at, answer_size; /* which of it is the answer, or the refusal */
};

/* Ask once and wait for the answer.  OK (out->outcome tells), HUNG_UP, REFUSED: *stop, or
 * what modbus_request_put refuses.  Drain what waits first: it would be taken for it. */
int talk_ask(struct talk *talk, const struct modbus_request *request, double timeout_s,
        struct asked *out);

/* Bytes that wait to be read, before anything is asked: handed to `hear`.  OK, HUNG_UP. */
int talk_drain(struct talk *talk, talk_hear hear, void *context);

/* Is it a pseudo-terminal, on which speed and parity have no effect? */
bool talk_is_pty(const char *path);

#endif
