/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A conversation with an instrument of frames, step by step. */
#ifndef TESTS_FRAMES_TALK_H
#define TESTS_FRAMES_TALK_H

#include "sensors/drivers/frames.h"
#include "tests/kits/capture.h"

/* An instrument as its capture sets it up, and a conversation with it. */
struct talk {
	struct capture capture;
	const struct driver *driver;
	struct instrument *instrument;
	void *state;
	uint8_t out[FRAME_MOST], bytes[2048];
	struct exchanges said;
	struct decoded decoded;
};

/* As its capture sets it up; fails the test if it has none. */
struct talk *talk_open(const char *capture);
void talk_close(struct talk *talk);

/* What was said so far belongs to the poll before. */
void talk_forget(struct talk *talk);
/* These bytes came for a block. */
void talk_keep(struct talk *talk, uint16_t block, const uint8_t *in, size_t n);

int talk_channel(const struct talk *talk, const char *name);

/* It asks exactly this. */
void talk_asks(struct talk *talk, const char *request);
/* It is answered; what decode says, and the kind of refusal in *kind. */
int talk_answered(struct talk *talk, const char *answer, int *kind);
/* State of a channel by what was said. */
uint8_t talk_state(struct talk *talk, const char *name);

#endif
