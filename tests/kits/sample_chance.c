/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/sample_chance.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/kits/check.h"

static size_t up_to(uint64_t *seed, size_t most)
{
	assert(most < SIZE_MAX);
	return (size_t)(chance(seed) % (most + 1));
}

static const char *const odd_names[] = { "cod", "cod_state", "time", "seq", "cod__2",
	"epoch", "cod_sample_time", "type", "vendor_length", "a", "9-z_", "describe",
	"clock_state" };
static const char *const odd_units[] = { "mg/L", "pH", "Cel", "m3/h", "%", "NTU",
	"ug/m3" };

static void chance_instrument(
        struct sample *sample, uint64_t *seed, size_t number, bool many)
{
	static const char *const instruments[] = { "cod", "events", "cod__2",
		"epochs" };
	const char *list[2 * READING_CHANNELS + 1] = { NULL };
	char names[READING_CHANNELS][24];
	size_t n = many && number % 3 == 2 ? READING_CHANNELS : 1 + up_to(seed, 12);
	for (size_t i = 0; i < n; i++) {
		snprintf(names[i], sizeof names[i], "c%zu", i);
		list[2 * i] = i < 13 ? odd_names[i] : names[i];
		list[2 * i + 1] = odd_units[up_to(seed, 6)];
	}
	sample_instrument(sample, instruments[number % 4], list);
}

static double chance_value(uint64_t *seed)
{
	switch (up_to(seed, 9)) {
	case 0:
		return -0.0;
	case 1:
		return NAN;
	case 2:
		return double_of_bits(1); /* the smallest there is */
	case 3:
		return -1.7976931348623157e308;
	default:
		return (double)(int64_t)chance(seed) / 1e15;
	}
}

static size_t chance_samples(
        uint64_t *seed, size_t n_channels, uint16_t *channel, int64_t *time_us)
{
	size_t n = 0;
	switch (up_to(seed, 5)) {
	case 0: /* in order */
		for (size_t i = 0; i < n_channels; i += 1 + up_to(seed, 3)) {
			channel[n] = (uint16_t)i;
			time_us[n++] = SAMPLE_DAY_US + (int64_t)up_to(seed, 1u << 30);
		}
		break;
	case 1: /* any order, doubled, any time */
		for (size_t i = up_to(seed, 4); i > 0; i--) {
			channel[n] = (uint16_t)up_to(seed, n_channels - 1);
			time_us[n++] = up_to(seed, 3) == 0 ? (int64_t)chance(seed)
			                                   : SAMPLE_DAY_US;
		}
		break;
	default:
		break;
	}
	return n;
}

static size_t chance_exchanges(uint64_t *seed, uint8_t *out, size_t room, size_t *count)
{
	uint8_t bytes[255];
	size_t n = 0;
	*count = up_to(seed, 3);
	for (size_t i = 0; i < *count; i++) {
		struct exchange answer = {
			.block = (uint16_t)up_to(seed, 9),
			.after_ms = (uint32_t)up_to(seed, 2000),
			.size = (uint16_t)up_to(seed, sizeof bytes),
			.bytes = bytes,
		};
		for (size_t k = 0; k < answer.size; k++)
			bytes[k] = (uint8_t)chance(seed);
		n += (size_t)exchange_put(&answer, out + n, room - n);
	}
	return n;
}

static size_t chance_reading(
        struct sample *sample, uint64_t *seed, size_t describe, uint8_t *out)
{
	uint8_t state[READING_CHANNELS], vendor[64], exchanges[4096];
	double value[READING_CHANNELS];
	uint16_t channel[READING_CHANNELS];
	int64_t sampled[READING_CHANNELS];
	const struct describe *of = sample->describe[describe];
	struct reading_parts parts = {
		.n_channels = of->n_channels,
		.state = state,
		.value = value,
		.sampled_channel = channel,
		.sampled_us = sampled,
		.vendor = vendor,
		.vendor_size = up_to(seed, 3) == 0 ? up_to(seed, sizeof vendor) : 0,
		.exchanges = exchanges,
	};
	if (up_to(seed, 40) == 0)
		parts.n_channels--; /* not what the DESCRIBE says: cannot be a row */
	memcpy(parts.describe, of->hash, 32);
	for (size_t i = 0; i < of->n_channels; i++) {
		value[i] = chance_value(seed);
		state[i] = isfinite(value[i])
		                   ? STATE_OK
		                   : (uint8_t)(STATE_SILENT + up_to(seed, 3));
	}
	for (size_t i = 0; i < parts.vendor_size; i++)
		vendor[i] = (uint8_t)chance(seed);
	if (parts.n_channels > 0)
		parts.n_sampled =
		        chance_samples(seed, parts.n_channels, channel, sampled);
	parts.exchanges_size =
	        chance_exchanges(seed, exchanges, sizeof exchanges, &parts.n_exchanges);
	int size = reading_encode(&parts, out, RECORD_MOST - RECORD_HEADER);
	assert(size > 0);
	/* Bits that are the fill although the state says ok: never from us, kept all
	 * the same. */
	if (parts.n_channels > 0 && up_to(seed, 50) == 0)
		put_le64(out + READING_HEADER + parts.n_channels, READING_FILL);
	return (size_t)size;
}

static size_t chance_event(uint64_t *seed, uint8_t type, uint8_t *out)
{
	size_t n = type == RECORD_GAP ? up_to(seed, 900) : up_to(seed, 60);
	if (up_to(seed, 200) == 0)
		n = RECORD_MOST - RECORD_HEADER; /* the longest there is */
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)chance(seed);
	return n;
}

static void chance_record(
        struct sample *sample, uint64_t *seed, const struct sample_head *head)
{
	static uint8_t payload[RECORD_MOST];
	size_t which = up_to(seed, 30);
	if (which == 0) {
		sample_describe(sample, head, up_to(seed, sample->n_describes - 1));
	} else if (which <= RECORD_TYPES) { /* READING too: one that is none */
		uint8_t type = (uint8_t)which;
		sample_add(
		        sample, head, type, payload, chance_event(seed, type, payload));
	} else {
		size_t describe = up_to(seed, sample->n_describes - 2);
		size_t n = chance_reading(sample, seed, describe, payload);
		sample_add(sample, head, RECORD_READING, payload, n);
	}
}

void sample_chance(struct sample *sample, uint64_t *seed, size_t n)
{
	sample_start(sample, "bt-outlet");
	for (size_t i = 0; i < (n < 50 ? 2 : 6); i++)
		chance_instrument(sample, seed, i, n >= 200);
	sample_station_describe(sample);
	struct sample_head head = {
		.epoch = chance(seed) >> 8, .seq = 1, .time_us = SAMPLE_DAY_US
	};
	for (size_t i = 0; i < n; i++) {
		if (up_to(seed, 99) == 0) { /* a new journal; its number is higher */
			head.epoch += 1 + chance(seed) % 1000;
			head.seq = 0;
		}
		if (up_to(seed, 99) == 0)
			head.boot = chance(seed);
		head.seq += 1 + (up_to(seed, 20) == 0 ? up_to(seed, 9) : 0);
		head.mono_us += (int64_t)up_to(seed, 2000000);
		head.clock = (uint8_t)up_to(seed, 3);
		if (up_to(seed, 30) == 0) /* the clock steps, back as well as forth */
			head.time_us =
			        SAMPLE_DAY_US + (int64_t)up_to(seed, 86400000000);
		else if (up_to(seed, 5) != 0) /* else: the same time again */
			head.time_us += (int64_t)up_to(seed, 2000000);
		chance_record(sample, seed, &head);
	}
}
