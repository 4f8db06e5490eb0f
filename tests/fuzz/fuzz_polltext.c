/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a line says to the text instruments: a frame is refused or is whole, nobody waits for ever,
 * every channel gets a state, and whatever asks an instrument is answered within its room. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/polltext.h"
#include "sensors/tables/framer.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"
#include "tests/fuzz/fuzz_kit.h"

static const char *const names[] = { "thermo-49i-clink", "teledyne-t100-text",
	"icpdas-i-7017", "cai-700-ndir", "vaisala-wxt530", "gill-windsonic",
	"humminbird-matrix-37", "palas-fidas-200", "atlas-ezo-ph", "metone-bam-1020",
	"shimadzu-4200" };
#define NAMES (sizeof names / sizeof names[0])

static struct instrument instrument[NAMES];

static void read_profiles(void)
{
	static struct channel_setting setting[READING_CHANNELS];
	struct problem why;
	for (size_t c = 0; c < READING_CHANNELS; c++)
		setting[c] = (struct channel_setting){ .low = NAN, .high = NAN };
	for (size_t i = 0; i < NAMES; i++) {
		struct profile *profile;
		if (profile_find(&profile, names[i], NULL, stderr, &why) != OK)
			abort();
		instrument[i] = (struct instrument){ .id = "i",
			.profile = profile,
			.address = profile->address,
			.setting = setting };
	}
}

/* What was kept of the conversation. */
struct told {
	struct exchanges exchanges;
	uint8_t bytes[1 << 16];
};

static void keep(struct told *told, uint16_t block, const uint8_t *bytes, size_t n)
{
	struct exchange exchange = {
		.block = block, .size = (uint16_t)n, .bytes = bytes
	};
	int put = exchange_put(&exchange, told->bytes + told->exchanges.size,
	        sizeof told->bytes - told->exchanges.size);
	if (put < 0)
		return;
	told->exchanges.size += (size_t)put;
	told->exchanges.n++;
}

/* All frames of what is waiting; whether a reading is whole. */
static bool take(const struct instrument *one, void *state, struct framer *framer,
        struct told *told)
{
	struct moment first;
	const uint8_t *frame;
	struct declined declined;
	uint8_t request[FRAME_MOST];
	int n;
	while ((n = framer_next(framer, &polltext_driver, state, &frame, &first)) > 0) {
		assert(n <= FRAMER_ROOM);
		uint16_t block = polltext_driver.block(state);
		polltext_driver.refusal(state, frame, (size_t)n, &declined);
		int what = polltext_driver.decode(state, frame, (size_t)n);
		if (what == NOT_USABLE)
			continue;
		size_t size = (size_t)n;
		if (!driver_asks(one))
			frame = polltext_driver.kept(state, &size);
		keep(told, block, frame, size);
		if (what == READING_DONE)
			return true;
		polltext_driver.ask(state, request, sizeof request);
	}
	return false;
}

static void talk(const struct instrument *one, const uint8_t *in, size_t n)
{
	static struct framer framer;
	static struct told told;
	uint8_t request[FRAME_MOST];
	struct moment when = { .time_us = 1 };
	struct decoded decoded;
	void *state = calloc(1, polltext_driver.state_size);
	assert(state != NULL);
	told.exchanges = (struct exchanges){ .bytes = told.bytes };
	framer_init(&framer);
	polltext_driver.begin(state, one);
	if (driver_asks(one))
		polltext_driver.ask(state, request, sizeof request);
	for (size_t at = 0; at < n; at += 64) {
		framer_add(&framer, in + at, n - at < 64 ? n - at : 64, &when);
		if (take(one, state, &framer, &told))
			break;
	}
	polltext_driver.fault(state, in, n < POLLTEXT_FRAME ? n : POLLTEXT_FRAME);
	keep(&told, polltext_driver.block(state), in,
	        n < POLLTEXT_FRAME ? n : POLLTEXT_FRAME);
	values_decode(one, &told.exchanges, NULL, NULL, &decoded);
	for (size_t c = 0; c < one->profile->n_channels; c++) {
		assert(decoded.state[c] < CHANNEL_STATES);
		assert(decoded.state[c] != STATE_OK || isfinite(decoded.value[c]));
	}
	char how[200];
	values_explain(one, &told.exchanges, 0, how, sizeof how);
	free(state);
}

static void answer(const struct instrument *one, const uint8_t *in, size_t n)
{
	double value[READING_CHANNELS];
	uint8_t state[READING_CHANNELS], out[FRAME_MOST];
	int used = polltext_request(one, in, n);
	assert(used <= (int)n);
	for (size_t c = 0; c < READING_CHANNELS; c++) {
		value[c] = n > 8 ? (double)in[c % n] * 1e3 - 1e5 : NAN;
		state[c] = n > 8 ? in[(c + 3) % n] % CHANNEL_STATES : STATE_OK;
	}
	struct speech speech = { .instrument = one,
		.value = value,
		.state = state,
		.time_us = INT64_C(1762308000000000),
		.exception = n > 0 ? in[n - 1] % 4 : 0 };
	size_t room = n > 2 ? 4 * (size_t)in[2] : sizeof out;
	assert(polltext_say(&speech, in, used > 0 ? (size_t)used : 0, out, room) <=
	        room);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	if (instrument[0].profile == NULL)
		read_profiles();
	if (n == 0)
		return 0;
	const struct instrument *one = &instrument[in[0] % NAMES];
	talk(one, in + 1, n - 1);
	answer(one, in + 1, n - 1);
	return 0;
}
