/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the benches share: a scratch folder, readings of 12 channels with their raw
 * frame that depend on their seq alone, a journal filled with them, and a real
 * quantrac-collectd.  What cannot be done ends the program.
 */
#ifndef TESTS_BENCHKIT_H
#define TESTS_BENCHKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/describe.h"
#include "base/record.h"
#include "base/socket.h"

#define BENCH_CHANNELS 12

_Noreturn void bench_stop(const char *what, const char *why);
double bench_seconds(void);

/* CPU seconds of this process, user and system, all threads. */
double bench_cpu_s(void);

/* A folder below $TMPDIR, removed by bench_end. */
void bench_begin(char dir[128]);
void bench_end(const char *dir);

/* ---- readings ---- */

struct bench_maker {
	char source[SOURCE_SIZE + 1];
	int64_t begin_us; /* of the reading with seq 2: seq 1 is the DESCRIBE */
	int64_t step_us;
	uint8_t describe[4096], record[1024];
	size_t describe_size, record_size;
	struct describe *instrument, *station; /* encoded */
	bool bare;                             /* no raw frame in the readings */
};

void bench_maker_init(struct bench_maker *maker, const char *source, int64_t begin_us,
        int64_t step_us);
void bench_maker_free(struct bench_maker *maker);

/* From now on without the raw frame: values and their states. */
void bench_maker_bare(struct bench_maker *maker);

/* The record of this seq (its place in an epoch is the caller's to write); borrowed
 * until the next call. */
uint8_t *bench_record(struct bench_maker *maker, uint64_t seq, size_t *n);

/* A journal below `folder` with the DESCRIBE and `readings` behind it. */
void bench_fill(struct bench_maker *maker, const char *folder, uint64_t readings);

/* ---- the collector ---- */

struct bench_collector {
	const char *dir; /* keys, archive and configuration lie below it */
	int most_agents;
	const char *commit_every, *seal_every;
	const char *cgroup; /* folder of a memory group it joins first, or NULL */
	int port;
	pid_t pid;
	struct key_pair own;
};

/* Key, archive and a free port; then bench_collector_admit, then start. */
void bench_collector_init(struct bench_collector *collector, const char *dir);
void bench_collector_admit(const struct bench_collector *collector, const char *station,
        struct key_pair *pair);
void bench_collector_start(struct bench_collector *collector);
/* Ends the program if the collector has ended. */
void bench_collector_look(const struct bench_collector *collector);
/* CPU seconds it took; `most_kib`, unless NULL: its largest resident set. */
double bench_collector_end(struct bench_collector *collector, long *most_kib);

/* An agent's socket to it. */
struct uplink_socket *bench_connect(
        const struct bench_collector *collector, const struct key_pair *own);

/* Files sealed, and their bytes together. */
size_t bench_sealed(const struct bench_collector *collector, double *bytes);

/* p50, p99 and the most of took_s[n], which is sorted; "name_p50 0.1 ms". */
void bench_percentiles(const char *name, double *took_s, size_t n);

#endif
