/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Days of one instrument at 1 Hz, 12 channels with their raw frames: into the journal,
 * and sealed.  Lines "name value unit".  The figures by CPU time (user and system, this
 * process and its children) are those to compare where the machine has other work.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "archive/proof.h"
#include "base/bytes.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/reading.h"
#include "collector/ingest.h"

#define CHANNELS 12
#define EPOCH    UINT64_C(0xbe0c000000000002)
#define BEGIN    INT64_C(1794675600000000) /* 2026-11-15 00:00 +07:00 */
#define DAYS     3
#define READINGS (DAYS * 86400)
#define TIME_AT  40 /* of time_us in a record */
#define HEAD     8  /* of an exchange: block, milliseconds, length */

static struct {
	char dir[128];
	uint8_t record[RECORD_MOST], payload[DESCRIBE_MOST], hash[32];
	size_t record_size;
} b;

static void quiet(enum log_level level, const char *text)
{
}

static void stop(const char *why)
{
	fprintf(stderr, "bench_seal: %s\n", why);
	exit(70);
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* CPU seconds, user and system. */
static double cpu_of(int who)
{
	struct rusage use;
	getrusage(who, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static void encode(uint8_t type, int n)
{
	struct record record = { .type = type,
		.clock = CLOCK_SYNCED,
		.source = "bt-outlet",
		.time_us = BEGIN,
		.payload = b.payload,
		.payload_size = (size_t)n };
	int size = n > 0 ? record_encode(&record, b.record, sizeof b.record) : n;
	if (size <= 0)
		stop("no record");
	b.record_size = (size_t)size;
}

static void make_describe(void)
{
	struct describe *describe = describe_new(DESCRIBE_INSTRUMENT);
	if (describe == NULL || describe_channels(describe, CHANNELS) != OK)
		stop("no memory");
	snprintf(describe->station, sizeof describe->station, "bt-outlet");
	snprintf(describe->instrument, sizeof describe->instrument, "plc");
	for (int i = 0; i < CHANNELS; i++) {
		char name[16];
		snprintf(name, sizeof name, "c%d", i);
		describe->channel[i].name = describe_text(describe, name);
		describe->channel[i].unit = "mg/L";
		describe->channel[i].kind = "measurement";
		describe->channel[i].result_every_s = 1;
	}
	encode(RECORD_DESCRIBE, describe_encode(describe, b.payload, sizeof b.payload));
	memcpy(b.hash, describe->hash, sizeof b.hash);
	describe_free(describe);
}

static void make_reading(void)
{
	static const uint8_t bytes[53] = { 1, 4, 48 };
	uint8_t exchanges[128], state[CHANNELS] = { 0 };
	double value[CHANNELS] = { 0 };
	struct exchange exchange = { .size = sizeof bytes, .bytes = bytes };
	int size = exchange_put(&exchange, exchanges, sizeof exchanges);
	struct reading_parts parts = { .n_channels = CHANNELS,
		.state = state,
		.value = value,
		.n_exchanges = 1,
		.exchanges = exchanges,
		.exchanges_size = (size_t)size };
	memcpy(parts.describe, b.hash, sizeof parts.describe);
	encode(RECORD_READING, reading_encode(&parts, b.payload, sizeof b.payload));
}

/* The reading of this seq: a second after the one before, every value moved, and with
 * it its bytes in the frame (float32, most significant byte first, behind three bytes
 * of head). */
static void next_reading(uint64_t seq)
{
	static uint64_t chance = 88172645463325252u;
	uint8_t *value = b.record + RECORD_HEADER + READING_HEADER + CHANNELS;
	uint8_t *frame = value + CHANNELS * 8 + HEAD + 3;
	put_le64(b.record + TIME_AT, (uint64_t)(BEGIN + (int64_t)seq * 1000000));
	for (int i = 0; i < CHANNELS; i++) {
		chance ^= chance << 13;
		chance ^= chance >> 7;
		chance ^= chance << 17;
		float moved = (float)(40 + i) + (float)(chance % 200) / 100;
		uint32_t bits;
		memcpy(&bits, &moved, sizeof bits);
		put_le64(value + 8 * i, bits_of_double((double)moved));
		put_be32(frame + 4 * i, bits);
	}
}

static void take(struct ingest *ingest, int64_t now_us)
{
	struct problem why;
	if (ingest_record(ingest, "bt-outlet", EPOCH, b.record, b.record_size, now_us,
	            &why) != OK)
		stop(why.text);
}

static void fill(struct ingest *ingest)
{
	double began = seconds();
	make_describe();
	take(ingest, BEGIN);
	make_reading();
	for (uint64_t i = 0; i < READINGS; i++) {
		next_reading(i);
		take(ingest, BEGIN + (int64_t)i * 1000000);
	}
	if (ingest_commit(ingest) != OK)
		stop("the journal cannot be written");
	printf("journal_values %.0f values/s\n",
	        READINGS * CHANNELS / (seconds() - began));
}

/* Bytes of all sealed files. */
static double bytes_sealed(const char *dir)
{
	struct seal_list list = { .n = 0 };
	double bytes = 0;
	if (seal_list_read(&list, dir, NULL) != OK)
		stop("no seal list");
	for (size_t i = 0; i < list.n; i++) {
		char path[1024];
		struct stat st;
		snprintf(path, sizeof path, "%s/%s", dir, list.seal[i].path);
		if (stat(path, &st) == 0)
			bytes += (double)st.st_size;
	}
	seal_list_free(&list);
	return bytes;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

int main(void)
{
	struct archive_identity identity = { "kcn-mau", "KCN Mau", 420 };
	struct ingest_options options = { .dir = b.dir };
	struct ingest *ingest;
	struct problem why;
	const char *base = getenv("TMPDIR");
	log_catch(quiet);
	snprintf(b.dir, sizeof b.dir, "%.80s/quantrac-bench-XXXXXX",
	        base != NULL ? base : "/tmp");
	if (mkdtemp(b.dir) == NULL || archive_create(b.dir, &identity, &why) != OK ||
	        ingest_open(&ingest, &options, &why) != OK)
		stop("no archive");
	fill(ingest);
	double own = cpu_of(RUSAGE_SELF), children = cpu_of(RUSAGE_CHILDREN);
	double began = seconds();
	if (ingest_seal(ingest, BEGIN + INT64_C(100) * 86400000000, true, &why) < 0)
		stop(why.text);
	double took = seconds() - began;
	own = cpu_of(RUSAGE_SELF) - own;
	children = cpu_of(RUSAGE_CHILDREN) - children;
	ingest_close(ingest);
	printf("seal_values %.0f values/s\n", READINGS * CHANNELS / took);
	printf("seal_day_at_1_hz %.2f s\n", took / DAYS);
	printf("seal_cpu_day_at_1_hz %.3f s\n", (own + children) / DAYS);
	printf("seal_cpu_day_children %.3f s\n", children / DAYS);
	printf("seal_values_a_cpu_second %.0f values/s\n",
	        READINGS * CHANNELS / (own + children));
	printf("sealed_bytes_per_value %.2f bytes\n",
	        bytes_sealed(b.dir) / (READINGS * CHANNELS));
	nftw(b.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}
