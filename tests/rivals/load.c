/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load SYSTEM VALUES PLACE [BATCH CONNECTIONS KILL]: one client of the comparison; prints
 * "key value" lines.  tests/rivals/run starts the servers and puts the table together.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/benchraw.h"
#include "tests/rivals/ours.h"

static const struct {
	const char *name;
	void (*run)(struct load *load);
} systems[] = {
	{ "influx", load_influx },
	{ "victoria-json", load_victoria_json },
	{ "victoria-native", load_victoria_native },
	{ "postgres", load_postgres },
	{ "postgres-record", load_postgres_record },
	{ "duckdb", load_duckdb },
	{ "duckdb-record", load_duckdb_record },
	{ "duckdb-found", load_duckdb_found },
	{ "sealed", load_sealed },
	{ "sealed-bare", load_sealed_bare },
	{ "kept", load_kept },
	{ "limits", load_limits },
};

_Noreturn void stop(const char *why, const char *detail)
{
	fprintf(stderr, "rivals: %s %s\n", why, detail);
	exit(70);
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Of all threads, and of children that have ended: a seal has some. */
static double cpu_seconds(void)
{
	double sum = 0;
	for (int i = 0; i < 2; i++) {
		struct rusage usage;
		getrusage(i == 0 ? RUSAGE_SELF : RUSAGE_CHILDREN, &usage);
		sum += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	}
	return sum;
}

void load_begin(struct load *load)
{
	load->began_s = seconds();
	load->cpu_s = cpu_seconds();
}

void load_end(struct load *load)
{
	if (load->kill != 0)
		kill(load->kill > 0 ? load->kill : getpid(), SIGKILL);
	double took_s = seconds() - load->began_s;
	double cpu_s = cpu_seconds() - load->cpu_s;
	printf("seconds %.6f\nclient_cpu_s %.6f\n", took_s, cpu_s);
	fflush(stdout);
}

void load_limits(struct load *load)
{
	static uint8_t record[RECORD_MOST];
	uint8_t hash[32];
	ours_describe(record, hash);
	struct raw raw = raw_run(load->n * ours_reading(load, 0, hash, record, 1));
	printf("disk_s %.6f\nnull_s %.6f\ncurve_s %.6f\n", raw.disk_s, raw.null_s,
	        raw.curve_s);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		stop("usage:", "load SYSTEM VALUES PLACE [BATCH CONNECTIONS KILL]");
	size_t n = strtoul(argv[2], NULL, 10) / CHANNELS;
	struct shown *shown = readings_new(n);
	struct load load = { .shown = shown,
		.n = n,
		.batch = argc > 4 ? strtoul(argv[4], NULL, 10) : BATCH,
		.connections = argc > 5 ? atoi(argv[5]) : 1,
		.kill = argc > 6 ? atoi(argv[6]) : 0,
		.place = argv[3] };
	printf("readings %zu\n", n);
	for (size_t i = 0; i < CHANNELS; i++)
		printf("sum_%s %.3f\n", channel_name[i], readings_sum(shown, n, i));
	for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
		if (strcmp(systems[i].name, argv[1]) != 0)
			continue;
		systems[i].run(&load);
		free(shown);
		return 0;
	}
	stop("no system", argv[1]);
}
