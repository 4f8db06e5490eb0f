/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Modbus, functions 1 to 4, and 16 where another master writes; over RTU, ASCII (modbus_ascii.h),
 * TCP, and RTU over TCP (which frames as RTU does).
 *
 *   RTU   slave function data ... crc_low crc_high         over serial line 1.02, 2.5.1
 *   TCP   number(2) 0 0 length(2) slave function data ...  messaging on TCP/IP 1.0b, 3.1.3
 *
 *   request 1..4   start(2) count(2)                       application protocol 1.1b3, 6
 *   answer  1, 2   bytes bits (first item: lowest bit of the first byte)
 *   answer  3, 4   bytes registers (high byte first)
 *   exception      function + 80h, code                    the same, 7
 */
#ifndef SENSORS_MODBUS_H
#define SENSORS_MODBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/drivers/modbus_ascii.h"
#include "sensors/tables/driver.h"

#define MODBUS_FRAME     513 /* longest frame, of ASCII */
#define MODBUS_REGISTERS 125 /* most of one request */
#define MODBUS_BITS      2000

#define MODBUS_EXCEPTION 0x80 /* in the function of an answer that refuses */
#define MODBUS_MBAP      6    /* TCP: bytes before the slave */
#define MODBUS_CRC       2    /* RTU: bytes behind the data */

enum modbus_framing { FRAMING_RTU, FRAMING_TCP, FRAMING_RTU_OVER_TCP, FRAMING_ASCII };
extern const char *const modbus_framings[]; /* "rtu", "tcp", "rtu-over-tcp", "ascii" */

/* How n bytes, from slave on, go over the line. */
struct modbus_wire {
	int framing;
	uint16_t number; /* TCP */
	size_t n;
};

/* Write them as a frame; its length or FULL. */
int modbus_close_frame(const struct modbus_wire *wire, const uint8_t *plain,
        uint8_t *out, size_t room);

struct modbus_request {
	uint8_t slave, function;
	uint16_t start, count; /* as on the wire, from 0 */
	uint16_t number;       /* TCP: given back by the answer */
};

/* ---- the asking side ---- */

/* Write a request; its length, REFUSED (function not 1..4, count out of range) or FULL.
 */
int modbus_request_put(
        int framing, const struct modbus_request *request, uint8_t *out, size_t room);

/* Length of the answer to `request` that starts at in[0]: it has the right slave,
 * function, byte count and check sum (RTU) or number (TCP).  FRAME_SHORT, FRAME_NONE.
 */
int modbus_answer_frame(
        int framing, const struct modbus_request *request, const uint8_t *in, size_t n);

struct modbus_answer {       /* not to be copied: `data` may point into it */
	uint8_t exception;   /* 0: none */
	const uint8_t *data; /* registers or bits, into the frame or into `plain` */
	size_t size;
	uint8_t plain[MODBUS_PLAIN]; /* ASCII: what the characters of the frame say */
};

/* OK, REFUSED (an exception), or MALFORMED.  `numbered` false: whatever number TCP
 * gives is right (a stored answer). */
int modbus_answer_get(int framing, const struct modbus_request *request,
        const uint8_t *in, size_t n, bool numbered, struct modbus_answer *out);

/* "illegal data address", "busy", ... */
const char *modbus_exception_text(uint8_t exception);

/* Length of whatever frame of Modbus TCP starts at in[0], of anybody; FRAME_SHORT, FRAME_NONE. */
int modbus_tcp_frame(const uint8_t *in, size_t n);

/* ---- the answering side, for the simulator ---- */

/* Length of the request that starts at in[0], FRAME_SHORT, or FRAME_NONE (bad check
 * sum, function not 1..4, wrong length). */
int modbus_request_get(
        int framing, const uint8_t *in, size_t n, struct modbus_request *out);

/* Bytes of data the answer to a request holds. */
size_t modbus_answer_size(const struct modbus_request *request);

/* Write an answer (data as modbus_answer_size says) or an exception; its length or
 * FULL. */
int modbus_answer_put(int framing, const struct modbus_request *request,
        const uint8_t *data, uint8_t *out, size_t room);
int modbus_exception_put(int framing, const struct modbus_request *request,
        uint8_t exception, uint8_t *out, size_t room);

/* ---- one number, out of and into the data of an answer ---- */

/* Registers a tag takes (items for functions 1 and 2). */
size_t modbus_tag_width(const struct profile_tag *tag);

/* True with a finite *value; false: NaN, infinity, a sentinel, or no digits.
 * `bits`: the data are items of functions 1 and 2.  The data must hold the tag
 * (modbus_check.c sees to it). */
bool modbus_tag_get(
        const struct profile_tag *tag, bool bits, const uint8_t *data, double *value);

/* The same number the other way, for the simulator: rounds where the type is coarser.
 * `value` NAN puts the first sentinel, or a quiet NaN.  OK, or REFUSED if the type
 * cannot hold it. */
int modbus_tag_put(
        const struct profile_tag *tag, bool bits, double value, uint8_t *data);

/* Bytes of n registers, most significant first, in the order that `order` has on the wire; the
 * same puts them back. */
void modbus_reorder(int order, size_t n, const uint8_t *in, uint8_t *out);

/* UTC microseconds of a sample time, or INT64_MIN if it is no time. */
int64_t modbus_time_get(const struct profile_time *time, const uint8_t *data);
void modbus_time_put(const struct profile_time *time, int64_t time_us, uint8_t *data);

/* Word a rule looks at, before its mask. */
uint32_t modbus_rule_word(
        const struct profile_rule *rule, bool bits, const uint8_t *data);

/* ---- the driver ---- */

#define PUSHED 16 /* function of a block that another master writes */

/* What kind of refusal an exception is; 0: none. */
int modbus_declined(uint8_t exception, struct declined *out);

/* The request for block i of an instrument. */
struct modbus_request modbus_block_request(
        const struct instrument *instrument, size_t i);

/* Whether a block is of single bits: functions 1 and 2. */
static inline bool modbus_is_bits(const struct profile_block *block)
{
	return block->modbus.function <= 2;
}

/* modbus_values.c: what the answers of one poll say (sensors/tables/driver.h). */
uint8_t modbus_refused_state(uint8_t exception); /* refused, or silent */
bool modbus_number(const struct instrument *instrument, const struct came *came,
        size_t i, double *value);
bool modbus_holds(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule);
size_t modbus_mark(const struct instrument *instrument, const struct came *came,
        const struct profile_fresh *fresh, uint8_t out[FRESH_SIZE]);
int64_t modbus_sampled(const struct instrument *instrument, const struct came *came,
        const struct profile_time *time);
size_t modbus_vendor(const struct instrument *instrument, const struct came *came,
        const struct profile_words *words, uint8_t *out, size_t room);
struct traffic modbus_traffic(const struct instrument *instrument, size_t i);

/* modbus_look.c */
void modbus_look(const struct instrument *instrument, const struct exchange *exchange,
        struct came *out);
void modbus_sort(const struct instrument *instrument, const struct exchanges *exchanges,
        struct came_all *out);

/* modbus_blame.c: why a sound frame among what came is not the answer to `asked`; false: there
 * is no such frame, and nothing is said. */
bool modbus_blame(int framing, const struct modbus_request *asked, const uint8_t *in,
        size_t n, struct sentence *out);

/* modbus_explain.c */
void modbus_explain(const struct instrument *instrument, const struct came *came,
        size_t i, struct sentence *out);
void modbus_explain_rule(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule, struct sentence *out);

/* modbus_schema.c, modbus_check.c */
extern const struct section modbus_section;
void modbus_check(struct profile_checker *check);

/* modbus_command.c */
extern const struct section modbus_command_section;
extern const struct command_driver modbus_commands;

/* modbus_say.c */
int modbus_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n);
size_t modbus_say(const struct speech *speech, const uint8_t *in, size_t n,
        uint8_t *out, size_t room);

extern const struct driver modbus_driver;

#endif
