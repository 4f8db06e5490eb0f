/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Modbus, functions 1 to 4, over RTU, TCP and RTU over TCP (which frames as RTU does).
 *
 *   RTU  slave function data ... crc_low crc_high           Modbus over serial
 * line 1.02, 2.5.1 TCP  number(2) 0 0 length(2) slave function data ...    Modbus
 * messaging on TCP/IP 1.0b, 3.1.3
 *
 *   request 1..4   start(2) count(2)                        Modbus application
 * protocol 1.1b3, 6.1 to 6.4 answer  1, 2   bytes bits (first item: lowest bit of the
 * first byte) answer  3, 4   bytes registers (high byte first) exception      function
 * + 80h, code                     same, 7
 */
#ifndef SENSORS_MODBUS_H
#define SENSORS_MODBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/driver.h"

#define MODBUS_FRAME     260 /* longest frame, of TCP */
#define MODBUS_REGISTERS 125 /* most of one request */
#define MODBUS_BITS      2000

enum modbus_framing { FRAMING_RTU, FRAMING_TCP, FRAMING_RTU_OVER_TCP };
extern const char *const modbus_framings[]; /* "rtu", "tcp", "rtu-over-tcp" */

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

struct modbus_answer {
	uint8_t exception;   /* 0: none */
	const uint8_t *data; /* registers or bits, into the frame */
	size_t size;
};

/* OK, REFUSED (an exception), or MALFORMED.  `numbered` false: whatever number TCP
 * gives is right (a stored answer). */
int modbus_answer_get(int framing, const struct modbus_request *request,
        const uint8_t *in, size_t n, bool numbered, struct modbus_answer *out);

/* "illegal data address", "busy", ... */
const char *modbus_exception_text(uint8_t exception);

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

/* ---- what the registers mean: the tables of a profile ---- */

enum modbus_type {
	TYPE_U16,
	TYPE_I16,
	TYPE_U32,
	TYPE_I32,
	TYPE_F32,
	TYPE_F64,
	TYPE_BIT, /* one bit: of a register (`bit`), or an item of functions 1 and 2 */
	TYPE_BCD, /* four decimal digits a register; `count` registers */
	TYPE_ASCII,   /* a number written as text, two characters a register; `count`
	                 registers */
	TYPE_DECIMAL, /* i32 mantissa, then i16 exponent of ten */
	TYPE_TOTAL,   /* i32 whole part, then f32 fraction */
};
extern const char *const modbus_types[];

/* A is the most significant byte, in the order of the wire.  There is no default: half
 * the instruments of the world have the other one. */
enum word_order {
	ORDER_ABCD,
	ORDER_CDAB,
	ORDER_BADC,
	ORDER_DCBA,
	ORDER_ABCDEFGH,
	ORDER_GHEFCDAB
};
extern const char *const word_orders[];

struct modbus_block { /* one request */
	const char *name, *source;
	int64_t function, start, count;
	double timeout_s; /* NAN: the instrument's */
};

struct modbus_sentinel { /* a number that means "none" */
	bool is_bits;
	uint64_t bits;
	double number;
};

struct modbus_tag { /* where a number lies */
	const char *block;
	int64_t at; /* register of the block from 0; an item for functions 1 and 2 */
	int type, order;
	bool order_set;
	int64_t bit;   /* TYPE_BIT of a register */
	int64_t mask;  /* 0: all; of the whole number, after putting it in order (u16,
	                  u32) */
	int64_t shift; /* to the right, after masking */
	int64_t count; /* TYPE_BCD, TYPE_ASCII */
	double scale, divide, offset; /* value = raw * scale / divide + offset */
	size_t n_sentinels;
	const char **sentinel; /* "-9999": the raw number; "0x7FA00000": the raw bits */
	struct modbus_sentinel *sentinel_value; /* [n_sentinels], made by profile.c */
	size_t block_index;                     /* found by profile.c */
};

struct word_range {
	uint32_t from, to;
};

struct modbus_rule { /* what a status register or bit says of channels; the first that
	                holds counts */
	const char *block, *source, *meaning;
	int64_t at, bit, mask; /* bit -1: none; mask 0: all */
	bool bit_set;
	size_t n_when, n_unless; /* "3", "0x80-0xBF"; neither: anything but 0 */
	const char **when, **unless;
	const char *state; /* "fault", "calibrating", ... */
	size_t n_channels; /* none: all */
	const char **channel;
	size_t block_index; /* found by profile.c, as all below */
	uint8_t state_number;
	struct word_range *when_range, *unless_range;
	uint8_t covers[READING_CHANNELS / 8];
};

enum time_form { TIME_TAI64N, TIME_WORDS, TIME_SECONDS };
extern const char *const time_forms[]; /* "tai64n", "words", "seconds" */

struct modbus_time { /* when the instrument took its sample */
	const char *block, *source;
	int64_t at;
	int form;
	int order;      /* TIME_SECONDS: of the u32 */
	int64_t leap_s; /* TIME_TAI64N: TAI minus UTC; 0 where a maker counts UTC */
	int offset_min; /* TIME_WORDS: the instrument's clock against UTC */
	size_t n_channels;
	const char **channel;
	size_t block_index;
	uint8_t covers[READING_CHANNELS / 8];
};

struct modbus_fresh { /* registers that change with every result */
	const char *block, *source;
	int64_t at, count;
	size_t n_channels;
	const char **channel;
	size_t block_index;
	uint8_t covers[READING_CHANNELS / 8];
};

struct modbus_words { /* status registers kept verbatim */
	const char *block;
	int64_t at, count;
	size_t block_index;
};

/* ---- one number, out of and into the data of an answer ---- */

enum { TAG_OK, TAG_NO_VALUE };

/* Registers a tag takes (items for functions 1 and 2). */
size_t modbus_tag_width(const struct modbus_tag *tag);

/* TAG_OK with a finite *value; TAG_NO_VALUE: NaN, infinity, a sentinel, or no digits.
 * `bits`: the data are items of functions 1 and 2.  The data must hold the tag
 * (profile.c sees to it). */
int modbus_tag_get(
        const struct modbus_tag *tag, bool bits, const uint8_t *data, double *value);

/* The same number the other way, for the simulator: rounds where the type is coarser.
 * `value` NAN puts the first sentinel, or a quiet NaN.  OK, or REFUSED if the type
 * cannot hold it. */
int modbus_tag_put(
        const struct modbus_tag *tag, bool bits, double value, uint8_t *data);

/* UTC microseconds of a sample time, or INT64_MIN if it is no time. */
int64_t modbus_time_get(const struct modbus_time *time, const uint8_t *data);
void modbus_time_put(const struct modbus_time *time, int64_t time_us, uint8_t *data);

/* Word a rule looks at, before its mask. */
uint32_t modbus_rule_word(
        const struct modbus_rule *rule, bool bits, const uint8_t *data);
bool modbus_rule_holds(const struct modbus_rule *rule, uint32_t word);

/* The request for block i of an instrument. */
struct modbus_request modbus_block_request(
        const struct instrument *instrument, size_t i);

/* ---- the exchanges of one poll, sorted by block ---- */

#define MODBUS_BLOCKS 32 /* most of one profile */

struct modbus_came {
	uint8_t state; /* STATE_OK, STATE_SILENT, STATE_GARBLED or STATE_REFUSED */
	uint8_t exception;
	const uint8_t *frame, *data; /* data NULL unless STATE_OK */
	size_t frame_size, size;
};

/* came[n_blocks]: what the exchanges hold of every block.  A sound answer counts before
 * a refusal, that before a garbled one; of two sound ones the later. */
void modbus_sort(const struct instrument *instrument, const struct exchanges *exchanges,
        struct modbus_came *came);

/* The first rule that decides over channel i, or NULL; *state what it says: of the
 * rule, or of its block if that did not come. */
const struct modbus_rule *modbus_rule_deciding(const struct profile *profile,
        const struct modbus_came *came, size_t i, uint8_t *state);

void modbus_values(const struct instrument *instrument,
        const struct exchanges *exchanges, const struct fresh *before,
        struct fresh *after, struct decoded *out);
void modbus_explain(const struct instrument *instrument,
        const struct exchanges *exchanges, size_t i, char *out, size_t room);

/* A rule's state "out_of_range": below or above, whichever end of the range the value
 * is nearer. */
#define RULE_OUT_OF_RANGE 255

extern const struct driver modbus_driver;

#endif
