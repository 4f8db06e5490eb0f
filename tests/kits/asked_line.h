/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The instruments of one line in memory, asked by the poller, with a clock moved by hand: what is written to the
 * line is handed to the test, which says what comes back and when. */
#ifndef TESTS_ASKED_LINE_H
#define TESTS_ASKED_LINE_H

#include "sensors/poller/poller.h"
#include "sensors/station/station.h"

#define ASKED_MESSAGES 24

struct asked_line {
	struct port port;
	struct station *station;
	struct poller *poller;
	struct moment now;
	void *context; /* of the two below */
	void (*asked)(void *context, const uint8_t *in, size_t n);
	void (*reading)(void *context, size_t instrument, const struct moment *when,
	        const struct reading_parts *parts);
	void (*written)(void *context, const struct poller_written *what,
	        const struct moment *now); /* NULL: nobody wants to know */
	void (*told)(void *context, const struct state_event *event); /* so too */
	struct asked_message {
		int64_t due_us;
		size_t n; /* 0: free */
		uint8_t byte[FRAME_MOST];
	} message[ASKED_MESSAGES];
};

/* Begin, with context, asked and reading set, a station of one port whose profiles are the shipped ones; 0, or -1
 * with what is wrong.  Nothing of it is told to the terminal. */
int asked_line_open(struct asked_line *line, const char *configuration);
void asked_line_close(struct asked_line *line);

/* A step every millisecond. */
void asked_line_run(struct asked_line *line, int64_t for_us);

/* Let n bytes come at due_us (monotonic); fails the test when too many are on their way. */
void asked_line_say(
        struct asked_line *line, int64_t due_us, const void *bytes, size_t n);

/* Let the first instrument answer in 300 ms as its profile does, with this value everywhere. */
void asked_line_answer(
        struct asked_line *line, const uint8_t *in, size_t n, double value);

#endif
