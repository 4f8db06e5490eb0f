/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes per value of a sealed day, and how fast values go in and come out: 12 channels
 * at 1 Hz and every 5 minutes, with and without the raw answers.  One line each: name
 * value unit.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/day.h"
#include "archive/proof.h"
#include "archive/reader.h"
#include "base/bytes.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "base/reading.h"

#define CHANNELS 12
#define DAY_US   INT64_C(1794675600000000) /* 2026-11-15 00:00 +07:00 */

struct bench {
	const char *name, *dir;
	int every_s;
	bool raw;
	struct describe *describe;
	size_t n;
	struct day_record *record;
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double draw(void)
{
	static uint64_t x = 88172645463325252u;
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (double)(x >> 11) / 9007199254740992.0;
}

static struct describe *describe_make(void)
{
	static const char *const names[CHANNELS] = { "cod", "bod", "tss", "nh4", "ph",
		"do", "temperature", "flow_in", "flow_out", "total", "turbidity",
		"chlorine" };
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	uint8_t payload[DESCRIBE_MOST];
	snprintf(describe->station, sizeof describe->station, "bt-outlet");
	snprintf(describe->instrument, sizeof describe->instrument, "plc");
	describe->zone = describe->zone_name = "kcn-mau";
	int status = describe_channels(describe, CHANNELS);
	assert(status == OK);
	for (size_t i = 0; i < CHANNELS; i++) {
		describe->channel[i].name = names[i];
		describe->channel[i].unit = "mg/L";
		describe->channel[i].label_en = names[i];
		describe->channel[i].low = 0;
		describe->channel[i].high = 500;
	}
	int size = describe_encode(describe, payload, sizeof payload);
	assert(size > 0);
	return describe;
}

/* A Modbus answer of 24 registers: 12 floats, high word first. */
static size_t answer_put(const double *value, uint8_t *out, size_t room)
{
	uint8_t frame[5 + 4 * CHANNELS] = { 1, 3, 4 * CHANNELS };
	for (size_t i = 0; i < CHANNELS; i++) {
		float f = (float)value[i];
		uint32_t bits;
		memcpy(&bits, &f, sizeof bits);
		for (int k = 0; k < 4; k++)
			frame[3 + 4 * i + (size_t)k] = (uint8_t)(bits >> (24 - 8 * k));
	}
	put_le16(frame + sizeof frame - 2, (uint16_t)(draw() * 65535));
	struct exchange exchange = {
		.block = 1, .after_ms = 40, .size = sizeof frame, .bytes = frame
	};
	return (size_t)exchange_put(&exchange, out, room);
}

/* What an analyser shows: a slow walk in steps of a tenth, as a float32. */
static void walk(double *level, double *value)
{
	for (size_t i = 0; i < CHANNELS; i++) {
		level[i] += (draw() - 0.5) * 0.4;
		value[i] = (double)(float)(round(level[i] * 10) / 10);
	}
}

static size_t reading_put(const struct bench *bench, const double *value, uint8_t *out)
{
	static const uint8_t state[CHANNELS];
	uint8_t exchanges[256];
	struct reading_parts parts = {
		.n_channels = CHANNELS,
		.state = state,
		.value = value,
		.n_exchanges = bench->raw,
		.exchanges = exchanges,
	};
	memcpy(parts.describe, bench->describe->hash, 32);
	if (bench->raw)
		parts.exchanges_size = answer_put(value, exchanges, sizeof exchanges);
	int size = reading_encode(&parts, out, 4096);
	assert(size > 0);
	return (size_t)size;
}

static void records_make(struct bench *bench)
{
	double level[CHANNELS], value[CHANNELS];
	uint8_t payload[4096], bytes[8192];
	for (size_t i = 0; i < CHANNELS; i++)
		level[i] = 20 + 15 * (double)i;
	bench->n = (size_t)(86400 / bench->every_s);
	bench->record = calloc(bench->n, sizeof *bench->record);
	for (size_t i = 0; i < bench->n; i++) {
		walk(level, value);
		int64_t jitter = (int64_t)(draw() * 3000);
		struct record record = {
			.type = RECORD_READING,
			.clock = CLOCK_SYNCED,
			.source = "bt-outlet",
			.epoch = 7,
			.seq = i + 1,
			.time_us = DAY_US + (int64_t)i * bench->every_s * US_PER_S +
			           jitter,
			.mono_us = (int64_t)i * bench->every_s * US_PER_S + jitter,
			.boot = 99,
			.payload = payload,
			.payload_size = reading_put(bench, value, payload),
		};
		int size = record_encode(&record, bytes, sizeof bytes);
		assert(size > 0);
		uint8_t *copy = malloc((size_t)size);
		memcpy(copy, bytes, (size_t)size);
		bench->record[i] = (struct day_record){
			.bytes = copy,
			.size = (size_t)size,
			.stored_us = record.time_us / US_PER_S * US_PER_S + 100000,
		};
	}
}

static void print(
        const struct bench *bench, const char *what, double value, const char *unit)
{
	printf("archive.%s.%s %.4g %s\n", bench->name, what, value, unit);
}

static void seal_append(const struct bench *bench, const char *path)
{
	struct seal_list list;
	struct problem why;
	struct seal seal = { .date = "2026-11-15",
		.station = "bt-outlet",
		.kind = "day",
		.records = bench->n,
		.readings = bench->n };
	snprintf(seal.path, sizeof seal.path, "%s", path + strlen(bench->dir) + 1);
	int status = digest_of_file(path, seal.file);
	assert(status == OK);
	status = seal_list_read(&list, bench->dir, &why);
	assert(status == OK);
	status = seal_list_append(&list, bench->dir, &seal);
	assert(status == OK);
	seal_list_free(&list);
}

static void write_bench(const struct bench *bench, char *path)
{
	struct problem why;
	struct stat st;
	double values = (double)bench->n * CHANNELS;
	struct day_header header = { .zone = "kcn-mau",
		.zone_name = "KCN Mẫu",
		.station = "bt-outlet",
		.day_us = DAY_US,
		.utc_offset_min = OFFSET_VIETNAM };
	double begin = now();
	int status = day_write(
	        path, &header, bench->record, bench->n, &bench->describe, 1, &why);
	double end = now();
	if (status != OK)
		fprintf(stderr, "%s\n", why.text);
	assert(status == OK);
	status = stat(path, &st);
	assert(status == 0);
	print(bench, "bytes_per_value", (double)st.st_size / values, "B/value");
	print(bench, "seal", values / (end - begin), "values/s");
}

static int count_one(void *with, const uint8_t *record, size_t size, int64_t stored_us,
        uint8_t transport)
{
	*(size_t *)with += size;
	return 0;
}

static void rebuild_bench(const struct bench *bench, const char *path)
{
	struct day *day;
	struct problem why;
	size_t bytes = 0;
	double begin = now();
	int status = day_open(&day, path, &why);
	assert(status == OK);
	int n = day_records(day, count_one, &bytes, &why);
	assert(n == (int)bench->n);
	day_close(day);
	print(bench, "rebuild", (double)n / (now() - begin), "records/s");
}

static void rows_bench(const struct bench *bench, const char *channel, const char *what)
{
	struct reader *reader;
	struct rows *rows;
	struct problem why;
	size_t n;
	struct query query = { .station = "bt-outlet",
		.channel = channel,
		.from_us = DAY_US,
		.to_us = DAY_US + US_PER_DAY };
	int rounds = bench->n > 1000 ? 5 : 50;
	double values = 0, begin = now();
	for (int i = 0; i < rounds; i++) {
		int status = reader_open(&reader, bench->dir, &why);
		assert(status == OK);
		status = reader_rows(reader, &query, &rows, &n, &why);
		assert(status == 1);
		values += (double)(rows->n * rows->n_channels);
		rows_free(rows, n);
		reader_close(reader);
	}
	print(bench, what, values / (now() - begin), "values/s");
}

static void run(struct bench *bench)
{
	char dir[] = "/tmp/quantrac-bench-XXXXXX", path[4096], folder[4096];
	struct problem why;
	struct archive_identity identity = { .zone = "kcn-mau",
		.zone_name = "KCN Mẫu",
		.utc_offset_min = OFFSET_VIETNAM };
	bench->dir = mkdtemp(dir);
	assert(bench->dir != NULL);
	int status = archive_create(dir, &identity, &why);
	assert(status == OK);
	archive_day_path(
	        path, sizeof path, dir, "kcn-mau", "bt-outlet", DAY_US, 420, 0);
	snprintf(folder, sizeof folder, "%s", path);
	*strrchr(folder, '/') = '\0';
	status = folder_make(folder);
	assert(status == OK);
	bench->describe = describe_make();
	records_make(bench);
	write_bench(bench, path);
	seal_append(bench, path);
	rebuild_bench(bench, path);
	rows_bench(bench, "cod", "read_one_channel");
	rows_bench(bench, NULL, "read_all_channels");
	for (size_t i = 0; i < bench->n; i++)
		free((void *)(uintptr_t)bench->record[i].bytes);
	free(bench->record);
	describe_free(bench->describe);
	char command[4200];
	snprintf(command, sizeof command, "rm -r '%s'", dir);
	if (system(command) != 0)
		fprintf(stderr, "%s stays\n", dir);
}

int main(void)
{
	struct bench benches[] = {
		{ .name = "1Hz_raw", .every_s = 1, .raw = true },
		{ .name = "1Hz", .every_s = 1 },
		{ .name = "5min_raw", .every_s = 300, .raw = true },
		{ .name = "5min", .every_s = 300 },
	};
	for (size_t i = 0; i < sizeof benches / sizeof benches[0]; i++)
		run(&benches[i]);
	return 0;
}
