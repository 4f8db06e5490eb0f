/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instruments of Bayern-Hessen, SDI-12 and ELAN: a poll ends whatever comes, every channel gets a state, and so it
 * does out of exchanges that no poller wrote.  The first byte chooses the instrument. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"
#include "tests/fuzz/fuzz_kit.h"

#define STEPS_MOST 80

static const struct {
	const char *profile, *address;
} model[] = {
	{ "thermo-42i-tl-gesytec", "001" },
	{ "metone-bam-1020-gesytec", "" },
	{ "teledyne-t300-hessen", "" },
	{ "insitu-aqua-troll-400", "0" },
	{ "campbell-obs500", "0" },
	{ "meter-hydros-21", "0" },
	{ "siemens-ultramat-23-elan", "1" },
};
#define MODELS (sizeof model / sizeof model[0])

static struct instrument instrument[MODELS];
static struct channel_setting setting[READING_CHANNELS];

static uint8_t kept[1 << 16];
static struct exchanges said;

static void keep(uint16_t block, const uint8_t *in, size_t n)
{
	struct exchange exchange = { .block = block, .size = (uint16_t)n, .bytes = in };
	int put = exchange_put(&exchange, kept + said.size, sizeof kept - said.size);
	if (put <= 0)
		return;
	said.size += (size_t)put;
	said.n++;
}

static void decode(const struct instrument *of)
{
	struct decoded decoded;
	char text[512];
	values_decode(of, &said, NULL, NULL, &decoded);
	for (size_t i = 0; i < of->profile->n_channels; i++) {
		assert(decoded.state[i] < CHANNEL_STATES);
		assert(decoded.state[i] != STATE_OK || isfinite(decoded.value[i]));
	}
	values_explain(of, &said, 0, text, sizeof text);
	assert(strlen(text) < sizeof text);
}

/* A conversation: each request gets what the input still has. */
static void talk(const struct instrument *of, const uint8_t *in, size_t n)
{
	const struct driver *driver = of->profile->driver;
	static uint8_t walk[1024], request[64];
	int status = ASK_AGAIN;
	assert(driver->state_size <= sizeof walk);
	said = (struct exchanges){ .bytes = kept };
	driver->begin(walk, of);
	for (int step = 0; status != READING_DONE; step++) {
		assert(step < STEPS_MOST);
		driver->ask(walk, request, sizeof request);
		assert(driver->wait_us == NULL || driver->wait_us(walk) >= 0);
		int frame = n > 0 ? driver->frame(walk, in, n) : FRAME_SHORT;
		assert(frame <= (int)n);
		driver->fault(walk, in, n);
		if (frame > 0) {
			keep(driver->block(walk), in, (size_t)frame);
			status = driver->decode(walk, in, (size_t)frame);
			in += frame;
			n -= (size_t)frame;
		} else {
			status = driver->missed(walk, frame == FRAME_SHORT);
			in += n > 0;
			n -= n > 0;
		}
	}
	decode(of);
}

/* Exchanges as they come: a length, then bytes. */
static void stored(const struct instrument *of, const uint8_t *in, size_t n)
{
	said = (struct exchanges){ .bytes = kept };
	while (n > 1) {
		size_t size = in[0] < n - 1 ? in[0] : n - 1;
		keep(0, in + 1, size);
		in += 1 + size;
		n -= 1 + size;
	}
	decode(of);
}

static void begin(void)
{
	for (size_t i = 0; i < READING_CHANNELS; i++)
		setting[i] = (struct channel_setting){ .low = NAN, .high = NAN };
	for (size_t i = 0; i < MODELS; i++) {
		struct profile *profile;
		struct problem why;
		if (profile_find(&profile, model[i].profile, "", NULL, &why) != OK)
			abort();
		instrument[i] = (struct instrument){ .id = "x",
			.profile = profile,
			.address = model[i].address,
			.setting = setting };
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	if (instrument[0].profile == NULL)
		begin();
	if (n == 0 || n > 2048)
		return 0;
	const struct instrument *of = &instrument[in[0] % MODELS];
	talk(of, in + 1, n - 1);
	stored(of, in + 1, n - 1);
	return 0;
}
