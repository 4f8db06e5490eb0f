/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A driver knows one kind of instrument (Modbus tables, scripted text, Bayern-Hessen,
 * ...).  It opens nothing, reads no clock and keeps no globals: the poller owns port,
 * clock, buffer and retries, and a driver is tested by handing it bytes.  What differs
 * between makes and models is in the profile (sensors/tables/profile.h), whose keys are the
 * driver's.
 *
 *     asked     begin -> ask -> frame -> decode -> ask ... -> READING_DONE -> values
 *     unasked   begin -> frame -> decode (-> thanks) -> READING_DONE -> values
 *
 * What a poll says is worked out of its exchanges alone (sensors/tables/values.h), so a stored
 * reading is decoded again by the very same functions (sensors/station/redecode.h).
 */
#ifndef SENSORS_DRIVER_H
#define SENSORS_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/reading.h"
#include "base/status.h"
#include "sensors/tables/map.h"

struct command_driver;
struct profile;
struct profile_checker;
struct sentence;
struct speech;
struct text_fields;

/* What decode and missed answer. */
enum {
	READING_DONE = 1,
	ASK_AGAIN,   /* more to ask, or (unasked) more to hear */
	ASK_LATER,   /* the line is free for others; ask again after wait_us */
	NOT_USABLE,  /* sound, but not what was asked for (an echo): listen on */
	OUT_OF_STEP, /* sound, but the answer to an earlier request: listen on */
	ASK_ON,      /* sound, and the answer to a trial */
};

#define FRAME_SHORT 0    /* may become a frame: wait for more bytes */
#define FRAME_NONE  (-1) /* cannot be one: drop a byte and look again */

#define FRAME_MOST 1100 /* longest frame of any driver: HJ 212 has 1,036 */

/* What the configuration changes on one channel. */
struct channel_setting {
	double low, high; /* measuring range as set, in the channel's unit; NAN: none */
	bool off;         /* switched off: STATE_OFF, no value */
	int signal; /* enum analog_signal: the number is a current, low..high is what it stands for */
};

/* One device at one port: its profile, and how this cabinet set it up. */
struct instrument {
	const char *id;
	const struct profile *profile;
	int framing;         /* enum modbus_framing: how the port carries Modbus */
	uint8_t slave;       /* Modbus: address on the line */
	const char *address; /* others: as the line has it, "" none */
	bool listen;         /* another master asks; nothing is ever sent */
	int utc_offset_min;  /* of the station, for clocks that say nothing of theirs */
	const struct channel_setting *setting; /* setting[profile->n_channels] */
};

/* The exchanges of one poll, as exchange_put (base/reading.h) writes them. */
struct exchanges {
	size_t n, size;
	const uint8_t *bytes;
};

/* Step through them: *at starts at 0; 1 while there is one, 0 at the end. */
int exchanges_next(const struct exchanges *exchanges, size_t *at, struct exchange *out);

/* What came for one block. */
struct came {
	uint16_t block;  /* its number in the profile */
	uint8_t state;   /* STATE_OK, STATE_SILENT, STATE_GARBLED or STATE_REFUSED */
	int exception;   /* of an instrument that refuses, 0: none */
	const char *why; /* what it means; NULL: nobody says */
	const uint8_t *frame, *data; /* data NULL unless STATE_OK */
	size_t frame_size, size;
};

/* What came in one poll; `store` is for drivers whose blocks are put together. */
#define CAME_STORE 8192
#define CAME_SLOT  (CAME_STORE / BLOCKS_MOST) /* of it, for each block */
struct came_all {
	struct came block[BLOCKS_MOST];
	uint8_t store[CAME_STORE];
};

/* An answer that refuses. */
enum {
	DECLINED_NOW = 1, /* told, and asked again at the next poll */
	DECLINED_BUSY,    /* asked again within this poll */
	DECLINED_UNFIT,   /* the profile does not fit the device: told once */
	DECLINED_BEHIND,  /* a gateway speaks: the device behind it does not answer */
};
struct declined {
	int kind, code;
	const char *why; /* for people */
};

/* Why what came is no answer. */
enum { FAULT_MALFORMED = 1, FAULT_CHECKSUM };

/* Marks of results already seen (result counters, times): the driver's business. */
#define FRESH_MARKS 8
#define FRESH_SIZE  16
struct fresh {
	uint8_t size[FRESH_MARKS]; /* 0: not seen yet */
	uint8_t mark[FRESH_MARKS][FRESH_SIZE];
	/* channels that had its result */
	uint8_t taken[FRESH_MARKS][READING_CHANNELS / 8];
	int64_t now_us;      /* monotonic, of the poll; set before it is decoded */
	struct told_result { /* the last result, of channels with holds_result */
		bool known;
		double value;
		int64_t time_us;
	} told[READING_CHANNELS];
};

#define VENDOR_MOST 256 /* bytes of vendor status words in one reading */

/* Bytes on the line for one block. */
struct traffic {
	size_t request, answer;
};

/* What the simulator wants said. */
struct speech {
	const struct instrument *instrument;
	const double *value;  /* [n_channels] NAN: none */
	const uint8_t *state; /* [n_channels] STATE_OK, STATE_FAULT, ... */
	int64_t time_us;      /* UTC */
	uint8_t exception;    /* it refuses with this code; 0: it does not */
	bool other_order;     /* its numbers go out in the other order of words */
};

/* A piece of what was heard of an instrument. */
struct heard {
	const uint8_t *bytes;
	size_t n;
	uint16_t block;
	bool keep;     /* it brings something new to the reading */
	uint8_t state; /* STATE_OK, STATE_SILENT, STATE_GARBLED, STATE_REFUSED */
	struct declined declined; /* kind 0: it did not refuse */
	struct moment first;      /* of the answer's first byte */
};

/* What was heard on its line and is no part of that. */
struct unpaired {
	uint64_t noise;    /* bytes of no frame */
	uint64_t frames;   /* sound, of anybody; those that make a pair too */
	uint64_t requests; /* of them, to anybody */
	uint64_t answers;  /* of this instrument, and to which request is not known */
};

struct driver {
	const char *name;    /* as a profile's `driver` says: "modbus" */
	const char *summary; /* for people */
	size_t state_size;   /* the poller sets this much aside, zeroed */
	size_t heard_size;   /* the same where nobody is asked; 0: state_size */
	size_t frame_most;   /* bytes of its longest frame, at most FRAME_MOST */
	size_t frames_most;  /* frames one block may take; 0: one */
	bool every_frame; /* unasked: each reading it sends is kept, whatever poll_every says */
	bool modbus; /* its ports have a mode (RTU, TCP, ...) and slaves have numbers */

	/* The keys of its profiles: a section over struct profile whose `also` is
	 * profile_common; and what tables cannot say of them. */
	const struct section *section;
	void (*check)(struct profile_checker *check);

	/* What an address on its lines is, for people, if this is none; NULL: it is one.
	 * NULL: any text is. */
	const char *(*address)(const char *address);

	/* Whether its profile can write the instrument's address.  NULL: it can. */
	bool (*reaches)(const struct instrument *instrument);

	/* ---- a conversation ---- */

	/* Prepare `state` for one instrument, which must outlive it. */
	void (*begin)(void *state, const struct instrument *instrument);

	/* Whether this instrument is asked, or speaks by itself.  NULL: it is asked,
	 * unless it is listened to. */
	bool (*asked)(const struct instrument *instrument);

	/* Write the next request; its length.  0: nothing to send now, listen. */
	size_t (*ask)(void *state, uint8_t *out, size_t room);

	/* Microseconds to listen for the answer, or to wait after ASK_LATER; 0 or NULL:
	 * the profile's timeout. */
	int64_t (*wait_us)(const void *state);

	/* Number of the block the request was for: of the exchange. */
	uint16_t (*block)(const void *state);

	/* Length of the frame that starts at in[0], FRAME_SHORT or FRAME_NONE. */
	int (*frame)(const void *state, const uint8_t *in, size_t n);

	/* One frame has come. */
	int (*decode)(void *state, const uint8_t *in, size_t n);

	/* What is kept of a frame that was decoded, when that is not the frame itself
	 * (several lines of one reading).  NULL: the frame. */
	const uint8_t *(*kept)(const void *state, size_t *n);

	/* What goes back for it: an acknowledgement; its length, 0: nothing.  NULL: never. */
	size_t (*thanks)(void *state, uint8_t *out, size_t room);

	/* Nothing usable came for this block, for good: READING_DONE, ASK_AGAIN or
	 * ASK_LATER. */
	int (*missed)(void *state, bool silent);

	/* Make the next request trial i (from 0): one that changes nothing, and whose answer is
	 * that of no block and of no other trial; decode says ASK_ON to it.  False: there are
	 * not so many.  NULL: none. */
	bool (*trial)(void *state, size_t i);

	/* True if answers carry the number of their request, so that a late one cannot
	 * pass for the next.  NULL: they do not. */
	bool (*numbered)(const void *state);

	/* Whether a frame refuses: its kind, 0 if it does not.  NULL: they never do. */
	int (*refusal)(
	        const void *state, const uint8_t *in, size_t n, struct declined *out);

	/* Why what came is no answer: FAULT_CHECKSUM if a frame of the right form failed its
	 * check, else FAULT_MALFORMED.  NULL: malformed. */
	int (*fault)(const void *state, const uint8_t *in, size_t n);

	/* What is wrong with it, for people, where there is more to say than that nothing
	 * sound came: "its check is the plain CRC of Modbus, ...".  True: its frames are sound,
	 * or came whole in another dialect, so that it is not the line that is to be looked at,
	 * and nothing is added to these words.  NULL: there is no more to say. */
	bool (*blame)(
	        const void *state, const uint8_t *in, size_t n, struct sentence *out);

	/* ---- hearing another master's requests and their answers ---- */

	/* What has come, and when; n 0: nothing came until then.  NULL: it cannot tell
	 * them apart, and frame and decode serve (an instrument that speaks unasked). */
	void (*hear)(
	        void *state, const uint8_t *in, size_t n, const struct moment *when);

	/* The next of what was heard of this instrument: ASK_AGAIN or READING_DONE with
	 * *out (good until the next call), NOT_USABLE: that was all.  `wanted` false:
	 * nothing is kept now. */
	int (*heard)(void *state, bool wanted, struct heard *out);

	/* What else was, since this was asked before. */
	void (*unpaired)(void *state, struct unpaired *out);

	/* ---- what the exchanges of one poll say: pure ---- */

	/* One exchange of a block of the profile. */
	void (*look)(const struct instrument *instrument,
	        const struct exchange *exchange, struct came *out);

	/* All of them at once, for blocks that are put together.  NULL: `look` at each; a
	 * sound answer counts before a refusal, that before a garbled one; of two sound
	 * ones the later. */
	void (*sort)(const struct instrument *instrument,
	        const struct exchanges *exchanges, struct came_all *out);

	/* Text: the named fields of what came; false: it has none.  NULL: binary.  With it,
	 * the functions of sensors/tables/fields.h serve for all below but explain. */
	bool (*fields)(const struct instrument *instrument, const struct came *came,
	        struct text_fields *out);

	/* Number of channel i out of what came (STATE_OK) for its block, scaled: true with
	 * a finite *value; false: not a value. */
	bool (*number)(const struct instrument *instrument, const struct came *came,
	        size_t i, double *value);

	/* Whether a state rule holds, by what came for its block. */
	bool (*holds)(const struct instrument *instrument, const struct came *came,
	        const struct profile_rule *rule);

	/* State the protocol itself gives to channel i (a flag that stands beside every
	 * value), when no rule did: STATE_OK or another.  NULL: none. */
	uint8_t (*flag)(
	        const struct instrument *instrument, const struct came *came, size_t i);

	/* Bytes that change with a result; their number, at most FRESH_SIZE, 0: not there. */
	size_t (*mark)(const struct instrument *instrument, const struct came *came,
	        const struct profile_fresh *fresh, uint8_t out[FRESH_SIZE]);

	/* When the instrument sampled, UTC microseconds; INT64_MIN: it does not say. */
	int64_t (*sampled)(const struct instrument *instrument, const struct came *came,
	        const struct profile_time *time);

	/* Status kept verbatim: its bytes, their number (at most room), 0: not there. */
	size_t (*vendor)(const struct instrument *instrument, const struct came *came,
	        const struct profile_words *words, uint8_t *out, size_t room);

	/* How channel i came out of which bytes, for people: "slave 1, function 4, register
	 * 2; bytes ... = 23.78 mg/L". */
	void (*explain)(const struct instrument *instrument, const struct came *came,
	        size_t i, struct sentence *out);

	/* How a rule decided, for people.  NULL: the common words. */
	void (*explain_rule)(const struct instrument *instrument,
	        const struct came *came, const struct profile_rule *rule,
	        struct sentence *out);

	/* Longest request and answer of block i, for the load of a line and the journal. */
	struct traffic (*traffic)(const struct instrument *instrument, size_t i);

	/* ---- commands that change the instrument (sensors/tables/command.h) ---- */

	const struct command_driver *command; /* NULL: none of its profiles has any */

	/* ---- the answering side, for the simulator: pure ---- */

	/* Length of the request to this instrument that starts at in[0], FRAME_SHORT, or
	 * FRAME_NONE.  NULL: it speaks unasked only. */
	int (*request)(
	        const struct instrument *instrument, const uint8_t *in, size_t n);

	/* What it answers to a request, or says unasked (n 0); its length, 0: nothing. */
	size_t (*say)(const struct speech *speech, const uint8_t *in, size_t n,
	        uint8_t *out, size_t room);
};

/* All drivers, ended by NULL: a new kind is one line in drivers.c. */
#define DRIVERS_MOST 16
extern const struct driver *const drivers[];

/* The driver of a name, or NULL. */
const struct driver *driver_find(const char *name);

/* Whether an instrument is asked; else it speaks, or is listened to. */
bool driver_asks(const struct instrument *instrument);

/* Bytes of state its driver wants for it. */
size_t driver_state_size(const struct instrument *instrument);

#endif
