/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside quantrac serial probe: serial_probe.c (what is asked for, and the order of things),
 * serial_search.c (listening and asking), serial_told.c (what is said of it), serial_read.c
 * (one block), serial_block.c (the block in every reading), serial_match.c (which model it may be),
 * serial_steps.c (what is being tried), serial_next.c (what to do then). */
#ifndef CLI_SERIAL_PROBE_H
#define CLI_SERIAL_PROBE_H

#include "cli/serial.h"
#include "cli/tool.h"
#include "sensors/tables/profile.h"
#include "sensors/tools/overhear.h"
#include "sensors/tools/probe.h"
#include "sensors/tools/talk.h"

struct prober_arguments {
	const char *port, *line, *shows;
	int framing;      /* -1: not said */
	int slave;        /* 0: all */
	int function;     /* 0: whichever answers */
	int start, count; /* count 0: as many as it gives, 16 at most */
	double timeout_s, listen_s;
	bool own, match;
};

/* What was heard of others. */
struct overheard_line {
	uint64_t bytes;
	size_t asks, answers, says;
	char text[OVERHEAR_TEXT +
	          64]; /* the first frame that asks, else the first, decoded */
};

#define OTHER_S 2   /* listening at another speed, to tell what was heard */
#define LATE_S  5.0 /* for an analyser that answered after its time */
#define CALM_S  1.0 /* before it is asked again */

#define PROBER_MATCHES 64
#define PROBER_SHOWN   6

/* A model whose registers a slave has. */
struct prober_match {
	struct profile *profile; /* owned */
	size_t channels, in_range, telling, shown;
	struct prober_value {
		size_t channel;
		double value;
	} value[PROBER_SHOWN];
};

/* What was told of what is being tried. */
struct prober_steps {
	char told[96];
	int64_t told_us;
	size_t n_found; /* of those found, told */
};

struct prober {
	const struct common *common;
	bool vietnamese;
	struct prober_arguments given;
	struct tool_port port;
	struct probe_way way[PROBE_WAYS];
	uint8_t slave[PROBE_SLAVES];
	struct probe_options options;
	struct probe probe;
	struct talk talk;
	size_t open_way;
	struct overhear ear;
	struct overhear_models models;
	struct overheard_line heard;
	struct prober_steps steps;
	bool echoes;                /* the adapter gives back what is sent */
	uint8_t late[PROBE_SLAVES]; /* answered after their time was up */
	size_t n_late;
	struct asked asked;
	size_t n_matches;
	struct prober_match match[PROBER_MATCHES];
};

/* Listen before anything is sent.  OK: silence; REFUSED: somebody speaks (told in `why`,
 * EXIT_TRY_AGAIN), or a signal came; HUNG_UP. */
int prober_listen(struct prober *prober, struct problem *why);

/* Search the line.  OK (also with nobody found), or as above. */
int prober_search(struct prober *prober, struct problem *why);

/* Ask a slave that was found, with patience; prober->asked is what came. */
int prober_ask(struct prober *prober, const struct modbus_request *request,
        struct problem *why);

/* Which models a slave may be, into prober->match, the best first. */
int prober_match(struct prober *prober, uint8_t slave, struct problem *why);
void prober_matches_print(const struct prober *prober, uint8_t slave);

/* What is being tried and how far it is, as it happens; who was found meanwhile. */
void prober_step(struct prober *prober, const char *what, double share);
void prober_step_listen(struct prober *prober, double share);
void prober_step_search(struct prober *prober, const struct probe_try *next);
void prober_step_found(struct prober *prober);
void prober_step_end(const struct prober *prober);
/* Is a line of a pipe due: something else is being tried, or nothing was told for long? */
bool prober_step_due(struct prober_steps *steps, const char *what, int64_t mono_us);

/* The commands that follow, of a slave that was found. */
void prober_next(const struct prober *prober, uint8_t slave);

struct prober_block {
	uint8_t slave, function;
	uint16_t start;
	size_t n; /* registers; 0: refused or silent */
	uint8_t data[2 * MODBUS_REGISTERS];
	int outcome; /* OK, TIMED_OUT, MALFORMED, REFUSED */
	uint8_t exception;
	double wait_s;
};

/* Read one block of a slave, fewer registers if it has no more. */
int prober_block(struct prober *prober, uint8_t slave, struct prober_block *out,
        struct problem *why);

/* What is about to happen, before anything does. */
void prober_announce(const struct prober *prober);
/* Who was found; that nobody was, and what to look at; all of it as JSON. */
void prober_found(const struct prober *prober);
void prober_nobody(const struct prober *prober);
void prober_json(const struct prober *prober, const struct prober_block *block);

void prober_block_print(const struct prober *prober, const struct prober_block *block);
void prober_readings_csv(const struct prober *prober, const struct prober_block *block);
struct json;
void prober_block_json(struct json *json, const struct prober *prober,
        const struct prober_block *block);

#endif
