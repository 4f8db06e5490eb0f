/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A station of three that is played: two analysers on a Modbus line, one probe that speaks text; a poller
 * asks them, a clock is moved by hand, and what is written to them is counted. */
#ifndef TESTS_COMMAND_LINE_H
#define TESTS_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/poller/poller.h"
#include "sensors/simulator/simulate.h"

#define SECOND INT64_C(1000000)

/* A port of the simulator, and what is written to it. */
struct spied {
	struct port port;
	struct port *real;
	size_t n_writes;
	const uint8_t *watch; /* writes of these bytes are counted */
	size_t n_watch, seen;
};

struct command_line {
	struct station *station;
	struct scenario *scenario;
	struct poller *poller;
	struct spied spied[2];
	struct moment now;
	size_t n_written, readings[3], good[3], odd;
	bool ended; /* maintenance */
	struct poller_written written;
	char why[128];
	uint8_t answer[64], request[COMMAND_MOST];
};
extern struct command_line line;

/* cmocka fixtures: a fresh folder; what command_line_make made is freed. */
int command_line_setup(void **state);
int command_line_teardown(void **state);

/* gas and other on port bus, probe on port text, with these scenes; `master` behind the path of bus. */
void command_line_make(const char *folder, const char *scenes, const char *master);
void command_line_run(int64_t for_us);
/* Hand a command to the poller; what that says. */
int command_line_give(size_t instrument, const char *name, const char *value);
/* One command was written, and became this. */
void command_line_became(int status, const char *why);

#endif
