/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An instrument made to say what a test wants, and what was understood of it: the answering side of its driver
 * (sensors/tables/speech.h) against the asking side, over one poll.
 */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include "sensors/tables/speech.h"
#include "tests/kits/capture.h"

struct stage {
	struct capture capture;
	struct profile *profile;
	double value[READING_CHANNELS];
	uint8_t state[READING_CHANNELS];
	uint8_t bytes[16384];
	struct exchanges said;

	/* What becomes of an answer of n bytes (in FRAME_MOST) to a request before it is heard: its length. NULL:
	 * it is heard as it was said. */
	size_t (*twist)(struct stage *stage, const uint8_t *request, size_t asked,
	        uint8_t *answer, size_t n);
};

/* Of the capture with the name of a profile; capture_free(&stage->capture) when done. */
void stage_open(struct stage *stage, const char *name);

/* Middles of the ranges, and nothing wrong. */
void stage_be_well(struct stage *stage);

/* One poll: stage->said becomes what was heard. */
void stage_converse(struct stage *stage);

#endif
