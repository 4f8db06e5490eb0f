/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a line says: a frame is refused or is whole, and every channel gets a
 * state. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/station/station.h"
#include "sensors/tables/driver.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/sentence.h"
#include "sensors/tables/values.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static const char configuration[] =
        "zone: {id: z, name: Z}\n"
        "station: {id: s, name: S, role: A, simulation: yes}\n"
        "facility: {id: f, name: F}\n"
        "outlets: [{id: o, name: O, kind: water}]\n"
        "journal: {folder: j}\n"
        "ports:\n"
        "  - {id: a, path: /dev/ttyS0, line: 9600 8N1, mode: rtu}\n"
        "  - {id: b, tcp: \"127.0.0.1:502\", mode: tcp}\n"
        "  - {id: c, path: /dev/ttyS1, line: 9600 8N1, mode: ascii}\n"
        "instruments:\n"
        "  - {id: x, profile: sim-water-quality, port: a, slave: 3, poll_every: 60s}\n"
        "  - {id: y, profile: sim-stack, port: b, slave: 1, poll_every: 60s}\n"
        "  - {id: z, profile: endress-hauser-liquiline-cm44x, port: c, slave: 1}\n";

static void blame(
        const struct driver *driver, const void *state, const uint8_t *in, size_t n)
{
	char why[200] = "";
	struct sentence out = { .out = why, .room = sizeof why };
	bool sound = driver->blame(state, in, n, &out);
	assert(out.n < sizeof why && sound == (out.n > 0));
}

/* Feed a conversation: each block gets what the input still has. */
static void talk(const struct instrument *instrument, const uint8_t *in, size_t n)
{
	const struct driver *driver = driver_find("modbus");
	static uint8_t request[FRAME_MOST], exchanges[1 << 16];
	struct exchanges said = { .bytes = exchanges };
	struct decoded decoded;
	void *state = calloc(1, driver_state_size(instrument));
	assert(state != NULL);
	driver->begin(state, instrument);
	for (int step = 0; step < 32; step++) {
		int status = ASK_AGAIN;
		driver->ask(state, request, sizeof request);
		int frame = n > 0 ? driver->frame(state, in, n) : FRAME_SHORT;
		assert(frame <= (int)n);
		blame(driver, state, in, n);
		if (frame > 0) {
			struct exchange exchange = {
				.block = driver->block(state),
				.size = (uint16_t)frame,
				.bytes = in,
			};
			int put = exchange_put(&exchange, exchanges + said.size,
			        sizeof exchanges - said.size);
			if (put > 0) {
				said.size += (size_t)put;
				said.n++;
			}
			status = driver->decode(state, in, (size_t)frame);
			in += frame;
			n -= (size_t)frame;
		} else {
			status = driver->missed(state, frame == FRAME_SHORT);
			n = n > 0 ? n - 1 : 0;
			in += n > 0;
		}
		if (status == READING_DONE)
			break;
	}
	values_decode(instrument, &said, NULL, NULL, &decoded);
	for (size_t i = 0; i < instrument->profile->n_channels; i++)
		assert(decoded.state[i] < CHANNEL_STATES);
	free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static struct station *station;
	struct problem why;
	if (station == NULL &&
	        station_parse(&station, configuration, sizeof configuration - 1, "fuzz",
	                stderr, &why) != OK)
		abort();
	for (size_t i = 0; i < station->n_instruments; i++)
		talk(&station->instrument[i].instrument, in, n);
	return 0;
}
