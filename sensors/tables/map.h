/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables of a profile, for every kind of driver: what is asked for (blocks), where a
 * channel's number lies (tag), what status says (rules), when the instrument sampled,
 * what changes with every result, and what is kept verbatim.
 *
 * A place in an answer is either binary (`at`: register or byte) or a text `field` that
 * the driver's parser names (sensors/tables/fields.h).  Which of the keys a profile may write is
 * in its driver's tables, sensors/drivers/<driver>_schema.c.
 */
#ifndef SENSORS_MAP_H
#define SENSORS_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reading.h"

#define BLOCKS_MOST 32 /* of one profile */

/* One request and its answer, or one kind of frame that comes unasked. */
struct profile_block {
	const char *name, *source;
	double timeout_s; /* NAN: the instrument's */
	union {           /* each driver's own part, filled by its own tables */
		struct {
			int64_t function, start, count;
			bool indivisible; /* all of it out of one answer */
		} modbus;
		struct { /* bytes as texts: "42 4D .. 1C" (sensors/drivers/frames.h) */
			const char *request, *header, *tail, *refused, *over, *blank,
			        *start;
			int64_t length, length_at, length_size, length_add, longest;
			int64_t check_at, error_at, error_mask;
			int length_order, check, check_order; /* enum frame_... */
			bool check_order_set, stuffed;
			size_t n_errors, n_idle;
			const char **error, **idle;
		} frames;
		struct {
			int form, numbers; /* enum bayern_form, bayern_numbers */
		} bayern;
		struct {
			const char *measure; /* "M", "C1", "R0" */
			int check;           /* enum sdi12_checking */
			int64_t values;      /* it announces; 0: any number */
		} sdi12;
		struct {
			int64_t component;
		} elan;
		struct {
			int64_t cn, part, st;
			int edition, check, end;
			bool ask;
			const char *password;
		} hj212;
		struct { /* poll-text: templates, sensors/tables/pattern.h */
			const char *send; /* "": the instrument speaks by itself */
			size_t n_answers;
			const char **answer;
		} text;
	};
};

enum number_type {
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
extern const char *const number_types[];

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

struct sentinel { /* a number that means "none" */
	bool is_bits, is_text;
	uint64_t bits;
	double number;
};

struct profile_tag { /* where a number lies */
	const char *block;
	const char *field; /* text: its name */
	int64_t at; /* binary: register (byte) of the block from 0; an item for functions 1 and 2 */
	int type, order;
	bool order_set;
	int64_t bit;   /* TYPE_BIT of a register */
	int64_t mask;  /* 0: all; of the whole number, after putting it in order (u16,
	                  u32) */
	int64_t shift; /* to the right, after masking */
	int64_t count; /* TYPE_BCD, TYPE_ASCII */
	double scale, divide, offset; /* value = raw * scale / divide + offset */
	size_t n_sentinels;
	const char **
	        sentinel; /* "-9999": the raw number; "0x7FA00000": the raw bits; for text
	                          fields also the text itself */
	struct sentinel *sentinel_value; /* [n_sentinels], made by profile.c */
	size_t block_index;              /* found by profile.c */
};

struct word_range {
	uint32_t from, to;
};

struct profile_rule { /* what a status register, bit or field says of channels; the first
	                 that holds counts */
	const char *block, *source, *meaning;
	const char *field;     /* text: its name; `base` 0: compared as text */
	int64_t base;          /* text: of the number it writes, 10 or 16 */
	int64_t at, bit, mask; /* mask 0: all */
	bool bit_set;
	int order;      /* frames: of the bytes of the word, enum frame_order; */
	bool order_set; /* else one byte */
	size_t n_when, n_unless; /* "3", "0x80-0xBF"; neither: anything but 0 */
	const char **when, **unless;
	const char *state; /* "fault", "calibrating", ... */
	size_t n_channels; /* none: all */
	const char **channel;
	size_t block_index; /* found by profile.c, as all below */
	uint8_t state_number;
	struct word_range *when_range, *unless_range; /* NULL: compared as text */
	uint8_t covers[READING_CHANNELS / 8];
};

/* A rule's state "out_of_range": below or above, whichever end of the range the value
 * is nearer. */
#define RULE_OUT_OF_RANGE 255

enum time_form { TIME_TAI64N, TIME_WORDS, TIME_SECONDS };
extern const char *const time_forms[]; /* "tai64n", "words", "seconds" */

struct profile_time { /* when the instrument took its sample */
	const char *block, *source;
	const char *field; /* text: its name */
	const char *
	        text_form; /* text: "YYYYMMDDhhmmss"; what stands elsewhere must be so */
	int64_t at;
	int form;
	int order;       /* TIME_SECONDS: of the u32 */
	int64_t leap_s;  /* TIME_TAI64N: TAI minus UTC; 0 where a maker counts UTC */
	int offset_min;  /* TIME_WORDS and text: the instrument's clock against UTC */
	bool offset_set; /* text: else the station's */
	size_t n_channels;
	const char **channel;
	size_t block_index;
	uint8_t covers[READING_CHANNELS / 8];
};

struct profile_fresh { /* what changes with every result */
	const char *block, *source;
	const char *field;
	int64_t at, count;
	size_t n_channels;
	const char **channel;
	size_t block_index;
	uint8_t covers[READING_CHANNELS / 8];
};

struct profile_words { /* status kept verbatim */
	const char *block;
	const char *field;
	int64_t at, count;
	size_t block_index;
};

/* Whether a table's row speaks of channel i. */
static inline bool map_covers(const uint8_t *covers, size_t i)
{
	return covers[i / 8] >> (i % 8) & 1;
}

/* raw * scale / divide + offset; steps that change nothing are left out, so that what was
 * sent is kept to the bit (-0 too). */
double map_scaled(const struct profile_tag *tag, double raw);
/* The other way, for the simulator. */
double map_unscaled(const struct profile_tag *tag, double value);

/* Whether a number, or its bits, are one of the tag's `none`. */
bool map_is_none(const struct profile_tag *tag, uint64_t bits, double number);

/* Whether a number is of a size that no instrument shows: not 0, and below 1e-30 or above 1e12.  A float
 * read in another order of its words nearly always is (50.0 becomes 2.6e-41). */
bool map_is_absurd(double number);

/* Whether it is smaller than what instruments show (not 0, and below 1e-12), though a filter that dies away may
 * come to it: worth a word to a person (8.51 in another order is 2.7e-14), and no reason to drop it. */
bool map_is_tiny(double number);

/* Whether a rule with ranges holds for a status word: bit, mask, when, unless. */
bool map_rule_holds(const struct profile_rule *rule, uint32_t word);

#endif
