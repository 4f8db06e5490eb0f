/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever a line with another master says, in whatever clumps: the same pairs, evidence that
 * says the same again, and of a reading that is called whole every channel is there.
 *
 *     1 ASCII, 2 clumps (1), then: bytes n (1), silence before them in 10 ms (1), n bytes; again
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/drivers/modbus_heard.h"
#include "sensors/station/station.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/values.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static const char configuration[] =
        "zone: {id: z, name: Z}\n"
        "station: {id: s, name: S, role: B, simulation: yes}\n"
        "facility: {id: f, name: F}\n"
        "outlets: [{id: o, name: O, kind: water}]\n"
        "journal: {folder: j}\n"
        "ports:\n"
        "  - {id: a, path: /dev/ttyS0, mode: rtu, master: other}\n"
        "  - {id: b, path: /dev/ttyS1, mode: ascii, master: other}\n"
        "instruments:\n"
        "  - {id: pb, profile: szlangshi-phototek-6000-pb, port: a, slave: 1}\n"
        "  - {id: dcs, profile: dcs-push-incinerator, port: b, slave: 1}\n"
        "  - {id: di, profile: modbus-di-4, port: a, slave: 17}\n"
        "  - {id: ph, profile: hamilton-arc-ph, port: b, slave: 2}\n";

struct stream {
	const uint8_t *in;
	size_t n;
	struct moment when;
};

/* The next clump; false at the end. */
static bool next_clump(struct stream *line, const uint8_t **bytes, size_t *n)
{
	if (line->n < 2)
		return false;
	*n = line->in[0];
	line->when.mono_us += line->in[1] * INT64_C(10000);
	line->in += 2;
	line->n -= 2;
	if (*n > line->n)
		*n = line->n;
	*bytes = line->in;
	line->in += *n;
	line->n -= *n;
	return true;
}

static void drain(struct modbus_tap *tap)
{
	struct modbus_pair pair;
	struct modbus_heard heard;
	while (modbus_tap_next(tap, &pair)) {
		assert(modbus_heard_get(tap->framing, pair.bytes, pair.size, &heard) ==
		        OK);
		assert(memcmp(&heard.request, &pair.request, sizeof heard.request) ==
		        0);
		bool sound = heard.state == STATE_OK || heard.answer.exception != 0;
		assert(sound || !pair.answered);
		assert((heard.state == STATE_OK) == (heard.answer.data != NULL));
	}
}

/* Clumps as they are, and byte by byte. */
static void same_pairs(int framing, const uint8_t *in, size_t n)
{
	static struct modbus_tap one, other;
	struct stream line = { in, n, { .mono_us = 1 } };
	const uint8_t *bytes;
	size_t size;
	modbus_tap_init(&one, framing, 1000000);
	modbus_tap_init(&other, framing, 1000000);
	while (next_clump(&line, &bytes, &size)) {
		modbus_tap_idle(&one, line.when.mono_us);
		modbus_tap_idle(&other, line.when.mono_us);
		drain(&one);
		drain(&other);
		modbus_tap_add(&one, bytes, size, &line.when);
		drain(&one);
		for (size_t i = 0; i < size; i++) {
			modbus_tap_add(&other, bytes + i, 1, &line.when);
			drain(&other);
		}
		assert(memcmp(&one.counts, &other.counts, sizeof one.counts) == 0);
	}
}

struct said {
	struct exchanges exchanges;
	uint8_t bytes[1 << 16];
};

static void check_reading(
        const struct instrument *instrument, struct said *said, bool whole)
{
	struct decoded decoded;
	said->exchanges.bytes = said->bytes;
	values_decode(instrument, &said->exchanges, NULL, NULL, &decoded);
	for (size_t i = 0; i < instrument->profile->n_channels; i++) {
		uint8_t state = decoded.state[i];
		assert(state < CHANNEL_STATES);
		assert(!whole || (state != STATE_SILENT && state != STATE_GARBLED &&
		                         state != STATE_REFUSED));
	}
	said->exchanges = (struct exchanges){ .n = 0 };
}

static void keep(struct said *said, const struct heard *heard)
{
	struct exchange exchange = {
		.block = heard->block,
		.size = (uint16_t)heard->n,
		.bytes = heard->bytes,
	};
	int put = exchange_put(&exchange, said->bytes + said->exchanges.size,
	        sizeof said->bytes - said->exchanges.size);
	assert(put > 0);
	said->exchanges.size += (size_t)put;
	said->exchanges.n++;
}

static void listen_to(const struct instrument *instrument, const uint8_t *in, size_t n)
{
	static struct said said;
	const struct driver *driver = instrument->profile->driver;
	struct stream line = { in, n, { .mono_us = 1 } };
	const uint8_t *bytes;
	size_t size;
	struct heard heard;
	void *state = calloc(1, driver_state_size(instrument));
	assert(state != NULL);
	driver->begin(state, instrument);
	said.exchanges = (struct exchanges){ .n = 0 };
	while (next_clump(&line, &bytes, &size)) {
		driver->hear(state, NULL, 0, &line.when);
		driver->hear(state, bytes, size, &line.when);
		int what;
		while ((what = driver->heard(state, true, &heard)) != NOT_USABLE) {
			if (heard.keep)
				keep(&said, &heard);
			if (what == READING_DONE)
				check_reading(instrument, &said, true);
		}
	}
	driver->missed(state, true);
	check_reading(instrument, &said, false);
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
	if (n == 0)
		return 0;
	int framing = in[0] & 1 ? FRAMING_ASCII : FRAMING_RTU;
	if (in[0] & 2)
		same_pairs(framing, in + 1, n - 1);
	for (size_t i = 0; !(in[0] & 2) && i < station->n_instruments; i++)
		if (station->instrument[i].instrument.framing == framing)
			listen_to(&station->instrument[i].instrument, in + 1, n - 1);
	return 0;
}
