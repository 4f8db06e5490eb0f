/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames of instruments: captured, printed in manuals, or constructed from them, with
 * the rules that find them.  Sources: L01a, L03a, L06a, L08a PyPMS tests/captured_data;
 * L02a, L07a PyPMS (answers constructed); L04a Winsen MH-Z19B manual p. 7; L05a ZE07-CH2O
 * manual p. 5; D01a Davis serial protocol; X07a constructed from Biffi ICON3000 p. 70.
 */
#ifndef TESTS_FRAMES_VECTORS_H
#define TESTS_FRAMES_VECTORS_H

#include "sensors/drivers/frames.h"

struct frames_vector {
	const char *id, *answer;
	const char *header, *tail;
	struct frame_rule rule; /* header and tail are put in by frames_vector */
};

extern const struct frames_vector frames_vectors[];
extern const size_t n_frames_vectors;

struct frames_example {
	struct frame_rule rule;
	uint8_t in[FRAMES_WIRE];
	size_t n;
};

/* The vector of this id, ready for use; fails the test if there is none. */
struct frames_example frames_vector(const char *id);

#endif
