/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A record: the byte string made once per event of a station, and never rewritten.  The
 * same bytes lie in the cabinet's journal, go over the wire, lie in the collector's
 * journal, and are the leaf of the proof tree.  Little-endian.
 *
 *  0     2    3     4      5  6        8            24       32    40       48       56     64
 *  length ver  type  clock  0  reserved source       epoch    seq   time_us  mono_us  boot   payload
 *  u16    u8   u8    u8     u8 u16 = 0  16 bytes, 0  u64      u64   i64      i64      u64    length-64
 *
 * `length` counts the whole record.  `source` is the station id, padded with zeros.
 */
#ifndef BASE_RECORD_H
#define BASE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"

#define RECORD_VERSION 1
#define RECORD_HEADER  64
/* one record and the wire header fill a batch of 60,000 */
#define RECORD_MOST 59952
#define SOURCE_SIZE 16
/* no seq is behind UINT64_MAX, so none is given it */
#define RECORD_SEQ_MOST (UINT64_MAX - 1)
#define ID_SIZE         33 /* any other id: at most 32 characters and a NUL */

enum record_type {
	RECORD_DESCRIBE = 1, /* what an instrument or the station is: base/describe.h */
	RECORD_READING = 2,  /* one poll of one instrument: base/reading.h */
	RECORD_STATE = 3,    /* line, instrument or plant changed state */
	RECORD_CLOCK = 4,    /* the clock was put right: base/event.h */
	RECORD_GAP = 5,      /* what was lost, and why: base/event.h */
	RECORD_CLAIM = 6,    /* a person says something about data */
	RECORD_AMEND = 7,
	RECORD_DOCUMENT = 8, /* permit, calibration, certificate, laboratory result */
};
#define RECORD_TYPES 8

struct record {
	uint8_t type;                 /* enum record_type */
	uint8_t clock;                /* enum clock_state */
	char source[SOURCE_SIZE + 1]; /* station id */
	uint64_t epoch;               /* made at random with the journal */
	uint64_t seq;                 /* gapless within (source, epoch) */
	int64_t time_us, mono_us;
	uint64_t boot;
	const uint8_t *payload; /* borrowed */
	size_t payload_size;
};

/* Write the record; its length, or REFUSED (a field out of range, an id that is none, a
 * payload too long) or FULL (`room` too small). */
int record_encode(const struct record *record, uint8_t *out, size_t room);

/* Read the record that starts at in[0]: its length, or MALFORMED.  payload points into
 * `in`. */
int record_decode(struct record *record, const uint8_t *in, size_t n);

/* Give an encoded record its place; the keeper does this once, before the first
 * commit. */
void record_place(uint8_t *bytes, uint64_t epoch, uint64_t seq);

/* "reading", "?" for a number that is no type. */
const char *record_type_text(uint8_t type);

/* A station id in its 16 bytes, padded with zeros.  source_get: OK, or MALFORMED when
 * the bytes are no id or something follows its first zero. */
void source_put(const char *source, uint8_t out[SOURCE_SIZE]);
int source_get(const uint8_t in[SOURCE_SIZE], char source[SOURCE_SIZE + 1]);

/* Are these two the same?  Both are padded with zeros, as source_get leaves them. */
static inline bool source_same(
        const char a[SOURCE_SIZE + 1], const char b[SOURCE_SIZE + 1])
{
	return memcmp(a, b, SOURCE_SIZE) == 0;
}

/* [a-z0-9][a-z0-9_-]*, at most `most` characters (SOURCE_SIZE for stations). */
int id_valid(const char *id, size_t most);

#endif
