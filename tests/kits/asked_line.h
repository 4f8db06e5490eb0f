/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line in memory: what is written to it is handed to the test, which says what comes back and when. */
#ifndef TESTS_ASKED_LINE_H
#define TESTS_ASKED_LINE_H

#include "sensors/ports/port.h"
#include "sensors/tables/driver.h"

#define ASKED_MESSAGES 24

struct asked_line {
	struct port port;
	const int64_t *now_us; /* monotonic, of the test */
	void *context;
	void (*asked)(void *context, const uint8_t *in, size_t n);
	struct asked_message {
		int64_t due_us;
		size_t n; /* 0: free */
		uint8_t byte[FRAME_MOST];
	} message[ASKED_MESSAGES];
};

/* Fill in port; now_us, context and asked are the test's. */
void asked_line_init(struct asked_line *line);

/* Let n bytes come at due_us; fails the test when too many are on their way. */
void asked_line_say(
        struct asked_line *line, int64_t due_us, const void *bytes, size_t n);

/* Nothing of the station under test is told to the terminal. */
void asked_line_quiet(void);

#endif
