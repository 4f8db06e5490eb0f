/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/sample_records.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/event.h"
#include "base/legal_time.h"
#include "tests/kits/check.h"

void sample_start(struct sample *sample, const char *station)
{
	*sample = (struct sample){ 0 };
	snprintf(sample->station, sizeof sample->station, "%s", station);
}

void sample_free(struct sample *sample)
{
	for (size_t i = 0; i < sample->n; i++)
		free((void *)(uintptr_t)sample->record[i].bytes);
	for (size_t i = 0; i < sample->n_describes; i++)
		describe_free(sample->describe[i]);
	free(sample->record);
	*sample = (struct sample){ 0 };
}

struct day_header sample_header(const struct sample *sample)
{
	return (struct day_header){
		.zone = "kcn-mau",
		.zone_name = "KCN Mẫu",
		.station = sample->station,
		.day_us = SAMPLE_DAY_US,
		.utc_offset_min = OFFSET_VIETNAM,
	};
}

/* Encoding gives the describe its hash. */
static size_t describe_keep(struct sample *sample, struct describe *describe)
{
	uint8_t payload[DESCRIBE_MOST];
	int size = describe_encode(describe, payload, sizeof payload);
	assert(size > 0);
	assert(sample->n_describes <
	        sizeof sample->describe / sizeof sample->describe[0]);
	sample->describe[sample->n_describes] = describe;
	return sample->n_describes++;
}

static void describe_head(struct sample *sample, struct describe *describe)
{
	snprintf(describe->station, sizeof describe->station, "%s", sample->station);
	describe->zone = "kcn-mau";
	describe->zone_name = "KCN Mẫu";
	describe->origin = ORIGIN_INSTRUMENT;
}

size_t sample_instrument(
        struct sample *sample, const char *instrument, const char *const *channel_unit)
{
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	size_t n = 0;
	while (channel_unit[2 * n] != NULL)
		n++;
	describe_head(sample, describe);
	snprintf(describe->instrument, sizeof describe->instrument, "%s", instrument);
	describe->model = "MAU-1";
	describe->maker = "Nhà sản xuất Mẫu";
	describe->serial = "0001";
	describe->poll_every_s = 1;
	int status = describe_channels(describe, n);
	assert(status == OK);
	for (size_t i = 0; i < n; i++) {
		struct channel *channel = &describe->channel[i];
		channel->name = describe_text(describe, channel_unit[2 * i]);
		channel->unit = describe_text(describe, channel_unit[2 * i + 1]);
		channel->label_vi = "Nhu cầu ôxy hoá học";
		channel->label_en = "chemical oxygen demand";
		channel->kind = "measurement";
		channel->low = 0;
		channel->high = 500;
		channel->decimals = 1;
	}
	return describe_keep(sample, describe);
}

size_t sample_station_describe(struct sample *sample)
{
	struct describe *describe = describe_new(DESCRIBE_STATION);
	describe_head(sample, describe);
	describe->station_name = "Cửa xả Mẫu";
	describe->facility = "co-so-a";
	describe->facility_name = "Cơ sở Mẫu A";
	describe->outlet_kind = "water";
	describe->role = "A";
	describe->latitude = 10.5;
	describe->longitude = 106.25;
	describe->utc_offset_min = OFFSET_VIETNAM;
	size_t n = sample->n_describes;
	int status = describe_parts(describe, n);
	assert(status == OK);
	for (size_t i = 0; i < n; i++) {
		memcpy(describe->part[i].instrument, sample->describe[i]->instrument,
		        ID_SIZE);
		digest_print(sample->describe[i]->hash, describe->part[i].hash);
	}
	return describe_keep(sample, describe);
}

void sample_add(struct sample *sample, const struct sample_head *head, uint8_t type,
        const uint8_t *payload, size_t n)
{
	static uint8_t bytes[RECORD_MOST];
	struct record record = {
		.type = type,
		.clock = head->clock,
		.epoch = head->epoch,
		.seq = head->seq,
		.time_us = head->time_us,
		.mono_us = head->mono_us,
		.boot = head->boot,
		.payload = payload,
		.payload_size = n,
	};
	snprintf(record.source, sizeof record.source, "%s", sample->station);
	int size = record_encode(&record, bytes, sizeof bytes);
	assert(size > 0);
	if (sample->n == sample->room) {
		sample->room = sample->room > 0 ? 2 * sample->room : 64;
		sample->record =
		        realloc(sample->record, sample->room * sizeof *sample->record);
	}
	uint8_t *copy = malloc((size_t)size);
	assert(copy != NULL);
	memcpy(copy, bytes, (size_t)size);
	sample->record[sample->n++] = (struct day_record){
		.bytes = copy,
		.size = (size_t)size,
		.stored_us = head->time_us + 250000 + (int64_t)(head->seq % 1000),
		.transport = (uint8_t)(head->seq % 3),
	};
}

void sample_describe(
        struct sample *sample, const struct sample_head *head, size_t describe)
{
	uint8_t payload[DESCRIBE_MOST];
	int size = describe_encode(sample->describe[describe], payload, sizeof payload);
	assert(size > 0);
	sample_add(sample, head, RECORD_DESCRIBE, payload, (size_t)size);
}

void sample_clock(
        struct sample *sample, const struct sample_head *head, int64_t offset_us)
{
	uint8_t payload[64];
	struct clock_event event = {
		.before_us = head->time_us - offset_us,
		.after_us = head->time_us,
		.state = CLOCK_SYNCED,
	};
	int size = clock_encode(&event, payload, sizeof payload);
	sample_add(sample, head, RECORD_CLOCK, payload, (size_t)size);
}

void sample_reading(struct sample *sample, const struct sample_head *head,
        size_t describe, const double *value)
{
	uint8_t payload[8192], exchange[64], state[READING_CHANNELS];
	const struct describe *of = sample->describe[describe];
	for (size_t i = 0; i < of->n_channels; i++)
		state[i] = isnan(value[i]) ? STATE_SILENT : STATE_OK;
	struct exchange answer = { .block = 1,
		.after_ms = 12,
		.size = 7,
		.bytes = (const uint8_t *)"\1\3\2\0\x2a\x39\x9b" };
	struct reading_parts parts = {
		.n_channels = of->n_channels,
		.state = state,
		.value = value,
		.n_exchanges = 1,
		.exchanges = exchange,
		.exchanges_size =
		        (size_t)exchange_put(&answer, exchange, sizeof exchange),
	};
	memcpy(parts.describe, of->hash, 32);
	int size = reading_encode(&parts, payload, sizeof payload);
	assert(size > 0);
	sample_add(sample, head, RECORD_READING, payload, (size_t)size);
}

void sample_plain(
        struct sample *sample, const char *station, int64_t day_us, int every_s)
{
	static const char *const channels[] = { "cod", "mg/L", "tss", "mg/L", NULL };
	sample_start(sample, station);
	size_t cod = sample_instrument(sample, "cod-1", channels);
	struct sample_head head = { .epoch = 7,
		.seq = 1,
		.boot = 99,
		.time_us = day_us,
		.clock = CLOCK_SYNCED };
	size_t own = sample_station_describe(sample);
	sample_describe(sample, &head, cod);
	head.seq++;
	sample_describe(sample, &head, own);
	for (int64_t at = 0; at < US_PER_DAY; at += every_s * US_PER_S) {
		head.seq++;
		head.time_us = day_us + at;
		head.mono_us = at;
		double value[READING_CHANNELS] = { 40 + 10 * sin((double)at / 1e10),
			7.25 };
		if (head.seq % 50 == 0)
			value[1] = NAN;
		sample_reading(sample, &head, cod, value);
	}
}

/* ---- chance ---- */

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
