/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Payload of a READING record: one poll of one instrument.  Little-endian, no padding.
 *
 *   0  32  SHA-256 of the instrument's DESCRIBE text (its hash)
 *  32   2  channels n
 *  34   2  sample times m
 *  36   2  length v of the vendor's status words
 *  38   2  exchanges x
 *  40      n states (u8), then n values (f64)
 *          m sample times: channel u16, time i64 (UTC microseconds, as the instrument says)
 *          v bytes of vendor status words, verbatim, as the profile orders them
 *          x exchanges: block u16, milliseconds after the record's time u32, length u16, bytes
 *
 * A value that is not usable is a state; its eight bytes are then netCDF's fill,
 * 479E000000000000 (9.969209968386869e36).  A failed read can never look like a
 * reading.
 */
#ifndef BASE_READING_H
#define BASE_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define READING_HEADER   40
#define READING_CHANNELS 128 /* most channels of one instrument */
#define READING_FILL     UINT64_C(0x479E000000000000)

enum channel_state {
	STATE_OK, /* a fresh, usable value */
	/* a slow analyser still shows its last result; the value is not repeated */
	STATE_UNCHANGED,
	STATE_SILENT,      /* nobody answered */
	STATE_GARBLED,     /* something came, but no sound frame */
	STATE_REFUSED,     /* the instrument answered with an exception */
	STATE_NO_VALUE,    /* sound frame, but NaN, infinity or a sentinel */
	STATE_BELOW_RANGE, /* usable number, under the range set; value kept */
	/* at or over the range top; value kept, counted at range top */
	STATE_ABOVE_RANGE,
	STATE_CALIBRATING, /* value kept, never judged */
	STATE_MAINTENANCE, /* value kept, never judged */
	/* the instrument says it is faulty; value kept if there is a number */
	STATE_FAULT,
	STATE_STOPPED, /* plant stopped, as the instrument or the operator says */
	STATE_OFF,     /* channel switched off in the configuration */
};
#define CHANNEL_STATES 13

/* "ok", "unchanged", "silent", ...: fixed words, also used in CSV and file
 * attributes. */
const char *channel_state_text(uint8_t state);
/* The number for such a word, or NOT_FOUND. */
int channel_state_of(const char *text);

/* Whether an instrument that is well measured the value now, be it at an end of its range. */
static inline bool channel_state_measured(uint8_t state)
{
	return state == STATE_OK || state == STATE_BELOW_RANGE ||
	       state == STATE_ABOVE_RANGE;
}

/* What a driver and the poller put together. */
struct reading_parts {
	uint8_t describe[32];
	size_t n_channels;
	const uint8_t *state; /* state[n_channels] */
	/* value[n_channels]; not finite = no usable number, written as fill */
	const double *value;
	size_t n_sampled; /* 0: the instrument gives no time of its own */
	const uint16_t *sampled_channel;
	const int64_t *sampled_us;
	const uint8_t *vendor;
	size_t vendor_size;
	size_t n_exchanges;
	const uint8_t *exchanges; /* as laid out above; see exchange_put */
	size_t exchanges_size;
};

/*
 * Write the payload; its size, FULL, or REFUSED: too many channels, a state that is
 * none, exchanges that do not add up, a sample time of a channel that is none, and the
 * states that claim a number (ok, below range, above range) without a finite value.
 * The number beside unchanged, silent, garbled, refused, no value and off is never
 * written.  A number whose bits are the fill is written as "no value".
 */
int reading_encode(const struct reading_parts *parts, uint8_t *out, size_t room);

/* A payload, taken apart; everything points into it. */
struct reading {
	const uint8_t *describe;
	size_t n_channels, n_sampled, vendor_size, n_exchanges, exchanges_size;
	const uint8_t *state, *values, *sampled, *vendor, *exchanges;
};

/* OK or MALFORMED: lengths that do not add up, a state that is none, a value that its
 * state does not allow, NaN or infinity instead of the fill. */
int reading_decode(struct reading *reading, const uint8_t *payload, size_t n);

/* Where the parts lie, and no more: for a payload that reading_decode found sound
 * before.  OK, or MALFORMED: lengths that reach past the end. */
int reading_parts_find(struct reading *reading, const uint8_t *payload, size_t n);

/* The value of channel i, NAN if its bytes are the fill. */
double reading_value(const struct reading *reading, size_t i);

/* Sample time k: its channel and time. */
int64_t reading_sampled(const struct reading *reading, size_t k, uint16_t *channel);

struct exchange {
	uint16_t block;    /* number of the block in the profile */
	uint32_t after_ms; /* after the record's time_us */
	uint16_t size;
	const uint8_t *bytes; /* the answer as it came */
};

#define EXCHANGE_HEAD 8 /* bytes before those of an exchange */

/* Append one exchange; bytes written or FULL. */
int exchange_put(const struct exchange *exchange, uint8_t *out, size_t room);

/* Step through exchanges: *at starts at 0; 1 while there is one, 0 at the end. */
int exchange_next(const struct reading *reading, size_t *at, struct exchange *exchange);

#endif
