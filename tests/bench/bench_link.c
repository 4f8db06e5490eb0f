/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One cabinet and the collector on one machine, CURVE on: readings of 12 channels with
 * their raw frames.  The cabinet is the real keeper that reads its journal (a backlog)
 * and sends what is committed; the collector is quantrac-collectd, which acknowledges
 * after fdatasync.  Lines "name value unit"; with --values N or --bare N (readings without
 * raw frames: values and their states) one line
 *
 *   link values_per_s N cpu_s_per_Mvalues N bytes_per_value N
 *
 * where the CPU is that of both ends together, and the bytes are those of the sealed
 * days.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "base/wire.h"
#include "tests/bench/benchcabinet.h"
#include "tests/bench/benchkit.h"
#include "tests/bench/benchraw.h"

#define READINGS 1500000 /* of the bulk */
#define SINGLE   2000    /* of the latency, one at a time */
#define PACED    6000000 /* readings, at PACE */
#define PACE     5e6     /* values a second, as promised */
#define UTC_7    420

static void quiet(enum log_level level, const char *text)
{
}

/* Long enough ago that every day but today's is over. */
static int64_t begin_of(uint64_t readings)
{
	struct clock clock;
	clock_init(&clock);
	int64_t days = (int64_t)(readings / 86400) + 2;
	return day_start(clock_now(&clock).time_us - days * US_PER_DAY, UTC_7);
}

/* ---- the bulk ---- */

struct bulk {
	uint64_t values;
	double took_s, agent_cpu_s, collector_cpu_s;
	double sealed_s; /* from the beginning until the last whole day was sealed */
	double sealed_bytes, sealed_values;
	/* days, when all was acknowledged, and at most in either half */
	size_t behind, most_behind[2];
};

/* Whole days of `readings`, as many as have ended. */
static void wait_for_seals(const struct bench_cabinet *cabinet, size_t days,
        double began, struct bulk *bulk)
{
	double until = bench_seconds() + BENCH_GIVE_UP_S;
	while (bench_sealed(&cabinet->collector, &bulk->sealed_bytes) < days) {
		if (bench_seconds() > until)
			bench_stop("the collector", "does not seal");
		poll(NULL, 0, 20);
	}
	bulk->sealed_s = bench_seconds() - began;
	bulk->sealed_values = (double)days * 86400 * BENCH_CHANNELS;
}

struct kind {
	bool seal;   /* into sealed days too */
	bool bare;   /* without raw frames */
	double pace; /* at most so many values a second; 0: as fast as it goes */
};

/* `readings` from the cabinet's journal into the collector's. */
static struct bulk bulk_run(uint64_t readings, struct kind kind)
{
	static struct bench_cabinet cabinet;
	struct bulk bulk = { .values = readings * BENCH_CHANNELS };
	char dir[128];
	cabinet = (struct bench_cabinet){ .pace = kind.pace };
	bench_begin(dir);
	bench_collector_init(&cabinet.collector, dir);
	bench_collector_admit(&cabinet.collector, BENCH_STATION, &cabinet.own);
	if (kind.seal)
		cabinet.collector.seal_every = "1s";
	snprintf(cabinet.folder, sizeof cabinet.folder, "%s/cabinet", dir);
	bench_maker_init(&cabinet.maker, BENCH_STATION, begin_of(readings), US_PER_S);
	if (kind.bare)
		bench_maker_bare(&cabinet.maker);
	bench_fill(&cabinet.maker, cabinet.folder, readings);
	bench_collector_start(&cabinet.collector);
	bench_cabinet_start(&cabinet);
	sync();
	double began = bench_seconds(), cpu = bench_cpu_s();
	cabinet.began_s = began;
	bench_cabinet_run(&cabinet);
	bulk.took_s = bench_seconds() - began;
	bulk.behind = cabinet.behind;
	memcpy(bulk.most_behind, cabinet.most_behind, sizeof bulk.most_behind);
	bulk.agent_cpu_s = bench_cpu_s() - cpu;
	size_t days = (size_t)(readings / 86400);
	if (kind.seal)
		wait_for_seals(&cabinet, days, began, &bulk);
	bench_cabinet_end(&cabinet);
	bulk.collector_cpu_s = bench_collector_end(&cabinet.collector, NULL);
	bench_end(dir);
	return bulk;
}

static double journal_bytes_per_value(void)
{
	struct bench_maker maker;
	bench_maker_init(&maker, BENCH_STATION, 0, US_PER_S);
	double bytes = (double)((maker.record_size + 7) / 8 * 8 + 16);
	bench_maker_free(&maker);
	return bytes / BENCH_CHANNELS;
}

static void print_bulk(void)
{
	struct bulk bulk = bulk_run(READINGS, (struct kind){ 0 });
	double values = (double)bulk.values, bytes = values * journal_bytes_per_value();
	struct raw raw = raw_run((size_t)bytes);
	printf("link_values_acknowledged %.0f values/s\n", values / bulk.took_s);
	printf("link_bytes_acknowledged %.1f MB/s\n", bytes / bulk.took_s / 1e6);
	printf("link_agent_cpu_per_million_values %.3f s\n",
	        bulk.agent_cpu_s / values * 1e6);
	printf("link_collector_cpu_per_million_values %.3f s\n",
	        bulk.collector_cpu_s / values * 1e6);
	printf("journal_bytes_per_value %.1f bytes\n", journal_bytes_per_value());
	printf("raw_append_fdatasync %.1f MB/s\n", bytes / raw.disk_s / 1e6);
	printf("raw_zeromq_null %.1f MB/s\n", bytes / raw.null_s / 1e6);
	printf("raw_zeromq_curve %.1f MB/s\n", bytes / raw.curve_s / 1e6);
	printf("link_beside_append_fdatasync %.2f times\n", raw.disk_s / bulk.took_s);
	printf("link_beside_zeromq_null %.2f times\n", raw.null_s / bulk.took_s);
	printf("link_beside_zeromq_curve %.2f times\n", raw.curve_s / bulk.took_s);
}

static void print_sealing(void)
{
	struct bulk bulk = bulk_run(READINGS, (struct kind){ .seal = true });
	printf("link_values_acknowledged_while_sealing %.0f values/s\n",
	        (double)bulk.values / bulk.took_s);
	printf("values_sealed_meanwhile %.0f values/s\n",
	        bulk.sealed_values / bulk.sealed_s);
	printf("all_sealed_behind_the_last_acknowledgement %.2f s\n",
	        bulk.sealed_s - bulk.took_s);
	printf("cpu_per_million_values_sealed_too %.3f s\n",
	        (bulk.agent_cpu_s + bulk.collector_cpu_s) / (double)bulk.values * 1e6);
	printf("sealed_bytes_per_value %.2f bytes\n",
	        bulk.sealed_bytes / bulk.sealed_values);
}

/* The link at the pace that is promised, and sealing beside it: does it keep up?  The
 * collector looks once a second for days that have ended, in which five end; what does
 * not grow from one half to the other is kept up with. */
static void print_paced(void)
{
	struct bulk bulk = bulk_run(PACED, (struct kind){ .seal = true, .pace = PACE });
	printf("link_paced_values_acknowledged %.0f values/s\n",
	        (double)bulk.values / bulk.took_s);
	printf("link_paced_values_sealed %.0f values/s\n",
	        bulk.sealed_values / bulk.sealed_s);
	printf("link_paced_days_not_sealed_at_the_last_acknowledgement %zu of %.0f\n",
	        bulk.behind, bulk.sealed_values / BENCH_CHANNELS / 86400);
	printf("link_paced_days_not_sealed_at_most_first_half %zu days\n",
	        bulk.most_behind[0]);
	printf("link_paced_days_not_sealed_at_most_second_half %zu days\n",
	        bulk.most_behind[1]);
	printf("link_paced_all_sealed_behind_the_last_acknowledgement %.2f s\n",
	        bulk.sealed_s - bulk.took_s);
	printf("link_paced_processors_used %.2f of %ld\n",
	        (bulk.agent_cpu_s + bulk.collector_cpu_s) / bulk.sealed_s,
	        sysconf(_SC_NPROCESSORS_ONLN));
}

/* ---- one reading at a time ---- */

static struct {
	struct uplink_socket *socket;
	struct bench_maker maker;
	uint64_t acked;
	uint8_t out[WIRE_MOST];
} one;

static int send_wire(struct wire *wire)
{
	snprintf(wire->source, sizeof wire->source, BENCH_STATION);
	wire->epoch = 1;
	int n = wire_encode(wire, one.out, sizeof one.out);
	return n > 0 ? uplink_socket_send(one.socket, one.out, (size_t)n) : n;
}

/* Wait until something came; false: nothing within `wait_ms`. */
static bool hear(int wait_ms)
{
	uint8_t in[4096];
	struct wire wire;
	struct pollfd item = { .fd = uplink_socket_descriptor(one.socket),
		.events = POLLIN };
	for (int round = 0; round < 2; round++) {
		int n = uplink_socket_receive(one.socket, in, sizeof in);
		if (n > 0 && wire_decode(&wire, in, (size_t)n) == OK) {
			one.acked = wire.first_seq;
			return true;
		}
		if (round == 0)
			poll(&item, 1, wait_ms);
	}
	return false;
}

static void greet(void)
{
	uint8_t payload[64];
	struct wire_hello hello = { .version = "bench" };
	int n = wire_hello_put(&hello, payload, sizeof payload);
	struct wire wire = { .type = WIRE_HELLO,
		.first_seq = 1,
		.payload = payload,
		.payload_size = (size_t)n };
	one.acked = 0;
	double until = bench_seconds() + BENCH_GIVE_UP_S;
	while (one.acked == 0 && bench_seconds() < until)
		if (send_wire(&wire) != OK || !hear(100))
			poll(NULL, 0, 10);
}

static double send_one(void)
{
	size_t n;
	uint64_t seq = one.acked;
	double began = bench_seconds();
	uint8_t *record = bench_record(&one.maker, seq, &n);
	record_place(record, 1, seq);
	struct wire wire = { .type = WIRE_DATA,
		.first_seq = seq,
		.count = 1,
		.payload = record,
		.payload_size = n };
	if (send_wire(&wire) != OK)
		bench_stop("one reading", "not taken by the socket");
	while (one.acked <= seq && bench_seconds() < began + BENCH_GIVE_UP_S)
		hear(50);
	return bench_seconds() - began;
}

static void print_latency(void)
{
	static double took[SINGLE], alone[SINGLE];
	struct bench_collector collector;
	struct key_pair own;
	char dir[128];
	bench_begin(dir);
	bench_collector_init(&collector, dir);
	bench_collector_admit(&collector, BENCH_STATION, &own);
	collector.commit_every = "0ms";
	bench_collector_start(&collector);
	bench_maker_init(&one.maker, BENCH_STATION, begin_of(SINGLE), US_PER_S);
	one.socket = bench_connect(&collector, &own);
	greet();
	send_one();
	size_t size = one.maker.record_size;
	int fd = raw_file(dir, SINGLE, size);
	/* in turns, since the disk is not the same at any two times */
	for (size_t i = 0; i < SINGLE; i++) {
		took[i] = send_one();
		alone[i] = raw_append(fd, one.maker.record, size, i);
	}
	close(fd);
	uplink_socket_close(one.socket);
	bench_collector_end(&collector, NULL);
	bench_percentiles("link_one_reading_durable", took, SINGLE);
	bench_percentiles("raw_one_reading_fdatasync", alone, SINGLE);
	bench_maker_free(&one.maker);
	bench_end(dir);
}

/* ---- all of it ---- */

/* Whole days, so that all of them can be sealed. */
static void print_line(double values, bool bare)
{
	uint64_t readings = (uint64_t)(values / BENCH_CHANNELS);
	struct bulk bulk = bulk_run(readings, (struct kind){ .bare = bare });
	double cpu = bulk.agent_cpu_s + bulk.collector_cpu_s;
	struct bulk sealed =
	        bulk_run(2 * 86400, (struct kind){ .seal = true, .bare = bare });
	printf("link values_per_s %.0f cpu_s_per_Mvalues %.4f bytes_per_value %.2f\n",
	        (double)bulk.values / bulk.took_s, cpu / (double)bulk.values * 1e6,
	        sealed.sealed_bytes / sealed.sealed_values);
}

int main(int argc, char **argv)
{
	log_catch(quiet);
	bool bare = argc == 3 && strcmp(argv[1], "--bare") == 0;
	if (bare || (argc == 3 && strcmp(argv[1], "--values") == 0)) {
		print_line(atof(argv[2]), bare);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--paced") == 0) {
		print_paced();
		return 0;
	}
	if (argc > 1) {
		fputs("usage: link [--values N | --bare N | --paced]\n", stderr);
		return 64;
	}
	print_latency();
	print_bulk();
	print_sealing();
	print_paced();
	return 0;
}
