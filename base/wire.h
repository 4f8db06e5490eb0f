/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The messages between a cabinet and its collector, one ZeroMQ frame each.
 * Little-endian, 48 bytes of header, then the payload.  docs/quantrac-wire.7 tells who
 * says what when.
 *
 *  0      4    5     6      8         24     32         40     42        44           48
 *  "QTW1" type flags 0      source    epoch  first_seq  count  reserved  payload size | crc32c at 44
 *
 *  0 "QTW1"   4 type u8   5 flags u8   6 count u16   8 source 16 bytes   24 epoch u64
 *  32 first_seq u64   40 payload size u32   44 crc32c u32 of bytes 0..43 and the payload
 */
#ifndef BASE_WIRE_H
#define BASE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/record.h"

#define WIRE_HEADER 48
#define WIRE_MOST   60000 /* a whole message, header included */
#define WIRE_COUNT  512   /* most records of one batch */

enum wire_type {
	/* agent: epoch, first_seq = oldest kept; payload: newest u64, time_us i64,
	 * clock u8, 7 reserved, agent version (text) */
	WIRE_HELLO = 1,
	/* collector: first_seq = next wanted; payload: time_us i64, window u32, most
	 * u32 */
	WIRE_WELCOME,
	/* agent: count records from first_seq on, one behind the other */
	WIRE_DATA,
	WIRE_ACK, /* collector: all below first_seq are durable */
	/* collector: not stored, send from first_seq; payload: other u64, reason (text) */
	WIRE_NAK,
	WIRE_PING, /* either side */
	WIRE_PONG,
};

struct wire {
	uint8_t type;
	char source[SOURCE_SIZE + 1];
	uint64_t epoch, first_seq;
	uint16_t count;
	const uint8_t *payload; /* borrowed */
	size_t payload_size;
};

/* Size of the message written to `out`, REFUSED (a field out of range) or FULL (room,
 * WIRE_MOST). */
int wire_encode(const struct wire *wire, uint8_t *out, size_t room);

/* OK or MALFORMED.  For DATA every record is decoded too: gapless seq from first_seq,
 * the header's source and epoch, count as said. */
int wire_decode(struct wire *wire, const uint8_t *in, size_t n);

struct wire_hello {
	uint64_t newest_seq; /* 0: nothing yet */
	int64_t time_us;
	uint8_t clock;
	char version[24];
};
/* size or FULL */
int wire_hello_put(const struct wire_hello *hello, uint8_t *out, size_t room);
/* OK, MALFORMED */
int wire_hello_get(struct wire_hello *hello, const uint8_t *payload, size_t n);

struct wire_welcome {
	int64_t time_us;
	uint32_t window; /* batches that may be unacknowledged */
	uint32_t most;   /* bytes of a message */
};
int wire_welcome_put(const struct wire_welcome *welcome, uint8_t *out, size_t room);
int wire_welcome_get(struct wire_welcome *welcome, const uint8_t *payload, size_t n);

struct wire_nak {
	/* the first record of the message under whose source, epoch and seq another one came
	 * before, with other bytes; 0: it is refused for something else */
	uint64_t other_seq;
	char reason[160]; /* longer ones are cut */
};
int wire_nak_put(const struct wire_nak *nak, uint8_t *out, size_t room);
int wire_nak_get(struct wire_nak *nak, const uint8_t *payload, size_t n);

#endif
