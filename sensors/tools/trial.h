/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One instrument of a station, polled for a while by the poller that sensord has, so that
 * a person can look on: what was sent, what came, what it says, and what to make of it.
 */
#ifndef SENSORS_TRIAL_H
#define SENSORS_TRIAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/poller/poller.h"
#include "sensors/station/station.h"

#define TRIAL_PASSES 64
#define TRIAL_BYTES  8192

/* Bytes that went one way without a change of direction. */
struct trial_pass {
	bool sent;
	bool shows_step; /* sent by the poller to see whether answers are in step */
	int64_t mono_us; /* of the first */
	const uint8_t *bytes;
	size_t n;
};

/* One poll and all that passed for it. */
struct trial_reading {
	const struct station_instrument *instrument;
	const struct moment *when;
	const struct reading_parts *parts;
	size_t n_passes;
	const struct trial_pass *pass;
};

/* What the polls brought. */
struct trial_tally {
	size_t polls;
	size_t good;   /* every channel that is on has been answered for */
	size_t usable; /* some channel has a usable value */
	size_t absurd; /* a value below 1e-30 or over 1e12: no instrument shows that */
	size_t partly; /* some blocks did not come */
	size_t silent, garbled, refused;
	char refusal
	        [160]; /* the last one, in words: "exception 2, illegal data address" */
	char port[320]; /* why the port could not be opened, or went; "" it is open */
	bool port_gone;
	struct poller_counts counts;
	struct poller_blame blame; /* of the last garbled poll */
};

enum trial_verdict {
	TRIAL_GOOD,      /* every poll was answered */
	TRIAL_ABSURD,    /* answered, with a value of absurd size: another word order */
	TRIAL_NO_VALUE,  /* answered, but no channel has ever a usable value */
	TRIAL_SOMETIMES, /* some polls were answered, some not */
	TRIAL_REFUSED,
	TRIAL_FOREIGN, /* sound frames come, and none is the answer */
	TRIAL_GARBLED,
	TRIAL_SILENT,
	TRIAL_NO_PORT,
};

struct trial_options {
	double for_s; /* and until the first poll has ended */
	size_t polls; /* end after so many; 0: by the time alone */
	double poll_every_s;
	const volatile sig_atomic_t *stop;
	void (*reading)(void *context, const struct trial_reading *reading);
	void *context;
};

/* Poll instrument i of a station.  OK, or FAILED without memory. */
int trial_run(const struct station *station, size_t i,
        const struct trial_options *options, struct trial_tally *out);

/* What one poll counts as; `absurd`: one of its numbers is of a size that no instrument shows. */
void trial_count(
        struct trial_tally *tally, const struct reading_parts *parts, bool absurd);

enum trial_verdict trial_verdict(const struct trial_tally *tally);

#endif
