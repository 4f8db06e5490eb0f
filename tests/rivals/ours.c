/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/describe.h"
#include "base/reading.h"
#include "tests/rivals/ours.h"

size_t ours_describe(uint8_t out[RECORD_MOST], uint8_t hash[32])
{
	static uint8_t payload[DESCRIBE_MOST];
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	if (describe == NULL || describe_channels(describe, CHANNELS) != OK)
		stop("no memory", "");
	snprintf(describe->station, sizeof describe->station, "bt-outlet");
	snprintf(describe->instrument, sizeof describe->instrument, "plc");
	for (size_t i = 0; i < CHANNELS; i++) {
		describe->channel[i].name = channel_name[i];
		describe->channel[i].unit = "mg/L";
		describe->channel[i].kind = "measurement";
		describe->channel[i].result_every_s = 1;
	}
	int n = describe_encode(describe, payload, sizeof payload);
	memcpy(hash, describe->hash, 32);
	describe_free(describe);
	struct record record = { .type = RECORD_DESCRIBE,
		.clock = CLOCK_SYNCED,
		.source = "bt-outlet",
		.time_us = BEGIN_S * 1000000,
		.payload = payload,
		.payload_size = n > 0 ? (size_t)n : 0 };
	int size = n > 0 ? record_encode(&record, out, RECORD_MOST) : n;
	if (size <= 0)
		stop("no record", "");
	return (size_t)size;
}

int64_t ours_time_us(size_t k)
{
	return (BEGIN_S + (int64_t)k) * 1000000 + (int64_t)(k * 7919 % 3001);
}

/* Address, function, 48 bytes: twelve floats, high word first; and the sum. */
void ours_frame(const struct load *load, size_t k, uint8_t frame[FRAME_SIZE])
{
	frame[0] = 1;
	frame[1] = 3;
	frame[2] = 4 * CHANNELS;
	for (size_t i = 0; i < CHANNELS; i++) {
		float number = (float)shown_value(&load->shown[k], i);
		uint32_t bits;
		memcpy(&bits, &number, sizeof bits);
		put_be32(frame + 3 + 4 * i, bits);
	}
	put_le16(frame + FRAME_SIZE - 2, crc16_modbus(frame, FRAME_SIZE - 2));
}

size_t ours_reading(const struct load *load, size_t k, const uint8_t hash[32],
        uint8_t out[OURS_MOST], int raw)
{
	static const uint8_t state[CHANNELS];
	uint8_t payload[OURS_MOST], exchanges[128], frame[FRAME_SIZE];
	double value[CHANNELS];
	for (size_t i = 0; i < CHANNELS; i++)
		value[i] = (double)(float)shown_value(&load->shown[k], i);
	struct reading_parts parts = { .n_channels = CHANNELS,
		.state = state,
		.value = value,
		.n_exchanges = raw != 0,
		.exchanges = exchanges };
	memcpy(parts.describe, hash, 32);
	struct exchange exchange = {
		.after_ms = 40, .size = sizeof frame, .bytes = frame
	};
	ours_frame(load, k, frame);
	if (raw)
		parts.exchanges_size =
		        (size_t)exchange_put(&exchange, exchanges, sizeof exchanges);
	int n = reading_encode(&parts, payload, sizeof payload);
	struct record record = { .type = RECORD_READING,
		.clock = CLOCK_SYNCED,
		.source = "bt-outlet",
		.time_us = ours_time_us(k),
		.mono_us = ours_time_us(k) - BEGIN_S * 1000000,
		.boot = 99,
		.payload = payload,
		.payload_size = n > 0 ? (size_t)n : 0 };
	int size = n > 0 ? record_encode(&record, out, OURS_MOST) : n;
	if (size <= 0)
		stop("no record", "");
	return (size_t)size;
}
