/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands that change an instrument: zero, span, clock, mode.  Nothing sends one by itself; a
 * person orders it (quantrac station command), where the configuration allows it.  A profile says
 * which there are, from a source, in its table `commands`:
 *
 *     - {name: zero, label_en: Measure zero gas, label_vi: Đo khí zero, changes: gas,
 *        function: 5, address: 20, values: [1], source: "manual p. 354"}         modbus
 *     - {name: calibrate_mid, label_en: ..., changes: calibration, low: 6, high: 8, unit: pH,
 *        send: 'Cal,mid,{value}\r', done: ['*OK\r'], source: "data sheet p. 26"} poll-text
 *
 * All here is pure; the poller writes it once (sensors/poller/poller_errand.c), the cabinet decides and
 * records (sensors/cabinet/cabinet_commands.c).
 */
#ifndef SENSORS_COMMAND_H
#define SENSORS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/status.h"
#include "sensors/tables/map.h"

struct instrument;
struct profile;
struct profile_checker;

#define COMMANDS_MOST 24  /* of one profile */
#define COMMAND_MOST  128 /* bytes of a request */
#define COMMAND_PLACE 8   /* that say to which instrument it goes: station_place */
#define COMMAND_VALUE 12  /* characters of a number an operator gives */

extern const char *const command_changes[]; /* "zero", "span", "gas", ... */
const char *command_changes_vi(int changes);

struct profile_command {
	const char *name, *label_en, *label_vi, *source, *note, *note_vi;
	int changes;      /* index into command_changes */
	bool disturbs;    /* what is measured from then on is not the sample */
	double timeout_s; /* for its answer; 0: the instrument's */
	double low, high; /* of the number it takes; NAN: it takes none */
	const char *unit; /* of that */
	struct {
		int64_t function, address;
		size_t n_values;
		const char **value;     /* as written, or */
		struct profile_tag tag; /* how the operator's number is written, at 0 */
		bool type_set;
		struct profile_time clock; /* or how the time is */
		bool clock_set;
	} modbus;
	struct
	{ /* templates, sensors/tables/pattern.h; {value} is the number or the time */
		const char *send, *clock; /* clock "": it sends no time */
		size_t n_done, n_refused;
		const char **done, **refused;
	} text;
};

/* One command to one instrument. */
struct command_order {
	const struct instrument *instrument;
	size_t command;    /* of its profile */
	const char *value; /* as the operator wrote it, "": none */
	int64_t time_us;   /* UTC, for a clock */
	uint16_t number;   /* of the request, Modbus TCP */
};

/* What an answer says. */
struct command_outcome {
	enum {
		COMMAND_PASS, /* nothing of this command */
		COMMAND_DONE,
		COMMAND_REFUSED,
		COMMAND_UNKNOWN, /* an answer that leaves it open */
	} kind;
	const char *why; /* for people, "" */
};

struct command_bytes {
	const uint8_t *at;
	size_t n;
};

/* A command that came to a simulated instrument. */
struct command_heard {
	const struct instrument *instrument;
	struct command_bytes in; /* all of it */
	uint8_t exception;       /* it refuses with this code; 0: it does not */
	double *written; /* [n_channels] what it writes that is a channel of its profile */
};

/* What a kind of driver knows of commands: driver->command. */
struct command_driver {
	/* What the tables cannot say of command i; errors at "commands[i].x". */
	void (*check)(struct profile_checker *check, size_t i);
	/* The bytes; their number, or REFUSED: the number cannot be written so. */
	int (*request)(const struct command_order *order, uint8_t out[COMMAND_MOST]);
	/* Length of what starts at in[0] (the outcome says what it is), FRAME_SHORT or
	 * FRAME_NONE; `request` as made above, in COMMAND_MOST bytes: what was sent is read there. */
	int (*answer)(const struct command_order *order, const uint8_t *request,
	        const struct command_bytes *in, struct command_outcome *out);

	/* ---- the answering side, for the simulator ---- */

	/* Length of the command to this instrument that starts at in->at[0], FRAME_SHORT or
	 * FRAME_NONE. */
	int (*heard)(
	        const struct instrument *instrument, const struct command_bytes *in);
	/* What it answers; its length, 0: nothing. */
	size_t (*say)(const struct command_heard *heard, uint8_t *out, size_t room);
};

/* Number of a command, or NOT_FOUND. */
int command_find(const struct profile *profile, const char *name);

/* Whether it takes a number of the operator. */
bool command_takes_value(const struct profile_command *command);

/* Whether it sends the time. */
bool command_sets_clock(const struct profile_command *command);

/* The operator's number: OK, or REFUSED with the reason (not a plain decimal, out of range, none
 * where one is wanted, one where none is). */
int command_value(const struct profile_command *command, const char *text,
        double *value, struct problem *why);

/* The bytes of an order: their number, or REFUSED with the reason. */
int command_request(const struct command_order *order, uint8_t out[COMMAND_MOST],
        struct problem *why);

/* "01 05 00 14 FF 00 CC 3E"; what does not fit is " ...". */
void command_hex(const uint8_t *in, size_t n, char *out, size_t room);
/* "Cal,mid,7.00\r"; true if most of it are characters. */
bool command_text(const uint8_t *in, size_t n, char *out, size_t room);

/* Seconds its answer may take. */
double command_timeout_s(const struct profile_command *command, double instrument_s);

/* The keys every command has; `also` of the drivers' tables. */
extern const struct section command_common;

/* What profile_check does with them. */
void command_check(struct profile_checker *check);

#endif
