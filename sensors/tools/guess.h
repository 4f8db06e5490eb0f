/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What registers may mean when no profile tells: the same bytes in every type and word
 * order, each with a mark, and which order the numbers of a block speak for.
 *
 * A float read in a wrong order nearly always has an absurd size: 50.0 (42480000) is
 * 2.6e-41 with its words exchanged.  An order is never certain before a value of the block
 * was compared with what the instrument shows: guess_shown finds it.
 */
#ifndef SENSORS_GUESS_H
#define SENSORS_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum guess_mark {
	GUESS_ZERO,      /* says nothing: 0 is 0 in every order */
	GUESS_PLAUSIBLE, /* of a size that instruments show: 1e-4 to 1e6 */
	GUESS_POSSIBLE,  /* neither that nor absurd */
	GUESS_ABSURD,    /* below 1e-30 or over 1e12: a wrong order, or no float */
	GUESS_NO_NUMBER, /* NaN, infinity, or what makers write for "no value" */
};
extern const char *const guess_marks[]; /* "zero", "plausible", ... ended by NULL */

struct guess {
	size_t at; /* first register, from 0 within the block */
	int type,
	        order; /* enum number_type, enum word_order; order -1: a single register */
	double value; /* NAN: no number */
	enum guess_mark mark;
};

#define GUESSES_EACH 17 /* most readings that begin at one register */

/* Every reading of n registers, register after register; how many.  `out` holds
 * GUESSES_EACH * n. */
size_t guess_all(const uint8_t *data, size_t n, struct guess *out);

/* One reading; the registers must be there. */
struct guess guess_one(const uint8_t *data, size_t at, int type, int order);

enum guess_mark guess_mark_of(double value);

/* What the floats of a block speak for. */
struct guess_order {
	int order;   /* enum word_order; -1: nothing to choose by, or two alike */
	size_t from; /* pairs begin at even (0) or odd (1) registers */
	size_t plausible, absurd; /* of its pairs */
};
struct guess_order guess_order(const uint8_t *data, size_t n);

/* Is a reading what the instrument shows ("7.25": as far as its digits go)?  Whole numbers
 * may be scaled: *power is the power of ten to divide by. */
bool guess_shown(const struct guess *guess, const char *shown, int *power);

#endif
