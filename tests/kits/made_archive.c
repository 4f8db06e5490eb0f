/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/made_archive.h"

#include <string.h>

#include "base/legal_time.h"
#include "base/reading.h"
#include "base/record.h"
#include "tests/kits/check.h"

static uint8_t payload[RECORD_MOST], bytes[RECORD_MOST];

void made_archive_open(struct made_archive *made, const char *folder, const char *name)
{
	const struct archive_identity identity = {
		.zone = "kcn-mau", .zone_name = "KCN Mẫu", .utc_offset_min = 420
	};
	struct problem why = { 0 };
	made->dir = in_folder(folder, name);
	if (archive_create(made->dir, &identity, &why) != OK)
		fail_msg("%s", why.text);
	const struct ingest_options options = { .dir = made->dir };
	if (ingest_open(&made->ingest, &options, &why) != OK)
		fail_msg("%s", why.text);
}

void made_archive_commit(struct made_archive *made)
{
	assert_int_equal(ingest_commit(made->ingest), OK);
}

void made_archive_close(struct made_archive *made)
{
	made_archive_commit(made);
	ingest_close(made->ingest);
	made->ingest = NULL;
}

static void put(struct made_archive *made, uint8_t type, const char *source, size_t n,
        int64_t time_us, int64_t stored_us)
{
	struct problem why = { 0 };
	struct record record = { .type = type,
		.clock = CLOCK_SYNCED,
		.time_us = time_us,
		.mono_us = time_us - INT64_C(1700000000000000),
		.boot = 7,
		.payload = payload,
		.payload_size = n };
	strncpy(record.source, source, SOURCE_SIZE);
	int size = record_encode(&record, bytes, sizeof bytes);
	assert_true(size > 0);
	int status = ingest_record(
	        made->ingest, source, 0, bytes, (size_t)size, stored_us, &why);
	if (status == FULL) {
		made_archive_commit(made);
		status = ingest_record(
		        made->ingest, source, 0, bytes, (size_t)size, stored_us, &why);
	}
	if (status != OK)
		fail_msg("%s", why.text);
}

void made_station(struct made_archive *made, const char *station,
        const char *outlet_kind, int64_t time_us)
{
	struct describe *describe = describe_new(DESCRIBE_STATION);
	strncpy(describe->station, station, SOURCE_SIZE);
	describe->zone = "kcn-mau";
	describe->zone_name = "KCN Mẫu";
	describe->station_name = "Trạm Mẫu";
	describe->facility = "co-so-a";
	describe->facility_name = "Cơ sở Mẫu A";
	describe->outlet_kind = outlet_kind;
	describe->role = "B";
	describe->utc_offset_min = 420;
	made_describe(made, describe, time_us);
	describe_free(describe);
}

struct describe *made_instrument(
        const char *station, const char *instrument, size_t n, double poll_s)
{
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	assert_int_equal(describe_channels(describe, n), OK);
	strncpy(describe->station, station, SOURCE_SIZE);
	strncpy(describe->instrument, instrument, ID_SIZE - 1);
	describe->zone = "kcn-mau";
	describe->zone_name = "KCN Mẫu";
	describe->model = "made";
	describe->outlet = "outfall";
	describe->poll_every_s = poll_s;
	for (size_t i = 0; i < n; i++) {
		struct channel *channel = &describe->channel[i];
		channel->name = i == 0 ? "cod" : i == 1 ? "flow_out" : "ph";
		channel->unit = "mg/L";
		channel->kind = "measurement";
		channel->low = 0;
		channel->high = 225;
		channel->resolution = 0.1;
		channel->accuracy_reading_percent = 5;
		channel->result_every_s = poll_s;
		channel->decimals = 1;
	}
	return describe;
}

void made_describe(
        struct made_archive *made, struct describe *describe, int64_t time_us)
{
	int n = describe_encode(describe, payload, sizeof payload);
	assert_true(n > 0);
	put(made, RECORD_DESCRIBE, describe->station, (size_t)n, time_us, time_us);
}

void made_put(struct made_archive *made, const struct made_reading *reading)
{
	static const uint16_t first_channel = 0;
	struct reading_parts parts = { .n_channels = reading->describe->n_channels,
		.state = reading->state,
		.value = reading->value,
		.n_sampled = reading->sampled_us != 0,
		.sampled_channel = &first_channel,
		.sampled_us = &reading->sampled_us };
	memcpy(parts.describe, reading->describe->hash, sizeof parts.describe);
	int n = reading_encode(&parts, payload, sizeof payload);
	assert_true(n > 0);
	int64_t stored_us = reading->stored_us != 0 ? reading->stored_us
	                                            : reading->time_us + US_PER_S;
	put(made, RECORD_READING, reading->describe->station, (size_t)n,
	        reading->time_us, stored_us);
}

void made_state(struct made_archive *made, const char *station,
        const struct state_event *event, int64_t time_us)
{
	int n = state_encode(event, payload, sizeof payload);
	assert_true(n > 0);
	put(made, RECORD_STATE, station, (size_t)n, time_us, time_us);
}

void made_document(struct made_archive *made, const char *json, int64_t time_us)
{
	size_t n = strlen(json);
	assert_true(n < sizeof payload);
	memcpy(payload, json, n);
	put(made, RECORD_DOCUMENT, "office", n, time_us, time_us);
}
