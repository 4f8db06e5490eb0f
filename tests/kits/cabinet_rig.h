/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cabinet on lines that are not there: a GPIO chip, modem lines, a coil, a wtmp of its own, and a clock
 * moved by hand.  All that it told is kept. */
#ifndef TESTS_CABINET_RIG_H
#define TESTS_CABINET_RIG_H

#include <stdbool.h>

#include "sensors/cabinet/cabinet.h"
#include "sensors/cabinet/control.h"
#include "sensors/poller/poller.h"

#define MS  INT64_C(1000)
#define SEC INT64_C(1000000)

enum { RIG_LINES = 32, RIG_TOLD = 256 };

struct rig_line {
	bool level; /* of an input; what an output was set to */
	bool output, taken;
	int pipe[2]; /* edges */
	size_t rose; /* an output went active */
	uint64_t flags;
};

struct rig_told {
	struct moment when;
	char subject[80], state[24], text[8192];
};

extern struct rig {
	char *folder;
	struct station *station;
	struct cabinet *cabinet;
	struct cabinet_note note;
	struct cabinet_memory memory;
	struct moment now;
	struct rig_line line[RIG_LINES];
	bool no_chip, no_edges, busy; /* the chip is not there, or cannot do that */
	int modem;       /* TIOCM_ bits of port 0; -1: its port is closed */
	int coil_status; /* what hooks.coil answers */
	struct coil coil[16];
	size_t n_coils;
	int command_status; /* what hooks.command answers */
	size_t n_commands;
	uint8_t request[COMMAND_MOST];
	bool keep_note;               /* the disk is slow: nothing is written */
	enum control_outcome outcome; /* of the last order */
	struct rig_told told[RIG_TOLD];
	size_t n_told;
} rig;

/* cmocka fixtures. */
int rig_setup(void **state);
int rig_teardown(void **state);

/* A cabinet with these inputs, sampler, ... added to a station whose instruments are flow and `more`; begins it. */
void rig_begin_with(const char *more, const char *configuration);
static inline void rig_begin(const char *configuration)
{
	rig_begin_with(
	        "  - {id: cod, profile: sim-water-quality, port: bus, slave: 3}\n",
	        configuration);
}
/* End it and begin another, as a restart of the program does; `boot`: of the machine. */
void rig_restart_program(void);
void rig_restart_machine(int64_t away_us);

/* Let time pass, a step every 10 ms (or when it wants to be stepped, from ten seconds on). */
void rig_run(int64_t for_us);

/* Whether something comes from outside within so many milliseconds of the wall. */
bool rig_wait(int ms);

/* An edge of an input, told by the chip `age_us` later. */
void rig_edge(size_t line, bool level, int64_t age_us);
/* A key-switch that settles. */
void rig_turn(size_t line, bool on);

/* A reading of an instrument's channels; the states recorded. */
const uint8_t *rig_reading(
        const char *instrument, const uint8_t *state, const double *value);
/* The channel cod of instrument cod says this. */
uint8_t rig_cod(double value);

/* An order over the socket, while the cabinet steps in between; what was answered. */
int rig_order(const struct order *order, char answer[CONTROL_MOST]);

/* Send it alone, and step: the client's end, to hear the answer from; it is closed then. */
int rig_give(const struct order *order);
void rig_heard(int fd, const char *want);

/* The last that was told of a subject; NULL: nothing.  How often it was told to be in a state. */
const struct rig_told *rig_last(const char *subject);
size_t rig_count(const char *subject, const char *state);

/* What became of a coil. */
static inline void rig_written(int status, const char *why)
{
	const struct poller_written what = { .status = status, .why = why };
	cabinet_written(rig.cabinet, &what, &rig.now);
}

/* A record is added to wtmp. */
void rig_wtmp(int type, const char *user, const char *line, const char *host);

#endif
