/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/frames_talk.h"

#include <stdlib.h>
#include <string.h>

struct talk *talk_open(const char *capture)
{
	struct talk *talk = calloc(1, sizeof *talk);
	assert_non_null(talk);
	capture_read(&talk->capture, capture);
	talk->driver = talk->capture.profile->driver;
	assert_ptr_equal(talk->driver, &frames_driver);
	talk->instrument = &talk->capture.instrument;
	talk->state = calloc(1, talk->driver->state_size);
	talk->driver->begin(talk->state, talk->instrument);
	talk->said.bytes = talk->bytes;
	return talk;
}

void talk_close(struct talk *talk)
{
	free(talk->state);
	capture_free(&talk->capture);
	free(talk);
}

void talk_forget(struct talk *talk)
{
	talk->said = (struct exchanges){ .bytes = talk->bytes };
}

void talk_keep(struct talk *talk, uint16_t block, const uint8_t *in, size_t n)
{
	struct exchange exchange = { .block = block, .size = (uint16_t)n, .bytes = in };
	int size = exchange_put(&exchange, talk->bytes + talk->said.size,
	        sizeof talk->bytes - talk->said.size);
	assert_true(size > 0);
	talk->said.size += (size_t)size;
	talk->said.n++;
}

int talk_channel(const struct talk *talk, const char *name)
{
	int c = profile_channel_index(talk->capture.profile, name);
	assert_true(c >= 0);
	return c;
}

void talk_asks(struct talk *talk, const char *request)
{
	uint8_t want[FRAME_MOST];
	size_t n = hex_bytes(request, want, sizeof want);
	assert_int_equal(
	        talk->driver->ask(talk->state, talk->out, sizeof talk->out), n);
	assert_memory_equal(talk->out, want, n);
}

int talk_answered(struct talk *talk, const char *answer, int *kind)
{
	uint8_t in[FRAME_MOST];
	size_t n = hex_bytes(answer, in, sizeof in);
	struct declined declined = { .kind = 0 };
	assert_int_equal(talk->driver->frame(talk->state, in, n), n);
	*kind = talk->driver->refusal(talk->state, in, n, &declined);
	assert_int_equal(*kind, declined.kind);
	talk_keep(talk, talk->driver->block(talk->state), in, n);
	return talk->driver->decode(talk->state, in, n);
}

uint8_t talk_state(struct talk *talk, const char *name)
{
	values_decode(talk->instrument, &talk->said, NULL, NULL, &talk->decoded);
	return talk->decoded.state[talk_channel(talk, name)];
}
