/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/sample_records.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/event.h"
#include "base/legal_time.h"

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
