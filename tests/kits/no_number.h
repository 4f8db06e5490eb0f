/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is no number, said in the place of a channel in a frame that is sound but for that (its check is made
 * anew): NaN, infinity, the largest and the smallest of every float type, in the order of words that the profile
 * has; in text "nan", "inf", "1e999", more digits than an instrument has, and the like.
 */
#ifndef TESTS_NO_NUMBER_H
#define TESTS_NO_NUMBER_H

#include "tests/kits/stage.h"

#define NO_NUMBERS 20 /* of the kind that has most */

/* What is said now. */
extern struct no_number {
	size_t channel, k; /* the k-th of its kind */
	bool put;          /* it went out; else there is none for this channel */
} no_number;

struct no_number_kind {
	const char *driver;
	size_t (*twist)(struct stage *stage, const uint8_t *request, size_t asked,
	        uint8_t *answer, size_t n); /* of struct stage */
	bool binary;
};

/* How a profile is made to say it; fails the test if nobody knows. */
const struct no_number_kind *no_number_kind_of(const struct profile *profile);

/* The word, of text. */
const char *no_number_word(void);

#endif
