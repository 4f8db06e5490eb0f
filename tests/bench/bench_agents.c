/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 200 cabinets, each with a day of backlog, connect together to one collector that has
 * 64 MiB of memory, the cache of its files included, and seals meanwhile.  Every record
 * must lie in its journals exactly once, to the byte.  Each cabinet is the real uplink
 * over a socket of its own.  --every S: a reading each S seconds, 10 unless said;
 * --memory M: so many MiB.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/journal.h"
#include "base/legal_time.h"
#include "base/log.h"
#include "sensors/keeper/uplink.h"
#include "tests/bench/benchkit.h"
#include "tests/kits/memory_group.h"

#define AGENTS    200
#define MEMORY    64 /* MiB */
#define EPOCH     UINT64_C(0xbe0c000000000003)
#define GIVE_UP_S 600
#define UTC_7     420

struct agent {
	struct bench_maker maker;
	struct key_pair own;
	struct uplink_socket *socket;
	struct uplink uplink;
};

static struct {
	char dir[128];
	struct memory_group group;
	struct bench_collector collector;
	uint64_t end_seq; /* first that no cabinet has */
	struct clock clock;
	struct agent agent[AGENTS];
} b;

static void quiet(enum log_level level, const char *text)
{
}

static size_t record_at(void *with, uint64_t seq, const uint8_t **out)
{
	size_t n;
	struct agent *agent = with;
	uint8_t *record = bench_record(&agent->maker, seq, &n);
	record_place(record, EPOCH, seq);
	*out = record;
	return n;
}

static uint64_t nothing_behind(void *with, uint64_t seq)
{
	return 0;
}

static struct uplink_view view_of(struct agent *agent, const struct moment *now)
{
	return (struct uplink_view){ .now_us = now->mono_us,
		.time_us = now->time_us,
		.clock = CLOCK_SYNCED,
		.epoch = EPOCH,
		.first_seq = 1,
		.committed_seq = b.end_seq,
		.with = agent,
		.record = record_at,
		.behind = nothing_behind };
}

/* One round of a cabinet, as the keeper does it; true: there may be more to do. */
static bool agent_step(struct agent *agent, const struct moment *now)
{
	static uint8_t message[WIRE_MOST];
	struct uplink_view view = view_of(agent, now);
	size_t n;
	int got;
	while ((got = uplink_socket_receive(agent->socket, message, sizeof message)) !=
	        0)
		if (got > 0)
			uplink_hear(&agent->uplink, &view, message, (size_t)got);
	switch (uplink_next(&agent->uplink, &view, message, &n)) {
	case UPLINK_SEND:
		uplink_sent(&agent->uplink, now->mono_us,
		        uplink_socket_send(agent->socket, message, n));
		return true;
	case UPLINK_RENEW:
		uplink_socket_renew(agent->socket);
		return true;
	case UPLINK_NEW_EPOCH:
		bench_stop("a cabinet", "is asked for records it never made");
	default:
		return false;
	}
}

static size_t count_done(void)
{
	size_t done = 0;
	for (int i = 0; i < AGENTS; i++)
		done += b.agent[i].uplink.acked_seq >= b.end_seq;
	return done;
}

static void run_agents(void)
{
	double until = bench_seconds() + GIVE_UP_S;
	while (count_done() < AGENTS) {
		struct pollfd item[AGENTS];
		struct moment now = clock_now(&b.clock);
		for (int i = 0; i < AGENTS; i++) {
			while (agent_step(&b.agent[i], &now))
				continue;
			item[i] = (struct pollfd){ .fd = uplink_socket_descriptor(
				                           b.agent[i].socket),
				.events = POLLIN };
		}
		bench_collector_look(&b.collector);
		if (bench_seconds() > until)
			bench_stop("the collector", "does not take everything");
		poll(item, AGENTS, 20);
	}
}

/* The collector first: what a child inherits would count as its own. */
static void start(double every_s)
{
	char name[SOURCE_SIZE + 1];
	int64_t step_us = (int64_t)(every_s * 1e6);
	bench_collector_init(&b.collector, b.dir);
	b.collector.cgroup = b.group.path;
	b.collector.most_agents = AGENTS;
	b.collector.seal_every = "1s";
	for (int i = 0; i < AGENTS; i++) {
		snprintf(name, sizeof name, "cabinet-%03d", i);
		bench_collector_admit(&b.collector, name, &b.agent[i].own);
	}
	bench_collector_start(&b.collector);
	clock_init(&b.clock);
	struct moment now = clock_now(&b.clock);
	for (int i = 0; i < AGENTS; i++) {
		struct agent *agent = &b.agent[i];
		snprintf(name, sizeof name, "cabinet-%03d", i);
		bench_maker_init(
		        &agent->maker, name, now.time_us - US_PER_DAY, step_us);
		uplink_init(&agent->uplink, name, (uint64_t)i + 1, now.mono_us);
		agent->socket = bench_connect(&b.collector, &agent->own);
	}
	b.end_seq = 2 + (uint64_t)(US_PER_DAY / step_us);
}

static void check_one(struct agent *agent, const char *folder)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct problem why = { .text = "records are missing" };
	uint64_t seq = 1;
	if (journal_read_open(&reader, folder, agent->maker.source, EPOCH, 1) != OK)
		bench_stop(agent->maker.source, "its journal cannot be opened");
	for (; seq < b.end_seq; seq++) {
		const uint8_t *wanted;
		size_t n = record_at(agent, seq, &wanted);
		if (journal_read_next(reader, &entry, &why) != 1 || entry.size != n ||
		        memcmp(entry.record, wanted, n) != 0)
			bench_stop(agent->maker.source, why.text);
	}
	if (journal_read_next(reader, &entry, &why) != 0)
		bench_stop(agent->maker.source, "holds more than was sent");
	journal_read_close(reader);
}

static void check_all(void)
{
	char folder[256];
	uint64_t again = 0;
	snprintf(folder, sizeof folder, "%s/archive/journal", b.dir);
	for (int i = 0; i < AGENTS; i++) {
		check_one(&b.agent[i], folder);
		again += b.agent[i].uplink.counts.again;
	}
	printf("agents_records_stored_once %" PRIu64 " of %" PRIu64 "\n",
	        AGENTS * (b.end_seq - 1), AGENTS * (b.end_seq - 1));
	printf("agents_records_sent_again %" PRIu64 " records\n", again);
}

/* The largest resident set of the collector, from its own account. */
static double resident_mib(void)
{
	char path[64], line[256];
	unsigned long kib = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)b.collector.pid);
	FILE *in = fopen(path, "re");
	while (in != NULL && fgets(line, sizeof line, in) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtoul(line + 6, NULL, 10);
	if (in != NULL)
		fclose(in);
	return (double)kib / 1024;
}

/* Each cabinet's yesterday is due as soon as ten minutes of today have come. */
static void wait_for_seals(void)
{
	double bytes, began = bench_seconds();
	struct moment now = clock_now(&b.clock);
	if (now.time_us - day_start(now.time_us, UTC_7) < 15 * US_PER_MIN)
		return;
	printf("agents_days_sealed_meanwhile %zu files\n",
	        bench_sealed(&b.collector, &bytes));
	fflush(stdout);
	while (bench_sealed(&b.collector, &bytes) < AGENTS) {
		bench_collector_look(&b.collector);
		if (bench_seconds() > began + GIVE_UP_S)
			bench_stop("the collector", "does not seal");
		poll(NULL, 0, 50);
	}
	printf("agents_all_sealed_behind_the_last_acknowledgement %.2f s\n",
	        bench_seconds() - began);
}

static void measure(double every_s, double memory_mib)
{
	double values;
	start(every_s);
	double began = bench_seconds();
	run_agents();
	double took = bench_seconds() - began;
	values = (double)AGENTS * (double)(b.end_seq - 2) * BENCH_CHANNELS;
	printf("agents_backlog_taken_in %.2f s\n", took);
	printf("agents_values_acknowledged %.0f values/s\n", values / took);
	wait_for_seals();
	printf("agents_collector_resident_most %.1f MiB\n", resident_mib());
	double cpu_s = bench_collector_end(&b.collector, NULL);
	printf("agents_collector_cpu_per_million_values %.3f s\n",
	        cpu_s / values * 1e6);
	printf("agents_group_most %.1f of %g MiB\n",
	        (double)memory_group_most(&b.group) / 1048576.0, memory_mib);
	printf("agents_group_limit_met %" PRIu64 " times, killed %" PRIu64 "\n",
	        memory_group_met(&b.group), memory_group_killed(&b.group));
	check_all();
}

static void end(void)
{
	for (int i = 0; i < AGENTS; i++) {
		uplink_socket_close(b.agent[i].socket);
		bench_maker_free(&b.agent[i].maker);
	}
	memory_group_remove(&b.group);
	bench_end(b.dir);
}

/* twelve descriptors for each context of ZeroMQ */
static void allow_files(void)
{
	struct rlimit files;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

int main(int argc, char **argv)
{
	double every_s = 10, memory_mib = MEMORY;
	for (int i = 1; i < argc; i += 2) {
		double *value = strcmp(argv[i], "--every") == 0    ? &every_s
		                : strcmp(argv[i], "--memory") == 0 ? &memory_mib
		                                                   : NULL;
		if (value != NULL && i + 1 < argc)
			*value = atof(argv[i + 1]);
		if (value == NULL || *value <= 0) {
			fputs("usage: agents [--every SECONDS] [--memory MIB]\n",
			        stderr);
			return 64;
		}
	}
	log_catch(quiet);
	allow_files();
	if (!memory_group_make(&b.group, (uint64_t)(memory_mib * 1048576))) {
		puts("agents NOT RUN: a memory group of the kernel cannot be made here "
		     "(root and cgroup are needed)");
		return 0;
	}
	bench_begin(b.dir);
	measure(every_s, memory_mib);
	end();
	return 0;
}
