/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A driver knows one kind of instrument (Modbus tables; later poll-text, Bayern-Hessen,
 * ...).  It opens nothing, reads no clock and keeps no globals: the poller owns port,
 * clock, buffer and retries, and a driver is tested by handing it bytes.  What differs
 * between makes and models is in the profile (sensors/profile.h).
 *
 *     begin -> ask -> frame -> decode -> ask ... -> READING_DONE -> values
 *
 * `values` is pure over the exchanges of one poll, so a stored reading is decoded again
 * by the very same function (sensors/redecode.h).
 */
#ifndef SENSORS_DRIVER_H
#define SENSORS_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reading.h"
#include "base/status.h"

struct profile;

/* What decode and missed answer. */
enum { READING_DONE = 1, ASK_AGAIN, NOT_USABLE };

#define FRAME_SHORT 0    /* may become a frame: wait for more bytes */
#define FRAME_NONE  (-1) /* cannot be one: drop a byte and look again */

#define FRAME_MOST 300 /* longest frame of any driver: Modbus TCP has 260 */

/* What the configuration changes on one channel. */
struct channel_setting {
	double low, high; /* measuring range as set, in the channel's unit; NAN: none */
	bool off;         /* switched off: STATE_OFF, no value */
};

/* One device at one port: its profile, and how this cabinet set it up. */
struct instrument {
	const char *id;
	const struct profile *profile;
	int framing;   /* enum modbus_framing: how the port carries Modbus */
	uint8_t slave; /* address on the line */
	const struct channel_setting *setting; /* setting[profile->n_channels] */
};

/* The exchanges of one poll, as exchange_put (base/reading.h) writes them. */
struct exchanges {
	size_t n, size;
	const uint8_t *bytes;
};

/* Marks of results already seen (result counters, times): the driver's business. */
#define FRESH_MARKS 8
#define FRESH_SIZE  16
struct fresh {
	uint8_t size[FRESH_MARKS]; /* 0: not seen yet */
	uint8_t mark[FRESH_MARKS][FRESH_SIZE];
};

#define VENDOR_MOST 256 /* bytes of vendor status words in one reading */

/* What one poll says. */
struct decoded {
	uint8_t state[READING_CHANNELS]; /* enum channel_state */
	double value[READING_CHANNELS];  /* NAN: no usable number */
	size_t n_sampled;
	uint16_t sampled_channel[READING_CHANNELS];
	int64_t sampled_us[READING_CHANNELS]; /* UTC, as the instrument says */
	size_t vendor_size;
	uint8_t vendor[VENDOR_MOST];
};

struct driver {
	const char *name;    /* as a profile's `driver` says: "modbus" */
	const char *summary; /* for people */
	size_t state_size;   /* the poller sets this much aside, zeroed */

	/* Prepare `state` for one instrument, which must outlive it. */
	void (*begin)(void *state, const struct instrument *instrument);

	/* Write the next request; its length.  NULL if the instrument is never asked.
	 */
	size_t (*ask)(void *state, uint8_t *out, size_t room);

	/* Number of the block the request was for: of the exchange. */
	uint16_t (*block)(const void *state);

	/* Length of the frame that starts at in[0], FRAME_SHORT or FRAME_NONE. */
	int (*frame)(const void *state, const uint8_t *in, size_t n);

	/* One frame has come.  READING_DONE, ASK_AGAIN (more blocks), or NOT_USABLE:
	 * sound, but not what was asked for (an echo): listen on. */
	int (*decode)(void *state, const uint8_t *in, size_t n);

	/* Nothing usable came for this block, for good: READING_DONE or ASK_AGAIN. */
	int (*missed)(void *state, bool silent);

	/* True if answers carry the number of their request, so that a late one cannot
	 * pass for the next. */
	bool (*numbered)(const void *state);

	/* Exception of an answer that refuses, 0 if it does not; text for people in
	 * *why. */
	int (*refusal)(
	        const void *state, const uint8_t *in, size_t n, const char **why);

	/* Turn the exchanges of one poll into states and values.  `before`: what was
	 * seen by the readings before (NULL: every result is fresh); `after` (may be
	 * NULL, may be `before`) becomes what has been seen now. */
	void (*values)(const struct instrument *instrument,
	        const struct exchanges *exchanges, const struct fresh *before,
	        struct fresh *after, struct decoded *out);

	/* How channel i came out of which bytes, for people: "block values: function 4,
	 * ...". */
	void (*explain)(const struct instrument *instrument,
	        const struct exchanges *exchanges, size_t i, char *out, size_t room);
};

/* All drivers, ended by NULL: a new kind is one line in drivers.c. */
extern const struct driver *const drivers[];

/* The driver of a name, or NULL. */
const struct driver *driver_find(const char *name);

#endif
