/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scenario: instruments that are not there, what they would say at any time, and what
 * happens to them.  Everything is a pure function of the seed and the time, so that
 * thirty days of history, the live minute after them and any replay agree.  Only a register that a command
 * wrote stays as it was written.
 *
 *     scenario: {name: Nước thải, seed: 7, start: 2026-11-01T00:00, offset: "+07:00"}
 *     ports:
 *       - {id: bus, mode: rtu}                            a pseudo-terminal, linked
 * <dir>/bus
 *       - {id: stack, mode: tcp, listen: "127.0.0.1:15020"}
 *       - {id: sub, connect: "127.0.0.1:9001"}            a sub-logger that calls
 *     instruments:
 *       - id: cod
 *         profile: sim-cod
 *         port: bus
 *         slave: 3
 *         channels:
 *           - {name: cod, mean: 42, daily: 6, peak: "15:00", noise: 1.5, decimals: 1}
 *           - {name: nh4, replay: {file: scada.csv, column: S_NH, every: 5min}}
 *     scenes:
 *       - {from: day 9 10:00, to: day 9 14:00, instrument: cod, state: fault}
 *
 * Times are ISO 8601, "day 9", "day 9 10:00" (day 1 is the day of the start) or "live
 * +20s" (after `quantrac simulate` began; never in a rehearsal).
 */
#ifndef SENSORS_SCENARIO_H
#define SENSORS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/config.h"
#include "sensors/tables/profile.h"

struct scenario_head {
	const char *name, *profiles;
	int64_t seed, start_us;
	int offset_min;
	double base_s, slot_s;
	bool start_set;
};

struct scenario_port {
	const char *id;
	const char *listen;  /* address and TCP port others connect to */
	const char *connect; /* ... it connects to; both "": a pseudo-terminal */
	int mode;            /* enum modbus_framing */
};

/* A column of a CSV of real data instead of a generator. */
struct scenario_replay {
	const char *file, *column,
	        *time; /* time: a column of ISO 8601 stamps, "" : every */
	double every_s, missing;
	bool loop;
	size_t n;
	double *value;  /* [n] NAN where missing */
	int64_t *at_us; /* [n] after the first row; NULL without a time column */
};

struct scenario_channel {
	const char *name, *peak, *half_peak;
	double mean, daily,
	        half_day; /* amplitudes, and at what time of day they are highest */
	double noise,
	        correlation_s; /* standard deviation; how long it remembers itself */
	double low, high;      /* clipped to, NAN: not */
	int64_t decimals;      /* -1: not rounded */
	struct scenario_replay replay;
	/* found when the scenario was read */
	double peak_us, half_peak_us; /* after midnight */
	bool listed;                  /* the scenario writes something of it */
	uint64_t seed;
	size_t n_scenes;
	const struct scenario_scene **scene; /* [n_scenes] that change its value */
};

struct scenario_instrument {
	const char *id, *profile_name, *port_id;
	int64_t slave;
	bool slave_set;
	const char *address; /* of a line that is not Modbus */
	double delay_s;      /* between request and answer */
	double every_s;      /* how often it speaks, if it is not asked */
	int64_t coils;       /* that a master can write, from 0 */
	size_t n_channels;
	const struct scenario_channel *channel; /* as written */
	/* found when the scenario was read */
	struct profile *profile;
	size_t port;
	struct scenario_channel
	        *of_profile; /* [profile->n_channels] all; unwritten: 0 */
	double *written; /* [profile->n_channels] what a command set it to, NAN: none did */
	struct instrument instrument; /* what its driver sees */
	size_t n_scenes;
	const struct scenario_scene **scene; /* [n_scenes] that happen to it */
};

struct scenario_scene {
	const char *name, *from, *to, *instrument, *port;
	double every_s; /* again and again, 0: once */
	size_t n_channels;
	const char **channel; /* none: all */
	double set, add, multiply, mean, swing, noise;
	const char *state; /* what the instrument says of itself: "fault" */
	int commands;      /* index into scenario_commands: what it does with one */
	bool silent;       /* the slave answers nothing */
	bool cable;        /* the whole port is gone */
	bool hang_up;      /* at every request the line goes, and is back at once */
	int64_t exception; /* 0: none */
	double late_s;     /* the answer comes this much later */
	bool behind;       /* ... when it is asked the next time */
	double slow_s;     /* from byte to byte */
	double split_s;    /* between the halves of an answer */
	double clumps_s;   /* from clump of bytes to clump of bytes */
	bool garbage;      /* other bytes instead of an answer */
	int64_t flips;     /* bits of every answer turned over */
	int64_t stray;     /* bytes of noise before and behind every answer */
	bool echo;         /* the request comes back first */
	bool twice;        /* every answer comes twice */
	bool foreign;      /* what another of its port said last comes first */
	bool babble;       /* bytes without end, nothing else */
	bool frozen;       /* it shows what it showed when the scene began */
	bool other_order;  /* its numbers have their words in the other order */
	int64_t shift;     /* its channels say what those so many behind them measure */
	const char
	        *renumbered; /* it answers at this address, and no longer at its own */
	/* found when the scenario was read */
	int64_t from_us, to_us; /* after the start, or after the beginning of live */
	bool live;
	int state_number; /* -1: none */
	uint64_t seed;
};

enum { SCENE_COMMANDS_DONE, SCENE_COMMANDS_REFUSED, SCENE_COMMANDS_IGNORED };
extern const char *const scenario_commands[]; /* "done", "refused", "ignored" */

struct scenario {
	struct scenario_head head;
	size_t n_ports, n_instruments, n_scenes;
	struct scenario_port *port;
	struct scenario_instrument *instrument;
	struct scenario_scene *scene;
	int64_t start_us; /* start of day 1 */
	int64_t live_us;  /* INT64_MAX: never */
	const char *path;
	struct config *config;
};

/* Read a scenario with its profiles and its CSV files; all errors go to `report` (NULL:
 * the first, in `why`).  OK, NOT_FOUND or MALFORMED; *out is NULL then. */
int scenario_read(
        struct scenario **out, const char *path, FILE *report, struct problem *why);
int scenario_parse(struct scenario **out, const char *text, size_t n, const char *name,
        FILE *report, struct problem *why);
void scenario_free(struct scenario *scenario); /* NULL is fine */

/* Put day 1 at the legal day that holds start_us (0: as the file says; if it says
 * nothing, 1970 begins), and say when live begins (INT64_MAX: never). */
void scenario_begin(struct scenario *scenario, int64_t start_us, int64_t live_us);

/* ---- pure functions of the time ---- */

/* What the instrument measures in channel c of its profile, in the profile's unit; NAN:
 * no number.  Exact decimals where the channel has `decimals`.
 *
 * A scene with `mean` plants it: over the scene the values of its base intervals have
 * that mean exactly, if each slot (1 min) of a base interval (5 min) is read equally
 * often. */
double scenario_value(const struct scenario *scenario,
        const struct scenario_instrument *instrument, size_t c, int64_t time_us);

/* What the instrument shows as channel c: what a command wrote there, else what it measures, unless a
 * scene has it frozen or its channels renumbered. */
double scenario_shown(const struct scenario *scenario,
        const struct scenario_instrument *instrument, size_t c, int64_t time_us);

/* What is the matter with an instrument at a time: see struct scenario_scene. */
struct scenario_condition {
	bool silent, cable, hang_up, behind, garbage, echo, twice, foreign, babble,
	        other_order;
	int commands;
	uint8_t exception;
	int flips, stray;
	int64_t late_us, slow_us, split_us, clumps_us;
	const char *renumbered; /* NULL: it is not */
	uint64_t seed;          /* of what is left to chance at this time */
};
struct scenario_condition scenario_condition(const struct scenario *scenario,
        const struct scenario_instrument *instrument, int64_t time_us);

/* State the instrument gives channel c at a time: STATE_OK, STATE_FAULT, ... */
uint8_t scenario_state(const struct scenario *scenario,
        const struct scenario_instrument *instrument, size_t c, int64_t time_us);

bool scenario_scene_now(const struct scenario *scenario,
        const struct scenario_scene *scene, int64_t time_us);
/* Start of the turn of a scene that time_us is in, or could be in. */
int64_t scenario_scene_start(const struct scenario *scenario,
        const struct scenario_scene *scene, int64_t time_us);
bool scenario_cable_out(const struct scenario *scenario, size_t port, int64_t time_us);

/* Index of a port, or NOT_FOUND. */
int scenario_port_index(const struct scenario *scenario, const char *id);

/* Counter-based chance: the same (seed, k) gives the same number.  64 random bits; or the
 * sum of four uniform numbers, mean 0, standard deviation 1, never beyond 3.5. */
uint64_t scenario_random(uint64_t seed, uint64_t k);
double scenario_chance(uint64_t seed, int64_t k);

extern const struct section scenario_section;

#endif
