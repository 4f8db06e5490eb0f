/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Binary frames as a profile draws them: found by their header, as long as they say,
 * trusted by their check.  Bytes are counted from 0, the header's first.
 *
 *   42 4D 00 1C  00 08 .. 97 00  02 C5           Plantower: fixed length, sum16
 *   AA C0  06 00 06 00 58 D9  3D  AB             SDS011: sum8 from byte 2, tail AB
 *   FF 86  02 20 00 00 00 00  58                 Winsen: neg-sum8 from byte 1
 *   7E 00 03 00 28  40 A7 .. B7 E7  9E  7E       SHDLC: length in byte 4, ff-sum8 from
 *                                                byte 1, stuffed between the two 7E
 *
 * SHDLC (Sensirion; ISO 3309's stuffing): 7E, 7D, 11 and 13 inside a frame go as 7D and
 * the byte with bit 5 turned.  A profile draws the frame as it is before stuffing.
 */
#ifndef SENSORS_FRAMES_H
#define SENSORS_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/tables/driver.h"

#define FRAMES_WIRE  260 /* longest frame on the line */
#define FRAMES_PLAIN 260 /* longest before stuffing; half of it if it is stuffed */
#define FRAMES_BYTES 32  /* longest header, tail or request */

/* Bytes as a profile writes them: "42 4D .. 1C"; `..` is any byte. */
struct frame_bytes {
	size_t n;
	uint8_t byte[FRAMES_BYTES];
	uint8_t mask[FRAMES_BYTES]; /* FF, or 0: any byte */
};

/* OK, MALFORMED (no such text) or FULL. */
int frames_bytes(const char *text, struct frame_bytes *out);

enum frame_check {
	CHECK_NONE,
	CHECK_SUM16,
	CHECK_SUM8,
	CHECK_NEG_SUM8, /* 100h minus the sum */
	CHECK_FF_SUM8,  /* FFh minus the low byte of the sum */
	CHECK_XOR8,
	CHECK_CRC16_MODBUS,
	CHECK_CRC_CCITT /* 1021h, begins with 0, highest bit first */
};
extern const char *const frame_checks[]; /* "none", "sum16", ... */

/* Bytes a check takes: 0, 1 or 2. */
size_t frames_check_size(int check);
uint16_t frames_check_sum(int check, const uint8_t *in, size_t n);

/* One kind of frame. */
struct frame_rule {
	struct frame_bytes header, tail;
	bool stuffed;          /* between 7E and 7E */
	size_t length;         /* of the whole frame; 0: its length field says */
	size_t length_at;      /* the length field: its place, */
	size_t length_size;    /* its bytes (1 or 2), */
	bool length_low_first; /* their order, */
	int length_add;        /* and what makes it the whole frame's length */
	size_t longest;        /* of frames with a length field */
	int check;             /* enum frame_check */
	bool check_low_first;  /* of two bytes */
	size_t from, to;       /* it covers from..to-1; `to` 0: up to the check */
	size_t check_at;       /* 0: right before the tail */
};

/* Shortest frame the rule can mean. */
size_t frames_shortest(const struct frame_rule *rule);

/* What makes no sense about a rule, in words, or NULL.  All functions below take only
 * rules that do. */
const char *frames_wrong(const struct frame_rule *rule);

struct frame_plain { /* a frame before stuffing */
	size_t n;
	uint8_t byte[FRAMES_PLAIN];
};

/* Length on the line of the frame that starts at in[0], FRAME_SHORT or FRAME_NONE; the
 * frame itself in *plain (may be NULL). */
int frames_find(const struct frame_rule *rule, const uint8_t *in, size_t n,
        struct frame_plain *plain);

/* Finish a frame whose data stand in plain (header, length field, tail and check are
 * written here) and put it on the line; its length there, REFUSED (plain->n is no
 * length of this rule) or FULL. */
int frames_put(const struct frame_rule *rule, struct frame_plain *plain, uint8_t *out,
        size_t room);

/* Whether in[0..n-1] begin with these bytes: FRAME_SHORT if they may, FRAME_NONE, or
 * their number. */
int frames_begin(const struct frame_bytes *bytes, const uint8_t *in, size_t n);

/* ---- one number, out of and into a frame ---- */

enum frame_type {
	FRAME_U8,
	FRAME_I8,
	FRAME_U16,
	FRAME_I16,
	FRAME_U24,
	FRAME_U32,
	FRAME_I32,
	FRAME_F32,
	FRAME_BIT /* of one byte */
};
extern const char *const frame_types[]; /* "u8", ... */

/* A is the most significant byte, in the order of the wire. */
enum frame_order {
	FRAME_AB,
	FRAME_BA,
	FRAME_ABC,
	FRAME_CBA,
	FRAME_ABCD,
	FRAME_CDAB,
	FRAME_BADC,
	FRAME_DCBA
};
extern const char *const frame_orders[]; /* "AB", ... */

/* Bytes of a type, and of an order. */
size_t frames_type_size(int type);
size_t frames_order_size(int order);

/* True with a finite *value; false: not there (the frame is shorter), NaN, infinity, or
 * one of `none`. */
bool frames_number_get(
        const struct profile_tag *tag, const struct frame_plain *plain, double *value);

/* The same number the other way, for the simulator: rounds where the type is coarser.
 * `value` NAN puts the first `none`, or a quiet NaN.  OK, or REFUSED if the type cannot
 * hold it. */
int frames_number_put(
        const struct profile_tag *tag, double value, struct frame_plain *plain);

/* Word a rule looks at, before its mask; and its bytes. */
uint32_t frames_rule_word(
        const struct profile_rule *rule, const struct frame_plain *plain);
size_t frames_rule_size(const struct profile_rule *rule);
void frames_rule_put(
        const struct profile_rule *rule, uint32_t word, struct frame_plain *plain);

/* ---- one block of a profile, as frames_check made it of its texts ---- */

struct frames_block {
	struct frame_rule rule;
	struct frame_bytes request;  /* n 0: it speaks unasked */
	struct frame_bytes refused;  /* the answer that says no; n 0: there is none */
	size_t blank_from, blank_to; /* no value while these are all 0; to 0: never */
	size_t error_at;             /* 0: there is no such byte */
	uint8_t error_mask;
	size_t needs;     /* bytes that hold all its channels */
	bool on_demand;   /* asked only when a block says so by `start` */
	size_t start;     /* the block that starts the measurement, or NO_START */
	uint8_t idle[32]; /* errors that say: not measuring */
};
#define NO_START SIZE_MAX

const struct frames_block *frames_block(const struct profile *profile, size_t i);

struct frames_answer {
	struct frame_plain plain; /* OK */
	int code;                 /* REFUSED */
	const char *why;
};

/* What in[0..n-1] answers for block i: OK, REFUSED, or MALFORMED. */
int frames_answer(const struct profile *profile, size_t i, const uint8_t *in, size_t n,
        struct frames_answer *out);

/* ---- the driver (sensors/tables/driver.h) ---- */

/* frames_values.c */
void frames_look(const struct instrument *instrument, const struct exchange *exchange,
        struct came *out);
bool frames_number(const struct instrument *instrument, const struct came *came,
        size_t i, double *value);
bool frames_holds(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule);
size_t frames_mark(const struct instrument *instrument, const struct came *came,
        const struct profile_fresh *fresh, uint8_t out[FRESH_SIZE]);
size_t frames_vendor(const struct instrument *instrument, const struct came *came,
        const struct profile_words *words, uint8_t *out, size_t room);
void frames_explain(const struct instrument *instrument, const struct came *came,
        size_t i, struct sentence *out);
void frames_explain_rule(const struct instrument *instrument, const struct came *came,
        const struct profile_rule *rule, struct sentence *out);

/* frames_schema.c, frames_profile.c */
extern const struct section frames_section;
void frames_profile_check(struct profile_checker *check);

/* frames_say.c */
int frames_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n);
size_t frames_say(const struct speech *speech, const uint8_t *in, size_t n,
        uint8_t *out, size_t room);

extern const struct driver frames_driver;

#endif
