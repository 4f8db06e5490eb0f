/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/stage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void stage_open(struct stage *stage, const char *name)
{
	capture_read(&stage->capture, name);
	stage->profile = stage->capture.profile;
	stage->twist = NULL;
}

void stage_be_well(struct stage *stage)
{
	for (size_t c = 0; c < stage->profile->n_channels; c++) {
		const struct channel *about = &stage->profile->channel[c].about;
		bool ranged = isfinite(about->low) && isfinite(about->high);
		stage->value[c] = ranged ? (about->low + about->high) / 2 : 5;
		stage->state[c] = STATE_OK;
	}
}

static void keep(struct stage *stage, uint16_t block, const uint8_t *in, size_t n)
{
	struct exchange exchange = { .block = block, .size = (uint16_t)n, .bytes = in };
	int size = exchange_put(&exchange, stage->bytes + stage->said.size,
	        sizeof stage->bytes - stage->said.size);
	assert_true(size > 0);
	stage->said.size += (size_t)size;
	stage->said.n++;
}

/* What was said, frame by frame.  What is no frame is kept as what came for the block, if it was twisted. */
static int hear(struct stage *stage, void *walk, const uint8_t *answer, size_t size)
{
	const struct driver *driver = stage->profile->driver;
	bool asks = driver_asks(&stage->capture.instrument);
	uint16_t block = driver->block(walk);
	int what = NOT_USABLE;
	for (size_t at = 0; at < size;) {
		int length = driver->frame(walk, answer + at, size - at);
		if (length <= 0 && stage->twist != NULL) {
			keep(stage, block, answer + at, size - at);
			return driver->missed(walk, false);
		}
		if (length <= 0)
			fail_msg("%s: block %d says no frame", stage->profile->name,
			        block);
		what = driver->decode(walk, answer + at, (size_t)length);
		keep(stage, asks ? block : driver->block(walk), answer + at,
		        (size_t)length);
		at += (size_t)length;
	}
	return what;
}

/* What a master writes is heard, and that nobody answers. */
static int overhear(struct stage *stage, void *walk, const uint8_t *bytes, size_t n)
{
	const struct driver *driver = stage->profile->driver;
	struct moment when = { .mono_us = 0 };
	struct heard heard;
	driver->hear(walk, bytes, n, &when);
	when.mono_us = 10000000;
	driver->hear(walk, NULL, 0, &when);
	while (driver->heard(walk, true, &heard) != NOT_USABLE)
		if (heard.keep)
			keep(stage, heard.block, heard.bytes, heard.n);
	return READING_DONE;
}

/* One request and its answer, or one message of an instrument that speaks by itself. */
static int exchange(struct stage *stage, const struct speech *speech, void *walk)
{
	const struct driver *driver = stage->profile->driver;
	uint8_t request[FRAME_MOST], answer[FRAME_MOST];
	bool asks = driver_asks(speech->instrument);
	size_t n = asks ? driver->ask(walk, request, sizeof request) : 0;
	size_t size = driver->say(speech, request, n, answer, sizeof answer);
	if (size == 0)
		return driver->missed(walk, true);
	if (stage->twist != NULL)
		size = stage->twist(stage, request, n, answer, size);
	if (driver->hear != NULL && !asks)
		return overhear(stage, walk, answer, size);
	return hear(stage, walk, answer, size);
}

void stage_converse(struct stage *stage)
{
	const struct instrument *instrument = &stage->capture.instrument;
	const struct speech speech = {
		.instrument = instrument,
		.value = stage->value,
		.state = stage->state,
		.time_us = INT64_C(1794157200000000),
	};
	void *walk = calloc(1, driver_state_size(instrument));
	stage->profile->driver->begin(walk, instrument);
	stage->said = (struct exchanges){ .bytes = stage->bytes };
	int what = ASK_AGAIN;
	for (int i = 0; i < 64 && what != READING_DONE && what != NOT_USABLE; i++)
		what = exchange(stage, &speech, walk);
	free(walk);
}
